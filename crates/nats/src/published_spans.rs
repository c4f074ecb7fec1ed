//! The spans of publishing events: in each step of the relay, one for each trace that its events belong to.

use std::collections::HashMap;

use plansync_service::Outbound;
use plansync_traces::{Work, is_listening, published};

/// The traces of one step that get spans, so that no log with many traces holds up the relay.
const TRACES_MAX: usize = 256;

/// The spans of one step, which end when this is dropped.
#[derive(Default)]
pub(crate) struct PublishedSpans(HashMap<String, Part>);

/// The events of one trace.
struct Part {
    span: Work,
    events: u64,
    first: u64,
    last: u64,
}

impl PublishedSpans {
    /// These events are about to be sent.
    pub(crate) fn send(&mut self, events: &[Outbound]) {
        if !is_listening() {
            return;
        }
        for event in events {
            if let Some(context) = event.trace() {
                self.add(context, event.position.get());
            }
        }
    }

    fn add(&mut self, context: &str, position: u64) {
        if let Some(part) = self.0.get_mut(context) {
            part.events += 1;
            part.last = position;
        } else if self.0.len() < TRACES_MAX {
            let span = published(context);
            if span.is_traced() {
                let part = Part {
                    span,
                    events: 1,
                    first: position,
                    last: position,
                };
                self.0.insert(context.to_owned(), part);
            }
        }
    }

    /// The server has answered; `is_whole` says that it has stored all of them.
    pub(crate) fn end(self, is_whole: bool) {
        let outcome = if is_whole { "done" } else { "interrupted" };
        for part in self.0.into_values() {
            part.span.note("events", part.events);
            part.span.note("first", part.first);
            part.span.note("last", part.last);
            part.span.note("outcome", outcome);
        }
    }
}
