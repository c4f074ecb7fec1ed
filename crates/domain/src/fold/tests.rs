//! Tests of replays: the resulting plans.

mod properties;
mod replays;
