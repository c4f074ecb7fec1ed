//! Comparing the filters of groups with the rows of their volumes, and making those again that differ.
//! The rows themselves are checked elsewhere.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Making, Whose, Writing};
use crate::damage::{Failed, Fault, While};
use crate::derived::{Derived, Of};
use crate::disk;
use crate::filters;
use crate::groups::VolumeGroup;
use crate::sealed::Sealed;

/// What is wrong with the filters of a data folder, without changing one: each file and its damage.
/// If the rows of a volume are damaged, its filters are not compared, because that is another finding.
///
/// If the log is in use, volumes may have been sealed since `sealed` was read.
pub(crate) fn damaged(
    data: &Path,
    sealed: &[Sealed],
    is_in_use: bool,
) -> Result<Vec<(PathBuf, String)>, Failed> {
    let mut damaged = Vec::new();
    for path in disk::entries(&data.join(filters::NAME))? {
        let Some((of, group)) = filters::slot(&path) else {
            continue;
        };
        let what = match making(of, group, sealed) {
            Ok(Some(making)) => match is_right(&path, making) {
                Ok(false) => "it does not match the commits",
                Ok(true) | Err(Fault::Damage(_)) => continue,
                Err(Fault::Failed(failed)) => return Err(failed),
            },
            Ok(None) if is_in_use => continue,
            Ok(None) => "it is of volumes that are not sealed",
            Err(Fault::Damage(_)) => continue,
            Err(Fault::Failed(failed)) if is_missing(&failed) => continue,
            Err(Fault::Failed(failed)) => return Err(failed),
        };
        damaged.push((path, what.to_owned()));
    }
    Ok(damaged)
}

/// Makes the filters of all groups that are missing or not what the rows give, and removes others.
/// Each is replaced as a whole.
pub(crate) fn remake(data: &Path, sealed: &[Sealed]) -> Result<(), Fault> {
    let dir = data.join(filters::NAME);
    for path in disk::entries(&dir)? {
        let is_kept =
            filters::slot(&path).is_some_and(|(_, group)| sealed.get(group.places()).is_some());
        let is_ours = filters::slot(&path).is_some()
            || path.extension().is_some_and(|extension| extension == "new");
        if is_ours && !is_kept {
            disk::remove_file(&path)?;
        }
    }
    for (group, of) in
        VolumeGroup::all(sealed.len()).flat_map(|group| Of::ALL.map(|of| (group, of)))
    {
        let path = dir.join(group.name(of));
        let right = match making(of, group, sealed)? {
            Some(making) => is_right(&path, making)?,
            None => true,
        };
        if let Some(making) = making(of, group, sealed)?.filter(|_| !right) {
            disk::create_dirs(&dir)?;
            let mut writing = Writing::begin(&path, making)?;
            while !writing.step()? {}
        }
    }
    Ok(())
}

/// The filter of a group as its rows give it; `None` if not all its volumes are sealed.
fn making(of: Of, group: VolumeGroup, sealed: &[Sealed]) -> Result<Option<Making>, Fault> {
    let volumes = sealed.get(group.places()).unwrap_or_default();
    let rows: Vec<Arc<Derived>> = volumes
        .iter()
        .map(|volume| Derived::open(&volume.dir, &volume.owner).map(Arc::new))
        .collect::<Result<_, _>>()?;
    let whose = Whose::new(of, volumes);
    Ok(whose.map(|whose| Making::new(whose, rows)))
}

/// Whether the file is there and byte for byte what the rows give.
fn is_right(path: &Path, mut making: Making) -> Result<bool, Fault> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        opened => opened.while_doing("open", path)?,
    };
    let mut is_next = |expected: &[u8]| -> Result<bool, Failed> {
        let mut found = vec![0; expected.len()];
        match file.read_exact(&mut found) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            read => read.while_doing("read", path).map(|()| found == expected),
        }
    };
    if !is_next(&making.header())? {
        return Ok(false);
    }
    while let Some(part) = making.part()? {
        if !is_next(&part)? {
            return Ok(false);
        }
    }
    Ok(file.read(&mut [0]).while_doing("read", path)? == 0)
}

fn is_missing(failed: &Failed) -> bool {
    failed.source.kind() == io::ErrorKind::NotFound
}
