//! The event stream in `JetStream`: sends events as messages and reads the server's answers.
//!
//! The answers to all events arrive on one subscription, each on a subject with the number of its
//! event: a separate request for each would cost as much as the event. What an answer means for the
//! relay is decided in `publish`.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::time::Duration;

use async_nats::jetstream::{self, ErrorCode};
use async_nats::{Client, HeaderMap, HeaderName, Message, StatusCode, Subscriber};
use futures_util::StreamExt as _;
use plansync_log::Incarnations;
use plansync_service::Outbound;
use serde::Deserialize;
use tokio::time::timeout;

use crate::port::{EventStream, LogName, NotPlaced, Placed};
use crate::resume::{End, Found};
use crate::stream_end;
use crate::streams::{StreamError, Streams};

/// The time within which an event must be accepted by a connection that is down.
const SENT_WITHIN: Duration = Duration::from_secs(5);

/// Publishes events to their stream.
pub struct Publisher {
    client: Client,
    streams: Streams,
    /// Subscribed with the first event.
    answers: Option<Answers>,
}

/// The subscription for the server's answers.
struct Answers {
    subscription: Subscriber,
    /// The subject of an answer, without its number.
    prefix: String,
    /// The number of the last event that was sent.
    last: u64,
    /// Answers that arrived while an earlier one was awaited: a replicated stream refuses at once,
    /// and reports later what it has stored.
    early: HashMap<u64, Message>,
}

/// The server's answer to a message that was published.
#[derive(Deserialize)]
struct Said {
    #[serde(default, rename = "seq")]
    sequence: u64,
    #[serde(default)]
    duplicate: bool,
    error: Option<jetstream::Error>,
}

impl Publisher {
    /// A publisher that has published nothing yet.
    pub fn new(streams: Streams) -> Self {
        Self {
            client: streams.context().client(),
            streams,
            answers: None,
        }
    }

    async fn publish(&mut self, event: Outbound, expected: u64) -> Result<u64, async_nats::Error> {
        let answers = match &mut self.answers {
            Some(answers) => answers,
            none => none.insert(Answers::subscribe(&self.client).await?),
        };
        answers.last += 1;
        let reply = format!("{}{}", answers.prefix, answers.last);
        let headers = headers(event.headers, event.id, expected);
        self.client
            .publish_with_reply_and_headers(event.subject, reply, headers, event.body.into())
            .await?;
        Ok(answers.last)
    }
}

impl EventStream for Publisher {
    /// The number of the answer.
    type Sent = u64;

    async fn find_end(
        &self,
        name: &LogName,
        incarnations: &Incarnations,
    ) -> Result<Found, StreamError> {
        stream_end::find(
            self.streams.context(),
            &self.streams.events().await?,
            name,
            incarnations,
        )
        .await
    }

    async fn end(&self) -> Result<End, StreamError> {
        stream_end::end(&self.streams.events().await?).await
    }

    async fn send(
        &mut self,
        event: Outbound,
        expected_last_sequence: u64,
    ) -> Result<u64, NotPlaced> {
        match timeout(SENT_WITHIN, self.publish(event, expected_last_sequence)).await {
            Ok(Ok(number)) => Ok(number),
            Ok(Err(error)) => Err(NotPlaced::Unknown(error.to_string())),
            Err(_late) => Err(NotPlaced::Unknown(
                "the connection to NATS is lost".to_owned(),
            )),
        }
    }

    async fn answer(&mut self, sent: u64) -> Result<Placed, NotPlaced> {
        match &mut self.answers {
            Some(answers) => answers.to(sent).await,
            None => Err(NotPlaced::Unknown("nothing was sent".to_owned())),
        }
    }
}

impl Answers {
    async fn subscribe(client: &Client) -> Result<Self, async_nats::Error> {
        let prefix = format!("{}.", client.new_inbox());
        let subscription = client.subscribe(format!("{prefix}*")).await?;
        Ok(Self {
            subscription,
            prefix,
            last: 0,
            early: HashMap::new(),
        })
    }

