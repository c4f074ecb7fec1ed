//! What is wrong with the streams and the engine's consumer, as the server describes them. Nothing is changed here.

use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::{ConsumerError, ConsumerErrorKind};
use async_nats::jetstream::{Context, ErrorCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::commands::{ACK_WAIT, CONSUMER};
use crate::settings::{Settings, UNACKNOWLEDGED_MAX, Unfit, is_unset, unfit};
use crate::streams::{COMMANDS, StreamError, owner};

/// The number of consumers that are named; if there are more, only their number is given.
const NAMED_MAX: usize = 5;

/// Something that is wrong with a stream or with the engine's consumer. As text, it says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamFault {
    /// There is no such stream.
    Removed {
        /// The stream.
        stream: &'static str,
    },
    /// A setting would lose, forge or block messages.
    Setting {
        /// The stream.
        stream: &'static str,
        /// The server's name for the setting.
        setting: &'static str,
        /// Its value.
        found: String,
        /// The value that is needed.
        needed: String,
        /// The effect.
        why: &'static str,
        /// What to do.
        cure: String,
    },
    /// The stream belongs to another log.
    OtherLog {
        /// The stream.
        stream: &'static str,
        /// The log in its metadata.
        theirs: String,
        /// The engine's log.
        ours: String,
    },
    /// Others take commands from the stream of commands.
    OtherConsumers {
        /// The consumers, in words.
        consumers: String,
        /// What to do.
        cure: String,
    },
    /// The engine's consumer is paused.
    Paused,
    /// Somebody has changed the engine's consumer.
    Edited {
        /// The first setting that differs, in words.
        edit: String,
    },
}

impl StreamFault {
    pub(crate) fn setting(stream: &'static str, unfit: Unfit) -> Self {
        Self::Setting {
            stream,
            setting: unfit.setting,
            found: unfit.found,
            needed: unfit.needed,
            why: unfit.why,
            cure: unfit.cure,
        }
    }

    /// What is wrong.
    pub fn what(&self) -> String {
        match self {
            Self::Removed { stream } => {
                format!("the stream {stream} was removed, and the messages in it are lost")
            }
            Self::Setting {
                stream,
                setting,
                found,
                needed,
                why,
                ..
            } => format!("the stream {stream} has {setting} = {found}, but needs {needed}: {why}"),
            Self::OtherLog {
                stream,
                theirs,
                ours,
            } => {
                format!("the stream {stream} now belongs to the log {theirs} instead of {ours}")
            }
            Self::OtherConsumers { consumers, .. } => format!(
                "{consumers} on {COMMANDS} takes commands away from the engine, whose own consumer the server \
                 therefore refuses"
            ),
            Self::Paused => format!(
                "the consumer {CONSUMER} on {COMMANDS} is paused, so durable commands wait in the stream"
            ),
            Self::Edited { edit } => format!(
                "another client edited the consumer {CONSUMER} on {COMMANDS} ({edit}); no command is lost"
            ),
        }
    }

    /// What to do.
    pub fn cure(&self) -> String {
        match self {
            Self::Removed { .. } => "the engine creates it again".to_owned(),
            Self::Setting { cure, .. } | Self::OtherConsumers { cure, .. } => cure.clone(),
            Self::OtherLog { .. } => {
                "find out which client changed it, and give each engine a NATS account of its own"
                    .to_owned()
            }
            Self::Paused => format!("run `nats consumer resume {COMMANDS} {CONSUMER}`"),
            Self::Edited { .. } => {
                "the engine creates the consumer again; let no other client change it".to_owned()
            }
        }
    }
}

impl std::fmt::Display for StreamFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let between = if matches!(self, Self::Edited { .. }) {
            ": "
        } else {
            "; "
        };
        write!(f, "{}{between}{}", self.what(), self.cure())
    }
}

/// What is wrong with the settings of a stream; with its log, too, if it is known which one it must be.
pub(crate) fn of_stream(
    stream: &'static str,
    settings: Option<&Settings>,
    ours: Option<&str>,
) -> Vec<StreamFault> {
    let Some(settings) = settings else {
        return vec![StreamFault::Removed { stream }];
    };
    let mut faults: Vec<_> = unfit(stream, settings)
        .into_iter()
        .map(|unfit| StreamFault::setting(stream, unfit))
        .collect();
    if let (Some(theirs), Some(ours)) = (owner(settings), ours)
        && theirs != ours
    {
        faults.push(StreamFault::OtherLog {
            stream,
            theirs: theirs.to_owned(),
            ours: ours.to_owned(),
        });
    }
    faults
}

/// The server's list of the consumers of the stream of commands: one page, with more than will be named.
#[derive(Debug, Deserialize)]
pub(crate) struct Consumers {
    total: usize,
    #[serde(default)]
    consumers: Option<Vec<Consumer>>,
}

/// A consumer, as the server describes it.
#[derive(Debug, Deserialize)]
pub(crate) struct Consumer {
    name: String,
    config: Settings,
    #[serde(default)]
    paused: bool,
    /// Pulls that wait for a message.
    #[serde(default, rename = "num_waiting")]
    waiting: u64,
    /// Messages that were delivered more than once and are not acknowledged.
    #[serde(default, rename = "num_redelivered")]
    pub(crate) redelivered: u64,
}

