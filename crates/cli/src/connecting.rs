//! Options for the connection to NATS: those of the `nats` tool, its variables and its contexts.
//!
//! An option has precedence over its variable, and a variable over the context. A context is used if it is
//! named; for clients also if it is the selected one and no address is given. The engine uses only a context
//! that its command line or its settings file names: which server it serves must not depend on what somebody has
//! selected.

mod identity;

use std::ffi::OsStr;
use std::sync::OnceLock;
use std::time::Duration;

use clap::builder::TypedValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use plansync_nats::{ClientConnection, ConnectError, Connection, check_addresses};

pub(crate) use identity::IdentityArguments;

use crate::exit::NotUnderstood;
use crate::nats_context::{self, NatsContext};
use crate::service::Service;
use crate::settings::setting;
use crate::whole;

/// The address of a server that runs on this machine.
const DEFAULT_URL: &str = "nats://127.0.0.1:4222";
/// The variable with the context of clients.
const NATS_CONTEXT: &str = "NATS_CONTEXT";

/// Options of a client for the NATS server and the credentials.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConnectionArguments {
    #[command(flatten)]
    address: AddressArguments,
    /// Context of the nats tool to connect with, or the absolute path of its file. If neither this nor an
    /// address is given, the context that `nats context select` has selected is used.
    #[arg(
        long,
        env = NATS_CONTEXT,
        value_name = "NAME",
        add = setting("nats.context").such_as("production")
    )]
    context: Option<String>,
}

/// Options of a client that may also connect as the engine does.
#[derive(Debug, Clone)]
pub(crate) struct EitherConnectionArguments {
    /// The context is that of the command line or of a settings file.
    given: ConnectionArguments,
    /// Whether the command line names it.
    is_context_typed: bool,
}

impl EitherConnectionArguments {
    /// Where the engine connects to.
    pub(crate) fn of_engine(&self) -> Result<Destination, NotUnderstood> {
        let context = self.given.context.as_deref().map(nats_context::named);
        Ok(self.given.address.destination(context.transpose()?))
    }

    /// Where a client connects to.
    pub(crate) fn of_client(&self) -> Result<Destination, NotUnderstood> {
        let is_set = std::env::var_os(NATS_CONTEXT).is_some_and(|name| !name.is_empty());
        if is_set && !self.is_context_typed {
            // For other clients, it takes the place of what files say of the connection, which is read already.
            return Err(NotUnderstood(
                "this command does not use NATS_CONTEXT; name the context by `--context`, or unset the variable"
                    .to_owned(),
            ));
        }
        self.given.destination()
    }

    fn without_variable(command: Command) -> Command {
        command.mut_arg("context", |context| {
            context.env(None).help(
                "Context of the nats tool to connect with, or the absolute path of its file. NATS_CONTEXT is not used, \
                 and the selected context only with `--as`, if neither this nor an address is given",
            )
        })
    }
}

impl FromArgMatches for EitherConnectionArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self {
            given: ConnectionArguments::from_arg_matches(matches)?,
            is_context_typed: matches.value_source("context") == Some(ValueSource::CommandLine),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for EitherConnectionArguments {
    fn augment_args(command: Command) -> Command {
        Self::without_variable(ConnectionArguments::augment_args(command))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::without_variable(ConnectionArguments::augment_args_for_update(command))
    }
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

/// The prefix of the inbox, if the engine sends replies to it only from another NATS account.
static UNANSWERED_INBOX: OnceLock<String> = OnceLock::new();

/// Keeps a prefix in mind to which the engine may not reply.
fn note_inbox(prefix: &str) {
    if !is_below_inbox(prefix) {
        // Once for the process: it has one connection.
        let _ = UNANSWERED_INBOX.set(prefix.to_owned());
    }
}

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
pub(crate) fn seconds() -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync + 'static {
    whole::within(1..=86_400)
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

    /// The same without what a service needs; a server that is away is waited for.
    pub(crate) async fn connect_in_time(&self) -> anyhow::Result<ClientConnection> {
        let (destination, patience) = (self.connection.destination()?, self.patience());
        let patiently = ClientConnection::open_patiently(&destination.connection, patience);
        let connected = match tokio::time::timeout(patience, patiently).await {
            Ok(connected) => connected,
            // This attempt says what is wrong.
            Err(_) => ClientConnection::open(&destination.connection, patience).await,
        };
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
