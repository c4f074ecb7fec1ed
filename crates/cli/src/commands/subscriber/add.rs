//! `plansync subscriber add`: makes the consumer of a subscriber, and its part of the NATS
//! configuration.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use plansync_nats::{
    Added, EventSource, StartAt, Subscriber, SubscriberName, SubscriberRequest, UNACKNOWLEDGED_MAX,
};
use serde_json::json;

use super::configuration::Configuration;
use super::configuration_file::ConfigurationFile;
use super::{kinds, shown};
use crate::connecting::{ClientArguments, seconds};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::settings::setting;
use crate::{asking, paths, whole};

/// Add a durable subscriber, and print its part of the NATS configuration.
#[derive(Debug, Args)]
#[command(after_help = "\
The configuration that is printed is an account with one user, who can receive
and acknowledge the events of this subscriber and do nothing else. With
`--write`, it is written to a file, which the nats-server configuration can
include.

Adding the same subscriber again changes nothing; it keeps its place. If it
exists with other options, or if somebody changed its consumer, it is not
changed, and the exit code is 2.

The file is written before the subscriber is added. If the subscriber cannot be
added, the file is removed again.")]
pub(super) struct Add {
    /// Name: a letter, then up to 63 letters, digits, `_` or `-`. It is also the name of the consumer, of the
    /// NATS account and of its user, so accounts, tenants and other subscribers must not have it.
    #[arg(value_name = "NAME")]
    name: SubscriberName,
    /// Tenant whose events it receives.
    #[arg(
        long,
        env = "PLANSYNC_TENANT",
        value_parser = asking::name,
        add = setting("client.tenant")
    )]
    tenant: String,
    /// Kinds of events, separated by commas: `plan`, `record`, `sync`, `command`, or one such as
    /// `sync.completed` [default: all].
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = kinds::kind)]
    kinds: Vec<String>,
    /// First event: `beginning`, `now`, `position:N`, `sequence:N`, or a time such as 2026-11-23T08:00:00Z.
    /// Positions are those of `ce-position`, sequences those of the stream.
    #[arg(long, value_name = "START", default_value_t = StartAt::Beginning)]
    from: StartAt,
    /// Encoding of the events. `json` reads the stream of `plansync bridge`, for an engine that publishes
    /// MessagePack.
    #[arg(long, value_enum, default_value_t = Events::AsPublished)]
    events: Events,
    /// Time within which an event must be acknowledged before it is delivered again, in seconds, up to
    /// 86,400.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = seconds())]
    ack_wait: u64,
    /// Number of events that may wait for acknowledgement at a time, up to 10,000.
    #[arg(
        long,
        value_name = "COUNT",
        default_value_t = 1_000,
        value_parser = whole::within(1..=UNACKNOWLEDGED_MAX)
    )]
    ack_pending_max: u16,
    /// Write the NATS configuration to this file instead of printing it. A file with the same content stays as it
    /// is; any other is not overwritten.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Name of the engine's account in the NATS configuration.
    #[arg(long, value_name = "NAME", default_value = "PLANSYNC", value_parser = asking::name)]
    engine_account: String,
    #[command(flatten)]
    client: ClientArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Events {
    /// As the engine publishes them.
    AsPublished,
    /// JSON, from the stream of `plansync bridge`.
    Json,
}

impl Add {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let request = self.request();
        request.check_name(&self.engine_account)?;
        let configuration = Configuration {
            request: &request,
            engine_account: &self.engine_account,
        };
        let text = configuration.text();
        let service = self.client.connect().await?;
        let subscribers = service.connection().subscribers();
        let file = self
            .write
            .as_deref()
            .map(|path| ConfigurationFile::write(path, &text));
        let file = file.transpose()?;
        let added = match subscribers.add(&request).await {
            Ok(added) => added,
            Err(error) => {
                if let Some(file) = file {
                    file.undo();
                }
                return Err(error.into());
            }
        };
        let subscriber = subscribers.get(&request.name).await?;
        let has_events = subscribers
            .has_events(request.source, &request.tenant)
            .await?;
        if !output.is_for_people() {
            let mut value = shown::value(&subscriber);
            value["added"] = json!(added == Added::Made);
            value["tenant_has_events"] = json!(has_events);
            value["configuration"] = json!(text);
            output.value(&value)?;
            return Ok(Exit::Done);
        }
        output::sentences(&told(added, &subscriber))?;
        if !has_events {
            output::aside(&format!(
                "No event of the tenant {} was published yet. If it is not a new tenant, its name may be mistyped.",
                request.tenant
            ));
        }
        match &self.write {
            Some(path) => output::sentences(&written(path, &configuration))?,
            None => output::line(&format!("\n{}", text.trim_end()))?,
        }
        Ok(Exit::Done)
    }

    fn request(&self) -> SubscriberRequest {
        SubscriberRequest {
            name: self.name.clone(),
            tenant: self.tenant.clone(),
            kinds: kinds::distinct(&self.kinds),
            source: match self.events {
                Events::AsPublished => EventSource::Engine,
                Events::Json => EventSource::Json,
            },
            from: self.from,
            ack_wait: Duration::from_secs(self.ack_wait),
            ack_pending_max: self.ack_pending_max,
        }
    }
}

fn written(path: &Path, configuration: &Configuration<'_>) -> String {
    format!(
        "The file {} has its part of the NATS configuration. The server reads the password from the \
         environment variable {}.",
        paths::shown(path),
        configuration.password_variable()
    )
}

fn told(added: Added, subscriber: &Subscriber) -> String {
    let Subscriber { name, tenant, .. } = subscriber;
    let waiting = shown::events(subscriber.lag.events());
    match added {
        Added::Made => format!("Added the subscriber {name} of {tenant}; {waiting} for it."),
        Added::Existed => {
            format!("The subscriber {name} of {tenant} exists already; {waiting} for it.")
        }
        Added::Finished => format!(
            "The subscriber {name} of {tenant} exists already; it was moved to {}, which had been interrupted; \
             {waiting} for it.",
            subscriber.from
        ),
    }
}
