//! Reference data: a tenant's settings, administrators, learners, programmes and their templates,
//! and the directory of learners.
//!
//! Who may write these records is decided in `access` (P10).
//!
//! May import: `ids`, `permission`, `plan`, `text`, `time`, `values`.

pub mod administrator;
pub mod directory;
pub mod learner;
pub mod programme;
pub mod settings;
pub mod template;
