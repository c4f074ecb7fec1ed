//! What every part of the demo needs: a connection to send requests, and output.

use std::time::Duration;

use plansync_client::{Events, Start};
use plansync_nats::Connection;
use serde_json::Value;

use crate::ask_error::AskError;
use crate::asking::Question;
use crate::commands::demo::college::{DELIVERY_MANAGER, TENANT};
use crate::output::{self, Output};
pub(super) use crate::reply::{items, number, text};
use crate::service::Service;
use crate::table::Table;

const PATIENCE: Duration = Duration::from_secs(20);

/// One connection, and the output.
pub(super) struct DemoContext {
    service: Service,
    output: Output,
}

impl DemoContext {
    pub(super) async fn open(output: Output, url: &str) -> anyhow::Result<Self> {
        let connection = Connection {
            url: url.to_owned(),
            ..Connection::default()
        };
        let service = Service::connect(&connection, PATIENCE).await?;
        if !service.connection().is_service_ready(PATIENCE).await {
            return Err(AskError::NoService.into());
        }
        Ok(Self { service, output })
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
        .ask_service(&self.service)
        .await
    }

    /// The events whose subjects end with this pattern, from now on.
    pub(super) async fn events(&self, tail: &str) -> anyhow::Result<Events> {
        let tenant = TENANT.parse()?;
        let events = self.service.exchange().events(Some(&tenant));
        let events = events.matching(tail).replay(Start::Now).await;
        Ok(events.map_err(AskError::from)?)
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
