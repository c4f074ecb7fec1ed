//! What each server of a cluster says of its `JetStream`. A server tells that to users of its system account, and to
//! accounts that import the subject from it, as the engine's in `deploy/nats/cluster.conf`; to all others, nobody answers.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;

use super::{ANSWER_MAX, Examiner, NoAnswer};

const SUBJECT: &str = "$SYS.REQ.SERVER.PING.JSZ";

/// A server that has `JetStream`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JetStreamServer {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// When it flushes what it has acknowledged.
    pub flush: FlushFound,
    /// The names of the other servers that it knows to have `JetStream`, whether they can be reached or not.
    pub others: BTreeSet<String>,
}

/// When `JetStream` flushes to the disk what it has acknowledged; the least safe is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlushFound {
    /// Before it acknowledges.
    Always,
    /// After this time at the latest.
    Every(Duration),
}

#[derive(Deserialize)]
struct Told {
    server: Named,
    data: Described,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
    #[serde(default, rename = "ver")]
    version: String,
}

#[derive(Deserialize)]
struct Described {
    config: Config,
    #[serde(default)]
    meta_cluster: Option<MetaCluster>,
}

#[derive(Deserialize)]
struct Config {
    /// Nanoseconds.
    sync_interval: u64,
    #[serde(default)]
    sync_always: bool,
}

#[derive(Deserialize)]
struct MetaCluster {
    #[serde(default)]
    replicas: Option<Vec<Peer>>,
}

#[derive(Deserialize)]
struct Peer {
    name: String,
}

impl From<Told> for JetStreamServer {
    fn from(Told { server, data }: Told) -> Self {
        let flush = if data.config.sync_always {
            FlushFound::Always
        } else {
            FlushFound::Every(Duration::from_nanos(data.config.sync_interval))
        };
        let peers = data.meta_cluster.and_then(|cluster| cluster.replicas);
        Self {
            name: server.name,
            version: server.version,
            flush,
            others: peers.into_iter().flatten().map(|peer| peer.name).collect(),
        }
    }
}

impl Examiner {
    /// What each server that can be reached says of its `JetStream`; one at least.
    pub async fn jetstream_servers(&self) -> Result<Vec<JetStreamServer>, NoAnswer> {
        let subject = || SUBJECT.to_owned();
        let answers = self.ask_all(SUBJECT, b"{\"config\":true}").await?;
        let answers = answers.ok_or_else(|| NoAnswer::Nobody { subject: subject() })?;
        if answers.is_empty() {
            return Err(NoAnswer::TimedOut {
                subject: subject(),
                within: ANSWER_MAX,
            });
        }
        let found = found(answers.iter().map(|answer| &*answer.payload));
        if found.is_empty() {
            return Err(NoAnswer::Useless {
                subject: subject(),
                said: "no server tells its settings".to_owned(),
            });
        }
        Ok(found)
    }

    /// When `JetStream` flushes what it has acknowledged: of several servers, the one that does so last.
    pub async fn flush(&self) -> Result<FlushFound, NoAnswer> {
        let servers = self.jetstream_servers().await?;
        let flushes = servers.iter().map(|server| server.flush);
        Ok(flushes.max().unwrap_or(FlushFound::Always))
    }
}

/// What servers tell; those without `JetStream` tell nothing.
fn found<'a>(answers: impl Iterator<Item = &'a [u8]>) -> Vec<JetStreamServer> {
    let told = answers.filter_map(|answer| serde_json::from_slice::<Told>(answer).ok());
    told.map(JetStreamServer::from).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FlushFound, JetStreamServer, found};

    fn told(data: &[&str]) -> Vec<JetStreamServer> {
        let told = |data: &&str| {
            format!("{{\"server\":{{\"name\":\"n1\",\"ver\":\"2.15.1\"}},\"data\":{data}}}")
        };
        let answers: Vec<_> = data.iter().map(told).collect();
        found(answers.iter().map(String::as_bytes))
    }

    #[test]
    fn each_server_with_jetstream_tells_when_it_flushes() {
        let every = "{\"config\":{\"sync_interval\": 120000000000}}";
        let always = "{\"config\":{\"sync_interval\": 900000000000, \"sync_always\": true}}";
        let flushes = |data: &[&str]| -> Vec<_> {
            let servers = told(data);
            servers.iter().map(|server| server.flush).collect()
        };
        let two_minutes = FlushFound::Every(Duration::from_mins(2));
        let off = "{\"disabled\":true}";
        assert_eq!(flushes(&[always]), [FlushFound::Always]);
        assert_eq!(
            flushes(&[every, off, always]),
            [two_minutes, FlushFound::Always]
        );
        assert_eq!(flushes(&[off]), []);
        // The least safe of several is the greatest.
        assert!(FlushFound::Always < two_minutes);
    }

    #[test]
    fn each_server_names_the_others() {
        let servers = told(&[
            "{\"config\":{\"sync_interval\": 1},\"meta_cluster\":{\"name\":\"c\",\"replicas\":[{\"name\":\"n2\"},{\"name\":\"n3\"}]}}",
            "{\"config\":{\"sync_interval\": 1},\"meta_cluster\":{\"name\":\"c\"}}",
        ]);
        let others: Vec<_> = servers.iter().map(|server| server.others.len()).collect();
        assert_eq!(others, [2, 0]);
        assert_eq!(
            (servers[0].name.as_str(), servers[0].version.as_str()),
            ("n1", "2.15.1")
        );
    }
}
