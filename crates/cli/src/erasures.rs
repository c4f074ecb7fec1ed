//! The file of erasures: one line for each learner who was erased, so that a backup of before can be corrected after
//! it is restored. It has no text about persons.
//!
//! May import: `exit`, `paths`.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

use plansync_domain::ids::{LearnerId, TenantId};
use serde::{Deserialize, Serialize};

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

/// Adds a line to the file, which is created if it does not exist. The line is durable afterwards.
pub(crate) fn append(file: &Path, erasure: &Erasure) -> anyhow::Result<()> {
    let failed = |error: std::io::Error| {
        let file = paths::shown(file);
        anyhow::anyhow!(
            "the learner was erased, but the file of erasures {file} could not be written ({error}); add this line to it \
             yourself: {}",
            line(erasure)
        )
    };
    let mut opened = OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)
        .map_err(failed)?;
    opened
        .write_all(format!("{}\n", line(erasure)).as_bytes())
        .map_err(failed)?;
    opened.sync_all().map_err(failed)
}

fn line(erasure: &Erasure) -> String {
    serde_json::json!({ "tenant": erasure.tenant, "learner": erasure.learner }).to_string()
}

/// Reads a file of erasures.
pub(crate) fn read(file: &Path) -> Result<Vec<Erasure>, NotUnderstood> {
    let shown = paths::shown(file);
    let unreadable = |error: std::io::Error| {
        NotUnderstood(format!(
            "the file of erasures {shown} could not be read: {error}"
        ))
    };
    let mut text = String::new();
    let opened = File::open(file).map_err(unreadable)?;
    opened
        .take(FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
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
        append(&file, &erasure(1)).unwrap();
        append(&file, &erasure(2)).unwrap();
        assert_eq!(read(&file).unwrap(), [erasure(1), erasure(2)]);
        std::fs::write(&file, "\n{\"tenant\": \"northgate\"}\n").unwrap();
        let wrong = read(&file).unwrap_err().to_string();
        assert!(
            wrong.contains("line 2") && wrong.contains("learner"),
            "{wrong}"
        );
    }
}
