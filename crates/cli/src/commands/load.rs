//! `plansync load`: many operations from a file, in an order that keeps what depends on what.
//!
//! Lines of one administrator go one after another; lines of different ones go side by side. What
//! `system` imports comes before all behind it, because it is `system` that brings the people and
//! plans the others speak of; lines of it with one operation go side by side, in order for each
//! learner, administrator or programme.

mod line;
mod sender;

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::commands::load::line::{Line, Naming};
use crate::commands::load::sender::{Sender, Tally};
use crate::connecting::ClientArguments;
use crate::exit::{Exit, NotUnderstood};
use crate::output::{self, Output};

/// Ask for many operations, one a line of a file.
#[derive(Debug, Args)]
#[command(after_help = "\
A line is a JSON object: {\"tenant\": \"acme\", \"as\": \"system\", \"operation\": \"tenant.put\", \"body\": {…}}
Commands without a `command_id` get one that follows from the batch, the line's text and how often
the same text came before. So a load that broke off is simply started again: what was done already
is not done twice.")]
pub(crate) struct Load {
    /// The file; one JSON object a line.
    file: PathBuf,
    /// What the ids of commands are derived from; else the file's name.
    #[arg(long, value_name = "NAME")]
    batch: Option<String>,
    /// How many operations may be under way at once.
    #[arg(long, default_value_t = 64, value_name = "COUNT")]
    in_flight: usize,
    /// Go on after a line that is refused.
    #[arg(long)]
    keep_going: bool,
    #[command(flatten)]
    client: ClientArguments,
}

/// How often the progress is drawn.
const DRAW_EVERY: Duration = Duration::from_millis(100);

impl Load {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let file = File::open(&self.file).map_err(|error| cannot_read(&self.file, &error))?;
        let bytes = file.metadata().map_or(0, |metadata| metadata.len());
        let bar = progress(output, bytes);
        let client = self.client.connect().await?;
        let mut sender = Sender::new(client, self.keep_going);
        let started = Instant::now();
        self.send_all(BufReader::new(file), &mut sender, &bar)
            .await?;
        bar.finish_and_clear();
        let tally = sender.tally();
        report(output, &tally, started.elapsed())?;
        Ok(if tally.refused == 0 {
            Exit::Done
        } else {
            Exit::Refused
        })
    }

    async fn send_all(
        &self,
        mut file: BufReader<File>,
        sender: &mut Sender,
        bar: &ProgressBar,
    ) -> anyhow::Result<()> {
        let mut naming = Naming::new(&self.batch_name());
        let mut wave = Vec::new();
        let mut text = String::new();
        for number in 1_u64.. {
            text.clear();
            let bytes = file
                .read_line(&mut text)
                .map_err(|error| cannot_read(&self.file, &error))?;
            if bytes == 0 || sender.is_to_stop() {
                break;
            }
            bar.inc(u64::try_from(bytes).unwrap_or(0));
            if text.trim().is_empty() {
                continue;
            }
            let line = Line::parse(number, text.trim(), &mut naming)?;
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

    fn batch_name(&self) -> String {
        let file = || {
            self.file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        self.batch.clone().unwrap_or_else(file)
    }
}

fn cannot_read(file: &Path, error: &std::io::Error) -> NotUnderstood {
    NotUnderstood(format!(
        "the file {} cannot be read: {error}",
        file.display()
    ))
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

fn report(output: Output, tally: &Tally, took: Duration) -> std::io::Result<()> {
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
            repeated => format!(" ({repeated} of them by an earlier load)"),
        };
        return output::line(&format!(
            "{done} done{before}, {refused} refused, in {seconds:.1} s: {rate} a second"
        ));
    }
    output.value(&json!({
        "done": done,
        "repeated": repeated,
        "refused": refused,
        "seconds": took.as_secs_f64(),
    }))
}

/// Says on the error stream which line was refused, and why.
fn complain(number: u64, why: &str) {
    // A load goes on even where nobody reads its complaints.
    let _ = writeln!(std::io::stderr(), "line {number}: {why}");
}
