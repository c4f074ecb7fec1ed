//! The state as of the last durable position: what readers see.

use std::sync::{PoisonError, RwLock};

use plansync_domain::ids::TenantId;
use plansync_log::Position;

use crate::sequencing::sequencer::Sequencer;
use crate::state::State;
use crate::state::snapshot::Snapshot;

/// The state that readers see.
pub(crate) struct Published {
    state: RwLock<State>,
}

impl Published {
    pub(crate) fn new(state: State) -> Self {
        Self {
            state: RwLock::new(state),
        }
    }

    /// The last position that readers see.
    pub(crate) fn position(&self) -> Position {
        let state = self.state.read();
        state.unwrap_or_else(PoisonError::into_inner).position()
    }

    /// The whole state.
    pub(crate) fn state(&self) -> State {
        let state = self.state.read();
        state.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One tenant of the state.
    pub(crate) fn snapshot(&self, tenant: &TenantId) -> Snapshot {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        Snapshot::of(&state, tenant)
    }

    /// Shows a state, which is durable.
    pub(super) fn publish(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// Shows plans that were loaded since the last group. If more was decided meanwhile, nothing is done: the
    /// next group shows them.
    pub(crate) fn publish_loaded(&self, sequencer: &Sequencer) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.position() == sequencer.position() {
            *state = sequencer.state().clone();
        }
    }
}
