//! Where NATS cannot be reached, the reason is told, and the other checks are made all the same.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, Datelike as _, Days, Utc};
use plansync_tests::nats::NatsServer;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::world::{Told, World, configured, doctor, doctor_in};

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
fn files_that_are_never_read_to_their_end_are_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let fifo = fifo.to_str().unwrap();
    let nats = NatsServer::start();
    let began = Instant::now();
    let data = tempfile::tempdir().unwrap();
    let data = data.path().to_str().unwrap();
    let told = doctor(&nats.url(), &["--data", data, "--erasure-key", fifo]);
    told.are_ok(&["nats.connection", "data.folder"]);
    told.finds(
        ("data.keys", "not_checked"),
        "the-disk-does-not-answer",
        &["did not answer"],
    );
    let told = doctor(&nats.url(), &["--context", fifo]);
    told.finds(
        ("nats.connection", "wrong"),
        "a-setting-is-wrong",
        &["are not read within"],
    );
    assert!(began.elapsed() < PATIENCE);
}

/// How long a slow connection takes in each direction.
const DELAY: Duration = Duration::from_millis(350);

/// Passes on what is read, later.
async fn later(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin + Send + 'static) {
    let (sender, mut passed) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        while let Some((due, bytes)) = passed.recv().await {
            tokio::time::sleep_until(due.into()).await;
            if to.write_all(&bytes).await.is_err() {
                break;
            }
        }
    });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let _ = sender.send((Instant::now() + DELAY, buffer[..read].to_vec()));
    }
}

/// The address of a server over a slow connection.
async fn slowly(nats: &NatsServer) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = nats.url().replace("nats://", "");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&server).await.unwrap();
            let ((from_client, to_client), (from_server, to_server)) =
                (client.into_split(), server.into_split());
            tokio::spawn(later(from_client, to_server));
            tokio::spawn(later(from_server, to_client));
        }
    });
    format!("nats://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_connection_is_no_lack_of_permissions() {
    let world = World::new().await;
    let url = slowly(&world.nats).await;
    let told = tokio::task::spawn_blocking(move || doctor(&url, &[]));
    let told = told.await.unwrap();
    told.are_ok(&[
        "nats.jetstream",
        "streams.commands",
        "permissions.needed",
        "engine.answers",
    ]);
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

#[test]
fn without_an_actor_it_connects_as_the_engine_does_whatever_context_is_selected() {
    let nats = NatsServer::start();
    let home = tempfile::tempdir().unwrap();
    let contexts = home.path().join("nats/context");
    std::fs::create_dir_all(&contexts).unwrap();
    std::fs::write(
        contexts.join("own.json"),
        json!({"url": nats.url()}).to_string(),
    )
    .unwrap();
    std::fs::write(
        contexts.join("other.json"),
        json!({"url": "nats://127.0.0.1:1"}).to_string(),
    )
    .unwrap();
    let config = home.path().to_str().unwrap();
    let variables = [("XDG_CONFIG_HOME", config), ("NATS_CONTEXT", "other")];
    let of_client = ["--tenant", "northgate", "--as", "alice"];
    let refused = doctor_in(&variables, &of_client);
    let section = "a-setting-is-wrong";
    let words = ["NATS_CONTEXT", "--context"];
    refused.finds(("nats.connection", "wrong"), section, &words);
    std::fs::write(home.path().join("nats/context.txt"), "own").unwrap();
    doctor_in(&variables[..1], &of_client).are_ok(&["nats.connection"]);
    std::fs::write(home.path().join("nats/context.txt"), "other").unwrap();
    let of_engine = doctor_in(&variables, &[]);
    let said = of_engine.of_check("nats.connection")[0]["message"].to_string();
    assert!(said.contains("nats://127.0.0.1:4222"), "{said}");
    doctor_in(&variables, &["--context", "own"]).are_ok(&["nats.connection"]);
    let typed = [&of_client[..], &["--context", "own"]].concat();
    doctor_in(&variables, &typed).are_ok(&["nats.connection"]);
}

#[test]
fn variables_of_the_engine_are_checked_that_this_command_does_not_have() {
    let variables = [
        ("PLANSYNC_HTTP", "abc"),
        ("PLANSYNC_VOLUME_MIB", "0"),
        ("NATS_URL", "nats://127.0.0.1:1"),
    ];
    let told = doctor_in(&variables, &[]);
    let check = ("settings.variables", "wrong");
    let section = "a-setting-is-wrong";
    told.finds(
        check,
        section,
        &["PLANSYNC_HTTP", "`abc`", "unset PLANSYNC_HTTP"],
    );
    told.finds(check, section, &["PLANSYNC_VOLUME_MIB", "from 1 to 1024"]);
    assert_eq!(told.of_check("settings.variables").len(), 2);
    doctor_in(&variables[2..], &[]).are_ok(&["settings.variables"]);
}

/// Year, month and day.
type Day = (i32, u8, u8);

/// The day that so many days from now are.
fn day_after(days: u64) -> Day {
    let day = DateTime::<Utc>::from(SystemTime::now()).date_naive() + Days::new(days);
    let small = |number: u32| u8::try_from(number).unwrap();
    (day.year(), small(day.month()), small(day.day()))
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

    /// A certificate that is valid until then.
    fn sign(&self, folder: &Path, name: &str, until: Day) {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        let (year, month, day) = until;
        params.not_after = date_time_ymd(year, month, day);
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        std::fs::write(folder.join(format!("{name}.pem")), certificate.pem()).unwrap();
        std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
    }
}

/// A server with TLS that demands a certificate, as a client with a certificate sees it.
fn over_tls(server_until: Day, client_until: Day) -> Told {
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
    let (past, far) = ((2021, 1, 1), (2100, 1, 1));
    over_tls(far, far).are_ok(&["nats.connection", "nats.certificates", "nats.jetstream"]);
    let section = "a-certificate-has-expired";
    over_tls(past, far).finds(
        ("nats.connection", "wrong"),
        section,
        &[
            "certificate of the server",
            "has expired",
            "systemctl reload nats-server",
        ],
    );
    over_tls(far, past).finds(
        ("nats.connection", "wrong"),
        section,
        &["client certificate", "expired", "--tls-cert"],
    );
}

#[test]
fn a_certificate_of_either_side_that_expires_soon_is_told() {
    let far = (2100, 1, 1);
    let soon = day_after(10);
    let check = ("nats.certificates", "warning");
    let section = "a-certificate-has-expired";
    let told = over_tls(soon, far);
    told.are_ok(&["nats.connection"]);
    let words = [
        "the certificate of the server expires in",
        "systemctl reload",
    ];
    told.finds(check, section, &words);
    let told = over_tls(far, soon);
    told.are_ok(&["nats.connection"]);
    let words = ["the client certificate expires in", "--tls-cert"];
    told.finds(check, section, &words);
}
