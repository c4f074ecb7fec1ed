//! Measures plansync beside comparable programs and the limits of the machine: every figure that
//! has a target, in one run on the same data.

mod college;
mod figure;
mod process;
mod ratio;
mod scrape;
mod wire;
mod workload;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use clap::Parser;
use serde_json::json;

use crate::workload::{ALL, Size, Workload};

/// The default limit of components and of learners in one sync.
const LARGEST: usize = 2_089;

/// Measure plansync, and print each figure with its target.
#[derive(Debug, Parser)]
#[command(after_help = "\
Everything runs in temporary folders (TMPDIR) and on free ports of this machine, and durability is
strict throughout. BENCHMARKS.md says what each figure means. A whole run takes about half an hour on two
cores; --quick goes through all of it in about a minute, at sizes whose figures mean nothing.")]
struct Arguments {
    /// Run only these workloads (see --list).
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    only: Vec<String>,
    /// List the workloads and exit.
    #[arg(long)]
    list: bool,
    /// Run everything at a small size, to check that it works.
    #[arg(long)]
    quick: bool,
    /// Leave out the comparisons: PostgreSQL, an event store, a stream that syncs.
    #[arg(long)]
    no_peers: bool,
    /// The number of samples of each figure that takes long.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    samples: u16,
    /// The duration of a sustained load.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    sustained: u64,
    /// The number of commits in the long log.
    #[arg(long, default_value_t = 1_000_000, value_name = "COMMITS")]
    long: u64,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn main() -> anyhow::Result<ExitCode> {
    if process::is_measured() {
        return Ok(plansync::run());
    }
    benchmark(&Arguments::parse())?;
    Ok(ExitCode::SUCCESS)
}

fn benchmark(arguments: &Arguments) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if arguments.list {
        for workload in ALL {
            writeln!(out, "{:<14} {}", workload.name, workload.about)?;
        }
        return Ok(());
    }
    let size = size(arguments);
    let mut figures = Vec::new();
    for workload in chosen(&arguments.only)? {
        let began = Instant::now();
        writeln!(out, "{}: {}", workload.name, workload.about)?;
        let measured = (workload.run)(&size).with_context(|| workload.name)?;
        figures.extend(measured.into_iter().map(|figure| figure::Figure {
            workload: workload.name,
            ..figure
        }));
        writeln!(out, "  done after {:.0?}", began.elapsed())?;
    }
    figures.extend(ratio::of(&figures));
    writeln!(out, "\n{}", figure::table(&figures))?;
    if let Some(path) = &arguments.json {
        let text = json!({ "machine": machine(), "figures": figures });
        std::fs::write(path, format!("{text:#}\n"))
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

fn size(arguments: &Arguments) -> Size {
    let with_peers = !arguments.no_peers;
    if arguments.quick {
        return Size {
            largest: 40,
            samples: 1,
            sustained: 1,
            long: 2_000,
            with_peers,
            is_quick: true,
        };
    }
    Size {
        largest: LARGEST,
        samples: usize::from(arguments.samples),
        sustained: arguments.sustained,
        long: arguments.long,
        with_peers,
        is_quick: false,
    }
}

fn chosen(only: &[String]) -> anyhow::Result<Vec<&'static Workload>> {
    if only.is_empty() {
        return Ok(ALL.iter().collect());
    }
    let named = |name: &String| {
        let found = ALL.iter().find(|workload| workload.name == name);
        found.with_context(|| format!("there is no workload {name}; --list names them"))
    };
    only.iter().map(named).collect()
}

/// The machine on which this was measured.
fn machine() -> serde_json::Value {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors
        .lines()
        .find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| Some(line.split_once(':')?.1.trim()));
    json!({
        "processor": model,
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
    })
}
