//! The part of the nats-server configuration that belongs to one subscriber: an account of its own,
//! which imports its consumer.
//!
//! The account has the name of the subscriber. The exports of the engine's account state at which place
//! of their subjects the name of the importing account must stand (`account_token_position`), so the
//! server itself refuses an account that imports the consumer of another one.

use plansync_nats::{EventSource, SubscriberRequest};

/// Who the subscriber is in the configuration.
pub(super) struct Configuration<'a> {
    pub(super) request: &'a SubscriberRequest,
    /// The engine's account.
    pub(super) engine_account: &'a str,
}

impl Configuration<'_> {
    /// The variable of the environment from which the server reads the password of the subscriber.
    pub(super) fn password_variable(&self) -> String {
        let name = self.request.name.as_str().to_ascii_uppercase();
        format!("{}_PASSWORD", name.replace('-', "_"))
    }

    /// The whole file.
    pub(super) fn text(&self) -> String {
        let lines = [self.header(), self.account()].concat();
        lines.join("\n") + "\n"
    }

    fn header(&self) -> Vec<String> {
        let SubscriberRequest {
            name,
            tenant,
            kinds,
            source,
            ..
        } = self.request;
        let kinds = match kinds.as_slice() {
            [] => "all events".to_owned(),
            some => some.join(", "),
        };
        let engine = self.engine_account;
        let mut lines = vec![
            format!("# Account of the subscriber {name}: {kinds} of the tenant {tenant}."),
            "#".to_owned(),
            "# Include this file in the block `accounts` of the nats-server configuration. The account".to_owned(),
            format!("# {engine} needs these exports, once for all subscribers:"),
        ];
        lines.extend(
            exports(*source)
                .into_iter()
                .map(|export| format!("#     {export}")),
        );
        lines.extend([
            "# They let an account reach only the consumer that has the name of the account."
                .to_owned(),
            String::new(),
        ]);
        lines
    }

    fn account(&self) -> Vec<String> {
        let (name, engine) = (&self.request.name, self.engine_account);
        let subjects = self.subjects();
        let mut lines = vec![format!("{name} {{"), "    imports: [".to_owned()];
        lines.extend(subjects.iter().map(|subject| {
            format!("        {{ service: {{ account: {engine}, subject: \"{subject}\" }} }}")
        }));
        lines.extend([
            "        # Without this import, the server would look for the consumer in this account.".to_owned(),
            format!("        {{ service: {{ account: {engine}, subject: \"{NOBODY}\" }}, to: \"$JS.API.INFO\" }}"),
            "    ]".to_owned(),
            "    users: [".to_owned(),
            "        {".to_owned(),
            format!("            user: {name}"),
            format!("            password: ${}", self.password_variable()),
            "            permissions {".to_owned(),
            "                publish: [".to_owned(),
        ]);
        lines.extend(
            subjects
                .iter()
                .map(|subject| format!("                    \"{subject}\"")),
        );
        lines.extend(
            [
                "                ]",
                "                subscribe: [\"_INBOX.>\"]",
                "            }",
                "        }",
                "    ]",
                "}",
            ]
            .map(str::to_owned),
        );
        lines
    }

    /// What the subscriber publishes on: requests for events, for the state of its consumer, and
    /// acknowledgements.
    fn subjects(&self) -> [String; 3] {
        let (stream, name) = (self.request.source.stream(), &self.request.name);
        [
            format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}"),
            format!("$JS.API.CONSUMER.INFO.{stream}.{name}"),
            format!("$JS.ACK.{stream}.{name}.>"),
        ]
    }
}

/// A subject on which nobody answers.
const NOBODY: &str = "plansync.v1.nobody";

/// What the engine's account exports for all subscribers to a stream.
pub(super) fn exports(source: EventSource) -> [String; 4] {
    let stream = source.stream();
    [
        format!(
            "{{ service: \"$JS.API.CONSUMER.MSG.NEXT.{stream}.*\", response_type: stream, account_token_position: 7 }}"
        ),
        format!("{{ service: \"$JS.API.CONSUMER.INFO.{stream}.*\", account_token_position: 6 }}"),
        format!("{{ service: \"$JS.ACK.{stream}.*.>\", account_token_position: 4 }}"),
        format!("{{ service: \"{NOBODY}\" }}"),
    ]
}
