//! Where NATS cannot be reached, the reason is told, and the other checks are made all the same.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use plansync_tests::nats::NatsServer;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

use super::world::{Told, World, configured, doctor};

/// Much longer than it may take, since machines that run tests are busy.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_is_told_and_the_folder_is_checked() {
    let mut world = World::new().await;
    world.stop();
    world.nats.stop();
    let told = world.doctor();
    told.finds(
        ("nats.connection", "wrong"),
        "nats-is-gone",
        &["nobody listens", "systemctl start nats-server"],
    );
    told.are_ok(&[
        "data.folder",
        "data.files",
        "data.log",
        "data.keys",
        "clock.log",
        "settings.files",
    ]);
    for name in [
        "nats.jetstream",
        "streams.commands",
        "engine.answers",
        "clock.server",
    ] {
        told.finds(
            (name, "not_checked"),
            "nats-is-gone",
            &["no connection to NATS"],
        );
    }
    // The same checks as with a server.
    world.nats.restart();
    assert_eq!(told.names(), world.doctor().names());
}

#[test]
fn a_host_that_nobody_knows_a_server_that_hangs_and_another_program_are_told_apart() {
    let told = doctor("nats://no-such-host.invalid:4222", &[]);
    let section = "nats-is-gone";
    told.finds(
        ("nats.connection", "wrong"),
        section,
        &["cannot be resolved"],
    );

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let began = Instant::now();
    let told = doctor(&format!("nats://{}", silent.local_addr().unwrap()), &[]);
    told.finds(
        ("nats.connection", "wrong"),
        section,
        &["no server answers"],
    );
    assert!(began.elapsed() < PATIENCE);

    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    let answering = std::thread::spawn(move || {
        for stream in other.incoming().take(1) {
            let _ = stream
                .unwrap()
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let told = doctor(&format!("nats://{address}"), &[]);
    answering.join().unwrap();
    told.finds(
        ("nats.connection", "wrong"),
        "a-setting-is-wrong",
        &["is not a nats-server"],
    );
}

#[test]
fn a_wrong_password_and_tls_that_the_server_lacks_are_told() {
    let nats = NatsServer::start_with_accounts();
    let url = nats.url_of("plansync").replace("secret", "wrong");
    let told = doctor(&url, &[]);
    told.finds(
        ("nats.connection", "wrong"),
        "permissions-are-wrong",
        &["refuses the user or the password", "NATS_PASSWORD"],
    );
    assert!(!format!("{told:?}").contains("plansync:wrong"), "{told:?}");
    let told = doctor(&nats.url_of("plansync"), &["--tls"]);
    told.finds(("nats.connection", "wrong"), "a-setting-is-wrong", &["TLS"]);
    let told = doctor(&nats.url_of("plansync"), &["--context", "/nowhere.json"]);
    told.finds(
        ("nats.connection", "wrong"),
        "a-setting-is-wrong",
        &["nowhere"],
    );
}

/// An authority, whose certificate is `ca.pem`.
struct Authority {
    params: CertificateParams,
    key: KeyPair,
}

impl Authority {
    fn new(folder: &Path) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.join("ca.pem"), certificate.pem()).unwrap();
        Self { params, key }
    }

    /// A certificate that was valid until this year.
    fn sign(&self, folder: &Path, name: &str, until: i32) {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        std::fs::write(folder.join(format!("{name}.pem")), certificate.pem()).unwrap();
        std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
    }
}

/// A server with TLS that demands a certificate, as a client with a certificate sees it.
fn over_tls(server_until: i32, client_until: i32) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path());
    authority.sign(folder.path(), "server", server_until);
    authority.sign(folder.path(), "client", client_until);
    let files = folder.path().display();
    let text = format!(
        "jetstream {{ store_dir: $NATS_STORE }}\n\
         tls {{ cert_file: \"{files}/server.pem\", key_file: \"{files}/server.key\", \
         ca_file: \"{files}/ca.pem\", verify: true }}\n"
    );
    let nats = configured(folder.path(), &text);
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (ca, cert, key) = (file("ca.pem"), file("client.pem"), file("client.key"));
    let tls = ["--tls-ca", &ca, "--tls-cert", &cert, "--tls-key", &key];
    doctor(&nats.url(), &tls)
}

#[test]
fn an_expired_certificate_of_either_side_is_told() {
    over_tls(2100, 2100).are_ok(&["nats.connection", "nats.jetstream"]);
    let section = "a-certificate-has-expired";
    over_tls(2021, 2100).finds(
        ("nats.connection", "wrong"),
        section,
        &[
            "certificate of the server",
            "has expired",
            "systemctl reload nats-server",
        ],
    );
    over_tls(2100, 2021).finds(
        ("nats.connection", "wrong"),
        section,
        &["client certificate", "expired", "--tls-cert"],
    );
}
