//! What a request chooses, and what its change set holds (S1–S7, T1–T6, M5): a test a rule.

mod choose;
mod confirm_all;
mod filters;
mod types;
