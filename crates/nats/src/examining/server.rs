//! What the server says of itself, of this user, and of what its account may store.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::response::Response;
use chrono::DateTime;
use serde::Deserialize;

use super::{Examiner, NoAnswer};
use crate::settings::EVENT_BYTES_MAX;

/// A server as it introduces itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFound {
    /// Its version.
    pub version: String,
    /// The first two numbers of the version; `None` if it has none.
    pub release: Option<(u64, u64)>,
    /// The largest message that it takes, in bytes.
    pub max_payload: usize,
    /// The largest message that is needed, in bytes.
    pub payload_needed: usize,
}

/// What the server knows about this user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserFound {
    /// The name of the user; of a user with a key, the key.
    pub user: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// The time of the server, if it told it.
    pub time: Option<TimeFound>,
    /// On which subjects the user may publish.
    pub(super) publish: Subjects,
    /// To which subjects the user may subscribe.
    pub(super) subscribe: Subjects,
}

/// What the subjects of requests begin with.
const REQUESTS: &str = "plansync.v1.req";

/// The time that a server told, between two times of this machine; all in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeFound {
    /// Before the server was asked.
    pub before: i64,
    /// The time of the server.
    pub server: i64,
    /// After it had answered.
    pub after: i64,
}

/// Subjects that are allowed and denied; without any, all are allowed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub(super) struct Subjects {
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    deny: Vec<String>,
}

#[derive(Deserialize)]
struct Introduced {
    server: Told,
    #[serde(default)]
    data: Option<Known>,
}

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    time: Option<String>,
}

#[derive(Deserialize)]
struct Known {
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    account: Option<String>,
    #[serde(default)]
    permissions: Option<Permissions>,
}

#[derive(Deserialize, Default)]
struct Permissions {
    #[serde(default)]
    publish: Option<Subjects>,
    #[serde(default)]
    subscribe: Option<Subjects>,
}

/// What there is of `JetStream`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JetStreamFound {
    /// The server has none, or none for this account.
    Off,
    /// What the account may store, by tier; without tiers, the name of the only one is empty.
    On(Vec<(String, Allowance)>),
}

/// What an account uses and may use; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Bytes on disk.
    pub storage: u64,
    /// Bytes that it may have on disk.
    pub storage_max: Option<u64>,
    /// Streams.
    pub streams: u64,
    /// Streams that it may have.
    pub streams_max: Option<u64>,
    /// Consumers that it may have.
    pub consumers_max: Option<u64>,
}

#[derive(Deserialize)]
struct Account {
    #[serde(flatten)]
    whole: Usage,
    #[serde(default)]
    tiers: BTreeMap<String, Usage>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    storage: u64,
    #[serde(default)]
    reserved_storage: u64,
    #[serde(default)]
    streams: u64,
    #[serde(default)]
    limits: Limits,
}

#[derive(Deserialize, Default)]
struct Limits {
    #[serde(default, rename = "max_storage")]
    storage: Option<i64>,
    #[serde(default, rename = "max_streams")]
    streams: Option<i64>,
    #[serde(default, rename = "max_consumers")]
    consumers: Option<i64>,
}

impl Usage {
    fn allowance(&self) -> Allowance {
        // No limit is -1.
        let limit = |limit: Option<i64>| limit.and_then(|limit| u64::try_from(limit).ok());
        Allowance {
            storage: self.storage.max(self.reserved_storage),
            storage_max: limit(self.limits.storage),
            streams: self.streams,
            streams_max: limit(self.limits.streams),
            consumers_max: limit(self.limits.consumers),
        }
    }
}

impl Subjects {
    #[cfg(test)]
    pub(super) fn only(allowed: &str) -> Self {
        Self {
            allow: vec![allowed.to_owned()],
            deny: Vec::new(),
        }
    }

    /// Whether this subject, which has no wildcards, is permitted.
    pub(super) fn permit(&self, subject: &str) -> bool {
        let matches = |pattern: &String| is_within(subject, pattern);
        let is_allowed = self.allow.is_empty() || self.allow.iter().any(matches);
        is_allowed && !self.deny.iter().any(matches)
    }
}

impl UserFound {
    /// The tenant as whose actor of this name the user may send requests, if the permissions name one only.
    pub fn only_tenant(&self, actor: &str) -> Option<&str> {
        let mut tenants = self.publish.allow.iter().filter_map(|allowed| {
            let of_tenant = allowed.strip_prefix(REQUESTS)?.strip_prefix('.')?;
            let (tenant, rest) = of_tenant.split_once('.')?;
            let named = rest.split('.').next()?;
            let is_of_actor = [actor, "*", ">"].contains(&named);
            (is_of_actor && !["*", ">"].contains(&tenant)).then_some(tenant)
        });
        let first = tenants.next()?;
        tenants.all(|tenant| tenant == first).then_some(first)
    }
}

/// Whether a subject without wildcards is one of those that a pattern names.
fn is_within(subject: &str, pattern: &str) -> bool {
    let mut tokens = subject.split('.');
    for wanted in pattern.split('.') {
        let token = tokens.next();
        match (wanted, token) {
            (">", Some(_)) => return true,
            ("*", Some(_)) => {}
            (wanted, Some(token)) if wanted == token => {}
            (_, _) => return false,
        }
    }
    tokens.next().is_none()
}

