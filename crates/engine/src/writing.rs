//! Makes commits durable: queued commits are written as one group, and only then is the state that they
//! lead to shown to readers. So are the commits of another node, if the engine follows one.
//!
//! May import: `call`, `config`, `fault`, `recorded`, `sequencing`, `state`.

pub(crate) mod durable;
pub(crate) mod follow;
pub(crate) mod gathering;
pub(crate) mod group_writer;
pub(crate) mod published;
pub(crate) mod role;
