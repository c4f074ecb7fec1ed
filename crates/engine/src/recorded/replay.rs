//! Folds a log into the state that it gives: every commit in order. No rule is checked: what the log holds
//! has happened.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use plansync_log::sealing::Keys;
use plansync_log::{Incarnation, Position, Read, Tip};

use crate::config::Config;
use crate::recorded::commit::{decided, past_plan};
use crate::recorded::open_error::OpenError;
use crate::state::State;

/// How often the progress of an opening is logged.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(2);
/// Commits read from the log at a time.
const READ_COUNT: usize = 4_096;

/// What a replay of a whole log covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Commits, each checked against the chain.
    pub commits: u64,
    /// Events that were folded.
    pub events: u64,
    /// Bytes of the commits.
    pub bytes: u64,
}

/// Folds a whole log from its first commit, with every plan, and checks the chain of the commits. Opening
/// an engine folds less; this is for whoever verifies that the whole log can be folded. Texts are opened with `keys`.
pub fn replay(log: &dyn Read, keys: &Keys) -> Result<Replayed, OpenError> {
    let end = log.tip();
    let mut tip = Tip::empty(end.log, Incarnation::FIRST);
    let (mut state, mut done) = (State::new(), Replayed::default());
    while state.position() < end.position {
        let next = state.position().next();
        let commits = log.read(next, READ_COUNT)?;
        for sequenced in &commits {
            if !tip.precedes(sequenced) {
                return Err(OpenError::Gap { position: next });
            }
            tip = tip.after(sequenced);
            let decided = decided(sequenced, keys)?;
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

/// Folds the commits up to `last` into a state. No plan is resident in it. The progress is logged and told
/// to [`Config::folding`], and setting [`Config::interrupted`] ends the folding early.
pub(crate) fn fold_past_plans(
    log: &dyn Read,
    mut state: State,
    last: Position,
    config: &Config,
) -> Result<State, OpenError> {
    let mut logged_at = Instant::now();
    while state.position() < last {
        let position = state.position();
        if config.interrupted.load(Ordering::Relaxed) {
            return Err(OpenError::Interrupted { position });
        }
        if logged_at.elapsed() >= PROGRESS_INTERVAL {
            logged_at = Instant::now();
            tracing::info!(%position, %last, "folding the log");
        }
        if let Some(folding) = &config.folding {
            folding(position, last);
        }
        let next = position.next();
        let commits = log.read(next, READ_COUNT)?;
        if commits.is_empty() {
            return Err(OpenError::Gap { position: next });
        }
        for sequenced in &commits {
            let decided = past_plan(sequenced, &config.keys)?;
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
