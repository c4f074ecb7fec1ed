//! Checks streams and consumer while the engine runs, because other clients may change them.
//!
//! Each problem is reported once when it begins, with what to do, and once when it is solved. Only the
//! engine's own consumer is changed: it is recreated if another client has edited it.

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::{ConsumerError, ConsumerErrorKind};
use async_nats::jetstream::{Context, ErrorCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::commands::{ACK_WAIT, CONSUMER};
use crate::condition::Condition;
use crate::settings::{Settings, UNACKNOWLEDGED_MAX, is_unset, unfit};
use crate::stop::requested;
use crate::streams::{COMMANDS, EVENTS, StreamError, Streams, owner, settings};

const CHECK_INTERVAL: Duration = Duration::from_secs(5);
/// What is wrong while the server does not answer about the streams.
const UNCHECKED: &str = "the NATS server does not answer requests about the streams, so they cannot be checked; see that \
                         it runs, that JetStream is enabled, and that this user may use it";
/// The number of consumers that are named; if there are more, only their number is given.
const NAMED_MAX: usize = 5;

/// Checks both streams and the engine's consumer.
pub struct StreamMonitor {
    streams: Streams,
    problems: BTreeSet<String>,
    condition: Condition,
}

/// What has changed between one check and the next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProblemChanges {
    /// New problems, as messages that say what to do.
    pub begun: Vec<String>,
    /// Problems that are solved.
    pub solved: Vec<String>,
}

/// The server's list of the consumers of a stream: one page, with more than will be named.
#[derive(Deserialize)]
struct Consumers {
    total: usize,
    #[serde(default)]
    consumers: Option<Vec<Consumer>>,
}

#[derive(Deserialize)]
struct Consumer {
    name: String,
    config: Settings,
    #[serde(default)]
    paused: bool,
    /// Pulls that wait for a message.
    #[serde(default, rename = "num_waiting")]
    waiting: u64,
}

impl StreamMonitor {
    /// A monitor that has not checked yet.
    pub fn new(streams: Streams) -> Self {
        Self {
            streams,
            problems: BTreeSet::new(),
            condition: Condition::default(),
        }
    }

    /// What is wrong with the streams, while it runs.
    pub fn condition(&self) -> Condition {
        self.condition.clone()
    }

    /// Checks every few seconds and writes changes to the log output, until `stop` is true (or its
    /// sender is gone). A server that does not answer is reported elsewhere.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            match self.check().await {
                Ok(changes) => {
                    changes.log();
                    self.condition.suffers_all(self.problems.iter().cloned());
                }
                Err(error) => {
                    tracing::debug!(%error, "the streams cannot be checked now");
                    self.condition.suffers(UNCHECKED);
                }
            }
            tokio::select! {
                () = tokio::time::sleep(CHECK_INTERVAL) => {}
                () = requested(&mut stop) => return,
            }
        }
    }

    /// Checks once.
    pub async fn check(&mut self) -> Result<ProblemChanges, StreamError> {
        let mut now = BTreeSet::new();
        for stream in [COMMANDS, EVENTS] {
            now.extend(self.of_stream(stream).await?);
        }
        now.extend(self.of_consumers().await?);
        let changes = ProblemChanges {
            begun: now.difference(&self.problems).cloned().collect(),
            solved: self.problems.difference(&now).cloned().collect(),
        };
        self.problems = now;
        Ok(changes)
    }

    async fn of_stream(&self, stream: &'static str) -> Result<Vec<String>, StreamError> {
        let Some(settings) = settings(self.streams.context(), stream).await? else {
            return Ok(vec![format!(
                "the stream {stream} was removed, and the messages in it are lost; the engine creates it \
                 again"
            )]);
        };
        let ours = &self.streams.name().log;
        let mut problems: Vec<_> = unfit(stream, &settings)
            .into_iter()
            .map(|unfit| StreamError::configuration(stream, unfit).to_string())
            .collect();
        if let Some(theirs) = owner(&settings).filter(|owner| *owner != &**ours) {
            problems.push(format!(
                "the stream {stream} now belongs to the log {theirs} instead of {ours}; find out which \
                 client changed it, and give each engine a NATS account of its own"
            ));
        }
        Ok(problems)
    }

    async fn of_consumers(&self) -> Result<Vec<String>, StreamError> {
        let context = self.streams.context();
        let listed = consumers(context).await?;
        let mut problems = Vec::new();
        if let Some(others) = others(&listed) {
            problems.push(
                StreamError::OtherConsumers {
                    stream: COMMANDS,
                    consumers: others,
                }
                .to_string(),
            );
        }
        let all = listed.consumers.unwrap_or_default();
        let Some(own) = all.into_iter().find(|consumer| consumer.name == CONSUMER) else {
            return Ok(problems);
        };
        if own.paused {
            problems.push(format!(
                "the consumer {CONSUMER} on {COMMANDS} is paused, so durable commands wait in the stream; \
                 run `nats consumer resume {COMMANDS} {CONSUMER}`"
            ));
        }
        if let Some(edit) = edited(&own.config) {
            problems.push(format!(
                "another client edited the consumer {CONSUMER} on {COMMANDS} ({edit}); no command is lost: \
                 the engine creates the consumer again; let no other client change it"
            ));
            // The consumer of commands is recreated when it is gone.
            let removed = context
                .delete_consumer_from_stream(CONSUMER, COMMANDS)
                .await;
            if let Err(error) = removed {
                tracing::warn!(%error, "the edited consumer cannot be removed yet; trying again");
            }
        }
        Ok(problems)
    }
}

impl ProblemChanges {
    fn log(&self) {
        for problem in &self.begun {
            tracing::error!("{problem}");
        }
        for problem in &self.solved {
            tracing::info!("this problem is solved: {problem}");
        }
    }
}

