//! Keeping the state beside the log, so that an opening folds only what came after: everything but
//! plans as one checkpoint, and images of plans whose commits have become many.
//!
//! All of it is derived. What cannot be read, or was made by another fold, is as good as none.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, MutexGuard, PoisonError};

use plansync_domain::ids::version::Version;
use plansync_domain::ids::{LearnerId, TenantId};
use plansync_domain::plan::Plan;
use plansync_domain::state::compact::Compaction;
use plansync_domain::state::image::{BadImage, FOLD, PlanImage, TenantImage};
use plansync_domain::time::log_time::LogClock;
use plansync_log::{Checkpoint, CheckpointError, Checkpoints, ImagePlace, Position, Read, Tip};
use serde::{Deserialize, Serialize};

use crate::codec;
use crate::config::Config;
use crate::engine::{Engine, OpenError};
use crate::residents::PlanName;
use crate::snapshot::{KeptImage, State};

/// Bytes of images that one checkpoint writes, and holds in memory; the others wait for the next.
const IMAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Of the commits after which the state is kept in any case, this part is enough where nothing goes on.
const QUIET_PART: u64 = 8;

/// Who keeps the state, and how far it is kept.
pub(crate) struct Keeper {
    kept_at: Position,
    /// Where the last step found the state.
    seen: Position,
    /// How many values of each tenant there are when they are looked at next.
    values_at: HashMap<TenantId, usize>,
}

impl Keeper {
    pub(crate) fn new(kept_at: Position) -> Self {
        Self {
            kept_at,
            seen: kept_at,
            values_at: HashMap::new(),
        }
    }
}

/// What one step of keeping did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Too little has happened since.
    Nothing,
    /// The state is kept as it was here.
    Upto(Position),
}

/// A state, as it is kept.
#[derive(Serialize, Deserialize)]
struct StateImage {
    clock: LogClock,
    tenants: Vec<(TenantId, TenantImage)>,
    unknown: TenantImage,
    images: Vec<ImageRow>,
}

/// Where the image of a plan is.
#[derive(Serialize, Deserialize)]
struct ImageRow {
    tenant: TenantId,
    learner: LearnerId,
    version: Version,
    file: u64,
    offset: u64,
    bytes: u32,
}

impl ImageRow {
    fn of((name, kept): (&PlanName, &KeptImage)) -> Self {
        Self {
            tenant: name.0.clone(),
            learner: name.1,
            version: kept.version,
            file: kept.place.file,
            offset: kept.place.offset,
            bytes: kept.place.bytes,
        }
    }

    fn kept(self) -> (PlanName, KeptImage) {
        let place = ImagePlace {
            file: self.file,
            offset: self.offset,
            bytes: self.bytes,
        };
        let version = self.version;
        ((self.tenant, self.learner), KeptImage { version, place })
    }
}

/// The newest state that is kept beside this log; an empty one, if there is none.
pub(crate) fn opened(log: &dyn Read, config: &Config) -> Result<State, OpenError> {
    let Some(checkpoints) = &config.checkpoints else {
        return Ok(State::new());
    };
    let newest = checkpoints.newest().unwrap_or_else(|error| {
        tracing::warn!(%error, "no state was kept beside the log; folding all of it");
        None
    });
    match newest {
        Some(checkpoint) if checkpoint.fold == FOLD && is_of(&checkpoint, log)? => {
            Ok(restored(&checkpoint).unwrap_or_else(|problem| {
                tracing::warn!(
                    problem,
                    "the kept state cannot be used; folding the whole log"
                );
                State::new()
            }))
        }
        Some(_) => {
            tracing::info!("the kept state is of another fold or log; folding the whole log");
            Ok(State::new())
        }
        None => Ok(State::new()),
    }
}

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

fn restored(checkpoint: &Checkpoint) -> Result<State, String> {
    let image: StateImage = codec::image(&checkpoint.state)?;
    let bad = |error: BadImage| error.to_string();
    let tenants = image.tenants.into_iter();
    let tenants = tenants.map(|(name, tenant)| Ok((name, tenant.restore().map_err(bad)?)));
    let tenants = tenants.collect::<Result<Vec<_>, String>>()?;
    let images = image.images.into_iter().map(ImageRow::kept).collect();
    let unknown = image.unknown.restore().map_err(bad)?;
    Ok(State::kept(
        (checkpoint.tip.position, image.clock),
        tenants.into_iter(),
        unknown,
        images,
    ))
}

impl Engine {
    /// Begins anew with the values of tenants, where nothing holds a third of them any more. The plans that
    /// are resident stay, but for those of open records: these come back when they are wanted.
    pub fn renew_step(&self) {
        let values_min = self.parts.config.values_min;
        let mut keeper = self.keeper();
        for (name, tenant) in self.published().tenants() {
            let weight = tenant.values().weight();
            let looks_at = keeper.values_at.get(name).copied().unwrap_or(values_min);
            if weight < looks_at {
                continue;
            }
            let compaction = Compaction::of(tenant);
            let live = compaction.weight();
            let too_much = live.saturating_add(live / 2);
            keeper
                .values_at
                .insert(name.clone(), values_min.max(too_much));
            if too_much <= weight {
                tracing::debug!(tenant = %name, weight, live, "beginning anew with values");
                self.sequencer().compact(name, compaction);
            }
        }
    }

