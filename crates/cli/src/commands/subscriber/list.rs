//! `plansync subscriber list`: the subscribers, and how far each is behind.

use clap::Args;
use plansync_nats::Subscriber;
use serde_json::json;

use super::shown;
use crate::asking;
use crate::commands::sync::components::time;
use crate::connecting::ClientArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::table::{Cell, Column, Table};

/// List subscribers, and how far each is behind.
#[derive(Debug, Args)]
#[command(after_help = "\
`Pending` are events that were not delivered yet, `Unacknowledged` those that were
delivered and not acknowledged. `Running` is the number of requests for events
that wait; it is 0 if no program of the subscriber is running.

A subscriber whose consumer somebody else has changed, or whose move (`reset`)
was interrupted, is told on standard error; with `--output json`, `differences`
and `moving_to` say the same.")]
pub(super) struct List {
    /// Tenant [default: all tenants].
    #[arg(long, value_parser = asking::name)]
    tenant: Option<String>,
    #[command(flatten)]
    client: ClientArguments,
}

impl List {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let service = self.client.connect().await?;
        let subscribers = service.connection().subscribers();
        let found = subscribers.list(self.tenant.as_deref()).await?;
        if found.is_empty() && output.is_for_people() {
            output::line("There are no subscribers.")?;
            return Ok(Exit::Done);
        }
        let items: Vec<_> = found.iter().map(shown::value).collect();
        let reply = json!({ "total": items.len(), "items": items });
        output.list(&reply, |_| table(&found), |_| Ok(()))?;
        if !output.is_json() {
            for warning in found.iter().flat_map(shown::warnings) {
                output::aside(&warning);
            }
        }
        Ok(Exit::Done)
    }
}

fn table(subscribers: &[Subscriber]) -> Table {
    let columns = [
        Column::text("Subscriber", "subscriber", 100),
        Column::text("Tenant", "tenant", 90),
        Column::text("Kinds", "kinds", 40),
        Column::number("Pending", "pending", 95),
        Column::number("Unacknowledged", "ack_pending", 94).brief("Unack."),
        Column::number("Running", "waiting", 50),
        Column::whole("Last delivered (UTC)", "delivered_at", 60),
        Column::for_programs("stream"),
        Column::for_programs("redelivered"),
        Column::for_programs("delivered_sequence"),
        Column::for_programs("acknowledged_sequence"),
        Column::for_programs("from"),
        Column::for_programs("moving_to"),
        Column::for_programs("differences"),
    ];
    Table::new(columns, subscribers.iter().map(row))
}

fn row(one: &Subscriber) -> Vec<Cell> {
    let lag = &one.lag;
    let kinds = match one.kinds.as_slice() {
        [] => Cell::new("all").exact(""),
        some => Cell::new(some.join(", ")).exact(some.join(",")),
    };
    let delivered_at = match shown::delivered_at(one) {
        Some(at) => time(&at),
        None => Cell::new("never").exact(""),
    };
    vec![
        Cell::new(&one.name),
        Cell::new(&one.tenant),
        kinds,
        Cell::new(lag.pending),
        Cell::new(lag.ack_pending),
        Cell::new(lag.waiting),
        delivered_at,
        Cell::new(one.stream),
        Cell::new(lag.redelivered),
        Cell::new(lag.delivered_sequence),
        Cell::new(lag.acknowledged_sequence),
        Cell::new(&one.from),
        Cell::new(
            one.moving_to
                .map_or_else(String::new, |sequence| sequence.to_string()),
        ),
        Cell::new(one.differences.join(", ")),
    ]
}
