//! Makes the names of files durable: a file that was written and synced has lost its name after a power cut, if its
//! folder was not synced.

use std::fs::File;
use std::io;
use std::path::Path;

/// The folder of a file or folder.
pub(crate) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
