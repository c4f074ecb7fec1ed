//! What every part of the demo needs: a connection to send requests, and output.

use std::time::Duration;

use plansync_nats::{Client, Connection, Watch, WatchFrom};
use serde_json::Value;

use crate::asking::{AskError, Question};
use crate::commands::demo::college::{DELIVERY_MANAGER, TENANT};
use crate::output::{self, Output};
pub(super) use crate::reply::{items, number, text};
use crate::table::Table;

const PATIENCE: Duration = Duration::from_secs(20);

/// One connection, and the output.
pub(super) struct DemoContext {
    client: Client,
    output: Output,
}

impl DemoContext {
    pub(super) async fn open(output: Output, url: &str) -> anyhow::Result<Self> {
        let connection = Connection {
            url: url.to_owned(),
            ..Connection::default()
        };
        let client = Client::connect(&connection, PATIENCE).await?;
        client.wait_ready(PATIENCE).await?;
        Ok(Self { client, output })
    }

    /// Asks as `system`, which imports.
    pub(super) async fn import(&self, operation: &str, body: Value) -> Result<Value, AskError> {
        self.ask("system", operation, body).await
    }

    /// Asks as the delivery manager.
    pub(super) async fn manage(&self, operation: &str, body: Value) -> Result<Value, AskError> {
        self.ask(DELIVERY_MANAGER, operation, body).await
    }

    /// Sends a request as any actor.
    pub(super) async fn ask(
        &self,
        actor: &str,
        operation: &str,
        body: Value,
    ) -> Result<Value, AskError> {
        Question {
            tenant: TENANT,
            actor,
            operation,
            body: &body,
        }
        .ask(&self.client)
        .await
    }

    /// The events whose subjects end with this pattern.
    pub(super) async fn watch(&self, tail: &str) -> anyhow::Result<Watch> {
        Ok(self
            .client
            .watch(&format!("{TENANT}.{tail}"), WatchFrom::Now)
            .await?)
    }

    /// Begins a scene.
    pub(super) fn scene(&self, title: &str) -> std::io::Result<()> {
        self.say(&format!(
            "\n── {title} {}",
            "─".repeat(74_usize.saturating_sub(title.chars().count()))
        ))
    }

    /// Prints text for people; programs get only the result.
    pub(super) fn say(&self, text: &str) -> std::io::Result<()> {
        if self.output.is_for_people() {
            output::sentences(text)
        } else {
            Ok(())
        }
    }

    /// Shows a table to people.
    pub(super) fn table(&self, table: &Table) -> std::io::Result<()> {
        if self.output.is_for_people() {
            output::line(&self.output.drawn(table))
        } else {
            Ok(())
        }
    }

    pub(super) fn output(&self) -> Output {
        self.output
    }
}
