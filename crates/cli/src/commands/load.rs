//! `plansync load`: many operations from a file, in an order that keeps what depends on what.
//!
//! Lines of one administrator go one after another; lines of different ones go side by side. What
//! `system` imports comes before all behind it, because it is `system` that brings the people and
//! plans the others speak of; lines of it with one operation go side by side, in order for each
//! learner, administrator or programme.

mod example;
pub(crate) mod line;
pub(crate) mod sender;
mod source;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use clap::builder::{NonEmptyStringValueParser, RangedU64ValueParser};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::asking::{self, AskError};
use crate::commands::load::line::{Line, Naming};
use crate::commands::load::sender::{Sender, Tally};
use crate::commands::load::source::Source;
use crate::connecting::ClientArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::signals::Signals;
use crate::typed::Typed;
use crate::{failure, shell, terminal};

/// Ask for many operations, one a line of a file.
#[derive(Debug, Args)]
#[command(after_help = "\
A line is a JSON object: {\"tenant\": \"acme\", \"as\": \"system\", \"operation\": \"tenant.put\", \"body\": {…}}
A line without `tenant` or `as` has those of `--tenant` and `--as`.
The file is read through first: if a line cannot be sent (no JSON, not UTF-8, a field that is given
twice, a name that can be none), nothing is.

Commands without a `command_id` get one that follows from the batch, the line's text and how often the
same text came before. The batch follows from the content of the file, whatever its name; so a load that
broke off is simply started again, and what was done already is not done twice. A file that was mended
goes on with what the earlier one had not done if it is given that one's batch, which is printed.
Batches of versions up to 0.1.0 were named like the file: give that name to go on with one of them.

Examples:
  plansync load --template > example.jsonl         # a small college, with a record open and changed
  plansync load example.jsonl
  plansync sync preview --tenant example-college --as alice --learners all")]
pub(crate) struct Load {
    /// The file; one JSON object a line. `/dev/stdin` and other streams are kept in a temporary file.
    #[arg(required_unless_present = "template")]
    file: Option<PathBuf>,
    /// Write an example instead, to the file or else to the standard output; a file that is there is
    /// left as it is.
    #[arg(long, conflicts_with_all = ["batch", "keep_going"])]
    template: bool,
    /// What the ids of commands are derived from; else the content of the file.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    batch: Option<String>,
    /// How many operations may be under way at once.
    #[arg(
        long,
        default_value_t = 64,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=IN_FLIGHT_MAX),
        value_name = "COUNT"
    )]
    in_flight: usize,
    /// Go on after a line that is refused.
    #[arg(long)]
    keep_going: bool,
    // Before the others, which are taken out of the matches as they are read.
    #[command(flatten)]
    typed: Typed,
    /// For which tenant, where a line has none.
    #[arg(long, env = "PLANSYNC_TENANT", value_parser = asking::name)]
    tenant: Option<String>,
    /// As whom, where a line says nothing of it.
    #[arg(long = "as", env = "PLANSYNC_ACTOR", value_name = "ACTOR", value_parser = asking::name)]
    actor: Option<String>,
    #[command(flatten)]
    client: ClientArguments,
}

/// More operations at once only make a longer queue at the service.
const IN_FLIGHT_MAX: u64 = 4_096;

/// How often the progress is drawn.
const DRAW_EVERY: Duration = Duration::from_millis(100);

/// How the sending ended.
enum Sent {
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
        let mut source = Source::open(file)?;
        let batch = match &self.batch {
            Some(batch) => batch.clone(),
            None => source.identity()?.to_string(),
        };
        check_all(&mut source, self.naming(&batch)).context("nothing was sent")?;
        source.rewind()?;
        let bar = progress(output, source.bytes());
        let client = self.client.connect().await?;
        let mut signals = Signals::listen()?;
        let sender = Sender::new(client, output, self.keep_going);
        let started = Instant::now();
        let sent = tokio::select! {
            sent = self.send_all(&mut source, &batch, &sender, &bar) => sent.map(|()| Sent::Ended),
            () = signals.asked_to_end() => Ok(Sent::Interrupted),
        };
        bar.finish_and_clear();
        let tally = sender.tally();
        report(output, &tally, &batch, started.elapsed())?;
        let is_done = matches!(sent, Ok(Sent::Ended)) && tally.refused == 0;
        if !is_done {
            self.say_how_to_go_on(output, &batch);
        }
        Ok(match sent? {
            Sent::Interrupted => Exit::Interrupted,
            Sent::Ended if is_done => Exit::Done,
            Sent::Ended => Exit::Refused,
        })
    }

    async fn send_all(
        &self,
        source: &mut Source,
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
                "To go on without doing anything twice, load the same again with {batch}."
            ));
        };
        let again = self
            .typed
            .command("load", &format!("{} {batch}", shell::file(file)));
        output::aside(&format!(
            "To go on without doing anything twice, also after lines of the file were mended:\n  {again}"
        ));
    }
}

/// Reads the file to its end, and refuses it if a line cannot be sent.
fn check_all(source: &mut Source, mut naming: Naming) -> anyhow::Result<()> {
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
                " (all of them by an earlier load; with another `--batch` they are done again)"
                    .to_owned()
            }
            repeated => format!(" ({repeated} of them by an earlier load)"),
        };
        return output::line(&format!(
            "{done} done{before}, {refused} refused, in {seconds:.1} s: {rate} a second"
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
