//! Owns putting a broken image where a person can look at it, as plain files.

use std::fs;
use std::io;
use std::path::Path;

use crate::disk::{Disk, Inode};

/// Copies everything on the disk, as a program would read it now, into a new folder.
pub fn keep(disk: &Disk, folder: &Path) -> io::Result<()> {
    keep_directory(disk, Inode::ROOT, folder)
}

fn keep_directory(disk: &Disk, directory: Inode, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, inode) in disk.tree().entries(directory).into_iter().flatten() {
        let path = folder.join(name);
        match disk.file(*inode) {
            Ok(file) => fs::write(path, file.bytes())?,
            Err(_) => keep_directory(disk, *inode, &path)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::{Disk, Inode, keep};

    #[test]
    fn folders_and_files_come_out_as_they_are_read() {
        let mut disk = Disk::new();
        let directory = disk.make_directory(Inode::ROOT, OsStr::new("log")).unwrap();
        let file = disk.create(directory, OsStr::new("head")).unwrap();
        disk.write(file, 2, b"x").unwrap();
        let folder = tempfile::tempdir().unwrap();
        keep(&disk, &folder.path().join("image")).unwrap();
        let kept = std::fs::read(folder.path().join("image/log/head")).unwrap();
        assert_eq!(kept, b"\0\0x");
    }
}
