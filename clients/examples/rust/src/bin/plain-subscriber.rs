//! Keeps a table of the outcomes of synchronisations in `SQLite`, each exactly once.
//!
//! It uses no plansync library: only the NATS client and `MessagePack`. NATS delivers an event at least once. The row
//! of an event and the fact that it was handled are one SQL transaction, and the event is acknowledged after it; so an
//! event that is delivered again, because this program or the server was killed in between, changes nothing.
//!
//! ```sh
//! plain-subscriber outcomes.sqlite --nats-url nats://127.0.0.1:4222 --tenant northgate
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::{self, Message};
use clap::Parser;
use futures_util::StreamExt as _;
use rusqlite::{Connection, params};
use serde::Deserialize;
use uuid::Uuid;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS outcome (
    event TEXT PRIMARY KEY,     -- the event's ce-id: the same in every delivery, and never used again
    sync TEXT NOT NULL, learner TEXT NOT NULL, at TEXT NOT NULL,
    applied INTEGER NOT NULL, unchanged INTEGER NOT NULL, skipped TEXT NOT NULL
)";

#[derive(Parser)]
#[command(about = "Keeps a table of the outcomes of synchronisations in SQLite, each exactly once")]
struct Options {
    database: PathBuf,
    #[arg(long, default_value = "nats://127.0.0.1:4222")]
    nats_url: String,
    #[arg(long, default_value = "northgate")]
    tenant: String,
    /// Default: TENANT-outcomes.
    #[arg(long)]
    consumer: Option<String>,
}

/// The part of `sync.<sync>.target` that the table keeps. Other fields are ignored, also those of later versions.
#[derive(Deserialize)]
struct Target {
    sync: Uuid,
    learner: Uuid,
    applied: u64,
    unchanged: u64,
    skipped: BTreeMap<String, u64>,
}

/// Writes the row of an event, unless the table has it already.
fn store(database: &Connection, message: &Message) -> anyhow::Result<()> {
    let headers = message.headers.as_ref().context("an event has headers")?;
    let header = |name| headers.get(name).map(async_nats::HeaderValue::as_str);
    let id = header("ce-id").context("an event has a ce-id")?;
    // The server's configuration decides whether events are MessagePack or JSON.
    let target: Target = if header("content-type") == Some("application/json") {
        serde_json::from_slice(&message.payload)?
    } else {
        rmp_serde::from_slice(&message.payload)?
    };
    database.execute(
        "INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        params![
            id,
            target.sync.to_string(),
            target.learner.to_string(),
            header("ce-time"),
            target.applied,
            target.unchanged,
            serde_json::to_string(&target.skipped)?,
        ],
    )?;
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let database = Connection::open(&options.database)?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.execute_batch(TABLES)?;
    let client = async_nats::connect(&options.nats_url).await?;
    let events = jetstream::new(client).get_stream("PLANSYNC_EVENTS").await?;
    let name = options
        .consumer
        .unwrap_or_else(|| format!("{}-outcomes", options.tenant));
    let config = pull::Config {
        durable_name: Some(name),
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_secs(10),
        filter_subject: format!("plansync.v1.evt.{}.sync.*.target", options.tenant),
        ..pull::Config::default()
    };
    // The durable consumer on the server remembers what was acknowledged. One of this name with other settings is an
    // error: it belongs to somebody else.
    let consumer = events.create_consumer_strict(config).await?;
    loop {
        let mut messages = consumer.messages().await?;
        while let Some(message) = messages.next().await {
            // Heartbeats are missed while the server is away; the consumer is asked again.
            let Ok(message) = message else { break };
            store(&database, &message)?;
            if let Err(problem) = message.ack().await {
                anyhow::bail!("the event cannot be acknowledged: {problem}");
            }
        }
    }
}