impl Examiner {
    /// How the server introduces itself.
    pub fn server(&self) -> ServerFound {
        let info = self.connection.nats().server_info();
        let mut numbers = info.version.split('.').map(|part| part.parse().ok());
        let found = numbers.next().flatten().zip(numbers.next().flatten());
        ServerFound {
            release: found,
            version: info.version,
            max_payload: info.max_payload,
            payload_needed: EVENT_BYTES_MAX,
        }
    }

    /// What the server knows about this user, and its time.
    pub async fn user(&self) -> Result<UserFound, NoAnswer> {
        const SUBJECT: &str = "$SYS.REQ.USER.INFO";
        let before = now();
        let told: Introduced = self.ask_json(SUBJECT, b"").await?;
        let after = now();
        let time = told.server.time.as_deref().and_then(micros);
        let time = time.map(|server| TimeFound {
            before,
            server,
            after,
        });
        let known = told.data.ok_or_else(|| NoAnswer::Useless {
            subject: SUBJECT.to_owned(),
            said: "it does not tell the user".to_owned(),
        })?;
        let permissions = known.permissions.unwrap_or_default();
        Ok(UserFound {
            user: known.user,
            account: known.account,
            time,
            publish: permissions.publish.unwrap_or_default(),
            subscribe: permissions.subscribe.unwrap_or_default(),
        })
    }

    /// What there is of `JetStream`.
    pub async fn jetstream(&self) -> Result<JetStreamFound, NoAnswer> {
        const SUBJECT: &str = "$JS.API.INFO";
        let told: Response<Account> = match self.ask_json(SUBJECT, b"").await {
            Err(NoAnswer::Nobody { .. }) => return Ok(JetStreamFound::Off),
            told => told?,
        };
        let account = match told {
            Response::Ok(account) => account,
            Response::Err { error } => {
                let is_off = [
                    ErrorCode::JETSTREAM_NOT_ENABLED,
                    ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT,
                ];
                if is_off.contains(&error.error_code()) {
                    return Ok(JetStreamFound::Off);
                }
                return Err(NoAnswer::Useless {
                    subject: SUBJECT.to_owned(),
                    said: error.to_string(),
                });
            }
        };
        let whole = [(String::new(), account.whole.allowance())];
        let tiers = account
            .tiers
            .iter()
            .map(|(name, tier)| (name.clone(), tier.allowance()));
        Ok(JetStreamFound::On(if account.tiers.is_empty() {
            whole.into()
        } else {
            tiers.collect()
        }))
    }
}

/// Microseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    })
}

/// A time of the server in microseconds since 1970.
pub(super) fn micros(time: &str) -> Option<i64> {
    let time = DateTime::parse_from_rfc3339(time).ok()?;
    Some(time.timestamp_micros())
}

#[cfg(test)]
mod tests {
    use super::{Subjects, UserFound, is_within};

    #[test]
    fn the_tenant_of_a_user_is_known_if_the_permissions_name_one_only() {
        let tenant = |allowed: &[&str]| {
            let user = UserFound {
                user: None,
                account: None,
                time: None,
                publish: Subjects {
                    allow: allowed.iter().map(ToString::to_string).collect(),
                    deny: Vec::new(),
                },
                subscribe: Subjects::default(),
            };
            user.only_tenant("system").map(str::to_owned)
        };
        let north = Some("northgate".to_owned());
        for (allowed, expected) in [
            (&["plansync.v1.req.northgate.system.>"][..], &north),
            (
                &["$SYS.REQ.USER.INFO", "plansync.v1.req.northgate.>"],
                &north,
            ),
            (
                &[
                    "plansync.v1.req.northgate.*.engine.status",
                    "plansync.v1.cmd.southgate.system.>",
                    "plansync.v1.req.southgate.alice.>",
                ],
                &north,
            ),
            (
                &[
                    "plansync.v1.req.northgate.system.>",
                    "plansync.v1.req.southgate.system.>",
                ],
                &None,
            ),
            (&["plansync.v1.req.northgate.alice.>"], &None),
            (&["plansync.v1.req.*.system.>"], &None),
            (&["plansync.v1.req.>"], &None),
            (&["plansync.v1.request.northgate.system.>"], &None),
            (&[], &None),
        ] {
            assert_eq!(&tenant(allowed), expected, "{allowed:?}");
        }
    }

    #[test]
    fn a_subject_is_permitted_as_a_server_permits_it() {
        for (subject, pattern, expected) in [
            ("a.b", "a.b", true),
            ("a.b", "a.*", true),
            ("a.b", ">", true),
            ("a.b", "a.>", true),
            ("a", "a.>", false),
            ("a.b.c", "a.*", false),
            ("a.b", "a.b.c", false),
            ("a.b", "*", false),
        ] {
            assert_eq!(is_within(subject, pattern), expected, "{subject} {pattern}");
        }
        let subjects = |allow: &[&str], deny: &[&str]| {
            let list = |of: &[&str]| of.iter().map(ToString::to_string).collect();
            Subjects {
                allow: list(allow),
                deny: list(deny),
            }
        };
        assert!(subjects(&[], &[]).permit("a.b"));
        assert!(!subjects(&[], &["a.>"]).permit("a.b"));
        assert!(!subjects(&["b.>"], &[]).permit("a.b"));
        assert!(subjects(&["b.>", "a.*"], &["a.c"]).permit("a.b"));
    }
}
