//! Reads a settings file: bounded, and only if nobody else can change it.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use super::places::Place;
use super::problem::{Position, Problem};

/// A larger file is none of settings.
const BYTES_MAX: u64 = 256 << 10;

/// A file that was read.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) text: String,
    /// Whether every user of the machine can read it.
    pub(super) is_public: bool,
}

/// Why a file was not read.
#[derive(Debug)]
pub(super) enum Failure {
    Io(io::Error),
    /// What is wrong with it, and what to do.
    Wrong(String),
    /// It has something else than text at this place.
    NotText(Position),
}

impl Failure {
    pub(super) fn is_absent(&self) -> bool {
        // A part of its path that is no folder, such as `$HOME` of /dev/null, has no files.
        self.is(ErrorKind::NotFound) || self.is(ErrorKind::NotADirectory)
    }

    pub(super) fn is_denied(&self) -> bool {
        self.is(ErrorKind::PermissionDenied)
    }

    fn is(&self, kind: ErrorKind) -> bool {
        matches!(self, Self::Io(error) if error.kind() == kind)
    }

    pub(super) fn problem(self, place: &Place) -> Problem {
        let path = &place.path;
        match self {
            Self::NotText(at) => {
                let what = "this is not UTF-8; save the file in that encoding".to_owned();
                Problem::at(path, at, what)
            }
            Self::Wrong(what) => Problem::of(path, what),
            Self::Io(error) if error.kind() == ErrorKind::NotFound => Problem::of(
                path,
                "the file does not exist; `plansync config init FILE` writes one".to_owned(),
            ),
            Self::Io(error) if error.kind() == ErrorKind::PermissionDenied => Problem::of(
                path,
                format!("cannot be read ({error}); allow this user to read the file"),
            ),
            Self::Io(error) => Problem::of(path, format!("cannot be read: {error}")),
        }
    }
}

/// Reads it, unless others can write it.
pub(super) fn read(path: &Path) -> Result<Text, Failure> {
    let file = File::open(path).map_err(Failure::Io)?;
    let metadata = file.metadata().map_err(Failure::Io)?;
    if metadata.is_dir() {
        return Err(Failure::Wrong("is a folder; name a file".to_owned()));
    }
    // A device such as /dev/null, or a pipe, belongs to the one who named it.
    if metadata.is_file() && mode(&metadata) & OTHERS_WRITE != 0 {
        return Err(Failure::Wrong(
            "every user of this machine can change the file, and so what plansync does; run `chmod o-w` on it"
                .to_owned(),
        ));
    }
    let mut bytes = Vec::new();
    let mut bounded = file.take(BYTES_MAX + 1);
    bounded.read_to_end(&mut bytes).map_err(Failure::Io)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(Failure::Wrong(format!(
            "is larger than {} KiB, so it is no settings file",
            BYTES_MAX >> 10
        )));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Text {
            text,
            is_public: metadata.is_file() && mode(&metadata) & OTHERS_READ != 0,
        }),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes());
            Err(Failure::NotText(Position::of(&text, valid)))
        }
    }
}

const OTHERS_WRITE: u32 = 0o002;
const OTHERS_READ: u32 = 0o004;

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;

    metadata.permissions().mode()
}

/// Other systems have no such bits.
#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0
}
