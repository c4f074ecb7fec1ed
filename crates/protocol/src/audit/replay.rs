//! The log as events, for programs.

use std::borrow::Cow;

use plansync_primitives::ids::{Actor, CommandId};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::event::AuditEvent;
use crate::page::body;
use crate::scalar::{Digest, Position, Time};
use crate::strict::whole;

/// The most events that a page may have: 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ReadLimit(u16);

impl ReadLimit {
    /// The limit if a request names none: 500.
    pub const DEFAULT: Self = Self(500);
    /// The largest limit: 1,000.
    pub const MAX: Self = Self(1_000);

    /// A limit; `None` if it is out of bounds.
    pub const fn new(limit: u16) -> Option<Self> {
        if limit == 0 || limit > Self::MAX.0 {
            None
        } else {
            Some(Self(limit))
        }
    }

    /// The number of events.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl<'de> Deserialize<'de> for ReadLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        whole(deserializer, 1..=Self::MAX.0).map(Self)
    }
}

impl JsonSchema for ReadLimit {
    fn schema_name() -> Cow<'static, str> {
        "ReadLimit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The largest number of events in a reply.",
            "type": "integer", "minimum": 1, "maximum": Self::MAX.0, "default": Self::DEFAULT.0
        })
    }
}

/// A time to wait in milliseconds: 0 to 30,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct WaitMillis(u16);

impl WaitMillis {
    /// The longest wait: 30 seconds.
    pub const MAX: Self = Self(30_000);

    /// A time; `None` if it is too long.
    pub const fn new(millis: u16) -> Option<Self> {
        if millis > Self::MAX.0 {
            None
        } else {
            Some(Self(millis))
        }
    }

    /// The milliseconds.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl<'de> Deserialize<'de> for WaitMillis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        whole(deserializer, 0..=Self::MAX.0).map(Self)
    }
}

impl JsonSchema for WaitMillis {
    fn schema_name() -> Cow<'static, str> {
        "WaitMillis".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A time to wait, in milliseconds.",
            "type": "integer", "minimum": 0, "maximum": Self::MAX.0, "default": 0
        })
    }
}

body! {
    /// Body of `audit.read`.
    pub struct ReadAudit {
        /// The first position to read: 1 for the whole log, then the value `next` of the reply before.
        pub from: Position,
        /// How long to wait, in milliseconds, if there is nothing at this position yet. The reply comes as soon
        /// as the log has grown, also if the commit belongs to another tenant; it then has no events. 0 if none
        /// is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub wait_ms: Option<WaitMillis>,
        /// The most events to return. 500 if none is given. A request reads a bounded part of the log, so there
        /// may be fewer, or none, although more follow: `next` is after `tip` only at the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limit: Option<ReadLimit>,
    }
}

/// One event of the log, with the attributes of a published event. Events that are not published, such as those
/// of reference data, have the same attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReplayedEvent {
    /// The position of its commit in the log.
    pub position: Position,
    /// The same in every delivery, also of the published event: `<log id>.<incarnation>/<position>`.
    pub id: String,
    /// `/plansync/<tenant>`.
    pub source: String,
    /// `plansync.v1.<kind>`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The id of what it is about.
    pub subject: String,
    /// The time at which it was recorded.
    pub time: Time,
    /// The actor who asked for it.
    pub actor: Actor,
    /// The id of the command that caused it.
    pub correlation_id: CommandId,
    /// The hash of the log at its position.
    pub chain: Digest,
    /// The W3C trace context of the request, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// Its kind and its data. If it is published, the data are the body of the published event.
    pub event: AuditEvent,
}

/// How far events are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Relayed {
    /// The events of all commits up to this position are published.
    pub position: Position,
    /// The last sequence of the stream `PLANSYNC_EVENTS` then. A consumer that starts at the next sequence
    /// receives every event after `position`; it may receive earlier ones once more.
    pub stream_sequence: u64,
}

/// Reply of `audit.read`, in the order of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditReadPage {
    /// The events.
    pub items: Vec<ReplayedEvent>,
    /// The position to continue from.
    pub next: Position,
    /// The last position of the log that was visible.
    pub tip: Position,
    /// How far events are published; left out while that is not known, as without a connection to the stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relayed: Option<Relayed>,
}
