//! The connection to a NATS server: addresses, credentials, TLS.

use std::error::Error as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, ServerAddr};
use tokio::time::Instant;

use crate::filter::UpstreamError;
use crate::identity;
use crate::login::Login;
use crate::report_limit::ReportLimit;

/// The settings of a connection.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    /// One address, or several separated by commas. An address may contain a user and password, or
    /// a token: one for all servers, or one for each.
    pub url: String,
    /// As whom the server knows us. A user or token in an address has precedence on that server.
    pub login: Login,
    /// Certificates of authorities to trust in addition to those of the machine.
    pub tls_ca: Option<PathBuf>,
    /// A client certificate; its key is `tls_key`.
    pub tls_cert: Option<PathBuf>,
    /// The key of `tls_cert`.
    pub tls_key: Option<PathBuf>,
    /// Whether a connection without TLS is refused.
    pub tls_required: bool,
    /// Whether TLS begins before the server says anything, as servers with `handshake_first` want it.
    pub tls_first: bool,
    /// The prefix of the subjects of replies, if not `_INBOX`.
    pub inbox_prefix: Option<String>,
    /// The name in the server's list of connections.
    pub name: String,
}

impl Connection {
    /// Whether TLS is needed, whatever the server says.
    pub(crate) fn wants_tls(&self) -> bool {
        self.tls_required || self.tls_first
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// An address is malformed.
    #[error("`{url}` is no NATS address; expected one like nats://localhost:4222")]
    Address {
        /// The text that was given.
        url: String,
    },
    /// There is nothing between two commas, or before or after one.
    #[error(
        "an address of a NATS server is empty; give one like nats://localhost:4222, or several separated by commas"
    )]
    NoAddress,
    /// The credentials file cannot be used.
    #[error(
        "the credentials file {path} (`--nats-creds`) cannot be used; check that it exists, is readable \
         and has the JWT and the seed of a user"
    )]
    Credentials {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file with the seed of an nkey cannot be read.
    #[error("the nkey file {path} (`--nkey`) cannot be read; check that it exists and is readable")]
    Nkey {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file has no seed of a user.
    #[error(
        "the nkey file {path} (`--nkey`) has no seed of a user; a seed is a line that begins with SU, as \
         `nk -gen user` writes it"
    )]
    Seed {
        /// The file.
        path: PathBuf,
    },
    /// The JWT of a user and the seed that belongs to it cannot be used together.
    #[error("the user's JWT and seed cannot be used; check that both are those of one user")]
    Jwt {
        /// The cause.
        source: std::io::Error,
    },
    /// A file of certificates or keys cannot be read.
    #[error(
        "the file {path} cannot be read for TLS (`--tls-ca`, `--tls-cert`, `--tls-key`); check that it \
         exists and is readable"
    )]
    Certificate {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The credentials for one of several servers are ambiguous.
    #[error(
        "the addresses name different users or tokens, and {server} has none; put one into each address, \
         or one into one address for all"
    )]
    Unclear {
        /// The server.
        server: String,
    },
    /// A certificate without its key, or a key without its certificate.
    #[error("a client certificate and its key must be given together")]
    HalfCertificate,
    /// The server cannot be reached, or refused the connection.
    #[error("no connection to NATS at {url}; check that a server runs there and who may connect")]
    Refused {
        /// The address, without credentials.
        url: String,
        /// The client library's message.
        source: async_nats::ConnectError,
    },
    /// No server was reached.
    #[error("no connection to NATS at {url}; check that a server runs there")]
    Unreachable {
        /// The address, without credentials.
        url: String,
        /// The cause.
        source: UpstreamError,
    },
}

/// The number of messages that a subscription holds before the library drops some.
const SUBSCRIPTION_MESSAGES_MAX: usize = 64 * 1024;
/// The pause between two attempts to connect.
pub(crate) const CONNECT_RETRY_DELAY: Duration = Duration::from_millis(500);

