//! Faults of the medium: what fails is not acknowledged, what was acknowledged stays, and a failed
//! sync is the end.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use plansync_log::contract::Author;
use plansync_log::{Append, AppendError, Position, Read, Recorded, Sequenced};
use plansync_sled::{Medium, Options, SledAppender, SledLog, SledReader, Stepped};

use crate::folder::{Folder, assert_holds, log, small};
use crate::look::files;

const HEALTHY: u64 = 0;
const FULL: u64 = 1;
const SHORT: u64 = 2;
const NO_SYNC: u64 = 3;
const BROKEN: u64 = 4;
const SLOW: u64 = 5;
/// So long a slow disk takes for a sync.
const SLOW_SYNC: Duration = Duration::from_millis(15);

/// A medium that can be told to fail.
#[derive(Debug, Default)]
struct Faulty {
    fault: AtomicU64,
    /// Begun.
    syncs: AtomicUsize,
    /// Done.
    synced: AtomicUsize,
}

impl Faulty {
    fn set(&self, fault: u64) {
        self.fault.store(fault, Ordering::SeqCst);
    }
}

impl Medium for Faulty {
    fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        match self.fault.load(Ordering::SeqCst) {
            FULL => {
                file.write_all_at(&bytes[..bytes.len() / 2], offset)?;
                Err(ErrorKind::StorageFull.into())
            }
            SHORT => {
                file.write_all_at(&bytes[..bytes.len() / 2], offset)?;
                Err(ErrorKind::WriteZero.into())
            }
            BROKEN => Err(io::Error::other("the disk is gone")),
            _ => file.write_all_at(bytes, offset),
        }
    }

    fn sync_data(&self, file: &File) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::SeqCst);
        match self.fault.load(Ordering::SeqCst) {
            NO_SYNC => return Err(io::Error::other("the disk is gone")),
            SLOW => thread::sleep(SLOW_SYNC),
            _ => {}
        }
        file.sync_data()?;
        self.synced.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

fn open(folder: &Folder) -> (SledAppender, Arc<SledReader>, Arc<Faulty>) {
    let medium = Arc::new(Faulty::default());
    let options = Options {
        medium: Arc::<Faulty>::clone(&medium),
        ..small()
    };
    let (appender, reader, _) = SledLog::open(&folder.path(), options).unwrap();
    (appender, reader, medium)
}

#[test]
fn a_full_disk_refuses_and_the_log_goes_on_when_there_is_room() {
    let folder = Folder::new();
    let (mut appender, reader, medium) = open(&folder);
    let mut author = Author::new(log());
    let first = author.group(5);
    appender.append(&first).unwrap();

    medium.set(FULL);
    let refused = author.clone().group(20);
    let error = appender.append(&refused).unwrap_err();
    assert_eq!(
        error.to_string(),
        "commits cannot be written to the log now: the disk is full; free up space on it"
    );
    assert_holds(&*reader, &first);
    assert_holds(&*folder.copy().open().1, &first);

    medium.set(HEALTHY);
    let others = vec![
        author.write(Author::plan(40), 30),
        author.write(Author::plan(41), 2_000),
    ];
    appender.append(&others).unwrap();
    let all = [first, others].concat();
    assert_holds(&*reader, &all);
    drop((appender, reader));
    assert_holds(&*folder.open().1, &all);
}

/// A first group, whose successor of 20 commits a full disk refused half-written.
fn refused(folder: &Folder) -> (SledAppender, Arc<Faulty>, Author, Vec<Sequenced>) {
    let (mut appender, _, medium) = open(folder);
    let mut author = Author::new(log());
    let first = author.group(5);
    appender.append(&first).unwrap();
    medium.set(FULL);
    let error = appender.append(&author.clone().group(20)).unwrap_err();
    assert!(matches!(error, AppendError::Unavailable { .. }));
    (appender, medium, author, first)
}

/// A group that fills a small volume nearly alone.
fn large(author: &mut Author) -> Vec<Sequenced> {
    vec![author.write(Author::plan(42), 31 << 10)]
}

#[test]
fn what_a_refused_group_left_is_gone_before_the_next_volume_begins() {
    let folder = Folder::new();
    let (mut appender, medium, mut author, first) = refused(&folder);
    let other = large(&mut author);
    let error = appender.append(&other).unwrap_err();
    assert!(matches!(error, AppendError::Unavailable { .. }));
    assert_holds(&*folder.copy().open().1, &first);

    medium.set(HEALTHY);
    appender.append(&other).unwrap();
    let journal = fs::read(folder.journal(2)).unwrap();
    assert!(journal[512..].iter().any(|byte| *byte != 0));
    let all = [first, other].concat();
    assert_holds(&*folder.copy().open().1, &all);
    drop(appender);
    assert_holds(&*folder.open().1, &all);
}

#[test]
fn what_a_refused_group_left_behind_a_shorter_one_is_gone_too() {
    let folder = Folder::new();
    let (mut appender, medium, mut author, first) = refused(&folder);
    medium.set(HEALTHY);
    let short = vec![author.write(Author::plan(41), 30)];
    appender.append(&short).unwrap();
    assert_holds(
        &*folder.copy().open().1,
        &[first.clone(), short.clone()].concat(),
    );

    let other = large(&mut author);
    appender.append(&other).unwrap();
    assert_holds(&*folder.copy().open().1, &[first, short, other].concat());
}

