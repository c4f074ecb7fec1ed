//! `plansync load`: sends many requests from a file, in an order that respects their dependencies.
//!
//! Lines of one administrator are sent one after another, lines of different administrators in parallel. Lines of
//! `system` create the people and plans that others refer to, so they are completed before any line behind them;
//! among them, lines with the same operation are sent in parallel, in order for each learner, administrator or
//! programme.

mod example;
pub(crate) mod line;
pub(crate) mod sender;
mod source;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::ask_error::AskError;
use crate::asking;
use crate::commands::load::line::{Line, Naming};
use crate::commands::load::sender::{Sender, Tally};
use crate::commands::load::source::LoadFile;
use crate::connecting::ClientArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::printed_command::PrintedCommand;
use crate::settings::setting;
use crate::signals::Signals;
use crate::{failure, shell, terminal, whole};

/// Send many requests from a file, one per line.
#[derive(Debug, Args)]
#[command(after_help = "\
Each line is a JSON object:
  {\"tenant\": \"northgate\", \"as\": \"system\", \"operation\": \"tenant.put\", \"body\": {…}}
If a line has no `tenant` or `as`, the values of `--tenant` and `--as` are
used.

The whole file is checked first. If a line is invalid (not JSON or not UTF-8, a
duplicate field, an invalid name), nothing is sent.

A command without `command_id` gets one that is derived from the batch, the
text of the line and the number of equal lines before it. The batch is derived
from the content of the file. To continue an interrupted load, start it again:
commands that were already carried out are not repeated. To continue with a
corrected file, give the batch of the first load, which is printed, with
`--batch`. Versions up to 0.1.0 used the file name as the batch.

Examples:
  plansync load --template > example.jsonl      # a small college with example data
  plansync load example.jsonl
  plansync sync preview --tenant example-college --as alice --learners all")]
pub(crate) struct Load {
    /// File with one JSON object per line; pipes such as `/dev/stdin` are copied to a temporary file first.
    #[arg(required_unless_present = "template")]
    file: Option<PathBuf>,
    /// Write an example to FILE or standard output, and send nothing; an existing file is not overwritten.
    #[arg(long, conflicts_with_all = ["batch", "keep_going"])]
    template: bool,
    /// Name from which the ids of commands are derived, so that a repeated load repeats no command [default: derived from the content of the file].
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    batch: Option<String>,
    /// Maximum number of requests sent at the same time, 1 to 4,096.
    #[arg(
        long,
        default_value_t = 64,
        value_parser = whole::within(1..=IN_FLIGHT_MAX),
        value_name = "COUNT"
    )]
    in_flight: usize,
    /// Continue after a line that was refused.
    #[arg(long)]
    keep_going: bool,
    // The first field, because the other ones are removed from the matches when they are read.
    #[command(flatten)]
    printed: PrintedCommand,
    /// Tenant for lines without `tenant`.
    #[arg(
        long,
        env = "PLANSYNC_TENANT",
        value_parser = asking::name,
        add = setting("client.tenant")
    )]
    tenant: Option<String>,
    /// Actor for lines without `as`: the id of an administrator, or `system`.
    #[arg(
        long = "as",
        env = "PLANSYNC_ACTOR",
        value_name = "ACTOR",
        value_parser = asking::name,
        add = setting("client.actor")
    )]
    actor: Option<String>,
    #[command(flatten)]
    client: ClientArguments,
}

/// More operations at once only make a longer queue at the service.
const IN_FLIGHT_MAX: usize = 4_096;

/// How often the progress is drawn.
const DRAW_EVERY: Duration = Duration::from_millis(100);

/// How the sending ended.
enum Ending {
    /// Every line was sent, or one was refused.
    Ended,
    /// Somebody asked for an end.
    Interrupted,
}

