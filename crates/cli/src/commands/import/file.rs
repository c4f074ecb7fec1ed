//! Decodes the bytes of a file: character encoding and cell separator.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use clap::ValueEnum;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::exit::NotUnderstood;
use crate::paths;

/// No larger file is read: it has the learners of a hundred colleges.
const BYTES_MAX: u64 = 64 << 20;

/// How a file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Charset {
    /// The encoding of the byte order mark; without one, UTF-8.
    Auto,
    /// UTF-8.
    #[value(name = "utf-8")]
    Utf8,
    /// UTF-16, little-endian.
    #[value(name = "utf-16le")]
    Utf16Le,
    /// UTF-16, big-endian.
    #[value(name = "utf-16be")]
    Utf16Be,
    /// Windows-1252, which Excel in Western Europe writes for “CSV” without “UTF-8”.
    #[value(name = "windows-1252")]
    Windows1252,
}

/// The separator of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Separator {
    /// The most frequent of the three in the first line.
    Auto,
    /// Comma.
    Comma,
    /// Semicolon.
    Semicolon,
    /// Tab.
    Tab,
}

impl Charset {
    fn encoding(self) -> Option<&'static Encoding> {
        match self {
            Self::Auto => None,
            Self::Utf8 => Some(UTF_8),
            Self::Utf16Le => Some(UTF_16LE),
            Self::Utf16Be => Some(UTF_16BE),
            Self::Windows1252 => Some(WINDOWS_1252),
        }
    }
}

impl Separator {
    /// The byte, for a file that begins so.
    pub(super) fn byte(self, text: &str) -> u8 {
        match self {
            Self::Auto => most_frequent(text),
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// Which separator the first line with something in it has most of, outside of quotation marks.
fn most_frequent(text: &str) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in text.trim_start_matches(['\r', '\n']).bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\r' | b'\n' if !is_quoted => break,
            byte if !is_quoted => {
                let counted = counts.iter_mut().find(|(one, _)| *one == byte);
                if let Some((_, count)) = counted {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    // Of several that are equally frequent, the first.
    let most = counts.iter().map(|(_, count)| *count).max();
    let found = counts.iter().find(|(_, count)| Some(*count) == most);
    found.map_or(b',', |(byte, _)| *byte)
}

/// Reads a file, or the standard input for `-`, as text.
///
/// # Errors
///
/// It cannot be read, is too large, or is not encoded as it should be.
pub(super) fn read(path: &Path, charset: Charset) -> anyhow::Result<String> {
    let (name, bytes) = if path == Path::new("-") {
        ("the standard input".to_owned(), bytes(io::stdin().lock()))
    } else {
        let name = format!("the file {}", paths::shown(path));
        (name, File::open(path).and_then(bytes))
    };
    let bytes = bytes.map_err(|error| {
        NotUnderstood(format!(
            "nothing was sent: {name} could not be read: {error}"
        ))
    })?;
    let text = text(&bytes, charset)
        .map_err(|why| NotUnderstood(format!("nothing was sent: {name} {why}")))?;
    Ok(text)
}

fn bytes(input: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|count| count > BYTES_MAX) {
        let message = format!("it is larger than {BYTES_MAX} bytes; split it into several files");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

fn text(bytes: &[u8], charset: Charset) -> Result<String, String> {
    let (encoding, bytes) = match (Encoding::for_bom(bytes), charset.encoding()) {
        (Some((marked, mark)), None) => (marked, &bytes[mark..]),
        (Some((marked, mark)), Some(said)) if marked == said => (said, &bytes[mark..]),
        (_, Some(said)) => (said, bytes),
        (None, None) => (UTF_8, bytes),
    };
    // Bytes that are no text of UTF-16 at all often decode as something.
    let is_bare_utf16 = encoding == UTF_8 && bytes.iter().take(4_096).any(|byte| *byte == 0);
    if is_bare_utf16 {
        return Err(
            "contains null bytes, which indicates UTF-16; give `--encoding utf-16le` (or `utf-16be`), or \
             save it as “CSV UTF-8”"
                .to_owned(),
        );
    }
    let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    match decoded {
        Some(text) => Ok(text.into_owned()),
        None => Err(undecodable(bytes, encoding)),
    }
}

fn undecodable(bytes: &[u8], encoding: &'static Encoding) -> String {
    if encoding != UTF_8 {
        return format!("is not {}; save it as “CSV UTF-8”", encoding.name());
    }
    let good = match str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    };
    let before = &bytes[..good];
    let line = before.split(|byte| *byte == b'\n').count();
    format!(
        "is not UTF-8: see its line {line}. If Excel wrote it as “CSV”, `--encoding windows-1252` reads \
         it; else save it as “CSV UTF-8”"
    )
}

#[cfg(test)]
mod tests {
    use super::{Charset, Separator, text};

    #[test]
    fn what_a_mark_says_is_believed_and_what_has_none_is_utf8() {
        let utf16: Vec<u8> = "\u{feff}é;ü"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let utf16_big: Vec<u8> = "\u{feff}é;ü"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let cases: [(&[u8], Charset); 6] = [
            ("é;ü".as_bytes(), Charset::Auto),
            ("\u{feff}é;ü".as_bytes(), Charset::Auto),
            ("\u{feff}é;ü".as_bytes(), Charset::Utf8),
            (&utf16, Charset::Auto),
            (&utf16_big, Charset::Auto),
            (b"\xe9;\xfc", Charset::Windows1252),
        ];
        for (bytes, charset) in cases {
            assert_eq!(text(bytes, charset).as_deref(), Ok("é;ü"), "{charset:?}");
        }
        assert_eq!(text(&utf16[2..], Charset::Utf16Le).as_deref(), Ok("é;ü"));
    }

    #[test]
    fn what_is_encoded_otherwise_is_told_with_what_to_do() {
        let told = text(b"name\nAnn\nZo\xeb\n", Charset::Auto).unwrap_err();
        assert!(
            told.contains("line 3") && told.contains("--encoding windows-1252"),
            "{told}"
        );
        let told = text(b"n\0a\0m\0e\0", Charset::Auto).unwrap_err();
        assert!(told.contains("--encoding utf-16le"), "{told}");
        assert!(text(b"\x00\xd8", Charset::Utf16Le).is_err());
    }

    #[test]
    fn cells_are_separated_as_the_first_line_is() {
        let byte = |text| Separator::Auto.byte(text);
        assert_eq!(byte("name,groups\na;b;c;d"), b',');
        assert_eq!(byte("\r\nname;\"groups, all, of\"\n"), b';');
        assert_eq!(byte("name\tgroups"), b'\t');
        assert_eq!(byte("name"), b',');
        assert_eq!(Separator::Tab.byte("a,b"), b'\t');
    }
}
