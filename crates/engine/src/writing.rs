//! Makes commits durable: queued commits are written as one group, and only then is the state that they
//! lead to shown to readers.
//!
//! May import: `call`, `config`, `fault`, `sequencing`, `state`.

pub(crate) mod durable;
pub(crate) mod gathering;
pub(crate) mod group_writer;
pub(crate) mod published;
