//! Archives: what goes in comes out, whatever is wrong is said, and format 1 stays readable.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm
)]

mod golden;
mod hostile;
mod round_trip;
mod verifying;

use plansync_log::archive::{ArchiveError, ArchiveReader, ArchiveWriter};
use plansync_log::contract::Author;
use plansync_log::{Incarnation, Incarnations, LogId, Sequenced, Tip};
use uuid::Uuid;

fn log() -> LogId {
    LogId::new(Uuid::from_u128(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10))
}

/// The archive of these commits of a log with these incarnations.
fn written(incarnations: &Incarnations, commits: &[Sequenced]) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Vec::new(), log(), incarnations).unwrap();
    for commit in commits {
        writer.push(commit).unwrap();
    }
    writer.finish().unwrap()
}

/// Nine commits, the third of them the last that the second incarnation inherited.
fn small() -> (Incarnations, Vec<Sequenced>) {
    let mut author = Author::new(log());
    let mut commits = author.group(3);
    let mut incarnations = Incarnations::first(log());
    incarnations
        .begin(Incarnation::new(2), &author.tip())
        .unwrap();
    let mut author = Author::at(Tip {
        incarnation: Incarnation::new(2),
        ..author.tip()
    });
    commits.extend(author.group(5));
    commits.push(author.write(Author::plan(70), 7_000));
    (incarnations, commits)
}

/// What can be had of an archive, and what is wrong with it.
fn read(bytes: &[u8]) -> (Vec<Sequenced>, Result<Tip, ArchiveError>) {
    let mut reader = match ArchiveReader::new(bytes) {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let mut commits = Vec::new();
    for commit in reader.by_ref() {
        match commit {
            Ok(commit) => commits.push(commit),
            Err(error) => return (commits, Err(error)),
        }
    }
    (commits, reader.finish())
}
