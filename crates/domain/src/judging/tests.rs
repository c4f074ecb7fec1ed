//! Tests of the outcome of a pair (P1–P9, O1–O4, V1–V5, T8, M4, M5), one for each rule.

mod bounds;
mod confirm;
mod evidence;
mod matrix;
mod owners;
mod permissions;
mod precedence;
mod reasons;
mod reviews;
mod same_plans;
