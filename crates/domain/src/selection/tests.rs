//! Tests of what a request selects, and of its change set (S1–S7, T1–T6, M5), one for each rule.

mod choose;
mod confirm_all;
mod filters;
mod left_out;
mod types;
