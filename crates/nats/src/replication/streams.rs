//! Makes, finds and checks the streams of a replicated log.

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::jetstream::context::{ContextBuilder, RequestError, RequestErrorKind};
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use async_nats::jetstream::{Context, ErrorCode};
use plansync_log::replication::Place;
use plansync_log::{Chain, Incarnation, LogId, Position};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::asking::Asking;
use super::error::ReplicationError;
use super::lease_stream::JetStreamLeases;
use super::log_stream::JetStreamLog;
use super::messages::nanos;
use super::names::{
    LEASE_SUBJECT, LEASES, LEASES_KEPT, LOG_SUBJECTS, REPLICAS, log_of, log_stream, log_subject,
};
use super::servers;
use crate::client_connection::ClientConnection;
use crate::connection::Connection;
use crate::settings::{Settings, tell_unknown, unfit, unfit_to_try};
use crate::streams::LOG_KEY;

/// For how long an answer about a stream is awaited: servers that make one agree on it first.
const DESCRIBED_WITHIN: Duration = Duration::from_secs(10);
/// For how long the answer to a record, and to a request for one, is awaited.
const RECORD_ANSWERED_WITHIN: Duration = Duration::from_secs(1);
/// The same for a lease, which is renewed each second and trusted for 2.4 s.
const LEASE_ANSWERED_WITHIN: Duration = Duration::from_millis(600);

/// The keys in the metadata of a stream of records that say where it begins.
const BASE_POSITION_KEY: &str = "plansync-base-position";
const BASE_CHAIN_KEY: &str = "plansync-base-chain";

/// What is demanded of the servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// Three replicas, and servers that flush before they acknowledge.
    Production,
    /// Only their version, as for a test: commits can be lost. Streams are made with so many replicas.
    Unsafe {
        /// How many.
        replicas: usize,
    },
}

/// What a stream of records continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogBase {
    /// The log.
    pub log: LogId,
    /// Its incarnation, which is the one of the stream.
    pub incarnation: Incarnation,
    /// The last commit before the stream; position `ZERO` if it has the whole log.
    pub end: Place,
}

/// A stream of records that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogStreamFound {
    /// Its name.
    pub name: String,
    /// What it continues.
    pub base: LogBase,
    /// When it was made, in nanoseconds since 1970.
    pub created_ns: i64,
}

/// The streams of a replicated log, over a connection of their own.
#[derive(Debug, Clone)]
pub struct ReplicationStreams {
    connection: ClientConnection,
    /// For requests about streams.
    jetstream: Context,
    safety: Safety,
    /// Servers that could not be checked.
    unchecked: BTreeSet<String>,
    /// For how long the answer to a record is awaited.
    record_answered_within: Duration,
    /// The same for a lease.
    lease_answered_within: Duration,
}

impl ReplicationStreams {
    /// Connects, however long it takes, and checks the servers. Only what trying again does not change ends it before it
    /// is connected.
    pub async fn connect(
        connection: &Connection,
        safety: Safety,
    ) -> Result<Self, ReplicationError> {
        let connection = ClientConnection::open_patiently(connection, DESCRIBED_WITHIN).await?;
        let unchecked = match safety {
            Safety::Production => servers::check_all(&connection).await?,
            Safety::Unsafe { .. } => {
                servers::check_version(&connection)?;
                BTreeSet::new()
            }
        };
        for server in &unchecked {
            tracing::warn!(
                server,
                "a nats-server cannot be reached, so it is not known whether it flushes before it acknowledges"
            );
        }
        Ok(Self {
            jetstream: ContextBuilder::new()
                .timeout(DESCRIBED_WITHIN)
                .build(connection.nats().clone()),
            connection,
            safety,
            unchecked,
            record_answered_within: RECORD_ANSWERED_WITHIN,
            lease_answered_within: LEASE_ANSWERED_WITHIN,
        })
    }

    /// The same, but every answer is awaited for so long: for a test on a machine that is busy, where a node need not
    /// find out soon that it has lost its lease.
    #[must_use]
    pub fn answered_within(self, patience: Duration) -> Self {
        Self {
            record_answered_within: patience,
            lease_answered_within: patience,
            ..self
        }
    }

    /// The names of servers that could not be reached when it was connected, and so were not checked.
    pub fn unchecked(&self) -> &BTreeSet<String> {
        &self.unchecked
    }

    /// The stream of records of the latest incarnation in this account; `None` if there is none.
    pub async fn newest(&self) -> Result<Option<LogStreamFound>, ReplicationError> {
        let newest = self.permitted(newest(&self.jetstream)).await?;
        let Some(incarnation) = newest.map_err(|error| unanswered(LOG_SUBJECTS, error))? else {
            return Ok(None);
        };
        let name = log_stream(incarnation);
        let Some(described) = self.described(&name).await? else {
            // It was removed a moment ago.
            return Ok(None);
        };
        self.check(&name, &described.config)?;
        described.found(name, incarnation).map(Some)
    }

