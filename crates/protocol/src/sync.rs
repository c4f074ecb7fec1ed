//! Synchronisations: bodies and replies for choosing, previewing, starting, following and cancelling.

mod affected;
mod changes;
mod choose;
mod explain;
mod progress;
mod request;
mod summary;

pub use affected::*;
pub use changes::*;
pub use choose::*;
pub use explain::*;
pub use progress::*;
pub use request::*;
pub use summary::*;
