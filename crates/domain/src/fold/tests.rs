//! What a replay leaves on a plan.

mod properties;
mod replays;
