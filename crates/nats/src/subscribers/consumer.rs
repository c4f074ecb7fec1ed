//! A subscriber as a consumer of the server, and a consumer as a subscriber.

use async_nats::jetstream::consumer::{self, AckPolicy, DeliverPolicy, pull};

use super::request::subjects;
use super::{EventSource, Lag, Subscriber, SubscriberError, SubscriberRequest};

/// The key in the metadata of a consumer that names the tenant.
const TENANT: &str = "plansync-subscriber";
/// The key that lists the kinds of events; empty for all.
const KINDS: &str = "plansync-kinds";
/// The key with the start that was requested when the subscriber was added.
const FROM: &str = "plansync-from";
/// The key with the start to which it was moved since.
pub(super) const AT: &str = "plansync-at";
/// The key with the sequence of the stream to which it is being moved.
pub(super) const MOVING: &str = "plansync-moving-to";

/// The consumer of a subscriber. It can be moved to any place, which the server allows only for consumers that begin
/// with the whole stream; `start` is where it is to be moved to at once.
pub(super) fn config(request: &SubscriberRequest, start: Option<u64>) -> pull::Config {
    let moving = start.map(|sequence| (MOVING.to_owned(), sequence.to_string()));
    let told = [
        (TENANT.to_owned(), request.tenant.clone()),
        (KINDS.to_owned(), request.kinds.join(",")),
        (FROM.to_owned(), request.from.to_string()),
    ];
    pull::Config {
        durable_name: Some(request.name.to_string()),
        description: Some(format!("Subscriber to events of {}", request.tenant)),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: request.ack_wait,
        max_ack_pending: request.ack_pending_max.into(),
        // An event that cannot be handled is delivered until it can be: none is given up.
        max_deliver: -1,
        filter_subjects: request.subjects(),
        metadata: told.into_iter().chain(moving).collect(),
        ..pull::Config::default()
    }
}

pub(super) fn same_or_different(
    found: &consumer::Info,
    request: &SubscriberRequest,
) -> Result<Subscriber, SubscriberError> {
    let name = request.name.to_string();
    let Some(existing) = subscriber(found, request.source) else {
        return Err(SubscriberError::OfOthers {
            stream: request.source.stream(),
            name,
        });
    };
    let differences = differences(&existing, request);
    if differences.is_empty() {
        return Ok(existing);
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
        ("start", found.added_from.clone(), request.from.to_string()),
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
    let of_request = pairs.into_iter().filter_map(different);
    // What follows from the tenant and the kinds is not said twice.
    let of_consumer = found.differences.iter().cloned();
    of_request.chain(of_consumer).collect()
}

fn different((what, found, wanted): (&str, String, String)) -> Option<String> {
    (found != wanted).then(|| format!("{what} {found} instead of {wanted}"))
}

/// How a consumer differs from the one that plansync makes for a tenant and kinds, in words.
fn changes(
    info: &consumer::Info,
    source: EventSource,
    tenant: &str,
    kinds: &[String],
) -> Vec<String> {
    let config = &info.config;
    let filters = |mut subjects: Vec<String>| {
        subjects.sort();
        match subjects.as_slice() {
            [] => "none".to_owned(),
            some => some.join(","),
        }
    };
    let one = (!config.filter_subject.is_empty()).then(|| config.filter_subject.clone());
    let found = config.filter_subjects.iter().cloned().chain(one).collect();
    let wanted = subjects(source, tenant, kinds);
    let yes = |is_so: bool| if is_so { "yes" } else { "no" }.to_owned();
    let pairs = [
        ("filter", filters(found), filters(wanted)),
        (
            "ack policy",
            format!("{:?}", config.ack_policy).to_lowercase(),
            "explicit".to_owned(),
        ),
        (
            "max deliver",
            config.max_deliver.to_string(),
            (-1).to_string(),
        ),
        ("headers only", yes(config.headers_only), yes(false)),
        (
            "inactive threshold",
            format!("{} s", config.inactive_threshold.as_secs()),
            "0 s".to_owned(),
        ),
        (
            "deliver subject",
            config.deliver_subject.clone().unwrap_or("none".to_owned()),
            "none".to_owned(),
        ),
        ("paused", yes(info.paused), yes(false)),
    ];
    pairs.into_iter().filter_map(different).collect()
}

/// A consumer as a subscriber; none if plansync did not make it.
pub(super) fn subscriber(info: &consumer::Info, source: EventSource) -> Option<Subscriber> {
    let metadata = &info.config.metadata;
    let tenant = metadata.get(TENANT)?.clone();
    let kinds = metadata.get(KINDS).map_or("", String::as_str);
    let kinds = kinds.split(',').filter(|kind| !kind.is_empty());
    let kinds: Vec<_> = kinds.map(str::to_owned).collect();
    let added_from = metadata.get(FROM).cloned().unwrap_or_default();
    Some(Subscriber {
        name: info.name.clone(),
        differences: changes(info, source, &tenant, &kinds),
        tenant,
        kinds,
        stream: source.stream(),
        from: metadata.get(AT).unwrap_or(&added_from).clone(),
        added_from,
        moving_to: metadata.get(MOVING).and_then(|text| text.parse().ok()),
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
