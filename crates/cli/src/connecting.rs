//! Options for the connection to NATS.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use plansync_nats::{Client, ClientError, Connection};

/// Options for the NATS server and the credentials.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConnectionArguments {
    /// Address of the NATS server; separate several addresses with commas.
    #[arg(
        long,
        env = "NATS_URL",
        default_value = "nats://127.0.0.1:4222",
        hide_env_values = true
    )]
    pub(crate) nats_url: String,
    #[command(flatten)]
    identity: IdentityArguments,
}

/// Options for credentials and TLS.
#[derive(Debug, Clone, Args)]
pub(crate) struct IdentityArguments {
    /// File with NATS credentials (`.creds`).
    #[arg(long, env = "NATS_CREDS", value_name = "FILE")]
    nats_creds: Option<PathBuf>,
    /// Require TLS.
    #[arg(long)]
    tls: bool,
    /// File with certificates of authorities to trust, in addition to those of the system (PEM).
    #[arg(long, env = "NATS_CA", value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// File with the client certificate (PEM); requires `--tls-key`.
    #[arg(long, env = "NATS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// File with the private key of the client certificate (PEM); requires `--tls-cert`.
    #[arg(long, env = "NATS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Prefix of the subjects on which replies are received, if the permissions of the NATS user require a
    /// custom one.
    #[arg(long, value_name = "SUBJECT")]
    inbox_prefix: Option<String>,
}

impl ConnectionArguments {
    pub(crate) fn connection(&self) -> Connection {
        self.identity.connection(&self.nats_url)
    }
}

impl IdentityArguments {
    pub(crate) fn connection(&self, url: &str) -> Connection {
        Connection {
            url: url.to_owned(),
            creds: self.nats_creds.clone(),
            tls_ca: self.tls_ca.clone(),
            tls_cert: self.tls_cert.clone(),
            tls_key: self.tls_key.clone(),
            tls_required: self.tls,
            inbox_prefix: self.inbox_prefix.clone(),
            name: "plansync".to_owned(),
        }
    }
}

/// How long something may take: a second at least, a day at most.
pub(crate) fn seconds() -> RangedU64ValueParser<u64> {
    RangedU64ValueParser::new().range(1..=86_400)
}

/// A connection that asks, and how long it waits for an answer.
#[derive(Debug, Clone, Args)]
pub(crate) struct ClientArguments {
    #[command(flatten)]
    connection: ConnectionArguments,
    /// Time to wait for a reply, in seconds, up to 86,400.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = seconds())]
    timeout: u64,
}

impl ClientArguments {
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    pub(crate) async fn connect(&self) -> Result<Client, ClientError> {
        Client::connect(&self.connection.connection(), self.patience()).await
    }
}
