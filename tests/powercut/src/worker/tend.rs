//! Owns what is done to a folder while no log is open on it: rows are lost and made again, and all
//! of it is checked from end to end. Knows nothing of commits.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use plansync_log::backend::{Finding, FindingKind, unwatched};
use plansync_sled::{reindex, verify};

use super::{Reporter, WorkError};
use crate::line::Line;

/// The list of sealed volumes: without it, there is no log yet.
const MANIFEST: &str = "MANIFEST";
const VOLUMES: &str = "volumes";
/// What is made from a sealed volume's commits.
const ROWS: &str = "derived";

/// Loses the rows of some volumes, and has them made again.
pub(super) fn remake_rows<W: Write>(
    dir: &Path,
    reporter: &Reporter<W>,
    rng: &mut fastrand::Rng,
) -> Result<(), WorkError> {
    if !dir.join(MANIFEST).exists() {
        return Ok(());
    }
    reporter.say(&Line::Tending)?;
    lose_rows(&dir.join(VOLUMES), rng)
        .map_err(|error| WorkError::refused("removing rows", &error))?;
    let remade =
        reindex(dir, &mut unwatched).map_err(|error| WorkError::refused("reindexing", &error))?;
    Ok(reporter.say(&Line::Remade(remade.rewritten))?)
}

fn lose_rows(volumes: &Path, rng: &mut fastrand::Rng) -> io::Result<()> {
    for volume in fs::read_dir(volumes)? {
        let rows = volume?.path().join(ROWS);
        if rng.bool() && rows.exists() {
            fs::remove_file(rows)?;
        }
    }
    Ok(())
}

/// Checks everything. Rows may be missing: making them again may have been cut off.
pub(super) fn verify_whole<W: Write>(dir: &Path, reporter: &Reporter<W>) -> Result<(), WorkError> {
    let report = verify(dir, &mut unwatched);
    let excused = |finding: &&Finding| match finding.kind {
        FindingKind::Note => true,
        FindingKind::Derived => finding.path.ends_with(ROWS) && !finding.path.exists(),
        FindingKind::Damage | FindingKind::Unreadable | FindingKind::Unchecked => false,
    };
    match report.findings.iter().find(|finding| !excused(finding)) {
        Some(finding) => Err(WorkError::Wrong(finding.to_string())),
        None => Ok(reporter.say(&Line::Whole)?),
    }
}
