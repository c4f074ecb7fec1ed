//! Loads plans that are not resident: their images and commits are read without the sequencer's lock, and
//! then folded into the state under it, a few at a time. Also drops values that no plan holds any more.
//!
//! May import: `call`, `codec`, `config`, `naming`, `recorded`, `sequencing`, `state`, `writing`.

pub(crate) mod compaction;
mod folding;
pub(crate) mod loader;
pub(crate) mod passing;
pub(crate) mod reader;
