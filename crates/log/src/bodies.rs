//! The port to whoever knows what events mean. A log keeps their bodies as bytes; those who check a log, copy
//! it or bring it back ask through this whether somebody could still read them.

use crate::Commit;

/// Reads the bodies of events.
pub trait Bodies {
    /// Reads every event of a commit: what there is to say of it, of what can be read all the same.
    ///
    /// # Errors
    ///
    /// What is wrong with a body that cannot be read, as the end of a sentence.
    fn read(&self, commit: &Commit) -> Result<Vec<String>, String>;
}

/// Nobody knows the events: every body is as good as any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opaque;

impl Bodies for Opaque {
    fn read(&self, _commit: &Commit) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }
}
