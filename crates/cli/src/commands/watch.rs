//! `plansync watch`: events as they come.

use clap::Args;
use plansync_nats::{Event, WatchFrom};
use serde_json::{Map, Value, json};

use crate::connecting::ClientArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::plain;

/// Show events as they come, until Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plansync watch --tenant acme
  plansync watch --tenant acme --events 'sync.*.*' --from-start")]
pub(crate) struct Watch {
    /// Of which tenant; `*` for all.
    #[arg(long)]
    tenant: String,
    /// Which events: the rest of the subject, `<kind>.<id>.<what>`.
    #[arg(long, default_value = ">", value_name = "TAIL")]
    events: String,
    /// Begin with what the stream still holds.
    #[arg(long)]
    from_start: bool,
    #[command(flatten)]
    client: ClientArguments,
}

impl Watch {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let client = self.client.connect().await?;
        let from = if self.from_start {
            WatchFrom::Start
        } else {
            WatchFrom::Now
        };
        let tail = format!("{}.{}", self.tenant, self.events);
        let mut events = client.watch(&tail, from).await?;
        loop {
            tokio::select! {
                event = events.next() => match event {
                    Some(event) => show(output, &event?)?,
                    None => return Ok(Exit::NotReachable),
                },
                interrupted = tokio::signal::ctrl_c() => {
                    interrupted?;
                    return Ok(Exit::Done);
                }
            }
        }
    }
}

fn show(output: Output, event: &Event) -> anyhow::Result<()> {
    let body = plain::decode(event.header("content-type"), &event.body)?;
    if output.is_for_people() {
        output::line(&line(event, &body))?;
    } else {
        let headers: Map<_, _> = event
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), Value::String(value.clone())))
            .collect();
        let event = json!({ "subject": event.subject, "headers": headers, "body": body });
        output.value(&event)?;
    }
    Ok(())
}

/// When, who, what, and the single values of the body.
fn line(event: &Event, body: &Value) -> String {
    let header = |name| event.header(name).unwrap_or("–");
    let kind = header("ce-type").trim_start_matches("plansync.v1.");
    let said = body
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| match value {
            Value::Null | Value::Object(_) => None,
            Value::Array(items) => Some(format!("{name}: {}", items.len())),
            Value::String(text) => Some(format!("{name}: {text}")),
            Value::Bool(_) | Value::Number(_) => Some(format!("{name}: {value}")),
        });
    format!(
        "{}  {:>8}  {:<18} {:<16} {}",
        header("ce-time"),
        header("ce-position"),
        kind,
        header("ce-actor"),
        said.collect::<Vec<_>>().join("  ")
    )
}
