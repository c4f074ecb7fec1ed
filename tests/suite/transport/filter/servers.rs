//! The way through the filter to real servers: over TLS, and to another one where one is gone.

use std::path::{Path, PathBuf};

use async_nats::Client;
use futures_util::StreamExt as _;
use plansync_nats::{ConnectError, Connection, Filtered};
use plansync_tests::nats::NatsServer;
use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};

use super::super::until;

/// Certificates in a folder: of an authority, of a server on the loopback interface, of a client.
struct Certificates {
    folder: tempfile::TempDir,
}

impl Certificates {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        write(
            folder.path(),
            "ca",
            &authority.self_signed(&key).unwrap(),
            &key,
        );
        let issuer = Issuer::new(authority, key);
        for (name, host) in [("server", "127.0.0.1"), ("client", "plansync")] {
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
            let certificate = params.signed_by(&key, &issuer).unwrap();
            write(folder.path(), name, &certificate, &key);
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A server that speaks with nobody who has no certificate of the authority's.
    fn server(&self) -> NatsServer {
        let folder = self.folder.path().display();
        let configuration = format!(
            "jetstream {{ store_dir: $NATS_STORE }}\n\
             tls {{ cert_file: \"{folder}/server.pem\", key_file: \"{folder}/server.key\", \
             ca_file: \"{folder}/ca.pem\", verify: true }}\n"
        );
        let path = self.path("nats.conf");
        std::fs::write(&path, configuration).unwrap();
        NatsServer::start_with(&path)
    }
}

fn write(folder: &Path, name: &str, certificate: &Certificate, key: &KeyPair) {
    std::fs::write(folder.join(format!("{name}.pem")), certificate.pem()).unwrap();
    std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
}

/// Whether what is published comes back.
async fn comes_back(client: &Client) -> bool {
    let inbox = client.new_inbox();
    let mut messages = client.subscribe(inbox.clone()).await.unwrap();
    client.publish(inbox, "x".into()).await.unwrap();
    messages.next().await.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_with_certificates_of_both_sides_goes_through() {
    let certificates = Certificates::new();
    let server = certificates.server();
    let whole = Connection {
        url: server.url(),
        tls_ca: Some(certificates.path("ca.pem")),
        tls_cert: Some(certificates.path("client.pem")),
        tls_key: Some(certificates.path("client.key")),
        tls_required: true,
        ..Connection::default()
    };
    let filtered = Filtered::connect(&whole).await.unwrap();
    assert!(comes_back(filtered.client()).await);
    let nobodys = Connection {
        tls_ca: Some(certificates.path("client.pem")),
        ..whole.clone()
    };
    let refused = Filtered::connect(&nobodys).await.unwrap_err();
    assert!(
        matches!(refused, ConnectError::Unreachable { .. }),
        "{refused:?}"
    );
    let missing = Connection {
        tls_ca: Some(certificates.path("none.pem")),
        ..whole.clone()
    };
    let refused = Filtered::connect_patiently(&missing).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!(
            "the file {} cannot be read for TLS (`--tls-ca`, `--tls-cert`, `--tls-key`); check that it exists \
             and is readable",
            certificates.path("none.pem").display()
        )
    );
    let plain = Connection {
        tls_cert: None,
        tls_key: None,
        ..whole
    };
    assert!(
        Filtered::connect(&plain).await.is_err(),
        "without a certificate of ours"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_refused_where_tls_is_required() {
    let server = NatsServer::start();
    let connection = Connection {
        url: server.url(),
        tls_required: true,
        ..Connection::default()
    };
    assert!(Filtered::connect(&connection).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_servers_another_one_is_taken_each_with_its_own_user() {
    let mut first = NatsServer::start();
    let second = NatsServer::start_with_accounts();
    let connection = Connection {
        url: format!(
            "nats://127.0.0.1:1,{},{}",
            first.url(),
            second.url_of("plansync")
        ),
        ..Connection::default()
    };
    let filtered = Filtered::connect(&connection).await.unwrap();
    let messages = filtered.client().subscribe("here").await.unwrap();
    filtered.client().flush().await.unwrap();
    first.stop();
    let other = plansync_tests::client::Client::connect_as(&second, "plansync").await;
    let messages = tokio::sync::Mutex::new(messages);
    until("a message comes from the other server", || async {
        other.nats.publish("here", "x".into()).await.unwrap();
        let mut messages = messages.lock().await;
        let next = tokio::time::timeout(std::time::Duration::from_millis(100), messages.next());
        next.await.is_ok_and(|message| message.is_some())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_is_said_at_once_and_a_wrong_password_too() {
    let connection = |url: String| Connection {
        url,
        ..Connection::default()
    };
    let nobody = Filtered::connect(&connection("nats://127.0.0.1:1".to_owned())).await;
    assert!(
        matches!(nobody, Err(ConnectError::Unreachable { .. })),
        "{nobody:?}"
    );
    let server = NatsServer::start_with_accounts();
    let wrong = server.url_of("plansync").replace("secret", "wrong");
    let refused = Filtered::connect_patiently(&connection(wrong)).await;
    assert!(
        matches!(refused, Err(ConnectError::Refused { .. })),
        "{refused:?}"
    );
}
