//! Logging of the process to standard error, as text or JSON.
//!
//! Log lines have ids, codes and counts. Names, reasons, searches and other texts that people wrote are in none of them,
//! whatever the filter is: what libraries log of messages is never written, and neither is what a crash says.

mod json;

use std::backtrace::{Backtrace, BacktraceStatus};

use clap::{Args, ValueEnum};
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt as _, FilterFn};
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::{Filter, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::paint::Paint;
use crate::settings::{self, setting};
use crate::traces::TraceArguments;
use json::JsonLines;

/// The variable that sets the log level, such as `info` or `plansync_nats=debug`.
const VARIABLE: &str = "PLANSYNC_LOG";
const DEFAULT: &str = "info,async_nats=error";
/// The same for a command that only asks. What the service says of a request is in its answer, also where the service
/// is in this process, and why there is no connection is in the error.
const DEFAULT_OF_ASKING: &str = "warn,async_nats=off,plansync_service=off";
/// The beginning of the targets of our own crates.
const OURS: &str = "plansync";
/// The target of lines about crashes, which are always written.
const CRASHES: &str = "plansync::crashes";
/// The most detailed level of libraries: below it, they write what they send and receive.
const LIBRARIES_MAX: Level = Level::INFO;

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Text for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Options for the log output of a process that runs until it is ended.
#[derive(Debug, Clone, Args)]
pub(crate) struct LogArguments {
    /// Which log lines are written, such as `warn`, or `plansync_nats=debug` for one part. None contains names, reasons
    /// or other texts about persons, at any level; for that, libraries write nothing below `info`, whatever is asked
    /// for. In other commands, `PLANSYNC_LOG` does the same without an option.
    #[arg(
        long,
        env = "PLANSYNC_LOG",
        value_name = "FILTER",
        default_value = DEFAULT,
        value_parser = checked,
        add = setting("logging.level")
    )]
    log_level: String,
    /// Log format.
    #[arg(
        long,
        env = "PLANSYNC_LOG_FORMAT",
        value_enum,
        default_value_t = LogFormat::Text,
        add = setting("logging.format")
    )]
    log_format: LogFormat,
}

impl LogArguments {
    /// What writes the lines.
    fn lines<S>(&self) -> Lines<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let filter = EnvFilter::new(&self.log_level);
        match self.log_format {
            LogFormat::Text => text(filter),
            LogFormat::Json => json(filter),
        }
    }
}

/// A filter that can be understood.
fn checked(filter: &str) -> Result<String, String> {
    understood(filter).map(|_| filter.to_owned())
}

/// The filter that a text describes. A word alone is a level: the library takes any other for the name of a part, and then
/// writes nothing of all others, errors included.
fn understood(filter: &str) -> Result<EnvFilter, String> {
    let mut words = filter.split(',').map(str::trim);
    let is_part = |word: &str| word.starts_with(OURS) || word.contains(['=', '[', ':', '_']);
    if let Some(word) = words.find(|word| !is_part(word) && !is_level(word)) {
        return Err(format!(
            "`{word}` is no level; give `error`, `warn`, `info`, `debug`, `trace` or `off`, or the level of a part such as \
             `plansync_nats=debug`"
        ));
    }
    EnvFilter::try_new(filter).map_err(|error| error.to_string())
}

fn is_level(word: &str) -> bool {
    // The library takes nothing for a level, too.
    !word.is_empty() && word.parse::<LevelFilter>().is_ok()
}

/// The log output of an engine, and the spans of its work if they are collected.
#[must_use]
pub(crate) struct Logging {
    #[cfg(feature = "otlp")]
    collecting: Option<crate::traces::Collecting>,
}

impl Logging {
    /// Starts both; once in the life of a process, within a runtime.
    ///
    /// # Errors
    /// If the variables of OpenTelemetry ask for what this program does not have.
    pub(crate) fn start(arguments: &LogArguments, traces: &TraceArguments) -> anyhow::Result<Self> {
        let logging = Registry::default().with(arguments.lines());
        #[cfg(feature = "otlp")]
        let started = {
            let collecting = traces.collect()?;
            match &collecting {
                Some(collecting) => {
                    begin(logging.with(collecting.layer()));
                    collecting.listen();
                }
                None => begin(logging),
            }
            Self { collecting }
        };
        #[cfg(not(feature = "otlp"))]
        let started = {
            let _ = traces;
            begin(logging);
            Self {}
        };
        hide_what_crashes_say();
        settings::log_warnings();
        Ok(started)
    }

