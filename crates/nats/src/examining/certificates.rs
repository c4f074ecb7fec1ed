//! When the certificates of a connection with TLS expire: the server's, as it shows it, and the client's own.

use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::ANSWER_MAX;
use crate::connection::Connection;
use crate::filter::{ShownCertificates, certificates_of};

/// The certificates of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CertificatesFound {
    /// That of the server; `None` without TLS.
    pub server: Option<Expiry>,
    /// That of the client; `None` if it has none.
    pub own: Option<Expiry>,
}

/// When a certificate expires, or the first one of those that it is signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expiry {
    /// The end of its validity, in seconds since 1970.
    pub seconds: i64,
}

/// Connects once more, and looks at the certificates; `None` if they cannot be looked at.
pub async fn certificates(connection: &Connection) -> Option<CertificatesFound> {
    let shown = timeout(ANSWER_MAX, certificates_of(connection)).await;
    let ShownCertificates { server, own } = shown.ok()??;
    Some(CertificatesFound {
        server: first_expiry(&server),
        own: first_expiry(&own),
    })
}

/// The first end of the validity of certificates; those that cannot be read do not count.
fn first_expiry(chain: &[CertificateDer<'_>]) -> Option<Expiry> {
    let expiry = |der: &CertificateDer<'_>| {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let seconds = certificate.validity().not_after.timestamp();
        Some(Expiry { seconds })
    };
    chain.iter().filter_map(expiry).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_has_no_expiry() {
        let nonsense = CertificateDer::from(vec![0x30, 0x80, 1, 2]);
        assert_eq!(first_expiry(&[]), None);
        assert_eq!(first_expiry(&[nonsense]), None);
    }
}