#[test]
fn a_failed_sync_is_final_and_never_tried_again() {
    let folder = Folder::new();
    let medium = Arc::new(Faulty::default());
    let options = Options {
        medium: Arc::<Faulty>::clone(&medium),
        ..small()
    };
    let (mut appender, reader, mut sealer) = SledLog::open(&folder.path(), options).unwrap();
    let mut author = Author::new(log());
    let first = author.group(15);
    appender.append(&first).unwrap();

    medium.set(NO_SYNC);
    let lost = author.group(3);
    let error = appender.append(&lost).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the log could not be written: syncing the journal failed; stop, check the disk, and start \
         again"
    );
    let syncs = medium.syncs.load(Ordering::SeqCst);
    let before = files(&folder.path().join("volumes"));
    medium.set(HEALTHY);
    for group in [&lost[..], &[], &large(&mut author)] {
        let again = appender.append(group).unwrap_err();
        assert_eq!(
            again.to_string(),
            "an earlier write to the log failed, so nothing more is written; everything that was acknowledged is kept: check the disk and start again"
        );
    }
    assert_eq!(sealer.step().unwrap(), Stepped::Idle);
    sealer.head_writer().step().unwrap();
    appender.close().unwrap();
    assert_eq!(medium.syncs.load(Ordering::SeqCst), syncs);
    assert!(files(&folder.path().join("volumes")) == before);
    assert_holds(&*reader, &first);

    drop((reader, sealer));
    let (_appender, reader, _sealer) = folder.open();
    // It was written and not acknowledged: here it arrived, so it is there, whole.
    assert_holds(&*reader, &[first, lost].concat());
}

#[test]
fn a_write_that_fails_is_fatal_and_leaves_nothing() {
    let folder = Folder::new();
    let (mut appender, reader, medium) = open(&folder);
    let mut author = Author::new(log());
    let first = author.group(5);
    appender.append(&first).unwrap();

    medium.set(BROKEN);
    let syncs = medium.syncs.load(Ordering::SeqCst);
    let error = appender.append(&author.group(3)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the log could not be written: writing the journal failed; stop, check the disk, and start \
         again"
    );
    assert_eq!(error.source().unwrap().to_string(), "the disk is gone");
    assert_eq!(medium.syncs.load(Ordering::SeqCst), syncs);
    assert_holds(&*reader, &first);
    drop((appender, reader));
    assert_holds(&*folder.open().1, &first);
}

#[test]
fn a_slow_disk_delays_acknowledgements_and_no_reader() {
    const GROUPS: u64 = 12;
    let folder = Folder::new();
    let (mut appender, reader, medium) = open(&folder);
    medium.set(SLOW);
    let is_over = AtomicBool::new(false);
    let (mut reads, mut tips) = (0, BTreeSet::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut author = Author::new(log());
            for _ in 0..GROUPS {
                appender.append(&author.group(3)).unwrap();
            }
            is_over.store(true, Ordering::SeqCst);
        });
        while !is_over.load(Ordering::SeqCst) {
            let tip = reader.tip().position.get();
            let synced = medium.synced.load(Ordering::SeqCst) as u64;
            assert!(tip <= synced * 3, "{tip} is shown after {synced} syncs");
            let seen = reader.read(Position::FIRST, 1_000).unwrap().len() as u64;
            assert!(seen >= tip && seen.is_multiple_of(3));
            reads += 1;
            tips.insert(tip);
        }
    });
    assert_eq!(reader.tip().position, Position::new(GROUPS * 3));
    assert!(
        tips.len() > 6 && reads > GROUPS * 3,
        "{reads} reads of {tips:?}"
    );
}

#[test]
fn a_short_write_is_fatal_and_leaves_nothing() {
    let folder = Folder::new();
    let (mut appender, reader, medium) = open(&folder);
    let mut author = Author::new(log());
    let first = author.group(5);
    appender.append(&first).unwrap();

    medium.set(SHORT);
    let error = appender.append(&author.group(3)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the log could not be written: writing the journal failed; stop, check the disk, and start \
         again"
    );
    assert_eq!(reader.tip().position, first.last().unwrap().position());
    drop((appender, reader));
    assert_holds(&*folder.open().1, &first);
}

#[test]
fn a_commit_that_could_not_be_read_back_is_refused_for_what_it_is() {
    let folder = Folder::new();
    let (mut appender, reader, _) = open(&folder);
    let tip = reader.tip();
    let (position, at, body) = (tip.position.next(), Recorded::new(1), [0xee]);
    let chain = tip.chain.link(position, at, &body).get();
    let (position, at) = (position.get().to_be_bytes(), at.get().to_be_bytes());
    let stored = [&position[..], &at, &chain, &body].concat();
    let unknown = Sequenced::from_stored(stored.into()).unwrap();

    let error = appender.append(&[unknown]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the log could not be written: the commit 1 is not one that could be read back; stop, \
         check the disk, and start again"
    );
    assert_eq!(
        error.source().unwrap().to_string(),
        "the commit has format 238, which this program does not know; use the version that wrote it"
    );
    drop((appender, reader));
    assert_holds(&*folder.open().1, &[]);
}
