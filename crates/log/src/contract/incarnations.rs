//! Contract tests: the list of incarnations, where each begins, and that a restored log continues.

use super::{Adapter, Author, Restores, all};
use crate::{Chain, Incarnation, IncarnationRecord, Incarnations, Position, Read, Sequenced};

pub(super) fn a_log_that_begins_is_in_its_first_incarnation(adapter: &mut dyn Adapter) {
    let (mut writer, log) = adapter.open();
    let first = Incarnations::first(adapter.log());
    assert_eq!(log.incarnations(), first);
    writer.append(&Author::new(adapter.log()).group(3)).unwrap();
    assert_eq!(log.incarnations(), first);
    drop((writer, log));
    assert_eq!(adapter.open().1.incarnations(), first);
}

pub(super) fn a_new_incarnation_begins_where_the_log_was_restored_to(adapter: &mut dyn Restores) {
    let written = write(adapter, 30);
    adapter.restore(Position::new(20));

    let (mut writer, log) = adapter.open();
    assert_eq!(all(&*log), written[..20]);
    assert_incarnations(&*log, &written, &[(1, 0), (2, 20)]);
    let mut author = Author::at(log.tip());
    assert_eq!(
        log.stream_version(&Author::plan(99)).unwrap(),
        crate::Version::ZERO
    );
    let further = vec![
        author.write(Author::plan(99), 10),
        author.write(Author::plan(99), 2_000),
    ];
    writer.append(&further).unwrap();
    let now = [&written[..20], &further].concat();
    assert_eq!(all(&*log), now);
    drop((writer, log));

    let (_writer, log) = adapter.open();
    assert_eq!(all(&*log), now);
    assert_eq!(log.tip(), author.tip());
    assert_incarnations(&*log, &now, &[(1, 0), (2, 20)]);
}

pub(super) fn an_incarnation_that_inherits_nothing_begins_with_the_first_commit(
    adapter: &mut dyn Restores,
) {
    write(adapter, 5);
    adapter.restore(Position::ZERO);
    let (mut writer, log) = adapter.open();
    assert_eq!(all(&*log), []);
    assert_incarnations(&*log, &[], &[(1, 0), (2, 0)]);
    let group = Author::at(log.tip()).group(4);
    writer.append(&group).unwrap();
    assert_eq!(all(&*log), group);
}

pub(super) fn an_incarnation_restored_further_back_takes_the_later_ones_commits(
    adapter: &mut dyn Restores,
) {
    let written = write(adapter, 30);
    adapter.restore(Position::new(20));
    adapter.restore(Position::new(7));
    let (_writer, log) = adapter.open();
    assert_eq!(all(&*log), written[..7]);
    assert_incarnations(&*log, &written, &[(1, 0), (2, 20), (3, 7)]);
}

fn write(adapter: &mut dyn Restores, count: u64) -> Vec<Sequenced> {
    let (mut writer, _log) = adapter.open();
    let group = Author::new(adapter.log()).group(count);
    writer.append(&group).unwrap();
    group
}

/// The incarnations are these, by number and last inherited position, with the chains of these commits.
#[track_caller]
fn assert_incarnations(log: &dyn Read, commits: &[Sequenced], expected: &[(u32, u64)]) {
    let incarnations = log.incarnations();
    let chain = |after: Position| {
        let last = commits.iter().find(|commit| commit.position() == after);
        last.map_or(Chain::before_first(log.tip().log), Sequenced::chain)
    };
    let expected: Vec<IncarnationRecord> = expected
        .iter()
        .map(|(number, after)| IncarnationRecord {
            incarnation: Incarnation::new(*number),
            after: Position::new(*after),
            chain: chain(Position::new(*after)),
        })
        .collect();
    assert_eq!(incarnations.iter().copied().collect::<Vec<_>>(), expected);
    assert_eq!(incarnations.current(), log.tip().incarnation);
}
