//! Owns the look at a log that was just opened: everything is read, and every answer is compared
//! with those of a log in memory that was given the same commits. Knows nothing of what should be
//! there; the campaign does.

use std::collections::{HashMap, HashSet};

use plansync_log::memory::MemoryLog;
use plansync_log::{Append, CommandKey, Position, Read, ReadError, Sequenced, StreamId, Version};

use super::{WorkError, author};

/// How many commands, and how many streams from end to end, one check asks for at most: asking for
/// a stream opens many volumes.
const COMMANDS_MAX: usize = 400;
const STREAMS_MAX: usize = 10;

/// Reads the whole log and asks it everything a reader may. Gives every commit, and the same log in memory.
pub(super) fn check(
    log: &dyn Read,
    rng: &mut fastrand::Rng,
) -> Result<(Vec<Sequenced>, MemoryLog), WorkError> {
    let commits = read_all(log, rng)?;
    let reference = reference(log, &commits)?;
    check_versions_and_commands(&commits)?;
    let skims = || commits.iter().filter_map(|commit| commit.skim().ok());
    let mut streams: Vec<StreamId> = skims().map(|skim| skim.stream()).collect();
    streams.sort();
    streams.dedup();
    rng.shuffle(&mut streams);
    for stream in streams.iter().take(STREAMS_MAX) {
        check_stream(log, &reference, stream, rng)?;
    }
    let mut commands: Vec<(&str, CommandKey)> =
        skims().map(|skim| (skim.tenant, skim.command)).collect();
    rng.shuffle(&mut commands);
    commands.truncate(COMMANDS_MAX);
    let never = (0..30).map(|_| author::command(u64::MAX - rng.u64(0..1_000_000)));
    for (tenant, command) in commands.into_iter().chain(never) {
        let answers = (
            log.command(tenant, command),
            reference.command(tenant, command),
        );
        same(&format!("command {command} of {tenant}"), answers)?;
    }
    Ok((commits, reference))
}

/// Every commit in order, in pages of random size.
fn read_all(log: &dyn Read, rng: &mut fastrand::Rng) -> Result<Vec<Sequenced>, WorkError> {
    let mut commits: Vec<Sequenced> = Vec::new();
    let tip = log.tip().position;
    loop {
        let next = commits
            .last()
            .map_or(Position::FIRST, |last| last.position().next());
        let page = log
            .read(next, rng.usize(1..500))
            .map_err(|error| WorkError::refused(&format!("reading {next}"), &error))?;
        if page.is_empty() {
            break;
        }
        commits.extend(page);
    }
    match commits.last().map_or(Position::ZERO, Sequenced::position) {
        last if last == tip => Ok(commits),
        last => Err(WorkError::Wrong(format!(
            "the tip is {tip}, but reading ends at {last}"
        ))),
    }
}

/// A log in memory with the same commits. It takes only what follows without a gap and whose
/// chain, computed again, is the one that was stored.
fn reference(log: &dyn Read, commits: &[Sequenced]) -> Result<MemoryLog, WorkError> {
    let mut reference = MemoryLog::new(log.tip().log);
    reference
        .append(commits)
        .map_err(|error| WorkError::Wrong(error.to_string()))?;
    if reference.tip() == log.tip() {
        Ok(reference)
    } else {
        Err(WorkError::Wrong(format!(
            "the tip is {:?}, not {:?}",
            log.tip(),
            reference.tip()
        )))
    }
}

/// Versions have no gap, no command was answered twice, and every commit decodes to its end.
fn check_versions_and_commands(commits: &[Sequenced]) -> Result<(), WorkError> {
    let mut versions: HashMap<StreamId, Version> = HashMap::new();
    let mut commands = HashSet::new();
    for commit in commits {
        let position = commit.position();
        let decoded = commit
            .decode()
            .map_err(|error| WorkError::Wrong(format!("commit {position}: {error}")))?;
        let proposal = decoded.proposal;
        let version = versions.entry(proposal.stream.clone()).or_default();
        *version = version.next();
        if *version != proposal.version {
            let text = format!(
                "commit {position} has version {}, not {version}",
                proposal.version
            );
            return Err(WorkError::Wrong(text));
        }
        if !commands.insert((proposal.stream.tenant().clone(), proposal.command)) {
            let text = format!(
                "command {} is answered again at {position}",
                proposal.command
            );
            return Err(WorkError::Wrong(text));
        }
    }
    Ok(())
}

fn check_stream(
    log: &dyn Read,
    reference: &MemoryLog,
    stream: &StreamId,
    rng: &mut fastrand::Rng,
) -> Result<(), WorkError> {
    let asked = format!("the version of {stream}");
    same(
        &asked,
        (log.stream_version(stream), reference.stream_version(stream)),
    )?;
    let last = reference
        .stream_version(stream)
        .map_err(|error| WorkError::refused("asking the log in memory", &error))?;
    for _ in 0..3 {
        let version = Version::new(rng.u64(0..=last.get() + 1));
        let answers = (
            log.locate(stream, version),
            reference.locate(stream, version),
        );
        same(&format!("version {version} of {stream}"), answers)?;
    }
    let from = Version::new(rng.u64(1..=last.get()));
    let whole = || read_stream(log, stream, from, rng.clone());
    same(
        &format!("{stream} from {from}"),
        (whole(), reference.stream(stream, from, usize::MAX)),
    )
}

/// A stream from a version to its end, in as many pages as it takes.
fn read_stream(
    log: &dyn Read,
    stream: &StreamId,
    from: Version,
    mut rng: fastrand::Rng,
) -> Result<Vec<Sequenced>, ReadError> {
    let mut commits = Vec::new();
    let mut next = from;
    loop {
        let page = log.stream(stream, next, rng.usize(1..200))?;
        if page.is_empty() {
            return Ok(commits);
        }
        next = page.iter().fold(next, |version, _| version.next());
        commits.extend(page);
    }
}

fn same<T: PartialEq + std::fmt::Debug>(
    asked: &str,
    (log, reference): (Result<T, ReadError>, Result<T, ReadError>),
) -> Result<(), WorkError> {
    let log = log.map_err(|error| WorkError::refused(asked, &error))?;
    let reference = reference.map_err(|error| WorkError::refused(asked, &error))?;
    if log == reference {
        return Ok(());
    }
    Err(WorkError::Wrong(format!(
        "{asked}: the log answers {log:?}, the log in memory {reference:?}"
    )))
}
