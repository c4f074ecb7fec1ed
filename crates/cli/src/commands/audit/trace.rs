//! `plansync audit trace`: everything to which a command led, as a tree.

mod drawing;

use clap::Args;
use plansync_protocol::audit::{AuditTracePage, StreamKind, TraceItem};
use serde_json::{Value, json};

use self::drawing::tree;
use crate::caller::Caller;
use crate::commands::audit::events::{kinds, stream};
use crate::commands::audit::listing::{self, Listing, PartArguments, tell_more};
use crate::commands::audit::naming::Cast;
use crate::commands::audit::origins::second;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{counted, text, typed};
use crate::source::SourceArguments;
use crate::table::{Cell, Column};

/// Show everything to which a command led, as a tree.
#[derive(Debug, Args)]
#[command(after_help = "\
Of many commits of one kind in a row, only the first ones are shown, unless
`--each` is given.

Examples:
  plansync audit trace 0190a1b2-0000-7000-8000-000000000009
  plansync audit trace 4711            # the command of the commit at this position")]
pub(crate) struct Trace {
    /// Id of the command, or the position of a commit to which it led; `plansync audit log` lists both.
    #[arg(value_name = "COMMAND|POSITION")]
    command: String,
    /// Show each commit, also of many of one kind.
    #[arg(long)]
    each: bool,
    #[command(flatten)]
    part: PartArguments,
    #[command(flatten)]
    source: SourceArguments,
}

impl Trace {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.source.open(output).await?;
        let command = self.command(&caller).await?;
        let body = json!({ "command_id": command });
        let pages = self.part.of(&caller, ("audit.trace", "items"), body);
        let mut traced = Traced {
            cast: Cast::default(),
            command,
            is_folded: !self.each && self.part.is_all(),
        };
        listing::show(output, pages, &mut traced).await
    }

    /// The command that is meant, which may be given by a commit.
    async fn command(&self, caller: &Caller) -> anyhow::Result<String> {
        let Ok(position) = self.command.parse::<u64>() else {
            return Ok(self.command.clone());
        };
        let shown = caller
            .ask("audit.show", &json!({ "position": position }))
            .await?;
        Ok(text(&shown["commit"], "correlation_id").to_owned())
    }
}

/// Commits to which a command led, with the names that they are shown with.
struct Traced {
    cast: Cast,
    command: String,
    is_folded: bool,
}

impl Listing for Traced {
    fn columns(&self) -> Vec<Column> {
        [
            Column::number_for_programs("position"),
            Column::for_programs("at"),
            Column::for_programs("by"),
            Column::for_programs("kinds"),
            Column::for_programs("stream_kind"),
            Column::for_programs("stream"),
            Column::number_for_programs("cause"),
            Column::number_for_programs("depth"),
            Column::for_programs("correlation_id"),
        ]
        .into()
    }

    async fn learn(&mut self, caller: &Caller, reply: &Value) -> anyhow::Result<()> {
        let page: AuditTracePage = typed(reply)?;
        let people = page.items.iter().map(|item| item.by.to_string());
        self.cast.add_people(caller, people).await?;
        let plans = page
            .items
            .iter()
            .filter(|item| item.stream.kind == StreamKind::Plan);
        let plans = plans.map(|item| item.stream.id.clone());
        self.cast.add_learners(caller, plans).await
    }

    fn rows(&self, reply: &Value) -> anyhow::Result<Vec<Vec<Cell>>> {
        let page: AuditTracePage = typed(reply)?;
        let row = |item: &TraceItem| {
            let cause = item
                .cause
                .map_or_else(String::new, |cause| cause.0.to_string());
            vec![
                Cell::new(item.position.0),
                Cell::new(item.at),
                Cell::new(&item.by),
                Cell::new(kinds(&item.kinds)),
                Cell::new(item.stream.kind),
                Cell::new(&item.stream.id),
                Cell::new(cause),
                Cell::new(item.depth),
                Cell::new(item.correlation_id),
            ]
        };
        Ok(page.items.iter().map(row).collect())
    }

    fn show(&self, _output: Output, reply: &Value) -> anyhow::Result<()> {
        let page: AuditTracePage = typed(reply)?;
        if page.items.is_empty() {
            let told = format!(
                "No commit has the command {}; `plansync audit log` shows the commands of commits.",
                self.command
            );
            return Ok(output::sentences(&told)?);
        }
        let count = u64::try_from(page.items.len()).unwrap_or(u64::MAX);
        let head = format!("Command {}: {}", self.command, counted(count, "commit"));
        output::line(&Paint::of_stdout().strong(&head))?;
        let line = |item: &TraceItem| self.line(item);
        output::line(tree(&page.items, self.is_folded, line).trim_end())?;
        Ok(tell_more(reply)?)
    }
}

impl Traced {
    fn line(&self, item: &TraceItem) -> String {
        let by = item.by.to_string();
        format!(
            "{}  {} UTC  {}, {}  by {}",
            item.position.0,
            second(&item.at.to_string()),
            kinds(&item.kinds),
            stream(&item.stream, &self.cast),
            self.cast.person(&by)
        )
    }
}
