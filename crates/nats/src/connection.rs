//! How a NATS server is reached: addresses, credentials, TLS.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, ServerAddr};
use percent_encoding::percent_decode_str;

/// What is needed to connect.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    /// One address or several, separated by commas; user and password may stand in them.
    pub url: String,
    /// A credentials file (JWT and seed).
    pub creds: Option<PathBuf>,
    /// Certificates of the authorities to trust besides the machine's own.
    pub tls_ca: Option<PathBuf>,
    /// A client certificate; its key is `tls_key`.
    pub tls_cert: Option<PathBuf>,
    /// The key of `tls_cert`.
    pub tls_key: Option<PathBuf>,
    /// Refuse to speak without TLS.
    pub tls_required: bool,
    /// Where replies are received, if not under `_INBOX`.
    pub inbox_prefix: Option<String>,
    /// The name shown in the server's list of connections.
    pub name: String,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// An address that is none.
    #[error("`{url}` is no NATS address; expected one like nats://localhost:4222")]
    Address {
        /// What was given.
        url: String,
    },
    /// The credentials file cannot be used.
    #[error("the credentials file {path} cannot be used; check that it exists and is readable")]
    Credentials {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A certificate without its key, or the reverse.
    #[error("a client certificate and its key must be given together")]
    HalfCertificate,
    /// The server cannot be reached, or did not let us in.
    #[error("no connection to NATS at {url}; check that a server runs there and who may connect")]
    Refused {
        /// The address, without credentials.
        url: String,
        /// What the client library said.
        source: async_nats::ConnectError,
    },
}

/// What a subscription holds before messages are dropped: a bound, not a target.
const SUBSCRIPTION_MESSAGES_MAX: usize = 64 * 1024;
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// Connects once.
pub async fn connect(connection: &Connection) -> Result<Client, ConnectError> {
    let addresses = addresses(&connection.url)?;
    let options = with_user(options(connection)?, &addresses);
    options
        .connect(addresses)
        .await
        .map_err(|source| ConnectError::Refused {
            url: without_secrets(&connection.url),
            source,
        })
}

/// Connects however long it takes, saying so; only mistakes of the configuration end it.
pub async fn connect_patiently(connection: &Connection) -> Result<Client, ConnectError> {
    let mut told = false;
    loop {
        match connect(connection).await {
            Err(ConnectError::Refused { url, source }) if !is_unauthorized(&source) => {
                if !told {
                    tracing::warn!(%url, %source, "no connection to NATS yet; trying again");
                    told = true;
                }
                tokio::time::sleep(RETRY_DELAY).await;
            }
            ended => return ended,
        }
    }
}

/// Trying again will not help whoever is not let in.
fn is_unauthorized(error: &async_nats::ConnectError) -> bool {
    matches!(
        error.kind(),
        ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication
    )
}

fn addresses(url: &str) -> Result<Vec<ServerAddr>, ConnectError> {
    url.split(',')
        .map(|address| {
            address.trim().parse().map_err(|_| ConnectError::Address {
                url: without_secrets(address),
            })
        })
        .collect()
}

/// The address as it may be shown: nothing before an `@`.
fn without_secrets(url: &str) -> String {
    let shown = |address: &str| match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        (None, Some((_, host))) => host.to_owned(),
        (_, None) => address.to_owned(),
    };
    url.split(',').map(shown).collect::<Vec<_>>().join(",")
}

fn options(connection: &Connection) -> Result<ConnectOptions, ConnectError> {
    let mut options = ConnectOptions::new()
        .name(&connection.name)
        .subscription_capacity(SUBSCRIPTION_MESSAGES_MAX)
        .require_tls(connection.tls_required)
        .event_callback(|event| async move { tell(&event) });
    if let Some(prefix) = &connection.inbox_prefix {
        options = options.custom_inbox_prefix(prefix);
    }
    if let Some(path) = &connection.tls_ca {
        options = options.add_root_certificates(path.clone());
    }
    options = match (&connection.tls_cert, &connection.tls_key) {
        (Some(cert), Some(key)) => options.add_client_certificate(cert.clone(), key.clone()),
        (None, None) => options,
        (Some(_), None) | (None, Some(_)) => return Err(ConnectError::HalfCertificate),
    };
    match &connection.creds {
        Some(path) => with_credentials(options, path),
        None => Ok(options),
    }
}

fn with_credentials(
    options: ConnectOptions,
    path: &std::path::Path,
) -> Result<ConnectOptions, ConnectError> {
    let failed = |source| ConnectError::Credentials {
        path: path.to_owned(),
        source,
    };
    let text = std::fs::read_to_string(path).map_err(failed)?;
    options.credentials(&text).map_err(failed)
}

/// The user and password that stand in an address: the client itself looks for them elsewhere.
fn with_user(options: ConnectOptions, addresses: &[ServerAddr]) -> ConnectOptions {
    let user = |address: &ServerAddr| {
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let password = address.password().unwrap_or_default();
        Some((plain(address.username()?), plain(password)))
    };
    match addresses.iter().find_map(user) {
        Some((user, password)) => options.user_and_password(user, password),
        None => options,
    }
}

fn tell(event: &Event) {
    match event {
        Event::Disconnected | Event::LameDuckMode => {
            tracing::warn!(%event, "connection to NATS");
        }
        Event::SlowConsumer(_) | Event::ServerError(_) => {
            tracing::error!(%event, "connection to NATS");
        }
        // Every vain attempt to connect again gives one.
        Event::ClientError(_) => tracing::debug!(%event, "connection to NATS"),
        Event::Connected | Event::Draining | Event::Closed => {
            tracing::info!(%event, "connection to NATS");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn an_address_is_shown_without_its_password() {
        assert_eq!(
            without_secrets("nats://ann:s3cret@bus:4222,nats://other:4222,ann:x@third"),
            "nats://bus:4222,nats://other:4222,third"
        );
    }
}
