//! Owns the command line: `campaign` and `canary` for people and checks, `work` for the processes
//! that they start themselves.

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use plansync_powercut::campaign::{Campaign, Canary};
use plansync_powercut::mount;
use plansync_powercut::worker::{self, Order, Reporter};

/// Cuts the power under a working log, again and again, and looks at what is left.
#[derive(Debug, Parser)]
#[command(name = "plansync-powercut")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Where FUSE is missing, say so and succeed without having tested anything.
    #[arg(long, global = true)]
    allow_missing_fuse: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Cut the power at random moments; fails if the log breaks a guarantee.
    Campaign(Campaign),
    /// Take the journal or its sync out; fails if the loss goes unseen.
    Canary(Canary),
    /// Work on a log until killed.
    #[command(hide = true)]
    Work(Order),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            // Where standard error is gone too, the exit code still says it.
            let _unheard = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout();
    if let Command::Work(order) = &arguments.command {
        let outcome = worker::run(order, &Reporter::new(out));
        return Ok(if outcome.is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    }
    mount::isolate();
    if let Err(missing) = mount::try_mount() {
        writeln!(out, "NOT TESTED: {:#}", anyhow::Error::new(missing))?;
        if arguments.allow_missing_fuse {
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "to go on without this test, give --allow-missing-fuse")?;
        return Ok(ExitCode::FAILURE);
    }
    match &arguments.command {
        Command::Campaign(campaign) => campaign.run(&mut out)?,
        Command::Canary(canary) => canary.run(&mut out)?,
        Command::Work(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}
