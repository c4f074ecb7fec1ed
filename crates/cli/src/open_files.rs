//! The limit of open files, checked before a command begins: with a handful, the runtime cannot even start its
//! signal handling, and says so by a panic.

use std::io;

use anyhow::Context as _;
use nix::sys::resource::{Resource, getrlimit};

/// Fewer do not suffice for any command that does something.
const MIN: u64 = 12;
/// With fewer, an engine has hardly room for its connections beside an empty log.
pub(crate) const NEEDED: u64 = 64;
/// An engine with a larger log opens more: some for each volume that it reads.
pub(crate) const WANTED: u64 = 1_024;

/// Refuses to begin if the process may open too few files.
///
/// # Errors
/// The limit is below [`MIN`].
pub(crate) fn enough() -> anyhow::Result<()> {
    let (limit, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if limit >= MIN {
        return Ok(());
    }
    let error = io::Error::from_raw_os_error(nix::errno::Errno::EMFILE as i32);
    let context = format!(
        "this process may open {limit} files, and needs at least {MIN}; raise the limit (`ulimit -n`)"
    );
    Err(error).context(context)
}
