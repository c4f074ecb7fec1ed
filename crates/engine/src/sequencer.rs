//! The one short critical section: what is decided gets its position, time and chain here, is
//! queued for the disk, and is folded into the state.
//!
//! Positions and times are stamped nowhere else.

use std::collections::VecDeque;

use plansync_domain::event::Event;
use plansync_domain::ids::{Actor, TenantId};
use plansync_domain::stream::Stream;
use plansync_log::{
    Cause, CommandKey, Fingerprint, Position, Proposal, Recorded, Sequenced, Tip, TooLarge, Version,
};

use crate::codec::{self, CodecError};
use crate::naming::stream_id;
use crate::recent::RecentCommands;
use crate::snapshot::State;

/// Everything of a commit that is not stamped by the sequencer.
pub(crate) struct Entry<'a> {
    pub(crate) tenant: &'a TenantId,
    pub(crate) stream: Stream,
    /// The stream's version after this commit.
    pub(crate) version: u64,
    pub(crate) actor: &'a Actor,
    pub(crate) command: CommandKey,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) cause: Cause,
    pub(crate) judged_at: Position,
    pub(crate) events: Vec<Event>,
}

/// Why a commit was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SequenceError {
    #[error(transparent)]
    Encode(#[from] CodecError),
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

/// What waits for the disk, what was decided so far, and the end of the log.
pub(crate) struct Sequencer {
    pub(crate) state: State,
    pub(crate) recent: RecentCommands,
    tip: Tip,
    queue: VecDeque<Sequenced>,
    queue_bytes: usize,
    queue_count_max: usize,
    queue_bytes_max: usize,
    /// Set while a commit is queued and not yet folded in.
    is_folding: bool,
}

/// What goes to the disk as one group, and the state once it is there.
pub(crate) struct Group {
    pub(crate) commits: Vec<Sequenced>,
    pub(crate) state: State,
}

impl Sequencer {
    pub(crate) fn new(state: State, tip: Tip, config: &crate::config::Config) -> Self {
        Self {
            state,
            recent: RecentCommands::new(
                // What waits for the disk twice over, in the queue and in the group being
                // written, and what one step may add beyond the bound, stay within it.
                config.recent_commands_max + 4 * config.queue_count_max,
            ),
            tip,
            queue: VecDeque::new(),
            queue_bytes: 0,
            queue_count_max: config.queue_count_max,
            queue_bytes_max: config.queue_bytes_max,
            is_folding: false,
        }
    }

    /// The last position given out, durable or not.
    pub(crate) fn position(&self) -> Position {
        self.tip.position
    }

    /// Whether a commit was queued whose fold broke off: the state is not the log's any more.
    pub(crate) fn is_torn(&self) -> bool {
        self.is_folding
    }

    /// Whether so much waits for the disk that nothing more may be decided.
    pub(crate) fn is_full(&self) -> bool {
        self.queue.len() >= self.queue_count_max || self.queue_bytes >= self.queue_bytes_max
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Stamps, chains, queues and folds one commit.
    pub(crate) fn commit(
        &mut self,
        at: Recorded,
        entry: Entry<'_>,
    ) -> Result<(Position, Vec<Event>), SequenceError> {
        let proposal = Proposal {
            stream: stream_id(entry.tenant, &entry.stream),
            version: Version::new(entry.version),
            actor: entry.actor.as_str().into(),
            command: entry.command,
            fingerprint: entry.fingerprint,
            cause: entry.cause,
            judged_at: entry.judged_at,
            events: entry
                .events
                .iter()
                .map(codec::encode)
                .collect::<Result<_, _>>()?,
        };
        let (sequenced, tip) = plansync_log::sequence(&self.tip, at, &proposal)?;
        self.is_folding = true;
        self.tip = tip;
        self.queue_bytes += sequenced.stored().len();
        self.queue.push_back(sequenced);
        self.recent
            .insert((entry.tenant.clone(), entry.command), self.tip.position);
        self.state.fold(
            self.tip.position,
            entry.tenant,
            (&entry.stream, entry.version),
            entry.actor,
            &entry.events,
        );
        self.is_folding = false;
        Ok((self.tip.position, entry.events))
    }

    /// The version that a stream's next commit has.
    pub(crate) fn next_version(&self, tenant: &TenantId, stream: &Stream) -> u64 {
        self.state
            .tenant(tenant)
            .version_of(stream)
            .saturating_add(1)
    }

    /// Takes all that waits, to be written as one group.
    pub(crate) fn take(&mut self) -> Group {
        self.queue_bytes = 0;
        Group {
            commits: self.queue.drain(..).collect(),
            state: self.state.clone(),
        }
    }
}
