//! The trace of a message: the context that it came with, which its reply carries as well, and the spans of what is done
//! with it, if they are collected.

use std::sync::Arc;

use plansync_service::{one_value, operation};
use plansync_traces::{Event, State, Steps, TRACE_PARENT, TRACE_STATE, TraceContext};

use crate::headers::Received;
use crate::port::Handler;

/// The operation of what names none that exists.
const UNKNOWN: &str = "unknown";

/// The trace of a message.
#[derive(Debug, Default)]
pub(crate) struct MessageTrace {
    /// The `traceparent` that it came with, if that is valid.
    pub(crate) context: Option<Arc<str>>,
    pub(crate) steps: Steps,
}

impl MessageTrace {
    /// That of a message that has just been received.
    pub(crate) fn of(message: &Received, event: Event, handler: &impl Handler) -> Self {
        // An ambiguous header counts as none.
        let value = |name| one_value(message, name).ok().flatten();
        let context = value(TRACE_PARENT).and_then(TraceContext::parse);
        let state = context.as_ref().and_then(|_| {
            let state = value(TRACE_STATE)?;
            State::bounded(state)
        });
        let subject = message.inbound().subject;
        let about = || {
            let operation = operation(subject).map_or(UNKNOWN, |operation| operation.as_str());
            (operation, handler.tenant(subject))
        };
        let mut steps = Steps::begin(event, about, (context.as_ref(), state));
        steps.queued();
        Self {
            context: context.map(|context| Arc::clone(context.text())),
            steps,
        }
    }
}
