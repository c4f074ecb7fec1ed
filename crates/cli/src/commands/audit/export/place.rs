//! An export on its way to its place: it is written beside it, and gets its name when it is whole and on the disk.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use plansync_domain::ids::LearnerId;
use plansync_export::dossier::{self, People};
use plansync_export::{Stop, Workspace, write};
use tempfile::NamedTempFile;

use super::destination::{DOSSIER_PAGE, DOSSIER_SQLITE, Destination, Format, Layout};
use super::unfinished::Unfinished;
use crate::durable::{parent_of, sync_folder};
use crate::paths;

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

/// An export on its way to its place. What is not completed is removed.
pub(super) struct Place {
    pub(super) destination: Destination,
    /// The file that it is read into.
    pub(super) tables: NamedTempFile,
    /// The folder of that file.
    pub(super) unfinished: Unfinished,
}

impl HasWorkspace for Place {
    fn workspace(&self) -> &Path {
        self.tables.path()
    }
}

impl Place {
    /// Writes what was read in its format, and gives it its name.
    pub(super) fn complete(
        self,
        workspace: Workspace,
        subject: Option<&Subject>,
    ) -> anyhow::Result<()> {
        let Self {
            destination,
            tables,
            unfinished,
        } = self;
        let files = match (destination.layout, subject) {
            (Layout::File, _) | (Layout::Dossier(_), None) => {
                drop(workspace);
                return destination.put_file(tables);
            }
            (Layout::Folder(format), _) => {
                let files = unfinished.files()?;
                write::write(&workspace, &files, format)?;
                files
            }
            (Layout::Dossier(format), Some(subject)) => {
                let files = unfinished.files()?;
                write_dossier(&workspace, subject, &files, format)?;
                files
            }
        };
        drop((workspace, tables));
        destination.check()?;
        let path = &destination.path;
        let named = unfinished.put(&files, path, parent_of(path));
        named.map_err(|error| destination.unnamed(error))
    }
}

impl Destination {
    /// Gives a whole file its name.
    fn put_file(&self, file: NamedTempFile) -> anyhow::Result<()> {
        file.as_file().sync_all()?;
        self.check()?;
        let named = if self.replaces {
            file.persist(&self.path)
        } else {
            file.persist_noclobber(&self.path)
        };
        named
            .map_err(|error| error.error)
            .and_then(|_| sync_folder(parent_of(&self.path)))
            .map_err(|error| self.unnamed(error))
    }

    fn unnamed(&self, error: io::Error) -> anyhow::Error {
        let shown = paths::shown(&self.path);
        anyhow::Error::new(error).context(format!(
            "the export is whole, but could not be named {shown}"
        ))
    }
}

/// Writes a dossier into a folder.
fn write_dossier(
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
