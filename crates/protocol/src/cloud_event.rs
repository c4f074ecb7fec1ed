//! The headers of an event: a `CloudEvent` in NATS binary mode.
//!
//! Owns their names, which are case-sensitive on NATS, and the form of their values.

use plansync_domain::ids::{Actor, CommandId, TenantId};
use uuid::Uuid;

use crate::encoding::Encoding;
use crate::scalar::{Digest, Position, Time};
use crate::subject::EventKind;

/// The version of the `CloudEvents` specification.
pub const SPEC_VERSION: &str = "ce-specversion";
/// `<log id>.<incarnation>/<position>`: the same for every delivery of one event.
pub const ID: &str = "ce-id";
/// `/plansync/<tenant>`
pub const SOURCE: &str = "ce-source";
/// `plansync.v1.<noun>.<what>`
pub const TYPE: &str = "ce-type";
/// The id that the event is about.
pub const SUBJECT: &str = "ce-subject";
/// When it was recorded.
pub const TIME: &str = "ce-time";
/// How the body is written.
pub const CONTENT_TYPE: &str = "content-type";
/// Where it stands in the log.
pub const POSITION: &str = "ce-position";
/// Who asked for it.
pub const ACTOR: &str = "ce-actor";
/// The command that began it.
pub const CORRELATION: &str = "ce-correlationid";
/// The log's hash at that position.
pub const CHAIN: &str = "ce-chain";
/// The W3C trace context that the request brought.
pub const TRACE: &str = "traceparent";
/// Names a command where its body does not.
pub const MESSAGE_ID: &str = "Nats-Msg-Id";
/// The number of an error reply.
pub const ERROR_CODE: &str = "Nats-Service-Error-Code";
/// The text of an error reply.
pub const ERROR: &str = "Nats-Service-Error";

/// Everything that the headers of one event say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudEvent<'a> {
    /// The log it comes from.
    pub log: Uuid,
    /// Which incarnation of that log: a restored one is another.
    pub incarnation: u32,
    /// Where it stands in the log.
    pub position: Position,
    /// The log's hash there.
    pub chain: Digest,
    /// Whose event it is.
    pub tenant: &'a TenantId,
    /// What happened, to what.
    pub kind: EventKind,
    /// When it was recorded.
    pub at: Time,
    /// Who asked for it.
    pub actor: &'a Actor,
    /// The command that began it.
    pub correlation: CommandId,
    /// How the body is written.
    pub encoding: Encoding,
    /// The trace context of the request, if it brought one.
    pub trace: Option<&'a str>,
}

impl CloudEvent<'_> {
    /// The id by which a repeated delivery is known: `<log id>.<incarnation>/<position>`.
    pub fn id(&self) -> String {
        format!(
            "{}.{}/{}",
            self.log.hyphenated(),
            self.incarnation,
            self.position.0
        )
    }

    /// The headers, as they are sent.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            (SPEC_VERSION, "1.0".to_owned()),
            (ID, self.id()),
            (SOURCE, format!("/plansync/{}", self.tenant)),
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
