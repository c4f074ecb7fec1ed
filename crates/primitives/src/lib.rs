//! Ids and times of plansync, as they appear in its wire protocol and in its rules.
//!
//! The crate exists so that a client needs neither the rules nor the engine: `plansync-protocol` and the rules
//! both build on it. Every type has one text form, and its parser accepts nothing else. No clock is read and no id
//! is made here. The feature `text` adds the form in which names are compared.
//!
//! ```
//! use plansync_primitives::ids::LearnerId;
//! use plansync_primitives::time::date::Date;
//!
//! let learner: LearnerId = "0190a1b2-0000-7000-8000-000000000001".parse()?;
//! assert_eq!(learner.to_string(), "0190a1b2-0000-7000-8000-000000000001");
//! assert!("2026-02-30".parse::<Date>().is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod ids;
#[cfg(feature = "text")]
pub mod text;
pub mod time;
