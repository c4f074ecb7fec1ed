//! Writes a checkpoint when enough commits were made since the last one.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use plansync_domain::state::image::FOLD;
use plansync_log::{Checkpoint, CheckpointError, Position, Read, Tip};

use super::image::encoded;
use super::plan_images;
use crate::config::Config;
use crate::sequencing::lock::Sequencing;
use crate::writing::published::Published;

/// Where nothing was committed since the last step, this part of the commits is enough for a checkpoint.
const QUIET_PART: u64 = 8;

/// What one step of the keeper did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Too few commits were made since the last checkpoint, or none are written.
    Nothing,
    /// A checkpoint of the state at this position was written.
    Upto(Position),
}

/// Writes checkpoints, one at a time.
pub(crate) struct CheckpointKeeper {
    config: Arc<Config>,
    log: Arc<dyn Read>,
    sequencing: Arc<Sequencing>,
    published: Arc<Published>,
    /// Held while a checkpoint is written.
    progress: Mutex<Progress>,
}

struct Progress {
    /// The position of the last checkpoint.
    kept_at: Position,
    /// The position of the state at the last step.
    seen: Position,
    /// How often keys were destroyed when the last checkpoint was written.
    generation: u64,
}

impl CheckpointKeeper {
    /// A keeper whose last checkpoint is at `kept_at`. If it is unusable, the next one does not wait for commits.
    pub(crate) fn new(
        config: &Arc<Config>,
        log: &Arc<dyn Read>,
        sequencing: &Arc<Sequencing>,
        published: &Arc<Published>,
        (kept_at, is_unusable): (Position, bool),
    ) -> Self {
        Self {
            config: Arc::clone(config),
            log: Arc::clone(log),
            sequencing: Arc::clone(sequencing),
            published: Arc::clone(published),
            progress: Mutex::new(Progress {
                kept_at,
                seen: kept_at,
                generation: if is_unusable {
                    u64::MAX
                } else {
                    config.keys.generation()
                },
            }),
        }
    }

    /// Writes a checkpoint if enough commits were made since the last one. If none were made since the last
    /// step, an eighth of that is enough.
    pub(crate) fn step(&self) -> Result<Kept, CheckpointError> {
        let position = self.published.position();
        let before = std::mem::replace(&mut self.progress().seen, position);
        let commits = self.config.checkpoint_commits;
        let is_quiet = before == position;
        self.keep_after(if is_quiet {
            commits.div_ceil(QUIET_PART)
        } else {
            commits
        })
    }

    /// Writes a checkpoint if any commit was made since the last one: before a stop, so that the next start
    /// folds nothing.
    pub(crate) fn keep_now(&self) -> Result<Kept, CheckpointError> {
        self.keep_after(1)
    }

    fn keep_after(&self, commits: u64) -> Result<Kept, CheckpointError> {
        let mut progress = self.progress();
        let Some(checkpoints) = &self.config.checkpoints else {
            return Ok(Kept::Nothing);
        };
        let keys = &self.config.keys;
        // Before the state is taken: one that still has the text of an erased learner cannot be sealed any more.
        let generation = keys.generation();
        let mut state = self.published.state();
        let position = state.position();
        let passed = position.get().saturating_sub(progress.kept_at.get());
        // After an erasure, nobody can read the last checkpoint any more.
        let is_readable = progress.generation == generation;
        if passed < if is_readable { commits.max(1) } else { 1 } {
            return Ok(Kept::Nothing);
        }
        let new = plan_images::write(checkpoints.as_ref(), &state, self.config.image_commits)?;
        if !new.is_empty() {
            state.add_images(&new);
            self.sequencing.lock().add_images(&new);
        }
        let images = state.images().values();
        let live: BTreeSet<u64> = images.map(|kept| kept.place.file).collect();
        let checkpoint = Checkpoint {
            tip: self.tip_at(position)?,
            fold: FOLD,
            state: encoded(&state, (keys, generation))?,
        };
        checkpoints.write(&checkpoint, &live)?;
        progress.kept_at = position;
        progress.generation = generation;
        Ok(Kept::Upto(position))
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        let progress = self.progress.lock();
        progress.unwrap_or_else(PoisonError::into_inner)
    }

    fn tip_at(&self, position: Position) -> Result<Tip, CheckpointError> {
        let problem = |what: String| CheckpointError { what, source: None };
        let commits = self.log.read(position, 1);
        let commits = commits.map_err(|error| problem(error.to_string()))?;
        let missing = || problem(format!("the log has no commit at position {position}"));
        let commit = commits.first().ok_or_else(missing)?;
        Ok(Tip {
            position,
            chain: commit.chain(),
            at: commit.at(),
            ..self.log.tip()
        })
    }
}