async fn consumers(context: &Context) -> Result<Consumers, StreamError> {
    let all = json!({});
    let asked = context.request(format!("CONSUMER.LIST.{COMMANDS}"), &all);
    let server = |source: async_nats::Error| StreamError::Server {
        stream: COMMANDS,
        source,
    };
    let told: Response<Consumers> = asked.await.map_err(|error| server(error.into()))?;
    match told {
        Response::Ok(consumers) => Ok(consumers),
        Response::Err { error } if error.error_code() == ErrorCode::STREAM_NOT_FOUND => {
            Ok(Consumers {
                total: 0,
                consumers: None,
            })
        }
        Response::Err { error } => Err(server(error.into())),
    }
}

/// Whether some client waits for commands at the engine's consumer.
pub(crate) async fn is_pulled(context: &Context) -> Result<bool, StreamError> {
    let all = consumers(context).await?.consumers.unwrap_or_default();
    let mut own = all.iter().filter(|consumer| consumer.name == CONSUMER);
    Ok(own.any(|consumer| consumer.waiting > 0))
}

/// The consumers of other clients, as text, if there are any.
fn others(listed: &Consumers) -> Option<String> {
    let all = listed.consumers.as_deref().unwrap_or_default();
    let names: Vec<_> = all
        .iter()
        .filter(|consumer| consumer.name != CONSUMER)
        .map(|consumer| format!("{:?}", consumer.name))
        .collect();
    // A consumer that is being created is counted before it is listed, and it may be the engine's own.
    let own_unlisted = usize::from(names.len() == all.len());
    let unlisted = listed.total.saturating_sub(all.len() + own_unlisted);
    let count = names.len() + unlisted;
    let first = names.get(..NAMED_MAX).unwrap_or(&names).join(", ");
    match count {
        0 => None,
        1 => Some(format!("another consumer {first}").trim_end().to_owned()),
        _ if count > NAMED_MAX => Some(format!("each of {count} other consumers ({first}, …)")),
        _ => Some(format!("each of {count} other consumers ({first})")),
    }
}

/// Why the engine's consumer was not created: on this stream the server accepts only one consumer
/// without a filter.
pub(crate) async fn refused_for_others(context: &Context, error: ConsumerError) -> StreamError {
    let is_taken = match error.kind() {
        ConsumerErrorKind::JetStream(error) => matches!(
            error.error_code(),
            ErrorCode::CONSUMER_WQ_MULTIPLE_UNFILTERED | ErrorCode::CONSUMER_WQ_CONSUMER_NOT_UNIQUE
        ),
        ConsumerErrorKind::TimedOut
        | ConsumerErrorKind::Request
        | ConsumerErrorKind::InvalidConsumerType
        | ConsumerErrorKind::InvalidName
        | ConsumerErrorKind::Other => false,
    };
    let unmade = StreamError::Server {
        stream: COMMANDS,
        source: error.into(),
    };
    if !is_taken {
        return unmade;
    }
    match consumers(context).await {
        Ok(listed) => match others(&listed) {
            Some(consumers) => StreamError::OtherConsumers {
                stream: COMMANDS,
                consumers,
            },
            None => unmade,
        },
        Err(_silent) => unmade,
    }
}

/// The first setting of the engine's consumer that differs from what the engine has set.
fn edited(config: &Settings) -> Option<String> {
    let ack_wait_ns = u64::try_from(ACK_WAIT.as_nanos()).unwrap_or(u64::MAX);
    let made = [
        ("deliver_policy", json!("all")),
        ("ack_policy", json!("explicit")),
        ("replay_policy", json!("instant")),
        ("ack_wait", json!(ack_wait_ns)),
        ("max_deliver", json!(-1)),
        ("max_ack_pending", json!(UNACKNOWLEDGED_MAX)),
    ];
    let changed = made
        .iter()
        .find(|(setting, value)| config.get(*setting) != Some(value));
    if let Some((setting, value)) = changed {
        let found = config.get(*setting).unwrap_or(&Value::Null);
        return Some(format!("{setting} = {found}, was {value}"));
    }
    let unset = [
        "filter_subject",
        "filter_subjects",
        "headers_only",
        "deliver_subject",
        "backoff",
        "rate_limit_bps",
        "max_batch",
        "max_expires",
        "max_bytes",
        "inactive_threshold",
    ];
    unset.iter().find_map(|setting| {
        let found = config.get(*setting)?;
        (!is_unset(found, config)).then(|| format!("{setting} = {found}, was not set"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(total: usize, names: &[&str]) -> Option<String> {
        let consumer = |name: &&str| json!({ "name": name, "config": {} });
        let consumers: Vec<_> = names.iter().map(consumer).collect();
        let listed = json!({ "total": total, "consumers": consumers });
        others(&serde_json::from_value(listed).unwrap())
    }

    #[test]
    fn a_consumer_that_is_counted_but_not_listed_yet_may_be_the_engines_own() {
        assert_eq!(said(1, &[]), None);
        assert_eq!(said(1, &[CONSUMER]), None);
        assert_eq!(said(2, &["thief"]), said(1, &["thief"]));
    }

    #[test]
    fn others_are_named_as_far_as_they_are_listed() {
        let one = Some("another consumer \"thief\"".to_owned());
        assert_eq!(said(2, &[CONSUMER, "thief"]), one);
        assert_eq!(said(2, &[]), Some("another consumer".to_owned()));
        let two = Some("each of 2 other consumers (\"a\", \"b\")".to_owned());
        assert_eq!(said(3, &["a", CONSUMER, "b"]), two);
    }
}
