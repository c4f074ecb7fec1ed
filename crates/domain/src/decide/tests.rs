//! Tests of refusals of commands, and of what a decision needs.

mod ahead;
mod not_resident;
mod requests;
