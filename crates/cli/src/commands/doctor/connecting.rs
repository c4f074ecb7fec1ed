//! Whether the NATS server is reached, and if not, why.

use std::error::Error as _;

use plansync_nats::{ConnectError, Connection, Trouble};
use tokio::time::{Duration, timeout};

use super::asking::{Asked, CONNECTED_WITHIN};
use super::check::{Check, Section, brief};
use super::name::Name;
use crate::exit::NotUnderstood;

/// How long it may take to find out why there is no connection.
const REASON_WITHIN: Duration = Duration::from_secs(2);
const SETTINGS: &str =
    "correct the settings of the connection; `plansync config show` shows where they come from";
const ADDRESS: &str =
    "correct the address: `--nats-url`, NATS_URL, or `url` in [nats] of a settings file";

/// There is a connection.
pub(super) fn connected(asked: &Asked) -> Check {
    let url = &asked.url;
    let user = asked.user.as_ref().ok();
    let account = user.and_then(|user| user.account.as_deref());
    let user = user.and_then(|user| user.user.as_deref());
    let user = user.filter(|user| !user.is_empty());
    let who = match (user, account) {
        (Some(user), Some(account)) => {
            format!(" as {} of the account {}", brief(user), brief(account))
        }
        (Some(_), None) | (None, _) => String::new(),
    };
    Check::ok(Name::Connection, format!("connected to {url}{who}"))
}

/// What cannot be asked because there is no connection.
pub(super) fn not_asked(name: Name, connection: &Check) -> Check {
    let section = (connection.help.as_ref()).map_or(Section::NatsIsGone, |help| help.section);
    Check::not_checked(
        name,
        "there is no connection to NATS",
        section,
        format!("correct {} first", Name::Connection.text()),
    )
}

/// The settings of the connection cannot be understood.
pub(super) fn not_understood(error: &NotUnderstood) -> Check {
    Check::wrong(
        Name::Connection,
        error.to_string(),
        Section::Setting,
        SETTINGS,
    )
}

/// The files that tell how to connect are not read in time.
pub(super) fn unread(within: Duration) -> Check {
    let seconds = within.as_secs();
    Check::wrong(
        Name::Connection,
        format!("the files that tell how to connect are not read within {seconds} s"),
        Section::Setting,
        "see that the context and the files that it names are regular files on a disk that answers (`plansync config \
         show`)",
    )
}

/// Nobody answers.
pub(super) async fn timed_out(connection: &Connection, url: &str) -> Check {
    let trouble = Trouble::of_silence(connection).await;
    told(
        url,
        trouble,
        "the name service knows no such name, or does not answer",
    )
}

/// There is no connection.
pub(super) async fn failed(connection: &Connection, url: &str, error: &ConnectError) -> Check {
    let reason = timeout(REASON_WITHIN, Trouble::of(connection, error)).await;
    let trouble = reason.unwrap_or(Trouble::Closed);
    if matches!(trouble, Trouble::Settings | Trouble::File) {
        return Check::wrong(
            Name::Connection,
            error.to_string(),
            Section::Setting,
            SETTINGS,
        );
    }
    told(url, trouble, &cause(error))
}

/// The last cause of an error.
fn cause(error: &ConnectError) -> String {
    let mut last = error.source();
    while let Some(next) = last.and_then(std::error::Error::source) {
        last = Some(next);
    }
    last.map_or_else(String::new, |last| brief(&last.to_string()))
}

fn told(url: &str, trouble: Trouble, cause: &str) -> Check {
    let (section, message, advice) = match trouble {
        Trouble::Refused
        | Trouble::TimedOut
        | Trouble::NoHost
        | Trouble::Network
        | Trouble::Closed => {
            let (message, advice) = of_network(url, trouble, cause);
            (Section::NatsIsGone, message, advice)
        }
        Trouble::Expired
        | Trouble::NotYetValid
        | Trouble::NotTrusted
        | Trouble::OwnExpired
        | Trouble::OwnNotAccepted
        | Trouble::Tls => {
            let (message, advice) = of_certificate(url, trouble, cause);
            (Section::CertificateExpired, message, advice)
        }
        Trouble::NotNats => (
            Section::Setting,
            format!("the program at {url} is not a nats-server"),
            ADDRESS,
        ),
        Trouble::OtherTls => (
            Section::Setting,
            format!("TLS with {url} does not begin ({cause})"),
            "connect without `--tls` and `--tls-first` if the server has no TLS, or configure TLS in the server",
        ),
        Trouble::Login => (
            Section::Permissions,
            format!("the server at {url} refuses the user or the password"),
            "correct user and password, token, nkey or credentials (NATS_USER and NATS_PASSWORD in \
             /etc/plansync/plansync.env), and restart the engine",
        ),
        Trouble::Settings | Trouble::File => (Section::Setting, cause.to_owned(), SETTINGS),
    };
    Check::wrong(Name::Connection, message, section, advice)
}

/// What is wrong on the way to the server, and what to do.
fn of_network(url: &str, trouble: Trouble, cause: &str) -> (String, &'static str) {
    if trouble == Trouble::Refused {
        (
            format!("nobody listens at {url}"),
            "start the NATS server (`systemctl start nats-server`), and see why it has ended (`journalctl --unit \
             nats-server`); if it runs elsewhere, correct the address (NATS_URL)",
        )
    } else if trouble == Trouble::TimedOut {
        let seconds = CONNECTED_WITHIN.as_secs();
        (
            format!("no server answers at {url} within {seconds} s"),
            "see that the server runs, and that this machine reaches it (network, firewall)",
        )
    } else if trouble == Trouble::NoHost {
        (
            format!("the host name in {url} cannot be resolved ({cause})"),
            "correct the address (`--nats-url`, NATS_URL), or the name service of this machine",
        )
    } else {
        (
            format!("the connection to {url} fails ({cause})"),
            "see that the server runs, and what its log output says of this connection (`journalctl --unit \
             nats-server`)",
        )
    }
}

/// What is wrong with a certificate, and what to do.
fn of_certificate(url: &str, trouble: Trouble, cause: &str) -> (String, &'static str) {
    if trouble == Trouble::Expired {
        (
            format!("the certificate of the server at {url} has expired"),
            "replace the files of the server's certificate, and let the server read them (`systemctl reload \
             nats-server`)",
        )
    } else if trouble == Trouble::NotYetValid {
        (
            format!(
                "by the clock of this machine, the certificate of the server at {url} is not valid yet"
            ),
            "set the clock of this machine (`date --utc`, NTP); if it is right, replace the server's certificate",
        )
    } else if trouble == Trouble::NotTrusted {
        (
            format!("the certificate of the server at {url} is not trusted ({cause})"),
            "name the authority of the certificate (`--tls-ca`, NATS_CA), and connect by a host name that is in it",
        )
    } else if trouble == Trouble::OwnExpired {
        (
            format!("the server at {url} says that the client certificate has expired"),
            "replace the files of the client certificate (`--tls-cert`, `--tls-key`), and restart the engine",
        )
    } else if trouble == Trouble::OwnNotAccepted {
        (
            format!(
                "the server at {url} demands a client certificate of an authority that it knows"
            ),
            "give the client certificate and its key (`--tls-cert`, `--tls-key`), signed by the authority in the \
             server's `ca_file`",
        )
    } else {
        (
            format!("TLS with {url} fails ({cause})"),
            "compare the certificates and the versions of TLS of both sides; the log output of the server says more",
        )
    }
}
