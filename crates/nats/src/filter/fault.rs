//! The faults that make a message undeliverable, and the rules that find them: the form that the
//! NATS protocol defines for subjects and headers, which a nats-server does not enforce.
//!
//! The rules are stricter than the client library, so nothing that passes can do harm.

use std::fmt;

/// The largest block of headers, in bytes.
pub(super) const HEADER_BYTES_MAX: usize = 64 * 1024;
/// The largest number of fields in a block of headers.
const HEADER_FIELDS_MAX: usize = 256;

const VERSION: &[u8] = b"NATS/1.0";

/// Why a message cannot be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The subject.
    Subject,
    /// The reply subject.
    Reply,
    /// The first line of the headers.
    Version,
    /// A status, which only the server may send.
    Status,
    /// A line without a colon.
    Colon,
    /// The name of a field.
    Name,
    /// The value of a field.
    Value,
    /// The end of the headers.
    End,
    /// Too many bytes or fields.
    Size,
}

impl Fault {
    /// All faults. The index of each is its number in a message that is passed on.
    pub(super) const ALL: [Self; 9] = [
        Self::Subject,
        Self::Reply,
        Self::Version,
        Self::Status,
        Self::Colon,
        Self::Name,
        Self::Value,
        Self::End,
        Self::Size,
    ];
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Subject => "the subject has a byte that is not a visible ASCII character",
            Self::Reply => "the reply subject has a byte that is not a visible ASCII character",
            Self::Version => "the headers do not begin with the line `NATS/1.0`",
            Self::Status => "the headers begin with a status, which only a server may send",
            Self::Colon => "a line of the headers has no colon",
            Self::Name => {
                "the name of a header is empty, or has a byte that is not a visible ASCII character"
            }
            Self::Value => "the value of a header has a control character, or is not UTF-8",
            Self::End => "the headers do not end with one empty line, or continue after it",
            Self::Size => "the headers have more than 65536 bytes or 256 fields",
        })
    }
}

/// Whether a subject can be passed on: visible ASCII, so it contains no separator.
pub(crate) fn is_plain(subject: &[u8]) -> bool {
    !subject.is_empty() && subject.iter().all(u8::is_ascii_graphic)
}

/// Checks a whole block of headers.
pub(crate) fn headers(block: &[u8], may_have_status: bool) -> Result<(), Fault> {
    let mut lines = Lines(block);
    let first = lines.next_line().ok_or(Fault::Version)?;
    match first.strip_prefix(VERSION).ok_or(Fault::Version)? {
        [] => {}
        _ if !may_have_status => {
            return Err(if first.get(VERSION.len()) == Some(&b' ') {
                Fault::Status
            } else {
                Fault::Version
            });
        }
        status if is_status(status) => {}
        _ => return Err(Fault::Version),
    }
    let mut count = 0;
    loop {
        match lines.next_line() {
            Some([]) if lines.0.is_empty() => return Ok(()),
            Some([]) | None => return Err(Fault::End),
            Some(_) if count == HEADER_FIELDS_MAX => return Err(Fault::Size),
            Some(line) => field(line)?,
        }
        count += 1;
    }
}

/// The first value of the field with exactly this name, in a well-formed block.
pub(crate) fn value<'a>(block: &'a [u8], name: &str) -> Option<&'a str> {
    let mut fields = each_field(block);
    let (_, value) = fields.find(|(field, _)| *field == name)?;
    Some(value)
}

/// The names and values of the fields of a well-formed block; none of any other.
pub(crate) fn fields(block: &[u8]) -> Vec<(String, String)> {
    each_field(block)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn each_field(block: &[u8]) -> impl Iterator<Item = (&str, &str)> {
    let block = if headers(block, false).is_ok() {
        block
    } else {
        b""
    };
    let mut lines = Lines(block);
    lines.next_line();
    std::iter::from_fn(move || lines.next_line()).filter_map(|line| {
        let (name, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
        Some((name, value.trim()))
    })
}

/// Lines that end with CR and LF; a line without this end is not returned.
struct Lines<'a>(&'a [u8]);

impl<'a> Lines<'a> {
    fn next_line(&mut self) -> Option<&'a [u8]> {
        let mut from = 0;
        loop {
            let end = from + memchr::memchr(b'\n', self.0.get(from..)?)?;
            // A lone line feed stays in its line, where it is refused as a control character.
            if end > 0 && self.0[end - 1] == b'\r' {
                let line = &self.0[..end - 1];
                self.0 = &self.0[end + 1..];
                return Some(line);
            }
            from = end + 1;
        }
    }
}

/// ` <three digits>`, optionally followed by a text.
fn is_status(rest: &[u8]) -> bool {
    let [b' ', b'1'..=b'9', b'0'..=b'9', b'0'..=b'9', text @ ..] = rest else {
        return false;
    };
    let printable = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    (text.is_empty() || text[0] == b' ') && text.iter().all(printable)
}

