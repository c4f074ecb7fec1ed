//! Owns the command line: a campaign of many seeds, one seed again, and the canaries that show that a
//! campaign can find something; and the same for several nodes.

mod cluster_command;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};
use plansync_simulation::{Bench, Failure, Fault, Figures};

use crate::cluster_command::ClusterCommand;

/// Random histories through the engine, with everything around it simulated.
#[derive(Debug, Parser)]
#[command(name = "plansync-simulation")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run many seeds; fails at the first whose guarantees are broken, cut down to what it needs.
    Campaign(Campaign),
    /// Run one seed again, and print what happens.
    Replay {
        /// The seed.
        seed: u64,
        /// Print it as it is, whether it fails or not.
        #[arg(long)]
        whole: bool,
    },
    /// Break the engine on purpose, in several ways; fails where that goes unseen.
    Canary {
        /// Histories after which it counts as unseen.
        #[arg(long, default_value_t = 500)]
        histories_max: u64,
    },
    /// The same for three nodes on one log.
    #[command(subcommand)]
    Cluster(ClusterCommand),
}

#[derive(Debug, Args)]
struct Campaign {
    /// Histories at most; two tenants' each.
    #[arg(long, default_value_t = 100_000)]
    histories: u64,
    /// Stop after so many seconds.
    #[arg(long)]
    seconds: Option<u64>,
    /// The first seed; each history has the next.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Threads, each with simulations of its own.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is gone too, the exit code still says it.
            let _unheard = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    // A crash of the engine is a finding, which is told with its seed.
    std::panic::set_hook(Box::new(|_| {}));
    let mut out = std::io::stdout();
    match &arguments.command {
        Command::Campaign(campaign) => run_campaign(campaign, &mut out),
        Command::Replay { seed, whole } => replay(*seed, *whole, &mut out),
        Command::Canary { histories_max } => canaries(*histories_max, &mut out),
        Command::Cluster(command) => cluster_command::run(command, &mut out),
    }
}

fn run_campaign(campaign: &Campaign, out: &mut impl Write) -> anyhow::Result<()> {
    let began = Instant::now();
    let end = campaign
        .seconds
        .map(|seconds| began + Duration::from_secs(seconds));
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let results = Mutex::new((Figures::default(), None));
    let work = || -> anyhow::Result<()> {
        let bench = Bench::new(Vec::new())?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let late = end.is_some_and(|end| Instant::now() >= end);
            if number >= campaign.histories || late || stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            let seed = campaign.seed + number;
            let ran = bench.seed(seed);
            let mut results = results
                .lock()
                .map_err(|_| anyhow::anyhow!("a thread crashed"))?;
            match ran {
                Ok(figures) => results.0 += figures,
                Err(failure) => {
                    stop.store(true, Ordering::Relaxed);
                    results.1.get_or_insert((seed, failure));
                    return Ok(());
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..campaign.threads).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            thread
                .join()
                .map_err(|_| anyhow::anyhow!("a thread crashed"))??;
        }
        anyhow::Ok(())
    })?;
    let (figures, failure) = results.into_inner().context("a thread crashed")?;
    if let Some((seed, failure)) = failure {
        let bench = Bench::new(Vec::new())?;
        tell(&bench.cut_down(*failure), out)?;
        bail!("seed {seed} breaks a guarantee; `replay {seed}` runs it again");
    }
    let took = began.elapsed();
    writeln!(out, "no guarantee was broken in {took:.1?}")?;
    Ok(figures_to(&figures, out)?)
}

fn figures_to(figures: &Figures, out: &mut impl Write) -> std::io::Result<()> {
    let Figures {
        histories,
        steps,
        crashes,
        emptied,
        again,
        durable,
        commits,
        replayed_targets,
        corrections,
        answers,
        refusals,
        previews,
        confirmed,
        events,
        batches,
        idle,
        displaced,
        hostile,
        hostile_refused,
        hostile_rejected,
    } = figures;
    writeln!(
        out,
        "{histories} histories, {steps} steps: {crashes} crashes, {emptied} servers that came back \
         empty, {again} sendings again; {commits} commits, {durable} durable commands, {batches} \
         batches, {replayed_targets} targets replayed onto, {corrections} corrections of what an \
         earlier sync had sent; {answers} answers compared, of which \
         {refusals} refusals, {previews} previews and {confirmed} confirmed starts; {events} events; \
         {idle} records closed as idle and {displaced} that gave way; {hostile} hostile messages, of which {hostile_refused} requests heard refused and \
         {hostile_rejected} durable commands rejected"
    )
}

fn replay(seed: u64, whole: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let bench = Bench::new(Vec::new())?;
    match bench.seed(seed) {
        Ok(figures) => Ok(figures_to(&figures, out)?),
        Err(failure) => {
            let failure = if whole {
                *failure
            } else {
                bench.cut_down(*failure)
            };
            tell(&failure, out)?;
            bail!("seed {seed} breaks a guarantee")
        }
    }
}

fn tell(failure: &Failure, out: &mut impl Write) -> std::io::Result<()> {
    for (tenant, history) in failure.histories.iter().enumerate() {
        for (place, step) in history.iter().enumerate() {
            writeln!(out, "tenant {tenant} {place:>3}  {step}")?;
        }
    }
    for step in &failure.trace {
        writeln!(out, "{step}")?;
    }
    writeln!(out, "{}", failure.violation)
}

fn canaries(histories_max: u64, out: &mut impl Write) -> anyhow::Result<()> {
    // Each with what must be said of it: the same fault may be seen in other ways before.
    let canaries = [
        (
            "a target replayed onto twice",
            Fault::ReplaysTwice,
            "is no target of",
        ),
        (
            "an acknowledgement of what is not durable",
            Fault::DurableEarly,
            "it was acknowledged, and is not in the log",
        ),
        (
            "a hostile command whose rejection is lost",
            Fault::DurableEarly,
            "was acknowledged, and has no rejection",
        ),
        (
            "an event of what is not durable",
            Fault::EventsEarly,
            "the event stream has position",
        ),
        (
            "a name that is not sealed",
            Fault::SealsNothing,
            "is stored as it is",
        ),
        (
            "an erasure that destroys no key",
            Fault::DestroysNothing,
            "can still be read",
        ),
    ];
    for (name, fault, words) in canaries {
        let bench = Bench::new(vec![fault])?;
        let found = (0..histories_max).find_map(|seed| {
            let failure = bench.seed(seed).err()?;
            failure.violation.contains(words).then_some((seed, failure))
        });
        let Some((seed, failure)) = found else {
            bail!("{name} was not seen in {histories_max} histories");
        };
        writeln!(out, "{name}: seen in history {}:", seed + 1)?;
        writeln!(out, "    {}", failure.violation)?;
    }
    Ok(())
}
