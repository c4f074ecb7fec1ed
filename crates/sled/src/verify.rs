//! Checking a data folder from end to end without changing a byte in it: every file against its
//! checksum, every commit against the chain, and everything derived against the commits. The check
//! continues after what it finds, and repairs nothing.
//!
//! Some volumes are checked at a time, on all cores, and memory is needed for those.

mod foreign_files;
mod looking;
mod report;
mod streams;
mod volume;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

use plansync_log::backend::{Finding, FindingKind, Progress, Report};
use plansync_log::merkle::Hash;
use plansync_log::sealing::WrappingKey;
use plansync_log::{Bodies, Opaque, Position, Tip};

use crate::checkpoints;
use crate::damage::{Failed, KEPT, REINDEX};
use crate::folder_inspection::FolderInspection;
use crate::head::{self, Slots};
use crate::index::Index;
use crate::key_files;
use crate::merged;
use crate::sealed::Sealed;
use crate::shared::volumes;
use report::Tell as _;
use streams::{Gap, Streams};
use volume::{Checked, Known, Volume};

/// So many volumes are checked at a time, if there are as many cores. Sealed ones need space in the temporary folder.
const SIDE_BY_SIDE_MAX: usize = 4;
const WRITTEN_ANEW: &str = "it is written again when the log is next used";

