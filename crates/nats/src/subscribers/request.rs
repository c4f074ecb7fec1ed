//! What is requested of a subscriber: name, tenant, kinds of events, start and bounds.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Datelike as _, SecondsFormat, Utc};

use crate::bridge::JSON_EVENTS;
use crate::streams::EVENTS;

/// The largest number of events that may wait for acknowledgement at a time.
pub const UNACKNOWLEDGED_MAX: u16 = 10_000;

/// The whole years whose times a server stores: it counts nanoseconds since 1970 in 64 bits.
const YEARS: RangeInclusive<i32> = 1678..=2261;

/// A subscriber as it is requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriberRequest {
    /// Its name.
    pub name: SubscriberName,
    /// The tenant whose events it receives.
    pub tenant: String,
    /// The kinds of events, such as `sync` or `sync.completed`; empty for all.
    pub kinds: Vec<String>,
    /// The stream that it reads.
    pub source: EventSource,
    /// The first event.
    pub from: StartAt,
    /// The time within which an event must be acknowledged before it is delivered again.
    pub ack_wait: Duration,
    /// How many events may wait for acknowledgement at a time.
    pub ack_pending_max: u16,
}

impl SubscriberRequest {
    /// The subjects of its events.
    pub fn subjects(&self) -> Vec<String> {
        subjects(self.source, &self.tenant, &self.kinds)
    }
}

/// The subjects of events of some kinds of a tenant; of all kinds if none is named.
pub(super) fn subjects(source: EventSource, tenant: &str, kinds: &[String]) -> Vec<String> {
    let of_tenant = format!("{}{tenant}", source.subjects());
    if kinds.is_empty() {
        return vec![format!("{of_tenant}.>")];
    }
    let subject = |kind: &String| match kind.split_once('.') {
        Some((noun, what)) => format!("{of_tenant}.{noun}.*.{what}"),
        None => format!("{of_tenant}.{kind}.>"),
    };
    kinds.iter().map(subject).collect()
}

/// The stream that a subscriber reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventSource {
    /// Events as the engine publishes them.
    Engine,
    /// Events as the bridge publishes them again, in JSON.
    Json,
}

impl EventSource {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Engine, Self::Json];

    /// The stream.
    pub const fn stream(self) -> &'static str {
        match self {
            Self::Engine => EVENTS,
            Self::Json => JSON_EVENTS,
        }
    }

    /// The subjects of its events up to the tenant.
    pub const fn subjects(self) -> &'static str {
        match self {
            Self::Engine => "plansync.v1.evt.",
            Self::Json => "plansync.v1.evtjson.",
        }
    }

    /// What creates the stream, for a message.
    pub(super) const fn made_by(self) -> &'static str {
        match self {
            Self::Engine => "; the engine creates the stream when it starts",
            Self::Json => "; `plansync bridge --make-stream` makes the stream",
        }
    }
}

/// The name of a subscriber: a letter, then up to 63 letters, digits, `_` or `-`. It is the name of
/// the consumer, and of the NATS account of the subscriber.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SubscriberName(String);

/// A text that is no name of a subscriber, or no start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASubscriber {
    /// The name.
    #[error("give a letter and up to 63 more letters, digits, `_` or `-`")]
    Name,
    /// The start.
    #[error(
        "give `beginning`, `now`, `position:N`, `sequence:N` or a time such as 2026-11-23T08:00:00Z"
    )]
    Start,
    /// The time of a start.
    #[error("give a time of the years 1678 to 2261, which a nats-server can store")]
    Time,
}

impl SubscriberName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SubscriberName {
    type Err = NotASubscriber;

    fn from_str(text: &str) -> Result<Self, NotASubscriber> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let begins = text.starts_with(|first: char| first.is_ascii_alphabetic());
        if begins && text.len() <= 64 && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotASubscriber::Name)
        }
    }
}

impl fmt::Display for SubscriberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first event of a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartAt {
    /// The oldest in the stream.
    Beginning,
    /// The first that is published from now on.
    Now,
    /// The first at this position of the log or after it.
    Position(u64),
    /// The first at this sequence of the stream or after it.
    Sequence(u64),
    /// The first that was stored at this time or later.
    Time(DateTime<Utc>),
}

