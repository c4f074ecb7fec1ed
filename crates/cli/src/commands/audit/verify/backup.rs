//! Verifies a backup, without restoring it.

use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use plansync_engine::EventBodies;
use plansync_log::archive::verify_archive;
use plansync_log::backend::{Progress, Report};
use plansync_log::merkle::Roots;
use tokio::task::spawn_blocking;

use crate::commands::audit::anchors::Anchor;
use crate::output::Output;
use crate::progress::CommitsBar;
use crate::signals::Signals;
use crate::view::{ViewError, estimated, readable};

/// Reads a backup to its end, and computes the roots of its tree on the way.
pub(super) async fn verify(
    file: &Path,
    output: Output,
    anchors: &[Anchor],
) -> anyhow::Result<(Report, Roots)> {
    let length = readable(file)?;
    let mut signals = Signals::listen()?;
    let interrupted = Arc::<AtomicBool>::default();
    let (path, ends) = (file.to_owned(), Arc::clone(&interrupted));
    let mut roots = Roots::at(anchors.iter().map(|anchor| anchor.head.size));
    let bar = CommitsBar::new(output, "checking");
    let mut verifying = spawn_blocking(move || {
        let archive = BufReader::new(File::open(&path)?);
        let each = &mut |position, leaf| roots.push(position, leaf);
        let watch = &mut |progress: Progress| {
            bar.at(progress.commits, estimated(progress, length));
            if ends.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let verified = verify_archive(archive, &path, &EventBodies, each, watch);
        std::io::Result::Ok((verified, roots))
    });
    let verified = tokio::select! {
        verified = &mut verifying => verified,
        () = signals.asked_to_end() => {
            interrupted.store(true, Ordering::Relaxed);
            verifying.await
        }
    };
    let (verified, roots) = verified
        .context("the verification crashed")?
        .context("the backup could not be read")?;
    Ok((verified.ok_or(ViewError::Interrupted)?, roots))
}
