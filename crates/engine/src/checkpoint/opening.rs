//! Opens the state from the newest checkpoint and the commits after it.

use plansync_domain::state::image::FOLD;
use plansync_log::{Checkpoint, Position, Read};

use super::image::restored;
use crate::config::Config;
use crate::recorded::open_error::OpenError;
use crate::recorded::replay::fold_past_plans;
use crate::state::State;

/// The state that a log gave up to its end, and what it was folded from. No plan is resident in it.
pub(crate) struct Opened {
    pub(crate) state: State,
    /// The position of the checkpoint that it was folded from.
    pub(crate) kept_at: Position,
    /// Whether there is a checkpoint that cannot be used.
    pub(crate) is_unusable: bool,
}

/// The state that a log gives up to `last`.
pub(crate) fn open(log: &dyn Read, config: &Config, last: Position) -> Result<Opened, OpenError> {
    let found = newest(log, config)?;
    let is_unusable = found.is_none();
    let state = found.unwrap_or_else(State::new);
    let kept_at = state.position();
    Ok(Opened {
        state: fold_past_plans(log, state, last, config)?,
        kept_at,
        is_unusable,
    })
}

/// The state of the newest checkpoint of this log; an empty one if there is no checkpoint, and `None` if it cannot be
/// used.
fn newest(log: &dyn Read, config: &Config) -> Result<Option<State>, OpenError> {
    let Some(checkpoints) = &config.checkpoints else {
        return Ok(Some(State::new()));
    };
    let newest = checkpoints.newest().unwrap_or_else(|error| {
        tracing::warn!(%error, "the checkpoints cannot be read; the state is rebuilt from the whole log, which takes longer");
        None
    });
    match newest {
        Some(checkpoint) if checkpoint.fold == FOLD && is_of(&checkpoint, log)? => {
            let restored = restored(&checkpoint, &config.keys).unwrap_or_else(|problem| {
                tracing::warn!(
                    problem,
                    "the checkpoint cannot be used; the state is rebuilt from the whole log, which takes longer"
                );
                None
            });
            Ok(restored)
        }
        Some(_) => {
            tracing::info!(
                "the checkpoint belongs to another version or log; the state is rebuilt from the whole log, which takes longer"
            );
            Ok(None)
        }
        None => Ok(Some(State::new())),
    }
}

/// Whether a checkpoint was written for this log.
fn is_of(checkpoint: &Checkpoint, log: &dyn Read) -> Result<bool, OpenError> {
    let tip = checkpoint.tip;
    if tip.log != log.tip().log || tip.position > log.tip().position {
        return Ok(false);
    }
    let commits = log.read(tip.position, 1)?;
    let found = commits.first();
    Ok(
        found
            .is_some_and(|commit| commit.position() == tip.position && commit.chain() == tip.chain),
    )
}
