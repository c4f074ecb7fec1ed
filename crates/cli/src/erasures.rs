//! The file of erasures: one line for each learner who was erased, so that a backup of before can be corrected after
//! it is restored. It has no text about persons.
//!
//! May import: `exit`, `paths`.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use plansync_domain::ids::{LearnerId, TenantId};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::exit::NotUnderstood;
use crate::paths;

/// No such file is larger.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// A learner who was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Erasure {
    /// The tenant.
    pub(crate) tenant: TenantId,
    /// The learner.
    pub(crate) learner: LearnerId,
}

/// The file to which lines are added.
pub(crate) struct ErasuresFile {
    path: PathBuf,
}

impl ErasuresFile {
    /// Makes sure that lines can be added, which comes before an erasure that cannot be undone. If there is no file yet,
    /// it is made with its first line: whoever removed an empty one again could remove a line of somebody else.
    ///
    /// # Errors
    ///
    /// Why no line can be added.
    pub(crate) fn check(path: &Path) -> Result<Self, NotUnderstood> {
        let checked = match OpenOptions::new().read(true).append(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                NamedTempFile::new_in(folder(path)).map(drop)
            }
            opened => opened.map(drop),
        };
        checked.map_err(|error| {
            let path = paths::shown(path);
            NotUnderstood(format!(
                "nothing was erased: the file of erasures {path} cannot be written ({error}); choose another one"
            ))
        })?;
        let path = path.to_owned();
        Ok(Self { path })
    }

    /// Adds a line. It is durable afterwards.
    pub(crate) fn append(self, erasure: &Erasure) -> anyhow::Result<()> {
        let line = line(erasure);
        self.add(&line).map_err(|error| {
            let file = paths::shown(&self.path);
            anyhow::anyhow!(
                "the learner was erased, but the file of erasures {file} could not be written ({error}); add this line \
                 to it yourself: {line}"
            )
        })
    }

    fn add(&self, line: &str) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&self.path)?;
        end_last_line(&mut file)?;
        file.write_all(format!("{line}\n").as_bytes())?;
        file.sync_all()?;
        File::open(folder(&self.path))?.sync_all()
    }
}

/// Ends a line that was cut off, so that the next one is not added to it.
fn end_last_line(file: &mut File) -> io::Result<()> {
    if file.metadata()?.len() == 0 {
        return Ok(());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" {
        Ok(())
    } else {
        file.write_all(b"\n")
    }
}

/// The folder that a file is in.
fn folder(path: &Path) -> &Path {
    let folder = path.parent();
    let named = folder.filter(|folder| !folder.as_os_str().is_empty());
    named.unwrap_or(Path::new("."))
}

fn line(erasure: &Erasure) -> String {
    serde_json::json!({ "tenant": erasure.tenant, "learner": erasure.learner }).to_string()
}

/// Reads a file of erasures.
pub(crate) fn read(file: &Path) -> Result<Vec<Erasure>, NotUnderstood> {
    let shown = paths::shown(file);
    let unreadable = |error: io::Error| {
        NotUnderstood(format!(
            "the file of erasures {shown} could not be read: {error}"
        ))
    };
    let mut text = String::new();
    let opened = File::open(file).map_err(unreadable)?;
    opened
        .take(FILE_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(NotUnderstood(format!(
            "the file of erasures {shown} has more than 256 MiB; is it the right file?"
        )));
    }
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let parsed = lines.map(|(index, line)| {
        serde_json::from_str(line).map_err(|error| {
            NotUnderstood(format!(
                "line {} of the file of erasures {shown} is not a JSON object with `tenant` and `learner` ({error}); \
                 correct it",
                index + 1
            ))
        })
    });
    parsed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_what_was_not_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("erasures.jsonl");
        let erasure = |number: u128| Erasure {
            tenant: "northgate".parse().unwrap(),
            learner: LearnerId::from_uuid(uuid::Uuid::from_u128(number)),
        };
        let append = |number| ErasuresFile::check(&file).unwrap().append(&erasure(number));
        // Two erasures at once, of which one is refused: it takes nothing of the other one's with it.
        let refused = ErasuresFile::check(&file).unwrap();
        assert!(!file.exists());
        append(1).unwrap();
        drop(refused);
        append(2).unwrap();
        assert_eq!(read(&file).unwrap(), [erasure(1), erasure(2)]);
        // A line without its end, as an editor or a crash may leave it.
        std::fs::write(&file, line(&erasure(3))).unwrap();
        append(4).unwrap();
        assert_eq!(read(&file).unwrap(), [erasure(3), erasure(4)]);
        std::fs::write(&file, "\n{\"tenant\": \"northgate\"}\n").unwrap();
        let wrong = read(&file).unwrap_err().to_string();
        assert!(
            wrong.contains("line 2") && wrong.contains("learner"),
            "{wrong}"
        );
    }
}
