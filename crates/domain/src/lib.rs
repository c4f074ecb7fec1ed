//! The rules of learning plan synchronisation and the state that they judge.
//!
//! Decide is pure: state and command in, events or a rejection out. Evolve is total: it folds
//! events into state and checks no rule. This crate knows no clock, no randomness, no storage and
//! no wire: time and ids come in from outside, as values.

pub mod access;
pub mod command;
pub mod decide;
pub mod event;
pub mod fold;
pub mod history;
pub mod ids;
pub mod judging;
pub mod permission;
pub mod plan;
pub mod preview;
pub mod progress;
pub mod recent;
pub mod reference;
pub mod review;
pub mod selection;
pub mod state;
pub mod sync;
#[cfg(test)]
mod test_support;
pub mod text;
pub mod time;
pub mod values;

pub use ids::version::{TemplateVersion, Version};
