//! What a backup and a restore of a data folder cost: how small the file is, and how many bytes of
//! commits each takes a second. The log may be in use; beside the folder, `.backup` and `.restored`
//! must be free.
//!
//! `cargo run --release -p plansync-sled --example backup_cost -- FOLDER`

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use plansync_log::archive::{ArchiveReader, ArchiveWriter};
use plansync_log::backend::{Existing, unwatched};
use plansync_log::{Position, Sequenced};
use plansync_sled::{Folder, backup, restore};

fn main() -> Result<(), Box<dyn Error>> {
    let dir: PathBuf = std::env::args_os().nth(1).ok_or("name a folder")?.into();
    let beside = |ending: &str| {
        let mut name = dir.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    archive(&dir)?;
    let (file, target) = (beside(".backup"), beside(".restored"));
    let begun = Instant::now();
    let done = backup(&dir, &file, Existing::Keep, &mut unwatched)?;
    say(
        "backup, with reading it back",
        done.commit_bytes,
        begun.elapsed(),
    );
    let percent = 100 * done.bytes / done.commit_bytes.max(1);
    println!(
        "{} commits, {} bytes, as a file {} bytes: {percent} %",
        done.tip.position, done.commit_bytes, done.bytes
    );
    let begun = Instant::now();
    restore(
        &target,
        BufReader::new(File::open(&file)?),
        None,
        None,
        &mut unwatched,
    )?;
    say(
        "restore, with verifying",
        done.commit_bytes,
        begun.elapsed(),
    );
    Ok(())
}

/// The archive alone, in memory.
fn archive(dir: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let folder = Folder::look(dir)?;
    let mut commits: Vec<Sequenced> = Vec::new();
    folder.commits(Position::FIRST, &mut |page| {
        commits.extend_from_slice(page);
        std::ops::ControlFlow::Continue(())
    })?;
    let bytes: usize = commits.iter().map(|commit| commit.stored().len()).sum();
    let bytes = u64::try_from(bytes)?;
    let begun = Instant::now();
    let mut writer = ArchiveWriter::new(Vec::new(), folder.tip().log, &folder.incarnations())?;
    for commit in &commits {
        writer.push(commit)?;
    }
    let archive = writer.finish()?;
    say("writing the archive alone", bytes, begun.elapsed());
    let begun = Instant::now();
    ArchiveReader::new(&*archive)?.finish()?;
    say("reading the archive alone", bytes, begun.elapsed());
    Ok(())
}

fn say(what: &str, bytes: u64, taken: Duration) {
    let millis = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX).max(1);
    println!("{what}: {millis} ms, {} MB/s", bytes / 1_000 / millis);
}
