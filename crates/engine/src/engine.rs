//! The engine's face: it puts the parts together, and each method hands over to one of them.
//!
//! May import: `call`, `checking`, `checkpoint`, `config`, `observing`, `plans`, `reading`, `recorded`, `sequencing`, `state`,
//! `submitting`, `syncing`, `writing`.

use std::sync::Arc;
use std::time::Duration;

use plansync_domain::command::Command;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::event::command_outcome::CommandRejected;
use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::history::target_told::TargetTold;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{Actor, TenantId};
use plansync_log::{Append, CheckpointError, Position, Read, Sequenced};

use crate::call::{Call, Refusal, Refused};
use crate::checking::Check;
use crate::checkpoint::keeper::{CheckpointKeeper, Kept};
use crate::checkpoint::opening;
use crate::config::Config;
use crate::observing::{Measured, Observed};
use crate::plans::compaction::ValueCompactor;
use crate::plans::loader::PlanLoader;
use crate::plans::reader::PlanReader;
use crate::reading::{Reading, Readings};
use crate::recorded::change_sets::ChangeSetReader;
use crate::recorded::commit::Decided;
use crate::recorded::open_error::OpenError;
use crate::sequencing::lock::Sequencing;
use crate::sequencing::sequencer::Sequencer;
use crate::state::snapshot::Snapshot;
use crate::submitting::answer::{Answers, Receipt};
use crate::submitting::erasing::Erasing;
use crate::submitting::idle::IdleRecords;
use crate::submitting::outcome::Outcomes;
use crate::submitting::starting::Starts;
use crate::submitting::submitter::{NeedsDisk, Submitter};
use crate::syncing::judging::JudgedBatch;
use crate::syncing::workers::{SyncWorkers, Worked};
use crate::writing::durable::{Durable, NotDurable};
use crate::writing::follow::FollowFailed;
use crate::writing::gathering::Gathering;
use crate::writing::group_writer::{GroupWriter, LogFailed, Wrote};
use crate::writing::published::Published;
use crate::writing::role::{LeadError, Role};

/// The engine. Cheap to clone; every method may be called from any thread.
#[derive(Clone)]
pub struct Engine {
    parts: Arc<Parts>,
}

/// The parts that the engine's methods hand over to.
struct Parts {
    config: Arc<Config>,
    log: Arc<dyn Read>,
    sequencing: Arc<Sequencing>,
    writer: Arc<GroupWriter>,
    published: Arc<Published>,
    plans: Arc<PlanLoader>,
    plan_reader: Arc<PlanReader>,
    compactor: ValueCompactor,
    workers: Arc<SyncWorkers>,
    answers: Arc<Answers>,
    erasing: Arc<Erasing>,
    submitter: Submitter,
    outcomes: Outcomes,
    idle: IdleRecords,
    starts: Starts,
    keeper: CheckpointKeeper,
    readings: Readings,
}

/// Opening.
impl Engine {
    /// Opens the engine on a log: folds the log, and queues the targets of the syncs that it leaves
    /// unfinished. No thread is started: see [`Engine::write_step`] and [`Engine::work_step`].
    pub fn open(
        append: Box<dyn Append>,
        log: Arc<dyn Read>,
        config: Config,
    ) -> Result<Self, OpenError> {
        let parts = Parts::open((Some(append), Role::Leads), log, Arc::new(config))?;
        Ok(Self {
            parts: Arc::new(parts),
        })
    }

    /// Opens the engine on a node's own log, to follow another node: it takes over what is given to
    /// [`Engine::follow_step`], answers reads, refuses every command ([`Refusal::NotLeading`]), and continues no sync
    /// until [`Engine::lead`].
    pub fn follow(
        append: Box<dyn Append>,
        log: Arc<dyn Read>,
        config: Config,
    ) -> Result<Self, OpenError> {
        let parts = Parts::open((Some(append), Role::Follows), log, Arc::new(config))?;
        Ok(Self {
            parts: Arc::new(parts),
        })
    }

    /// Opens the engine on a log that is only read, to ask it: every read answers as in an engine that
    /// serves the log, and every command is refused ([`Refusal::OnlyRead`]). No step needs to be taken, but
    /// [`Engine::write_step`] lets go of plans that are beyond [`Config::plan_bytes_max`].
    pub fn view(log: Arc<dyn Read>, config: Config) -> Result<Self, OpenError> {
        let parts = Parts::open((None, Role::OnlyReads), log, Arc::new(config))?;
        parts.erasing.let_go();
        Ok(Self {
            parts: Arc::new(parts),
        })
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.parts.config
    }

