//! Tests of what an administrator did to a plan while they had the record open (C1–C7), one for
//! each rule.

mod corrections;
mod idle;
mod preselection;
mod readded;
mod recent;
