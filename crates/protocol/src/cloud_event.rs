//! The headers of an event: a `CloudEvent` in NATS binary mode.
//!
//! NATS headers are case-sensitive; the names are therefore spelled here once.

use plansync_primitives::ids::{Actor, CommandId, TenantId};
use uuid::Uuid;

use crate::encoding::Encoding;
use crate::event::EventKind;
use crate::scalar::{Digest, Position, Time};

/// The version of the `CloudEvents` specification: `1.0`.
pub const SPEC_VERSION: &str = "ce-specversion";
/// `<log id>.<incarnation>/<position>`: the same in every delivery of an event.
pub const ID: &str = "ce-id";
/// `/plansync/<tenant>`.
pub const SOURCE: &str = "ce-source";
/// `plansync.v1.<noun>.<what>`.
pub const TYPE: &str = "ce-type";
/// The id of the learner, session, synchronisation or command that the event is about.
pub const SUBJECT: &str = "ce-subject";
/// The time at which the event was recorded.
pub const TIME: &str = "ce-time";
/// The encoding of the body.
pub const CONTENT_TYPE: &str = "content-type";
/// The position of the event in the log.
pub const POSITION: &str = "ce-position";
/// The actor who asked for it.
pub const ACTOR: &str = "ce-actor";
/// The id of the command that caused it.
pub const CORRELATION: &str = "ce-correlationid";
/// The hash of the log at that position.
pub const CHAIN: &str = "ce-chain";
/// The W3C trace context of the request.
pub const TRACE: &str = "traceparent";
/// What the tracing systems on the way of a request pass on to each other.
pub const TRACE_STATE: &str = "tracestate";
/// The id of a command whose body has no `command_id`.
pub const MESSAGE_ID: &str = "Nats-Msg-Id";
/// The number of the error in an error reply.
pub const ERROR_CODE: &str = "Nats-Service-Error-Code";
/// The text of the error in an error reply, in ASCII.
pub const ERROR: &str = "Nats-Service-Error";

/// The content of the headers of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudEvent<'a> {
    /// The id of the log.
    pub log: Uuid,
    /// The incarnation of the log; restoring a backup begins another one.
    pub incarnation: u32,
    /// The position of the event in the log.
    pub position: Position,
    /// The hash of the log at that position.
    pub chain: Digest,
    /// The tenant.
    pub tenant: &'a TenantId,
    /// The kind of event, with the id that it is about.
    pub kind: EventKind,
    /// The time at which the commit was recorded.
    pub at: Time,
    /// The actor who asked for it.
    pub actor: &'a Actor,
    /// The id of the command that caused it.
    pub correlation: CommandId,
    /// The encoding of the body.
    pub encoding: Encoding,
    /// The W3C trace context of the request, if it had one.
    pub trace: Option<&'a str>,
}

/// The id of an event: `<log id>.<incarnation>/<position>`.
pub fn id(log: Uuid, incarnation: u32, position: Position) -> String {
    format!("{}.{incarnation}/{}", log.hyphenated(), position.0)
}

/// The source of the events of a tenant: `/plansync/<tenant>`.
pub fn source(tenant: &TenantId) -> String {
    format!("/plansync/{tenant}")
}

impl CloudEvent<'_> {
    /// The id that is the same in every delivery of the event: `<log id>.<incarnation>/<position>`.
    pub fn id(&self) -> String {
        id(self.log, self.incarnation, self.position)
    }

    /// Names and values of the headers.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            (SPEC_VERSION, "1.0".to_owned()),
            (ID, self.id()),
            (SOURCE, source(self.tenant)),
            (
                TYPE,
                format!("{}.{}", crate::subject::PREFIX, self.kind.name()),
            ),
            (SUBJECT, self.kind.id()),
            (TIME, self.at.to_string()),
            (CONTENT_TYPE, self.encoding.content_type().to_owned()),
            (POSITION, self.position.0.to_string()),
            (ACTOR, self.actor.to_string()),
            (CORRELATION, self.correlation.to_string()),
            (CHAIN, self.chain.to_string()),
        ];
        if let Some(trace) = self.trace {
            headers.push((TRACE, trace.to_owned()));
        }
        headers
    }
}
