//! The commands: one file each.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod bridge;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod dev;
pub(crate) mod doctor;
pub(crate) mod erase;
pub(crate) mod import;
pub(crate) mod load;
pub(crate) mod man;
pub(crate) mod ping;
pub(crate) mod plan;
pub(crate) mod record;
pub(crate) mod reference;
pub(crate) mod rekey;
pub(crate) mod request;
pub(crate) mod restore;
pub(crate) mod serve;
pub(crate) mod status;
pub(crate) mod subscriber;
pub(crate) mod sync;
pub(crate) mod watch;
