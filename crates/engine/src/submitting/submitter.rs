//! Executes a command: admission, repetition, decision and commit.
//!
//! It checks in this order: the bounds of the fields, the tenant, the actor and what the actor may send
//! ([`admit`]); then a repeat gets its first answer; then the rules decide. The order of all refusals is R1
//! to R4 in `crates/domain/RULES.md`.

use std::sync::Arc;

use plansync_domain::access::admission::admit;
use plansync_domain::command::Command;
use plansync_domain::command::context::Context;
use plansync_domain::command::undecided::Undecided;
use plansync_domain::decide::decide;
use plansync_domain::ids::LearnerId;
use plansync_domain::ids::stream::Stream;
use plansync_domain::plan::not_resident::NotResident;
use plansync_domain::state::tenant::Tenant;
use plansync_log::{Position, Read};

use super::answer::{Answers, Receipt, reply};
use super::commits::Commits;
use super::deciding::{context, plans_needed, writing};
use super::early_decision::EarlyDecision;
use super::erasing::Erasing;
use super::lookup::{LogLookUp, LookedUp, Repeated};
use crate::call::{ATTEMPTS_MAX, Call, Refusal, Refused};
use crate::config::Config;
use crate::plans::loader::PlanLoader;
use crate::sequencing::lock::Sequencing;
use crate::sequencing::sequencer::Sequencer;
use crate::state::snapshot::Snapshot;
use crate::syncing::workers::SyncWorkers;
use crate::writing::group_writer::GroupWriter;

/// The command cannot be decided without reading the disk. Nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the command cannot be decided without reading the disk")]
pub struct NeedsDisk;

/// The result of one attempt to decide under the sequencer's lock.
enum Attempt {
    Done(Receipt),
    /// It was decided before, and this is its commit.
    Repeats(Position),
    /// These plans are not resident.
    NeedsPlans(Snapshot, Vec<LearnerId>),
    /// The look-up in the log's index was too long ago.
    NeedsLookUp,
}

/// Executes commands.
pub(crate) struct Submitter {
    config: Arc<Config>,
    sequencing: Arc<Sequencing>,
    writer: Arc<GroupWriter>,
    plans: Arc<PlanLoader>,
    workers: Arc<SyncWorkers>,
    answers: Arc<Answers>,
    erasing: Arc<Erasing>,
    log: LogLookUp,
}

impl Submitter {
    pub(crate) fn new(
        config: &Arc<Config>,
        log: &Arc<dyn Read>,
        (sequencing, writer): (&Arc<Sequencing>, &Arc<GroupWriter>),
        plans: &Arc<PlanLoader>,
        workers: &Arc<SyncWorkers>,
        (answers, erasing): (&Arc<Answers>, &Arc<Erasing>),
    ) -> Self {
        Self {
            config: Arc::clone(config),
            sequencing: Arc::clone(sequencing),
            writer: Arc::clone(writer),
            plans: Arc::clone(plans),
            workers: Arc::clone(workers),
            answers: Arc::clone(answers),
            erasing: Arc::clone(erasing),
            log: LogLookUp::new(log),
        }
    }

    /// Executes a command, on a thread that may block. A receipt or refusal may be shown once the log is
    /// durable up to its position, because the state that it depends on may not be durable before.
    pub(crate) fn submit(&self, call: &Call, command: &Command) -> Result<Receipt, Refused> {
        let receipt = self.decided(call, command)?;
        let Command::EraseLearner(learner) = command else {
            return Ok(receipt);
        };
        // A repeat completes what an earlier attempt could not.
        match self.erasing.complete(&call.tenant, *learner) {
            Ok(()) => Ok(receipt),
            Err(refusal) => Err(Refused {
                after: receipt.position,
                refusal,
            }),
        }
    }

