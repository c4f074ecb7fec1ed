//! Stored state in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Checkpoint, CheckpointError, Checkpoints, ImagePlace};

/// Stored state in memory. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryCheckpoints {
    held: Arc<Mutex<HeldCheckpoints>>,
    is_only_read: bool,
}

#[derive(Debug, Default)]
struct HeldCheckpoints {
    newest: Option<Checkpoint>,
    files: BTreeMap<u64, Vec<Vec<u8>>>,
    /// The number of files that were made so far, including removed ones.
    made: u64,
}

impl MemoryCheckpoints {
    /// Nothing is stored yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many files of images there are.
    pub fn file_count(&self) -> usize {
        self.held().files.len()
    }

    /// The same state for reading only: writing fails.
    pub(super) fn only_read(&self) -> Self {
        Self {
            held: Arc::clone(&self.held),
            is_only_read: true,
        }
    }

    fn writing(&self) -> Result<MutexGuard<'_, HeldCheckpoints>, CheckpointError> {
        if self.is_only_read {
            return Err(CheckpointError::only_read());
        }
        Ok(self.held())
    }

    /// Removes everything.
    pub(super) fn clear(&self) {
        let mut held = self.held();
        held.newest = None;
        held.files.clear();
    }

    fn held(&self) -> MutexGuard<'_, HeldCheckpoints> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Checkpoints for MemoryCheckpoints {
    fn newest(&self) -> Result<Option<Checkpoint>, CheckpointError> {
        Ok(self.held().newest.clone())
    }

    fn write_images(&self, images: &[Vec<u8>]) -> Result<Vec<ImagePlace>, CheckpointError> {
        let mut held = self.writing()?;
        held.made += 1;
        let file = held.made;
        held.files.insert(file, images.to_vec());
        let places = (0_u64..).zip(images).map(|(offset, image)| ImagePlace {
            file,
            offset,
            bytes: u32::try_from(image.len()).unwrap_or(u32::MAX),
        });
        Ok(places.collect())
    }

    fn image(&self, place: ImagePlace) -> Result<Vec<u8>, CheckpointError> {
        let held = self.held();
        let index = usize::try_from(place.offset).unwrap_or(usize::MAX);
        let image = held.files.get(&place.file).and_then(|file| file.get(index));
        let image = image.filter(|image| u32::try_from(image.len()) == Ok(place.bytes));
        image.cloned().ok_or_else(|| CheckpointError {
            what: format!("there is no image at {place:?}"),
            source: None,
        })
    }

    fn write(
        &self,
        checkpoint: &Checkpoint,
        live_files: &BTreeSet<u64>,
    ) -> Result<(), CheckpointError> {
        let mut held = self.writing()?;
        held.newest = Some(checkpoint.clone());
        held.files.retain(|number, _| live_files.contains(number));
        Ok(())
    }
}
