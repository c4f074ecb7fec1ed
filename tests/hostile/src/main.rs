//! Writes the seeds of every decoder into folders, as a fuzzer wants them: `plansync-hostile FOLDER`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use plansync_hostile::{TARGETS, seeds};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        // Where standard error is gone too, the exit code still says it.
        let _unheard = writeln!(std::io::stderr(), "usage: plansync-hostile FOLDER");
        return ExitCode::FAILURE;
    };
    match write(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _unheard = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path) -> std::io::Result<()> {
    for (target, _) in TARGETS {
        let folder = folder.join(target);
        std::fs::create_dir_all(&folder)?;
        for (number, seed) in seeds::of(target).iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number:04}")), seed)?;
        }
    }
    Ok(())
}
