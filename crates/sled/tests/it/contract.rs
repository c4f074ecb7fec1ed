//! The log on disk under the suite of the port.

use std::fs::File;
use std::path::PathBuf;

use plansync_log::backend::{Backend, unwatched};
use plansync_log::contract::{
    Adapter, Opened, Places, Restores, holds, holds_as_backend, holds_restored,
};
use plansync_log::{LogId, Position};
use plansync_sled::{Options, SledBackend, SledLog, Stepped, restore_with};

use crate::backup::{backed_up, place};
use crate::folder::{Folder, log, small};

/// A folder with options, and whether a thread takes the steps.
struct OnDisk {
    folder: Folder,
    options: Options,
    steps: bool,
}

impl Adapter for OnDisk {
    fn log(&self) -> LogId {
        log()
    }

    fn open(&mut self) -> Opened {
        let path = self.folder.path();
        let (appender, reader, mut sealer) = SledLog::open(&path, self.options.clone()).unwrap();
        if self.steps {
            while sealer.step().unwrap() != Stepped::Idle {}
            sealer.head_writer().step().unwrap();
        }
        (Box::new(appender), reader)
    }
}

impl Restores for OnDisk {
    fn restore(&mut self, to: Position) {
        let file = place(&self.folder, "backup");
        backed_up(&self.folder, &file);
        let (target, options) = (Folder::new(), self.options.clone());
        let archive = File::open(file).unwrap();
        restore_with(
            &target.path(),
            archive,
            Some(to),
            None,
            options,
            &mut unwatched,
        )
        .unwrap();
        self.folder = target;
    }
}

#[test]
fn restored_logs_keep_the_contract() {
    holds_restored(|| OnDisk {
        folder: Folder::new(),
        options: small(),
        steps: true,
    });
}

#[test]
fn one_large_volume_keeps_the_contract() {
    let options = || Options {
        volume_bytes: 4 << 20,
        tail_bytes: 4 << 10,
        ..small()
    };
    holds(|| OnDisk {
        folder: Folder::new(),
        options: options(),
        steps: false,
    });
}

#[test]
fn many_small_volumes_keep_the_contract() {
    holds(|| OnDisk {
        folder: Folder::new(),
        options: small(),
        steps: false,
    });
}

#[test]
fn volumes_sealed_at_opening_keep_the_contract() {
    holds(|| OnDisk {
        folder: Folder::new(),
        options: small(),
        steps: true,
    });
}

#[test]
fn the_tightest_bounds_keep_the_contract() {
    let options = || Options {
        volume_bytes: 8 << 10,
        open_volumes_max: 1,
        command_filter_bytes_max: 0,
        stream_filter_bytes_max: 0,
        full_volumes_max: 1,
        read_bytes_max: 64 << 10,
        ..small()
    };
    holds(|| OnDisk {
        folder: Folder::new(),
        options: options(),
        steps: false,
    });
}

/// Two folders with options.
struct Folders {
    folders: [Folder; 2],
    options: Options,
}

impl Places for Folders {
    fn log(&self) -> LogId {
        log()
    }

    fn first(&self) -> Box<dyn Backend> {
        Box::new(SledBackend::new(
            self.folders[0].path(),
            self.options.clone(),
        ))
    }

    fn second(&self) -> Box<dyn Backend> {
        Box::new(SledBackend::new(
            self.folders[1].path(),
            self.options.clone(),
        ))
    }

    fn file(&self) -> PathBuf {
        place(&self.folders[0], "file")
    }
}

#[test]
fn the_backend_keeps_the_contract() {
    for volume_bytes in [8 << 10, 4 << 20] {
        holds_as_backend(|| Folders {
            folders: [Folder::new(), Folder::new()],
            options: Options {
                volume_bytes,
                ..small()
            },
        });
    }
}
