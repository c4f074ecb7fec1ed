//! Where an export goes: it is written beside its place and gets its name when it is whole. Nothing that plansync did
//! not write is replaced.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::ValueEnum;
use plansync_domain::ids::LearnerId;
use plansync_export::dossier::{self, People};
use plansync_export::{Stop, Workspace, tables, write};
use tempfile::{NamedTempFile, TempDir};

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
    fn of_files(self) -> Option<write::Format> {
        match self {
            Self::Sqlite => None,
            Self::Csv => Some(write::Format::Csv),
            Self::Jsonl => Some(write::Format::JsonLines),
        }
    }
}

/// The files of a dossier beside those of tables.
const DOSSIER_PAGE: &str = "dossier.html";
const DOSSIER_SQLITE: &str = "dossier.sqlite";

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

/// Whose dossier is written, and whom it must not name.
pub(super) struct Subject {
    pub(super) learner: LearnerId,
    pub(super) others: People,
    pub(super) stop: Stop,
}

/// Something with an empty file that an export is read into.
pub(crate) trait HasWorkspace {
    fn workspace(&self) -> &Path;
}

/// A place that may be written.
pub(super) struct Destination {
    path: PathBuf,
    parent: PathBuf,
    name: String,
    layout: Layout,
    replaces: bool,
}

/// An export on its way to its place. What is not completed is removed.
pub(super) struct Place {
    destination: Destination,
    file: NamedTempFile,
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
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            Some(_) | None => PathBuf::from("."),
        };
        if !parent.is_dir() {
            let parent = paths::shown(&parent);
            return Err(
                NotUnderstood(format!("there is no folder {parent}; create it first")).into(),
            );
        }
        let destination = Self {
            path: path.to_owned(),
            parent,
            name: name.to_string_lossy().into_owned(),
            layout,
            replaces,
        };
        destination.check()?;
        Ok(destination)
    }

    /// Refuses what is there, unless it is an export that may be replaced.
    fn check(&self) -> anyhow::Result<()> {
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
        let file = tempfile::Builder::new()
            .prefix(&format!(".{}.partial-", self.name))
            .tempfile_in(&self.parent)
            .with_context(|| {
                let parent = paths::shown(&self.parent);
                format!("a file could not be created in {parent}")
            })?;
        Ok(Place {
            destination: self,
            file,
        })
    }
}

impl HasWorkspace for Place {
    fn workspace(&self) -> &Path {
        self.file.path()
    }
}

impl Place {
    /// Writes what was read in its format, and gives it its name.
    pub(super) fn complete(
        self,
        workspace: Workspace,
        subject: Option<&Subject>,
    ) -> anyhow::Result<()> {
        let Self { destination, file } = self;
        let folder = match (destination.layout, subject) {
            (Layout::File, _) | (Layout::Dossier(_), None) => {
                drop(workspace);
                return destination.put_file(file);
            }
            (Layout::Folder(format), _) => {
                let folder = destination.folder("partial")?;
                write::write(&workspace, folder.path(), format)?;
                folder
            }
            (Layout::Dossier(format), Some(subject)) => {
                let folder = destination.folder("partial")?;
                dossier(&workspace, subject, folder.path(), format)?;
                folder
            }
        };
        drop((workspace, file));
        destination.check()?;
        destination.put(folder)
    }
}

/// Writes a dossier into a folder.
fn dossier(
    from: &Workspace,
    subject: &Subject,
    folder: &Path,
    format: Format,
) -> anyhow::Result<()> {
    let sqlite = folder.join(DOSSIER_SQLITE);
    let learner = subject.learner.to_string();
    File::create_new(&sqlite)?;
    let mut copy = Workspace::create(&sqlite, subject.stop.clone())?;
    dossier::copy(from, &mut copy, &learner, &subject.others)?;
    let mut page = BufWriter::new(File::create_new(folder.join(DOSSIER_PAGE))?);
    dossier::page(&copy, &learner, &mut page)?;
    page.flush()?;
    page.get_ref().sync_all()?;
    match format.of_files() {
        None => {
            drop(copy);
            File::open(&sqlite)?.sync_all()?;
        }
        Some(format) => {
            write::write(&copy, folder, format)?;
            drop(copy);
            fs::remove_file(&sqlite)?;
        }
    }
    Ok(())
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

impl Destination {
    /// A folder beside the place, for its owner only.
    fn folder(&self, state: &str) -> anyhow::Result<TempDir> {
        let prefix = format!(".{}.{state}-", self.name);
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(fs::Permissions::from_mode(0o700));
        }
        builder.tempdir_in(&self.parent).with_context(|| {
            let parent = paths::shown(&self.parent);
            format!("a folder could not be created in {parent}")
        })
    }

    /// Gives a whole file its name.
    fn put_file(&self, file: NamedTempFile) -> anyhow::Result<()> {
        file.as_file().sync_all()?;
        self.check()?;
        let named = if self.replaces {
            file.persist(&self.path)
        } else {
            file.persist_noclobber(&self.path)
        };
        named.map(|_| ()).map_err(|error| self.unnamed(error.error))
    }

    /// Gives a whole folder its name; the one that has it is moved aside first, and removed afterwards.
    fn put(&self, folder: TempDir) -> anyhow::Result<()> {
        let old = if self.path.is_dir() {
            let aside = self.folder("replaced")?;
            let old = aside.path().join("old");
            fs::rename(&self.path, &old).map_err(|error| self.unnamed(error))?;
            Some((aside, old))
        } else {
            None
        };
        match fs::rename(folder.path(), &self.path) {
            Ok(()) => {
                // It is no longer temporary.
                let _ = folder.keep();
                Ok(())
            }
            Err(error) => {
                if let Some((aside, old)) = old
                    && fs::rename(&old, &self.path).is_err()
                {
                    // The old export is worth more than an empty folder that is left.
                    let _ = aside.keep();
                }
                Err(self.unnamed(error))
            }
        }
    }

    fn unnamed(&self, error: io::Error) -> anyhow::Error {
        let shown = paths::shown(&self.path);
        anyhow::Error::new(error).context(format!(
            "the export is whole, but could not be named {shown}"
        ))
    }
}

/// A name in a folder that no export has.
fn stray(folder: &Path) -> io::Result<Option<std::ffi::OsString>> {
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