impl FromStr for StartAt {
    type Err = NotASubscriber;

    fn from_str(text: &str) -> Result<Self, NotASubscriber> {
        let number = |digits: &str| digits.parse().map_err(|_| NotASubscriber::Start);
        match (text, text.split_once(':')) {
            ("beginning", _) => Ok(Self::Beginning),
            ("now", _) => Ok(Self::Now),
            (_, Some(("position", digits))) => number(digits).map(Self::Position),
            (_, Some(("sequence", digits))) => number(digits).map(Self::Sequence),
            (time, _) => {
                let time = DateTime::parse_from_rfc3339(time).map_err(|_| NotASubscriber::Start)?;
                let is_kept = YEARS.contains(&time.to_utc().year());
                let time = is_kept.then_some(Self::Time(time.to_utc()));
                time.ok_or(NotASubscriber::Time)
            }
        }
    }
}

impl fmt::Display for StartAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Beginning => f.write_str("beginning"),
            Self::Now => f.write_str("now"),
            Self::Position(position) => write!(f, "position:{position}"),
            Self::Sequence(sequence) => write!(f, "sequence:{sequence}"),
            Self::Time(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{EventSource, NotASubscriber, StartAt, SubscriberName, SubscriberRequest};

    fn request(kinds: &[&str], source: EventSource) -> SubscriberRequest {
        SubscriberRequest {
            name: "warehouse".parse().unwrap(),
            tenant: "northgate".to_owned(),
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            source,
            from: StartAt::Beginning,
            ack_wait: Duration::from_secs(1),
            ack_pending_max: 1,
        }
    }

    #[test]
    fn the_subjects_are_those_of_one_tenant_and_of_the_kinds() {
        let all = request(&[], EventSource::Engine);
        assert_eq!(all.subjects(), ["plansync.v1.evt.northgate.>"]);
        let some = request(&["plan", "sync.completed"], EventSource::Json);
        assert_eq!(
            some.subjects(),
            [
                "plansync.v1.evtjson.northgate.plan.>",
                "plansync.v1.evtjson.northgate.sync.*.completed"
            ]
        );
    }

    #[test]
    fn a_name_is_one_token_of_a_subject_and_of_a_configuration() {
        for good in ["a", "northgate-warehouse", "A_9"] {
            assert_eq!(good.parse::<SubscriberName>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "9a",
            "-a",
            "a.b",
            "a b",
            "a*",
            ">",
            "é",
            &"a".repeat(65),
        ] {
            assert_eq!(
                bad.parse::<SubscriberName>(),
                Err(NotASubscriber::Name),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_start_is_read_as_it_is_shown() {
        for shown in [
            "beginning",
            "now",
            "position:7",
            "sequence:18446744073709551615",
            "2026-11-23T08:00:00Z",
            "2026-11-23T08:00:00.000001Z",
        ] {
            assert_eq!(shown.parse::<StartAt>().unwrap().to_string(), shown);
        }
        let elsewhere: StartAt = "2026-11-23T09:00:00+01:00".parse().unwrap();
        assert_eq!(elsewhere.to_string(), "2026-11-23T08:00:00Z");
        for bad in [
            "",
            "7",
            "position:",
            "sequence:-1",
            "yesterday",
            "2026-11-23",
        ] {
            assert_eq!(bad.parse::<StartAt>(), Err(NotASubscriber::Start), "{bad}");
        }
        for bad in [
            "0001-01-01T00:00:00Z",
            "1677-12-31T23:59:59Z",
            "2262-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2261-12-31T23:59:59-01:00",
        ] {
            assert_eq!(bad.parse::<StartAt>(), Err(NotASubscriber::Time), "{bad}");
        }
        for good in ["1678-01-01T00:00:00Z", "2261-12-31T23:59:59Z"] {
            assert_eq!(good.parse::<StartAt>().unwrap().to_string(), good);
        }
    }
}
