//! How far a sync is, from its start to its end.

mod ended;
mod runs;
mod state;
