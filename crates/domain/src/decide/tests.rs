//! What commands are refused for, and what a decision needs to be made at all.

mod ahead;
mod not_resident;
mod requests;
