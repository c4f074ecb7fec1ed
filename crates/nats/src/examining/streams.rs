//! The streams and the engine's consumer, as they are, and the durable commands that wait.

use std::time::Duration;

use async_nats::jetstream::response::Response;
use async_nats::jetstream::{Context, ErrorCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

use super::server::micros;
use super::{Examiner, NoAnswer};
use crate::filter::{Fault, headers, is_plain};
use crate::settings::{Settings, unknown};
use crate::stream_faults::{Consumers, StreamFault, of_stream};
use crate::streams::{COMMANDS, EVENTS, StreamError, owner};

/// The streams and the engine's consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamsFound {
    /// What is wrong with them.
    pub faults: Vec<StreamFault>,
    /// Settings that this version does not know, each with the stream that has it.
    pub unknown: Vec<(&'static str, String)>,
    /// Whether the stream of commands is there, and the engine's consumer is not.
    pub lacks_consumer: bool,
    /// The durable commands that wait.
    pub waiting: Option<Waiting>,
    /// The log that the streams belong to, if they name one.
    pub log: Option<String>,
}

impl StreamsFound {
    /// How many of the engine's streams are there.
    pub fn count(&self) -> u64 {
        let is_removed = |fault: &&StreamFault| matches!(fault, StreamFault::Removed { .. });
        let removed = self.faults.iter().filter(is_removed).map(|_| 1);
        2_u64.saturating_sub(removed.sum())
    }
}

/// Durable commands that nobody has decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// How many there are.
    pub count: u64,
    /// How long the first one has waited, by the clock of the server.
    pub longest: Duration,
    /// How many were delivered more than once.
    pub redelivered: u64,
    /// The sequence of the first one.
    pub first_sequence: u64,
    /// Why the first one cannot be delivered, if it cannot.
    pub first_fault: Option<Fault>,
}

#[derive(Deserialize)]
struct Told {
    config: Settings,
    state: State,
    #[serde(default)]
    ts: Option<String>,
}

#[derive(Deserialize)]
struct State {
    messages: u64,
    first_seq: u64,
    #[serde(default)]
    first_ts: Option<String>,
}

#[derive(Deserialize)]
struct Got {
    message: Stored,
}

#[derive(Deserialize)]
struct Stored {
    subject: String,
    #[serde(default)]
    hdrs: Option<String>,
}

impl Examiner {
    /// The streams and the engine's consumer. If it is known which log they must belong to, that is compared.
    pub async fn streams(&self, log: Option<&str>) -> Result<StreamsFound, NoAnswer> {
        let commands = self.stream(COMMANDS).await?;
        let events = self.stream(EVENTS).await?;
        let context = self.connection.jetstream();
        let consumers = self.permitted(Consumers::listed(context)).await?;
        let mut faults = Vec::new();
        let mut unknowns = Vec::new();
        for (stream, told) in [(COMMANDS, &commands), (EVENTS, &events)] {
            let settings = told.as_ref().map(|told| &told.config);
            faults.extend(of_stream(stream, settings, log));
            if let Some(settings) = settings {
                let found = unknown(stream, settings).into_iter();
                unknowns.extend(found.map(|setting| (stream, setting)));
            }
        }
        faults.extend(consumers.faults());
        let redelivered = consumers.own().map_or(0, |own| own.redelivered);
        let waiting = match &commands {
            Some(told) if told.state.messages > 0 => {
                Some(waiting(&told.state, told.ts.as_deref(), redelivered))
            }
            Some(_) | None => None,
        };
        let waiting = match waiting {
            Some(waiting) => Some(Waiting {
                first_fault: self.fault_of(context, waiting.first_sequence).await,
                ..waiting
            }),
            None => None,
        };
        let all = [&commands, &events];
        let log = all.iter().find_map(|told| owner(&told.as_ref()?.config));
        Ok(StreamsFound {
            faults,
            unknown: unknowns,
            lacks_consumer: commands.is_some() && consumers.own().is_none(),
            waiting,
            log: log.map(str::to_owned),
        })
    }

