//! Commands: admission, repetition, decision and commit, the answer, and the recorded outcome of durable
//! commands; also the closing of idle records, which no client asks for.
//!
//! May import: `call`, `codec`, `config`, `digest`, `fault`, `naming`, `plans`, `recorded`, `sequencing`,
//! `state`, `syncing`, `writing`.

pub(crate) mod answer;
mod chunks;
mod closing;
mod commits;
mod deciding;
mod early_decision;
pub(crate) mod erasing;
pub(crate) mod idle;
mod lookup;
pub(crate) mod outcome;
pub(crate) mod starting;
pub(crate) mod submitter;
