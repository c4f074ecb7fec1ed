//! Dates, moments, and the time that has passed in a log.
//!
//! No clock is read: every time is passed in.
//!
//! May import: `ids`.

pub mod log_time;

pub use plansync_primitives::time::{date, moment};
