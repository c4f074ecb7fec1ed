//! A command from asking to its place in the log: admission, repetition, decision, commit.
//!
//! The order in which a command is refused is fixed here: tenant and actor first, then a repeat's
//! first answer, then the rules.

use std::sync::Arc;

use plansync_domain::access::admission::admit;
use plansync_domain::command::Command;
use plansync_domain::command::context::Context;
use plansync_domain::command::undecided::Undecided;
use plansync_domain::decide::decide;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, SessionId, TenantId};
use plansync_domain::state::tenant::Tenant;
use plansync_log::{CommandKey, CommandScope, Position, ReadError, Version};

use crate::answer::reply;
use crate::call::{Call, Receipt, Refusal, Refused};
use crate::commits::{Ahead, Commits};
use crate::engine::Engine;
use crate::fault::Fault;
use crate::naming::stream_id;
use crate::sequencer::{Entry, SequenceError, Sequencer};
use crate::snapshot::Snapshot;

/// How long a sender waits before it tries again, when too much waits for the disk.
pub(crate) const RETRY_AFTER_MS: u64 = 50;

/// How often a command is begun anew because others came in between, before its sender is told to come
/// back.
pub(crate) const ATTEMPTS_MAX: usize = 16;

/// A command cannot be decided without the disk; nothing has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the command cannot be decided without the disk")]
pub struct NeedsDisk;

/// What an attempt to decide came to.
enum Attempt {
    Done(Receipt),
    /// It was decided before, and its commit is here.
    Repeats(Position),
    /// These plans are not resident.
    NeedsPlans(Snapshot, Vec<LearnerId>),
    /// The last look into the log's index was too long ago.
    NeedsLookUp,
}

/// Whether a command is among the latest.
enum Repeated {
    No,
    At(Position),
    Unknown,
}

/// What a look into the log's index found, apart from the command itself.
#[derive(Clone, Copy)]
struct LookedUp {
    /// How far the log was durable then.
    at: Position,
    /// The session that the command begins, if there was one of this id before.
    used: Option<SessionId>,
}

impl LookedUp {
    /// The same, with what was decided since.
    fn used_by_now(
        self,
        sequencer: &Sequencer,
        call: &Call,
        command: &Command,
    ) -> Option<SessionId> {
        let session = command.session_begun()?;
        let name = (call.tenant.clone(), session);
        let opened = sequencer.opened.get(&name).map(|_| session);
        self.used.or(opened)
    }
}

impl From<SequenceError> for Refusal {
    fn from(error: SequenceError) -> Self {
        Self::Internal {
            cause: error.to_string(),
        }
    }
}

impl Engine {
    /// Decides on a command, on a thread that may block. Receipt and refusal alike may be shown once
    /// the log is durable up to their position, since the state that they speak of may not be so yet.
    pub fn submit(&self, call: &Call, command: &Command) -> Result<Receipt, Refused> {
        self.check_admitted(call, command)?;
        let mut looked_up_at = self.parts.durable.current();
        let now = |refusal| Refused {
            after: looked_up_at,
            refusal,
        };
        if let Some(position) = self.logged(call).map_err(now)? {
            return self.answer_again(call, position).map_err(now);
        }
        let mut used = self.used_session(call, command).map_err(now)?;
        let mut ahead = self.ahead(call, command).map_err(now)?;
        for _ in 0..ATTEMPTS_MAX {
            let now = |refusal| Refused {
                after: looked_up_at,
                refusal,
            };
            let looked = LookedUp {
                at: looked_up_at,
                used,
            };
            match self.attempt(call, command, looked, &mut ahead)? {
                Attempt::Done(receipt) => return Ok(receipt),
                Attempt::Repeats(position) => {
                    return self.answer_again(call, position).map_err(now);
                }
                Attempt::NeedsPlans(snapshot, learners) => {
                    let brought = self.bring_all(&snapshot, &call.tenant, learners);
                    brought.map_err(now)?;
                }
                Attempt::NeedsLookUp => {
                    let durable = self.parts.durable.current();
                    if let Some(position) = self.logged(call).map_err(now)? {
                        return self.answer_again(call, position).map_err(now);
                    }
                    used = self.used_session(call, command).map_err(now)?;
                    looked_up_at = durable;
                }
            }
        }
        // Each time others came in between.
        Err(Refused {
            after: looked_up_at,
            refusal: Refusal::Overloaded {
                retry_after_ms: RETRY_AFTER_MS,
            },
        })
    }

