//! Contract tests: queries by stream and by command.

use uuid::Uuid;

use super::{Adapter, Author};
use crate::{
    CommandKey, CommandScope, Extent, Position, Sequenced, StreamId, StreamKey, StreamKind, Version,
};

pub(super) fn streams_have_versions(adapter: &mut dyn Adapter) {
    let (mut writer, log) = adapter.open();
    let mut author = Author::new(adapter.log());
    let mut written = Vec::new();
    for _ in 0..20 {
        let group = author.group(15);
        writer.append(&group).unwrap();
        written.extend(group);
    }
    for number in 0..7 {
        let plan = Author::plan(number);
        let mine: Vec<Sequenced> = written
            .iter()
            .filter(|commit| commit.skim().unwrap().is_on(&plan))
            .cloned()
            .collect();
        let count = u64::try_from(mine.len()).unwrap();
        assert_eq!(log.stream_version(&plan).unwrap(), Version::new(count));
        assert!(!log.surely_lacks_stream(&plan));
        assert_eq!(log.stream(&plan, Version::ZERO, 1_000).unwrap(), mine);
        assert_eq!(
            log.stream(&plan, Version::new(11), 5).unwrap(),
            mine[10..15]
        );
        assert_eq!(
            log.stream(&plan, Version::new(count), 5).unwrap(),
            mine[mine.len() - 1..]
        );
        assert_eq!(log.stream(&plan, Version::new(count + 1), 5).unwrap(), []);
        assert_eq!(log.stream(&plan, Version::FIRST, 0).unwrap(), []);
        for (commit, version) in mine.iter().zip(1..) {
            let at = log.locate(&plan, Version::new(version)).unwrap();
            assert_eq!(at, Some(commit.position()));
        }
        let positions: Vec<Position> = mine.iter().map(Sequenced::position).collect();
        for (from, count_max) in [
            (0, 1_000),
            (1, 3),
            (11, 5),
            (count, 5),
            (count + 1, 5),
            (1, 0),
        ] {
            let skipped = usize::try_from(from).unwrap().saturating_sub(1);
            let expected: Vec<Position> = positions
                .iter()
                .skip(skipped)
                .take(count_max)
                .copied()
                .collect();
            let found = log.positions(&plan, Version::new(from), count_max).unwrap();
            assert_eq!(found, expected);
        }
        assert_eq!(log.locate(&plan, Version::new(count + 1)).unwrap(), None);
        assert_eq!(log.locate(&plan, Version::ZERO).unwrap(), None);
    }
}

pub(super) fn many_are_found_together(adapter: &mut dyn Adapter) {
    let (mut writer, log) = adapter.open();
    let mut author = Author::new(adapter.log());
    let (mut commands, mut streams) = (Vec::new(), Vec::new());
    for number in 0_u64..6 {
        let group = author.group(40);
        writer.append(&group).unwrap();
        for commit in &group {
            let skim = commit.skim().unwrap();
            commands.push((skim.tenant.to_owned(), skim.command));
            streams.push(skim.stream());
        }
        // Some that the log has not.
        let scope = CommandScope::Client;
        let id = Uuid::from_u128(900 + u128::from(number));
        commands.push(("acme".to_owned(), CommandKey { scope, id }));
        streams.push(Author::plan(1_000 + number));
    }
    // Not in the order of the log, and some twice.
    commands.reverse();
    commands.extend_from_within(..20);
    streams.reverse();
    let asked: Vec<_> = commands
        .iter()
        .map(|(tenant, key)| (&**tenant, *key))
        .collect();
    let found = log.commands(&asked).unwrap();
    let one_by_one = asked
        .iter()
        .map(|(tenant, key)| log.command(tenant, *key).unwrap());
    assert_eq!(found, one_by_one.collect::<Vec<_>>());
    assert!(found.iter().any(Option::is_none));
    let asked: Vec<&StreamId> = streams.iter().collect();
    let found = log.extents(&asked).unwrap();
    let one_by_one = asked.iter().map(|stream| Extent {
        first: log.locate(stream, Version::FIRST).unwrap(),
        last: log.stream_version(stream).unwrap(),
    });
    assert_eq!(found, one_by_one.collect::<Vec<_>>());
    assert_eq!(log.commands(&[]).unwrap(), []);
    assert_eq!(log.extents(&[]).unwrap(), []);
}

pub(super) fn commands_are_found_in_their_scope_and_tenant(adapter: &mut dyn Adapter) {
    let (mut writer, log) = adapter.open();
    let mut author = Author::new(adapter.log());
    let id = Uuid::from_u128(77);
    let mut asked = Vec::new();
    for (number, scope) in [(1, CommandScope::Client), (2, CommandScope::Outcome)] {
        for tenant in ["acme", "zenith"] {
            let key = StreamKey::Uuid(Uuid::from_u128(number));
            let stream = StreamId::new(tenant, StreamKind::Command, key);
            let mut proposal = author.proposal(stream, 20);
            proposal.command = CommandKey { scope, id };
            writer.append(&[author.sequence(&proposal)]).unwrap();
            writer.append(&author.group(40)).unwrap();
            asked.push((
                tenant,
                proposal.command,
                Position::new(author.tip().position.get() - 40),
            ));
        }
    }
    for (tenant, command, position) in asked {
        assert_eq!(log.command(tenant, command).unwrap(), Some(position));
        assert_eq!(log.command("other", command).unwrap(), None);
    }
    let never = CommandKey {
        scope: CommandScope::Engine,
        id,
    };
    assert_eq!(log.command("acme", never).unwrap(), None);
}

pub(super) fn a_stream_may_be_named(adapter: &mut dyn Adapter) {
    let (mut writer, log) = adapter.open();
    let mut author = Author::new(adapter.log());
    let named = |name: &str| {
        StreamId::new(
            "acme",
            StreamKind::Administrator,
            StreamKey::Name(name.into()),
        )
    };
    let longest = "é".repeat(crate::NAME_BYTES_MAX / 2);
    let group = [
        author.write(named("ada"), 5),
        author.write(named(&longest), 5),
    ];
    writer.append(&group).unwrap();
    assert_eq!(
        log.stream(&named("ada"), Version::FIRST, 9).unwrap(),
        group[..1]
    );
    assert_eq!(
        log.stream(&named(&longest), Version::FIRST, 9).unwrap(),
        group[1..]
    );
    assert_eq!(log.stream_version(&named("bob")).unwrap(), Version::ZERO);
}
