//! What somebody did to a plan while they had the record open (C1–C7): a test a rule.

mod corrections;
mod idle;
mod preselection;
mod readded;
mod recent;
