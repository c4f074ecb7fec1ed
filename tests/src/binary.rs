//! Where the built `plansync` is.
//!
//! It is the program's own `main`, built as a binary of this package: cargo builds those together
//! with the tests that need them, and only those. Nothing is built twice, and nothing stale is run.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

/// The path of the program.
///
/// # Panics
/// If this is not a test of this package.
pub fn plansync() -> PathBuf {
    beside("plansync-under-test")
}

/// The program as a command, without the settings files of the machine.
///
/// # Panics
/// If this is not a test of this package.
pub fn command() -> Command {
    let mut command = Command::new(plansync());
    command.env("PLANSYNC_CONFIG", "/dev/null");
    command
}

/// The path of the program on a disk that is as bad as a test wants; see `bad_disk.rs`.
///
/// # Panics
/// If this is not a test of this package.
pub fn plansync_on_a_bad_disk() -> PathBuf {
    beside("plansync-on-a-bad-disk")
}

/// A binary of this package: tests lie in a folder beside it.
fn beside(name: &str) -> PathBuf {
    hear_signals();
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let binary = folder.join(name);
    assert!(
        binary.is_file(),
        "{} is not built; run the tests with cargo",
        binary.display()
    );
    binary
}

/// Lets programs that a test starts receive signals, even if this process was started with some of
/// them ignored: a shell ignores SIGINT and SIGQUIT for jobs in the background, `nohup` ignores
/// SIGHUP, and programs inherit that and respect it. A signal with a handler is neither ignored nor
/// handled in a program that is started later. The handlers end this process, as usual.
fn hear_signals() {
    static HEARD: Once = Once::new();
    HEARD.call_once(|| {
        let always = Arc::new(AtomicBool::new(true));
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
            let ends = Arc::clone(&always);
            signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, ends).unwrap();
        }
    });
}
