//! Options for credentials and TLS: as whom to connect, and how the connection is protected.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args};
use plansync_nats::{Connection, Login};

use super::inbox_prefix;
use crate::nats_context::NatsContext;
use crate::settings::setting;

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

impl IdentityArguments {
    /// The connection to an address, with the settings of a context where no option is given.
    pub(crate) fn connection(&self, url: &str, context: Option<&NatsContext>) -> Connection {
        let or = |given: &Option<PathBuf>, of: fn(&NatsContext) -> Option<PathBuf>| {
            given.clone().or_else(|| of(context?))
        };
        let prefix = self.inbox_prefix.as_deref();
        let inbox_prefix = prefix.or_else(|| context?.inbox_prefix());
        if let Some(prefix) = inbox_prefix {
            super::note_inbox(prefix);
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
