//! Writes text to a new file or to standard output, and never overwrites a file.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;

use crate::exit::NotUnderstood;
use crate::{output, paths};

/// Writes a text of whole lines.
///
/// # Errors
///
/// The file is there already, or cannot be written.
pub(crate) fn write(file: Option<&Path>, text: &str) -> anyhow::Result<()> {
    let Some(path) = file else {
        return Ok(output::line(text.trim_end_matches('\n'))?);
    };
    let name = paths::shown(path);
    let mut file = File::create_new(path).map_err(|error| {
        NotUnderstood(if error.kind() == io::ErrorKind::AlreadyExists {
            format!("{name} already exists and was not changed; give another file name")
        } else {
            format!("the file {name} could not be created: {error}")
        })
    })?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    written.with_context(|| format!("the file {name} was created, but could not be written"))
}
