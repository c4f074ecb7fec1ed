//! Files in a data folder that are not part of the log: left by a cut, kept on purpose, or put there by
//! somebody. They do no harm, so they are only reported.

use std::fs;
use std::path::Path;

use plansync_log::backend::Report;

use super::report::Tell as _;
use crate::checkpoints;
use crate::damage::Failed;
use crate::derived;
use crate::disk;
use crate::files;
use crate::filters;
use crate::head;
use crate::key_files;
use crate::lock;
use crate::manifest::{self, VolumeNumber};
use crate::shared::volumes;
use crate::tree;
use crate::unsealed::{COMMITS, JOURNAL};
use crate::volume_inspection;

const NONE: &str = "nothing is to be done";
const NEXT_OPENING: &str = "the next opening removes it";
const REWRITTEN: &str = "it is overwritten when it is needed";
const KEYS_INTERRUPTED: &str =
    "do not remove it: it may be the only key of KEYS; the next opening finishes the replacement";
const NOT_OURS: &str = "it is not used; move it elsewhere if it is needed";

/// Reports everything that is not part of the log.
pub(super) fn report(dir: &Path, unsealed_from: VolumeNumber, report: &mut Report) {
    let known = [
        lock::NAME,
        manifest::NAME,
        head::NAME,
        key_files::NAME,
        key_files::KEY_NAME,
        checkpoints::NAME,
        filters::NAME,
    ];
    let volumes = volumes(dir);
    let keys = [key_files::NAME, key_files::KEY_NAME].map(|name| disk::unfinished(&dir.join(name)));
    each(dir, report, &mut |path, report| {
        if keys.iter().any(|unfinished| path == unfinished) {
            stranger(path, KEYS_INTERRUPTED, report);
        } else if path != volumes && !known.iter().any(|name| disk::is_called(path, name)) {
            stranger(path, REWRITTEN, report);
        }
    });
    each(&dir.join(filters::NAME), report, &mut |path, report| {
        if filters::slot(path).is_none() {
            stranger(path, NEXT_OPENING, report);
        }
    });
    each(&dir.join(checkpoints::NAME), report, &mut |path, report| {
        if !checkpoints::is_known(path) {
            stranger(path, NEXT_OPENING, report);
        }
    });
    each(
        &volumes,
        report,
        &mut |path, report| match volume_inspection::number(path) {
            Some(number) => volume(path, number < unsealed_from, report),
            None => stranger(path, NEXT_OPENING, report),
        },
    );
}

fn volume(dir: &Path, is_sealed: bool, report: &mut Report) {
    let known: &[&str] = if report.is_in_use {
        // It may have been sealed since the manifest was read.
        &[COMMITS, JOURNAL, derived::NAME, tree::NAME, files::NAME]
    } else if is_sealed {
        &[COMMITS, derived::NAME, tree::NAME, files::NAME]
    } else {
        &[COMMITS, JOURNAL]
    };
    each(dir, report, &mut |path, report| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if known.iter().any(|known| *known == name) {
            return;
        }
        if name.starts_with("torn-") {
            remains(path, &name, report);
        } else if is_sealed && name == JOURNAL {
            let what = "it remains from an interrupted sealing of its volume";
            report.note(path, what, NEXT_OPENING);
        } else {
            stranger(path, REWRITTEN, report);
        }
    });
}

/// A copy of torn remains has its crc in its name.
fn remains(path: &Path, name: &str, report: &mut Report) {
    let crc = name.rsplit('-').next().unwrap_or_default();
    let is_whole =
        fs::read(path).is_ok_and(|bytes| format!("{:08x}", crc32fast::hash(&bytes)) == crc);
    let what = if is_whole {
        "it is a copy of a group that was cut off before it was acknowledged"
    } else {
        "it is a copy of a group that was cut off before it was acknowledged, and was changed since"
    };
    report.note(path, what, NONE);
}

fn stranger(path: &Path, remedy: &'static str, report: &mut Report) {
    if path.extension().is_some_and(|extension| extension == "new") {
        // A process that is running makes such files all the time.
        if !report.is_in_use {
            report.note(path, "it was left unfinished by an interruption", remedy);
        }
    } else {
        report.note(path, "it does not belong to the log", NOT_OURS);
    }
}

fn each(dir: &Path, report: &mut Report, look: &mut dyn FnMut(&Path, &mut Report)) {
    match disk::entries(dir) {
        Ok(entries) => entries.iter().for_each(|path| look(path, report)),
        Err(failed) => report.fault(Failed::into(failed)),
    }
}
