//! Descriptions of commits: the changes of a plan, what differs between two states of it, who set
//! what, what a sync did to a target, and the reviews that are shown.
//!
//! Everything is derived from recorded events and from plans; no rule is evaluated again.
//!
//! May import: `event`, `ids`, `plan`, `review`, `sync`, `text`, `time`, `values`.

pub mod field;
pub mod plan_change;
pub mod plan_difference;
pub mod plan_step;
pub mod review_item;
pub mod set_by;
pub mod target_told;
pub mod task_changes;
pub mod timeline;

#[cfg(test)]
mod tests;
