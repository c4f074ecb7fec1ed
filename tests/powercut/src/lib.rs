//! Owns the proof that the log survives a power cut: a filesystem that forgets what was not
//! synced, and a campaign that cuts the power under a working log and looks at what is left.
//! Refuses to know how the log keeps its promise.

pub mod campaign;
pub mod disk;
pub mod line;
pub mod mount;
pub mod worker;
