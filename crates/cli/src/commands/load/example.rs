//! An example file for `plansync load`.

use std::path::Path;

use crate::exit::Exit;
use crate::new_file;

/// A college with one programme of three activities, two administrators and three learners; the record of
/// one learner is open, and her plan is changed.
const EXAMPLE: &str = include_str!("example.jsonl");

/// Writes it, into a new file or to the standard output.
pub(super) fn write(file: Option<&Path>) -> anyhow::Result<Exit> {
    new_file::write(file, EXAMPLE)?;
    Ok(Exit::Done)
}