/// Checks everything in a data folder, whether or not a process has the log open. Sealed volumes are copied
/// to a temporary folder, up to four at a time (see [`std::env::temp_dir`]). Events are not decoded; a
/// [`SledBackend`](crate::SledBackend) does that, too.
///
/// `watch` is called now and then with the progress.
pub fn verify(dir: &Path, watch: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Report {
    verify_reading(dir, None, &Opaque, &mut |_, _| {}, watch)
}

/// The same, and every event is read by `bodies`. `each` gets the leaf hash of every commit whose chain is right.
pub(crate) fn verify_reading(
    dir: &Path,
    erasure_key: Option<&WrappingKey>,
    bodies: &dyn Bodies,
    each: &mut dyn FnMut(Position, Hash),
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Report {
    let inspection = FolderInspection::of(dir);
    let mut check = Check {
        report: Report::default(),
        each,
        watch,
        streams: Streams::new().map_err(Some),
        done: Progress {
            commits: 0,
            commits_total: inspection.tip.map_or(0, |tip| tip.position.get()),
            bytes: 0,
        },
        is_ended: false,
    };
    check.report.is_in_use = inspection.is_in_use;
    check.report.tip = inspection.tip;
    for error in inspection.wrong {
        check.report.refusal(dir, error);
    }
    let mut sealed = Vec::new();
    if let Some(manifest) = &inspection.manifest {
        check.report.log = Some(manifest.log);
        check.report.incarnations = Some(manifest.incarnations.clone());
        sealed = Sealed::all(&volumes(dir), manifest);
    }
    let known = Known {
        head: inspection.head.as_ref().map(|slots| slots.held),
        incarnations: inspection.manifest.as_ref().map(|it| &it.incarnations),
        bodies,
    };
    let unsealed = inspection.found.iter().map(Volume::Unsealed);
    let all: Vec<Volume<'_>> = sealed.iter().map(Volume::Sealed).chain(unsealed).collect();
    check.volumes(&all, &known);
    if check.is_ended {
        return check.ended(dir);
    }
    check.versions(dir);
    if let Some(manifest) = &inspection.manifest {
        // The content of a checkpoint is opaque here: only its checksums are compared.
        check.kept(checkpoints::damaged(dir, manifest.log), KEPT);
        let is_in_use = check.report.is_in_use;
        check.kept(merged::damaged(dir, &sealed, is_in_use), REINDEX);
    }
    if let Some(manifest) = &inspection.manifest
        && let Err(error) = key_files::view(dir, manifest, erasure_key)
    {
        check.report.refusal(dir, error);
    }
    if let (Some(slots), Some(tip)) = (&inspection.head, inspection.tip) {
        check.head(dir, slots, tip);
    }
    if let Some(manifest) = &inspection.manifest {
        foreign_files::report(dir, manifest.unsealed_from(), &mut check.report);
    }
    check.report
}

struct Check<'a> {
    report: Report,
    each: &'a mut dyn FnMut(Position, Hash),
    watch: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    /// An error is reported once; `Err(None)` if a volume could not be read, so that nothing can be compared.
    streams: Result<Streams, Option<Failed>>,
    done: Progress,
    /// Whether `watch` has ended it.
    is_ended: bool,
}

/// What is heard from a check of a volume.
enum Message {
    Read { commits: u64, bytes: u64 },
    Checked(usize, thread::Result<Box<Checked>>),
}

impl Check<'_> {
    /// The report of a check that was ended before everything was looked at.
    fn ended(mut self, dir: &Path) -> Report {
        self.report.add(Finding::ended(dir));
        self.report
    }

    /// Checks some volumes at a time, and reports on them in their order.
    fn volumes(&mut self, all: &[Volume<'_>], known: &Known<'_>) {
        let side_by_side = rayon::current_num_threads().clamp(1, SIDE_BY_SIDE_MAX);
        let is_ended = AtomicBool::new(false);
        rayon::in_place_scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            let start = |place: usize| {
                let Some(volume) = all.get(place) else {
                    return;
                };
                let (sender, is_ended) = (sender.clone(), &is_ended);
                scope.spawn(move |_| {
                    // Nobody receives any more if a check has panicked.
                    let tell = |commits, bytes| {
                        let _ = sender.send(Message::Read { commits, bytes });
                        if is_ended.load(Ordering::Relaxed) {
                            ControlFlow::Break(())
                        } else {
                            ControlFlow::Continue(())
                        }
                    };
                    let check = AssertUnwindSafe(|| Box::new(volume.check(known, &tell)));
                    let _ = sender.send(Message::Checked(place, catch_unwind(check)));
                });
            };
            (0..side_by_side).for_each(start);
            // The next is started when one was added, so that few wait for an earlier one.
            let mut early = BTreeMap::new();
            let mut next = 0;
            while next < all.len() && !self.is_ended {
                match receiver.recv() {
                    Ok(Message::Read { commits, bytes }) => {
                        self.done.commits += commits;
                        self.done.bytes += bytes;
                        is_ended.store(self.tell().is_break(), Ordering::Relaxed);
                    }
                    Ok(Message::Checked(place, checked)) => {
                        early.insert(place, checked.unwrap_or_else(|panic| resume_unwind(panic)));
                    }
                    // There is a sender as long as there is a receiver.
                    Err(_) => return,
                }
                while let Some(checked) = early.remove(&next) {
                    if !self.is_ended {
                        start(next + side_by_side);
                    }
                    self.add(*checked);
                    next += 1;
                }
            }
        });
    }

    /// Adds what the check of the next volume gave.
    fn add(&mut self, checked: Checked) {
        let first = checked.before.position.get();
        for (leaf, position) in checked.leaves.into_iter().zip(first.saturating_add(1)..) {
            (self.each)(Position::new(position), leaf);
        }
        self.report.commits += checked.report.commits;
        self.report.volumes += checked.report.volumes;
        self.report.bytes += checked.report.bytes;
        let findings = checked.report.findings.into_iter();
        findings.for_each(|finding| self.report.add(finding));
        self.keep_runs(checked.before, checked.index.as_ref());
    }

    /// Reports damaged files with derived data.
    fn kept(&mut self, found: Result<Vec<(PathBuf, String)>, Failed>, remedy: &'static str) {
        match found {
            Ok(damaged) => damaged.into_iter().for_each(|(path, what)| {
                self.report.add(Finding {
                    path,
                    what,
                    remedy,
                    kind: FindingKind::Derived,
                });
            }),
            Err(failed) => self.report.fault(failed.into()),
        }
    }

    fn keep_runs(&mut self, before: Tip, index: Option<&Index>) {
        let Ok(streams) = &mut self.streams else {
            return;
        };
        let kept = match index {
            Some(index) => streams.push(before.position.next(), index).map_err(Some),
            None => Err(None),
        };
        if let Err(failed) = kept {
            self.streams = Err(failed);
        }
    }

    /// Checks that the versions of every stream follow one another from volume to volume. If a volume is
    /// damaged, that cannot be checked, and the log must be restored anyway.
    fn versions(&mut self, dir: &Path) {
        let report = &mut self.report;
        let volumes = volumes(dir);
        let mut gap = |gap: Gap| {
            let Gap {
                position,
                version,
                expected,
            } = gap;
            let what = format!(
                "the commit {position} gives its stream version {version} instead of {expected}"
            );
            report.damage(&volumes, what);
        };
        let failed = match &self.streams {
            Ok(streams) => streams.gaps(&mut gap).err(),
            Err(_) => None,
        };
        if let Some(failed) = failed.or_else(|| self.streams.as_mut().err().and_then(Option::take))
        {
            self.report.fault(failed.into());
        }
    }

    fn head(&mut self, dir: &Path, slots: &Slots, tip: Tip) {
        let path = dir.join(head::NAME);
        if self.report.is_in_use {
            return;
        }
        if slots.is_spoiled {
            let what = "one of its two copies, or the space between them, has changed";
            self.report.note(&path, what, WRITTEN_ANEW);
        }
        let known = slots.held.position;
        if known < tip.position {
            let what = format!(
                "it knows of the log up to {known} of {}: the process was killed",
                tip.position
            );
            self.report.note(&path, what, WRITTEN_ANEW);
        }
    }

    /// Tells how far it is, unless whoever watches has ended it.
    fn tell(&mut self) -> ControlFlow<()> {
        self.is_ended = self.is_ended || (self.watch)(self.done).is_break();
        if self.is_ended {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
