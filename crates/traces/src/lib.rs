//! Trace contexts of the W3C, and the spans that plansync makes of its work.
//!
//! A span is made only if somebody collects spans in this process ([`listen`]), and only for work whose trace is
//! sampled: with nobody listening, all of this costs one atomic read. Spans are those of `tracing`; who collects them,
//! and in which format, is not known here.
//!
//! **Invariant:** a span has ids, codes and counts, and no text of a person.

mod context;
mod listening;
mod work;

pub use context::{State, TRACE_PARENT, TRACE_STATE, TraceContext};
pub use listening::{Listener, is_listening, listen};
pub use work::{Event, Steps, Work, note_command, note_outcome, published, synchronisation};
