//! Three nats-servers that are one, as `deploy/nats/cluster.conf` configures them.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use async_nats::jetstream::{self, Context};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

use crate::client::Client;
use crate::nats::{NatsServer, deployed};

/// How long the servers may take until they have elected who leads.
const ELECTION_PATIENCE: Duration = Duration::from_mins(2);

/// How long one answer is waited for.
const ANSWER_PATIENCE: Duration = Duration::from_secs(1);

/// Three servers; ended when dropped.
pub struct Cluster {
    /// The servers. A server can be stopped, and started again.
    pub servers: Vec<NatsServer>,
    _folder: TempDir,
}

impl Cluster {
    /// Starts the servers, and waits until JetStream answers. Every password is `secret`.
    ///
    /// # Panics
    /// If they do not start.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ports: [u16; 3] = free_ports();
        let routes = ports
            .map(|port| format!("tls://127.0.0.1:{port}"))
            .join(",");
        let configuration = configuration(folder.path());
        let server = |(number, port): (usize, u16)| {
            let listen = format!("tls://127.0.0.1:{port}");
            let arguments = ["--cluster", &listen, "--routes", &routes];
            NatsServer::start_as(NAMES[number], &configuration, &arguments.map(str::to_owned))
        };
        let servers: Vec<_> = ports.into_iter().enumerate().map(server).collect();
        let cluster = Self {
            servers,
            _folder: folder,
        };
        cluster.wait_for_jetstream().await;
        cluster
    }

    /// Where a user reaches all of them.
    pub fn url_of(&self, user: &str) -> String {
        let urls: Vec<_> = self.servers.iter().map(|it| it.url_of(user)).collect();
        urls.join(",")
    }

    /// The server of this name.
    ///
    /// # Panics
    /// If there is none.
    pub fn server(&mut self, name: &str) -> &mut NatsServer {
        let number = NAMES.iter().position(|it| *it == name).unwrap();
        &mut self.servers[number]
    }

    /// The name of a server.
    pub fn name(&self, number: usize) -> &'static str {
        NAMES[number]
    }

    async fn wait_for_jetstream(&self) {
        let until = Instant::now() + ELECTION_PATIENCE;
        for server in &self.servers {
            let client = Client::connect_as(server, "plansync").await;
            let jetstream = jetstream::new(client.nats.clone());
            // Before they have elected a leader, nobody answers.
            while !answers(&jetstream).await {
                assert!(
                    Instant::now() < until,
                    "JetStream of the cluster does not answer"
                );
            }
        }
    }
}

async fn answers(jetstream: &Context) -> bool {
    let asked = tokio::time::timeout(ANSWER_PATIENCE, jetstream.query_account());
    matches!(asked.await, Ok(Ok(_)))
}

/// The names of the servers.
const NAMES: [&str; 3] = ["nats-1", "nats-2", "nats-3"];

/// Ports on which nobody listens. Somebody may take one before it is used; that has not been seen.
fn free_ports() -> [u16; 3] {
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// The configuration that is shipped, with certificates that are made for this cluster.
fn configuration(folder: &Path) -> PathBuf {
    copy(&deployed("."), folder);
    certificates(folder);
    let tls = folder.join("tls.conf");
    let text = std::fs::read_to_string(&tls).unwrap();
    std::fs::write(
        &tls,
        text.replace("/etc/nats/", &format!("{}/", folder.display())),
    )
    .unwrap();
    folder.join("cluster.conf")
}

/// Copies a folder with everything in it.
///
/// # Panics
/// If something cannot be copied.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// An authority, and a server that it knows.
fn certificates(folder: &Path) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let server = server.signed_by(&key, &authority).unwrap();
    for (name, text) in [
        ("ca.pem", authority.pem()),
        ("server.pem", server.pem()),
        ("server-key.pem", key.serialize_pem()),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
}
