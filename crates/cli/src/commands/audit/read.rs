//! `plansync audit read`: the log as events, for programs.

use std::time::Duration;

use clap::Args;
use plansync_protocol::audit::WaitMillis;
use serde_json::Value;

use crate::ask_error::AskError;
use crate::caller::Limit;
use crate::commands::audit::log::needs_engine;
use crate::commands::audit::paging::{Pages, joined};
use crate::exit::Exit;
use crate::failure;
use crate::output::{self, Output};
use crate::reply::{items, text};
use crate::signals::Signals;
use crate::source::SourceArguments;
use crate::whole;

/// The names of columns.
const COLUMNS: [&str; 10] = [
    "position",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "actor",
    "correlation_id",
    "chain",
    "data",
];

/// Read the log of a tenant as events, one a line, for programs.
#[derive(Debug, Args)]
#[command(after_help = "\
Writes one event a line as JSON, with its kind, its data and the attributes of
the published event; those of reference data are among them. With
`--output json`, it is the reply of `audit.read`, with all events.

To keep a projection up to date, go on with `--follow`. The event stream takes
over from it only for plans, synchronisations and results of commands: it has no
events of reference data (docs/audit.md, \"To build a projection of your own\").

Examples:
  plansync audit read --tenant northgate --as system > log.jsonl
  plansync audit read --from 4711 --follow
  plansync audit read --backup FILE --output csv > log.csv")]
pub(crate) struct Read {
    /// First position to read.
    #[arg(long, value_name = "POSITION", default_value_t = 1, value_parser = whole::at_least(0_u64))]
    from: u64,
    /// Wait for further events at the end, until Ctrl-C.
    #[arg(long, conflicts_with_all = ["limit", "data", "backup"])]
    follow: bool,
    /// Maximum number of events, or `all`.
    #[arg(long, value_name = "EVENTS|all", default_value = "all")]
    limit: Limit,
    #[command(flatten)]
    source: SourceArguments,
}

impl Read {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.source.open(output).await?.exactly();
        if self.follow {
            needs_engine(&caller)?;
        }
        let wait = self.follow.then(|| wait(self.source.client.patience()));
        let mut reading = Reading {
            output,
            pages: Pages::of_events(&caller, self.from, wait, self.limit),
            is_whole: output.is_json() && !output.is_json_lines() && !self.follow,
            read: 0,
            whole: None,
        };
        let ended = if self.follow {
            let mut signals = Signals::listen()?;
            tokio::select! {
                ended = reading.run() => ended,
                () = signals.asked_to_end() => return Ok(Exit::Done),
            }
        } else {
            reading.run().await
        };
        if let Some(whole) = &reading.whole {
            output.value(whole)?;
        }
        match ended {
            Ok(()) => Ok(caller.source().exit(output)),
            // What is before the damage was written.
            Err(error) if is_of_damage(&error) && reading.read > 0 => {
                Ok(failure::explain(output, &error))
            }
            Err(error) => Err(error),
        }
    }
}

fn is_of_damage(error: &anyhow::Error) -> bool {
    error.downcast_ref().is_some_and(AskError::is_of_damage)
}

/// How long a request may wait for more, in milliseconds: shorter than its reply is waited for.
fn wait(patience: Duration) -> u64 {
    let half = u64::try_from(patience.as_millis() / 2).unwrap_or(u64::MAX);
    half.min(u64::from(WaitMillis::MAX.get()))
}

/// A log that is read from a position on.
struct Reading<'a> {
    output: Output,
    pages: Pages<'a>,
    /// Whether all replies are wanted as one.
    is_whole: bool,
    /// The number of replies that were read.
    read: usize,
    /// All replies as one, where that is wanted.
    whole: Option<Value>,
}

impl Reading<'_> {
    async fn run(&mut self) -> anyhow::Result<()> {
        while !output::is_unread() {
            let Some(page) = self.pages.next().await? else {
                break;
            };
            if self.is_whole {
                self.whole = Some(joined(self.whole.take(), page, self.pages.list));
            } else {
                self.write(items(&page, self.pages.list), self.read == 0)?;
            }
            self.read += 1;
        }
        Ok(())
    }

    fn write(&self, events: &[Value], is_first: bool) -> std::io::Result<()> {
        if !self.output.is_rows() {
            return events
                .iter()
                .try_for_each(|event| output::line(&event.to_string()));
        }
        if is_first {
            self.output.row(COLUMNS.into_iter(), true)?;
        }
        events.iter().try_for_each(|event| {
            let position = event["position"].to_string();
            let data = event["event"]["data"].to_string();
            let values = COLUMNS.map(|column| match column {
                "position" => position.as_str(),
                "data" => data.as_str(),
                column => text(event, column),
            });
            self.output.row(values.into_iter(), false)
        })
    }
}
