//! From the log to the state: every commit in order, each event folded in.
//!
//! It judges nothing: what is in the log has happened.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use plansync_domain::event::{Event, TARGET_REPLAYED};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, TenantId};
use plansync_log::{Commit, Incarnation, Position, Read, Sequenced, StreamId, StreamKind, Tip};

use crate::codec;
use crate::engine::OpenError;
use crate::naming::domain_stream;
use crate::snapshot::State;

/// How often an opening says how far it has come.
const TELL_EVERY: Duration = Duration::from_secs(2);
/// Commits read from the log at a time.
const READ_COUNT: usize = 4_096;

/// A commit in the domain's terms.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The commit as the log has it.
    pub commit: Commit,
    /// The tenant that it belongs to.
    pub tenant: TenantId,
    /// What it is about.
    pub stream: Stream,
    /// Who asked.
    pub actor: Actor,
    /// What was decided.
    pub events: Vec<Event>,
}

/// A commit of the log in the domain's terms.
pub fn decided(sequenced: &Sequenced) -> Result<Decided, OpenError> {
    decided_of(sequenced, |_, _| true)
}

/// The same, without what a commit on a plan does to the plan itself.
fn past_plan(sequenced: &Sequenced) -> Result<Decided, OpenError> {
    decided_of(sequenced, |stream, kind| {
        stream.kind() != StreamKind::Plan || kind == TARGET_REPLAYED
    })
}

fn decided_of(
    sequenced: &Sequenced,
    wanted: impl Fn(&StreamId, u16) -> bool,
) -> Result<Decided, OpenError> {
    let position = sequenced.position();
    let commit = sequenced
        .decode()
        .map_err(|source| OpenError::Envelope { position, source })?;
    let name = |what| OpenError::Name { position, what };
    let stream = &commit.proposal.stream;
    let events = commit
        .proposal
        .events
        .iter()
        .filter(|recording| wanted(stream, recording.kind))
        .map(codec::decode)
        .collect::<Result<_, _>>()
        .map_err(|source| OpenError::Event { position, source })?;
    Ok(Decided {
        tenant: stream.tenant().parse().map_err(|_| name("tenant"))?,
        stream: domain_stream(stream).ok_or_else(|| name("stream"))?,
        actor: commit.proposal.actor.parse().map_err(|_| name("actor"))?,
        events,
        commit,
    })
}

/// What a replay of a whole log went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Commits whose place in the chain was checked.
    pub commits: u64,
    /// Events that were folded.
    pub events: u64,
    /// Bytes of the commits.
    pub bytes: u64,
}

/// Folds a whole log from its first commit, every plan with it, and checks the chain on the way. An
/// engine needs less than that to open; this is for who wants to see that all of it can be done.
pub fn replay(log: &dyn Read) -> Result<Replayed, OpenError> {
    let end = log.tip();
    let mut tip = Tip::empty(end.log, Incarnation::FIRST);
    let (mut state, mut done) = (State::new(), Replayed::default());
    while state.position < end.position {
        let next = state.position.next();
        let commits = log.read(next, READ_COUNT)?;
        for sequenced in &commits {
            if !tip.precedes(sequenced) {
                return Err(OpenError::Gap { position: next });
            }
            tip = tip.after(sequenced);
            let decided = decided(sequenced)?;
            let version = decided.commit.proposal.version.get();
            state.fold(
                (decided.commit.position, decided.commit.at),
                &decided.tenant,
                (&decided.stream, version),
                &decided.actor,
                &decided.events,
            );
            done.commits += 1;
            done.events += u64::try_from(decided.events.len()).unwrap_or(u64::MAX);
            done.bytes += u64::try_from(sequenced.stored().len()).unwrap_or(u64::MAX);
        }
        if commits.is_empty() {
            return Err(OpenError::Gap { position: next });
        }
    }
    Ok(done)
}

/// The state after all commits up to `last`, without any plan: those are not resident. It says every now
/// and then how far it has come, and ends early where it is interrupted.
pub(crate) fn past_plans(
    log: &dyn Read,
    mut state: State,
    last: Position,
    interrupted: &AtomicBool,
) -> Result<State, OpenError> {
    let mut told = Instant::now();
    while state.position < last {
        let position = state.position;
        if interrupted.load(Ordering::Relaxed) {
            return Err(OpenError::Interrupted { position });
        }
        if told.elapsed() >= TELL_EVERY {
            told = Instant::now();
            tracing::info!(%position, %last, "folding the log");
        }
        let next = position.next();
        let commits = log.read(next, READ_COUNT)?;
        if commits.is_empty() {
            return Err(OpenError::Gap { position: next });
        }
        for sequenced in &commits {
            let decided = past_plan(sequenced)?;
            let version = decided.commit.proposal.version.get();
            state.fold_past_plans(
                (decided.commit.position, decided.commit.at),
                &decided.tenant,
                (&decided.stream, version),
                &decided.actor,
                &decided.events,
            );
        }
    }
    Ok(state)
}
