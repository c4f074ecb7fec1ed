//! Options for the connection to NATS: those of the `nats` tool, its variables and its contexts.
//!
//! An option has precedence over its variable, and a variable over the context. A context is used if it is
//! named; for clients also if it is the selected one and no address is given. The engine uses only a context
//! that its command line or its settings file names: which server it serves must not depend on what somebody has
//! selected.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use clap::builder::{BoolishValueParser, RangedU64ValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Args, Command};
use plansync_nats::{ConnectError, Connection, Login, check_addresses};

use crate::exit::NotUnderstood;
use crate::nats_context::{self, NatsContext};
use crate::service::Service;
use crate::settings::setting;

/// The address of a server that runs on this machine.
const DEFAULT_URL: &str = "nats://127.0.0.1:4222";

/// Options of a client for the NATS server and the credentials.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConnectionArguments {
    #[command(flatten)]
    address: AddressArguments,
    /// Context of the nats tool to connect with, or the absolute path of its file. If neither this nor an
    /// address is given, the context that `nats context select` has selected is used.
    #[arg(
        long,
        env = "NATS_CONTEXT",
        value_name = "NAME",
        add = setting("nats.context").such_as("production")
    )]
    context: Option<String>,
}

/// Options of the engine for the NATS server and the credentials.
#[derive(Debug, Clone, Args)]
pub(crate) struct EngineConnectionArguments {
    #[command(flatten)]
    address: AddressArguments,
    /// Context of the nats tool to connect with, or the absolute path of its file. The engine uses neither
    /// the selected context nor `NATS_CONTEXT`; its settings file may name one.
    #[arg(long, value_name = "NAME", add = setting("nats.context"))]
    context: Option<String>,
}

#[derive(Debug, Clone, Args)]
struct AddressArguments {
    /// Address of the NATS server; separate several addresses with commas. An address may contain a user and
    /// password, or a token [default: that of the context, or `nats://127.0.0.1:4222`].
    #[arg(
        long,
        short = 's',
        visible_alias = "server",
        env = "NATS_URL",
        hide_env_values = true,
        value_name = "URL",
        value_parser = Addresses,
        add = setting("nats.url").such_as("nats://127.0.0.1:4222")
    )]
    nats_url: Option<String>,
    #[command(flatten)]
    identity: IdentityArguments,
}

/// Options for credentials and TLS.
#[derive(Debug, Clone, Args)]
pub(crate) struct IdentityArguments {
    /// User; without a password, it is a token.
    #[arg(
        long,
        visible_alias = "user",
        env = "NATS_USER",
        hide_env_values = true,
        value_name = "USER",
        group = "login",
        add = setting("nats.user").such_as("plansync")
    )]
    nats_user: Option<String>,
    /// Password of `--nats-user`, or of the user of the context.
    #[arg(
        long,
        visible_alias = "password",
        env = "NATS_PASSWORD",
        hide_env_values = true,
        value_name = "PASSWORD",
        add = setting("nats.password").such_as("…")
    )]
    nats_password: Option<String>,
    /// Token.
    #[arg(
        long,
        visible_alias = "token",
        env = "NATS_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN",
        group = "login",
        add = setting("nats.token").such_as("…")
    )]
    nats_token: Option<String>,
    /// File with the seed of an nkey.
    #[arg(
        long,
        env = "NATS_NKEY",
        value_name = "FILE",
        group = "login",
        add = setting("nats.nkey").such_as("/etc/plansync/plansync.nk")
    )]
    nkey: Option<PathBuf>,
    /// File with NATS credentials (`.creds`).
    #[arg(
        long,
        visible_alias = "creds",
        env = "NATS_CREDS",
        value_name = "FILE",
        group = "login",
        add = setting("nats.creds").such_as("/etc/plansync/plansync.creds")
    )]
    nats_creds: Option<PathBuf>,
    /// Require TLS.
    #[arg(
        long,
        env = "PLANSYNC_TLS",
        value_name = "true|false",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_value_t = false,
        default_missing_value = "true",
        add = setting("nats.tls")
    )]
    tls: bool,
    /// Begin with TLS, before the server says anything (`handshake_first` of the server) [default: as the
    /// context says, or false].
    #[arg(
        long,
        visible_alias = "tlsfirst",
        env = "PLANSYNC_TLS_FIRST",
        value_name = "true|false",
        value_parser = BoolishValueParser::new(),
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        add = setting("nats.tls_first").such_as("true")
    )]
    tls_first: Option<bool>,
    /// File with certificates of authorities to trust, in addition to those of the system (PEM).
    #[arg(
        long,
        visible_alias = "tlsca",
        env = "NATS_CA",
        value_name = "FILE",
        add = setting("nats.tls_ca").such_as("/etc/plansync/ca.pem")
    )]
    tls_ca: Option<PathBuf>,
    /// File with the client certificate (PEM); requires `--tls-key`.
    #[arg(
        long,
        visible_alias = "tlscert",
        env = "NATS_CERT",
        value_name = "FILE",
        add = setting("nats.tls_cert").such_as("/etc/plansync/plansync.pem")
    )]
    tls_cert: Option<PathBuf>,
    /// File with the private key of the client certificate (PEM); requires `--tls-cert`.
    #[arg(
        long,
        visible_alias = "tlskey",
        env = "NATS_KEY",
        value_name = "FILE",
        add = setting("nats.tls_key").such_as("/etc/plansync/plansync.key")
    )]
    tls_key: Option<PathBuf>,
    /// Prefix of the subjects on which replies are received, if the permissions of the NATS user require a
    /// custom one. An engine in the same NATS account replies only to prefixes that begin with `_INBOX`
    /// [default: that of the context, or `_INBOX`].
    #[arg(
        long,
        env = "PLANSYNC_INBOX_PREFIX",
        value_name = "SUBJECT",
        value_parser = inbox_prefix,
        add = setting("nats.inbox_prefix").such_as("_INBOX.ann")
    )]
    inbox_prefix: Option<String>,
}

