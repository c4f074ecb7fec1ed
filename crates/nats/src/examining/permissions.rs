//! What this user may publish and subscribe to, of what its role needs.
//!
//! Each subject is tried so that nobody acts on it: requests that only read; requests to `JetStream` about a stream or
//! a consumer that does not exist; durable commands for another stream than the one that stores them; subscriptions to
//! subjects on which nobody publishes. What can only be tried by doing it is read from what the server tells about the
//! user, and left open if it tells nothing. So is a subject that is not needed itself, but tried in the place of one that
//! is: a user who may do exactly what is needed may not do that.

use std::time::Duration;

use async_nats::header::HeaderMap;
use futures_util::future::try_join_all;
use serde_json::json;
use uuid::Uuid;

use super::{Examiner, NoAnswer, Question, UserFound};
use crate::commands::CONSUMER;
use crate::discovery::SERVICE;
use crate::streams::{COMMANDS, EVENTS};

/// How long a refusal of a subscription is waited for, after the server has answered what was sent later.
const REFUSAL_DELAY: Duration = Duration::from_millis(100);

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
    Publish { subject: String, body: String },
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
    /// A subject that is needed, if another one is tried in its place.
    instead_of: Option<String>,
    is_needed: bool,
    by: Try,
}

impl Tried {
    fn needed(what: &'static str, subjects: impl Into<String>, by: Try) -> Self {
        Self {
            what,
            subjects: subjects.into(),
            instead_of: None,
            is_needed: true,
            by,
        }
    }

    /// The same by a subject in the place of one that is needed, which has no wildcards.
    fn instead_of(self, subject: impl Into<String>) -> Self {
        Self {
            instead_of: Some(subject.into()),
            ..self
        }
    }

    fn is_publish(&self) -> bool {
        !matches!(self.by, Try::Subscribe { .. })
    }

    /// Whether it is permitted, of what trying it has shown, and what the server tells about the user.
    fn is_permitted(&self, shown: Option<bool>, user: Option<&UserFound>) -> Option<bool> {
        let permit = |subject: &String| {
            let user = user?;
            Some(if self.is_publish() {
                user.publish.permit(subject)
            } else {
                user.subscribe.permit(subject)
            })
        };
        match (&self.by, &self.instead_of) {
            (Try::Told { subject }, _) => permit(subject),
            (_, None) => shown,
            // What was refused is not what is needed.
            (_, Some(needed)) => permit(needed).or(shown.filter(|is_permitted| *is_permitted)),
        }
    }
}

/// What an engine needs. `nobody` is a name that nothing has.
fn of_engine(nobody: &str) -> Vec<Tried> {
    let of_streams = [COMMANDS, EVENTS]
        .into_iter()
        .flat_map(|stream| of_stream(stream, nobody));
    let all = of_streams.chain(of_consumer(nobody));
    all.chain(of_messages(nobody)).collect()
}

/// Requests about a stream: its description, and changes of a stream that has another name than the subject says, which
/// the server refuses.
fn of_stream(stream: &str, nobody: &str) -> impl Iterator<Item = Tried> {
    let of_nobody = json!({ "name": nobody }).to_string();
    let requests = [
        ("the settings of the streams", "STREAM.INFO", String::new()),
        ("making the streams", "STREAM.CREATE", of_nobody.clone()),
        ("marking the streams as its own", "STREAM.UPDATE", of_nobody),
        // Without saying which message.
        (
            "reading from the streams",
            "STREAM.MSG.GET",
            "{}".to_owned(),
        ),
    ];
    requests
        .map(|(what, verb, body)| {
            let subject = format!("$JS.API.{verb}.{stream}");
            Tried::needed(what, subject.clone(), Try::Publish { subject, body })
        })
        .into_iter()
}

/// Requests about consumers: about one that does not exist, or one of a stream that does not exist.
fn of_consumer(nobody: &str) -> impl Iterator<Item = Tried> {
    let of_nobody = json!({ "stream_name": nobody }).to_string();
    let requests = [
        ("making its consumer", "CONSUMER.CREATE", of_nobody),
        (
            "making its consumer again",
            "CONSUMER.DELETE",
            String::new(),
        ),
        (
            "the settings of its consumer",
            "CONSUMER.INFO",
            String::new(),
        ),
        (
            "taking durable commands",
            "CONSUMER.MSG.NEXT",
            String::new(),
        ),
    ];
    let of_own = requests.map(|(what, verb, body)| {
        let subject = format!("$JS.API.{verb}.{COMMANDS}.{nobody}");
        let needed = format!("$JS.API.{verb}.{COMMANDS}.{CONSUMER}");
        Tried::needed(what, needed.clone(), Try::Publish { subject, body }).instead_of(needed)
    });
    let subject = format!("$JS.API.CONSUMER.LIST.{COMMANDS}");
    let body = String::new();
    let list = Try::Publish {
        subject: subject.clone(),
        body,
    };
    let of_others = Tried::needed("the consumers of others", subject, list);
    of_own.into_iter().chain([of_others])
}