    /// Sends the spans that wait to be sent, for as long as that may take.
    pub(crate) async fn end(self) {
        #[cfg(feature = "otlp")]
        if let Some(collecting) = self.collecting {
            collecting.end().await;
        }
    }
}

/// Starts the log output of another process that runs until it is ended.
pub(crate) fn start(arguments: &LogArguments) {
    begin(Registry::default().with(arguments.lines()));
    hide_what_crashes_say();
    settings::log_warnings();
}

/// Starts it for a command that only asks: people are warned, of what the server forbids for one.
pub(crate) fn start_quietly() {
    let (filter, wrong) = filter(DEFAULT_OF_ASKING);
    begin(Registry::default().with(text(filter)));
    if let Some(wrong) = wrong {
        tracing::warn!("{VARIABLE} is invalid and ignored: {wrong}");
    }
}

fn begin(logging: impl Subscriber + Send + Sync) {
    // A second start would be a defect of ours, and no reason to end the engine.
    let _ = logging.try_init();
}

type Lines<S> = Box<dyn Layer<S> + Send + Sync>;

fn text<S>(filter: EnvFilter) -> Lines<S>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let lines = fmt::layer()
        .with_ansi(Paint::of_stderr().is_coloured())
        .with_target(false)
        // A line that cannot be written is dropped. The library would report it on the same stream, and
        // panic where that fails: a full disk or a closed terminal would end the engine.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    lines.with_filter(lines_of(filter)).boxed()
}

fn json<S>(filter: EnvFilter) -> Lines<S>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let lines = fmt::layer()
        .event_format(JsonLines::default())
        .fmt_fields(JsonFields::new())
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    lines.with_filter(lines_of(filter)).boxed()
}

/// What is asked for, without payloads, and crashes, whatever is asked for.
fn lines_of<S: Subscriber>(filter: EnvFilter) -> impl Filter<S> {
    let crashes: fn(&Metadata<'_>) -> bool = |of| of.target() == CRASHES;
    filter.and(without_payloads()).or(FilterFn::new(crashes))
}

/// Keeps out what libraries say below [`LIBRARIES_MAX`], whatever is asked for.
fn without_payloads() -> FilterFn {
    let filter: fn(&Metadata<'_>) -> bool =
        |of| of.target().starts_with(OURS) || *of.level() <= LIBRARIES_MAX;
    FilterFn::new(filter).with_max_level_hint(LevelFilter::TRACE)
}

/// What a crash says may quote a text: only where it was is told, with the backtrace where `RUST_BACKTRACE` asks for one.
fn hide_what_crashes_say() {
    std::panic::set_hook(Box::new(|crash| {
        let at = crash.location().map(ToString::to_string);
        let backtrace = Backtrace::capture();
        let backtrace = (backtrace.status() == BacktraceStatus::Captured).then_some(backtrace);
        tracing::error!(
            target: CRASHES,
            at,
            backtrace = backtrace.map(display),
            "a defect in plansync: something crashed here; what it said is not written, because it may quote texts \
             about persons"
        );
    }));
}

/// The filter of a command without an option for it, and what is wrong with the variable; an empty variable counts as not set.
fn filter(default: &str) -> (EnvFilter, Option<String>) {
    let asked = std::env::var_os(VARIABLE).filter(|asked| !asked.is_empty());
    let Some(asked) = asked else {
        return (EnvFilter::new(default), None);
    };
    let asked = asked.to_string_lossy();
    match understood(&asked) {
        Ok(filter) => (filter, None),
        Err(wrong) => (EnvFilter::new(default), Some(wrong)),
    }
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn a_word_that_is_no_level_silences_nothing() {
        for filter in [
            "warn",
            "ERROR",
            "off",
            "info,plansync_nats=debug",
            "plansync_nats",
            "hyper=warn",
        ] {
            assert_eq!(checked(filter).as_deref(), Ok(filter));
        }
        for filter in ["warning", "inof", "", "info,verbose", "foo=loud"] {
            assert!(checked(filter).is_err(), "{filter}");
        }
    }
}