    /// Decides a command, or finds the answer that it was given before.
    fn decided(&self, call: &Call, command: &Command) -> Result<Receipt, Refused> {
        self.check_admitted(call, command)?;
        let (mut looked_up, first) = self.look_up(call, command)?;
        if let Some(first) = first {
            return self.answer_again(call, looked_up, first);
        }
        let early = EarlyDecision::decide(&self.config, &self.plans, call, command);
        let mut early = early.map_err(|refusal| looked_up.refused(refusal))?;
        for _ in 0..ATTEMPTS_MAX {
            match self.attempt(call, command, looked_up, &mut early)? {
                Attempt::Done(receipt) => return Ok(receipt),
                Attempt::Repeats(first) => return self.answer_again(call, looked_up, first),
                Attempt::NeedsPlans(snapshot, learners) => {
                    let loaded = self.plans.load_lacking(&snapshot, &call.tenant, learners);
                    loaded.map_err(|refusal| looked_up.refused(refusal))?;
                }
                Attempt::NeedsLookUp => {
                    let (again, first) = self.look_up(call, command)?;
                    if let Some(first) = first {
                        return self.answer_again(call, again, first);
                    }
                    looked_up = again;
                }
            }
        }
        // Other commits interfered each time.
        Err(looked_up.refused(Refusal::overloaded()))
    }

    /// Executes a command if that takes no disk, for a thread that others wait for. If it takes the disk,
    /// nothing was done: [`Self::submit`] must be called on a thread that may block.
    pub(crate) fn submit_without_disk(
        &self,
        call: &Call,
        command: &Command,
    ) -> Result<Result<Receipt, Refused>, NeedsDisk> {
        if let Err(refused) = self.check_admitted(call, command) {
            return Ok(Err(refused));
        }
        let looked_up = LookedUp {
            at: self.writer.durable().current(),
            used: None,
        };
        let takes_disk = matches!(
            command,
            Command::StartSync { .. } | Command::EraseLearner(_)
        );
        let is_new =
            || self.log.surely_lacks_command(call) && self.log.surely_lacks_session(call, command);
        if takes_disk || !is_new() {
            return Err(NeedsDisk);
        }
        match self.attempt(call, command, looked_up, &mut None) {
            Ok(Attempt::Done(receipt)) => Ok(Ok(receipt)),
            Ok(Attempt::Repeats(_) | Attempt::NeedsPlans(..) | Attempt::NeedsLookUp) => {
                Err(NeedsDisk)
            }
            Err(refused) => Ok(Err(refused)),
        }
    }

    /// Refuses a command that its actor may not send at all, and every one where another node decides: what is known
    /// here may be outdated.
    fn check_admitted(&self, call: &Call, command: &Command) -> Result<(), Refused> {
        self.writer.check_leads().map_err(|refusal| Refused {
            after: self.writer.durable().current(),
            refusal,
        })?;
        // It is dropped here: while a copy of the state is held, a fold has to copy what it changes.
        let current = self.sequencing.current(&call.tenant);
        let admitted = admit(&current.tenant, &call.actor, command);
        admitted.map_err(|rejection| Refused::judged(current.position, rejection))
    }

    /// Looks the command up in the log's index, with the position of its first commit if there is one.
    fn look_up(
        &self,
        call: &Call,
        command: &Command,
    ) -> Result<(LookedUp, Option<Position>), Refused> {
        let at = self.writer.durable().current();
        let looked_up = LookedUp { at, used: None };
        let first = self.log.command(call);
        let first = first.map_err(|error| looked_up.refused(error.into()))?;
        if first.is_some() {
            return Ok((looked_up, first));
        }
        let used = self.log.session(call, command);
        let used = used.map_err(|error| looked_up.refused(error.into()))?;
        Ok((LookedUp { at, used }, None))
    }

    fn answer_again(
        &self,
        call: &Call,
        looked_up: LookedUp,
        first: Position,
    ) -> Result<Receipt, Refused> {
        let answer = self.answers.answer_again(call, first);
        answer.map_err(|refusal| looked_up.refused(refusal))
    }

