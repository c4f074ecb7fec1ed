//! Contract tests: order. Each appended commit is there once, unchanged and at its position.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::{Adapter, Author, Opened, all};
use crate::{Append, AppendError, Incarnation, Position, Read, Sequenced, Tip, Version};

pub(super) fn an_empty_log_has_nothing(adapter: &mut dyn Adapter) {
    let (_writer, log) = adapter.open();
    assert_eq!(log.tip(), Tip::empty(adapter.log(), Incarnation::FIRST));
    assert_eq!(log.read(Position::ZERO, 10).unwrap(), []);
    assert_eq!(log.stream_version(&Author::plan(1)).unwrap(), Version::ZERO);
    assert_eq!(log.locate(&Author::plan(1), Version::FIRST).unwrap(), None);
    assert_eq!(
        log.command("acme", Author::command(Position::FIRST))
            .unwrap(),
        None
    );
}

pub(super) fn what_is_appended_is_read_back(adapter: &mut dyn Adapter) {
    let (mut writer, log) = adapter.open();
    let mut author = Author::new(adapter.log());
    let mut written = Vec::new();
    for count in 1..=30 {
        let group = author.group(count);
        writer.append(&group).unwrap();
        written.extend(group);
        assert_eq!(log.tip(), author.tip());
    }
    assert_eq!(all(&*log), written);
    for commit in &written {
        assert_eq!(
            log.read(commit.position(), 1).unwrap().first(),
            Some(commit)
        );
    }
}

pub(super) fn a_group_that_does_not_follow_leaves_nothing(adapter: &mut dyn Adapter) {
    let (mut writer, log) = adapter.open();
    let mut author = Author::new(adapter.log());
    let first = author.group(3);
    writer.append(&first).unwrap();
    let next = author.group(2);
    let mut elsewhere = Author::new(adapter.log());
    elsewhere.group(2);
    elsewhere.write(Author::plan(99), 10);
    let stranger = elsewhere.group(1);

    refuses(&mut *writer, &first[2..], 3);
    refuses(&mut *writer, &next[1..], 5);
    refuses(&mut *writer, &[next[0].clone(), next[0].clone()], 4);
    refuses(&mut *writer, &stranger, 4);

    assert_eq!(all(&*log), first);
    writer.append(&next).unwrap();
    assert_eq!(all(&*log), [first, next].concat());
}

#[track_caller]
fn refuses(writer: &mut dyn Append, group: &[Sequenced], given: u64) {
    match writer.append(group) {
        Err(AppendError::OutOfOrder { given: actual, .. }) => {
            assert_eq!(actual, Position::new(given));
        }
        other => panic!("expected the commit {given} to be out of order, got {other:?}"),
    }
}

pub(super) fn an_empty_group_changes_nothing(adapter: &mut dyn Adapter) {
    let (mut writer, log) = adapter.open();
    writer.append(&[]).unwrap();
    assert_eq!(log.tip(), Tip::empty(adapter.log(), Incarnation::FIRST));
    let group = Author::new(adapter.log()).group(1);
    writer.append(&group).unwrap();
    writer.append(&[]).unwrap();
    assert_eq!(all(&*log), group);
}

pub(super) fn reading_is_bounded(adapter: &mut dyn Adapter) {
    let (mut writer, log) = adapter.open();
    let group = Author::new(adapter.log()).group(20);
    writer.append(&group).unwrap();
    assert_eq!(log.read(Position::new(5), 3).unwrap(), group[4..7]);
    assert_eq!(log.read(Position::new(19), 10).unwrap(), group[18..]);
    assert_eq!(log.read(Position::new(21), 10).unwrap(), []);
    assert_eq!(log.read(Position::new(u64::MAX), 10).unwrap(), []);
    assert_eq!(log.read(Position::new(5), 0).unwrap(), []);
}

pub(super) fn the_largest_commit_is_kept(adapter: &mut dyn Adapter) {
    let (mut writer, log) = adapter.open();
    let mut author = Author::new(adapter.log());
    let around = crate::COMMIT_BYTES_MAX - author.write(Author::plan(1), 0).stored().len();
    let mut author = Author::new(adapter.log());
    let group: Vec<_> = [10, around, 10, around - 1, 10]
        .into_iter()
        .map(|bytes| author.write(Author::plan(1), bytes))
        .collect();
    writer.append(&group).unwrap();
    assert_eq!(group[1].stored().len(), crate::COMMIT_BYTES_MAX);
    assert_eq!(all(&*log), group);
    drop((writer, log));
    assert_eq!(all(&*adapter.open().1), group);
}

pub(super) fn reopening_changes_no_answer(adapter: &mut dyn Adapter) {
    let mut author = Author::new(adapter.log());
    let mut written = Vec::new();
    for round in 1..=6 {
        let (mut writer, log): Opened = adapter.open();
        assert_eq!(log.tip(), author.tip());
        assert_eq!(all(&*log), written);
        let group = author.group(round * 5);
        writer.append(&group).unwrap();
        written.extend(group);
    }
    let (_writer, log) = adapter.open();
    for commit in &written {
        let skim = commit.skim().unwrap();
        let at = Some(commit.position());
        assert_eq!(log.locate(&skim.stream(), skim.version).unwrap(), at);
        assert_eq!(log.command(skim.tenant, skim.command).unwrap(), at);
    }
}

pub(super) fn readers_see_whole_groups_only(adapter: &mut dyn Adapter) {
    const GROUP: u64 = 8;
    let (mut writer, log) = adapter.open();
    let mut author = Author::new(adapter.log());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reading = scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                let tip = log.tip().position.get();
                assert_eq!(tip % GROUP, 0, "the tip stands within a group");
                let from = Position::new(tip.saturating_sub(GROUP) + 1);
                let read = log.read(from, 8).unwrap();
                assert_eq!(read.len(), if tip == 0 { read.len() } else { 8 });
            }
        });
        for _ in 0..60 {
            writer.append(&author.group(GROUP)).unwrap();
        }
        done.store(true, Ordering::Release);
        reading.join().unwrap();
    });
    assert_eq!(log.tip(), author.tip());
    let _: &dyn Read = &*log;
}
