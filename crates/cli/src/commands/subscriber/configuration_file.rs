//! The file for the NATS configuration of a subscriber: written before anything else is changed, and removed again if
//! the subscriber cannot be added.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::exit::NotUnderstood;
use crate::{new_file, output, paths};

/// A file that has the configuration.
pub(super) struct ConfigurationFile {
    path: PathBuf,
    /// Whether it was there already.
    existed: bool,
}

impl ConfigurationFile {
    /// Writes a new file; one that has this text stays as it is.
    pub(super) fn write(path: &Path, text: &str) -> anyhow::Result<Self> {
        let existed = has_text(path, text)?;
        if !existed {
            new_file::write(Some(path), text)?;
        }
        Ok(Self {
            path: path.to_owned(),
            existed,
        })
    }

    /// Removes the file, unless it was there already.
    pub(super) fn undo(self) {
        if !self.existed && std::fs::remove_file(&self.path).is_err() {
            let path = paths::shown(&self.path);
            output::aside(&format!(
                "The file {path} was written, and cannot be removed again."
            ));
        }
    }
}

/// Whether there is a file with this text. A file with another text is refused, and so is what is no regular file: a
/// device may be read without end.
fn has_text(path: &Path, text: &str) -> Result<bool, NotUnderstood> {
    let shown = || paths::shown(path);
    let unreadable = |error: io::Error| {
        NotUnderstood(format!(
            "the file {} cannot be read: {error}; nothing was done",
            shown()
        ))
    };
    match std::fs::metadata(path) {
        // Also where a link leads nowhere: then the file cannot be created.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(unreadable(error)),
        Ok(found) if !found.is_file() => {
            return Err(NotUnderstood(format!(
                "{} is no regular file; nothing was done. Give another file name",
                shown()
            )));
        }
        Ok(_) => {}
    }
    let mut found = Vec::new();
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(length.saturating_add(1))
        .read_to_end(&mut found)
        .map_err(unreadable)?;
    if found == text.as_bytes() {
        return Ok(true);
    }
    Err(NotUnderstood(format!(
        "{} exists with another content; nothing was done. Give another file name, or remove it",
        shown()
    )))
}

#[cfg(test)]
mod tests {
    use super::ConfigurationFile;

    #[test]
    fn a_file_is_written_once_and_what_was_there_is_never_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.conf");
        ConfigurationFile::write(&path, "a\n").unwrap().undo();
        assert!(!path.exists());
        ConfigurationFile::write(&path, "a\n").unwrap();
        ConfigurationFile::write(&path, "a\n").unwrap().undo();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a\n");
        for other in ["b\n", "a\nb\n", ""] {
            assert!(ConfigurationFile::write(&path, other).is_err(), "{other}");
        }
        let missing = folder.path().join("missing/a.conf");
        assert!(ConfigurationFile::write(&missing, "a\n").is_err());
        assert!(ConfigurationFile::write(folder.path(), "a\n").is_err());
        #[cfg(unix)]
        for device in ["/dev/full", "/dev/zero", "/dev/null"] {
            assert!(ConfigurationFile::write(device.as_ref(), "a\n").is_err());
        }
    }
}
