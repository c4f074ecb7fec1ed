//! The first connection to a NATS server, within a time.

use std::time::Duration;

use async_nats::connection::State;
use async_nats::{ConnectError, ConnectErrorKind, ConnectOptions, ServerAddr, ToServerAddrs};
use tokio::time::{Instant, sleep, timeout_at};

use crate::error::Error;

/// The time within which the first connection must be made, if nothing else is said.
pub(crate) const WITHIN: Duration = Duration::from_secs(30);
/// The delay before another attempt.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// Connects, and tries again until the time is up. A server that refuses the user is not asked again.
pub(crate) async fn connected(
    url: impl ToServerAddrs,
    options: ConnectOptions,
    within: Duration,
) -> Result<async_nats::Client, Error> {
    let end = Instant::now() + within;
    let addresses = url.to_server_addrs();
    let addresses: Vec<ServerAddr> = addresses
        .map_err(|error| Error::Argument(format!("the address of the NATS server: {error}")))?
        .collect();
    let mut last: Option<ConnectError> = None;
    loop {
        let attempt = Box::pin(options.clone().connect(&addresses[..]));
        match timeout_at(end, attempt).await {
            Ok(Ok(nats)) => return usable(nats, end, &addresses, within).await,
            Ok(Err(error)) if is_final(&error) => {
                return Err(not_connected(&addresses, within, true, Some(error)));
            }
            Ok(Err(error)) => last = Some(error),
            Err(_) => {}
        }
        if Instant::now() + AGAIN_AFTER >= end {
            return Err(not_connected(&addresses, within, false, last));
        }
        sleep(AGAIN_AFTER).await;
    }
}

/// Checks the inbox prefix, and waits for a connection that the library makes in the background.
async fn usable(
    nats: async_nats::Client,
    end: Instant,
    addresses: &[ServerAddr],
    within: Duration,
) -> Result<async_nats::Client, Error> {
    let inbox = nats.new_inbox();
    if !inbox.starts_with("_INBOX.") {
        return Err(Error::Argument(format!(
            "the inbox prefix has to be `_INBOX` or to begin with `_INBOX.`, because the service replies to no other \
             subjects; inboxes would be such as `{inbox}`"
        )));
    }
    while nats.connection_state() != State::Connected {
        if Instant::now() >= end {
            return Err(not_connected(addresses, within, false, None));
        }
        let tick = Instant::now() + Duration::from_millis(20);
        tokio::time::sleep_until(tick.min(end)).await;
    }
    Ok(nats)
}

/// Whether another attempt would end in the same way.
fn is_final(error: &ConnectError) -> bool {
    matches!(
        error.kind(),
        ConnectErrorKind::ServerParse
            | ConnectErrorKind::Authentication
            | ConnectErrorKind::AuthorizationViolation
            | ConnectErrorKind::Tls
    )
}

fn not_connected(
    addresses: &[ServerAddr],
    within: Duration,
    is_refused: bool,
    source: Option<ConnectError>,
) -> Error {
    // Without the password that an address may contain.
    let servers = addresses
        .iter()
        .map(|address| format!("{}:{}", address.host(), address.port()))
        .collect::<Vec<_>>()
        .join(", ");
    Error::NotConnected {
        servers,
        within,
        is_refused,
        source: source.map(Into::into),
    }
}
