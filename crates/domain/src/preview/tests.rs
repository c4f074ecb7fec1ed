//! What a preview shows (M1–M4): a test a rule.

mod affected;
mod explain;
mod summary;
