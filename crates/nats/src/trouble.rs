//! What keeps a connection from being made, as far as that can be told apart.

use std::io::{self, ErrorKind};
use std::time::Duration;

use async_nats::ConnectErrorKind;
use futures_util::future::select_ok;
use tokio::time::timeout;
use tokio_rustls::rustls::{AlertDescription, CertificateError, Error as TlsError};

use crate::connection::{ConnectError, Connection, addresses, is_unauthorized};
use crate::filter::{UpstreamError, refused_after_greeting};

/// How long a host name may take to be looked up, where it is only asked whether that is possible.
const LOOKED_UP_WITHIN: Duration = Duration::from_secs(1);

/// What keeps a connection from being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The address is malformed, or parts of the settings do not belong together.
    Settings,
    /// A file of the settings cannot be used.
    File,
    /// The host name is not known.
    NoHost,
    /// Nobody listens at the address.
    Refused,
    /// Nobody answers in time.
    TimedOut,
    /// Who answers is no nats-server.
    NotNats,
    /// TLS is required here, and the server has none; or it begins in another way.
    OtherTls,
    /// The certificate of the server has expired.
    Expired,
    /// The certificate of the server is not valid yet: a clock is wrong.
    NotYetValid,
    /// The certificate of the server is of an authority that is not trusted, or of another name.
    NotTrusted,
    /// The server says that our certificate has expired.
    OwnExpired,
    /// The server does not accept our certificate, or demands one.
    OwnNotAccepted,
    /// TLS failed for another reason.
    Tls,
    /// The server does not know the user, or the password is another one.
    Login,
    /// The server closed the connection without a reason.
    Closed,
    /// The network failed for another reason.
    Network,
}

impl Trouble {
    /// What kept a connection from being made. The server may be asked again for its reason.
    pub async fn of(connection: &Connection, error: &ConnectError) -> Self {
        let trouble = Self::told_by(error);
        if trouble != Self::Closed {
            return trouble;
        }
        let told = refused_after_greeting(connection).await;
        told.as_ref().map_or(trouble, of_upstream)
    }

    /// What keeps a connection from being made that is not there in time: a name service that does not answer, or a
    /// server. It takes a second at most.
    pub async fn of_silence(connection: &Connection) -> Self {
        let Ok(addresses) = addresses(&connection.url) else {
            return Self::Settings;
        };
        let found = addresses.iter().map(|address| {
            let found = timeout(LOOKED_UP_WITHIN, address.socket_addrs());
            Box::pin(async { found.await.map_err(|_| ())?.map_err(|_| ()) })
        });
        match select_ok(found).await {
            Ok(_) => Self::TimedOut,
            Err(()) => Self::NoHost,
        }
    }

    fn told_by(error: &ConnectError) -> Self {
        match error {
            ConnectError::Address { .. }
            | ConnectError::NoAddress
            | ConnectError::Unclear { .. }
            | ConnectError::HalfCertificate => Self::Settings,
            ConnectError::Credentials { .. }
            | ConnectError::Nkey { .. }
            | ConnectError::Seed { .. }
            | ConnectError::Jwt { .. }
            | ConnectError::Certificate { .. } => Self::File,
            ConnectError::Refused { source, .. } if is_unauthorized(source) => Self::Login,
            ConnectError::Refused { source, .. } => match source.kind() {
                ConnectErrorKind::TimedOut => Self::TimedOut,
                ConnectErrorKind::Tls => Self::Tls,
                ConnectErrorKind::ServerParse
                | ConnectErrorKind::Dns
                | ConnectErrorKind::Authentication
                | ConnectErrorKind::AuthorizationViolation
                | ConnectErrorKind::Io
                | ConnectErrorKind::MaxReconnects => Self::Closed,
            },
            ConnectError::Unreachable { source, .. } => of_upstream(source),
        }
    }
}

