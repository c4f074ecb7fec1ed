//! The file of a load: lines in UTF-8 of bounded length, without a byte order mark.
//!
//! The file is read twice: once to check all lines before anything is sent, and once to send them. Streams are
//! copied to a temporary file for that.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::exit::NotUnderstood;
use crate::paths;

/// The maximum length of a line: four times that of a body.
const LINE_BYTES_MAX: u64 = 1 << 20;
/// Within it, a content has an id.
const CONTENTS: Uuid = Uuid::from_u128(0x51c2_9f0e_0f86_4a35_8f7e_27b0_93ad_6e14);
const MARK: &[u8] = "\u{feff}".as_bytes();

/// A file of operations.
pub(crate) struct LoadFile {
    reader: BufReader<File>,
    name: String,
    number: u64,
    line: Vec<u8>,
}

/// One line with something on it.
pub(crate) struct SourceLine<'a> {
    pub(crate) number: u64,
    pub(crate) text: &'a str,
    /// Its length in the file, in bytes.
    pub(crate) bytes: u64,
}

impl LoadFile {
    /// Opens a file, or keeps what a stream gives.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let name = paths::shown(path);
        let unread =
            |error: io::Error| NotUnderstood(format!("the file {name} could not be read: {error}"));
        let mut file = File::open(path).map_err(unread)?;
        let metadata = file.metadata().map_err(unread)?;
        if metadata.is_dir() {
            return Err(
                NotUnderstood(format!("nothing was sent: {name} is a folder, not a file")).into(),
            );
        }
        if !metadata.is_file() {
            file = kept(file).map_err(|error| {
                anyhow::anyhow!(
                    "nothing was sent: the input of {name} could not be copied to the temporary folder {}: \
                     {error}; set TMPDIR to another folder, or load a file",
                    paths::shown(&std::env::temp_dir())
                )
            })?;
        }
        Ok(Self {
            reader: BufReader::new(file),
            name,
            number: 0,
            line: Vec::new(),
        })
    }

    /// How many bytes it has.
    pub(crate) fn bytes(&self) -> u64 {
        let file = self.reader.get_ref();
        file.metadata().map_or(0, |metadata| metadata.len())
    }

    /// Begins again with the first line.
    pub(crate) fn rewind(&mut self) -> anyhow::Result<()> {
        self.number = 0;
        self.reader.rewind().map_err(|error| self.unread(&error))?;
        Ok(())
    }

    /// The next line that is not blank; nothing behind the last.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<SourceLine<'_>>> {
        let mut bytes = 0;
        loop {
            self.line.clear();
            let mut rest = self.reader.by_ref().take(LINE_BYTES_MAX + 1);
            let read = rest.read_until(b'\n', &mut self.line);
            let read =
                u64::try_from(read.map_err(|error| self.unread(&error))?).unwrap_or(u64::MAX);
            self.number += 1;
            bytes += read;
            if read == 0 {
                return Ok(None);
            }
            if read > LINE_BYTES_MAX {
                let number = self.number;
                let message = format!("line {number} has more than {LINE_BYTES_MAX} bytes");
                return Err(NotUnderstood(message).into());
            }
            if self.number == 1 && self.line.starts_with(MARK) {
                self.line.drain(..MARK.len());
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        let number = self.number;
        let text = str::from_utf8(&self.line).map_err(|error| {
            let byte = error.valid_up_to() + 1;
            NotUnderstood(format!("line {number} is not UTF-8 from byte {byte} on"))
        })?;
        let text = text.trim();
        Ok(Some(SourceLine {
            number,
            text,
            bytes,
        }))
    }

    /// What the content is known by, wherever it is: another id for every other content.
    pub(crate) fn identity(&mut self) -> anyhow::Result<Uuid> {
        self.rewind()?;
        let mut hash = Sha256::new();
        io::copy(&mut self.reader, &mut hash).map_err(|error| self.unread(&error))?;
        self.rewind()?;
        Ok(Uuid::new_v5(&CONTENTS, &hash.finalize()))
    }

    fn unread(&self, error: &io::Error) -> NotUnderstood {
        NotUnderstood(format!("the file {} could not be read: {error}", self.name))
    }
}

fn kept(mut stream: File) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut stream, &mut file)?;
    file.rewind()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::{LINE_BYTES_MAX, LoadFile};

    fn source(content: &[u8]) -> (tempfile::TempDir, LoadFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, content).unwrap();
        let source = LoadFile::open(&path).unwrap();
        (folder, source)
    }

    fn lines(content: &[u8]) -> Vec<(u64, String)> {
        let (_folder, mut source) = source(content);
        let mut lines = Vec::new();
        while let Some(line) = source.next().unwrap() {
            lines.push((line.number, line.text.to_owned()));
        }
        lines
    }

    #[test]
    fn lines_are_counted_as_editors_count_them() {
        let expected = [(1, "a".to_owned()), (4, "b c".to_owned())];
        assert_eq!(lines(b"\xef\xbb\xbfa\r\n\n  \n b c"), expected);
        assert_eq!(lines(b""), []);
    }

    #[test]
    fn what_is_no_line_is_named_by_its_number() {
        let refused = |content: &[u8]| {
            let (_folder, mut source) = source(content);
            loop {
                match source.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("it is read to its end"),
                    Err(error) => return error.to_string(),
                }
            }
        };
        let expected = "line 2 is not UTF-8 from byte 3 on";
        assert_eq!(refused(b"a\nbc\xff\n"), expected);
        let long = vec![b'x'; usize::try_from(LINE_BYTES_MAX).unwrap() + 1];
        assert_eq!(refused(&long), "line 1 has more than 1048576 bytes");
    }

    #[test]
    fn a_content_has_an_id_of_its_own_whatever_its_name() {
        let id = |content: &[u8]| source(content).1.identity().unwrap();
        assert_eq!(id(b"a\n"), id(b"a\n"));
        assert_ne!(id(b"a\n"), id(b"b\n"));
    }
}
