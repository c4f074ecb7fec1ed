//! The rules of learning plan synchronisation and the state that they judge.
//!
//! Decide is pure: state and command in, events or a rejection out. Evolve is total: it folds
//! events into state and checks no rule. This crate knows no clock, no randomness, no storage and
//! no wire: time and ids come in from outside, as values.

pub mod administrator;
pub mod attribute;
pub mod attributes;
pub mod column;
pub mod command;
pub mod decide;
pub mod event;
pub mod evolve;
pub mod ids;
pub mod learner;
pub mod limits;
pub mod moment;
pub mod noted;
pub mod permission;
pub mod personal;
pub mod plan;
pub mod programme;
pub mod raw;
pub mod rejection;
pub mod request;
pub mod settings;
pub mod shape;
pub mod status;
pub mod stream;
pub mod table;
pub mod template;
pub mod tenant;
pub mod text;
pub mod value;
pub mod values;
pub mod version;
pub mod visibility;

pub use version::{TemplateVersion, Version};
