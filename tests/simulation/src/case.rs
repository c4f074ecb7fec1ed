//! A case: two tenants' histories, and the choices that were made. It is run, and where it fails, cut
//! down to what the failure needs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use plansync_engine::Fault;
use plansync_model::histories::{Step, generate, shrink};
use tokio::runtime::Runtime;

use crate::check::check;
use crate::choices::{Choices, Tape};
use crate::figures::Figures;
use crate::simulation::{Simulation, Violation};

/// Where cases are run, one after another.
pub struct Bench {
    folder: tempfile::TempDir,
    runtime: Arc<Runtime>,
    faults: Vec<Fault>,
}

/// A case that failed.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The histories of the tenants.
    pub histories: Vec<Vec<Step>>,
    /// The choices.
    pub tape: Tape,
    /// What was violated.
    pub violation: Violation,
    /// What happened, step by step.
    pub trace: Vec<String>,
}

impl Bench {
    /// One for an engine that is broken like this.
    pub fn new(faults: Vec<Fault>) -> anyhow::Result<Self> {
        // A cursor is synced whenever a relay begins, which memory does for nothing.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()?;
        Ok(Self {
            folder: folder?,
            runtime: Arc::new(runtime),
            faults,
        })
    }

    /// The case of a seed.
    pub fn seed(&self, seed: u64) -> Result<Figures, Box<Failure>> {
        let histories = vec![generate(seed), generate(seed ^ 0xb1_4c4)];
        self.case(histories, &Choices::random(seed))
    }

    /// One case with its choices.
    pub fn case(
        &self,
        histories: Vec<Vec<Step>>,
        choices: &Choices,
    ) -> Result<Figures, Box<Failure>> {
        // Of the last case, whatever it was.
        let _none = std::fs::remove_file(self.folder.path().join(plansync_nats::CursorFile::NAME));
        let around = (self.folder.path(), &self.runtime);
        let mut simulation =
            Simulation::new(&histories, self.faults.clone(), choices.clone(), around);
        let ran = catch_unwind(AssertUnwindSafe(|| {
            simulation.run()?;
            check(&mut simulation)
        }));
        let ran = ran.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(format!("a panic: {}", text.unwrap_or_default()))
        });
        match ran {
            Ok(()) => Ok(Figures {
                histories: 1,
                ..simulation.figures
            }),
            Err(violation) => Err(Box::new(Failure {
                histories,
                tape: choices.tape(),
                violation,
                trace: std::mem::take(&mut simulation.trace),
            })),
        }
    }

    /// The smallest case that still violates the same.
    pub fn cut_down(&self, failure: Failure) -> Failure {
        let kind = kind(&failure.violation);
        let mut smallest = failure;
        loop {
            let size = smallest.size();
            for tenant in 0..smallest.histories.len() {
                let history = smallest.histories[tenant].clone();
                shrink(history, |fewer| {
                    let mut histories = smallest.histories.clone();
                    histories[tenant] = fewer.to_vec();
                    self.fails(histories, smallest.tape.clone(), &kind)
                        .map(|failure| smallest = failure)
                        .is_some()
                });
            }
            self.cut_tape(&mut smallest, &kind);
            if smallest.size() == size {
                return smallest;
            }
        }
    }

    /// Leaves choices out, and makes others calm.
    fn cut_tape(&self, smallest: &mut Failure, kind: &str) {
        let mut size = smallest.tape.len().div_ceil(2);
        while size > 0 {
            let mut at = 0;
            while at < smallest.tape.len() {
                let end = (at + size).min(smallest.tape.len());
                let mut fewer = smallest.tape.clone();
                fewer.drain(at..end);
                let mut calmer = smallest.tape.clone();
                calmer[at..end].fill(0);
                let mut smaller = None;
                for tape in [fewer, calmer] {
                    if smaller.is_none() && tape != smallest.tape {
                        smaller = self.fails(smallest.histories.clone(), tape, kind);
                    }
                }
                match smaller {
                    Some(failure) if failure.size() < smallest.size() => *smallest = failure,
                    Some(_) | None => at += size,
                }
            }
            size /= 2;
        }
    }

    fn fails(&self, histories: Vec<Vec<Step>>, tape: Tape, about: &str) -> Option<Failure> {
        let failure = self.case(histories, &Choices::replayed(tape)).err()?;
        (kind(&failure.violation) == about).then_some(*failure)
    }
}

impl Failure {
    /// How much there is of it: steps, choices, and choices that are not calm.
    fn size(&self) -> usize {
        let steps: usize = self.histories.iter().map(Vec::len).sum();
        let stormy = self.tape.iter().filter(|choice| **choice != 0).count();
        steps + self.tape.len() + stormy
    }
}

/// What a violation is about, so that cutting down does not wander off to another.
fn kind(violation: &str) -> String {
    let words = violation.split(|letter: char| !letter.is_ascii_alphabetic());
    words
        .filter(|word| word.len() > 3 && word.chars().all(|letter| letter.is_ascii_lowercase()))
        .take(6)
        .collect::<Vec<_>>()
        .join(" ")
}
