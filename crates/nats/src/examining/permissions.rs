//! What this user may publish and subscribe to, of what its role needs.
//!
//! Each subject is tried so that nobody acts on it: requests that only read; requests to `JetStream` whose body it
//! cannot read, or that are about a consumer that does not exist; durable commands for another stream than the one
//! that stores them; subscriptions to subjects on which nobody publishes. What can only be tried by doing it is read
//! from what the server tells about the user, and left open if it tells nothing.

use std::time::Duration;

use async_nats::header::HeaderMap;
use uuid::Uuid;

use super::{Examiner, NoAnswer, Question, UserFound};
use crate::commands::CONSUMER;
use crate::discovery::SERVICE;
use crate::streams::{COMMANDS, EVENTS};

/// How long a refusal of a subscription is waited for, after the server has answered what was sent later.
const REFUSAL_DELAY: Duration = Duration::from_millis(100);
/// What `JetStream` cannot read as a request.
const UNREADABLE: &[u8] = b"?";

/// What a user is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role<'a> {
    /// An engine.
    Engine,
    /// An actor of a tenant who sends requests.
    Actor {
        /// The tenant.
        tenant: &'a str,
        /// The actor.
        actor: &'a str,
    },
}

/// Something that a user may do or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// What it is needed for.
    pub what: &'static str,
    /// Whether it is publishing; otherwise subscribing.
    pub is_publish: bool,
    /// The subjects, as in a configuration of the server.
    pub subjects: String,
    /// Whether the role cannot do without it.
    pub is_needed: bool,
    /// Whether it is permitted; `None` if that could not be found out.
    pub is_permitted: Option<bool>,
}

/// How it is found out whether something is permitted.
enum Try {
    /// By publishing this, which nobody acts on.
    Publish {
        subject: String,
        body: &'static [u8],
    },
    /// By publishing this command, which is stored nowhere: it is for a stream that does not exist.
    Command { subject: String },
    /// By subscribing to this, where nobody publishes.
    Subscribe { subject: String },
    /// By what the server tells about the user.
    Told { subject: String },
}

struct Tried {
    what: &'static str,
    subjects: String,
    is_needed: bool,
    by: Try,
}

/// A request to `JetStream`, with something in place of its last token where it must not be about what is there.
fn api(what: &'static str, request: &str, tried: &str, body: &'static [u8]) -> Tried {
    Tried {
        what,
        subjects: format!("$JS.API.{request}"),
        is_needed: true,
        by: Try::Publish {
            subject: format!("$JS.API.{tried}"),
            body,
        },
    }
}

/// What an engine needs. `nobody` is a name that nothing has.
fn of_engine(nobody: &str) -> Vec<Tried> {
    let subscription = |what, subjects: &str, tried: String| Tried {
        what,
        subjects: subjects.to_owned(),
        is_needed: true,
        by: Try::Subscribe { subject: tried },
    };
    let publication = |what, subjects: String, by| Tried {
        what,
        subjects,
        is_needed: true,
        by,
    };
    let mut all = Vec::new();
    for stream in [COMMANDS, EVENTS] {
        for (what, verb, body) in [
            ("the settings of the streams", "STREAM.INFO", &b""[..]),
            ("making the streams", "STREAM.CREATE", UNREADABLE),
            (
                "marking the streams as the engine's",
                "STREAM.UPDATE",
                UNREADABLE,
            ),
        ] {
            let request = format!("{verb}.{stream}");
            all.push(api(what, &request, &request, body));
        }
    }
    let events = format!("STREAM.MSG.GET.{EVENTS}");
    all.push(api("the end of the events", &events, &events, UNREADABLE));
    let list = format!("CONSUMER.LIST.{COMMANDS}");
    all.push(api("consumers of others", &list, &list, b""));
    for (what, verb, body) in [
        ("making its consumer", "CONSUMER.CREATE", UNREADABLE),
        ("making its consumer again", "CONSUMER.DELETE", b""),
        ("the settings of its consumer", "CONSUMER.INFO", b""),
        ("taking durable commands", "CONSUMER.MSG.NEXT", b""),
    ] {
        let request = format!("{verb}.{COMMANDS}.{CONSUMER}");
        let tried = format!("{verb}.{COMMANDS}.{nobody}");
        all.push(api(what, &request, &tried, body));
    }
    all.extend([
        publication(
            "acknowledging durable commands",
            format!("$JS.ACK.{COMMANDS}.{CONSUMER}.>"),
            Try::Publish {
                subject: format!("$JS.ACK.{COMMANDS}.{nobody}.1.1.1.1.0"),
                body: b"+WPI",
            },
        ),
        publication(
            "replies",
            "_INBOX.>".to_owned(),
            Try::Publish {
                subject: format!("_INBOX.{nobody}"),
                body: b"",
            },
        ),
        publication(
            "events",
            "plansync.v1.evt.>".to_owned(),
            Try::Told {
                subject: format!("plansync.v1.evt.{nobody}.x"),
            },
        ),
        subscription(
            "requests",
            "plansync.v1.req.>",
            format!("plansync.v1.req.{nobody}.>"),
        ),
        subscription(
            "being found by `plansync ping`",
            "$SRV.PING.plansync",
            format!("$SRV.PING.{SERVICE}.{nobody}"),
        ),
    ]);
    all
}

