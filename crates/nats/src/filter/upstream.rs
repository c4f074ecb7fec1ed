//! The connection from the filter to the server: the choice among several, and TLS if required.
//! Without the filter, the client library would do this.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::ServerAddr;
use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use super::{ShownCertificates, handshake};
use crate::connection::Connection;

/// The time within which a server must send its first line.
const SERVER_PATIENCE: Duration = Duration::from_secs(5);
/// The longest first line of a server, in bytes.
const INFO_BYTES_MAX: usize = 256 * 1024;
/// The largest number of servers that other servers may name.
const ADVERTISED_MAX: usize = 256;

/// Why a server cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// There is no connection.
    #[error("the connection cannot be established")]
    Connect(#[from] io::Error),
    /// Its host name is not known.
    #[error("the host name `{host}` cannot be resolved")]
    NoHost {
        /// The name.
        host: String,
        /// The cause.
        source: io::Error,
    },
    /// It took too long.
    #[error("the server did not respond within {} s", SERVER_PATIENCE.as_secs())]
    TimedOut,
    /// It is not a nats-server.
    #[error("the program at this address is not a nats-server")]
    NoServer,
    /// TLS is required here, and the server has none.
    #[error(
        "the server does not offer TLS, and this connection requires it; connect without `--tls` and with an address \
         that begins with nats://, or configure TLS in the server"
    )]
    NoTls,
    /// The server does not begin with TLS.
    #[error(
        "the server does not begin with TLS; connect with `--tls` instead of `--tls-first`, or set `handshake_first` in \
         the server"
    )]
    NotTlsFirst,
    /// Its host name cannot be in a certificate.
    #[error("`{host}` is not a host name that a TLS certificate can contain")]
    Name {
        /// The name.
        host: String,
    },
    /// A certificate or a key, ours or that of an authority, cannot be used.
    #[error("the certificate or key in {path} cannot be read; expected a file in PEM format")]
    Pem {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: rustls::pki_types::pem::Error,
    },
    /// The TLS settings do not fit together.
    #[error(
        "TLS cannot be set up with these certificates and keys; check that they belong together"
    )]
    Tls(#[from] rustls::Error),
}

impl UpstreamError {
    /// Whether trying again may help.
    pub(crate) const fn may_pass(&self) -> bool {
        match self {
            Self::Connect(_) | Self::NoHost { .. } | Self::TimedOut | Self::NoServer => true,
            Self::NoTls
            | Self::NotTlsFirst
            | Self::Name { .. }
            | Self::Pem { .. }
            | Self::Tls(_) => false,
        }
    }
}

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A server that has sent its first line.
pub(super) struct Reached {
    pub(super) server: ServerAddr,
    pub(super) stream: Box<dyn Stream>,
    /// What it has sent so far, beginning with the first line.
    pub(super) said: BytesMut,
    pub(super) shown: ShownCertificates,
}

/// All known servers.
pub(super) struct Upstream {
    connection: Connection,
    servers: Mutex<Vec<Server>>,
}

#[derive(Clone)]
struct Server {
    address: ServerAddr,
    /// The number of failed attempts since it was last reached.
    failures: u32,
    /// It was advertised by another server and is not configured.
    is_advertised: bool,
}

