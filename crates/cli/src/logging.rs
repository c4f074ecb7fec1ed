//! What the program says of itself while it runs: on the error stream, for people or programs.

use std::io::IsTerminal as _;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// What decides how much is said, as in `info` or `plansync_nats=debug`.
const VARIABLE: &str = "PLANSYNC_LOG";
const DEFAULT: &str = "info,async_nats=error";
/// The same for a command that only asks.
const DEFAULT_OF_ASKING: &str = "warn,async_nats=error";

/// Who reads the log of what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// People.
    Text,
    /// Programs: one JSON object a line.
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
    let filter = EnvFilter::try_from_env(VARIABLE).unwrap_or_else(|_| EnvFilter::new(default));
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second start would be a defect of ours, and no reason to end the engine.
    let _ = match format {
        LogFormat::Text => logging.with_target(false).try_init(),
        LogFormat::Json => logging.json().try_init(),
    };
}