/// Connects, with one attempt.
pub async fn connect(connection: &Connection) -> Result<Client, ConnectError> {
    let mut addresses = addresses(&connection.url)?;
    // If each address has a user of its own, the library uses only one at its first attempt.
    let mut further = match identity::by_server(&addresses) {
        Some(_) => addresses.len() - 1,
        None => 0,
    };
    loop {
        match connect_to(connection, &addresses).await {
            Err(ConnectError::Refused { .. }) if further > 0 => addresses.rotate_left(1),
            ended => return ended,
        }
        further -= 1;
    }
}

async fn connect_to(
    connection: &Connection,
    addresses: &[ServerAddr],
) -> Result<Client, ConnectError> {
    let options = match identity::by_server(addresses) {
        Some(own) => options_on(own, connection)?,
        None => with_user(options(connection)?, addresses),
    };
    options
        .event_callback(|event| async move { tell(&event) })
        .connect(addresses)
        .await
        .map_err(|source| ConnectError::Refused {
            url: without_secrets(&connection.url),
            source,
        })
}

/// Connects, however long it takes, and reports that it waits. Only errors in the configuration end
/// it.
pub async fn connect_patiently(connection: &Connection) -> Result<Client, ConnectError> {
    patiently(|| connect(connection)).await
}

/// Tries until it is connected, and reports that it waits. Only what trying again does not change ends it.
pub(crate) async fn patiently<T, F: Future<Output = Result<T, ConnectError>>>(
    attempt: impl Fn() -> F,
) -> Result<T, ConnectError> {
    let mut is_told = false;
    loop {
        let error = match attempt().await {
            Err(error) if may_pass(&error) => error,
            ended => return ended,
        };
        if !is_told {
            let source = error.source();
            tracing::warn!(%error, source, "no connection to NATS yet; trying again");
            is_told = true;
        }
        tokio::time::sleep(CONNECT_RETRY_DELAY).await;
    }
}

/// Whether trying again may help.
fn may_pass(error: &ConnectError) -> bool {
    if let ConnectError::Refused { source, .. } = error {
        !is_unauthorized(source)
    } else if let ConnectError::Unreachable { source, .. } = error {
        source.may_pass()
    } else {
        false
    }
}

/// Whether the server refused the credentials: trying again does not help.
pub(crate) fn is_unauthorized(error: &async_nats::ConnectError) -> bool {
    matches!(
        error.kind(),
        ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication
    )
}

/// Checks the form of an address, or of several separated by commas.
pub fn check_addresses(url: &str) -> Result<(), ConnectError> {
    addresses(url).map(drop)
}

pub(crate) fn addresses(url: &str) -> Result<Vec<ServerAddr>, ConnectError> {
    let address = |address: &str| {
        if address.trim().is_empty() {
            return Err(ConnectError::NoAddress);
        }
        address.trim().parse().map_err(|_| ConnectError::Address {
            url: without_secrets(address),
        })
    };
    let addresses: Vec<_> = url.split(',').map(address).collect::<Result<_, _>>()?;
    match identity::check(&addresses) {
        Ok(()) => Ok(addresses),
        Err(identity::Unclear(server)) => Err(ConnectError::Unclear { server }),
    }
}

/// The address without credentials, so that it may be shown.
pub fn without_secrets(url: &str) -> String {
    let shown = |address: &str| match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        (None, Some((_, host))) => host.to_owned(),
        (_, None) => address.to_owned(),
    };
    url.split(',').map(shown).collect::<Vec<_>>().join(",")
}

pub(crate) fn options(connection: &Connection) -> Result<ConnectOptions, ConnectError> {
    options_on(ConnectOptions::new(), connection)
}

fn options_on(
    options: ConnectOptions,
    connection: &Connection,
) -> Result<ConnectOptions, ConnectError> {
    let mut options = options
        .name(&connection.name)
        .subscription_capacity(SUBSCRIPTION_MESSAGES_MAX)
        .require_tls(connection.tls_required);
    if let Some(prefix) = &connection.inbox_prefix {
        options = options.custom_inbox_prefix(prefix);
    }
    // The client library would find this out only while it connects, again and again.
    let files = [
        &connection.tls_ca,
        &connection.tls_cert,
        &connection.tls_key,
    ];
    for path in files.into_iter().flatten() {
        std::fs::read(path).map_err(|source| ConnectError::Certificate {
            path: path.clone(),
            source,
        })?;
    }
    if let Some(path) = &connection.tls_ca {
        options = options.add_root_certificates(path.clone());
    }
    options = match (&connection.tls_cert, &connection.tls_key) {
        (Some(cert), Some(key)) => options.add_client_certificate(cert.clone(), key.clone()),
        (None, None) => options,
        (Some(_), None) | (None, Some(_)) => return Err(ConnectError::HalfCertificate),
    };
    if connection.tls_first {
        options = options.tls_first();
    }
    connection.login.on(options)
}

