//! What is told of a commit, held against the plans before and after it.

mod told;
