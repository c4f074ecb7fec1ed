//! A view of a data folder, whether or not a process has it open.

use std::path::Path;
use std::sync::Arc;

use plansync_log::Checkpoints;
use plansync_log::backend::{LogView, OpenError};
use plansync_log::sealing::Keys;

use super::sealed_part::{Copies, SealedPart};
use super::{Part, View};
use crate::Options;
use crate::catching_up::caught_up;
use crate::checkpoints::CheckpointsSeen;
use crate::damage::no_log;
use crate::folder_inspection::FolderInspection;
use crate::key_files;
use crate::sealed::Sealed;
use crate::shared::volumes;

/// Opens a data folder for reading only. Sealed volumes are copied to `temporary` when they are first read;
/// of the copies, as many are kept as the options allow open volumes.
pub(crate) fn view(dir: &Path, options: &Options, temporary: &Path) -> Result<LogView, OpenError> {
    // The files are opened first, because whoever has the log open may replace them: so what is seen of the
    // log reaches at least as far as they do.
    let states = CheckpointsSeen::files(dir);
    let look = || Ok(FolderInspection::of(dir));
    let durable = |seen: &FolderInspection| {
        let tip = seen.tip.filter(|_| seen.is_in_use);
        tip.map(|tip| tip.position)
    };
    let inspection = match caught_up(dir, look, durable) {
        Ok(caught_up) => caught_up.seen,
        // The end of the folder is not known, so what is durable now has to do.
        Err(_) => FolderInspection::of(dir),
    };
    let FolderInspection {
        manifest,
        found,
        tip,
        mut wrong,
        is_in_use,
        ..
    } = inspection;
    let (Some(manifest), Some(tip)) = (manifest, tip) else {
        return Err(wrong.into_iter().next().unwrap_or_else(|| no_log(dir)));
    };
    let copies = Arc::new(Copies::new(options.open_volumes_max, temporary));
    let sealed = Sealed::all(&volumes(dir), &manifest).into_iter();
    let parts = sealed
        .map(|sealed| -> Box<dyn Part> { Box::new(SealedPart::new(sealed, Arc::clone(&copies))) });
    let checkpoints: Arc<dyn Checkpoints> =
        Arc::new(CheckpointsSeen::new(dir, manifest.log, states));
    let keys = match key_files::view(dir, &manifest, options.erasure_key.as_ref()) {
        Ok(keys) => keys,
        // The key that is missing can be given, so nothing is shown without it.
        Err(error @ OpenError::NoErasureKey { .. }) => return Err(error),
        Err(error) => {
            wrong.push(error);
            Arc::new(Keys::only_read(None))
        }
    };
    Ok(LogView {
        keys,
        read: Arc::new(View {
            place: dir.to_owned(),
            incarnations: manifest.incarnations.clone(),
            tip,
            parts: parts.collect(),
            unsealed: found.into_iter().map(|found| found.content).collect(),
            read_bytes_max: options.read_bytes_max,
        }),
        checkpoints: Some(checkpoints),
        is_in_use,
        wrong,
    })
}
