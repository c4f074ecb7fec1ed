//! Days, moments, and the time that a log has lived through.
//!
//! Owns their forms and bounds. Reads no clock: every time comes in from outside.
//!
//! May import: `ids`.

pub mod date;
pub mod log_time;
pub mod moment;
