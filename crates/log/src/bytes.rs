//! Reading big-endian fields from bytes, with a bounds check for each.

/// A position in bytes that are being read. Every read returns `None` if the bytes end too early, and
/// numbers are big-endian.
///
/// ```
/// use plansync_log::bytes::Cursor;
///
/// let mut cursor = Cursor::new(&[0, 7, 2, b'h', b'i', 1]);
/// assert_eq!((cursor.u16(), cursor.text()), (Some(7), Some("hi")));
/// assert_eq!((cursor.u32(), cursor.is_empty()), (None, false));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Begins at the first byte.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether everything has been read.
    pub const fn is_empty(self) -> bool {
        self.rest.is_empty()
    }

    /// Everything that has not been read.
    pub const fn rest(self) -> &'a [u8] {
        self.rest
    }

    /// The next `bytes` bytes.
    pub fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(taken)
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*taken)
    }

    /// One byte.
    pub fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    /// Two bytes.
    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    /// Four bytes.
    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// Eight bytes.
    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// Eight bytes with a sign.
    pub fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    /// UTF-8 text after a length of one byte.
    pub fn text(&mut self) -> Option<&'a str> {
        let bytes = usize::from(self.u8()?);
        std::str::from_utf8(self.take(bytes)?).ok()
    }
}
