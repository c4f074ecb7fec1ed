//! The log of plansync on a disk. Commits become durable in a journal of this crate and are read from sled
//! databases; recovery brings the two together after a crash.
//!
//! sled alone does not survive a loss of power: its flush syncs too little, and it may lose values at a later
//! opening. A sync of the journal is what acknowledges a commit. The database of a volume counts only after
//! it was synced, read back and entered into the manifest (*sealed*); then its journal is removed. Of a
//! volume that is not sealed, sled can be made again from the journal at any time.
//!
//! # Use
//!
//! A program opens a log through [`SledBackend`], which implements
//! [`Backend`](plansync_log::backend::Backend), and runs the background tasks that it gets:
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use plansync_log::backend::{Backend, StepOutcome, unwatched};
//! use plansync_log::{Opaque, Position};
//! use plansync_sled::{Options, SledBackend};
//!
//! # let folder = tempfile::tempdir()?;
//! # let dir = folder.path().join("log");
//! let backend = SledBackend::new(dir, Options::default());
//! let mut open = backend.open(&mut |_progress| ControlFlow::Continue(()))?;
//! assert_eq!(open.read.tip().position, Position::ZERO);
//! for task in &mut open.background {
//!     // A program has a thread for each task.
//!     while task.step()? == StepOutcome::Worked {}
//! }
//! drop(open);
//! assert!(backend.verify(&Opaque, &mut |_position, _leaf| {}, &mut unwatched).is_whole());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Tests and tools that need the parts of this crate use them directly: [`SledLog::open`] gives the writing
//! side, the reading side and the [`Sealer`]; [`Folder`], [`verify()`], [`backup()`], [`restore()`] and
//! [`reindex()`] work on a folder. This crate starts no threads: background work is done in steps that the
//! caller takes, so that a test can take them in any order.
//!
//! # A data folder
//!
//! ```text
//! LOCK                    held while the log is open
//! MANIFEST                the id of the log, its incarnations, and every sealed volume
//! HEAD                    a lower bound of what the log must hold
//! KEYS                    the keys of texts about persons, encrypted
//! KEYS.key                the key that encrypts them, unless the operator keeps one elsewhere
//! volumes/00000001/       a sealed volume: commits/ (sled), derived, tree, files
//! volumes/00000002/       a full volume that waits to be sealed: commits/ (sled), journal
//! volumes/00000003/       the active volume: the same
//! volumes/00000004/       the next volume, with its empty journal ready
//! filters/                which ids and streams groups of sealed volumes have, for searches
//! checkpoints/            state that the engine folded, so that it need not fold the whole log
//! ```
//!
//! `torn-*` beside a journal is a copy of a group that was cut off before it was acknowledged. `*.new` is
//! an unfinished file or folder.

mod appender;
mod backend;
mod backup;
mod cache;
mod catching_up;
mod checkpoints;
mod copied;
mod damage;
mod derived;
mod disk;
mod files;
mod filter;
mod filters;
mod folder;
mod folder_inspection;
#[cfg(test)]
mod golden;
mod groups;
mod head;
mod index;
mod journal;
mod key_files;
mod lock;
mod manifest;
mod measures;
mod medium;
mod merged;
mod merger;
mod open;
mod options;
mod pack;
mod pages;
mod queries;
mod reader;
mod recovery;
mod reindex;
mod restore;
mod seal;
mod sealed;
mod sealer;
mod shared;
mod store;
mod tail;
mod tree;
mod trees;
mod unsealed;
mod verify;
mod view;
mod volume_inspection;

pub use appender::SledAppender;
pub use backend::SledBackend;
pub use backup::backup;
pub use checkpoints::CheckpointFolder;
pub use folder::Folder;
pub use folder_inspection::{data_folder_around, is_data_folder};
pub use head::HeadWriter;
pub use key_files::{copy_keys, read_keys, rekey};
pub use medium::{Medium, RealMedium};
pub use open::{SledLog, stranger_in};
pub use options::Options;
pub use reader::SledReader;
pub use reindex::reindex;
pub use restore::restore;
#[doc(hidden)]
pub use restore::restore_with;
pub use seal::SealPhase;
pub use sealer::{Sealer, Stepped};
pub use verify::verify;
pub use view::view_archive;
