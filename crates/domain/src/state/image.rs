//! Images: folded state in a form that can be stored and restored.
//!
//! An image is derived data. An image of another fold is dropped and the log is folded instead;
//! images are never converted. Bytes and files are handled by the engine.

mod learners;
mod packed;
mod plan;
mod tenant;

pub use learners::BadImage;
pub use plan::PlanImage;
pub use tenant::TenantImage;

/// Which fold made an image. A change of any fold or of any image's form takes the next number.
pub const FOLD: u32 = 7;

#[cfg(test)]
mod tests;
