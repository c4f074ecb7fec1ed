//! A reply on its way to its sender: when it may be sent, and in what form.
//!
//! Where several nodes share a log, a reply that shows no new commit says what held when it was decided: it is sent only
//! if this node still has its lease after that. A reply with a commit needs no lease: that the log has accepted the commit
//! proves that nobody else has decided anything before it.

use std::sync::Arc;

use async_nats::{Client, HeaderMap, HeaderName, Subject};
use plansync_log::Position;
use plansync_service::{Answer, OperationName};
use plansync_traces::TRACE_PARENT;

use crate::gate::Gate;
use crate::message_trace::MessageTrace;
use crate::port::Handler;
use crate::request_measures::{RequestMeasures, Times};

/// Whether this node leads, and nobody else can have decided anything.
pub trait Lease: Send + Sync + 'static {
    /// Whether it is so now.
    fn is_valid(&self) -> bool;
}

/// The lease of an engine that has its log alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alone;

impl Lease for Alone {
    fn is_valid(&self) -> bool {
        true
    }
}

/// A reply that is to be sent.
pub(crate) struct Reply {
    /// `None` if there is no such operation.
    pub(crate) operation: Option<OperationName>,
    pub(crate) to: Subject,
    pub(crate) answer: Answer,
    pub(crate) times: Times,
    pub(crate) trace: MessageTrace,
    /// Whether it shows no new commit.
    pub(crate) needs_lease: bool,
}

/// Whether an answer shows nothing that was not durable when its request began to be decided; `None` if it was not
/// decided, but refused unseen.
pub(crate) fn needs_lease(answer: &Answer, durable_before: Option<Position>) -> bool {
    durable_before.is_some_and(|before| answer.after <= before)
}

impl Reply {
    /// The reply, or, if it needs the lease and this node has none any more, that the node does not answer now.
    pub(crate) fn if_leading(self, lease: &Arc<dyn Lease>, handler: &impl Handler) -> Self {
        if !self.needs_lease || lease.is_valid() {
            return self;
        }
        let answer = handler.withheld(&self.answer);
        if let Some(error) = &answer.error {
            self.trace.steps.outcome(error.code.as_str(), true);
        }
        Self { answer, ..self }
    }
}

/// A line break would end the header; the client library refuses it.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

pub(crate) async fn reply_all(client: Client, mut replies: Gate<Reply>, measures: RequestMeasures) {
    while let Some(mut reply) = replies.next().await {
        reply.times.durable = Some(replies.durable_since());
        send(&client, reply, &measures).await;
    }
}

pub(crate) async fn send(client: &Client, reply: Reply, measures: &RequestMeasures) {
    let Reply {
        operation,
        to,
        answer,
        times,
        mut trace,
        needs_lease: _,
    } = reply;
    trace.steps.answered();
    let mut headers = HeaderMap::new();
    headers.insert(
        HeaderName::from_static("content-type"),
        answer.encoding.content_type(),
    );
    if let Some(error) = &answer.error {
        headers.insert("Nats-Service-Error-Code", error.number.to_string());
        headers.insert("Nats-Service-Error", one_line(&error.text));
    }
    if let Some(context) = &trace.context {
        headers.insert(HeaderName::from_static(TRACE_PARENT), &**context);
    }
    measures.count(operation, times, answer.error.as_ref());
    if let Err(error) = client
        .publish_with_headers(to, headers, answer.body.into())
        .await
    {
        tracing::warn!(%error, "a reply could not be sent");
    }
}
