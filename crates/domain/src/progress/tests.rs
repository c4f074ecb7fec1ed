//! Tests of the progress of a sync, from its start to its end.

mod ended;
mod runs;
mod state;
