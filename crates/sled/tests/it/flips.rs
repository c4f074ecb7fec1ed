//! One changed byte anywhere in a folder: it is found, or it lies where nothing is, or it is made
//! good; no answer is ever wrong and nothing panics.

use std::fs;
use std::path::{Path, PathBuf};

use plansync_log::contract::Author;
use plansync_log::{Append, Read, ReadError, Sequenced};
use plansync_sled::Stepped;

use crate::folder::{Folder, log};

/// More with `PLANSYNC_FLIPS`.
const FLIPS: usize = 60;

fn folder() -> (Folder, Vec<Sequenced>) {
    let folder = Folder::new();
    let (mut appender, _, mut sealer) = folder.open();
    let mut author = Author::new(log());
    let mut commits = Vec::new();
    for _ in 0..10 {
        let group = author.group(10);
        appender.append(&group).unwrap();
        commits.extend(group);
        while sealer.step().unwrap() != Stepped::Idle {}
    }
    appender.close().unwrap();
    (folder.copy(), commits)
}

fn files(dir: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, all);
        } else if fs::metadata(&path).unwrap().len() > 0 {
            all.push(path);
        }
    }
    all.sort();
}

/// Everything that the log says of these commits is so, or it says that it is damaged.
fn ask(log: &dyn Read, commits: &[Sequenced]) -> Result<(), ReadError> {
    assert_eq!(log.tip().position, commits.last().unwrap().position());
    for commit in commits {
        let skim = commit.skim().unwrap();
        let at = Some(commit.position());
        assert_eq!(log.read(commit.position(), 1)?.first(), Some(commit));
        assert_eq!(log.locate(&skim.stream(), skim.version)?, at);
        assert_eq!(log.command(skim.tenant, skim.command)?, at);
    }
    Ok(())
}

#[test]
fn a_changed_byte_anywhere_never_makes_an_answer_wrong() {
    let (folder, commits) = folder();
    let mut all = Vec::new();
    files(&folder.path(), &mut all);
    let flips = std::env::var("PLANSYNC_FLIPS")
        .ok()
        .and_then(|count| count.parse().ok());
    let (mut refused, mut found, mut harmless) = (0, 0, 0);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for number in 0..flips.unwrap_or(FLIPS) {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let path = &all[number % all.len()];
        let name = path.strip_prefix(folder.path()).unwrap().to_str().unwrap();
        let other = folder.copy();
        other.edit(name, |bytes| {
            let place = usize::try_from(random >> 20).unwrap() % bytes.len();
            bytes[place] ^= 1 << (random >> 13 & 7);
        });
        match other.try_open() {
            Err(_) => refused += 1,
            Ok((_appender, reader, _sealer)) => match ask(&*reader, &commits) {
                Ok(()) => harmless += 1,
                Err(ReadError::Corrupt { .. }) => found += 1,
                Err(error) => panic!("{name}: {error}: {error:?}"),
            },
        }
    }
    eprintln!("{refused} refused at opening, {found} found when read, {harmless} without effect");
    assert!(refused > 0 && found > 0);
}
