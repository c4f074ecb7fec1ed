//! The filesystem as programs see it: real system calls over a real mount. Needs `/dev/fuse` and
//! the right to mount, so it runs only when asked for:
//! `cargo test -p plansync-powercut -- --ignored`.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::{Mounted, SharedDisk};
use crate::disk::{Accident, Disk, Loss, Trigger};

/// Runs one session of work on a disk that is mounted for as long.
fn session<T>(disk: &SharedDisk, work: impl FnOnce(&Path) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let mounted = Mounted::mount(disk.clone(), folder.path()).unwrap();
    let done = work(folder.path());
    mounted.unmount().unwrap();
    done
}

fn synced(path: &Path, bytes: &[u8]) {
    let mut file = File::create(path).unwrap();
    file.write_all(bytes).unwrap();
    file.sync_data().unwrap();
}

fn sync_folder(path: &Path) {
    File::open(path).unwrap().sync_all().unwrap();
}

#[test]
#[ignore = "needs /dev/fuse"]
fn syncs_of_file_and_folder_are_what_survives() {
    let disk = SharedDisk::new(Disk::new());
    session(&disk, |at| {
        fs::create_dir(at.join("log")).unwrap();
        synced(&at.join("log/kept"), b"kept");
        sync_folder(&at.join("log"));
        sync_folder(at);
        synced(&at.join("log/nameless"), b"synced without its folder");
        fs::write(at.join("log/kept"), b"overwritten and not synced").unwrap();
    });
    disk.lock().lose(&mut Loss::everything());
    session(&disk, |at| {
        let names: Vec<_> = fs::read_dir(at.join("log"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["kept"]);
        assert_eq!(fs::read(at.join("log/kept")).unwrap(), b"kept");
    });
}

#[test]
#[ignore = "needs /dev/fuse"]
fn a_file_is_used_as_a_log_uses_it() {
    let disk = SharedDisk::new(Disk::new());
    session(&disk, |at| {
        let path = at.join("journal");
        let file = OpenOptions::new()
            .create_new(true)
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        file.set_len(1 << 20).unwrap();
        file.write_all_at(b"frame", 4096).unwrap();
        file.sync_all().unwrap();
        let mut read = [0; 5];
        file.read_exact_at(&mut read, 4096).unwrap();
        assert_eq!(&read, b"frame");
        fs::rename(&path, at.join("renamed")).unwrap();
        sync_folder(at);
        fs::remove_file(at.join("renamed")).unwrap();
        file.read_exact_at(&mut read, 4096).unwrap();
        assert_eq!(&read, b"frame");
    });
    disk.lock().lose(&mut Loss::everything());
    session(&disk, |at| {
        assert_eq!(fs::metadata(at.join("renamed")).unwrap().len(), 1 << 20);
    });
}

#[test]
#[ignore = "needs /dev/fuse"]
fn a_lock_holds_between_two_openings() {
    let disk = SharedDisk::new(Disk::new());
    session(&disk, |at| {
        let first = File::create(at.join("lock")).unwrap();
        let second = File::open(at.join("lock")).unwrap();
        first.try_lock().unwrap();
        assert!(matches!(
            second.try_lock(),
            Err(fs::TryLockError::WouldBlock)
        ));
        drop(first);
        second.try_lock().unwrap();
    });
}

#[test]
#[ignore = "needs /dev/fuse"]
fn after_the_cut_every_call_fails_and_the_waiting_thread_knows() {
    let disk = SharedDisk::new(Disk::new());
    session(&disk, |at| {
        synced(&at.join("a"), b"kept");
        sync_folder(at);
        disk.lock()
            .arm(Trigger::at_operation(Accident::PowerCut, 2));
        let file = OpenOptions::new().write(true).open(at.join("a")).unwrap();
        file.write_all_at(b"gone", 0).unwrap();
        assert_eq!(file.sync_data().unwrap_err().raw_os_error(), Some(5));
        assert!(disk.wait_fired(std::time::Duration::ZERO));
    });
    disk.lock().lose(&mut Loss::everything());
    session(&disk, |at| {
        assert_eq!(fs::read(at.join("a")).unwrap(), b"kept");
    });
}
