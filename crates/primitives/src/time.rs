//! Dates and moments.
//!
//! No clock is read: every time is passed in.

pub mod date;
pub mod moment;
