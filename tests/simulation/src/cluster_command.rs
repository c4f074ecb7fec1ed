//! The commands about several nodes: a campaign of many seeds, one seed again, and the canaries.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::{Args, Subcommand};
use plansync_simulation::{ClusterBench, ClusterFailure, ClusterFault, ClusterFigures};

/// So much is printed of what is said of a canary.
const SAID_CHARS: usize = 300;

#[derive(Debug, Subcommand)]
pub(crate) enum ClusterCommand {
    /// Run many seeds; fails at the first whose guarantees are broken.
    Campaign(ClusterCampaign),
    /// Run one seed again, and print what happened to the nodes.
    Replay {
        /// The seed.
        seed: u64,
    },
    /// Break nodes and streams on purpose, in several ways; fails where that goes unseen.
    Canary {
        /// Histories after which it counts as unseen.
        #[arg(long, default_value_t = 200)]
        histories_max: u64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ClusterCampaign {
    /// Histories at most; two tenants' each.
    #[arg(long, default_value_t = 100_000)]
    histories: u64,
    /// Stop after so many seconds.
    #[arg(long)]
    seconds: Option<u64>,
    /// The first seed; each history has the next.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

pub(crate) fn run(command: &ClusterCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        ClusterCommand::Campaign(campaign) => run_campaign(campaign, out),
        ClusterCommand::Replay { seed } => replay(*seed, out),
        ClusterCommand::Canary { histories_max } => canaries(*histories_max, out),
    }
}

fn run_campaign(campaign: &ClusterCampaign, out: &mut impl Write) -> anyhow::Result<()> {
    let began = Instant::now();
    let seconds = campaign.seconds.map(Duration::from_secs);
    let bench = ClusterBench::new(None);
    let mut figures = ClusterFigures::default();
    for seed in campaign.seed..campaign.seed.saturating_add(campaign.histories) {
        if seconds.is_some_and(|seconds| began.elapsed() >= seconds) {
            break;
        }
        match bench.seed(seed) {
            Ok(one) => figures += one,
            Err(failure) => {
                tell(&failure, out)?;
                bail!("seed {seed} breaks a guarantee; `cluster replay {seed}` runs it again");
            }
        }
    }
    writeln!(out, "no guarantee was broken in {:.1?}", began.elapsed())?;
    Ok(figures_to(&figures, out)?)
}

fn replay(seed: u64, out: &mut impl Write) -> anyhow::Result<()> {
    match ClusterBench::new(None).seed(seed) {
        Ok(figures) => Ok(figures_to(&figures, out)?),
        Err(failure) => {
            tell(&failure, out)?;
            bail!("seed {seed} breaks a guarantee")
        }
    }
}

fn tell(failure: &ClusterFailure, out: &mut impl Write) -> std::io::Result<()> {
    for step in &failure.trace {
        writeln!(out, "{step}")?;
    }
    writeln!(out, "{}", failure.violation)
}

fn figures_to(figures: &ClusterFigures, out: &mut impl Write) -> std::io::Result<()> {
    let ClusterFigures {
        histories,
        steps,
        terms,
        crashes,
        freezes,
        cuts,
        withheld,
        commits,
        answers,
        refusals,
        replayed_targets,
        lost_ends,
        halted,
    } = figures;
    writeln!(
        out,
        "{histories} histories on three nodes, {steps} steps: {terms} terms, {crashes} crashes, {freezes} freezes, {cuts} \
         times cut off or back; {commits} commits, {replayed_targets} targets replayed onto, {answers} answers compared, of \
         which {refusals} refusals; {withheld} answers withheld without a lease; {lost_ends} streams that lost their end, \
         after which {halted} nodes halted"
    )
}

fn canaries(histories_max: u64, out: &mut impl Write) -> anyhow::Result<()> {
    // Each with what must be said of it.
    let canaries: [(&str, ClusterFault, &[&str]); 4] = [
        (
            "a leader that takes any message for its own",
            ClusterFault::AcceptsAnyMessage,
            &["is not in the log", "halted"],
        ),
        (
            "a node that leads without a barrier",
            ClusterFault::NoBarrier,
            &["is not in the log", "halted"],
        ),
        (
            "a stream that drops what it has seen by its id",
            ClusterFault::RecordsHaveIds,
            &["it does not end"],
        ),
        (
            "an answer without a valid lease",
            ClusterFault::AnswersWithoutLease,
            &["and when it was asked for somebody knew of"],
        ),
    ];
    for (name, fault, words) in canaries {
        let bench = ClusterBench::new(Some(fault));
        let found = (0..histories_max).find_map(|seed| {
            let violation = bench.seed(seed).err()?.violation;
            let says = words.iter().any(|word| violation.contains(word));
            says.then_some((seed, violation))
        });
        let Some((seed, violation)) = found else {
            bail!("{name} was not seen in {histories_max} histories");
        };
        writeln!(out, "{name}: seen in history {}:", seed + 1)?;
        let said: String = violation.chars().take(SAID_CHARS).collect();
        writeln!(out, "    {said}")?;
    }
    Ok(())
}
