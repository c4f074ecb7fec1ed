//! Checkpoints: the state is stored beside the log, so that opening the engine folds only the commits that
//! came after. A checkpoint holds everything but plans; plans that have changed often get images of their
//! own.
//!
//! All of it is derived. What cannot be read, or was written by another fold, is ignored, and the log is
//! folded instead.
//!
//! May import: `codec`, `config`, `recorded`, `sequencing`, `state`, `writing`.

mod image;
pub(crate) mod keeper;
pub(crate) mod opening;
mod plan_images;
