//! Tests of previews (M1–M4), one for each rule.

mod affected;
mod explain;
mod summary;