    fn keeper(&self) -> MutexGuard<'_, Keeper> {
        let keeper = self.parts.keeper.lock();
        keeper.unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the state beside the log, if enough has happened since it was kept last; where nothing
    /// happened since the last step, an eighth of that is enough.
    pub fn keep_step(&self) -> Result<Kept, CheckpointError> {
        let position = self.published().position;
        let before = std::mem::replace(&mut self.keeper().seen, position);
        let commits = self.parts.config.checkpoint_commits;
        let is_quiet = before == position;
        self.keep_after(if is_quiet {
            commits.div_ceil(QUIET_PART)
        } else {
            commits
        })
    }

    /// Keeps the state beside the log, if anything has happened since: before a stop, so that the next
    /// start folds nothing.
    pub fn keep_now(&self) -> Result<Kept, CheckpointError> {
        self.keep_after(1)
    }

    fn keep_after(&self, commits: u64) -> Result<Kept, CheckpointError> {
        let mut keeper = self.keeper();
        let Some(checkpoints) = &self.parts.config.checkpoints else {
            return Ok(Kept::Nothing);
        };
        let mut state = self.published();
        let passed = state.position.get().saturating_sub(keeper.kept_at.get());
        if passed < commits.max(1) {
            return Ok(Kept::Nothing);
        }
        let new = written(
            checkpoints.as_ref(),
            &state,
            self.parts.config.image_commits,
        )?;
        for (name, kept) in new {
            state.images.insert(name.clone(), kept);
            self.sequencer().state.images.insert(name, kept);
        }
        let live: BTreeSet<u64> = state.images.values().map(|kept| kept.place.file).collect();
        let checkpoint = Checkpoint {
            tip: self.tip_at(state.position)?,
            fold: FOLD,
            state: encoded(&state)?,
        };
        checkpoints.write(&checkpoint, &live)?;
        keeper.kept_at = state.position;
        Ok(Kept::Upto(state.position))
    }

    fn published(&self) -> State {
        let published = self.parts.published.read();
        published.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn tip_at(&self, position: Position) -> Result<Tip, CheckpointError> {
        let problem = |what: String| CheckpointError { what, source: None };
        let commits = self.log().read(position, 1);
        let commits = commits.map_err(|error| problem(error.to_string()))?;
        let missing = || problem(format!("the log has no commit {position}"));
        let commit = commits.first().ok_or_else(missing)?;
        Ok(Tip {
            position,
            chain: commit.chain(),
            at: commit.at(),
            ..self.log().tip()
        })
    }
}

fn encoded(state: &State) -> Result<Vec<u8>, CheckpointError> {
    let tenants = state.tenants();
    let image = StateImage {
        clock: state.clock,
        tenants: tenants
            .map(|(name, tenant)| (name.clone(), TenantImage::of(tenant)))
            .collect(),
        unknown: TenantImage::of(state.unknown()),
        images: state.images.iter().map(ImageRow::of).collect(),
    };
    codec::encode_image(&image).map_err(|what| CheckpointError { what, source: None })
}

/// Writes images of the plans that are resident and have moved far from their last one.
fn written(
    checkpoints: &dyn Checkpoints,
    state: &State,
    image_commits: u32,
) -> Result<Vec<(PlanName, KeptImage)>, CheckpointError> {
    let (mut names, mut images, mut bytes) = (Vec::new(), Vec::new(), 0);
    for (tenant, learner, plan) in wanting(state, image_commits) {
        let version = plan.version();
        let image = PlanImage::of(&plan, state.tenant(&tenant).values());
        let image = codec::encode_image(&image);
        let image = image.map_err(|what| CheckpointError { what, source: None })?;
        bytes += image.len();
        names.push(((tenant, learner), version));
        images.push(image);
        if bytes >= IMAGE_BYTES_MAX {
            break;
        }
    }
    if images.is_empty() {
        return Ok(Vec::new());
    }
    let places = checkpoints.write_images(&images)?;
    let kept = |((name, version), place)| (name, KeptImage { version, place });
    Ok(names.into_iter().zip(places).map(kept).collect())
}

/// The plans that are to get an image. A large one is not written for a few commits.
fn wanting(state: &State, image_commits: u32) -> Vec<(TenantId, LearnerId, Arc<Plan>)> {
    let mut wanting = Vec::new();
    for (name, tenant) in state.tenants() {
        for (learner, plan) in tenant.plans().resident() {
            let kept = state.images.get(&(name.clone(), learner));
            let since = kept.map_or(0, |kept| kept.version.get());
            let few = image_commits.max(u32::try_from(plan.len() / 4).unwrap_or(u32::MAX));
            if plan.version().get().saturating_sub(since) >= few {
                wanting.push((name.clone(), learner, Arc::clone(plan)));
            }
        }
    }
    wanting
}
