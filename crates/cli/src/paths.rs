//! Paths as text, whatever bytes they contain.

use std::fmt::Write as _;
use std::path::Path;

use crate::terminal;

/// What a path is in JSON: the path itself where it is UTF-8. Else every byte that is not is written
/// as `\x` and two hexadecimal digits, and every backslash is doubled, so that the bytes can be told
/// from the text.
pub(crate) fn exact(path: &Path) -> String {
    if let Some(text) = path.to_str() {
        return text.to_owned();
    }
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', "\\\\"));
        for byte in chunk.invalid() {
            // Writing into a text cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// The same for people.
pub(crate) fn shown(path: &Path) -> String {
    terminal::line(&exact(path)).into_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;

    use super::{exact, shown};

    #[test]
    fn a_path_that_is_no_text_has_a_text_all_the_same() {
        let path = |bytes| Path::new(OsStr::from_bytes(bytes)).to_owned();
        assert_eq!(exact(&path(b"/a\\b/\xc3\xa9")), "/a\\b/é");
        assert_eq!(exact(&path(b"/a\\b/\xff\xc3x")), "/a\\\\b/\\xff\\xc3x");
        assert_eq!(shown(&path(b"/a\n\xff")), "/a\\n\\xff");
    }
}
