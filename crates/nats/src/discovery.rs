//! The NATS service protocol: PING, INFO and STATS on `$SRV`, and the statistics that they report.
//!
//! The client library has an implementation, but it answers PING before an endpoint is subscribed,
//! and it sends no body with an error, so it would not count our errors.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_nats::{Client, Message, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{SelectAll, select_all};
use plansync_service::ServiceError;
use serde::Serialize;

use crate::inbox::is_inbox;

/// The name of the service.
pub(crate) const SERVICE: &str = "plansync";
/// The queue group by which all instances share the requests.
pub(crate) const QUEUE_GROUP: &str = "q";
/// The subjects of all requests to the service.
pub(crate) const SUBJECTS: &str = "plansync.v1.req.>";
const ENDPOINT: &str = "requests";
const DESCRIPTION: &str = "Synchronises changes of one learning plan onto others";

/// The counts since the start.
#[derive(Debug, Default, Clone, Serialize)]
struct Counts {
    #[serde(rename = "num_requests")]
    requests: u64,
    #[serde(rename = "num_errors")]
    errors: u64,
    last_error: String,
    /// Nanoseconds.
    processing_time: u64,
    /// Nanoseconds.
    average_processing_time: u64,
}

/// The statistics of the service. A clone is cheap and shares the counts.
#[derive(Debug, Default, Clone)]
pub(crate) struct Statistics(Arc<Mutex<Counts>>);

impl Statistics {
    /// Counts one answered request.
    pub(crate) fn count(&self, took: Duration, error: Option<&ServiceError>) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.requests += 1;
        let took_ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        counts.processing_time = counts.processing_time.saturating_add(took_ns);
        counts.average_processing_time = counts.processing_time / counts.requests;
        if let Some(error) = error {
            counts.errors += 1;
            counts.last_error = format!("{}:{}", error.number, error.text);
        }
    }

    fn current(&self) -> Counts {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[derive(Clone, Copy, Serialize)]
struct EndpointName {
    name: &'static str,
    subject: &'static str,
    queue_group: &'static str,
}

const ENDPOINT_NAME: EndpointName = EndpointName {
    name: ENDPOINT,
    subject: SUBJECTS,
    queue_group: QUEUE_GROUP,
};

/// The common beginning of every answer.
#[derive(Serialize)]
struct Instance<'a> {
    name: &'static str,
    id: &'a str,
    version: &'static str,
    metadata: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
struct Pong<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    instance: Instance<'a>,
}

#[derive(Serialize)]
struct Described<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    instance: Instance<'a>,
    description: &'static str,
    endpoints: [EndpointName; 1],
}

#[derive(Serialize)]
struct EndpointCounts {
    #[serde(flatten)]
    name: EndpointName,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize)]
struct Counted<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    instance: Instance<'a>,
    started: &'a str,
    endpoints: [EndpointCounts; 1],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Ping,
    Info,
    Stats,
}

/// Makes the service discoverable. It answers while it is run.
pub(crate) struct Discovery {
    client: Client,
    asked: SelectAll<Subscriber>,
    statistics: Statistics,
    id: String,
    started: String,
}

impl Discovery {
    /// Subscribes. It is called only when everything else answers.
    pub(crate) async fn announce(
        client: Client,
        statistics: Statistics,
    ) -> Result<Self, async_nats::SubscribeError> {
        let id = uuid::Uuid::new_v4().simple().to_string();
        let mut asked = Vec::new();
        for verb in ["PING", "INFO", "STATS"] {
            for tail in [
                String::new(),
                format!(".{SERVICE}"),
                format!(".{SERVICE}.{id}"),
            ] {
                asked.push(client.subscribe(format!("$SRV.{verb}{tail}")).await?);
            }
        }
        let started = rfc3339(SystemTime::now());
        Ok(Self {
            client,
            asked: select_all(asked),
            statistics,
            id,
            started,
        })
    }

    /// Answers until the connection is closed.
    pub(crate) async fn run(mut self) {
        while let Some(message) = self.asked.next().await {
            let reply = message.reply.clone().filter(|reply| is_inbox(reply));
            let (Some(verb), Some(reply)) = (verb(&message), reply) else {
                continue;
            };
            if let Err(error) = self.client.publish(reply, self.answer(verb)).await {
                tracing::warn!(%error, "the service could not say who it is");
            }
        }
    }

    fn answer(&self, verb: Verb) -> Bytes {
        let answer = match verb {
            Verb::Ping => serde_json::to_vec(&Pong {
                r#type: "io.nats.micro.v1.ping_response",
                instance: self.instance(),
            }),
            Verb::Info => serde_json::to_vec(&Described {
                r#type: "io.nats.micro.v1.info_response",
                instance: self.instance(),
                description: DESCRIPTION,
                endpoints: [ENDPOINT_NAME],
            }),
            Verb::Stats => serde_json::to_vec(&Counted {
                r#type: "io.nats.micro.v1.stats_response",
                instance: self.instance(),
                started: &self.started,
                endpoints: [EndpointCounts {
                    name: ENDPOINT_NAME,
                    counts: self.statistics.current(),
                }],
            }),
        };
        // Plain structs of texts and numbers can always be encoded as JSON.
        answer.unwrap_or_default().into()
    }

    fn instance(&self) -> Instance<'_> {
        Instance {
            name: SERVICE,
            id: &self.id,
            version: env!("CARGO_PKG_VERSION"),
            metadata: serde_json::Map::new(),
        }
    }
}

fn verb(message: &Message) -> Option<Verb> {
    match message.subject.split('.').nth(1)? {
        "PING" => Some(Verb::Ping),
        "INFO" => Some(Verb::Info),
        "STATS" => Some(Verb::Stats),
        _ => None,
    }
}

fn rfc3339(time: SystemTime) -> String {
    let time = chrono::DateTime::<chrono::Utc>::from(time);
    time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}
