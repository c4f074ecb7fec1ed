//! A subscriber as programs read it, and phrases for people.

use chrono::{DateTime, SecondsFormat};
use plansync_nats::Subscriber;
use serde_json::{Value, json};

/// A subscriber as JSON.
pub(super) fn value(subscriber: &Subscriber) -> Value {
    let lag = &subscriber.lag;
    json!({
        "subscriber": subscriber.name,
        "tenant": subscriber.tenant,
        "kinds": subscriber.kinds,
        "stream": subscriber.stream,
        "from": subscriber.from,
        "ack_wait_seconds": subscriber.ack_wait_seconds,
        "ack_pending_max": subscriber.ack_pending_max,
        "lag": lag.events(),
        "pending": lag.pending,
        "ack_pending": lag.ack_pending,
        "redelivered": lag.redelivered,
        "waiting": lag.waiting,
        "delivered_sequence": lag.delivered_sequence,
        "acknowledged_sequence": lag.acknowledged_sequence,
        "delivered_at": delivered_at(subscriber),
    })
}

/// When an event was last delivered to it.
pub(super) fn delivered_at(subscriber: &Subscriber) -> Option<String> {
    let at = DateTime::from_timestamp_micros(subscriber.lag.delivered_at_micros?)?;
    Some(at.to_rfc3339_opts(SecondsFormat::Micros, true))
}

/// How many events wait.
pub(super) fn events(count: u64) -> String {
    match count {
        0 => "no events wait".to_owned(),
        1 => "1 event waits".to_owned(),
        more => format!("{more} events wait"),
    }
}