    /// The log, to read what was decided earlier.
    pub fn log(&self) -> &dyn Read {
        self.parts.log.as_ref()
    }
}

/// Commands and their outcomes.
impl Engine {
    /// Executes a command, on a thread that may block. A receipt or refusal may be shown once the log is
    /// durable up to its position, because the state that it depends on may not be durable before.
    pub fn submit(&self, call: &Call, command: &Command) -> Result<Receipt, Refused> {
        self.parts.submitter.submit(call, command)
    }

    /// Executes a command if that takes no disk, for a thread that others wait for. On [`NeedsDisk`], nothing
    /// was done: [`Engine::submit`] must be called on a thread that may block.
    pub fn submit_without_disk(
        &self,
        call: &Call,
        command: &Command,
    ) -> Result<Result<Receipt, Refused>, NeedsDisk> {
        self.parts.submitter.submit_without_disk(call, command)
    }

    /// Records that a durable command was accepted: that its answer follows from the commit of the
    /// receipt. A repeat writes nothing; the result is then the position of the first record.
    pub fn record_accepted(
        &self,
        call: &Call,
        operation: &str,
        receipt: &Receipt,
    ) -> Result<Position, Refusal> {
        self.parts
            .outcomes
            .record_accepted(call, operation, receipt)
    }

    /// Records that a durable command was refused, and why. A repeat writes nothing; the result is then the
    /// position of the first record. Bytes that could not be decoded are stored up to a bound per command
    /// and per tenant; of more, only length and digest are stored.
    pub fn record_rejected(
        &self,
        call: &Call,
        rejected: CommandRejected,
    ) -> Result<Position, Refusal> {
        self.parts.outcomes.record_rejected(call, rejected)
    }

    /// The commit at a position that was assigned; waits until it is durable.
    pub fn decided_at(&self, position: Position) -> Result<Decided, Refusal> {
        self.parts.answers.decided_at(position)
    }

    /// Records with which version, rules and limits this engine runs, for every tenant whose log has other values
    /// last, and returns their number. Nothing is recorded without [`Config::version`], and by an engine that does not
    /// lead. It is called once, before anything else is decided.
    pub fn record_start(&self) -> Result<usize, Refusal> {
        self.parts.starts.record()
    }

    /// Completes the erasures that were asked for and are not done, and returns how many. It is called once, before
    /// anything else is decided: an erasure that begins later is completed by its own command.
    pub fn erase_step(&self) -> Result<usize, Refusal> {
        self.parts.erasing.step()
    }

    /// Whether the command that was recorded in this commit is the one of a call.
    pub fn is_same(&self, call: &Call, first: &Decided) -> bool {
        let recorded = first.commit.proposal.fingerprint;
        call.is_of(recorded, &first.stream, &self.parts.config.keys)
    }

    /// Closes records that nobody touched for their tenant's idle hours, and returns how many. Of a tenant
    /// with very many, some are left to the next step; while the disk does not keep up, all of them are.
    pub fn idle_step(&self) -> Result<usize, Refusal> {
        self.parts.idle.step()
    }
}

/// Following and leading.
impl Engine {
    /// What the engine does with its log.
    pub fn role(&self) -> Role {
        self.parts.writer.role()
    }

    /// Takes over commits that another node decided: appends them to this node's own log, folds them, and shows them to
    /// readers. On [`Wrote::Refused`] nothing was done, and the same commits must be given again.
    pub fn follow_step(&self, commits: &[Sequenced]) -> Result<Wrote, FollowFailed> {
        let wrote = self.parts.writer.follow(commits)?;
        if let Wrote::Upto(_) = wrote {
            self.parts.readings.forget_old();
        }
        Ok(wrote)
    }

    /// Ceases to follow, and leads: takes up unfinished syncs, accepts commands, and appends them to the log that `over`
    /// makes of this node's own one. Everything that the stream has before the node's term must have been followed.
    /// [`Engine::record_start`] and [`Engine::erase_step`] are next, as after an opening.
    pub fn lead(
        &self,
        over: impl FnOnce(Box<dyn Append>) -> Box<dyn Append>,
    ) -> Result<(), LeadError> {
        let parts = &self.parts;
        let take_up = || parts.workers.resume(&parts.published.state());
        if parts.writer.lead(over, take_up)? {
            Ok(())
        } else {
            Err(LeadError::NotFollowing)
        }
    }
}

