//! The encoded form of a checkpoint's state.

use plansync_domain::ids::version::Version;
use plansync_domain::ids::{LearnerId, TenantId};
use plansync_domain::state::image::{BadImage, TenantImage};
use plansync_domain::time::log_time::LogClock;
use plansync_log::sealing::Keys;
use plansync_log::{Checkpoint, CheckpointError, ImagePlace};
use serde::{Deserialize, Serialize};

use crate::codec;
use crate::codec::sealing::{opened_state, sealed_state};
use crate::state::{KeptImage, PlanName, State};

/// A state in its stored form.
#[derive(Serialize, Deserialize)]
struct StateImage {
    clock: LogClock,
    tenants: Vec<(TenantId, TenantImage)>,
    unknown: TenantImage,
    images: Vec<ImageRow>,
}

/// Where the image of a plan is stored.
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

/// Encodes and seals a state that was taken when the keys had this generation.
pub(super) fn encoded(
    state: &State,
    (keys, generation): (&Keys, u64),
) -> Result<Vec<u8>, CheckpointError> {
    let tenants = state.tenants();
    let image = StateImage {
        clock: state.clock(),
        tenants: tenants
            .map(|(name, tenant)| (name.clone(), TenantImage::of(tenant)))
            .collect(),
        unknown: TenantImage::of(state.unknown()),
        images: state.images().iter().map(ImageRow::of).collect(),
    };
    let problem = |what| CheckpointError { what, source: None };
    let image = codec::encode_image(&image).map_err(problem)?;
    sealed_state(keys, generation, &image).map_err(|error| problem(error.to_string()))
}

/// Restores the state of a checkpoint; `None` if a learner was erased after it.
pub(super) fn restored(checkpoint: &Checkpoint, keys: &Keys) -> Result<Option<State>, String> {
    let Some(state) = opened_state(keys, &checkpoint.state)? else {
        return Ok(None);
    };
    let image: StateImage = codec::image(&state)?;
    let bad = |error: BadImage| error.to_string();
    let tenants = image.tenants.into_iter();
    let tenants = tenants.map(|(name, tenant)| Ok((name, tenant.restore().map_err(bad)?)));
    let tenants = tenants.collect::<Result<Vec<_>, String>>()?;
    let images = image.images.into_iter().map(ImageRow::kept).collect();
    let unknown = image.unknown.restore().map_err(bad)?;
    Ok(Some(State::restored(
        (checkpoint.tip.position, image.clock),
        tenants.into_iter(),
        unknown,
        images,
    )))
}
