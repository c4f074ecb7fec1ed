//! Which engines answer.

use std::time::Duration;

use async_nats::StatusCode;
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use super::{Examiner, NoAnswer};
use crate::connection_status::ConnectionStatus;
use crate::discovery::SERVICE;
use crate::permitted::unless_refused;
use crate::stream_faults::is_pulled;

/// How long a first answer is waited for.
const FIRST_MAX: Duration = Duration::from_secs(1);
/// How long further ones are waited for.
const FURTHER_MAX: Duration = Duration::from_millis(300);
/// Answers that are looked at: whoever may subscribe can send any number.
const ANSWERS_MAX: usize = 16;

/// An engine that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineFound {
    /// The id of this run of the engine.
    pub id: String,
    /// Its version.
    pub version: String,
}

/// What a ping of the service found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pinged {
    /// No engine is there.
    Nobody,
    /// Somebody is subscribed and does not answer. If commands are waited for, it is an engine that hangs.
    Silent {
        /// Whether somebody waits for durable commands; `None` if this user cannot find that out.
        awaits_commands: Option<bool>,
    },
    /// These engines are there; each is named once.
    Engines(Vec<EngineFound>),
}

#[derive(Deserialize)]
struct Pong {
    id: String,
    #[serde(default)]
    version: String,
}

impl Examiner {
    /// Asks all engines whether they are there.
    pub async fn engines(&self) -> Result<Pinged, NoAnswer> {
        let subject = format!("$SRV.PING.{SERVICE}");
        let refused = |status: &ConnectionStatus| {
            let subject = subject.clone();
            let is_refused = status.is_unpublishable(&subject);
            is_refused.then_some(NoAnswer::NotPermitted { subject })
        };
        let asked = Box::pin(self.ping_all(&subject));
        let engines = unless_refused(self.connection.status(), asked, refused).await??;
        match engines {
            Some(engines) if engines.is_empty() => {
                let context = self.connection.jetstream();
                let asked = Box::pin(is_pulled(context));
                let asked = self.connection.unless_denied(asked).await;
                Ok(Pinged::Silent {
                    awaits_commands: asked.ok().and_then(Result::ok),
                })
            }
            Some(engines) => Ok(Pinged::Engines(engines)),
            None => Ok(Pinged::Nobody),
        }
    }

    /// The engines that answer; `None` if there is no subscriber.
    async fn ping_all(&self, subject: &str) -> Result<Option<Vec<EngineFound>>, NoAnswer> {
        let nats = self.connection.nats();
        let failed = |said: String| NoAnswer::Connection { said };
        let inbox = nats.new_inbox();
        let subscribed = nats.subscribe(inbox.clone()).await;
        let mut answers = subscribed.map_err(|error| failed(error.to_string()))?;
        let sent = nats.publish_with_reply(subject.to_owned(), inbox, Bytes::new());
        sent.await.map_err(|error| failed(error.to_string()))?;
        let mut engines: Vec<EngineFound> = Vec::new();
        let mut end = Instant::now() + FIRST_MAX;
        for answer in 0..ANSWERS_MAX {
            let Ok(Some(message)) = timeout_at(end, answers.next()).await else {
                break;
            };
            if message.status == Some(StatusCode::NO_RESPONDERS) {
                return Ok(None);
            }
            if answer == 0 {
                end = Instant::now() + FURTHER_MAX;
            }
            if let Ok(Pong { id, version }) = serde_json::from_slice(&message.payload)
                && engines.iter().all(|known| known.id != id)
            {
                engines.push(EngineFound { id, version });
            }
        }
        Ok(Some(engines))
    }
}