impl Consumers {
    /// The consumers of the stream of commands.
    pub(crate) async fn listed(context: &Context) -> Result<Self, StreamError> {
        let all = json!({});
        let asked = context.request(format!("CONSUMER.LIST.{COMMANDS}"), &all);
        let server = |source: async_nats::Error| StreamError::Server {
            stream: COMMANDS,
            source,
        };
        let told: Response<Self> = asked.await.map_err(|error| server(error.into()))?;
        match told {
            Response::Ok(consumers) => Ok(consumers),
            Response::Err { error } if error.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                Ok(Self {
                    total: 0,
                    consumers: None,
                })
            }
            Response::Err { error } => Err(server(error.into())),
        }
    }

    fn all(&self) -> &[Consumer] {
        self.consumers.as_deref().unwrap_or_default()
    }

    /// The engine's consumer.
    pub(crate) fn own(&self) -> Option<&Consumer> {
        self.all().iter().find(|consumer| consumer.name == CONSUMER)
    }

    /// What is wrong with them.
    pub(crate) fn faults(&self) -> Vec<StreamFault> {
        let others = self.others();
        let mut faults: Vec<_> = others
            .map(|Others { consumers, cure }| StreamFault::OtherConsumers { consumers, cure })
            .into_iter()
            .collect();
        if let Some(own) = self.own() {
            faults.extend(own.paused.then_some(StreamFault::Paused));
            faults.extend(edited(&own.config).map(|edit| StreamFault::Edited { edit }));
        }
        faults
    }

    /// The consumers of other clients, if there are any.
    fn others(&self) -> Option<Others> {
        let all = self.all();
        let names: Vec<_> = all
            .iter()
            .map(|consumer| &*consumer.name)
            .filter(|name| *name != CONSUMER)
            .collect();
        // A consumer that is being created is counted before it is listed, and it may be the engine's own.
        let own_unlisted = usize::from(names.len() == all.len());
        let unlisted = self.total.saturating_sub(all.len() + own_unlisted);
        let count = names.len() + unlisted;
        let shown = names.get(..NAMED_MAX).unwrap_or(&names);
        let first: Vec<_> = shown.iter().map(|name| format!("{name:?}")).collect();
        let first = first.join(", ");
        let consumers = match count {
            0 => return None,
            1 => format!("another consumer {first}").trim_end().to_owned(),
            _ if count > NAMED_MAX => format!("each of {count} other consumers ({first}, …)"),
            _ => format!("each of {count} other consumers ({first})"),
        };
        let cure = removal(shown, count);
        Some(Others { consumers, cure })
    }
}

/// The consumers of other clients on the stream of commands.
#[derive(Debug, PartialEq, Eq)]
struct Others {
    /// The consumers, in words.
    consumers: String,
    /// What to do.
    cure: String,
}

/// What removes consumers, of which these are named.
fn removal(named: &[&str], count: usize) -> String {
    // A name that a shell would take for something else is chosen from the list that the tool shows.
    let is_plain = |name: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        !name.is_empty() && !name.starts_with('-') && name.chars().all(is_plain)
    };
    let plain = named.iter().filter(|name| is_plain(name));
    let mut commands: Vec<_> = plain
        .map(|name| format!("`nats consumer rm {COMMANDS} {name}`"))
        .collect();
    if commands.len() < count {
        commands.push(format!(
            "`nats consumer rm {COMMANDS}`, which asks for the name"
        ));
    }
    let (whom, who_has) = match count {
        1 => ("it", "it has"),
        _ => ("them", "they have"),
    };
    format!(
        "remove {whom} with {}: what {who_has} not acknowledged stays in the stream",
        commands.join(" and ")
    )
}

/// Whether some client waits for commands at the engine's consumer.
pub(crate) async fn is_pulled(context: &Context) -> Result<bool, StreamError> {
    let all = Consumers::listed(context).await?;
    Ok(all.own().is_some_and(|consumer| consumer.waiting > 0))
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
    match Consumers::listed(context).await {
        Ok(listed) => match listed.others() {
            Some(Others { consumers, cure }) => StreamError::OtherConsumers {
                stream: COMMANDS,
                consumers,
                cure,
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

    fn others(total: usize, names: &[&str]) -> Option<Others> {
        let consumer = |name: &&str| json!({ "name": name, "config": {} });
        let consumers: Vec<_> = names.iter().map(consumer).collect();
        let listed = json!({ "total": total, "consumers": consumers });
        let listed: Consumers = serde_json::from_value(listed).unwrap();
        listed.others()
    }

    fn said(total: usize, names: &[&str]) -> Option<String> {
        others(total, names).map(|others| others.consumers)
    }

    #[test]
    fn what_removes_others_can_be_typed_as_it_is_said() {
        let cure = |total, names: &[&str]| others(total, names).unwrap().cure;
        let removed = "what it has not acknowledged stays in the stream";
        assert_eq!(
            cure(2, &[CONSUMER, "thief"]),
            format!("remove it with `nats consumer rm PLANSYNC_COMMANDS thief`: {removed}")
        );
        assert_eq!(
            cure(3, &["a", CONSUMER, "b"]),
            "remove them with `nats consumer rm PLANSYNC_COMMANDS a` and `nats consumer rm PLANSYNC_COMMANDS b`: what \
             they have not acknowledged stays in the stream"
        );
        let asks = format!(
            "remove it with `nats consumer rm PLANSYNC_COMMANDS`, which asks for the name: {removed}"
        );
        for hostile in ["x;reboot", "$(x)", "`x`", "-f", "a\u{1b}"] {
            assert_eq!(cure(2, &[CONSUMER, hostile]), asks, "{hostile}");
        }
        assert_eq!(cure(2, &[]), asks);
        let many = cure(8, &["a", "b", "c", "d", "e", "f", "g"]);
        assert!(
            many.contains("PLANSYNC_COMMANDS e` and `nats consumer rm PLANSYNC_COMMANDS`, which"),
            "{many}"
        );
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
