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
        "added_from": subscriber.added_from,
        "moving_to": subscriber.moving_to,
        "differences": subscriber.differences,
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

/// What somebody must know about a subscriber that does not receive what it was added for.
pub(super) fn warnings(subscriber: &Subscriber) -> Vec<String> {
    let Subscriber {
        name,
        moving_to,
        differences,
        ..
    } = subscriber;
    let moving = moving_to.map(|sequence| {
        format!(
            "A move of {name} to the sequence {sequence} ({}) was begun and not finished: if nobody is moving it now, \
             finish it with `plansync subscriber reset {name} --from sequence:{sequence}`.",
            subscriber.from
        )
    });
    let changed = (!differences.is_empty()).then(|| {
        format!(
            "Somebody changed the consumer of {name}, so that it may not receive its events: it has {}. Remove the \
             subscriber and add it again, or change the consumer back.",
            differences.join(", ")
        )
    });
    moving.into_iter().chain(changed).collect()
}

/// How many events wait.
pub(super) fn events(count: u64) -> String {
    match count {
        0 => "no events wait".to_owned(),
        1 => "1 event waits".to_owned(),
        more => format!("{more} events wait"),
    }
}
