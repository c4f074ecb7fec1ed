//! `plansync audit check`: replays a log from nothing, and compares everything that the engine answers from.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::thread;

use anyhow::anyhow;
use clap::Args;
use plansync_engine::{Check, CheckError, Checked, Difference, DifferenceKind, OpenError};
use plansync_log::{Position, ReadError};
use serde_json::{Value, json};

use crate::erasure_key::KeysArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paths;
use crate::place::{Place, PlaceArguments};
use crate::progress::CommitsBar;
use crate::reply::counted;
use crate::view::{View, ViewError};

/// Replay a log from nothing, and compare everything that the engine answers from.
#[derive(Debug, Args)]
#[command(after_help = "\
The engine may be running, and nothing is changed. Every commit is read in the
order of the log and folded, without indexes, checkpoints or images. The result
is compared with what the engine would answer from after a start: every plan,
record, permission, enrolment, open record with its recent changes,
synchronisation and list of names, which its checkpoint, its images and the
latest commits give. Every commit is looked up by its stream and by its command.
The first difference is shown with its stream, version and position.

All cores are used. Of each, up to 16,384 plans are in memory; the log is read
once for every part of the plans. `plansync audit verify` checks the bytes of the
log; run it first if the log may be damaged.

Exit code 0: nothing differs.
Exit code 4: something differs, or the log is damaged; the output states what to
do.
Exit code 5: the check could not be completed; nothing that differs was found.")]
pub(crate) struct CheckLog {
    #[command(flatten)]
    place: PlaceArguments,
    #[command(flatten)]
    keys: KeysArguments,
}

/// What was compared.
struct Done {
    end: Position,
    parts: u32,
    checked: Checked,
    difference: Option<Difference>,
}

impl CheckLog {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let place = self.place.place()?;
        let view = View::open(place.clone(), self.keys.read()?, output).await?;
        let bar = CommitsBar::new(output, "checking");
        let checking = view.with_engine(move |engine, interrupted| {
            check(&engine.check(cores()), &bar, interrupted)
        });
        let done = checking.await?.map_err(failed)?;
        if output.is_for_people() {
            tell(&place, &done)?;
        } else {
            output.value(&as_json(&place, &done))?;
        }
        let exit = view.exit(output);
        Ok(if done.difference.is_some() {
            Exit::NotUsable
        } else {
            exit
        })
    }
}

fn cores() -> u32 {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    u32::try_from(cores).unwrap_or(u32::MAX)
}

/// Checks all parts, on a thread for each core.
fn check(check: &Check, bar: &CommitsBar, interrupted: &AtomicBool) -> Result<Done, CheckError> {
    let (next, replayed) = (AtomicU32::new(0), AtomicU64::new(0));
    let (ends, found) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    let total = check.end().get().saturating_mul(u64::from(check.parts()));
    let work = || {
        while !ends.load(Ordering::Relaxed) {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= check.parts() {
                return;
            }
            let mut before = 0;
            let checked = check.part(part, &mut |position| {
                let passed = position.get().saturating_sub(before);
                before = position.get();
                bar.at(
                    replayed.fetch_add(passed, Ordering::Relaxed) + passed,
                    total,
                );
                if ends.load(Ordering::Relaxed) || interrupted.load(Ordering::Relaxed) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
            if !matches!(checked, Ok(Ok(_))) {
                ends.store(true, Ordering::Relaxed);
            }
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            found.push(checked);
        }
    };
    thread::scope(|scope| {
        for _ in 1..cores().min(check.parts()) {
            scope.spawn(work);
        }
        work();
    });
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut done = Done {
        end: check.end(),
        parts: check.parts(),
        checked: Checked::default(),
        difference: None,
    };
    let mut error = None;
    for part in found {
        match part {
            Ok(Ok(checked)) => {
                done.checked.commits = done.checked.commits.max(checked.commits);
                done.checked.plans += checked.plans;
                done.checked.lookups += checked.lookups;
            }
            Ok(Err(difference)) => done.take(difference),
            // A part that ended because another one found something says nothing.
            Err(CheckError::Interrupted(_)) if !interrupted.load(Ordering::Relaxed) => {}
            Err(other) => error = Some(other),
        }
    }
    match error {
        Some(error) if done.difference.is_none() => Err(error),
        _ => Ok(done),
    }
}

impl Done {
    /// Keeps the difference that comes first in the log.
    fn take(&mut self, found: Difference) {
        let first = self.difference.as_ref();
        if first.is_none_or(|first| found.is_before(first)) {
            self.difference = Some(found);
        }
    }
}

fn failed(error: CheckError) -> anyhow::Error {
    match error {
        CheckError::Log(OpenError::Read(error @ ReadError::Unavailable { .. })) => {
            anyhow!("the check could not be completed: {error}")
        }
        CheckError::Log(error) => error.into(),
        CheckError::Interrupted(_) => ViewError::Interrupted.into(),
        CheckError::Plan(_) | CheckError::Encoding(_) => {
            anyhow!("the check could not be completed: {error}")
        }
    }
}

/// What to do about a difference.
fn remedy(place: &Place, kind: DifferenceKind) -> &'static str {
    match (place, kind) {
        (_, DifferenceKind::Chain) => "restore the log from a backup, and check that one",
        (Place::Folder(_), _) => {
            "stop the engine, run `plansync audit reindex`, which makes indexes, checkpoints and images again, and \
             check again; if it still differs, it is a defect of plansync: keep the folder and report it"
        }
        (Place::Backup(_), _) => {
            "a backup has neither indexes nor checkpoints, so it is a defect of plansync: keep the file and report it"
        }
    }
}

fn as_json(place: &Place, done: &Done) -> Value {
    let difference = done.difference.as_ref().map(|difference| {
        let place_of = difference.place.as_ref();
        json!({
            "kind": difference.kind.name(),
            "what": difference.what,
            "stream": place_of.map(|place| place.stream.to_string()),
            "version": place_of.map(|place| place.version.get()),
            "position": difference.position().map(Position::get),
            "remedy": remedy(place, difference.kind),
        })
    });
    let (Place::Folder(path) | Place::Backup(path)) = place;
    json!({
        "place": paths::exact(path),
        "position": done.end.get(),
        "commits": done.checked.commits,
        "plans": done.checked.plans,
        "lookups": done.checked.lookups,
        "parts": done.parts,
        "difference": difference,
    })
}

fn tell(place: &Place, done: &Done) -> std::io::Result<()> {
    let Some(difference) = &done.difference else {
        return output::sentences(&format!(
            "Replayed {}: {} and everything else that the engine answers from are the same, and {} in indexes found \
             what they should.",
            counted(done.checked.commits, "commit"),
            counted(done.checked.plans, "plan"),
            counted(done.checked.lookups, "lookup"),
        ));
    };
    output::line("Something differs from what the commits of the log give.\n")?;
    if let Some(place) = &difference.place {
        output::line(&format!("stream       {}", place.stream))?;
        output::line(&format!("version      {}", place.version))?;
        match place.position {
            Some(position) => output::line(&format!("position     {position}"))?,
            None => output::line("position     unknown: the index of streams does not have it")?,
        }
    }
    output::line(&format!("kind         {}", difference.kind.name()))?;
    output::sentences(&format!("difference   {}", difference.what))?;
    output::sentences(&format!(
        "\nWhat to do: {}.",
        remedy(place, difference.kind)
    ))
}