    /// Decides and commits a command that was not in the log when it was looked up, or returns what is
    /// needed for that. The disk is not used.
    fn attempt(
        &self,
        call: &Call,
        command: &Command,
        looked_up: LookedUp,
        early: &mut Option<EarlyDecision>,
    ) -> Result<Attempt, Refused> {
        let mut sequencer = self.sequencing.lock();
        match looked_up.repeated(&sequencer, call, command) {
            Repeated::At(position) => return Ok(Attempt::Repeats(position)),
            Repeated::Unknown => return Ok(Attempt::NeedsLookUp),
            Repeated::No => {}
        }
        let tenant = Arc::clone(sequencer.state().tenant(&call.tenant));
        let needed = plans_needed(&self.config, command, &tenant);
        if needed.iter().any(|plan| !tenant.plans().is_resident(*plan)) {
            let snapshot = sequencer.snapshot(&call.tenant);
            return Ok(Attempt::NeedsPlans(snapshot, needed));
        }
        sequencer.use_plans(&call.tenant, &needed);
        let room = self.writer.check_room(&sequencer);
        room.map_err(|refusal| looked_up.refused(refusal))?;
        let context = Context {
            closed_session: looked_up.used_by_now(&sequencer, call, command),
            ..context(&self.config, call, sequencer.position())
        };
        let early = early.take();
        let commits = match self.decide((call, command), &context, &tenant, (looked_up, early))? {
            Ok(commits) => commits,
            Err(NotResident { learner }) => {
                let snapshot = sequencer.snapshot(&call.tenant);
                return Ok(Attempt::NeedsPlans(snapshot, vec![learner]));
            }
        };
        // The fold would have to copy what it changes.
        drop(tenant);
        let receipt = self.commit(&mut sequencer, call, commits);
        let receipt = receipt.map_err(|refusal| looked_up.refused(refusal))?;
        self.sequencing.release(sequencer);
        Ok(Attempt::Done(receipt))
    }

    /// Decides on a state, unless the decision that was made ahead still holds there.
    fn decide(
        &self,
        (call, command): (&Call, &Command),
        context: &Context<'_>,
        tenant: &Tenant,
        (looked_up, early): (LookedUp, Option<EarlyDecision>),
    ) -> Result<Result<Commits, NotResident>, Refused> {
        let judged_at = Position::new(context.position.get());
        let judged = |rejection| Refused::judged(judged_at, rejection);
        admit(tenant, &call.actor, command).map_err(judged)?;
        let still = early.and_then(|early| early.still(&self.config.limits, tenant));
        if let Some(commits) = still {
            return Ok(Ok(commits));
        }
        let decided = match decide(tenant, context, command) {
            Ok(decided) => decided,
            Err(Undecided::Rejected(rejection)) => return Err(judged(rejection)),
            Err(Undecided::NotResident(not_resident)) => return Ok(Err(not_resident)),
        };
        let commits = Commits::of(writing(&self.config, command), call, decided);
        let commits = match commits {
            Ok(commits) if tenant.settings().is_none() => commits.of_new_tenant(&self.config),
            other => other,
        };
        let commits = commits.map_err(|refusal| looked_up.refused(refusal))?;
        Ok(Ok(commits))
    }

    /// Commits what was decided, queues the targets of an accepted sync, and gives the receipt.
    fn commit(
        &self,
        sequencer: &mut Sequencer,
        call: &Call,
        commits: Commits,
    ) -> Result<Receipt, Refusal> {
        let committed = commits.write(sequencer, call, self.config.clock.now())?;
        let (stream, position) = (&committed.stream, committed.position);
        self.workers
            .take_up(sequencer, (&call.tenant, stream), || call.cause());
        let reply = reply(stream, committed.version, position, &committed.events);
        let problem = || format!("the commit at position {position} has no answer");
        Ok(Receipt {
            position,
            reply: reply.ok_or_else(|| Refusal::internal(problem()))?,
            duplicate: false,
            unchanged: matches!(stream, Stream::Command(_)),
        })
    }
}
