//! Traces and log lines of a real engine: spans that a collector receives, collectors that are not as they should be, and
//! that nothing of it has text about persons.

#![expect(
    clippy::float_cmp,
    reason = "counters are whole numbers, which floats represent exactly"
)]

mod collectors;
mod followed;
mod personal;
mod world;
