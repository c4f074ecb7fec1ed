//! What a process of plansync needs of its environment: open files, and a folder for temporary files.

use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit};
use plansync_log::environment::temporary_folder;
use plansync_protocol::engine::EngineStatusRecord;

use super::aside::aside;
use super::check::{Check, Section};
use super::name::Name;
use crate::observing::disk::Disk;
use crate::open_files;
use crate::paths;

/// How long a disk may take to answer.
const DISK_PATIENCE: Duration = Duration::from_secs(3);
/// Room for one sealed volume, which a backup copies.
const ONE_VOLUME: u64 = 64 << 20;
/// Room for four, which reads of a folder copy.
const FOUR_VOLUMES: u64 = 4 * ONE_VOLUME;

/// How many files may be open: in the engine, if it tells, and in what is started like this program.
pub(super) fn files(status: Option<&EngineStatusRecord>) -> Vec<Check> {
    let of_engine = status.and_then(|status| status.process.open_files_max);
    let own = getrlimit(Resource::RLIMIT_NOFILE).ok();
    let own = own.map(|(limit, _)| limit);
    let limits = [("the engine", of_engine), ("this shell", own)];
    let known = limits
        .iter()
        .filter_map(|(whose, limit)| Some((*whose, (*limit)?)));
    let mut checks: Vec<_> = known
        .clone()
        .filter_map(|(whose, limit)| too_few(whose, limit))
        .collect();
    if checks.is_empty() {
        let told: Vec<_> = known
            .map(|(whose, limit)| format!("{limit} in {whose}"))
            .collect();
        let told = format!("so many files may be open: {}", told.join(", "));
        checks.push(Check::ok(Name::OpenFiles, told));
    }
    checks
}

fn too_few(whose: &str, limit: u64) -> Option<Check> {
    let told = format!(
        "{limit} files may be open in {whose}, and an engine needs {} or more",
        open_files::WANTED
    );
    let advice = "raise the limit of the engine (`LimitNOFILE=65536` in its unit, `ulimit -n` in a shell), and restart \
                  it";
    if limit < open_files::NEEDED {
        Some(Check::wrong(
            Name::OpenFiles,
            told,
            Section::OpenFiles,
            advice,
        ))
    } else if limit < open_files::WANTED {
        Some(Check::warning(
            Name::OpenFiles,
            told,
            Section::OpenFiles,
            advice,
        ))
    } else {
        None
    }
}

/// The folder for temporary files.
pub(super) async fn temporary() -> Check {
    let looked = aside(DISK_PATIENCE, look).await;
    looked.unwrap_or_else(|| {
        Check::wrong(
            Name::Temporary,
            format!(
                "the folder for temporary files did not answer within {} s",
                DISK_PATIENCE.as_secs()
            ),
            Section::Temporary,
            "set TMPDIR to another folder",
        )
    })
}

fn look() -> Check {
    let folder = temporary_folder();
    let shown = paths::shown(&folder);
    let wrong = |told: String| {
        Check::wrong(
            Name::Temporary,
            told,
            Section::Temporary,
            "set TMPDIR to a folder with room, such as /var/tmp/plansync; backups and reads of a data folder need it",
        )
    };
    // A file without a name, which is gone when it is closed.
    if let Err(error) = tempfile::tempfile_in(&folder) {
        return wrong(format!("no file can be made in {shown}: {error}"));
    }
    let Some(disk) = Disk::of(&folder) else {
        let why = format!("this system does not tell how much is free in {shown}");
        let advice = "look at it by hand (`df`)";
        return Check::not_checked(Name::Temporary, why, Section::Temporary, advice);
    };
    room(&shown, disk.free_bytes).unwrap_or_else(|(told, is_wrong)| {
        let check = wrong(told);
        if is_wrong {
            return check;
        }
        Check {
            state: super::check::State::Warning,
            ..check
        }
    })
}

/// The check of so much room, or what is too little about it, and whether nothing works with it.
fn room(folder: &str, free_bytes: u64) -> Result<Check, (String, bool)> {
    let free = free_bytes >> 20;
    if free_bytes < ONE_VOLUME {
        let told = format!(
            "{folder} has {free} MiB free, and a backup needs {}",
            ONE_VOLUME >> 20
        );
        return Err((told, true));
    }
    if free_bytes < FOUR_VOLUMES {
        let told = format!(
            "{folder} has {free} MiB free, and reads of a data folder may need {}",
            FOUR_VOLUMES >> 20
        );
        return Err((told, false));
    }
    Ok(Check::ok(
        Name::Temporary,
        format!("temporary files can be made in {folder}, which has {free} MiB free"),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    #[test]
    fn few_files_are_told_of() {
        let state = |limit| too_few("the engine", limit).map(|check| check.state);
        assert_eq!(state(open_files::WANTED), None);
        assert_eq!(state(open_files::WANTED - 1), Some(State::Warning));
        assert_eq!(state(open_files::NEEDED - 1), Some(State::Wrong));
    }

    #[test]
    fn little_room_is_told_of() {
        assert_eq!(room("/t", FOUR_VOLUMES).unwrap().state, State::Ok);
        assert!(!room("/t", FOUR_VOLUMES - 1).unwrap_err().1);
        assert!(room("/t", ONE_VOLUME - 1).unwrap_err().1);
    }
}
