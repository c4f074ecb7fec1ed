//! A subscriber as a consumer of the server, and a consumer as a subscriber.

use async_nats::jetstream::consumer::{self, AckPolicy, DeliverPolicy, pull};

use super::{Added, EventSource, Lag, Subscriber, SubscriberError, SubscriberRequest};

/// The key in the metadata of a consumer that names the tenant.
const TENANT: &str = "plansync-subscriber";
/// The key that lists the kinds of events; empty for all.
const KINDS: &str = "plansync-kinds";
/// The key with the start that was requested when the subscriber was added.
const FROM: &str = "plansync-from";

pub(super) fn config(request: &SubscriberRequest, start: DeliverPolicy) -> pull::Config {
    pull::Config {
        durable_name: Some(request.name.to_string()),
        description: Some(format!("Subscriber to events of {}", request.tenant)),
        deliver_policy: start,
        ack_policy: AckPolicy::Explicit,
        ack_wait: request.ack_wait,
        max_ack_pending: request.ack_pending_max.into(),
        // An event that cannot be handled is delivered until it can be: none is given up.
        max_deliver: -1,
        filter_subjects: request.subjects(),
        metadata: [
            (TENANT.to_owned(), request.tenant.clone()),
            (KINDS.to_owned(), request.kinds.join(",")),
            (FROM.to_owned(), request.from.to_string()),
        ]
        .into(),
        ..pull::Config::default()
    }
}

/// The settings of a consumer that is made again.
pub(super) fn remade(found: &consumer::Config) -> pull::Config {
    let mut metadata = found.metadata.clone();
    // The server adds keys of its own.
    metadata.retain(|key, _| !key.starts_with('_'));
    pull::Config {
        description: found.description.clone(),
        ack_policy: found.ack_policy,
        ack_wait: found.ack_wait,
        max_deliver: found.max_deliver,
        filter_subject: found.filter_subject.clone(),
        filter_subjects: found.filter_subjects.clone(),
        replay_policy: found.replay_policy,
        max_waiting: found.max_waiting,
        max_ack_pending: found.max_ack_pending,
        max_batch: found.max_batch,
        max_bytes: found.max_bytes,
        max_expires: found.max_expires,
        num_replicas: found.num_replicas,
        backoff: found.backoff.clone(),
        metadata,
        ..pull::Config::default()
    }
}

pub(super) fn same_or_different(
    found: &consumer::Info,
    request: &SubscriberRequest,
) -> Result<Added, SubscriberError> {
    let name = request.name.to_string();
    let Some(existing) = subscriber(found, request.source) else {
        return Err(SubscriberError::OfOthers {
            stream: request.source.stream(),
            name,
        });
    };
    let differences = differences(&existing, request);
    if differences.is_empty() {
        return Ok(Added::Existed);
    }
    Err(SubscriberError::Different {
        name,
        differences: differences.join(", "),
    })
}

/// What differs between a subscriber and a request, in words.
fn differences(found: &Subscriber, request: &SubscriberRequest) -> Vec<String> {
    let named = |kinds: &[String]| match kinds {
        [] => "all".to_owned(),
        some => some.join(","),
    };
    let pairs = [
        ("tenant", found.tenant.clone(), request.tenant.clone()),
        ("kinds", named(&found.kinds), named(&request.kinds)),
        ("start", found.from.clone(), request.from.to_string()),
        (
            "ack wait",
            format!("{} s", found.ack_wait_seconds),
            format!("{} s", request.ack_wait.as_secs()),
        ),
        (
            "ack pending max",
            found.ack_pending_max.to_string(),
            request.ack_pending_max.to_string(),
        ),
    ];
    let differ = |(what, found, wanted): (&str, String, String)| {
        (found != wanted).then(|| format!("{what} {found} instead of {wanted}"))
    };
    pairs.into_iter().filter_map(differ).collect()
}

/// A consumer as a subscriber; none if plansync did not make it.
pub(super) fn subscriber(info: &consumer::Info, source: EventSource) -> Option<Subscriber> {
    let metadata = &info.config.metadata;
    let tenant = metadata.get(TENANT)?.clone();
    let kinds = metadata.get(KINDS).map_or("", String::as_str);
    let kinds = kinds.split(',').filter(|kind| !kind.is_empty());
    Some(Subscriber {
        name: info.name.clone(),
        tenant,
        kinds: kinds.map(str::to_owned).collect(),
        stream: source.stream(),
        from: metadata.get(FROM).cloned().unwrap_or_default(),
        ack_wait_seconds: info.config.ack_wait.as_secs(),
        ack_pending_max: info.config.max_ack_pending,
        lag: lag(info),
    })
}

fn lag(info: &consumer::Info) -> Lag {
    let many = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let micros = |nanos: i128| i64::try_from(nanos / 1_000).ok();
    let delivered = info.delivered.last_active;
    Lag {
        pending: info.num_pending,
        ack_pending: many(info.num_ack_pending),
        redelivered: many(info.num_redelivered),
        acknowledged_sequence: info.ack_floor.stream_sequence,
        delivered_sequence: info.delivered.stream_sequence,
        delivered_at_micros: delivered.and_then(|at| micros(at.unix_timestamp_nanos())),
        waiting: many(info.num_waiting),
    }
}
