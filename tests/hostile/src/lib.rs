//! Bytes that mean harm, and what every decoder guarantees about them: it does not crash, it takes no more
//! memory than their length explains, it follows no nesting that it is led into, and what it refuses of
//! a message it refuses by the path of the field.
//!
//! One function a decoder, which panics where a guarantee is broken: the tests of this crate give them
//! mutations of valid bytes, and `fuzz/` whatever libFuzzer comes upon. Knows no server and no disk.

mod anchors;
mod archive;
mod frames;
mod keys;
mod message;
mod record;
mod replicated;
pub mod seeds;

pub use anchors::anchor;
pub use archive::archive;
pub use frames::frames;
pub use keys::keys;
pub use message::{command, refusal, request};
pub use record::record;
pub use replicated::replicated;

/// A decoder's check.
pub type Target = fn(&[u8]);

/// Every decoder by its name.
pub const TARGETS: [(&str, Target); 8] = [
    ("request", request),
    ("command", command),
    ("record", record),
    ("archive", archive),
    ("anchor", anchor),
    ("frames", frames),
    ("keys", keys),
    ("replicated", replicated),
];
