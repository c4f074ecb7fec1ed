//! Where an export goes, and in which format. Nothing that plansync did not write is replaced.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Context as _;
use clap::ValueEnum;
use plansync_export::{tables, write};

use super::place::Place;
use super::unfinished::{self, Unfinished};
use crate::backend;
use crate::durable::parent_of;
use crate::exit::NotUnderstood;
use crate::paths;

/// Endings of files that are SQLite.
const SQLITE_ENDINGS: [&str; 3] = ["sqlite", "sqlite3", "db"];

/// A format of exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One SQLite file.
    Sqlite,
    /// A folder of CSV files, in UTF-8 with a byte order mark; formulas are text.
    Csv,
    /// A folder of files with one JSON object on each line.
    Jsonl,
}

impl Format {
    /// The format of each table's file; none for SQLite.
    pub(super) fn of_files(self) -> Option<write::Format> {
        match self {
            Self::Sqlite => None,
            Self::Csv => Some(write::Format::Csv),
            Self::Jsonl => Some(write::Format::JsonLines),
        }
    }
}

/// The files of a dossier beside those of tables.
pub(super) const DOSSIER_PAGE: &str = "dossier.html";
pub(super) const DOSSIER_SQLITE: &str = "dossier.sqlite";

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One SQLite file.
    File,
    /// A folder with a file for each table.
    Folder(write::Format),
    /// A folder with a page for people, and the tables.
    Dossier(Format),
}

/// A place that may be written.
pub(super) struct Destination {
    pub(super) path: PathBuf,
    name: OsString,
    pub(super) layout: Layout,
    pub(super) replaces: bool,
}

impl Destination {
    /// Checks that the export can get its name in the end, before anything is read.
    pub(super) fn prepare(
        path: &Path,
        format: Option<Format>,
        is_dossier: bool,
        replaces: bool,
    ) -> anyhow::Result<Self> {
        let shown = paths::shown(path);
        let name = path.file_name().ok_or_else(|| {
            NotUnderstood(format!(
                "{shown} is no name of a new file or folder; give one"
            ))
        })?;
        let layout = layout(path, format, is_dossier)?;
        backend::refuse_data_folder(path)?;
        let parent = parent_of(path);
        if !parent.is_dir() {
            let parent = paths::shown(parent);
            return Err(
                NotUnderstood(format!("there is no folder {parent}; create it first")).into(),
            );
        }
        unfinished::clear(path, parent, name)
            .with_context(|| format!("the folder {} could not be read", paths::shown(parent)))?;
        let destination = Self {
            path: path.to_owned(),
            name: name.to_owned(),
            layout,
            replaces,
        };
        destination.check()?;
        Ok(destination)
    }

    /// Refuses what is there, unless it is an export that may be replaced.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let shown = paths::shown(&self.path);
        let Ok(found) = fs::symlink_metadata(&self.path) else {
            return Ok(());
        };
        if !self.replaces {
            return Err(NotUnderstood(format!(
                "{shown} already exists and was not changed; give another name, or `--replace` to replace it"
            ))
            .into());
        }
        let stray = match self.layout {
            Layout::File if found.is_file() => None,
            Layout::Folder(_) | Layout::Dossier(_) if found.is_dir() => stray(&self.path)?,
            Layout::File | Layout::Folder(_) | Layout::Dossier(_) => {
                return Err(NotUnderstood(format!(
                    "{shown} is no export of this format, so it is not replaced; give another name"
                ))
                .into());
            }
        };
        match stray {
            None => Ok(()),
            Some(stray) => Err(NotUnderstood(format!(
                "the folder {shown} has `{}`, which is no part of an export, so it is not replaced; give another name",
                paths::shown(Path::new(&stray))
            ))
            .into()),
        }
    }

    /// Begins to write beside the place.
    pub(super) fn begin(self) -> anyhow::Result<Place> {
        let parent = parent_of(&self.path);
        let begun = Unfinished::begin(parent, &self.name)
            .and_then(|unfinished| Ok((unfinished.tables()?, unfinished)));
        let (tables, unfinished) = begun.with_context(|| {
            let parent = paths::shown(parent);
            format!("a file could not be created in {parent}")
        })?;
        Ok(Place {
            destination: self,
            tables,
            unfinished,
        })
    }
}

/// What is written, from the name and the options.
fn layout(path: &Path, format: Option<Format>, is_dossier: bool) -> Result<Layout, NotUnderstood> {
    if is_dossier {
        return Ok(Layout::Dossier(format.unwrap_or(Format::Sqlite)));
    }
    let ending = path.extension().and_then(|ending| ending.to_str());
    let is_sqlite = ending.is_some_and(|ending| {
        SQLITE_ENDINGS
            .iter()
            .any(|one| ending.eq_ignore_ascii_case(one))
    });
    let format = format.or(is_sqlite.then_some(Format::Sqlite));
    let format = format.ok_or_else(|| {
        NotUnderstood(format!(
            "the name {} does not say the format; give one that ends with `.sqlite`, or `--format csv` or `--format \
             jsonl` for a folder",
            paths::shown(path)
        ))
    })?;
    Ok(format.of_files().map_or(Layout::File, Layout::Folder))
}

/// A name in a folder that no export has.
fn stray(folder: &Path) -> io::Result<Option<OsString>> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let is_of_export = |format: write::Format| {
            let mut all = tables::all().iter();
            all.any(|table| name == *format.file(table))
        };
        if [DOSSIER_PAGE, DOSSIER_SQLITE]
            .iter()
            .any(|file| name == *file)
        {
            continue;
        }
        if ![write::Format::Csv, write::Format::JsonLines]
            .into_iter()
            .any(is_of_export)
        {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
