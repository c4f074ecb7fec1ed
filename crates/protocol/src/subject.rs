//! Subjects: the family, tenant, actor and operation of a request or a command.
//!
//! Tenant and actor are taken from the subject alone, because NATS restricts who may publish to which
//! subject.

use std::fmt;

/// The beginning of every subject.
pub const PREFIX: &str = "plansync.v1";
/// All requests.
pub const REQUESTS: &str = "plansync.v1.req.>";
/// All durable commands.
pub const COMMANDS: &str = "plansync.v1.cmd.>";
/// All events.
pub const EVENTS: &str = "plansync.v1.evt.>";

/// How a message arrives, and how it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Answered with a reply message.
    Request,
    /// Stored in the stream until it is decided; answered with an event.
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

/// The parts of the subject of a request or a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// How the message arrives.
    pub family: Family,
    /// The tenant. It is well formed; whether it exists is not checked.
    pub tenant: &'a str,
    /// The actor. It is well formed; whether it exists is not checked.
    pub actor: &'a str,
    /// `<noun>.<verb>`; whether it is an operation is not checked.
    pub operation: &'a str,
}

impl<'a> Subject<'a> {
    /// Parses a subject.
    ///
    /// # Errors
    ///
    /// If it does not have the form `plansync.v1.(req|cmd).<tenant>.<actor>.<noun>.<verb>`.
    ///
    /// ```
    /// use plansync_protocol::subject::{Family, Subject};
    ///
    /// let subject = Subject::parse("plansync.v1.cmd.northgate.alice.plan.edit")?;
    /// assert_eq!(subject.family, Family::Command);
    /// assert_eq!((subject.tenant, subject.operation), ("northgate", "plan.edit"));
    /// assert!(Subject::parse("plansync.v1.cmd.northgate.alice").is_err());
    /// # Ok::<(), plansync_protocol::subject::SubjectError>(())
    /// ```
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

    /// The tenant in the subject of a request or a command, and the text after it, which may be
    /// malformed.
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

/// Whether a token can be the name of a tenant or an actor: 1 to 64 letters, digits, `_` or `-`.
pub fn is_name(token: &str) -> bool {
    (1..=64).contains(&token.len())
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// Whether it consists of two tokens; whether it is an operation is not checked.
fn is_operation(text: &str) -> bool {
    let mut tokens = text.split('.');
    let two = tokens.next().is_some_and(|noun| !noun.is_empty())
        && tokens.next().is_some_and(|verb| !verb.is_empty());
    two && tokens.next().is_none()
}
