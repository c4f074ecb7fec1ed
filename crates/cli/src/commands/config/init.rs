//! `plansync config init`: writes a settings file with every setting, that changes nothing.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde_json::json;
use tempfile::NamedTempFile;

use crate::arguments::Arguments;
use crate::exit::{Exit, NotUnderstood};
use crate::output::{self, Output};
use crate::paths;
use crate::settings::{definitions, sample, user_file};

/// Write a settings file with every setting, its default and its meaning, that changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Only the user who writes the file can read it, since it may come to contain
secrets. Allow others to read a file for all users: chmod 644 FILE.

Examples:
  plansync config init
  plansync config init /etc/plansync/plansync.toml
  plansync config init -                     # print it")]
pub(super) struct Init {
    /// File to write, or `-` for standard output; without it, the file that `--config` names, or else the user's
    /// file.
    #[arg(value_name = "FILE|-")]
    file: Option<PathBuf>,
    /// Replace an existing file.
    #[arg(long)]
    replace: bool,
}

impl Init {
    pub(super) fn run(self, output: Output, named: Option<&Path>) -> anyhow::Result<Exit> {
        let text = sample(&definitions(&Arguments::said()));
        let named = named.map(Path::to_owned);
        let file = self.file.or(named).or_else(user_file).ok_or_else(|| {
            NotUnderstood(
                "there is no home folder to write the file to; name the file, or `-` to print it"
                    .to_owned(),
            )
        })?;
        if file.as_os_str() == "-" {
            output::line(text.trim_end())?;
            return Ok(Exit::Done);
        }
        let was_there = file.exists();
        write(&file, &text, self.replace)?;
        let replaced = was_there && self.replace;
        if output.is_for_people() {
            let done = if replaced { "Replaced" } else { "Wrote" };
            let file = paths::shown(&file);
            output::sentences(&format!(
                "{done} {file}. It changes nothing until you remove the `#` before a setting; `plansync config check` \
                 checks it."
            ))?;
        } else {
            output.value(&json!({ "file": paths::exact(&file), "replaced": replaced }))?;
        }
        Ok(Exit::Done)
    }
}

/// Writes the whole file at once, for nobody else to read.
fn write(file: &Path, text: &str, replaces: bool) -> anyhow::Result<()> {
    let shown = paths::shown(file);
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder of {shown} could not be created"))?;
    let failed = || format!("the file {shown} could not be written");
    let mut temporary = NamedTempFile::new_in(folder).with_context(failed)?;
    temporary.write_all(text.as_bytes()).with_context(failed)?;
    temporary.as_file().sync_all().with_context(failed)?;
    let kept = if replaces {
        temporary.persist(file)
    } else {
        temporary.persist_noclobber(file)
    };
    match kept {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(NotUnderstood(format!(
                "{shown} already exists and was not changed; give another file name, or `--replace`"
            ))
            .into())
        }
        Err(error) => Err(error.error).with_context(failed),
    }
}
