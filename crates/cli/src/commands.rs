//! The commands: one file each.

pub(crate) mod load;
pub(crate) mod request;
pub(crate) mod watch;
