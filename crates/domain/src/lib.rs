//! The rules of learning plan synchronisation and the state that they judge.
//!
//! Decide is pure: state and command in, events or a rejection out. Evolve is total: it folds
//! events into state and checks no rule. This crate knows no clock, no randomness, no storage and
//! no wire: time and ids come in from outside, as values.

pub mod administrator;
pub mod attribute;
pub mod attributes;
pub mod bounds;
pub mod change_set;
pub mod column;
mod column_draft;
pub mod command;
pub mod compact;
pub mod component_list;
pub mod confirm;
pub mod decide;
pub mod decision;
pub mod decisions;
pub mod difference;
pub mod digest;
pub mod edit;
mod effect;
pub mod elements;
pub mod event;
pub mod evolve;
pub mod explain;
pub mod fetch;
pub mod filter_values;
pub mod freeze;
pub mod history;
pub mod ids;
pub mod image;
pub mod instantiate;
pub mod judge;
#[cfg(test)]
mod kit;
pub mod learner;
pub mod learner_list;
pub mod limits;
pub mod marking_aid;
pub mod moment;
pub mod moves;
pub mod noted;
pub mod owner;
mod pair;
pub mod permission;
pub mod personal;
pub mod plan;
pub mod plan_draft;
pub mod plan_fold;
pub mod plans;
pub mod prepared;
pub mod programme;
pub mod raw;
pub mod recall;
pub mod recent;
pub mod record;
mod reference;
pub mod rejection;
pub mod replay;
pub mod request;
pub mod review;
mod review_fold;
pub mod review_item;
pub mod review_status;
mod rights;
pub mod search;
pub mod selection;
pub mod settings;
pub mod shape;
pub mod source;
pub mod standing;
pub mod status;
pub mod stream;
pub mod summary;
pub mod sync;
pub mod sync_event;
pub mod sync_state;
#[cfg(test)]
mod sync_tests;
pub mod table;
mod table_draft;
pub mod template;
mod template_change;
pub mod tenant;
pub mod text;
pub mod touches;
pub mod twin;
pub mod value;
pub mod values;
pub mod version;
pub mod visibility;
pub mod warning;

pub use version::{TemplateVersion, Version};
