//! Descriptions of commits: the changes of a plan, what a sync did to a target, and the reviews
//! that are shown.
//!
//! Everything is derived from recorded events and from plans; no rule is evaluated again.
//!
//! May import: `event`, `ids`, `plan`, `review`, `sync`, `text`, `time`, `values`.

pub mod plan_change;
pub mod plan_step;
pub mod review_item;
pub mod target_told;
pub mod task_changes;

#[cfg(test)]
mod tests;
