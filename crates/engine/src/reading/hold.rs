//! `hold`: keeps the state of a list's first page for the pages that follow.

use super::Reading;
use super::held::HeldState;

impl Reading<'_> {
    /// Holds this state for the following pages, which are read by its position. A state that is held already
    /// stays as it is.
    pub fn hold(&self) {
        if self.held.is_some() {
            return;
        }
        self.readings.held.hold(HeldState {
            tenant: self.tenant_id.clone(),
            actor: self.actor.clone(),
            snapshot: self.snapshot.clone(),
            sources: self.source.get().copied().into_iter().collect(),
            used_at: self.readings.config.clock.now(),
        });
    }
}
