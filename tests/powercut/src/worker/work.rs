//! Owns the course of one worker: open, check, retry what may have been lost, append groups,
//! seal beside it, now and then close and open again. Knows no disk and no campaign.

use std::io::Write;

use plansync_log::sealing::Keys;
use plansync_log::{Append, Read, Sequenced};

use super::author::{self, Author};
use super::background::{self, Background};
use super::bare::BareLog;
use super::clients::Course;
use super::{Load, Order, Reporter, WorkError, check, copies, erase, store, tend};
use crate::line::Line;

/// How many of the last commands are tried again after an accident, as a client would that never
/// heard an answer.
const RETRIED_COUNT: u64 = 40;

/// Does what it is ordered to, and says how it went. An error has been said as well.
pub fn run<W: Write + Send>(order: &Order, reporter: &Reporter<W>) -> Result<(), WorkError> {
    let mut worker = Worker {
        order,
        reporter,
        rng: fastrand::Rng::with_seed(order.seed),
        next: match order.load {
            Load::Commits | Load::Bare => order.commands.saturating_sub(RETRIED_COUNT),
            Load::Engine => order.commands,
        },
        next_key: 0,
    };
    let outcome = worker.run_and_tend();
    match &outcome {
        Ok(()) => reporter.say(&Line::Closed)?,
        Err(WorkError::Wrong(what)) => reporter.say(&Line::Wrong(what.clone()))?,
        Err(WorkError::Refused(what)) => reporter.say(&Line::Refused(what.clone()))?,
        Err(WorkError::Alone(_)) => {}
    }
    outcome
}

struct Worker<'a, W> {
    order: &'a Order,
    reporter: &'a Reporter<W>,
    rng: fastrand::Rng,
    /// The number of the next command.
    next: u64,
    /// The number of the next key to destroy.
    next_key: u64,
}

impl<W: Write + Send> Worker<'_, W> {
    /// What is not worked on further is checked as a folder too.
    fn run_and_tend(&mut self) -> Result<(), WorkError> {
        if self.order.tend {
            tend::remake_rows(&self.order.dir, self.reporter, &mut self.rng)?;
        }
        self.run()?;
        if self.order.copy {
            copies::make(&self.order.dir, self.reporter)?;
        }
        if self.order.groups == 0 && self.order.load != Load::Bare {
            tend::verify_whole(&self.order.dir, self.reporter)?;
        }
        Ok(())
    }

    fn run(&mut self) -> Result<(), WorkError> {
        let mut groups_left = self.order.groups;
        if self.order.load == Load::Engine {
            // Once: what it compares itself with was given at its start.
            return self.course().run(groups_left);
        }
        loop {
            let groups = groups_left.min(self.rng.u64(40..300));
            groups_left -= groups;
            if self.order.load == Load::Bare {
                self.open_bare_and_work(groups)?;
            } else {
                self.open_and_work(groups)?;
            }
            if groups_left == 0 {
                return Ok(());
            }
        }
    }

    fn course(&mut self) -> Course<'_, W> {
        Course {
            order: self.order,
            reporter: self.reporter,
            rng: &mut self.rng,
            next: &mut self.next,
        }
    }

    /// Looks at a log that was just opened.
    fn found(&mut self, log: &dyn Read) -> Result<(), WorkError> {
        check::check(log, &mut self.rng)?;
        let tip = log.tip();
        Ok(self.reporter.say(&Line::Found(tip.position, tip.chain))?)
    }

    /// One opening of sled alone, from beginning to end.
    fn open_bare_and_work(&mut self, groups: u64) -> Result<(), WorkError> {
        self.reporter.say(&Line::Opening)?;
        let mut log = BareLog::open(&self.order.dir)?;
        let reader = log.memory.clone();
        self.found(&reader)?;
        (0..groups).try_for_each(|_| self.append_group(&mut log, &reader))
    }

    /// One opening of the log, from beginning to end.
    fn open_and_work(&mut self, groups: u64) -> Result<(), WorkError> {
        self.reporter.say(&Line::Opening)?;
        let mut log = store::open(&self.order.dir, &mut self.rng)?;
        self.found(&*log.reader)?;
        let keys = log.reader.keys();
        self.next_key = erase::found(&keys, self.reporter)?;
        let mut background = Background::new(&log.sealer, self.reporter);
        if self.rng.bool() {
            return background.beside(&mut log.sealer, || {
                (0..groups).try_for_each(|_| {
                    self.append_group(&mut log.appender, &*log.reader)?;
                    self.erase_sometimes(&keys)
                })
            });
        }
        for _ in 0..groups {
            self.append_group(&mut log.appender, &*log.reader)?;
            self.erase_sometimes(&keys)?;
            background::seal(&mut log.sealer, self.reporter)?;
            if self.rng.u8(0..4) == 0 {
                background.write_head()?;
            }
        }
        log.appender
            .close()
            .map_err(|error| WorkError::refused("closing", &error))
    }

    fn erase_sometimes(&mut self, keys: &Keys) -> Result<(), WorkError> {
        if self.rng.u8(0..6) == 0 {
            erase::erase(keys, self.next_key, self.reporter)?;
            self.next_key += 1;
        }
        Ok(())
    }

    fn append_group(&mut self, log: &mut dyn Append, reader: &dyn Read) -> Result<(), WorkError> {
        let count = if self.rng.u8(0..8) == 0 {
            self.rng.u64(8..40)
        } else {
            self.rng.u64(1..6)
        };
        let mut author = Author::new(reader);
        let mut group: Vec<Sequenced> = Vec::new();
        let mut lines = Vec::new();
        for number in self.next..self.next + count {
            if number < self.order.commands && is_answered(reader, number)? {
                continue;
            }
            let commit = author.write(number, &mut self.rng)?;
            lines.push(Line::Try(commit.position(), commit.chain(), number));
            group.push(commit);
        }
        self.next += count;
        self.reporter.say_all(&lines)?;
        log.append(&group)
            .map_err(|error| WorkError::refused("appending", &error))?;
        match group.last() {
            Some(last) => Ok(self.reporter.say(&Line::Done(last.position()))?),
            None => Ok(()),
        }
    }
}

fn is_answered(log: &dyn Read, number: u64) -> Result<bool, WorkError> {
    let (tenant, command) = author::command(number);
    let position = log
        .command(tenant, command)
        .map_err(|error| WorkError::refused("asking for a command", &error))?;
    Ok(position.is_some())
}
