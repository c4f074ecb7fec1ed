//! Owns the course of one opening of the engine: look at the log, open, ask again what may never
//! have been heard, ask on while others write, work and seal, and compare at the end.

use std::io::Write;
use std::sync::Arc;

use plansync_engine::{Config, Engine, Snapshot};
use plansync_log::memory::MemoryLog;
use plansync_log::{Append, Chain, Checkpoints, Position, Read, Sequenced};
use plansync_sled::{CheckpointFolder, Sealer, SledReader};

use super::asking::Asking;
use super::script::{self, Script};
use super::{college, hands, judgement, view};
use crate::line::Line;
use crate::worker::background::{self, Background};
use crate::worker::store::{self, Opened};
use crate::worker::{Order, Reporter, WorkError, check};

/// The last commands are all asked again: some of them never had an answer.
const LAST_COUNT: u64 = 60;
/// Of those before, so many are.
const SAMPLE_COUNT: usize = 120;

/// One opening, from beginning to end.
pub(in crate::worker) struct Course<'a, W> {
    pub(in crate::worker) order: &'a Order,
    pub(in crate::worker) reporter: &'a Reporter<W>,
    pub(in crate::worker) rng: &'a mut fastrand::Rng,
    /// The number of the next command.
    pub(in crate::worker) next: &'a mut u64,
}