    /// Decides on a command where that needs no disk: for a thread that others wait for. Nothing has
    /// happened where it does; [`Engine::submit`] is for a thread that may block.
    pub fn submit_without_disk(
        &self,
        call: &Call,
        command: &Command,
    ) -> Result<Result<Receipt, Refused>, NeedsDisk> {
        if let Err(refused) = self.check_admitted(call, command) {
            return Ok(Err(refused));
        }
        let looked_up_at = self.parts.durable.current();
        let is_start = matches!(command, Command::StartSync { .. });
        if is_start || !self.surely_not_logged(call) || !self.surely_unused(call, command) {
            return Err(NeedsDisk);
        }
        let looked = LookedUp {
            at: looked_up_at,
            used: None,
        };
        match self.attempt(call, command, looked, &mut None) {
            Ok(Attempt::Done(receipt)) => Ok(Ok(receipt)),
            Ok(Attempt::Repeats(_) | Attempt::NeedsPlans(..) | Attempt::NeedsLookUp) => {
                Err(NeedsDisk)
            }
            Err(refused) => Ok(Err(refused)),
        }
    }

    /// Refuses whoever may not ask for this at all.
    fn check_admitted(&self, call: &Call, command: &Command) -> Result<(), Refused> {
        // A state that somebody looks at is copied before it is folded on: it is let go of here.
        let current = self.current(&call.tenant);
        let admitted = admit(&current.tenant, &call.actor, command);
        admitted.map_err(|rejection| Refused::judged(current.position, rejection))
    }

    /// Decides on a command that the log did not have when it was looked into, or says what that takes.
    /// No disk is touched.
    fn attempt(
        &self,
        call: &Call,
        command: &Command,
        looked: LookedUp,
        ahead: &mut Option<Ahead>,
    ) -> Result<Attempt, Refused> {
        let now = |refusal| Refused {
            after: looked.at,
            refusal,
        };
        let mut sequencer = self.sequencer();
        match Self::repeated(&sequencer, call, command, looked.at) {
            Repeated::At(position) => return Ok(Attempt::Repeats(position)),
            Repeated::Unknown => return Ok(Attempt::NeedsLookUp),
            Repeated::No => {}
        }
        let tenant = Arc::clone(sequencer.state.tenant(&call.tenant));
        let needed = self.needed_ahead(command, &tenant);
        if needed.iter().any(|plan| !tenant.plans().is_resident(*plan)) {
            let snapshot = sequencer.state.snapshot(&call.tenant);
            return Ok(Attempt::NeedsPlans(snapshot, needed));
        }
        sequencer.use_plans(&call.tenant, &needed);
        self.check_room(&sequencer).map_err(now)?;
        let judged_at = sequencer.position();
        let judged = |rejection| Refused::judged(judged_at, rejection);
        admit(&tenant, &call.actor, command).map_err(judged)?;
        let still = ahead.take().and_then(|ahead| ahead.still(self, &tenant));
        let commits = if let Some(commits) = still {
            commits
        } else {
            let context = Context {
                closed_session: looked.used_by_now(&sequencer, call, command),
                ..self.context(call, judged_at)
            };
            let decided = match decide(&tenant, &context, command) {
                Ok(decided) => decided,
                Err(Undecided::Rejected(rejection)) => return Err(judged(rejection)),
                Err(Undecided::NotResident(not_resident)) => {
                    let snapshot = sequencer.state.snapshot(&call.tenant);
                    return Ok(Attempt::NeedsPlans(snapshot, vec![not_resident.learner]));
                }
            };
            Commits::of(self.writing(command.operation()), call, decided).map_err(now)?
        };
        drop(tenant);
        let receipt = self.commit(&mut sequencer, call, commits).map_err(now)?;
        drop(sequencer);
        self.wake_writer();
        Ok(Attempt::Done(receipt))
    }

    /// The plans that a decision is known to need. Where it needs another, it says so.
    pub(crate) fn needed_ahead(&self, command: &Command, tenant: &Tenant) -> Vec<LearnerId> {
        if self.parts.config.has(Fault::FetchesNothingAhead) {
            return Vec::new();
        }
        command.plan_needed(tenant).into_iter().collect()
    }

    /// The tenant with all that was decided, durable or not.
    pub(crate) fn current(&self, tenant: &TenantId) -> Snapshot {
        self.sequencer().state.snapshot(tenant)
    }

    /// Refuses to decide more while the disk does not keep up.
    pub(crate) fn check_room(&self, sequencer: &Sequencer) -> Result<(), Refusal> {
        if self.disk_refuses() {
            let cause = "the disk takes no commits, perhaps because it is full".to_owned();
            return Err(Refusal::Unavailable { cause });
        }
        if sequencer.is_full() {
            return Err(Refusal::Overloaded {
                retry_after_ms: RETRY_AFTER_MS,
            });
        }
        Ok(())
    }