/// The prefix of the inbox, if the engine sends replies to it only from another NATS account.
static UNANSWERED_INBOX: OnceLock<String> = OnceLock::new();

fn is_below_inbox(prefix: &str) -> bool {
    prefix == "_INBOX" || prefix.starts_with("_INBOX.")
}

/// What may be the reason if no reply comes.
pub(crate) fn inbox_hint() -> Option<String> {
    let prefix = UNANSWERED_INBOX.get()?;
    Some(format!(
        "the inbox prefix {prefix} may be the reason: an engine in the same NATS account sends replies only to \
         subjects that begin with `_INBOX.`"
    ))
}

/// A connection, and the context that describes it.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    pub(crate) connection: Connection,
    context: Option<NatsContext>,
}

impl Destination {
    /// The error with the context that it comes from.
    pub(crate) fn explained(&self, error: anyhow::Error) -> anyhow::Error {
        let is_of_connection =
            |cause: &(dyn std::error::Error + 'static)| cause.is::<ConnectError>();
        match &self.context {
            Some(context) if error.chain().any(is_of_connection) => {
                error.context(context.to_string())
            }
            Some(_) | None => error,
        }
    }
}

impl ConnectionArguments {
    /// Where to connect to.
    pub(crate) fn destination(&self) -> Result<Destination, NotUnderstood> {
        let context = match &self.context {
            Some(name) => Some(nats_context::named(name)?),
            None if self.address.nats_url.is_none() => nats_context::selected()?,
            None => None,
        };
        Ok(self.address.destination(context))
    }
}

impl EngineConnectionArguments {
    /// Where to connect to.
    pub(crate) fn destination(&self) -> Result<Destination, NotUnderstood> {
        let context = self.context.as_deref().map(nats_context::named);
        Ok(self.address.destination(context.transpose()?))
    }
}

impl AddressArguments {
    fn destination(&self, context: Option<NatsContext>) -> Destination {
        let of_context = context.as_ref().and_then(NatsContext::url);
        let url = self.nats_url.as_deref().or(of_context);
        let connection = self
            .identity
            .connection(url.unwrap_or(DEFAULT_URL), context.as_ref());
        Destination {
            connection,
            context,
        }
    }
}

impl IdentityArguments {
    /// The connection to an address, with the settings of a context where no option is given.
    pub(crate) fn connection(&self, url: &str, context: Option<&NatsContext>) -> Connection {
        let or = |given: &Option<PathBuf>, of: fn(&NatsContext) -> Option<PathBuf>| {
            given.clone().or_else(|| of(context?))
        };
        let prefix = self.inbox_prefix.as_deref();
        let inbox_prefix = prefix.or_else(|| context?.inbox_prefix());
        if let Some(prefix) = inbox_prefix.filter(|prefix| !is_below_inbox(prefix)) {
            // Once for the process: it has one connection.
            let _ = UNANSWERED_INBOX.set(prefix.to_owned());
        }
        Connection {
            url: url.to_owned(),
            login: self.login(context),
            tls_ca: or(&self.tls_ca, NatsContext::tls_ca),
            tls_cert: or(&self.tls_cert, NatsContext::tls_cert),
            tls_key: or(&self.tls_key, NatsContext::tls_key),
            tls_required: self.tls,
            tls_first: (self.tls_first)
                .unwrap_or_else(|| context.is_some_and(NatsContext::is_tls_first)),
            inbox_prefix: inbox_prefix.map(str::to_owned),
            name: "plansync".to_owned(),
        }
    }

