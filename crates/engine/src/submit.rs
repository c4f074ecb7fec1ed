//! A command from asking to its place in the log: admission, repetition, decision, commit.
//!
//! The order in which a command is refused is fixed here: tenant and actor first, then a repeat's
//! first answer, then the rules.

use std::sync::Arc;

use plansync_domain::command::Command;
use plansync_domain::decide::{admit, decide};
use plansync_domain::ids::TenantId;
use plansync_domain::stream::Stream;
use plansync_domain::tenant::Tenant;
use plansync_log::{CommandKey, CommandScope, Position, ReadError};

use crate::answer::reply;
use crate::call::{Call, Receipt, Refusal, Refused};
use crate::commits::Commits;
use crate::engine::Engine;
use crate::sequencer::{Entry, SequenceError, Sequencer};
use crate::snapshot::Snapshot;

/// How long a sender waits before it tries again, when too much waits for the disk.
pub(crate) const RETRY_AFTER_MS: u64 = 50;

impl From<SequenceError> for Refusal {
    fn from(error: SequenceError) -> Self {
        Self::Internal {
            cause: error.to_string(),
        }
    }
}

impl Engine {
    /// Decides on a command. Receipt and refusal alike may be shown once the log is durable up to
    /// their position, since the state that they speak of may not be so yet.
    pub fn submit(&self, call: &Call, command: &Command) -> Result<Receipt, Refused> {
        let looked_up_at = self.parts.durable.current();
        let now = |refusal| Refused {
            after: looked_up_at,
            refusal,
        };
        let current = self.current(&call.tenant);
        let admitted = admit(&current.tenant, &call.actor, command);
        admitted.map_err(|rejection| Refused::judged(current.position, rejection))?;
        // A state that somebody looks at is copied before it is folded on.
        drop(current);
        if let Some(position) = self.logged(call).map_err(now)? {
            return self.answer_again(call, position).map_err(now);
        }
        let ahead = self.ahead(call, command).map_err(now)?;
        let needed = |tenant: &Tenant| command.plan_needed(tenant).into_iter().collect();
        let sequencer = self.sequencer_with(&call.tenant, needed);
        let mut sequencer = sequencer.map_err(now)?;
        if let Some(position) = self.repeated(&sequencer, call, looked_up_at).map_err(now)? {
            drop(sequencer);
            return self.answer_again(call, position).map_err(now);
        }
        self.check_room(&sequencer).map_err(now)?;
        let judged_at = sequencer.position();
        let judged = |rejection| Refused::judged(judged_at, rejection);
        let tenant = Arc::clone(sequencer.state.tenant(&call.tenant));
        admit(&tenant, &call.actor, command).map_err(judged)?;
        let still = ahead.and_then(|ahead| ahead.still(self, &tenant));
        let commits = if let Some(commits) = still {
            commits
        } else {
            let context = self.context(call, judged_at);
            let decided = decide(&tenant, &context, command).map_err(judged)?;
            Commits::of(call, decided).map_err(now)?
        };
        drop(tenant);
        let receipt = self.commit(&mut sequencer, call, commits).map_err(now)?;
        drop(sequencer);
        self.wake_writer();
        Ok(receipt)
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

    /// Where the command is among the latest commits; in the log's index once more where so much
    /// was decided since the first look that an entry could have left the latest ones.
    fn repeated(
        &self,
        sequencer: &Sequencer,
        call: &Call,
        looked_up_at: Position,
    ) -> Result<Option<Position>, Refusal> {
        if call.id_is_new {
            return Ok(None);
        }
        let passed = sequencer
            .position()
            .get()
            .saturating_sub(looked_up_at.get());
        if passed >= sequencer.recent.reach() {
            let found = self.logged(call)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        let recent = |key| sequencer.recent.get(&(call.tenant.clone(), key));
        Ok(keys(call).into_iter().find_map(recent))
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
            stream,
            events,
        } = commits;
        if let Some(chunks) = chunks {
            chunks.write(sequencer, call, at)?;
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
            noted: matches!(stream, Stream::Command(_)),
        })
    }
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        Self::Unavailable {
            cause: error.to_string(),
        }
    }
}

/// Under which names a repeat would be found: what the command did, and what became of it.
fn keys(call: &Call) -> [CommandKey; 2] {
    let id = *call.command.as_uuid();
    [CommandScope::Client, CommandScope::Outcome].map(|scope| CommandKey { scope, id })
}
