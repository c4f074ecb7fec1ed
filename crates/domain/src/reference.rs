//! The records that plans refer to: a tenant's settings, administrators, learners, programmes and their
//! templates.
//!
//! Owns what a record says, and the order of learners in lists. Refuses to know who may put one.
//!
//! May import: `ids`, `permission`, `plan`, `text`, `values`.

pub mod administrator;
pub mod directory;
pub mod learner;
pub mod programme;
pub mod settings;
pub mod template;
