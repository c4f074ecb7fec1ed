//! Tests of the descriptions of commits, compared with the plans before and after them.

mod told;