    /// Makes the stream of records that continues a log, and that of leases if there is none. The data folder whose log
    /// ends at `base` is the first one that may follow it.
    ///
    /// # Errors
    ///
    /// [`ReplicationError::Exists`] and [`ReplicationError::Superseded`] if this incarnation or a later one has a stream;
    /// then nothing was changed.
    pub async fn seed(&self, base: LogBase) -> Result<LogStreamFound, ReplicationError> {
        if let Some(newest) = self.newest().await? {
            let stream = newest.name;
            return Err(if newest.base.log != base.log {
                ReplicationError::OtherLog {
                    stream,
                    theirs: newest.base.log.to_string(),
                    ours: base.log,
                }
            } else if newest.base.incarnation == base.incarnation {
                ReplicationError::Exists { stream }
            } else if newest.base.incarnation > base.incarnation {
                ReplicationError::Superseded {
                    stream,
                    ours: base.incarnation,
                }
            } else {
                return self.make(base).await;
            });
        }
        self.make(base).await
    }

    /// The stream of records of a node whose log this is, for [`Follower::begin`](plansync_log::replication::Follower::begin).
    ///
    /// # Errors
    ///
    /// [`ReplicationError::NoLog`] if this incarnation has none, [`ReplicationError::Superseded`] if a later one has.
    pub async fn log(
        &self,
        log: LogId,
        incarnation: Incarnation,
    ) -> Result<(LogStreamFound, JetStreamLog), ReplicationError> {
        let found = self.newest().await?.ok_or(ReplicationError::NoLog)?;
        let stream = found.name.clone();
        if found.base.log != log {
            return Err(ReplicationError::OtherLog {
                stream,
                theirs: found.base.log.to_string(),
                ours: log,
            });
        }
        if found.base.incarnation > incarnation {
            return Err(ReplicationError::Superseded {
                stream,
                ours: incarnation,
            });
        }
        if found.base.incarnation < incarnation {
            return Err(ReplicationError::NoLog);
        }
        let asking = Asking::new(self.connection.clone(), self.record_answered_within);
        let subject = log_subject(incarnation);
        let opened = JetStreamLog::new(asking, stream, subject, found.created_ns);
        Ok((found, opened))
    }

    /// The stream of leases of a log, which is made if it is missing: it has nothing that is needed later.
    pub async fn leases(&self, log: LogId) -> Result<JetStreamLeases, ReplicationError> {
        let described = match self.described(LEASES).await? {
            Some(described) => described,
            None => self.made(lease_config(log, self.replicas())).await?,
        };
        self.check(LEASES, &described.config)?;
        let theirs = described.log().unwrap_or_default();
        if theirs != log.to_string() {
            return Err(ReplicationError::OtherLog {
                stream: LEASES.to_owned(),
                theirs: theirs.to_owned(),
                ours: log,
            });
        }
        let asking = Asking::new(self.connection.clone(), self.lease_answered_within);
        Ok(JetStreamLeases::new(asking))
    }

    async fn make(&self, base: LogBase) -> Result<LogStreamFound, ReplicationError> {
        self.leases(base.log).await?;
        let described = self.made(log_config(base, self.replicas())).await?;
        let name = log_stream(base.incarnation);
        self.check(&name, &described.config)?;
        tracing::info!(stream = name, log = %base.log, after = %base.end.position, "the stream was made");
        described.found(name, base.incarnation)
    }

    fn replicas(&self) -> usize {
        match self.safety {
            Safety::Production => usize::try_from(REPLICAS).unwrap_or_default(),
            Safety::Unsafe { replicas } => replicas,
        }
    }

    fn check(&self, stream: &str, settings: &Settings) -> Result<(), ReplicationError> {
        tell_unknown(stream, settings);
        let unfit = match self.safety {
            Safety::Production => unfit(stream, settings),
            Safety::Unsafe { .. } => unfit_to_try(stream, settings),
        };
        match unfit.into_iter().next() {
            Some(unfit) => Err(ReplicationError::configuration(stream, unfit)),
            None => Ok(()),
        }
    }

    async fn described(&self, stream: &str) -> Result<Option<Described>, ReplicationError> {
        match self
            .ask(stream, format!("STREAM.INFO.{stream}"), &())
            .await?
        {
            Response::Ok(described) => Ok(Some(described)),
            Response::Err { error } if error.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                Ok(None)
            }
            Response::Err { error } => Err(server(stream, error)),
        }
    }

    async fn made(&self, config: Config) -> Result<Described, ReplicationError> {
        let stream = &config.name;
        match self
            .ask(stream, format!("STREAM.CREATE.{stream}"), &config)
            .await?
        {
            Response::Ok(described) => Ok(described),
            Response::Err { error } => Err(server(stream, error)),
        }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        stream: &str,
        request: String,
        body: &impl Serialize,
    ) -> Result<Response<T>, ReplicationError> {
        let asked = self
            .permitted(self.jetstream.request(request, body))
            .await?;
        asked.map_err(|error| unanswered(stream, error))
    }

    async fn permitted<T>(&self, asked: impl Future<Output = T>) -> Result<T, ReplicationError> {
        let asked = self.connection.unless_denied(asked).await;
        asked.map_err(|denied| ReplicationError::Denied { why: denied.why })
    }
}