impl<W: Write + Send> Course<'_, W> {
    pub(in crate::worker) fn run(&mut self, rounds: u64) -> Result<(), WorkError> {
        self.reporter.say(&Line::Opening)?;
        let Opened {
            appender,
            reader,
            mut sealer,
        } = store::open(&self.order.dir, self.rng)?;
        let (commits, reference) = check::check(&*reader, self.rng)?;
        self.say_found(&commits, &reference)?;
        judgement::judge(&commits, self.script(), *self.next, false)?;
        let kept = CheckpointFolder::open(&self.order.dir, reader.tip().log);
        let kept = kept.map_err(|error| WorkError::refused("opening what was kept", &error))?;
        let log = Arc::clone(&reader) as _;
        let engine = open(Box::new(appender), log, Some(Arc::new(kept)))?;
        compare(&engine, &reference)?;
        let asking = Asking {
            engine: &engine,
            script: self.script(),
            reporter: self.reporter,
        };
        for number in self.repeated() {
            asking.ask_again(number)?;
        }
        asking.say_tip()?;
        self.ask_on(&asking, &mut sealer, rounds)?;
        self.end(&asking, &reader, &mut sealer, rounds == 0)
    }

    fn script(&self) -> Script {
        Script::new(self.order.script)
    }

    /// Says what is there: its end, the chain where the campaign wants it, and the state that a
    /// reader once saw, as the log gives it now.
    fn say_found(&self, commits: &[Sequenced], reference: &MemoryLog) -> Result<(), WorkError> {
        let tip = reference.tip().position;
        let at = Position::new(self.order.promised).min(tip);
        let chain = |position| upto(commits, position).last().map(Sequenced::chain);
        let none = Chain::new([0; 32]);
        self.reporter.say(&Line::Stands {
            tip,
            at,
            chain: chain(at).unwrap_or(none),
        })?;
        let saw = Position::new(self.order.saw);
        if saw == Position::ZERO || saw > tip {
            return Ok(());
        }
        let mut then = MemoryLog::new(reference.tip().log);
        then.append(upto(commits, saw))
            .map_err(|error| WorkError::Wrong(error.to_string()))?;
        let engine = open(Box::new(then.clone()), Arc::new(then), None)?;
        let state = view::digest(&whole(&engine)?.tenant);
        Ok(self.reporter.say(&Line::Shown(saw, state))?)
    }

    /// Which commands are asked again, in their order: those that found the college, the last,
    /// and some of the others.
    fn repeated(&mut self) -> Vec<u64> {
        let commands = *self.next;
        let last = commands.saturating_sub(LAST_COUNT);
        let mut numbers: Vec<u64> = (0..commands.min(college::COMMANDS))
            .chain(last..commands)
            .collect();
        if last > 0 {
            numbers.extend((0..SAMPLE_COUNT).map(|_| self.rng.u64(0..last)));
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Rounds of asking, with threads beside it or with steps in between.
    fn ask_on(
        &mut self,
        asking: &Asking<'_, W>,
        sealer: &mut Sealer,
        rounds: u64,
    ) -> Result<(), WorkError> {
        let mut background = Background::new(sealer, self.reporter);
        if self.rng.bool() {
            return background.beside(sealer, || {
                hands::beside(asking.engine, || {
                    (0..rounds).try_for_each(|_| self.round(asking))
                })
            });
        }
        for _ in 0..rounds {
            self.round(asking)?;
            for _ in 0..self.rng.u8(0..3) {
                hands::work(asking.engine)?;
            }
            background::seal(sealer, self.reporter)?;
            if self.rng.u8(0..4) == 0 {
                background.write_head()?;
            }
        }
        Ok(())
    }

    fn round(&mut self, asking: &Asking<'_, W>) -> Result<(), WorkError> {
        let mut numbers = Vec::new();
        for _ in 0..self.rng.u8(1..8) {
            if *self.next > 0 && self.rng.u8(0..10) == 0 {
                numbers.push(self.rng.u64(0..*self.next));
            } else {
                numbers.push(*self.next);
                *self.next += 1;
            }
        }
        asking.ask_all(&numbers)?;
        if self.rng.u8(0..6) == 0 {
            asking.look()?;
        }
        if self.rng.u8(0..4) == 0 {
            let kept = asking.engine.keep_step();
            kept.map_err(|error| WorkError::refused("keeping the state", &error))?;
        }
        Ok(())
    }

    /// Works off what is left, now and then leaves it; then the state that was answered from must
    /// be the one that the log gives.
    fn end(
        &mut self,
        asking: &Asking<'_, W>,
        reader: &SledReader,
        sealer: &mut Sealer,
        always: bool,
    ) -> Result<(), WorkError> {
        let work_off = always || self.rng.u8(0..4) > 0;
        if work_off {
            hands::work_off(asking.engine)?;
        }
        hands::write(asking.engine)?;
        let (commits, reference) = check::check(reader, self.rng)?;
        let ended = judgement::judge(&commits, self.script(), *self.next, work_off)?;
        compare(asking.engine, &reference)?;
        self.reporter.say(&Line::Ended(ended))?;
        asking.look()?;
        asking.say_tip()?;
        Background::new(sealer, self.reporter).write_head()
    }
}

/// The engine's state against that of an engine which folds the same commits from memory.
fn compare(engine: &Engine, reference: &MemoryLog) -> Result<(), WorkError> {
    let log = Arc::new(reference.clone());
    let folded = whole(&open(Box::new(reference.clone()), log, None)?)?;
    let answered = whole(engine)?;
    let same = folded.position == answered.position
        && view::digest(&folded.tenant) == view::digest(&answered.tenant);
    if same {
        return Ok(());
    }
    Err(WorkError::Wrong(format!(
        "the engine answers from another state at {} than the log gives at {}",
        answered.position, folded.position
    )))
}

/// What a reader sees now, with every plan.
pub(super) fn whole(engine: &Engine) -> Result<Snapshot, WorkError> {
    let whole = engine.whole_snapshot(&script::tenant()?);
    whole.map_err(|refusal| WorkError::Wrong(refusal.to_string()))
}

fn upto(commits: &[Sequenced], position: Position) -> &[Sequenced] {
    let count = usize::try_from(position.get()).unwrap_or(usize::MAX);
    &commits[..count.min(commits.len())]
}

fn open(
    append: Box<dyn Append>,
    log: Arc<dyn Read>,
    checkpoints: Option<Arc<dyn Checkpoints>>,
) -> Result<Engine, WorkError> {
    let config = Config {
        batch_targets_max: 2,
        // Room for a few plans only, so that they come and go.
        plan_bytes_max: 8 * 1024,
        image_commits: 4,
        checkpoint_commits: 20,
        checkpoints,
        ..Config::default()
    };
    Engine::open(append, log, config)
        .map_err(|error| WorkError::refused("opening the engine", &error))
}