/// Writing.
impl Engine {
    /// Writes the queued commits as one group, and publishes the state that they lead to.
    pub fn write_step(&self) -> Result<Wrote, LogFailed> {
        let wrote = self.parts.writer.step()?;
        if let Wrote::Upto(_) = wrote {
            self.parts.readings.forget_old();
        }
        Ok(wrote)
    }

    /// Waits until commits are to be written, or `patience` has passed. Returns whether there are any.
    pub fn wait_queued(&self, patience: Duration) -> bool {
        self.parts.sequencing.wait_due(patience)
    }

    /// Begins a run of commands that are all available already: their commits are written as one group once
    /// the result is dropped. That should be soon, because the commits of others wait with them.
    pub fn gathering(&self) -> Gathering {
        Gathering::begin(&self.parts.sequencing)
    }

    /// How far the log is durable.
    pub fn durable(&self) -> &Durable {
        self.parts.writer.durable()
    }

    /// Waits until `position` is durable, on a thread that may block. Commits that are queued are written
    /// here, so that an engine that is run step by step by one thread cannot wait for itself.
    pub fn settle(&self, position: Position) -> Result<(), NotDurable> {
        self.parts.writer.settle(position)
    }

    /// Whether events at a position may be published: whether it is durable.
    pub fn may_show(&self, position: Position) -> bool {
        self.parts.writer.may_show(position)
    }

    /// Whether the disk refuses commits at the moment. Reads still work then.
    pub fn disk_refuses(&self) -> bool {
        self.parts.writer.disk_refuses()
    }
}

/// Observing.
impl Engine {
    /// The last position that was decided, durable or not.
    pub fn decided_position(&self) -> Position {
        self.parts.sequencing.lock().position()
    }

    /// What was counted since the engine was opened, and how much there is now. It takes a moment for each tenant, and
    /// reads no disk.
    pub fn measured(&self) -> Measured {
        let parts = &self.parts;
        Observed {
            sequencing: &parts.sequencing,
            writer: &parts.writer,
            published: &parts.published,
            plans: &parts.plan_reader,
            workers: &parts.workers,
            readings: &parts.readings,
        }
        .measured()
    }
}

/// Syncs.
impl Engine {
    /// Judges and commits one batch of waiting targets.
    pub fn work_step(&self) -> Result<Worked, Refusal> {
        self.parts.workers.step()
    }

    /// The first half of a step: takes a batch and judges it; `None` if no target waits. While the log
    /// cannot be read, the batch waits.
    pub fn judge_step(&self) -> Result<Option<JudgedBatch>, Refusal> {
        self.parts.workers.judge_step()
    }

    /// The second half of a step: commits the targets for which everything that they were judged on is
    /// unchanged. The others wait again.
    pub fn commit_step(&self, judged: JudgedBatch) -> Result<Worked, Refusal> {
        self.parts.workers.commit_step(judged)
    }

    /// Waits until targets wait, or `patience` has passed.
    pub fn wait_work(&self, patience: Duration) {
        self.parts.workers.wait(patience);
    }
}

/// Checkpoints and memory.
impl Engine {
    /// Writes a checkpoint if enough commits were made since the last one. If none were made since the last
    /// step, an eighth of that is enough.
    pub fn keep_step(&self) -> Result<Kept, CheckpointError> {
        self.parts.keeper.step()
    }

    /// Writes a checkpoint if any commit was made since the last one: before a stop, so that the next start
    /// folds nothing.
    pub fn keep_now(&self) -> Result<Kept, CheckpointError> {
        self.parts.keeper.keep_now()
    }

    /// A check of the whole log: of everything that this engine answers from, against a replay from nothing. It is cut
    /// into at least `parts_min` parts, for as many threads. Nothing is written. It is of the state as it is now, and of
    /// indexes as they are when they are read, so nothing may be decided meanwhile.
    pub fn check(&self, parts_min: u32) -> Check {
        let Parts {
            config,
            log,
            published,
            plans,
            ..
        } = &*self.parts;
        Check::new((log, &config.keys), published.state(), plans, parts_min)
    }

    /// Compacts the values of tenants in which a third or more are unused. Resident plans stay, except those
    /// of open records: these are loaded again when they are needed.
    pub fn renew_step(&self) {
        self.parts.compactor.step();
    }
}

