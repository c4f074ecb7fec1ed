//! Why the stream of events or a consumer cannot be read, and whether that may pass.

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::consumer::{AckPolicy, Config};
use async_nats::jetstream::context::{GetStreamError, GetStreamErrorKind};
use async_nats::jetstream::stream::{
    ConsumerCreateStrictError, ConsumerCreateStrictErrorKind, ConsumerError, ConsumerErrorKind,
};

use super::STREAM;
use crate::error::Error;

/// The code of errors of `JetStream` that pass by themselves: no leader, no resources, starting.
const UNAVAILABLE: usize = 503;

pub(super) fn not_read(name: &str, error: impl Into<async_nats::Error>) -> Error {
    let source = error.into();
    if said(&source).is_some_and(|said| said.error_code() == ErrorCode::STREAM_NOT_FOUND) {
        let name = STREAM.to_owned();
        return Error::NoStream { name };
    }
    Error::Events {
        name: name.to_owned(),
        may_pass: !is_final(&source),
        source,
    }
}

/// Refuses a consumer with which events would be lost or come out of order.
pub(super) fn check(name: &str, config: &Config) -> Result<(), Error> {
    let unfit = |setting: String, advice| Error::Consumer {
        name: name.to_owned(),
        setting,
        advice,
    };
    if config.ack_policy != AckPolicy::Explicit {
        let setting = format!("ack_policy {:?}", config.ack_policy);
        return Err(unfit(setting, "make one with ack_policy explicit"));
    }
    if config.max_deliver > 0 {
        let setting = format!("max_deliver {}", config.max_deliver);
        return Err(unfit(setting, "remove the limit of deliveries"));
    }
    if config.headers_only {
        let setting = "headers_only".to_owned();
        return Err(unfit(setting, "make one that delivers whole events"));
    }
    Ok(())
}

/// Whether the consumer does not exist.
pub(super) fn is_missing(error: &async_nats::Error) -> bool {
    said(error).is_some_and(|said| said.error_code() == ErrorCode::CONSUMER_NOT_FOUND)
}

/// Whether the same would happen again.
fn is_final(error: &async_nats::Error) -> bool {
    if let Some(said) = said(error) {
        return said.code() != UNAVAILABLE;
    }
    let kind = error
        .downcast_ref::<ConsumerError>()
        .map(ConsumerError::kind);
    matches!(
        kind,
        Some(ConsumerErrorKind::InvalidName | ConsumerErrorKind::InvalidConsumerType)
    )
}

/// What the server answered.
fn said(error: &async_nats::Error) -> Option<async_nats::jetstream::Error> {
    if let Some(error) = error.downcast_ref::<ConsumerError>()
        && let ConsumerErrorKind::JetStream(said) = error.kind()
    {
        return Some(said);
    }
    if let Some(error) = error.downcast_ref::<ConsumerCreateStrictError>()
        && let ConsumerCreateStrictErrorKind::JetStream(said) = error.kind()
    {
        return Some(said);
    }
    let error = error.downcast_ref::<GetStreamError>()?;
    if let GetStreamErrorKind::JetStream(said) = error.kind() {
        return Some(said);
    }
    None
}