    async fn stream(&self, stream: &'static str) -> Result<Option<Told>, NoAnswer> {
        let subject = format!("$JS.API.STREAM.INFO.{stream}");
        match self.ask_json(&subject, b"").await? {
            Response::Ok(told) => Ok(Some(told)),
            Response::Err { error } if error.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                Ok(None)
            }
            Response::Err { error } => Err(NoAnswer::Useless {
                subject,
                said: error.to_string(),
            }),
        }
    }

    /// The result of a question about consumers, unless the server refuses it.
    async fn permitted<T>(
        &self,
        asked: impl Future<Output = Result<T, StreamError>>,
    ) -> Result<T, NoAnswer> {
        let subject = || format!("$JS.API.CONSUMER.LIST.{COMMANDS}");
        let asked = self.connection.unless_denied(asked).await;
        let asked = asked.map_err(|_denied| NoAnswer::NotPermitted { subject: subject() })?;
        asked.map_err(|error| NoAnswer::Useless {
            subject: subject(),
            said: error.to_string(),
        })
    }

    /// Why the command with this sequence cannot be delivered, if it cannot and that can be seen.
    async fn fault_of(&self, context: &Context, sequence: u64) -> Option<Fault> {
        let subject = format!("STREAM.MSG.GET.{COMMANDS}");
        let body = json!({ "seq": sequence });
        let asked = context.request(subject, &body);
        let asked = self.connection.unless_denied(asked).await.ok()?;
        let Response::Ok(Got { message }) = asked.ok()? else {
            return None;
        };
        fault(&message.subject, message.hdrs.as_deref())
    }
}

fn waiting(state: &State, now: Option<&str>, redelivered: u64) -> Waiting {
    let first = state.first_ts.as_deref().and_then(micros);
    let waited = now.and_then(micros).zip(first);
    let waited = waited.map_or(0, |(now, first)| now.saturating_sub(first));
    Waiting {
        count: state.messages,
        longest: Duration::from_micros(u64::try_from(waited).unwrap_or(0)),
        redelivered,
        first_sequence: state.first_seq,
        first_fault: None,
    }
}

/// Why a message with this subject and these headers, in base 64, cannot be delivered.
fn fault(subject: &str, block: Option<&str>) -> Option<Fault> {
    if !is_plain(subject.as_bytes()) {
        return Some(Fault::Subject);
    }
    let block = STANDARD.decode(block?).ok()?;
    headers(&block, false).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_told_with_its_time() {
        let state = State {
            messages: 3,
            first_seq: 7,
            first_ts: Some("2026-01-01T00:00:00.5Z".to_owned()),
        };
        let found = waiting(&state, Some("2026-01-01T00:01:00.500000001Z"), 2);
        assert_eq!(found.longest, Duration::from_mins(1));
        assert_eq!(
            (found.count, found.first_sequence, found.redelivered),
            (3, 7, 2)
        );
        let earlier = waiting(&state, Some("2025-01-01T00:00:00Z"), 0);
        assert_eq!(earlier.longest, Duration::ZERO);
        assert_eq!(waiting(&state, None, 0).longest, Duration::ZERO);
    }

    #[test]
    fn a_command_that_cannot_be_delivered_is_known_by_its_subject_and_headers() {
        let block = |bytes: &[u8]| STANDARD.encode(bytes);
        let good = block(b"NATS/1.0\r\nA: b\r\n\r\n");
        assert_eq!(fault("plansync.v1.cmd.a.b.c.d", Some(&good)), None);
        assert_eq!(fault("plansync.v1.cmd.a.b.c.d", None), None);
        assert_eq!(
            fault("plansync.v1.cmd.\u{fffd}", None),
            Some(Fault::Subject)
        );
        let bad = block(b"NATS/1.0\r\nX: \xff\xfe\r\n\r\n");
        assert_eq!(fault("a", Some(&bad)), Some(Fault::Value));
    }
}
