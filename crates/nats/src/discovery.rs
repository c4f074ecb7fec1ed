//! The NATS service protocol: PING, INFO and STATS on `$SRV`.
//!
//! The client library has an implementation, but it answers PING before an endpoint is subscribed,
//! and it sends no body with an error, so it would not count our errors.

use std::collections::BTreeMap;
use std::time::SystemTime;

use async_nats::{Client, Message, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{SelectAll, select_all};
use plansync_service::OperationName;
use serde::Serialize;

use crate::inbox::is_inbox;
use crate::request_measures::RequestMeasures;

/// The name of the service.
pub(crate) const SERVICE: &str = "plansync";
/// The queue group by which all instances share the requests.
pub(crate) const QUEUE_GROUP: &str = "q";
/// The subjects of all requests to the service.
pub(crate) const SUBJECTS: &str = "plansync.v1.req.>";
const DESCRIPTION: &str = "Synchronises changes of one learning plan onto others";
/// The folder of the project that has the schemas, and in which the paths below stand.
const SCHEMAS: &str = "proto-schemas";

/// The counts of one endpoint since the start.
#[derive(Debug, Serialize)]
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

impl Counts {
    fn of(measures: &RequestMeasures, operation: Option<OperationName>) -> Self {
        let of_operation = measures.of(operation);
        let mean_ns = u64::try_from(of_operation.mean().as_nanos());
        Self {
            requests: of_operation.done + of_operation.refused_count(),
            errors: of_operation.refused_count(),
            last_error: measures.last_error(operation).unwrap_or_default(),
            processing_time: of_operation.took.sum,
            average_processing_time: mean_ns.unwrap_or(u64::MAX),
        }
    }
}

/// One operation as an endpoint of the service protocol.
#[derive(Debug, Clone, Serialize)]
struct EndpointName {
    name: String,
    subject: String,
    queue_group: &'static str,
}

impl EndpointName {
    /// A name of the service protocol has no dots. Without an operation: what asks for none that exists.
    fn of(operation: Option<OperationName>) -> Self {
        let (name, subject) = match operation {
            Some(operation) => (
                operation.as_str().replace('.', "_"),
                format!("plansync.v1.req.*.*.{operation}"),
            ),
            None => ("unknown_operation".to_owned(), SUBJECTS.to_owned()),
        };
        Self {
            name,
            subject,
            queue_group: QUEUE_GROUP,
        }
    }
}

/// All endpoints, in the order of the table of operations.
fn operations() -> impl Iterator<Item = Option<OperationName>> {
    OperationName::ALL.iter().copied().map(Some).chain([None])
}

type Metadata = BTreeMap<&'static str, String>;

/// Where the bodies and replies of an operation are described, and what it does.
fn metadata(operation: Option<OperationName>) -> Metadata {
    let Some(operation) = operation else {
        return [("reply_schema", format!("{SCHEMAS}/schemas/error.json"))].into();
    };
    let schema = |part: &str| format!("{SCHEMAS}/schemas/{operation}.{part}.json");
    [
        ("schema", schema("body")),
        ("reply_schema", schema("reply")),
        ("summary", operation.summary().to_owned()),
    ]
    .into()
}

/// The common beginning of every answer.
#[derive(Serialize)]
struct Instance<'a> {
    name: &'static str,
    id: &'a str,
    version: &'static str,
    metadata: Metadata,
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
    endpoints: Vec<EndpointInfo>,
}

#[derive(Serialize)]
struct EndpointInfo {
    #[serde(flatten)]
    name: EndpointName,
    metadata: Metadata,
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
    endpoints: Vec<EndpointCounts>,
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
    measures: RequestMeasures,
    id: String,
    started: String,
}

impl Discovery {
    /// Subscribes. It is called only when everything else answers.
    pub(crate) async fn announce(
        client: Client,
        measures: RequestMeasures,
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
            measures,
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
                endpoints: operations().map(EndpointInfo::of).collect(),
            }),
            Verb::Stats => serde_json::to_vec(&Counted {
                r#type: "io.nats.micro.v1.stats_response",
                instance: self.instance(),
                started: &self.started,
                endpoints: operations().map(|one| self.counts(one)).collect(),
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
            metadata: [("schema", format!("{SCHEMAS}/asyncapi.json"))].into(),
        }
    }

    fn counts(&self, operation: Option<OperationName>) -> EndpointCounts {
        EndpointCounts {
            name: EndpointName::of(operation),
            counts: Counts::of(&self.measures, operation),
        }
    }
}

impl EndpointInfo {
    fn of(operation: Option<OperationName>) -> Self {
        Self {
            name: EndpointName::of(operation),
            metadata: metadata(operation),
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
