//! The program on a bad disk. `PLANSYNC_BAD_DISK` names a file that says how bad it is, and may
//! change meanwhile: a number is how many milliseconds a sync of the journal takes, at the word `hang`
//! it takes until the file says something else, and at `fail` it fails. Without the file the disk is as good as it is.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use plansync::Medium;

#[derive(Debug)]
struct BadDisk {
    how_bad: Option<PathBuf>,
}

impl BadDisk {
    fn said(&self) -> Option<String> {
        let said = fs::read_to_string(self.how_bad.as_ref()?).ok()?;
        Some(said.trim().to_owned())
    }
}

impl Medium for BadDisk {
    fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        file.write_all_at(bytes, offset)
    }

    fn sync_data(&self, file: &File) -> io::Result<()> {
        while self.said().as_deref() == Some("hang") {
            std::thread::sleep(Duration::from_millis(20));
        }
        match self.said().as_deref() {
            Some("fail") => return Err(io::Error::other("the disk is gone")),
            Some(slow) => std::thread::sleep(Duration::from_millis(slow.parse().unwrap_or(0))),
            None => {}
        }
        file.sync_data()
    }
}

fn main() -> ExitCode {
    let how_bad = std::env::var_os("PLANSYNC_BAD_DISK").map(PathBuf::from);
    plansync::run_on(Arc::new(BadDisk { how_bad }))
}
