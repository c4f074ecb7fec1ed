//! A filter between the server and the client library, on the connection that untrusted clients can
//! reach.
//!
//! A nats-server accepts any bytes in subjects and headers. At some of them the client library
//! drops the connection or panics. Therefore the library connects to a port of this process, and
//! what the server sends goes through a [`FrameFilter`] first, which finds where each message begins
//! and ends and examines only what may do harm. A message that the library must not receive is
//! replaced by a harmless one with its bytes as payload, if it comes from a stream or requests an
//! answer ([`Undeliverable`]); otherwise it is dropped. What the library sends is passed on
//! unchanged.
//!
//! TLS and the choice of a server are handled here, between filter and server; credentials are
//! handled by the library.

mod fault;
mod frame_filter;
mod handshake;
mod proxy;
mod undeliverable;
mod upstream;
mod withheld_reports;

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::client::FlushError;
use async_nats::{Client, Event};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio_rustls::rustls::pki_types::CertificateDer;
use uuid::Uuid;

pub use fault::Fault;
pub(crate) use fault::{fields, headers, is_plain, value};
pub use frame_filter::{Fate, FrameFilter, Notice, ProtocolError};
pub(crate) use undeliverable::Undeliverable;
pub use upstream::UpstreamError;

use crate::connection::{self, ConnectError, Connection};
use proxy::Proxy;
use upstream::Upstream;
use withheld_reports::WithheldReports;

/// The time for which the library waits for the filter, and the filter for a server.
const CONNECT_PATIENCE: Duration = Duration::from_mins(1);

/// The time within which the server must confirm that it has the last answers.
const SETTLED_AFTER: Duration = Duration::from_secs(1);

/// A connection on which everything that the server sends has gone through the filter.
#[derive(Debug, Clone)]
pub struct Filtered {
    client: Client,
    port: u16,
}

impl Filtered {
    /// Connects, with one attempt.
    pub async fn connect(connection: &Connection) -> Result<Self, ConnectError> {
        Self::connect_telling(connection, connection::tell).await
    }

    /// Connects, with one attempt; `told` is called with the events of the connection.
    pub(crate) async fn connect_telling(
        connection: &Connection,
        told: impl Fn(&Event) + Send + Sync + 'static,
    ) -> Result<Self, ConnectError> {
        let addresses = connection::addresses(&connection.url)?;
        let failed = |source| ConnectError::Unreachable {
            url: connection::without_secrets(&connection.url),
            source,
        };
        let inbox_prefix = connection.inbox_prefix.as_deref().unwrap_or("_INBOX");
        let secret = secret();
        let inside = Connection {
            name: secret.clone(),
            tls_required: false,
            tls_first: false,
            ..connection.clone()
        };
        // Wrong settings are reported before a server is contacted.
        let options = connection::with_user(connection::options(&inside)?, &addresses)
            .event_callback(move |event| {
                told(&event);
                std::future::ready(())
            })
            .connection_timeout(CONNECT_PATIENCE);
        let upstream = Upstream::new(connection.clone(), addresses);
        let reached = upstream.reach().await.map_err(failed)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(|error| failed(error.into()))?;
        let port = listener
            .local_addr()
            .map_err(|error| failed(error.into()))?
            .port();
        let proxy = Arc::new(Proxy {
            upstream,
            secret,
            inbox_prefix: inbox_prefix.to_owned(),
            reached: Mutex::new(Some(reached)),
            withheld: Mutex::new(WithheldReports::new()),
        });
        tokio::spawn(proxy.run(listener));
        let client = options.connect(format!("nats://127.0.0.1:{port}")).await;
        let client = client.map_err(|source| ConnectError::Refused {
            url: connection::without_secrets(&connection.url),
            source,
        })?;
        Ok(Self { client, port })
    }

    /// Connects, however long it takes, and reports that it waits. Only errors in the configuration
    /// end it.
    pub async fn connect_patiently(connection: &Connection) -> Result<Self, ConnectError> {
        connection::patiently(|| Self::connect(connection)).await
    }

    pub(crate) fn into_client(self) -> Client {
        self.client
    }

    /// The connection of the client library.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The port of the filter on the loopback interface. Only this process can use it.
    pub const fn port(&self) -> u16 {
        self.port
    }
}

/// Why the server does not accept a connection that it has greeted, if that is found out: a server that refuses the
/// certificate of a client says so only when the client believes that TLS is established.
pub(crate) async fn refused_after_greeting(connection: &Connection) -> Option<UpstreamError> {
    let addresses = connection::addresses(&connection.url).ok()?;
    let reached = Upstream::new(connection.clone(), addresses).reach().await;
    let mut stream = match reached {
        Ok(reached) => reached.stream,
        Err(error) => return Some(error),
    };
    let mut byte = [0];
    let read = tokio::time::timeout(SETTLED_AFTER, stream.read(&mut byte)).await;
    match read {
        Ok(Err(error)) => Some(error.into()),
        Ok(Ok(_)) | Err(_) => None,
    }
}

/// The certificates that are shown when TLS is established, each before those that it is signed with.
#[derive(Debug, Default)]
pub(crate) struct ShownCertificates {
    /// By the server.
    pub(crate) server: Vec<CertificateDer<'static>>,
    /// By the client.
    pub(crate) own: Vec<CertificateDer<'static>>,
}

/// Connects, and tells which certificates were shown; `None` if there is no connection.
pub(crate) async fn certificates_of(connection: &Connection) -> Option<ShownCertificates> {
    let addresses = connection::addresses(&connection.url).ok()?;
    let upstream = Upstream::new(connection.clone(), addresses);
    Some(upstream.reach().await.ok()?.shown)
}

/// Waits until the server has everything that was sent: what the library has flushed may still be
/// in the filter.
pub(crate) async fn settled(client: &Client) -> Result<(), FlushError> {
    let inbox = client.new_inbox();
    let returned = client.subscribe(inbox.clone()).await;
    let sent = client.publish(inbox, Bytes::new()).await;
    client.flush().await?;
    let (Ok(mut returned), Ok(())) = (returned, sent) else {
        tracing::debug!("the connection to NATS is closed already");
        return Ok(());
    };
    // A server that does not permit a client to send to its own inbox has it too, a moment later.
    let came = tokio::time::timeout(SETTLED_AFTER, returned.next()).await;
    if came.is_err() {
        tracing::debug!("the server did not confirm that it has the last answers");
    }
    Ok(())
}

/// A random name that no other process on the machine can guess.
fn secret() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
