//! Who collects the spans of this process.

use std::sync::OnceLock;

use tracing::Span;

use crate::context::{State, TraceContext};

/// Collects spans.
pub trait Listener: Send + Sync + 'static {
    /// Whether a span is made of a message that came without a trace context.
    fn begins_a_trace(&self) -> bool;

    /// Makes a new span the child of what the sender of its message does.
    fn continues(&self, span: &Span, parent: &TraceContext, state: Option<State<'_>>);
}

/// The one of this process, as there is one subscriber of `tracing`.
static LISTENER: OnceLock<Box<dyn Listener>> = OnceLock::new();

/// Has spans made from now on, for this listener; `false` if there is one already.
pub fn listen(listener: Box<dyn Listener>) -> bool {
    LISTENER.set(listener).is_ok()
}

/// Whether spans are made.
pub fn is_listening() -> bool {
    LISTENER.get().is_some()
}

/// A span of work that begins a part of a trace in this process, if the trace is sampled. `make` must make it without
/// a parent.
pub(crate) fn root(
    parent: Option<&TraceContext>,
    state: Option<State<'_>>,
    make: impl FnOnce() -> Span,
) -> Option<Span> {
    let listener = LISTENER.get()?;
    let Some(parent) = parent else {
        return listener.begins_a_trace().then(make);
    };
    if !parent.is_sampled() {
        return None;
    }
    let span = make();
    listener.continues(&span, parent, state);
    Some(span)
}
