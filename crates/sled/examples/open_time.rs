//! How long opening takes: a log of 10 million small commits beside a log with one volume, both
//! with equally full active volumes, after a clean stop and after a kill.
//!
//! `cargo run --release -p plansync-sled --example open_time -- FOLDER [COMMITS]`
//!
//! The folder is for this alone; delete it afterwards (some 6 GB for 10 million commits).

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use plansync_log::backend::OpenError;
use plansync_log::contract::Author;
use plansync_log::{Append, LogId, Position, Read, Sequenced};
use plansync_sled::{Options, Sealer, SledAppender, SledLog, SledReader, Stepped};
use uuid::Uuid;

type Failure = Box<dyn Error>;
type Parts = (SledAppender, std::sync::Arc<SledReader>, Sealer);

const GROUP: u64 = 64;
const EVENT_BYTES: usize = 40;
/// How much of the active volume is full, in both logs.
const ACTIVE_BYTES: usize = 48 << 20;
const ROUNDS: usize = 3;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let dir: PathBuf = arguments.next().ok_or("name a folder")?.into();
    let commits = arguments
        .next()
        .unwrap_or_else(|| "10000000".to_owned())
        .parse()?;
    if arguments.next().as_deref() == Some("and be killed") {
        append(&dir, commits)?;
        std::process::abort();
    }
    let large = measure(&dir.join("large"), commits)?;
    let small = measure(&dir.join("small"), 0)?;
    for (index, stop) in ["a clean stop", "a kill"].into_iter().enumerate() {
        let ratio = large[index].as_secs_f64() / small[index].as_secs_f64();
        println!(
            "after {stop}: {:?} with {commits} commits, {:?} with one volume, ratio {ratio:.2}",
            large[index], small[index],
        );
    }
    Ok(())
}

fn open(dir: &Path) -> Result<Parts, OpenError> {
    let log = LogId::new(Uuid::from_u128(1));
    SledLog::open(
        dir,
        Options {
            new_log: log,
            ..Options::default()
        },
    )
}

/// Fills a log and opens it after both kinds of stop: the median of a few rounds each.
fn measure(dir: &Path, commits: u64) -> Result<[Duration; 2], Failure> {
    let (mut clean, mut killed) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let commits = if round == 0 { commits } else { 0 };
        let program = std::env::current_exe()?;
        Command::new(program)
            .arg(dir)
            .args([&commits.to_string(), "and be killed"])
            .status()?;
        killed.push(timed(dir)?);
        clean.push(timed(dir)?);
    }
    clean.sort_unstable();
    killed.sort_unstable();
    Ok([clean[ROUNDS / 2], killed[ROUNDS / 2]])
}

/// Opens the log and stops it cleanly.
fn timed(dir: &Path) -> Result<Duration, Failure> {
    let begun = Instant::now();
    let (appender, reader, _sealer) = open(dir)?;
    let taken = begun.elapsed();
    println!(
        "{}: opened at {} in {taken:?}",
        dir.display(),
        reader.tip().position
    );
    appender.close()?;
    Ok(taken)
}

/// Fills an empty log with so many commits and then the active volume; adds a group to another.
fn append(dir: &Path, commits: u64) -> Result<(), Failure> {
    let (mut appender, reader, mut sealer) = open(dir)?;
    let is_new = reader.tip().position == Position::ZERO;
    let mut author = Author::at(reader.tip());
    // The author knows no versions of what an earlier process wrote, so it turns to other plans.
    let plans = reader.tip().position.get();
    while author.tip().position < Position::new(commits) {
        appender.append(&group(&mut author, plans))?;
        sealer.step()?;
    }
    // On to the beginning of the next volume, so that both logs fill theirs alike.
    while commits > 0 && sealer.step()? != Stepped::Sealed {
        appender.append(&group(&mut author, plans))?;
    }
    let mut active_bytes = if is_new || commits > 0 {
        0
    } else {
        ACTIVE_BYTES - 1
    };
    while active_bytes < ACTIVE_BYTES {
        let group = group(&mut author, plans);
        active_bytes += group
            .iter()
            .map(|commit| commit.stored().len())
            .sum::<usize>();
        appender.append(&group)?;
    }
    sealer.head_writer().step()?;
    Ok(())
}

fn group(author: &mut Author, plans: u64) -> Vec<Sequenced> {
    (0..GROUP)
        .map(|_| {
            let plan = plans + author.tip().position.get() % 100_000;
            author.write(Author::plan(plan), EVENT_BYTES)
        })
        .collect()
}
