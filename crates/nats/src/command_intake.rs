//! Takes durable commands from clients and puts them into their stream, where several nodes share a log. Every node does
//! so, also one that does not lead: a command is acknowledged as soon as the stream has it.
//!
//! The tenants take turns. A tenant of which too many commands wait is refused at once, and so is a command that has
//! waited for seconds. What the stream answers is passed on as it is, so that a client need not know that it
//! does not speak to the stream.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::{Client, HeaderMap, Message, StatusCode, Subject, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::command_queue::{SENT_SUBJECTS, queued};
use crate::discovery::QUEUE_GROUP;
use crate::endpoint::{EndpointError, tenant_of};
use crate::filter::{self, Filtered, Undeliverable};
use crate::inbox::Refused;
use crate::intake::{Intake, Room};
use crate::report_limit::BurstLimit;
use crate::stop::requested;
use crate::streams::COMMANDS;

/// How much may wait to be sent to the stream.
const ROOM: Room = Room {
    count: 4 * 1024,
    bytes: 64 * 1024 * 1024,
};
/// Commands on their way to the stream.
const ON_THEIR_WAY_MAX: usize = 128;
/// For how long a command waits to be sent, and then for how long the stream's answer is awaited. Client libraries wait
/// for five seconds.
const ANSWERED_WITHIN: Duration = Duration::from_secs(4);

/// Takes durable commands from clients.
pub struct CommandIntake {
    client: Client,
    commands: Subscriber,
    /// The stream's answers, each on a subject with the number of its command.
    answers: Subscriber,
    /// The subject of an answer, without its number.
    answer_prefix: String,
    /// The number of the last command that was sent.
    last: u64,
    /// Commands on their way, by number.
    on_their_way: BTreeMap<u64, OnItsWay>,
    waiting: Intake<Command>,
    /// Reply subjects that get no answers.
    refused: Refused,
    /// Limits the lines in the log about messages that cannot be delivered.
    undeliverable: BurstLimit,
}

/// A command that waits to be sent to the stream.
struct Command {
    subject: String,
    headers: HeaderMap,
    body: Bytes,
    /// Who is answered; nobody if the sender does not want an answer.
    to: Option<Subject>,
    /// When it is not worth sending any more.
    until: Instant,
}

/// A command that was sent to the stream.
struct OnItsWay {
    to: Option<Subject>,
    until: Instant,
}

/// Why a command is not stored, in the words that a stream has for it.
enum NotStored {
    /// The stream does not answer: it may be stored all the same.
    Unanswered,
    /// There is no stream, or nobody leads it.
    NoStream,
    TooMany,
    Malformed(filter::Fault),
}

impl CommandIntake {
    /// Subscribes. Commands are put into their stream once it is run.
    pub async fn open(filtered: &Filtered) -> Result<Self, EndpointError> {
        let client = filtered.client().clone();
        let answer_prefix = format!("{}.", client.new_inbox());
        let answers = client.subscribe(format!("{answer_prefix}*")).await?;
        let commands = client
            .queue_subscribe(SENT_SUBJECTS, QUEUE_GROUP.to_owned())
            .await?;
        // Whoever is told that the node takes commands may send one at once.
        filter::settled(&client).await?;
        Ok(Self {
            client,
            commands,
            answers,
            answer_prefix,
            last: 0,
            on_their_way: BTreeMap::new(),
            waiting: Intake::new(ROOM),
            refused: Refused::default(),
            undeliverable: BurstLimit::new(),
        })
    }

