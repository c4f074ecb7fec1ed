//! Checks that no other engine serves on the same NATS account, before this one does.
//!
//! Only the server's answer that nobody is subscribed counts. Without an answer, there may be an
//! engine that hangs, whose consumer must not be taken from it; a dead connection that the server
//! has not noticed; or a client that only listens.

use std::time::Duration;

use async_nats::jetstream;
use async_nats::{Client, RequestErrorKind};
use tokio::time::sleep;

use crate::commands::PULL_EXPIRES;
use crate::discovery::SERVICE;
use crate::watchman::is_pulled;

/// The time within which an engine must answer.
const ANSWER_MAX: Duration = Duration::from_secs(1);
/// The pause before the question is put again, while the server cannot be asked.
const QUESTION_RETRY_DELAY: Duration = Duration::from_millis(500);
/// The number of consecutive silences before the consumer is examined: by then every pull of an
/// engine that has ended has expired.
const SILENCES_MAX: u64 = PULL_EXPIRES.as_secs() + 2;

/// Another engine serves here, or may serve.
#[derive(Debug, thiserror::Error)]
pub enum AnotherServes {
    /// It answered.
    #[error(
        "another engine serves on this NATS already, and two would share the requests between two data \
         folders; stop that one first, or use another NATS account"
    )]
    Answers,
    /// It does not answer, but waits for commands.
    #[error(
        "another engine seems to hang: nobody answers $SRV.PING.plansync, but somebody waits for durable \
         commands at the consumer plansync-engine; nothing was taken from it. Stop that engine first \
         (`nats server report connections` shows where it is), or use another NATS account"
    )]
    Hangs,
}

/// The result of asking once.
enum Heard {
    Engine,
    Nobody,
    Silence,
    /// The server could not be asked.
    Away(String),
}

/// Refuses to serve beside another engine, such as one on a copy of the same log. It is called
/// before serving and waits until the result is certain. Two engines that start at the same moment
/// may both pass; then one of their relays stops.
pub async fn refuse_another(client: &Client) -> Result<(), AnotherServes> {
    let (mut silences, mut was_away) = (0, false);
    loop {
        match ask(client).await {
            Heard::Engine => return Err(AnotherServes::Answers),
            Heard::Nobody => return Ok(()),
            Heard::Away(why) => {
                if !was_away {
                    tracing::warn!(
                        why,
                        "whether another engine serves cannot be asked yet; trying again"
                    );
                }
                was_away = true;
                sleep(QUESTION_RETRY_DELAY).await;
            }
            Heard::Silence => {
                if silences == 0 {
                    tracing::warn!(
                        "somebody listens to $SRV.PING.plansync and does not answer: waiting until it is \
                         certain that no other engine serves"
                    );
                }
                silences += 1;
                if silences >= SILENCES_MAX {
                    match is_pulled(&jetstream::new(client.clone())).await {
                        Ok(true) => return Err(AnotherServes::Hangs),
                        Ok(false) => {
                            tell_of_listener();
                            return Ok(());
                        }
                        Err(error) => tracing::debug!(%error, "the consumer cannot be looked at"),
                    }
                }
            }
        }
    }
}

fn tell_of_listener() {
    tracing::warn!(
        "nobody takes durable commands, so no other engine serves; whoever listens to \
         $SRV.PING.plansync without an answer is none, or stopped without a word"
    );
}

async fn ask(client: &Client) -> Heard {
    let ping = async_nats::Request::new().timeout(Some(ANSWER_MAX));
    let asked = client.send_request(format!("$SRV.PING.{SERVICE}"), ping);
    match asked.await {
        Ok(_) => Heard::Engine,
        Err(error) => match error.kind() {
            RequestErrorKind::NoResponders => Heard::Nobody,
            RequestErrorKind::TimedOut => Heard::Silence,
            RequestErrorKind::InvalidSubject
            | RequestErrorKind::MaxPayloadExceeded
            | RequestErrorKind::Other => Heard::Away(error.to_string()),
        },
    }
}
