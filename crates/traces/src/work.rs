//! The spans: one of a message with its steps, one of a synchronisation, one of events that are published.
//!
//! All have the level `ERROR`, so that the level of the log output does not decide about them.

use std::fmt::Display;

use tracing::field::{Empty, display};
use tracing::{Span, error_span};

use crate::context::{State, TraceContext};
use crate::listening::{is_listening, root};

/// What a message asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A request, which is answered.
    Request,
    /// A durable command, which is acknowledged.
    Command,
}

/// A span, which ends when this is dropped; nothing if the trace is not collected.
#[derive(Debug, Default)]
pub struct Work(Option<Span>);

impl Work {
    fn of(span: Option<Span>) -> Self {
        Self(span)
    }

    /// Whether there is a span.
    pub fn is_traced(&self) -> bool {
        self.0.is_some()
    }

    /// Does something within the span, so that log lines name it.
    pub fn within<T>(&self, act: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(span) => span.in_scope(act),
            None => act(),
        }
    }

    /// Notes a code or a count.
    pub fn note(&self, field: &'static str, value: impl tracing::Value) {
        if let Some(span) = &self.0 {
            span.record(field, value);
        }
    }

    /// Another hold on the span, which ends when all are dropped.
    #[must_use]
    pub fn shared(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // Where spans are collected, they end when they were last left, and not when they are let go.
        if let Some(span) = &self.0 {
            span.in_scope(|| ());
        }
    }
}

/// The span of a message, and that of the step that it is in.
#[derive(Debug, Default)]
pub struct Steps(Option<Box<Spans>>);

#[derive(Debug)]
struct Spans {
    /// First, so that it ends first.
    step: Option<Work>,
    message: Work,
}

impl Steps {
    /// The span of a message that has just been received, if its trace is collected. Only then, `about` is asked for the
    /// operation and the tenant.
    pub fn begin(
        event: Event,
        about: impl FnOnce() -> (&'static str, Option<String>),
        (context, state): (Option<&TraceContext>, Option<State<'_>>),
    ) -> Self {
        let span = root(context, state, || {
            let (operation, tenant) = about();
            match event {
                Event::Request => error_span!(
                    parent: None, "request", otel.kind = "server", otel.status_code = Empty,
                    operation, tenant, command = Empty, outcome = Empty,
                ),
                Event::Command => error_span!(
                    parent: None, "command", otel.kind = "consumer", otel.status_code = Empty,
                    operation, tenant, command = Empty, outcome = Empty,
                ),
            }
        });
        Self(span.map(|span| {
            Box::new(Spans {
                step: None,
                message: Work::of(Some(span)),
            })
        }))
    }

    /// The message waits for its turn, from now on.
    pub fn queued(&mut self) {
        self.step(|message| error_span!(parent: message, "queued"));
    }

    /// It is decided, from now on.
    pub fn decided(&mut self) {
        self.step(|message| error_span!(parent: message, "decided"));
    }

    /// It waits for the log to be durable, from now on.
    pub fn durable(&mut self) {
        self.step(|message| error_span!(parent: message, "durable"));
    }

    /// It is answered or acknowledged, from now on.
    pub fn answered(&mut self) {
        self.step(|message| error_span!(parent: message, "answered"));
    }

    /// Nothing of it is done, from now on.
    pub fn pause(&mut self) {
        if let Some(spans) = &mut self.0 {
            spans.step = None;
        }
    }

    /// What became of it: `ok`, or the code of the refusal. `is_failure` says that the engine could not do it.
    pub fn outcome(&self, code: &'static str, is_failure: bool) {
        if let Some(spans) = &self.0 {
            spans.message.note("outcome", code);
            if is_failure {
                spans.message.note("otel.status_code", "error");
            }
        }
    }

    /// The span of the message, in which it is decided, also on another thread.
    #[must_use]
    pub fn message(&self) -> Work {
        match &self.0 {
            Some(spans) => spans.message.shared(),
            None => Work::default(),
        }
    }

    fn step(&mut self, make: impl FnOnce(Option<tracing::Id>) -> Span) {
        if let Some(spans) = &mut self.0 {
            spans.step = None;
            let message = spans.message.0.as_ref().and_then(Span::id);
            spans.step = Some(Work::of(Some(make(message))));
        }
    }
}

/// Notes the id of the command on the span of the message that this thread decides, if there is one.
pub fn note_command(id: impl Display) {
    if is_listening() {
        Span::current().record("command", display(id));
    }
}

/// Notes what became of the message that this thread decides on its span, if there is one.
pub fn note_outcome(code: &'static str) {
    if is_listening() {
        Span::current().record("outcome", code);
    }
}

/// The span of a synchronisation at work. It belongs to the message that this thread decides if that is traced, and
/// otherwise to the sender of the command that started it.
pub fn synchronisation(
    tenant: &str,
    sync: impl Display,
    command: impl Display,
    context: Option<&str>,
) -> Work {
    if !is_listening() {
        return Work::default();
    }
    let current = Span::current();
    let make = |parent: Option<tracing::Id>| {
        error_span!(
            parent: parent, "sync", otel.kind = "internal", tenant, sync = %sync, command = %command,
            targets = Empty, applied = Empty, unchanged = Empty, skipped = Empty, outcome = Empty,
        )
    };
    if !current.is_none() {
        return Work::of(Some(make(current.id())));
    }
    let context = context.and_then(TraceContext::parse);
    Work::of(context.and_then(|context| root(Some(&context), None, || make(None))))
}

/// The span of publishing events that one command caused.
pub fn published(context: &str) -> Work {
    if !is_listening() {
        return Work::default();
    }
    let context = TraceContext::parse(context);
    let make = || {
        error_span!(
            parent: None, "published", otel.kind = "producer", events = Empty, first = Empty, last = Empty,
            outcome = Empty,
        )
    };
    Work::of(context.and_then(|context| root(Some(&context), None, make)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_nobody_listens_nothing_is_made_and_nothing_is_asked() {
        let context =
            TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        let asked = || -> (&'static str, Option<String>) { panic!("nobody wants to know") };
        let mut steps = Steps::begin(Event::Request, asked, (context.as_ref(), None));
        for step in [
            Steps::queued,
            Steps::decided,
            Steps::durable,
            Steps::answered,
        ] {
            step(&mut steps);
        }
        steps.outcome("done", false);
        assert!(steps.0.is_none());
        assert!(!steps.message().is_traced());
        let context = context.unwrap();
        assert!(!published(context.as_str()).is_traced());
        assert!(!synchronisation("t", 1, 2, Some(context.as_str())).is_traced());
        note_command(7);
        assert_eq!(steps.message().within(|| 7), 7);
    }
}