/// Reads.
impl Engine {
    /// What an actor sees of a tenant now: `tenant_not_found`, `unknown_actor`.
    pub fn reading<'a>(
        &'a self,
        tenant: &'a TenantId,
        actor: &'a Actor,
    ) -> Result<Reading<'a>, Rejection> {
        self.parts.readings.begin(tenant, actor)
    }

    /// What the actor saw at a position whose state was held: `tenant_not_found`, `unknown_actor`, and
    /// [`Refusal::ReadingExpired`] if it is not held any more or the actor's rights have changed since.
    pub fn reading_held<'a>(
        &'a self,
        tenant: &'a TenantId,
        actor: &'a Actor,
        position: Position,
    ) -> Result<Reading<'a>, Refusal> {
        self.parts.readings.resume(tenant, actor, position)
    }

    /// What an event tells about a target, whose commit led to this version of its plan, if it changed the
    /// plan.
    pub fn target_told(
        &self,
        tenant: &TenantId,
        replayed: &TargetReplayed,
        version: Option<Version>,
    ) -> Result<TargetTold, Refusal> {
        self.parts.readings.target_told(tenant, replayed, version)
    }

    /// The tenants as of the last durable position, in the order of their names.
    pub fn tenants(&self) -> Vec<TenantId> {
        let state = self.parts.published.state();
        let tenants = state.tenants();
        let put = tenants.filter(|(_, tenant)| tenant.settings().is_some());
        let mut names: Vec<TenantId> = put.map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    }

    /// One tenant as of the last durable position; its plans may be not resident.
    pub fn snapshot(&self, tenant: &TenantId) -> Snapshot {
        self.parts.published.snapshot(tenant)
    }

    /// One tenant as of the last durable position, with every plan resident: for whoever examines a whole
    /// state and has the memory for it.
    pub fn whole_snapshot(&self, tenant: &TenantId) -> Result<Snapshot, Refusal> {
        self.parts.plans.whole_snapshot(tenant)
    }
}

impl Parts {
    fn open(
        (append, role): (Option<Box<dyn Append>>, Role),
        log: Arc<dyn Read>,
        config: Arc<Config>,
    ) -> Result<Self, OpenError> {
        let tip = log.tip();
        let keeping = match &append {
            Some(_) => Arc::clone(&config),
            // Nothing is written beside a log that is only read.
            None => Arc::new(Config {
                checkpoints: None,
                ..Config::clone(&config)
            }),
        };
        let opening::Opened {
            state,
            kept_at,
            is_unusable,
        } = opening::open(log.as_ref(), &config, tip.position)?;
        let sequencing = Arc::new(Sequencing::new(Sequencer::new(state.clone(), tip, &config)));
        let published = Arc::new(Published::new(state.clone()));
        let writer = GroupWriter::new(
            (append, role),
            &config,
            &sequencing,
            &published,
            tip.position,
        );
        let writer = Arc::new(writer);
        let change_sets = Arc::new(ChangeSetReader::new(&log, &config.keys));
        let plan_reader = Arc::new(PlanReader::new(&config, &log, &sequencing, &writer));
        let plans = PlanLoader::new(&plan_reader, &change_sets, &sequencing, &writer, &published);
        let plans = Arc::new(plans);
        let workers = SyncWorkers::new(&config, &log, &sequencing, &writer, &plans);
        if role != Role::Follows {
            workers.resume(&state)?;
        }
        let workers = Arc::new(workers);
        let answers = Arc::new(Answers::new(&config, &log, &writer));
        let erasing = Arc::new(Erasing::new(&config, &log, &sequencing, &writer));
        let locks = (&sequencing, &writer);
        Ok(Self {
            compactor: ValueCompactor::new(&config, &sequencing, &published),
            submitter: Submitter::new(&config, &log, locks, &plans, &workers, (&answers, &erasing)),
            outcomes: Outcomes::new(&config, &log, &sequencing, &writer),
            starts: Starts::new(&config, &log, locks, &published),
            idle: IdleRecords::new(&config, &sequencing, &writer, &published),
            keeper: CheckpointKeeper::new(
                &keeping,
                &log,
                &sequencing,
                &published,
                (kept_at, is_unusable),
            ),
            readings: Readings::new(
                &config,
                &log,
                &published,
                &plans,
                &plan_reader,
                &change_sets,
            ),
            config,
            log,
            sequencing,
            writer,
            published,
            plans,
            plan_reader,
            workers,
            answers,
            erasing,
        })
    }
}
