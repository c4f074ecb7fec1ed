//! What the two streams must be like, depending on who has the log: one engine alone, or several nodes.

use async_nats::jetstream::stream::Config;
use serde_json::{Value, json};

use crate::command_queue::{QUEUED_SUBJECTS, SENT_SUBJECTS};
use crate::settings::{Settings, Unfit};
use crate::streams::COMMANDS;

/// Who puts commands into their stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamUse {
    /// One engine, and clients that publish into the stream.
    Alone,
    /// The nodes that share a log. Both streams have this many replicas.
    Shared { replicas: usize },
}

impl StreamUse {
    /// The configuration of a stream that is made.
    pub(crate) fn on(self, alone: Config) -> Config {
        match self {
            Self::Alone => alone,
            Self::Shared { replicas } if alone.name == COMMANDS => Config {
                subjects: vec![QUEUED_SUBJECTS.to_owned()],
                num_replicas: replicas,
                ..alone
            },
            Self::Shared { replicas } => Config {
                num_replicas: replicas,
                ..alone
            },
        }
    }

    /// Changes what the nodes need otherwise than an engine that has the log alone. The subjects are changed in the same
    /// step as the number of replicas: clients must never be able to publish into a replicated stream.
    pub(crate) fn mend(self, stream: &'static str, settings: &mut Settings) {
        let Self::Shared { replicas } = self else {
            return;
        };
        let has = settings.get("num_replicas").and_then(Value::as_u64);
        if has < u64::try_from(replicas).ok() {
            settings.insert("num_replicas".to_owned(), replicas.into());
        }
        if stream == COMMANDS && subjects(settings) == Some(SENT_SUBJECTS) {
            settings.insert("subjects".to_owned(), json!([QUEUED_SUBJECTS]));
        }
    }

    /// What is wrong with a stream into which nobody would put commands.
    pub(crate) fn unfit(self, stream: &str, settings: &Settings) -> Option<Unfit> {
        let is_unfit = self == Self::Alone && subjects(settings) == Some(QUEUED_SUBJECTS);
        is_unfit.then(|| Unfit {
            setting: "subjects",
            found: json!([QUEUED_SUBJECTS]).to_string(),
            needed: json!([SENT_SUBJECTS]).to_string(),
            why: "nodes that shared a log put commands into it, and clients could not",
            cure: format!(
                "change it with `nats stream edit {stream} --subjects '{SENT_SUBJECTS}' --replicas 1`"
            ),
        })
    }
}

/// The only subject of a stream.
fn subjects(settings: &Settings) -> Option<&str> {
    match settings.get("subjects")?.as_array()?.as_slice() {
        [only] => only.as_str(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::EVENTS;

    fn settings(subjects: &[&str], replicas: u64) -> Settings {
        let settings = json!({"subjects": subjects, "num_replicas": replicas, "max_bytes": 7});
        let Value::Object(settings) = settings else {
            unreachable!("it is an object")
        };
        settings
    }

    fn mended(used: StreamUse, stream: &'static str, mut settings: Settings) -> Settings {
        used.mend(stream, &mut settings);
        settings
    }

    #[test]
    fn nodes_take_the_stream_of_commands_from_clients_and_replicate_both() {
        let shared = StreamUse::Shared { replicas: 3 };
        let commands = settings(&[SENT_SUBJECTS], 1);
        let taken = settings(&[QUEUED_SUBJECTS], 3);
        assert_eq!(mended(shared, COMMANDS, commands.clone()), taken);
        assert_eq!(mended(shared, COMMANDS, taken.clone()), taken);
        assert_eq!(
            mended(StreamUse::Alone, COMMANDS, commands.clone()),
            commands
        );
        let events = settings(&["plansync.v1.evt.>"], 5);
        assert_eq!(mended(shared, EVENTS, events.clone()), events);
        let strange = mended(shared, COMMANDS, settings(&["a", SENT_SUBJECTS], 3));
        assert_eq!(strange, settings(&["a", SENT_SUBJECTS], 3));
    }

    #[test]
    fn an_engine_that_is_alone_needs_a_stream_into_which_clients_publish() {
        let of_nodes = settings(&[QUEUED_SUBJECTS], 3);
        let unfit = StreamUse::Alone.unfit(COMMANDS, &of_nodes).unwrap();
        assert_eq!(
            (unfit.setting, unfit.needed.as_str()),
            ("subjects", "[\"plansync.v1.cmd.>\"]")
        );
        let of_clients = settings(&[SENT_SUBJECTS], 1);
        assert_eq!(StreamUse::Alone.unfit(COMMANDS, &of_clients), None);
        let shared = StreamUse::Shared { replicas: 3 };
        assert_eq!(shared.unfit(COMMANDS, &of_nodes), None);
    }
}
