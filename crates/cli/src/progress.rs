//! Progress bars for people.

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use plansync_log::backend::Progress;
use serde_json::Value;

use crate::output::Output;
use crate::signals::Signals;

/// How often the bar is drawn.
const DRAW_EVERY: Duration = Duration::from_millis(100);

/// A progress bar for the commits of a log; hidden if it would not be visible.
pub(crate) struct CommitsBar(ProgressBar);

impl CommitsBar {
    pub(crate) fn new(output: Output, doing: &'static str) -> Self {
        Self::counting(output, doing, "commits")
    }

    /// The same for something else than commits, in the plural.
    pub(crate) fn counting(output: Output, doing: &'static str, what: &str) -> Self {
        if !output.shows_progress() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(0).with_message(doing);
        let style = format!(
            "{{msg}}  {{wide_bar}} {{percent:>3}} %  {{human_pos}} of {{human_len}} {what}  {{eta}} left"
        );
        if let Ok(style) = ProgressStyle::with_template(&style) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(DRAW_EVERY);
        Self(bar)
    }

    pub(crate) fn show(&self, progress: Progress) {
        self.at(progress.commits, progress.commits_total);
    }

    pub(crate) fn at(&self, commits: u64, commits_total: u64) {
        self.0.set_length(commits_total);
        self.0.set_position(commits);
    }
}

impl Drop for CommitsBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A bar for work on a log that ends when the process is asked to end.
pub(crate) struct Watch {
    bar: CommitsBar,
    is_asked_to_end: Box<dyn Fn() -> bool + Send + Sync>,
}

impl Watch {
    /// Shows the bar, and listens from now on.
    pub(crate) fn begin(output: Output, doing: &'static str) -> io::Result<Self> {
        let is_asked_to_end = Box::new(Signals::listen()?.probe());
        let bar = CommitsBar::new(output, doing);
        Ok(Self {
            bar,
            is_asked_to_end,
        })
    }

    pub(crate) fn show(&self, progress: Progress) -> ControlFlow<()> {
        self.bar.show(progress);
        if self.is_asked_to_end() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    pub(crate) fn is_asked_to_end(&self) -> bool {
        (self.is_asked_to_end)()
    }
}

/// The rate per second, as a whole number.
fn rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    // An error is ignored, because nothing can be done about it.
    let _ = write!(out, "{:.0}", state.per_sec());
}

/// A bar over the learners of a synchronisation, with the rate and the time left; hidden where
/// nobody would see it.
pub(crate) struct LearnersBar(ProgressBar);

impl LearnersBar {
    pub(crate) fn new(output: Output, learners: u64) -> Self {
        if !output.shows_progress() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(learners);
        let style = "{wide_bar} {percent:>3} %  {human_pos} of {human_len} learners  {rate} per \
                     second  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style.with_key("rate", rate));
        }
        bar.enable_steady_tick(DRAW_EVERY);
        Self(bar)
    }

    pub(crate) fn at(&self, done: u64) {
        self.0.set_position(done);
    }
}

impl Drop for LearnersBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// How far a list of the audit was read: the items that were found and, if the replies say it, how much of the log was
/// searched. It appears with the first reply that is not the last; hidden where nobody would see it.
pub(crate) struct ItemsBar(Option<ProgressBar>);

impl ItemsBar {
    pub(crate) fn new() -> Self {
        Self(None)
    }

    /// After a further reply with so many items.
    pub(crate) fn at(&mut self, output: Output, reply: &Value, items: usize) {
        if !output.shows_progress() || (self.0.is_none() && reply["next"].is_null()) {
            return;
        }
        let bar = self.0.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            let style = "{spinner} reading  {human_pos} found  {msg}";
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style);
            }
            bar.enable_steady_tick(DRAW_EVERY);
            bar
        });
        bar.inc(u64::try_from(items).unwrap_or_default());
        let searched = (reply["scanned_to"].as_u64(), reply["position"].as_u64());
        if let (Some(searched), Some(end)) = searched {
            bar.set_message(format!("at position {searched} of {end}"));
        }
    }
}

impl Drop for ItemsBar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
