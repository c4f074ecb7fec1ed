//! The tree of a log that is not served here: of a data folder or of a backup.

use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use plansync_log::anchor::Origin;
use plansync_log::archive::ArchiveReader;
use plansync_log::backend::{Inspection, RestoreError};
use plansync_log::merkle::{CompactRange, Hash};
use plansync_log::{Incarnations, Position, Sequenced, Tip};

use crate::backend;
use crate::exit::NotUnderstood;
use crate::paths;
use crate::place::Place;

/// A log whose tree is read.
pub(super) enum LogTree {
    Folder(Box<dyn Inspection>),
    Backup {
        file: PathBuf,
        tip: Tip,
        incarnations: Incarnations,
    },
}

fn archive(file: &Path) -> anyhow::Result<ArchiveReader<BufReader<File>>> {
    let opened = File::open(file)
        .map_err(|error| NotUnderstood(format!("cannot read {}: {error}", paths::shown(file))))?;
    Ok(ArchiveReader::new(BufReader::new(opened)).map_err(RestoreError::from)?)
}

impl LogTree {
    pub(super) fn open(place: Place) -> anyhow::Result<Self> {
        match place {
            Place::Folder(data) => Ok(Self::Folder(backend::of_folder(&data, None).inspect()?)),
            Place::Backup(file) => {
                let reader = archive(&file)?;
                let incarnations = reader.incarnations().clone();
                let tip = reader.finish().map_err(RestoreError::from)?;
                Ok(Self::Backup {
                    file,
                    tip,
                    incarnations,
                })
            }
        }
    }

    pub(super) fn tip(&self) -> Tip {
        match self {
            Self::Folder(log) => log.tip(),
            Self::Backup { tip, .. } => *tip,
        }
    }

    pub(super) fn incarnations(&self) -> Incarnations {
        match self {
            Self::Folder(log) => log.incarnations(),
            Self::Backup { incarnations, .. } => incarnations.clone(),
        }
    }

    /// The tree of the log as it is now.
    pub(super) fn origin(&self) -> Origin {
        Origin {
            log: self.tip().log,
            incarnation: self.incarnations().current(),
        }
    }

    /// The roots of subtrees, each given by its first leaf and the one after its last.
    pub(super) fn roots(&self, wanted: &[(u64, u64)]) -> anyhow::Result<Vec<Hash>> {
        let ranges = match self {
            Self::Folder(log) => {
                let ranges = wanted.iter().map(|(from, to)| log.tree_range(*from, *to));
                ranges.collect::<Result<Vec<_>, _>>()?
            }
            Self::Backup { file, .. } => in_one_pass(file, wanted)?,
        };
        let root = |(range, (from, to)): (&CompactRange, &(u64, u64))| {
            let root = range.root().filter(|_| range.to() == *to);
            root.ok_or_else(|| {
                anyhow::anyhow!("the log has no whole subtree of leaves {from} to {to}")
            })
        };
        ranges.iter().zip(wanted).map(root).collect()
    }

    /// The commit at a position of the log.
    pub(super) fn commit(&self, position: Position) -> anyhow::Result<Sequenced> {
        let mut found = None;
        match self {
            Self::Folder(log) => log.commits(position, &mut |page| {
                found = page.first().cloned();
                ControlFlow::Break(())
            })?,
            Self::Backup { file, .. } => {
                for commit in archive(file)? {
                    let commit = commit.map_err(RestoreError::from)?;
                    if commit.position() == position {
                        found = Some(commit);
                        break;
                    }
                }
            }
        }
        found.ok_or_else(|| anyhow::anyhow!("the log has no commit {position}"))
    }
}

/// Ranges of a backup, which is read once.
fn in_one_pass(file: &Path, wanted: &[(u64, u64)]) -> anyhow::Result<Vec<CompactRange>> {
    let mut ranges: Vec<CompactRange> = wanted
        .iter()
        .map(|(from, _)| CompactRange::new(*from))
        .collect();
    for commit in archive(file)? {
        let commit = commit.map_err(RestoreError::from)?;
        let index = commit.position().get().saturating_sub(1);
        let leaf = Hash::of_leaf(commit.stored());
        for (range, (from, to)) in ranges.iter_mut().zip(wanted) {
            if (*from..*to).contains(&index) {
                range.push_leaf(leaf);
            }
        }
    }
    Ok(ranges)
}
