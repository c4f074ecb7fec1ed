//! `audit.read`.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::permission::PermissionReason;
use plansync_engine::{Decided, Refusal};
use plansync_log::Position;

use super::history::History;
use crate::reads::{ask, refused};

fn read(history: &History, from: u64, limit: usize) -> Vec<Decided> {
    let (mut all, mut from) = (Vec::new(), Position::new(from));
    let tip = history.commits.last().unwrap().commit.position;
    while from <= tip {
        let part = ask(&history.stage, "system", |reading| {
            reading.audit_read(from, limit)
        })
        .unwrap();
        assert!(part.items.len() <= limit && part.next > from);
        all.extend(part.items);
        from = part.next;
    }
    assert_eq!(from, tip.next());
    all
}

#[test]
fn the_whole_log_of_the_tenant_is_read_in_parts_of_any_size() {
    let history = History::of(10);
    let whole: Vec<_> = history.seen_by("system").cloned().collect();
    assert!(whole.len() < history.commits.len(), "no other tenant");
    for limit in [1, 2, 500] {
        assert_eq!(read(&history, 1, limit), whole);
    }
    let middle = u64::try_from(history.commits.len() / 2).unwrap();
    let rest = whole
        .iter()
        .filter(|one| one.commit.position.get() >= middle);
    assert_eq!(read(&history, middle, 3), rest.cloned().collect::<Vec<_>>());
}

#[test]
fn only_system_reads_the_log_and_nobody_what_it_does_not_have() {
    let history = History::of(11);
    let asked = |reader, from| {
        ask(&history.stage, reader, |reading| {
            reading.audit_read(Position::new(from), 10)
        })
        .map(|_| ())
    };
    let system_only = refused(Rejection::NotPermitted(PermissionReason::SystemOnly));
    assert_eq!(asked("sam", 1), Err(system_only));
    let tip = history.commits.last().unwrap().commit.position.get();
    assert_eq!(asked("system", tip + 1), Ok(()));
    match asked("system", tip + 2) {
        Err(Refusal::Rejected(Rejection::InvalidRequest { path, .. })) => assert_eq!(path, "from"),
        answer => panic!("{answer:?}"),
    }
}