impl Load {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let Some(file) = self.file.as_deref().filter(|_| !self.template) else {
            return example::write(self.file.as_deref());
        };
        let mut source = LoadFile::open(file)?;
        let batch = match &self.batch {
            Some(batch) => batch.clone(),
            None => source.identity()?.to_string(),
        };
        check_all(&mut source, self.naming(&batch)).context("nothing was sent")?;
        source.rewind()?;
        let bar = progress(output, source.bytes());
        let service = self.client.connect().await?;
        let mut signals = Signals::listen()?;
        let sender = Sender::new(&service, output, self.keep_going);
        let started = Instant::now();
        let sent = tokio::select! {
            sent = self.send_all(&mut source, &batch, &sender, &bar) => sent.map(|()| Ending::Ended),
            () = signals.asked_to_end() => Ok(Ending::Interrupted),
        };
        bar.finish_and_clear();
        let tally = sender.tally();
        report(output, &tally, &batch, started.elapsed())?;
        let is_done = matches!(sent, Ok(Ending::Ended)) && tally.refused == 0;
        if !is_done {
            self.say_how_to_go_on(output, &batch);
        }
        Ok(match sent? {
            Ending::Interrupted => Exit::Interrupted,
            Ending::Ended if is_done => Exit::Done,
            Ending::Ended => Exit::Refused,
        })
    }

    async fn send_all(
        &self,
        source: &mut LoadFile,
        batch: &str,
        sender: &Sender,
        bar: &ProgressBar,
    ) -> anyhow::Result<()> {
        let mut naming = self.naming(batch);
        let mut wave = Vec::new();
        while !sender.is_to_stop()
            && let Some(text) = source.next()?
        {
            bar.inc(text.bytes);
            let line = Line::parse(text.number, text.text, &mut naming)?;
            let fits = wave
                .last()
                .is_none_or(|last: &Line| last.goes_beside(&line));
            if !fits || wave.len() >= self.in_flight {
                sender.send(std::mem::take(&mut wave)).await?;
            }
            wave.push(line);
            bar.set_message(format!("{} operations", sender.tally().done));
        }
        sender.send(wave).await
    }

    fn naming(&self, batch: &str) -> Naming {
        Naming::new(batch).with_defaults(self.tenant.clone(), self.actor.clone())
    }

    /// The same batch again does nothing twice, also with a file that was mended meanwhile.
    fn say_how_to_go_on(&self, output: Output, batch: &str) {
        if output.is_json() {
            return;
        }
        let batch = shell::option("batch", batch);
        let file = self.file.as_deref().filter(|file| file.is_file());
        let Some(file) = file.and_then(Path::to_str) else {
            return output::aside(&format!(
                "To continue without repeating anything, load the same input again with `{batch}`."
            ));
        };
        let again = self
            .printed
            .command("load", &format!("{} {batch}", shell::file(file)));
        output::aside(&format!(
            "To continue without repeating anything, even after you corrected lines of the file:\n  {again}"
        ));
    }
}

/// Reads the file to its end, and refuses it if a line cannot be sent.
fn check_all(source: &mut LoadFile, mut naming: Naming) -> anyhow::Result<()> {
    while let Some(text) = source.next()? {
        Line::parse(text.number, text.text, &mut naming)?;
    }
    Ok(())
}

fn progress(output: Output, bytes: u64) -> ProgressBar {
    if !output.shows_progress() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    let style = "{wide_bar} {percent:>3} %  {msg}  {elapsed_precise}  {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(DRAW_EVERY);
    bar
}

fn report(output: Output, tally: &Tally, batch: &str, took: Duration) -> std::io::Result<()> {
    let Tally {
        done,
        repeated,
        refused,
    } = *tally;
    if output.is_for_people() {
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
        let rate = done.saturating_mul(1000) / millis;
        let seconds = took.as_secs_f64();
        let before = match repeated {
            0 => String::new(),
            all if all == done => {
                " (all by an earlier load; to repeat them, use another `--batch`)".to_owned()
            }
            repeated => format!(" ({repeated} by an earlier load)"),
        };
        return output::line(&format!(
            "{done} done{before}, {refused} refused, in {seconds:.1} s ({rate} per second)"
        ));
    }
    output.value(&json!({
        "batch": batch,
        "done": done,
        "repeated": repeated,
        "refused": refused,
        "seconds": took.as_secs_f64(),
    }))
}

/// Says on the error stream which line was refused, and why.
fn complain(output: Output, number: u64, error: AskError) {
    let why = error.to_string();
    if !output.is_json() {
        return output::aside(&format!("line {number}: {}", terminal::line(&why)));
    }
    let mut value = failure::of(&error.into(), &why, Exit::Refused);
    value["error"]["line"] = json!(number);
    output::failure(&value);
}
