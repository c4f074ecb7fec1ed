//! The log on disk: a journal that makes commits durable, sled volumes that hold them and answer,
//! and the recovery that puts both together again. The only crate that names sled.
//!
//! It refuses to know what commits mean, and it starts no thread of its own: sealing and the
//! writing of `HEAD` are steps that the caller's threads take.
//!
//! # A data folder
//!
//! ```text
//! LOCK                    held while the log is open
//! MANIFEST                which log this is, and every sealed volume: {first, last, chain}
//! HEAD                    a lower bound for what must be there
//! volumes/00000001/       a sealed volume: commits/ (sled), derived, files
//! volumes/00000002/       a full volume that waits for its sealing: commits/ (sled), journal
//! volumes/00000003/       the active volume: the same
//! volumes/00000004/       the next one, with its empty journal ready
//! filters/                which ids and streams groups of sealed volumes have, for searches
//! checkpoints/            what the engine made of the commits, so that it need not do it again
//! ```
//!
//! `torn-*` beside a journal is a copy of a group that was cut off before it was acknowledged, and
//! `*.new` is what an interruption left unfinished.
//!
//! # From outside
//!
//! [`Folder`] reads a folder without its lock and without changing a byte, whether or not a process
//! has the log open; [`verify()`] checks it from end to end; [`reindex()`] makes everything again
//! that is made from the commits.
//!
//! # Threads
//!
//! The caller appends from one thread, and takes the other steps in two more:
//!
//! ```no_run
//! # use std::time::Duration;
//! # fn run(dir: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! let options = plansync_sled::Options::default();
//! let (appender, reader, mut sealer) = plansync_sled::SledLog::open(dir, options)?;
//! let mut head = sealer.head_writer();
//! # let is_running = || true;
//! std::thread::spawn(move || {
//!     while is_running() {
//!         head.wait(Duration::from_millis(100));
//!         head.step().expect("the process must end");
//!         std::thread::sleep(Duration::from_millis(4));
//!     }
//! });
//! std::thread::spawn(move || {
//!     while is_running() {
//!         sealer.wait(Duration::from_millis(100));
//!         // `Unavailable` passes; after any other error the process must end.
//!         sealer.step().ok();
//!     }
//! });
//! // … append, then:
//! appender.close()?;
//! # drop(reader);
//! # Ok(())
//! # }
//! ```

mod appender;
mod backend;
mod backup;
mod cache;
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
mod lock;
mod manifest;
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
mod unsealed;
mod verify;
mod volume_inspection;

pub use appender::SledAppender;
pub use backend::SledBackend;
pub use backup::backup;
pub use checkpoints::CheckpointFolder;
pub use folder::Folder;
pub use head::HeadWriter;
pub use medium::{Medium, RealMedium};
pub use open::SledLog;
pub use options::Options;
pub use reader::SledReader;
pub use reindex::reindex;
pub use restore::restore;
#[doc(hidden)]
pub use restore::restore_with;
pub use seal::SealPhase;
pub use sealer::{Sealer, Stepped};
pub use verify::verify;
