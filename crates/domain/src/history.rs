//! What is told of commits: the changes of a plan, what a sync did to a target, and what people are shown.
//!
//! Owns what is told and in which words. Refuses to know who asks, and judges nothing again.
//!
//! May import: `event`, `ids`, `plan`, `review`, `sync`, `text`, `time`, `values`.

pub mod plan_change;
pub mod plan_step;
pub mod review_item;
pub mod target_told;
pub mod task_changes;

#[cfg(test)]
mod tests;