fn field(line: &[u8]) -> Result<(), Fault> {
    let colon = memchr::memchr(b':', line).ok_or(Fault::Colon)?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    if !is_plain(name) {
        return Err(Fault::Name);
    }
    let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    if value.iter().any(is_control) || std::str::from_utf8(value).is_err() {
        return Err(Fault::Value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Fault, HEADER_FIELDS_MAX, headers, is_plain};

    #[test]
    fn every_client_s_headers_pass() {
        for block in [
            "NATS/1.0\r\n\r\n",
            "NATS/1.0\r\nA: b\r\n\r\n",
            "NATS/1.0\r\nA:b\r\nA:\r\nNats-Msg-Id: 7 8\t9\r\n\r\n",
            "NATS/1.0\r\nname: Zoë \u{2028}\u{a0}\r\nx: a:b\r\n\r\n",
        ] {
            assert_eq!(headers(block.as_bytes(), false), Ok(()), "{block:?}");
            assert_eq!(headers(block.as_bytes(), true), Ok(()), "{block:?}");
        }
    }

    #[test]
    fn every_other_block_is_refused_for_what_is_wrong_with_it() {
        let table: [(&[u8], Fault); 29] = [
            (b"", Fault::Version),
            (b"\r\n", Fault::Version),
            (b"NATS/1.0", Fault::Version),
            (b"NATS/1.0\r", Fault::Version),
            (b"NATS/1.0\n", Fault::Version),
            (b"NATS/1.1\r\n\r\n", Fault::Version),
            (b"nats/1.0\r\n\r\n", Fault::Version),
            (b"NATS/1.0x\r\n\r\n", Fault::Version),
            (b"\xffNATS/1.0\r\n\r\n", Fault::Version),
            (b"NATS/1.0\xc2\xa0408\r\n\r\n", Fault::Version),
            (b"NATS/1.0 \r\n\r\n", Fault::Status),
            (b"NATS/1.0 abc\r\n\r\n", Fault::Status),
            (b"NATS/1.0 100 Idle Heartbeat\r\n\r\n", Fault::Status),
            (b"NATS/1.0 409 Consumer Deleted\r\n\r\n", Fault::Status),
            (b"NATS/1.0\r\nno colon\r\n\r\n", Fault::Colon),
            (b"NATS/1.0\r\n\xff\r\n\r\n", Fault::Colon),
            (b"NATS/1.0\r\n: nameless\r\n\r\n", Fault::Name),
            (b"NATS/1.0\r\na b: c\r\n\r\n", Fault::Name),
            (b"NATS/1.0\r\n a: folded\r\n\r\n", Fault::Name),
            (b"NATS/1.0\r\n\xc3\xa9: c\r\n\r\n", Fault::Name),
            (b"NATS/1.0\r\n\xe2\x80\x83a: c\r\n\r\n", Fault::Name),
            (b"NATS/1.0\r\nA: b\rc\r\n\r\n", Fault::Value),
            (b"NATS/1.0\r\nA: b\r\r\n\r\n", Fault::Value),
            (b"NATS/1.0\r\nA: b\nc\r\n\r\n", Fault::Value),
            (b"NATS/1.0\r\nA: \xff\r\n\r\n", Fault::Value),
            (b"NATS/1.0\r\nA: \x00\r\n\r\n", Fault::Value),
            (b"NATS/1.0\r\nA: b\r\n", Fault::End),
            (b"NATS/1.0\r\nA: b", Fault::End),
            (b"NATS/1.0\r\n\r\nA: b\r\n\r\n", Fault::End),
        ];
        for (block, fault) in table {
            let shown = block.escape_ascii().to_string();
            assert_eq!(headers(block, false), Err(fault), "{shown}");
        }
    }

    #[test]
    fn a_server_s_status_passes_where_it_may_stand() {
        for block in [
            "NATS/1.0 503\r\n\r\n",
            "NATS/1.0 404 No Messages\r\n\r\n",
            "NATS/1.0 408 Request Timeout\r\nNats-Pending-Messages: 1\r\n\r\n",
        ] {
            assert_eq!(headers(block.as_bytes(), true), Ok(()), "{block:?}");
            assert_eq!(headers(block.as_bytes(), false), Err(Fault::Status));
        }
        for block in [
            "NATS/1.0 99\r\n\r\n",
            "NATS/1.0 0408\r\n\r\n",
            "NATS/1.0 4080\r\n\r\n",
            "NATS/1.0 012 x\r\n\r\n",
            "NATS/1.0 404 \u{e9}\r\n\r\n",
            "NATS/1.0  404\r\n\r\n",
        ] {
            assert_eq!(headers(block.as_bytes(), true), Err(Fault::Version));
        }
    }

    #[test]
    fn a_subject_is_visible_ascii() {
        assert!(is_plain(b"plansync.v1.req.a.b.plan.get"));
        for hostile in [
            "",
            "a b",
            "a\u{a0}b",
            "a\u{2003}1",
            "a\u{2028}",
            "a\u{3000}",
            "a\u{b}",
            "a\0",
            "é",
        ] {
            assert!(!is_plain(hostile.as_bytes()), "{hostile:?}");
        }
        assert!(!is_plain(b"a\xff"));
    }

    #[test]
    fn fields_have_a_bound() {
        let block = |count| format!("NATS/1.0\r\n{}\r\n", "a:\r\n".repeat(count));
        assert_eq!(headers(block(HEADER_FIELDS_MAX).as_bytes(), false), Ok(()));
        let more = block(HEADER_FIELDS_MAX + 1);
        assert_eq!(headers(more.as_bytes(), false), Err(Fault::Size));
    }
}
