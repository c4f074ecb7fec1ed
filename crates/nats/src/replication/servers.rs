//! Whether the servers are safe enough to hold a log: their version, and whether they flush before they acknowledge.

use std::collections::BTreeSet;
use std::fmt;

use crate::client_connection::ClientConnection;
use crate::examining::{Examiner, FlushFound, JetStreamServer, NoAnswer};

/// The oldest version that may hold a log. Earlier ones can lose what they have acknowledged when the server that leads
/// a stream changes.
const VERSION_MIN: Version = Version([2, 14, 4]);

/// The three numbers of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Version([u64; 3]);

impl Version {
    /// Reads a version such as `2.14.4`. A preview of a version is earlier than it, and counts as the one before.
    fn read(text: &str) -> Option<Self> {
        let (numbers, preview) = match text.split_once('-') {
            Some((numbers, _)) => (numbers, true),
            None => (text, false),
        };
        let mut parts = numbers.split('.').map(|part| part.parse().ok());
        let mut part = || parts.next().flatten();
        let read = Self([part()?, part()?, part()?]);
        let is_all = parts.next().is_none();
        let is_min_at_best = preview && read == VERSION_MIN;
        (is_all && !is_min_at_best).then_some(read)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

/// Why the servers must not hold a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServersError {
    /// One of them is too old.
    #[error(
        "the nats-server {server} has version {version}, and a replicated log needs {VERSION_MIN} or later: earlier ones can \
         lose what they have acknowledged; update it"
    )]
    Old {
        /// Its name.
        server: String,
        /// Its version.
        version: String,
    },
    /// One of them acknowledges before it flushes.
    #[error(
        "the nats-server {server} acknowledges what is not on its disk yet, so that a power cut would lose commits; set \
         `sync_interval: always` in its `jetstream` block and restart it"
    )]
    NotFlushed {
        /// Its name.
        server: String,
    },
    /// They do not tell.
    #[error(
        "the nats-servers do not tell this user whether they flush before they acknowledge, which a replicated log needs \
         ({why}); let the engine's account import `$SYS.REQ.SERVER.PING.JSZ`, as deploy/nats/cluster.conf does"
    )]
    Silent {
        /// Why there is no answer.
        why: NoAnswer,
    },
}

impl ServersError {
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Silent { why } => {
                matches!(why, NoAnswer::TimedOut { .. } | NoAnswer::Connection { .. })
            }
            Self::Old { .. } | Self::NotFlushed { .. } => false,
        }
    }
}

/// Checks every server that has `JetStream`, and gives the names of those that cannot be reached now: they are checked by
/// a node that starts when they are back.
pub(super) async fn check_all(
    connection: &ClientConnection,
) -> Result<BTreeSet<String>, ServersError> {
    let examiner = Examiner::over(connection.clone());
    let servers = examiner.jetstream_servers().await;
    let servers = servers.map_err(|why| ServersError::Silent { why })?;
    judge(&servers)
}

/// Checks only the version of the server that the connection is to.
pub(super) fn check_version(connection: &ClientConnection) -> Result<(), ServersError> {
    let server = connection.nats().server_info();
    check(&server.server_name, &server.version)
}

fn judge(servers: &[JetStreamServer]) -> Result<BTreeSet<String>, ServersError> {
    for server in servers {
        check(&server.name, &server.version)?;
        if server.flush != FlushFound::Always {
            return Err(ServersError::NotFlushed {
                server: server.name.clone(),
            });
        }
    }
    let mut silent: BTreeSet<_> = servers
        .iter()
        .flat_map(|server| server.others.clone())
        .collect();
    for server in servers {
        silent.remove(&server.name);
    }
    Ok(silent)
}

fn check(server: &str, version: &str) -> Result<(), ServersError> {
    match Version::read(version) {
        Some(version) if version >= VERSION_MIN => Ok(()),
        Some(_) | None => Err(ServersError::Old {
            server: server.to_owned(),
            version: version.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn server(name: &str, version: &str, flush: FlushFound) -> JetStreamServer {
        let others = ["n1", "n2", "n3"].iter().filter(|other| **other != name);
        JetStreamServer {
            name: name.to_owned(),
            version: version.to_owned(),
            flush,
            others: others.map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn a_version_is_compared_by_its_numbers() {
        for version in ["2.14.4", "2.14.10", "2.15.0", "2.15.0-RC.1", "3.0.0"] {
            assert_eq!(check("n1", version), Ok(()), "{version}");
        }
        for version in [
            "2.14.3",
            "2.9.99",
            "1.15.9",
            "2.14.4-RC.2",
            "2.14",
            "2.14.4.1",
            "",
            "x",
            "v2.14.4",
        ] {
            let old = ServersError::Old {
                server: "n1".to_owned(),
                version: version.to_owned(),
            };
            assert_eq!(check("n1", version), Err(old), "{version}");
        }
    }

    #[test]
    fn every_server_must_be_safe_and_those_that_are_silent_are_named() {
        let safe = |name| server(name, "2.14.4", FlushFound::Always);
        let silent = |names: &[&str]| Ok(names.iter().map(ToString::to_string).collect());
        assert_eq!(judge(&[safe("n1"), safe("n2"), safe("n3")]), silent(&[]));
        assert_eq!(judge(&[safe("n3")]), silent(&["n1", "n2"]));
        let unsafe_one = server("n2", "2.15.1", FlushFound::Every(Duration::from_mins(2)));
        let not_flushed = ServersError::NotFlushed {
            server: "n2".to_owned(),
        };
        assert_eq!(judge(&[safe("n1"), unsafe_one]), Err(not_flushed));
        let old = judge(&[safe("n1"), server("n3", "2.14.2", FlushFound::Always)]);
        assert!(matches!(old, Err(ServersError::Old { .. })), "{old:?}");
    }
}
