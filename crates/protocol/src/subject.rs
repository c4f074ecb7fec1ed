//! Subjects: who speaks, for which tenant, and which operation or event it is about.
//!
//! Owns their form, both ways. Identity comes from nowhere else. Sends nothing.

use std::fmt;

use plansync_domain::ids::{CommandId, LearnerId, SessionId, SyncId, TenantId};

/// What every subject starts with.
pub const PREFIX: &str = "plansync.v1";
/// Every request.
pub const REQUESTS: &str = "plansync.v1.req.>";
/// Every durable command.
pub const COMMANDS: &str = "plansync.v1.cmd.>";
/// Every event.
pub const EVENTS: &str = "plansync.v1.evt.>";

/// How a message came, and so how it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Answered with a reply message.
    Request,
    /// Kept by the stream until it is decided; answered with an event.
    Command,
}

impl Family {
    const fn token(self) -> &'static str {
        match self {
            Self::Request => "req",
            Self::Command => "cmd",
        }
    }
}

/// A subject that is not of the form `plansync.v1.req.<tenant>.<actor>.<noun>.<verb>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the subject is not of the form plansync.v1.(req|cmd).<tenant>.<actor>.<noun>.<verb>, \
     with tenant and actor of 1 to 64 letters, digits, `_` or `-`"
)]
pub struct SubjectError;

/// The parts of a request's or a command's subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// How the message came.
    pub family: Family,
    /// For which tenant; well formed, not yet known to exist.
    pub tenant: &'a str,
    /// As whom; well formed, not yet known to exist.
    pub actor: &'a str,
    /// `<noun>.<verb>`; not yet known to be an operation.
    pub operation: &'a str,
}

impl<'a> Subject<'a> {
    /// Takes a subject apart.
    pub fn parse(subject: &'a str) -> Result<Self, SubjectError> {
        let rest = subject
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.strip_prefix('.'))
            .ok_or(SubjectError)?;
        let mut tokens = rest.splitn(4, '.');
        let family = match tokens.next() {
            Some("req") => Family::Request,
            Some("cmd") => Family::Command,
            _ => return Err(SubjectError),
        };
        let tenant = tokens.next().filter(|token| is_name(token));
        let actor = tokens.next().filter(|token| is_name(token));
        let operation = tokens.next().filter(|operation| is_operation(operation));
        Ok(Self {
            family,
            tenant: tenant.ok_or(SubjectError)?,
            actor: actor.ok_or(SubjectError)?,
            operation: operation.ok_or(SubjectError)?,
        })
    }

    /// The tenant that a subject of a request or a command names, whatever follows it, and what
    /// follows it.
    pub fn tenant(subject: &'a str) -> Option<(&'a str, &'a str)> {
        let rest = subject.strip_prefix(PREFIX)?.strip_prefix('.')?;
        let (_, rest) = rest.split_once('.')?;
        let (tenant, rest) = rest.split_once('.').unwrap_or((rest, ""));
        is_name(tenant).then_some((tenant, rest))
    }
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = self.family.token();
        write!(
            f,
            "{PREFIX}.{family}.{}.{}.{}",
            self.tenant, self.actor, self.operation
        )
    }
}

/// Whether a token can name a tenant or an actor: 1 to 64 letters, digits, `_` or `-`.
pub fn is_name(token: &str) -> bool {
    (1..=64).contains(&token.len())
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// Two tokens, whatever they are: which operations exist is another question.
fn is_operation(text: &str) -> bool {
    let mut tokens = text.split('.');
    let two = tokens.next().is_some_and(|noun| !noun.is_empty())
        && tokens.next().is_some_and(|verb| !verb.is_empty());
    two && tokens.next().is_none()
}

/// What an event is about, and what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A plan was changed by hand.
    PlanChanged(LearnerId),
    /// A record was opened.
    RecordOpened(SessionId),
    /// A record was closed.
    RecordClosed(SessionId),
    /// A sync was accepted.
    SyncStarted(SyncId),
    /// A sync has done one target.
    SyncTarget(SyncId),
    /// A sync has done all.
    SyncCompleted(SyncId),
    /// A sync was called off.
    SyncCancelled(SyncId),
    /// A durable command was carried out.
    CommandAccepted(CommandId),
    /// A durable command was refused.
    CommandRejected(CommandId),
}

impl EventKind {
    /// `<noun>.<what>`: the tail of the event's type.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PlanChanged(_) => "plan.changed",
            Self::RecordOpened(_) => "record.opened",
            Self::RecordClosed(_) => "record.closed",
            Self::SyncStarted(_) => "sync.started",
            Self::SyncTarget(_) => "sync.target",
            Self::SyncCompleted(_) => "sync.completed",
            Self::SyncCancelled(_) => "sync.cancelled",
            Self::CommandAccepted(_) => "command.accepted",
            Self::CommandRejected(_) => "command.rejected",
        }
    }

    /// The learner, session, sync or command that it is about.
    pub fn id(self) -> String {
        match self {
            Self::PlanChanged(learner) => learner.to_string(),
            Self::RecordOpened(session) | Self::RecordClosed(session) => session.to_string(),
            Self::SyncStarted(sync)
            | Self::SyncTarget(sync)
            | Self::SyncCompleted(sync)
            | Self::SyncCancelled(sync) => sync.to_string(),
            Self::CommandAccepted(command) | Self::CommandRejected(command) => command.to_string(),
        }
    }

    /// `plansync.v1.evt.<tenant>.<kind>.<id>.<what>`
    pub fn subject(self, tenant: &TenantId) -> String {
        let (kind, what) = self.name().split_once('.').unwrap_or((self.name(), ""));
        format!("{PREFIX}.evt.{tenant}.{kind}.{}.{what}", self.id())
    }
}