/// The latest incarnation that has a stream of records in this account.
pub(crate) async fn newest(jetstream: &Context) -> Result<Option<Incarnation>, RequestError> {
    let mut newest = None;
    let mut offset = 0;
    loop {
        let page = json!({ "subject": LOG_SUBJECTS, "offset": offset });
        let names: Response<Names> = jetstream.request("STREAM.NAMES", &page).await?;
        let names = match names {
            Response::Ok(names) => names,
            Response::Err { error } => {
                return Err(RequestError::with_source(RequestErrorKind::Other, error));
            }
        };
        let streams = names.streams.unwrap_or_default();
        newest = streams
            .iter()
            .filter_map(|stream| log_of(stream))
            .max()
            .max(newest);
        offset += streams.len();
        if streams.is_empty() || offset >= names.total {
            return Ok(newest);
        }
    }
}

/// One page of names of streams.
#[derive(Deserialize)]
struct Names {
    #[serde(default)]
    total: usize,
    #[serde(default)]
    streams: Option<Vec<String>>,
}

/// The server's description of a stream.
#[derive(Deserialize)]
struct Described {
    config: Settings,
    created: String,
}

impl Described {
    fn metadata(&self, key: &str) -> Option<&str> {
        self.config.get("metadata")?.get(key)?.as_str()
    }

    fn log(&self) -> Option<&str> {
        self.metadata(LOG_KEY)
    }

    fn found(
        &self,
        name: String,
        incarnation: Incarnation,
    ) -> Result<LogStreamFound, ReplicationError> {
        let missing = |key| ReplicationError::Metadata {
            stream: name.clone(),
            key,
        };
        let log = self.log().and_then(|log| log.parse().ok());
        let position = self.metadata(BASE_POSITION_KEY);
        let position = position.and_then(|position| position.parse().ok());
        let chain = self.metadata(BASE_CHAIN_KEY).and_then(chain);
        let base = LogBase {
            log: LogId::new(log.ok_or_else(|| missing(LOG_KEY))?),
            incarnation,
            end: Place {
                position: Position::new(position.ok_or_else(|| missing(BASE_POSITION_KEY))?),
                chain: chain.ok_or_else(|| missing(BASE_CHAIN_KEY))?,
            },
        };
        let created_ns = nanos(&self.created);
        let created_ns = created_ns
            .ok_or_else(|| server(&name, format!("the time {:?} cannot be read", self.created)))?;
        Ok(LogStreamFound {
            name,
            base,
            created_ns,
        })
    }
}

/// A chain in the form in which it is shown.
fn chain(text: &str) -> Option<Chain> {
    let mut hash = [0; 32];
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    let chain = Chain::new(hash);
    (chain.to_string() == text).then_some(chain)
}

fn log_config(base: LogBase, replicas: usize) -> Config {
    let more = [
        (BASE_POSITION_KEY.to_owned(), base.end.position.to_string()),
        (BASE_CHAIN_KEY.to_owned(), base.end.chain.to_string()),
    ];
    let mut config = Config {
        description: Some("The log of plansync".to_owned()),
        subjects: vec![log_subject(base.incarnation)],
        discard: DiscardPolicy::New,
        deny_delete: true,
        ..config(log_stream(base.incarnation), base.log, replicas)
    };
    config.metadata.extend(more);
    config
}

fn lease_config(log: LogId, replicas: usize) -> Config {
    Config {
        description: Some("Which node of plansync leads".to_owned()),
        subjects: vec![LEASE_SUBJECT.to_owned()],
        discard: DiscardPolicy::Old,
        max_messages: LEASES_KEPT,
        ..config(LEASES.to_owned(), log, replicas)
    }
}

fn config(name: String, log: LogId, replicas: usize) -> Config {
    Config {
        name,
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        num_replicas: replicas,
        allow_direct: false,
        metadata: [(LOG_KEY.to_owned(), log.to_string())].into(),
        ..Config::default()
    }
}

fn server(stream: &str, source: impl Into<async_nats::Error>) -> ReplicationError {
    ReplicationError::Server {
        stream: stream.to_owned(),
        source: source.into(),
    }
}

fn unanswered(stream: &str, error: RequestError) -> ReplicationError {
    if error.kind() == RequestErrorKind::NoResponders {
        ReplicationError::NoJetStream
    } else {
        server(stream, error)
    }
}

#[cfg(test)]
mod tests {
    use super::{Chain, chain};

    #[test]
    fn a_chain_is_read_as_it_is_shown() {
        let shown = Chain::new(std::array::from_fn(|at| u8::try_from(at * 8).unwrap()));
        assert_eq!(chain(&shown.to_string()), Some(shown));
        let hash = shown.to_string();
        for other in [
            "",
            "00",
            &hash[1..],
            &format!("{hash}00"),
            &hash.to_uppercase(),
            &hash.replacen("08", "+8", 1),
        ] {
            assert_eq!(chain(other), None, "{other}");
        }
    }
}
