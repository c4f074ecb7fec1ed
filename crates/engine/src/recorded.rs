//! What the log recorded, read back in the domain's terms: commits, the state that they lead to, the
//! versions that streams had, and the change sets of syncs that have ended.
//!
//! May import: `call`, `codec`, `config`, `naming`, `state`.

pub(crate) mod baseline;
pub(crate) mod change_sets;
pub(crate) mod commit;
pub(crate) mod open_error;
pub(crate) mod replay;
pub(crate) mod seal_log;
pub(crate) mod sync_cache;
