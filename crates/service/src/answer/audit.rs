//! The audit.

mod tree;