    /// The answer to the event with this number. An answer that arrives after its event was given
    /// up is skipped.
    async fn to(&mut self, sent: u64) -> Result<Placed, NotPlaced> {
        if let Some(early) = self.early.remove(&sent) {
            return placed(&early);
        }
        while let Some(message) = self.subscription.next().await {
            match self.number(&message).cmp(&sent) {
                Ordering::Less => {}
                Ordering::Equal => return placed(&message),
                Ordering::Greater => {
                    self.early.insert(self.number(&message), message);
                }
            }
        }
        Err(NotPlaced::Unknown(
            "the connection to NATS is closed".to_owned(),
        ))
    }

    /// The number of the event that an answer belongs to; zero is the number of none.
    fn number(&self, message: &Message) -> u64 {
        let number = message.subject.strip_prefix(self.prefix.as_str());
        number
            .and_then(|number| number.parse().ok())
            .unwrap_or_default()
    }
}

fn placed(answer: &Message) -> Result<Placed, NotPlaced> {
    if answer.status == Some(StatusCode::NO_RESPONDERS) {
        return Err(NotPlaced::Unknown(
            "the event stream does not exist".to_owned(),
        ));
    }
    let said: Said = serde_json::from_slice(&answer.payload)
        .map_err(|error| NotPlaced::Unknown(error.to_string()))?;
    match said.error {
        Some(error) if error.error_code() == ErrorCode::STREAM_WRONG_LAST_SEQUENCE => {
            Err(NotPlaced::Refused(error.to_string()))
        }
        Some(error) => Err(NotPlaced::Unknown(error.to_string())),
        None => Ok(Placed {
            sequence: said.sequence,
            duplicate: said.duplicate,
        }),
    }
}

/// The expected id of the previous message is never set: with servers 2.14 and 2.15, a different id
/// there makes a replicated stream lose its leader.
fn headers(event: Vec<(&'static str, String)>, id: String, expected_last: u64) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in event {
        headers.insert(HeaderName::from_static(name), value);
    }
    headers.insert(async_nats::header::NATS_MESSAGE_ID, id);
    headers.insert(
        async_nats::header::NATS_EXPECTED_LAST_SEQUENCE,
        expected_last.to_string(),
    );
    headers
}

#[cfg(test)]
mod tests {
    use async_nats::{Message, StatusCode};

    use super::placed;
    use crate::port::{NotPlaced, Placed};

    fn answer(payload: &'static str, status: Option<StatusCode>) -> Message {
        Message {
            subject: "_INBOX.a.1".into(),
            reply: None,
            payload: payload.into(),
            headers: None,
            status,
            description: None,
            length: 0,
        }
    }

    fn stored(sequence: u64, duplicate: bool) -> Placed {
        Placed {
            sequence,
            duplicate,
        }
    }

    #[test]
    fn an_answer_says_where_an_event_is_or_why_it_is_not() {
        let said = |payload| placed(&answer(payload, None));
        assert_eq!(
            said(r#"{"stream":"PLANSYNC_EVENTS","seq":7}"#),
            Ok(stored(7, false))
        );
        assert_eq!(
            said(r#"{"stream":"PLANSYNC_EVENTS","domain":"x","seq":7,"duplicate":true}"#),
            Ok(stored(7, true))
        );
        let refused = said(
            r#"{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 9"},"stream":"PLANSYNC_EVENTS","seq":0}"#,
        );
        assert!(matches!(refused, Err(NotPlaced::Refused(_))), "{refused:?}");
        let full = said(
            r#"{"error":{"code":503,"err_code":10047,"description":"insufficient storage resources available"}}"#,
        );
        assert!(matches!(full, Err(NotPlaced::Unknown(_))), "{full:?}");
        let nobody = placed(&answer("", Some(StatusCode::NO_RESPONDERS)));
        assert!(matches!(nobody, Err(NotPlaced::Unknown(_))), "{nobody:?}");
        assert!(matches!(said("[]"), Err(NotPlaced::Unknown(_))));
    }
}
