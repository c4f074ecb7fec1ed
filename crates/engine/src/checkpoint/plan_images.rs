//! Writes images of plans whose commits have become many, so that loading such a plan reads few commits.

use std::sync::Arc;

use plansync_domain::ids::{LearnerId, TenantId};
use plansync_domain::plan::Plan;
use plansync_domain::state::image::PlanImage;
use plansync_log::{CheckpointError, Checkpoints};

use crate::codec;
use crate::state::{KeptImage, PlanName, State};

/// Bytes of images that one checkpoint writes and holds in memory; the others wait for the next one.
const IMAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Writes images of the resident plans that changed much since their last image.
pub(super) fn write(
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

/// The plans that get an image. A large plan needs more commits for that.
fn wanting(state: &State, image_commits: u32) -> Vec<(TenantId, LearnerId, Arc<Plan>)> {
    let mut wanting = Vec::new();
    for (name, tenant) in state.tenants() {
        for (learner, plan) in tenant.plans().resident() {
            let kept = state.images().get(&(name.clone(), learner));
            let since = kept.map_or(0, |kept| kept.version.get());
            let few = image_commits.max(u32::try_from(plan.len() / 4).unwrap_or(u32::MAX));
            if plan.version().get().saturating_sub(since) >= few {
                wanting.push((name.clone(), learner, Arc::clone(plan)));
            }
        }
    }
    wanting
}