/// Sets the user of an address: the client library expects it elsewhere.
pub(crate) fn with_user(options: ConnectOptions, addresses: &[ServerAddr]) -> ConnectOptions {
    identity::with_first(options, addresses)
}

/// Messages that the library dropped because a subscription was full.
static SLOW: Mutex<ReportLimit> = Mutex::new(ReportLimit::new());

pub(crate) fn tell(event: &Event) {
    match event {
        Event::Disconnected | Event::LameDuckMode => {
            tracing::warn!(%event, "connection to NATS");
        }
        Event::ServerError(_) => {
            let event = without_strangers(&event.to_string());
            tracing::error!(%event, "connection to NATS");
        }
        // There is one event for each message of a flood.
        Event::SlowConsumer(_) => {
            let mut slow = SLOW.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(before) = slow.due(Instant::now()) {
                tracing::error!(
                    before,
                    "messages came faster than they could be taken in, and were dropped: whoever sent \
                     them has no answer and asks again; `before` counts those since this was last said"
                );
            }
        }
        // Every failed attempt to reconnect gives one.
        Event::ClientError(_) => tracing::debug!(%event, "connection to NATS"),
        Event::Connected | Event::Draining | Event::Closed => {
            tracing::info!(%event, "connection to NATS");
        }
    }
}

/// What the server said, without the subject in quotes if that may be a stranger's: whoever sends a request chooses the
/// subject of its reply. The engine's own subjects are those of the server, and those of events.
fn without_strangers(said: &str) -> String {
    let Some((before, rest)) = said.split_once('"') else {
        return said.to_owned();
    };
    let is_own = [
        "$",
        "plansync.v1.evt.",
        "plansync.v1.req.>",
        "plansync.v1.cmd.>",
    ]
    .iter()
    .any(|own| rest.starts_with(own));
    if is_own {
        return said.to_owned();
    }
    format!(
        "{}, of a subject that is not the engine's own",
        before.trim_end()
    )
}

#[cfg(test)]
mod tests {
    use super::{ConnectError, check_addresses, without_secrets, without_strangers};

    #[test]
    fn the_subject_of_an_error_is_shown_only_if_it_is_the_engines_own() {
        let denied = |subject: &str| {
            without_strangers(&format!(
                "nats: Permissions Violation for Publish to \"{subject}\""
            ))
        };
        for own in [
            "$JS.API.INFO",
            "plansync.v1.evt.northgate.x",
            "plansync.v1.cmd.>",
        ] {
            assert!(denied(own).contains(own), "{own}");
        }
        for other in ["_INBOX.Ann Lee.1", "_R_.Ann", "plansync.v1.req.Ann"] {
            let said = denied(other);
            assert!(
                said.starts_with("nats: Permissions Violation for Publish to,"),
                "{said}"
            );
            assert!(!said.contains("Ann"), "{said}");
        }
        assert_eq!(
            without_strangers("nats: stale connection"),
            "nats: stale connection"
        );
    }

    #[test]
    fn no_address_may_be_empty() {
        for bad in [
            "",
            ",",
            ",,",
            "nats://a,",
            ",nats://a",
            "nats://a, ,nats://b",
        ] {
            let error = check_addresses(bad).unwrap_err();
            assert!(matches!(error, ConnectError::NoAddress), "{bad}: {error}");
        }
        check_addresses("nats://a, nats://b").unwrap();
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        assert_eq!(
            without_secrets("nats://ann:s3cret@bus:4222,nats://other:4222,ann:x@third"),
            "nats://bus:4222,nats://other:4222,third"
        );
    }
}
