//! Images: what was folded, in a form that can be kept and taken up again. Derived data: the log says
//! the same, only slower, so that an image of another fold is thrown away and not converted.
//!
//! Owns what of a state must be kept. Refuses to know bytes and files.

mod learners;
mod packed;
mod plan;
mod tenant;

pub use learners::BadImage;
pub use plan::PlanImage;
pub use tenant::TenantImage;

/// Which fold made an image. A change of any fold or of any image's form takes the next number.
pub const FOLD: u32 = 6;

#[cfg(test)]
mod tests;