    fn login(&self, context: Option<&NatsContext>) -> Login {
        let password = self.nats_password.as_deref();
        if let Some(name) = &self.nats_user {
            return match password {
                Some(password) => Login::User {
                    name: name.clone(),
                    password: password.to_owned(),
                },
                None => Login::Token(name.clone()),
            };
        }
        let token = self.nats_token.clone().map(Login::Token);
        let nkey = || self.nkey.clone().map(Login::Nkey);
        let creds = || self.nats_creds.clone().map(Login::Creds);
        let given = token.or_else(nkey).or_else(creds);
        given
            .or_else(|| Some(context?.login(password)))
            .unwrap_or_default()
    }
}

/// Reads addresses, and does not repeat them in an error, since they may contain a password.
#[derive(Debug, Clone, Copy)]
struct Addresses;

impl TypedValueParser for Addresses {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let url = value.to_string_lossy().into_owned();
        let checked = if url.trim().is_empty() {
            Err("it is empty; give an address such as nats://127.0.0.1:4222".to_owned())
        } else {
            check_addresses(&url).map_err(|error| error.to_string())
        };
        checked.map(|()| url).map_err(|why| {
            let option = arg.map_or_else(|| "--nats-url <URL>".to_owned(), ToString::to_string);
            let said = format!("invalid value for '{option}': {why}");
            let mut error = clap::Error::raw(ErrorKind::ValueValidation, said).with_cmd(command);
            error.insert(ContextKind::InvalidArg, ContextValue::String(option));
            error.insert(ContextKind::Custom, ContextValue::String(why));
            error
        })
    }
}

/// A subject that inboxes can begin with: replies arrive on subjects below it.
pub(crate) fn inbox_prefix(given: &str) -> Result<String, String> {
    let is_token = |token: &str| {
        let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '*' && c != '>';
        !token.is_empty() && token.chars().all(is_plain)
    };
    let first = given.split('.').next().unwrap_or_default();
    if first.starts_with('$') || ["_R_", "plansync"].contains(&first) {
        // Answers would be taken for commands or events, or for what the server sends itself.
        Err(format!(
            "subjects that begin with `{first}` belong to plansync or to the server; give one such as _INBOX.ann"
        ))
    } else if given.split('.').all(is_token) {
        Ok(given.to_owned())
    } else {
        Err(
            "it is not a subject such as _INBOX.ann: parts separated by dots, none of them empty, without \
             blanks, `*` and `>`"
                .to_owned(),
        )
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
    /// Time to wait for a reply, in seconds, up to 86,400. A request that fails for a reason that may pass is sent
    /// again within this time, up to four times.
    #[arg(
        long,
        env = "PLANSYNC_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = seconds(),
        add = setting("client.timeout")
    )]
    timeout: u64,
}

impl ClientArguments {
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    pub(crate) async fn connect(&self) -> anyhow::Result<Service> {
        let destination = self.connection.destination()?;
        let connected = Service::connect(&destination.connection, self.patience()).await;
        connected.map_err(|error| destination.explained(error.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::inbox_prefix;

    #[test]
    fn only_a_subject_can_be_the_prefix_of_inboxes() {
        for good in ["_INBOX", "_INBOX.ann", "a-b.c_d"] {
            assert_eq!(inbox_prefix(good).as_deref(), Ok(good));
        }
        for bad in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "a b",
            "a.*",
            ">",
            "a\tb",
            "$JS.API",
            "$SYS",
            "_R_.x",
            "plansync.v1.evt",
            "plansync",
        ] {
            assert!(inbox_prefix(bad).is_err(), "{bad}");
        }
    }
}