    /// Where the log's index has this command, or else the refusal that was recorded of it.
    ///
    /// What became of a command comes behind what it did. It is looked for first: both may become
    /// durable in between, and then what it did is found, and not taken for a refusal.
    fn logged(&self, call: &Call) -> Result<Option<Position>, Refusal> {
        if call.id_is_new {
            return Ok(None);
        }
        let [did, became] = keys(call);
        let log = &self.parts.log;
        let became = log.command(call.tenant.as_str(), became)?;
        let did = log.command(call.tenant.as_str(), did)?;
        Ok(did.or(became))
    }

    /// Whether neither the command nor what became of it is in the log, as far as memory can tell.
    fn surely_not_logged(&self, call: &Call) -> bool {
        let log = &self.parts.log;
        call.id_is_new
            || keys(call)
                .into_iter()
                .all(|key| log.surely_lacks(call.tenant.as_str(), key))
    }

    /// The session that a command begins, if the log has it already.
    fn used_session(&self, call: &Call, command: &Command) -> Result<Option<SessionId>, Refusal> {
        let Some(session) = command.session_begun() else {
            return Ok(None);
        };
        let stream = stream_id(&call.tenant, &Stream::Record(session));
        let opened = self.log().locate(&stream, Version::FIRST)?;
        Ok(opened.map(|_| session))
    }

    /// Whether the log has no session that the command begins, as far as memory can tell.
    fn surely_unused(&self, call: &Call, command: &Command) -> bool {
        command.session_begun().is_none_or(|session| {
            let stream = stream_id(&call.tenant, &Stream::Record(session));
            self.log().surely_lacks_stream(&stream)
        })
    }

    /// Where the command is among the latest commits. Where so much was decided since the look into the
    /// log's index that an entry could have left the latest ones, nobody knows: the log is not read
    /// under the lock.
    fn repeated(
        sequencer: &Sequencer,
        call: &Call,
        command: &Command,
        looked_up_at: Position,
    ) -> Repeated {
        if call.id_is_new && command.session_begun().is_none() {
            return Repeated::No;
        }
        let recent = |key| sequencer.recent_commands.get(&(call.tenant.clone(), key));
        if let Some(position) = keys(call).into_iter().find_map(recent) {
            return Repeated::At(position);
        }
        let passed = sequencer.position().get();
        let passed = passed.saturating_sub(looked_up_at.get());
        if passed >= sequencer.recent_commands.reach() {
            Repeated::Unknown
        } else {
            Repeated::No
        }
    }

    /// Commits what was decided, sends workers after an accepted sync, and gives the receipt.
    fn commit(
        &self,
        sequencer: &mut Sequencer,
        call: &Call,
        commits: Commits,
    ) -> Result<Receipt, Refusal> {
        let at = self.now();
        let judged_at = sequencer.position();
        let Commits {
            chunks,
            closing,
            stream,
            events,
        } = commits;
        if let Some(chunks) = chunks {
            chunks.write(sequencer, call, at)?;
        }
        if let Some(closing) = closing {
            closing.write(sequencer, (&call.tenant, &call.actor), call.cause(), at)?;
        }
        let version = sequencer.next_version(&call.tenant, &stream);
        let id = *call.command.as_uuid();
        let entry = Entry {
            tenant: &call.tenant,
            stream: stream.clone(),
            version,
            actor: &call.actor,
            command: CommandKey {
                scope: CommandScope::Client,
                id,
            },
            fingerprint: call.fingerprint,
            cause: call.cause(),
            judged_at,
            events,
        };
        let (position, events) = sequencer.commit(at, entry)?;
        self.take_up(sequencer, call, &stream);
        let reply =
            reply(&stream, version, position, &events).ok_or_else(|| Refusal::Internal {
                cause: format!("the commit at position {position} has no answer"),
            })?;
        Ok(Receipt {
            position,
            reply,
            duplicate: false,
            unchanged: matches!(stream, Stream::Command(_)),
        })
    }
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        let cause = error.to_string();
        match error {
            ReadError::Unavailable { .. } => Self::Unavailable { cause },
            // It will be no better the next time.
            ReadError::Corrupt { .. } => Self::Internal { cause },
        }
    }
}

/// Under which names a repeat would be found: what the command did, and what became of it.
fn keys(call: &Call) -> [CommandKey; 2] {
    let id = *call.command.as_uuid();
    [CommandScope::Client, CommandScope::Outcome].map(|scope| CommandKey { scope, id })
}