fn of_upstream(error: &UpstreamError) -> Trouble {
    match error {
        UpstreamError::Connect(error) => of_io(error),
        UpstreamError::NoHost { .. } => Trouble::NoHost,
        UpstreamError::TimedOut => Trouble::TimedOut,
        UpstreamError::NoServer => Trouble::NotNats,
        UpstreamError::NoTls | UpstreamError::NotTlsFirst => Trouble::OtherTls,
        UpstreamError::Name { .. } => Trouble::Settings,
        UpstreamError::Pem { .. } => Trouble::File,
        UpstreamError::Tls(error) => of_tls(error),
    }
}

fn of_io(error: &io::Error) -> Trouble {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    if let Some(error) = cause {
        return of_tls(error);
    }
    if error.kind() == ErrorKind::ConnectionRefused {
        Trouble::Refused
    } else if error.kind() == ErrorKind::TimedOut {
        Trouble::TimedOut
    } else {
        Trouble::Network
    }
}

fn of_tls(error: &TlsError) -> Trouble {
    if let TlsError::InvalidCertificate(error) = error {
        return of_certificate(error);
    }
    if let TlsError::AlertReceived(alert) = error {
        return of_alert(*alert);
    }
    Trouble::Tls
}

fn of_certificate(error: &CertificateError) -> Trouble {
    if matches!(
        error,
        CertificateError::Expired | CertificateError::ExpiredContext { .. }
    ) {
        Trouble::Expired
    } else if matches!(
        error,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }
    ) {
        Trouble::NotYetValid
    } else {
        Trouble::NotTrusted
    }
}

fn of_alert(alert: AlertDescription) -> Trouble {
    let of_certificates = [
        AlertDescription::NoCertificate,
        AlertDescription::BadCertificate,
        AlertDescription::UnsupportedCertificate,
        AlertDescription::CertificateRevoked,
        AlertDescription::CertificateUnknown,
        AlertDescription::UnknownCA,
        AlertDescription::AccessDenied,
        AlertDescription::CertificateRequired,
    ];
    if alert == AlertDescription::CertificateExpired {
        Trouble::OwnExpired
    } else if of_certificates.contains(&alert) {
        Trouble::OwnNotAccepted
    } else {
        Trouble::Tls
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_the_network_and_of_certificates_are_told_apart() {
        let tls = |error| of_io(&io::Error::new(ErrorKind::InvalidData, error));
        let invalid = |error| tls(TlsError::InvalidCertificate(error));
        assert_eq!(invalid(CertificateError::Expired), Trouble::Expired);
        assert_eq!(invalid(CertificateError::NotValidYet), Trouble::NotYetValid);
        assert_eq!(
            invalid(CertificateError::UnknownIssuer),
            Trouble::NotTrusted
        );
        let alert = |alert| tls(TlsError::AlertReceived(alert));
        assert_eq!(
            alert(AlertDescription::CertificateExpired),
            Trouble::OwnExpired
        );
        assert_eq!(
            alert(AlertDescription::CertificateRequired),
            Trouble::OwnNotAccepted
        );
        assert_eq!(alert(AlertDescription::InternalError), Trouble::Tls);
        let of_kind = |kind: ErrorKind| of_io(&kind.into());
        assert_eq!(of_kind(ErrorKind::ConnectionRefused), Trouble::Refused);
        assert_eq!(of_kind(ErrorKind::ConnectionReset), Trouble::Network);
    }

    #[tokio::test]
    async fn a_host_that_is_not_found_in_time_is_told_from_a_server_that_does_not_answer() {
        let of = async |url: &str| {
            Trouble::of_silence(&Connection {
                url: url.to_owned(),
                ..Connection::default()
            })
            .await
        };
        let unknown = "nats://no-such-host.invalid:4222";
        assert_eq!(of(unknown).await, Trouble::NoHost);
        let server = "nats://127.0.0.1:1";
        assert_eq!(of(server).await, Trouble::TimedOut);
        assert_eq!(of(&format!("{unknown},{server}")).await, Trouble::TimedOut);
    }
}
