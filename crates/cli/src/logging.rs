//! Logging of the process to standard error, as text or JSON.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use crate::paint::Paint;

/// The variable that sets the log level, such as `info` or `plansync_nats=debug`.
const VARIABLE: &str = "PLANSYNC_LOG";
const DEFAULT: &str = "info,async_nats=error";
/// The same for a command that only asks. What the service says of a request is in its answer, also where the service
/// is in this process.
const DEFAULT_OF_ASKING: &str = "warn,async_nats=error,plansync_service=off";

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Text for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Starts it for an engine; once in the life of a process.
pub(crate) fn start(format: LogFormat) {
    start_with(format, DEFAULT);
}

/// Starts it for a command that only asks: people are warned, of what the server forbids for one.
pub(crate) fn start_quietly() {
    start_with(LogFormat::Text, DEFAULT_OF_ASKING);
}

fn start_with(format: LogFormat, default: &str) {
    let (filter, wrong) = filter(default);
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(Paint::of_stderr().is_coloured())
        // A line that cannot be written is dropped. The library would report it on the same stream, and
        // panic where that fails: a full disk or a closed terminal would end the engine.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    // A second start would be a defect of ours, and no reason to end the engine.
    let _ = match format {
        LogFormat::Text => logging.with_target(false).try_init(),
        LogFormat::Json => logging.json().try_init(),
    };
    if let Some(wrong) = wrong {
        tracing::warn!("{VARIABLE} is invalid and ignored: {wrong}");
    }
}

/// The filter of log lines, and what is wrong with the variable; an empty variable counts as not set.
fn filter(default: &str) -> (EnvFilter, Option<String>) {
    let asked = std::env::var_os(VARIABLE).filter(|asked| !asked.is_empty());
    let Some(asked) = asked else {
        return (EnvFilter::new(default), None);
    };
    let asked = asked.to_string_lossy();
    match EnvFilter::try_new(&asked) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new(default), Some(error.to_string())),
    }
}
