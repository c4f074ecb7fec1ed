//! Logging of the process to standard error, as text or JSON.

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::paint::Paint;
use crate::settings::{self, setting};

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

/// Options for the log output of a process that runs until it is ended.
#[derive(Debug, Clone, Args)]
pub(crate) struct LogArguments {
    /// Which log lines are written, such as `warn`, or `plansync_nats=debug` for one part. In other commands,
    /// `PLANSYNC_LOG` does the same without an option.
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

/// A filter that can be understood.
fn checked(filter: &str) -> Result<String, String> {
    match EnvFilter::try_new(filter) {
        Ok(_) => Ok(filter.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Starts it for an engine; once in the life of a process.
pub(crate) fn start(arguments: &LogArguments) {
    start_with(arguments.log_format, EnvFilter::new(&arguments.log_level));
    settings::log_warnings();
}

/// Starts it for a command that only asks: people are warned, of what the server forbids for one.
pub(crate) fn start_quietly() {
    let (filter, wrong) = filter(DEFAULT_OF_ASKING);
    start_with(LogFormat::Text, filter);
    if let Some(wrong) = wrong {
        tracing::warn!("{VARIABLE} is invalid and ignored: {wrong}");
    }
}

fn start_with(format: LogFormat, filter: EnvFilter) {
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
}

/// The filter of a command without an option for it, and what is wrong with the variable; an empty variable counts as not set.
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