/// Requests, replies, acknowledgements and events.
fn of_messages(nobody: &str) -> [Tried; 5] {
    let publish = |subject: String, body: &str| Try::Publish {
        subject,
        body: body.to_owned(),
    };
    [
        Tried::needed(
            "acknowledging durable commands",
            format!("$JS.ACK.{COMMANDS}.{CONSUMER}.>"),
            publish(format!("$JS.ACK.{COMMANDS}.{nobody}.1.1.1.1.0"), "+WPI"),
        )
        .instead_of(format!("$JS.ACK.{COMMANDS}.{CONSUMER}.1.1.1.1.0")),
        Tried::needed(
            "replies",
            "_INBOX.>",
            publish(format!("_INBOX.{nobody}"), ""),
        ),
        Tried::needed(
            "events",
            "plansync.v1.evt.>",
            Try::Told {
                subject: format!("plansync.v1.evt.{nobody}.x"),
            },
        ),
        Tried::needed(
            "requests",
            "plansync.v1.req.>",
            Try::Subscribe {
                subject: format!("plansync.v1.req.{nobody}.>"),
            },
        ),
        Tried::needed(
            "being found by `plansync ping`",
            "$SRV.PING.plansync",
            Try::Subscribe {
                subject: format!("$SRV.PING.{SERVICE}.{nobody}"),
            },
        )
        .instead_of(format!("$SRV.PING.{SERVICE}")),
    ]
}

/// What an actor needs, and what only some programs do.
fn of_actor(tenant: &str, actor: &str, nobody: &str) -> Vec<Tried> {
    // An operation that does not exist: it changes nothing, whoever the actor is.
    let operation = "doctor.try";
    vec![
        Tried {
            what: "requests",
            subjects: format!("plansync.v1.req.{tenant}.{actor}.>"),
            instead_of: None,
            is_needed: true,
            by: Try::Publish {
                subject: format!("plansync.v1.req.{tenant}.{actor}.{operation}"),
                body: "{}".to_owned(),
            },
        },
        Tried {
            what: "durable commands",
            subjects: format!("plansync.v1.cmd.{tenant}.{actor}.>"),
            instead_of: None,
            is_needed: false,
            by: Try::Command {
                subject: format!("plansync.v1.cmd.{tenant}.{actor}.{operation}"),
            },
        },
        Tried {
            what: "events as they are published",
            subjects: format!("plansync.v1.evt.{tenant}.>"),
            instead_of: None,
            is_needed: false,
            by: Try::Subscribe {
                subject: format!("plansync.v1.evt.{tenant}.{nobody}.>"),
            },
        },
    ]
}

impl Examiner {
    /// What this user may do, of what its role needs. `user` is what the server tells about it. Use a connection of its
    /// own for this: what is refused here is remembered.
    ///
    /// # Errors
    /// The user receives no answers, or the connection failed.
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
        // A slow connection must not make it take as many times as long.
        let shown = tries.iter().map(|one| self.shown(&one.by, &nobody));
        let shown = try_join_all(shown).await?;
        let found = tries.into_iter().zip(shown).map(|(one, shown)| Permission {
            what: one.what,
            is_publish: one.is_publish(),
            is_needed: one.is_needed,
            is_permitted: one.is_permitted(shown, user),
            subjects: one.subjects,
        });
        Ok(found.collect())
    }

    /// What trying shows; `None` if nothing.
    async fn shown(&self, by: &Try, nobody: &str) -> Result<Option<bool>, NoAnswer> {
        match by {
            Try::Publish { subject, body } => {
                let question = Question::new(subject, body.as_bytes());
                self.may_publish(question).await
            }
            Try::Command { subject } => {
                let mut headers = HeaderMap::new();
                headers.insert("Nats-Expected-Stream", nobody);
                let question = Question {
                    headers,
                    ..Question::new(subject, b"{}")
                };
                self.may_publish(question).await
            }
            Try::Subscribe { subject } => self.may_subscribe(subject).await,
            Try::Told { .. } => Ok(None),
        }
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

#[cfg(test)]
mod tests {
    use super::super::server::Subjects;
    use super::*;

    #[test]
    fn a_user_with_exactly_what_is_needed_has_it_and_without_a_word_of_the_server_it_is_left_open()
    {
        let subject = format!("$SRV.PING.{SERVICE}.nobody");
        let tried = Tried::needed("it", "$SRV.PING.plansync", Try::Subscribe { subject });
        let tried = tried.instead_of("$SRV.PING.plansync");
        let user = |allowed: &str| UserFound {
            subscribe: Subjects::only(allowed),
            ..UserFound::default()
        };
        let exactly = user("$SRV.PING.plansync");
        assert_eq!(tried.is_permitted(Some(false), Some(&exactly)), Some(true));
        let other = user("$SRV.PING.plansync.*");
        assert_eq!(tried.is_permitted(Some(true), Some(&other)), Some(false));
        assert_eq!(tried.is_permitted(Some(false), None), None);
        assert_eq!(tried.is_permitted(Some(true), None), Some(true));
    }
}