/// What an actor needs, and what only some programs do.
fn of_actor(tenant: &str, actor: &str, nobody: &str) -> Vec<Tried> {
    // An operation that does not exist: it changes nothing, whoever the actor is.
    let operation = "doctor.try";
    vec![
        Tried {
            what: "requests",
            subjects: format!("plansync.v1.req.{tenant}.{actor}.>"),
            is_needed: true,
            by: Try::Publish {
                subject: format!("plansync.v1.req.{tenant}.{actor}.{operation}"),
                body: b"{}",
            },
        },
        Tried {
            what: "durable commands",
            subjects: format!("plansync.v1.cmd.{tenant}.{actor}.>"),
            is_needed: false,
            by: Try::Command {
                subject: format!("plansync.v1.cmd.{tenant}.{actor}.{operation}"),
            },
        },
        Tried {
            what: "events as they are published",
            subjects: format!("plansync.v1.evt.{tenant}.>"),
            is_needed: false,
            by: Try::Subscribe {
                subject: format!("plansync.v1.evt.{tenant}.{nobody}.>"),
            },
        },
    ]
}

impl Examiner {
    /// What this user may do, of what its role needs. `user` is what the server told about it. Use a connection of its
    /// own for this: what is refused here is remembered.
    pub async fn permissions(
        &self,
        role: Role<'_>,
        user: Option<&UserFound>,
    ) -> Result<Vec<Permission>, NoAnswer> {
        let nobody = format!("doctor-{}", Uuid::new_v4().simple());
        let tries = match role {
            Role::Engine => of_engine(&nobody),
            Role::Actor { tenant, actor } => of_actor(tenant, actor, &nobody),
        };
        let mut found = Vec::with_capacity(tries.len());
        for one in tries {
            let is_permitted = match &one.by {
                Try::Publish { subject, body } => {
                    self.may_publish(Question::new(subject, body)).await?
                }
                Try::Command { subject } => {
                    let mut headers = HeaderMap::new();
                    headers.insert("Nats-Expected-Stream", &*nobody);
                    let question = Question {
                        headers,
                        ..Question::new(subject, b"{}")
                    };
                    self.may_publish(question).await?
                }
                Try::Subscribe { subject } => self.may_subscribe(subject).await?,
                Try::Told { subject } => user.map(|user| user.publish.permit(subject)),
            };
            found.push(Permission {
                what: one.what,
                is_publish: !matches!(one.by, Try::Subscribe { .. }),
                subjects: one.subjects,
                is_needed: one.is_needed,
                is_permitted,
            });
        }
        Ok(found)
    }

    /// Whether something may be published. An answer says so, and so does the server's message that nobody answers.
    async fn may_publish(&self, question: Question<'_>) -> Result<Option<bool>, NoAnswer> {
        match self.ask(question).await {
            Ok(_) | Err(NoAnswer::Nobody { .. }) => Ok(Some(true)),
            Err(NoAnswer::NotPermitted { .. }) => Ok(Some(false)),
            Err(NoAnswer::TimedOut { .. } | NoAnswer::Useless { .. }) => Ok(None),
            Err(error @ (NoAnswer::NoInbox { .. } | NoAnswer::Connection { .. })) => Err(error),
        }
    }

    /// Whether a subscription is permitted: the server refuses one before it answers what is sent after it.
    async fn may_subscribe(&self, subject: &str) -> Result<Option<bool>, NoAnswer> {
        let nats = self.connection.nats();
        let subscribed = nats.subscribe(subject.to_owned()).await;
        let subscribed = subscribed.map_err(|error| NoAnswer::Connection {
            said: error.to_string(),
        })?;
        let later = format!("plansync.doctor.{}", Uuid::new_v4().simple());
        let is_answered = match self.ask(Question::new(&later, b"")).await {
            Ok(_) | Err(NoAnswer::Nobody { .. } | NoAnswer::NotPermitted { .. }) => true,
            Err(NoAnswer::TimedOut { .. } | NoAnswer::Useless { .. }) => false,
            Err(error @ (NoAnswer::NoInbox { .. } | NoAnswer::Connection { .. })) => {
                return Err(error);
            }
        };
        let status = self.connection.status();
        if !status.borrow().is_refused(subject) {
            tokio::time::sleep(REFUSAL_DELAY).await;
        }
        let is_refused = status.borrow().is_refused(subject);
        drop(subscribed);
        Ok((is_refused || is_answered).then_some(!is_refused))
    }
}
