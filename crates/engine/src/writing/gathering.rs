//! Gathering: the commits of a run of commands are written as one group.

use std::sync::Arc;

use crate::sequencing::lock::Sequencing;

/// A run of commands that is written as one group. It ends when this is dropped.
pub struct Gathering {
    sequencing: Arc<Sequencing>,
}

impl Gathering {
    /// Begins a run. While it is open, newly queued commits are not written.
    pub(crate) fn begin(sequencing: &Arc<Sequencing>) -> Self {
        sequencing.lock().gather();
        Self {
            sequencing: Arc::clone(sequencing),
        }
    }
}

impl Drop for Gathering {
    fn drop(&mut self) {
        let mut sequencer = self.sequencing.lock();
        sequencer.gathered();
        self.sequencing.release(sequencer);
    }
}
