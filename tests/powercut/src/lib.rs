//! Owns the proof that the log survives a power cut: a filesystem that forgets what was not
//! synced, and a campaign that cuts the power under a working log and looks at what is left.
//! Refuses to know how the log keeps its guarantees.
//!
//! Mounting needs `/dev/fuse`, and root or `fusermount3`, so none of this runs with the other
//! tests:
//!
//! ```text
//! cargo run -p plansync-powercut -- campaign --cuts 25 [--seed N] [--load LOAD] [--keep FOLDER]
//! cargo run -p plansync-powercut -- canary [--without journal-sync|journal]
//! cargo test -p plansync-powercut -- --include-ignored
//! ```
//!
//! Images take turns: one has clients of a real engine on it, the next the log alone, with commits
//! of every size. The seed decides sizes, accidents and losses; how the worker's threads interleave
//! is the machine's, so a seed repeats a campaign in kind and not to the byte.

pub mod campaign;
pub mod disk;
pub mod line;
pub mod mount;
pub mod worker;
