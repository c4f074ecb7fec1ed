//! Finds harmful settings of a stream in its configuration, as reported by the server.
//!
//! The configuration is read as JSON, because the client library knows only some of the settings.
//! Settings that are not named here are the operator's choice.

mod replication;
mod rules;

use std::time::Duration;

use serde_json::{Map, Value};

pub(crate) use rules::is_unset;

use crate::replication::{LEASES, log_of};
use crate::streams::{COMMANDS, EVENTS};

/// A stream's configuration as reported by the server.
pub(crate) type Settings = Map<String, Value>;

/// 320 KiB: the largest body and its headers.
pub(crate) const COMMAND_BYTES_MAX: i32 = 320 * 1024;
/// 1 MiB: the largest event and its headers, which is also the default maximum of a nats-server.
pub(crate) const EVENT_BYTES_MAX: usize = 1024 * 1024;
/// The number of unacknowledged commands that the engine's consumer may have.
pub(crate) const UNACKNOWLEDGED_MAX: u16 = 64;

/// A harmful setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfit {
    /// The server's name for it.
    pub(crate) setting: &'static str,
    /// Its value.
    pub(crate) found: String,
    /// The value that is needed.
    pub(crate) needed: String,
    /// The effect.
    pub(crate) why: &'static str,
    /// What to do.
    pub(crate) cure: String,
}

impl Unfit {
    /// The effect, and what to do.
    pub(crate) fn advice(&self) -> String {
        format!("{}; {}", self.why, self.cure)
    }
}

/// How a setting is changed in an existing stream, if the server allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cure {
    /// By `nats stream edit` with this option.
    Edit(&'static str),
    /// By `nats stream edit`, which has no option for it.
    EditByHand,
    /// The server does not change it.
    Remake,
}

struct Rule {
    setting: &'static str,
    needed: &'static str,
    holds: fn(&Value, &Settings) -> bool,
    why: &'static str,
    cure: Cure,
}

/// Settings that are known and harmless, whatever their value.
const HARMLESS: [&str; 22] = [
    "name",
    "description",
    "metadata",
    "template_owner",
    "placement",
    "compression",
    "first_seq",
    "allow_direct",
    "mirror_direct",
    "deny_purge",
    "deny_delete",
    "discard",
    "discard_new_per_subject",
    "max_msgs",
    "max_bytes",
    "max_age",
    "num_replicas",
    "duplicate_window",
    "consumer_limits",
    "allow_atomic",
    "allow_batched",
    "max_msgs_per_subject",
];

/// Every harmful setting of a stream.
pub(crate) fn unfit(stream: &str, settings: &Settings) -> Vec<Unfit> {
    let unfit = |rule: &Rule| {
        let found = settings.get(rule.setting).unwrap_or(&Value::Null);
        (!(rule.holds)(found, settings)).then(|| Unfit {
            setting: rule.setting,
            found: shown(rule.setting, found),
            needed: rule.needed.to_owned(),
            why: rule.why,
            cure: rule.cure.told(stream, rule.setting),
        })
    };
    let own = own_rules(stream);
    own.iter().chain(&rules::ALL).filter_map(unfit).collect()
}

/// Settings that are set and that this version does not know: a later server has more of them.
pub(crate) fn unknown(stream: &str, settings: &Settings) -> Vec<String> {
    let is_known = |setting: &str| {
        let rules = || own_rules(stream).iter().chain(&rules::ALL);
        HARMLESS.contains(&setting) || rules().any(|rule| rule.setting == setting)
    };
    settings
        .iter()
        .filter(|(setting, value)| !is_known(setting) && !is_unset(value, settings))
        .map(|(setting, value)| format!("{setting} = {value}"))
        .collect()
}

/// Tells of settings that this version does not know.
pub(crate) fn tell_unknown(stream: &str, settings: &Settings) {
    let unknown = unknown(stream, settings);
    if !unknown.is_empty() {
        tracing::warn!(
            stream,
            settings = unknown.join(", "),
            "the stream has settings that this version does not know; see that they neither remove nor \
             change messages"
        );
    }
}

/// Every harmful setting of a stream of a replicated log that may be lost, as in a test: it needs no replicas.
pub(crate) fn unfit_to_try(stream: &str, settings: &Settings) -> Vec<Unfit> {
    let mut unfit = unfit(stream, settings);
    unfit.retain(|unfit| unfit.setting != replication::REPLICAS_SETTING);
    unfit
}

fn own_rules(stream: &str) -> &'static [Rule] {
    match stream {
        COMMANDS => &rules::COMMANDS,
        EVENTS => &rules::EVENTS,
        LEASES => &replication::LEASES,
        log if log_of(log).is_some() => &replication::LOG,
        _ => &[],
    }
}

impl Cure {
    fn told(self, stream: &str, setting: &str) -> String {
        match self {
            Self::Edit(option) => format!("change it with `nats stream edit {stream} {option}`"),
            Self::EditByHand => format!(
                "remove `{setting}` with `nats stream edit {stream} --interactive`, which opens an editor"
            ),
            Self::Remake if log_of(stream).is_some() => {
                "the server does not change that in a stream that is there: stop every node, and begin another stream \
                 with `plansync cluster seed` on the data folder that is ahead of all others"
                    .to_owned()
            }
            Self::Remake => format!(
                "the server does not change that in a stream that is there: keep a copy of what it holds \
                 (`nats stream backup {stream} {stream}.backup`), remove it (`nats stream rm {stream}`), and let the \
                 engine make its own"
            ),
        }
    }
}

/// The value as shown; times with their unit.
fn shown(setting: &str, found: &Value) -> String {
    let is_time = setting.ends_with("_ttl") || setting == "max_age";
    match found {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) if is_time => number.as_u64().map_or_else(
            || number.to_string(),
            |nanos| format!("{:?}", Duration::from_nanos(nanos)),
        ),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => found.to_string(),
    }
}

#[cfg(test)]
mod tests;
