//! The `plansync` program as a library, so that the binary only starts it.
//!
//! It contains threads, settings and output, but no rules: the commands use the same operations as any other
//! program.

mod arguments;
mod ask_error;
mod asking;
mod backend;
mod caller;
mod clock_check;
mod command_line;
mod commands;
mod completing;
mod confirmation;
mod connecting;
mod durable;
mod elements;
mod erasure_key;
mod erasures;
mod exit;
mod failure;
mod hints;
mod host;
mod learner_id;
mod logging;
mod names;
mod nats_context;
mod nats_process;
pub mod nats_server;
mod new_file;
mod observing;
mod offline;
mod open_files;
mod output;
mod paint;
mod paths;
mod place;
mod plain;
mod printed_command;
mod progress;
mod prompt;
mod prose;
mod records;
mod reply;
mod service;
mod settings;
mod shell;
mod show;
mod signals;
mod source;
mod strict_json;
mod supervisor;
mod table;
mod terminal;
mod terminal_width;
mod threads;
mod traces;
mod view;
mod watching;
mod whole;

use std::process::ExitCode;
use std::sync::Arc;

use backend::LogOptions;
use settings::without_empty_variables;

pub use arguments::Arguments;
pub use backend::Medium;

/// Requests come on one thread and are let go on another, many thousands a second, which the
/// system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the program with the arguments of this process.
pub fn run() -> ExitCode {
    start(LogOptions::default())
}

/// The same; the engine writes its journals through this, which a test may let fail or be slow.
pub fn run_on(medium: Arc<dyn Medium>) -> ExitCode {
    start(LogOptions::on(medium))
}

fn start(log: LogOptions) -> ExitCode {
    if let Some(answered) = completing::answer(|| without_empty_variables(Arguments::said())) {
        return answered;
    }
    let arguments = match command_line::read() {
        Ok(arguments) => arguments,
        Err(exit) => return exit,
    };
    use_small_pages();
    let output = arguments.output();
    match open_files::enough().and_then(|()| arguments.run(log)) {
        Ok(exit) => exit.into(),
        Err(error) => failure::explain(output, &error).into(),
    }
}

/// Linux gives memory in pages of two megabytes where the allocator takes them, and they stay whole as
/// long as any of them is in use: half as much again as is needed, and no faster. A kernel that cannot
/// do without them only takes more memory.
fn use_small_pages() {
    #[cfg(target_os = "linux")]
    let _not_known = nix::sys::prctl::set_thp_disable(true);
}