    /// Takes commands until `stop` is true (or its sender is gone), then answers those that have arrived and returns. One
    /// that the server still had on its way to this node gets no answer, and is sent again by its sender.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), EndpointError> {
        let (mut is_stopping, mut is_open) = (false, true);
        loop {
            self.send_waiting().await;
            if !is_open && self.on_their_way.is_empty() {
                break;
            }
            let late = self
                .on_their_way
                .first_key_value()
                .map(|(_, first)| first.until);
            let late = late.unwrap_or_else(|| Instant::now() + ANSWERED_WITHIN);
            tokio::select! {
                message = self.commands.next(), if is_open => match message {
                    Some(message) => self.take_in(message).await,
                    None => is_open = false,
                },
                answer = self.answers.next() => match answer {
                    Some(answer) => self.pass_on(answer).await,
                    None => return Err(EndpointError::Closed),
                },
                () = sleep_until(late) => self.give_up().await,
                () = requested(&mut stop), if !is_stopping => {
                    is_stopping = true;
                    self.commands.drain().await.map_err(|_| EndpointError::Closed)?;
                }
            }
        }
        filter::settled(&self.client).await?;
        if is_stopping {
            Ok(())
        } else {
            Err(EndpointError::Closed)
        }
    }

    /// Queues a command, or refuses it.
    async fn take_in(&mut self, message: Message) {
        let to = match &message.reply {
            Some(_) => match self.refused.inbox(&message, || None) {
                Some(to) => Some(to),
                None => return,
            },
            None => None,
        };
        if let Some(undeliverable) = Undeliverable::of(&message) {
            let fault = undeliverable.fault;
            if let Some(unnamed) = self.undeliverable.due(Instant::now()) {
                tracing::warn!(
                    %fault,
                    unnamed,
                    "a durable command does not follow the NATS protocol and was refused; `unnamed` is the number of \
                     earlier ones that were not logged"
                );
            }
            return self.refuse(to, &NotStored::Malformed(fault)).await;
        }
        let Some((subject, headers)) = queued(&message) else {
            return;
        };
        let command = Command {
            subject,
            headers,
            body: message.payload,
            to,
            until: Instant::now() + ANSWERED_WITHIN,
        };
        let offered = self
            .waiting
            .offer(tenant_of(&message.subject), message.length, command);
        if let Err(command) = offered {
            self.refuse(command.to, &NotStored::TooMany).await;
        }
    }

    /// Sends as many commands to the stream as may be on their way, in the order of arrival of each tenant.
    async fn send_waiting(&mut self) {
        while self.on_their_way.len() < ON_THEIR_WAY_MAX
            && let Some(command) = self.waiting.next()
        {
            let Command {
                subject,
                headers,
                body,
                to,
                until,
            } = command;
            let now = Instant::now();
            if until <= now {
                self.refuse(to, &NotStored::TooMany).await;
                continue;
            }
            self.last += 1;
            let answer_to = format!("{}{}", self.answer_prefix, self.last);
            let sent = self
                .client
                .publish_with_reply_and_headers(subject, answer_to, headers, body);
            if let Err(error) = sent.await {
                tracing::debug!(%error, "a durable command could not be sent to its stream");
            }
            let until = now + ANSWERED_WITHIN;
            self.on_their_way.insert(self.last, OnItsWay { to, until });
        }
    }

    /// Passes on what the stream says of a command.
    async fn pass_on(&mut self, answer: Message) {
        let number = answer.subject.strip_prefix(self.answer_prefix.as_str());
        let number = number.and_then(|number| number.parse().ok());
        // The answer to a command that was given up says nothing new.
        let Some(OnItsWay { to, .. }) =
            number.and_then(|number: u64| self.on_their_way.remove(&number))
        else {
            return;
        };
        if answer.status == Some(StatusCode::NO_RESPONDERS) {
            self.refuse(to, &NotStored::NoStream).await;
        } else {
            self.answer(to, answer.payload).await;
        }
    }

    /// Gives up the commands whose answers are late.
    async fn give_up(&mut self) {
        let now = Instant::now();
        while let Some(first) = self.on_their_way.first_entry()
            && first.get().until <= now
        {
            let OnItsWay { to, .. } = first.remove();
            self.refuse(to, &NotStored::Unanswered).await;
        }
    }

    async fn refuse(&self, to: Option<Subject>, why: &NotStored) {
        self.answer(to, why.answer()).await;
    }

    async fn answer(&self, to: Option<Subject>, body: Bytes) {
        let Some(to) = to else { return };
        if let Err(error) = self.client.publish(to, body).await {
            tracing::warn!(%error, "a durable command could not be answered");
        }
    }
}

impl NotStored {
    /// The answer of a stream that has not stored a message.
    fn answer(&self) -> Bytes {
        let (code, error, said) = match self {
            Self::Unanswered => (
                503,
                ErrorCode::CLUSTER_NOT_AVAILABLE,
                "the stream of commands does not answer; the command may be stored: send it again with the same id"
                    .to_owned(),
            ),
            Self::NoStream => (
                503,
                ErrorCode::CLUSTER_NOT_AVAILABLE,
                "no server leads the stream of commands now; nothing was stored: send the command again".to_owned(),
            ),
            Self::TooMany => (
                503,
                ErrorCode::INSUFFICIENT_RESOURCES,
                "too many commands of this tenant wait; nothing was stored: send the command again".to_owned(),
            ),
            Self::Malformed(fault) => (
                400,
                ErrorCode::BAD_REQUEST,
                format!("the command does not follow the NATS protocol: {fault}; nothing was stored"),
            ),
        };
        let error = json!({ "code": code, "err_code": error, "description": said });
        json!({ "error": error, "stream": COMMANDS, "seq": 0 })
            .to_string()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use async_nats::jetstream::response::Response;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Stored {}

    #[test]
    fn what_is_not_stored_is_an_error_to_every_client_library() {
        for (why, code) in [
            (NotStored::Unanswered, 503),
            (NotStored::NoStream, 503),
            (NotStored::TooMany, 503),
            (NotStored::Malformed(filter::Fault::Colon), 400),
        ] {
            let answer: Response<Stored> = serde_json::from_slice(&why.answer()).unwrap();
            match answer {
                Response::Err { error } => assert_eq!(error.code(), code),
                Response::Ok(stored) => panic!("{stored:?}"),
            }
        }
    }
}
