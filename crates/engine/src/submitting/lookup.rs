//! Finds out whether a command, or the session that it begins, is known already: in the log's index without
//! the sequencer's lock, and among the latest commits under it. The log is not read under the lock.

use std::sync::Arc;

use plansync_domain::command::Command;
use plansync_domain::ids::SessionId;
use plansync_domain::ids::stream::Stream;
use plansync_log::{CommandKey, CommandScope, Position, Read, ReadError, StreamId, Version};

use crate::call::{Call, Refusal, Refused};
use crate::naming::stream_id;
use crate::sequencing::sequencer::Sequencer;

/// Looks commands and sessions up in the log's index.
pub(super) struct LogLookUp {
    log: Arc<dyn Read>,
}

impl LogLookUp {
    pub(super) fn new(log: &Arc<dyn Read>) -> Self {
        Self {
            log: Arc::clone(log),
        }
    }

    /// The position of the command's commit in the log, or else of its recorded refusal.
    ///
    /// A command's outcome is committed after its effect, and is looked up first: both may become durable
    /// between the two look-ups. Then the effect is found, and the outcome is not taken for a refusal.
    pub(super) fn command(&self, call: &Call) -> Result<Option<Position>, ReadError> {
        if call.id_is_new {
            return Ok(None);
        }
        let [effect, outcome] = keys(call);
        let outcome = self.log.command(call.tenant.as_str(), outcome)?;
        let effect = self.log.command(call.tenant.as_str(), effect)?;
        Ok(effect.or(outcome))
    }

    /// Whether neither the command nor its outcome is in the log, as far as can be told without the disk.
    pub(super) fn surely_lacks_command(&self, call: &Call) -> bool {
        let lacks = |key| self.log.surely_lacks(call.tenant.as_str(), key);
        call.id_is_new || keys(call).into_iter().all(lacks)
    }

    /// The session that the command begins, if the log has it already.
    pub(super) fn session(
        &self,
        call: &Call,
        command: &Command,
    ) -> Result<Option<SessionId>, ReadError> {
        let Some(session) = command.session_begun() else {
            return Ok(None);
        };
        let opened = self.log.locate(&record(call, session), Version::FIRST)?;
        Ok(opened.map(|_| session))
    }

    /// Whether the log lacks the session that the command begins, as far as can be told without the disk.
    pub(super) fn surely_lacks_session(&self, call: &Call, command: &Command) -> bool {
        let session = command.session_begun();
        session.is_none_or(|session| self.log.surely_lacks_stream(&record(call, session)))
    }
}

/// What a look-up in the log's index found, apart from the command itself.
#[derive(Clone, Copy)]
pub(super) struct LookedUp {
    /// How far the log was durable at that time.
    pub(super) at: Position,
    /// The session that the command begins, if the log had it already.
    pub(super) used: Option<SessionId>,
}

impl LookedUp {
    /// A refusal that depends on nothing later than the look-up.
    pub(super) fn refused(self, refusal: Refusal) -> Refused {
        Refused {
            after: self.at,
            refusal,
        }
    }

    /// The session that the command begins, if the log or one of the latest commits has it already.
    pub(super) fn used_by_now(
        self,
        sequencer: &Sequencer,
        call: &Call,
        command: &Command,
    ) -> Option<SessionId> {
        let session = command.session_begun()?;
        let is_opened = sequencer.has_opened(&call.tenant, session);
        self.used.or(is_opened.then_some(session))
    }

    /// Whether the command is among the latest commits. If so much was decided since the look-up that its
    /// entry may have left them already, that is unknown.
    pub(super) fn repeated(
        self,
        sequencer: &Sequencer,
        call: &Call,
        command: &Command,
    ) -> Repeated {
        if call.id_is_new && command.session_begun().is_none() {
            return Repeated::No;
        }
        let recent = |key| sequencer.recent_command(&call.tenant, key);
        if let Some(position) = keys(call).into_iter().find_map(recent) {
            return Repeated::At(position);
        }
        let passed = sequencer.position().get();
        let passed = passed.saturating_sub(self.at.get());
        if passed >= sequencer.recent_count() {
            Repeated::Unknown
        } else {
            Repeated::No
        }
    }
}

/// Whether a command repeats one of the latest commits.
pub(super) enum Repeated {
    No,
    At(Position),
    Unknown,
}

/// The keys of the commits by which a repeat is recognised: the command's effect, and its outcome.
fn keys(call: &Call) -> [CommandKey; 2] {
    let id = *call.command.as_uuid();
    [CommandScope::Client, CommandScope::Outcome].map(|scope| CommandKey { scope, id })
}

fn record(call: &Call, session: SessionId) -> StreamId {
    stream_id(&call.tenant, &Stream::Record(session))
}
