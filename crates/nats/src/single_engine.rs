//! Checks that no other engine serves on the same NATS account, before this one does.
//!
//! Only the server's answer that there is no subscriber is proof. If a ping is not answered, there may
//! be an engine that hangs, whose consumer must not be taken from it; a dead connection that the
//! server has not noticed; or a client that subscribes without answering.

use std::time::Duration;

use async_nats::jetstream;
use async_nats::{Client, RequestErrorKind};
use tokio::time::sleep;

use crate::commands::PULL_EXPIRES;
use crate::discovery::SERVICE;
use crate::stream_faults::is_pulled;

/// The time within which an engine must answer.
const ANSWER_MAX: Duration = Duration::from_secs(1);
/// The pause before the question is put again, while the server cannot be asked.
const QUESTION_RETRY_DELAY: Duration = Duration::from_millis(500);
/// The number of consecutive unanswered pings before the consumer is examined: by then every pull of
/// an engine that has ended has expired.
const UNANSWERED_MAX: u64 = PULL_EXPIRES.as_secs() + 2;

/// Another engine serves here, or may serve.
#[derive(Debug, thiserror::Error)]
pub enum AnotherEngine {
    /// It answered.
    #[error(
        "another engine already serves on this NATS account, and requests would be divided between two \
         data folders; nothing was changed: stop the other engine first, or use another NATS account"
    )]
    Answers,
    /// It does not answer, but waits for commands.
    #[error(
        "another engine on this NATS account seems to hang: $SRV.PING.plansync is not answered, but a \
         client waits for durable commands at the consumer plansync-engine; nothing was changed: stop \
         that engine first (`nats server report connections` shows its address), or use another NATS \
         account"
    )]
    Hangs,
}

/// The result of one ping.
enum PingResult {
    Answered,
    NoSubscriber,
    Unanswered,
    /// The server cannot be reached.
    NotSent(String),
}

/// Refuses to serve beside another engine, such as one on a copy of the same log. It is called
/// before serving and waits until the result is certain. Two engines that start at the same moment
/// may both pass; then one of their relays stops.
pub async fn refuse_another(client: &Client) -> Result<(), AnotherEngine> {
    let (mut unanswered, mut was_unreachable) = (0, false);
    loop {
        match ping(client).await {
            PingResult::Answered => return Err(AnotherEngine::Answers),
            PingResult::NoSubscriber => return Ok(()),
            PingResult::NotSent(why) => {
                if !was_unreachable {
                    tracing::warn!(
                        why,
                        "it cannot be checked yet whether another engine serves; trying again"
                    );
                }
                was_unreachable = true;
                sleep(QUESTION_RETRY_DELAY).await;
            }
            PingResult::Unanswered => {
                if unanswered == 0 {
                    tracing::warn!(
                        "a client is subscribed to $SRV.PING.plansync and does not answer; waiting until \
                         it is certain that no other engine serves"
                    );
                }
                unanswered += 1;
                if unanswered >= UNANSWERED_MAX {
                    match is_pulled(&jetstream::new(client.clone())).await {
                        Ok(true) => return Err(AnotherEngine::Hangs),
                        Ok(false) => {
                            log_silent_subscriber();
                            return Ok(());
                        }
                        Err(error) => tracing::debug!(%error, "the consumer cannot be examined"),
                    }
                }
            }
        }
    }
}

fn log_silent_subscriber() {
    tracing::warn!(
        "starting: no client waits for durable commands, so no other engine serves; the client that is \
         subscribed to $SRV.PING.plansync without answering is not an engine, or its connection is dead"
    );
}

async fn ping(client: &Client) -> PingResult {
    let request = async_nats::Request::new().timeout(Some(ANSWER_MAX));
    let answer = client.send_request(format!("$SRV.PING.{SERVICE}"), request);
    match answer.await {
        Ok(_) => PingResult::Answered,
        Err(error) => match error.kind() {
            RequestErrorKind::NoResponders => PingResult::NoSubscriber,
            RequestErrorKind::TimedOut => PingResult::Unanswered,
            RequestErrorKind::InvalidSubject
            | RequestErrorKind::MaxPayloadExceeded
            | RequestErrorKind::Other => PingResult::NotSent(error.to_string()),
        },
    }
}
