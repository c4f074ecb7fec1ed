//! Works off accepted syncs: workers take their targets from a queue in batches, judge each batch on one
//! snapshot without the sequencer's lock, and commit it.
//!
//! May import: `call`, `codec`, `config`, `fault`, `naming`, `plans`, `recorded`, `sequencing`, `state`,
//! `writing`.

mod commit;
pub(crate) mod judging;
pub(crate) mod measures;
mod resume;
mod spans;
mod work_queue;
pub(crate) mod workers;