impl Upstream {
    pub(super) fn new(connection: Connection, addresses: Vec<ServerAddr>) -> Self {
        let server = |address| Server {
            address,
            failures: 0,
            is_advertised: false,
        };
        Self {
            connection,
            servers: Mutex::new(addresses.into_iter().map(server).collect()),
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn servers(&self) -> MutexGuard<'_, Vec<Server>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the servers that are known beside the configured ones by those that a server
    /// advertises.
    pub(super) fn set_advertised(&self, urls: &[String]) {
        let mut servers = self.servers();
        let mut now: Vec<_> = servers
            .iter()
            .filter(|server| !server.is_advertised)
            .cloned()
            .collect();
        for url in urls.iter().take(ADVERTISED_MAX) {
            let Ok(address) = url.parse::<ServerAddr>() else {
                tracing::debug!(%url, "a server advertised an invalid address, which is ignored");
                continue;
            };
            let is_same = |server: &Server| {
                (server.address.host(), server.address.port()) == (address.host(), address.port())
            };
            if now.iter().any(is_same) {
                continue;
            }
            let failures = servers.iter().find(|server| is_same(server));
            now.push(Server {
                failures: failures.map_or(0, |server| server.failures),
                address,
                is_advertised: true,
            });
        }
        *servers = now;
    }

    /// Connects to one of the servers, beginning with those that failed least.
    pub(super) async fn reach(&self) -> Result<Reached, UpstreamError> {
        let mut servers = self.servers().clone();
        servers.sort_by_key(|server| server.failures);
        let mut last = UpstreamError::NoServer;
        for server in servers {
            let reached = self.reach_server(&server.address).await;
            self.note(&server.address, reached.is_ok());
            match reached {
                Ok(reached) => return Ok(reached),
                Err(error) => {
                    let host = server.address.host();
                    tracing::debug!(host, %error, "a server cannot be reached");
                    last = error;
                }
            }
        }
        Err(last)
    }

    fn note(&self, address: &ServerAddr, is_reached: bool) {
        let mut servers = self.servers();
        if let Some(server) = servers.iter_mut().find(|server| server.address == *address) {
            server.failures = if is_reached {
                0
            } else {
                server.failures.saturating_add(1)
            };
        }
    }

    async fn reach_server(&self, server: &ServerAddr) -> Result<Reached, UpstreamError> {
        let mut last = UpstreamError::NoServer;
        let addresses = server.socket_addrs().await;
        let addresses = addresses.map_err(|source| UpstreamError::NoHost {
            host: server.host().to_owned(),
            source,
        })?;
        for address in addresses {
            let reached = tokio::time::timeout(SERVER_PATIENCE, self.greet(server, address)).await;
            match reached.unwrap_or(Err(UpstreamError::TimedOut)) {
                Ok(reached) => return Ok(reached),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn greet(&self, server: &ServerAddr, at: SocketAddr) -> Result<Reached, UpstreamError> {
        let mut plain = TcpStream::connect(at).await?;
        plain.set_nodelay(true)?;
        if self.connection.tls_first {
            let secured = self.secured(server, plain).await;
            let (mut secured, shown) = secured.map_err(|error| {
                if is_plain_answer(&error) {
                    UpstreamError::NotTlsFirst
                } else {
                    error
                }
            })?;
            let (said, _) = first_line(&mut secured).await?;
            let stream = Box::new(secured);
            return if said.starts_with(b"INFO ") {
                Ok(Reached {
                    server: server.clone(),
                    stream,
                    said,
                    shown,
                })
            } else {
                Err(UpstreamError::NoServer)
            };
        }
        let (said, line_bytes) = first_line(&mut plain).await?;
        let (line, behind) = said.split_at(line_bytes);
        let json = line.strip_prefix(b"INFO ").ok_or(UpstreamError::NoServer)?;
        let must = self.connection.tls_required || server.tls_required();
        if must && !handshake::has_tls(json) {
            return Err(UpstreamError::NoTls);
        }
        let (stream, shown): (Box<dyn Stream>, _) = if must || handshake::wants_tls(json) {
            // Bytes that arrived unencrypted after the first line are not trusted.
            if !behind.is_empty() {
                return Err(UpstreamError::NoServer);
            }
            let (secured, shown) = self.secured(server, plain).await?;
            (Box::new(secured), shown)
        } else {
            (Box::new(plain), ShownCertificates::default())
        };
        Ok(Reached {
            server: server.clone(),
            stream,
            said,
            shown,
        })
    }

    async fn secured(
        &self,
        server: &ServerAddr,
        plain: TcpStream,
    ) -> Result<(impl Stream + use<>, ShownCertificates), UpstreamError> {
        let connection = self.connection.clone();
        // Files may change, so certificates are read whenever they are needed.
        let config = tokio::task::spawn_blocking(move || config(&connection)).await;
        let (config, own) = config.map_err(io::Error::other)??;
        let host = server.host().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host.clone()).map_err(|_| UpstreamError::Name { host })?;
        let connector = TlsConnector::from(Arc::new(config));
        let secured = connector.connect(name, plain).await?;
        let (_, session) = secured.get_ref();
        let server = session.peer_certificates().unwrap_or_default().to_vec();
        Ok((secured, ShownCertificates { server, own }))
    }
}

/// Whether the other side answered something else than TLS.
fn is_plain_answer(error: &UpstreamError) -> bool {
    let UpstreamError::Connect(error) = error else {
        return false;
    };
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    matches!(cause, Some(rustls::Error::InvalidMessage(_)))
}

/// The first line with the bytes after it, and the length of the line.
async fn first_line(
    stream: &mut (impl AsyncRead + Unpin),
) -> Result<(BytesMut, usize), UpstreamError> {
    let mut said = BytesMut::with_capacity(4 * 1024);
    loop {
        let seen = said.len();
        if stream.read_buf(&mut said).await? == 0 || said.len() > INFO_BYTES_MAX {
            return Err(UpstreamError::NoServer);
        }
        if let Some(at) = memchr::memchr(b'\n', &said[seen..]) {
            return Ok((said, seen + at + 1));
        }
    }
}

/// The settings of TLS, and the client's certificates.
fn config(
    connection: &Connection,
) -> Result<(ClientConfig, Vec<CertificateDer<'static>>), UpstreamError> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = &connection.tls_ca {
        for certificate in certificates(path)? {
            roots.add(certificate)?;
        }
    } else {
        let found = rustls_native_certs::load_native_certs();
        for error in found.errors {
            tracing::warn!(%error, "a certificate of the operating system cannot be read and is ignored");
        }
        roots.add_parsable_certificates(found.certs);
    }
    let builder = ClientConfig::builder().with_root_certificates(roots);
    match (&connection.tls_cert, &connection.tls_key) {
        (Some(certificate), Some(key)) => {
            let source = |source| UpstreamError::Pem {
                path: key.clone(),
                source,
            };
            let chain = certificates(certificate)?;
            let key = PrivateKeyDer::from_pem_file(key).map_err(source)?;
            Ok((builder.with_client_auth_cert(chain.clone(), key)?, chain))
        }
        (None | Some(_), None) | (None, Some(_)) => Ok((builder.with_no_client_auth(), Vec::new())),
    }
}

fn certificates(path: &PathBuf) -> Result<Vec<CertificateDer<'static>>, UpstreamError> {
    let failed = |source| UpstreamError::Pem {
        path: path.clone(),
        source,
    };
    CertificateDer::pem_file_iter(path)
        .map_err(failed)?
        .collect::<Result<_, _>>()
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::{Connection, Upstream};

    fn known(upstream: &Upstream) -> Vec<String> {
        let servers = upstream.servers();
        let shown = servers
            .iter()
            .map(|server| format!("{}:{}", server.address.host(), server.address.port()));
        shown.collect()
    }

    #[test]
    fn advertised_servers_replace_earlier_advertised_ones_and_no_configured_one() {
        let addresses = vec!["nats://a:1".parse().unwrap(), "nats://b:2".parse().unwrap()];
        let upstream = Upstream::new(Connection::default(), addresses);
        let after = |urls: &[&str]| {
            let urls: Vec<_> = urls.iter().map(|url| (*url).to_owned()).collect();
            upstream.set_advertised(&urls);
            known(&upstream)
        };
        assert_eq!(after(&["b:2", "c:3", ":::", "c:3"]), ["a:1", "b:2", "c:3"]);
        assert_eq!(after(&["d:4"]), ["a:1", "b:2", "d:4"]);
        let many: Vec<_> = (1..1_000).map(|port| format!("e:{port}")).collect();
        upstream.set_advertised(&many);
        assert_eq!(known(&upstream).len(), 258);
        assert_eq!(after(&[]), ["a:1", "b:2"]);
    }
}
