//! Tests that the size of an ended sync does not depend on its components and learners.

use crate::command::Command;
use crate::ids::stream::Stream;
use crate::state::image::TenantImage;
use crate::sync::request::SyncKind::ChangesOnly;
use crate::test_support::sync::{OTHER, SOURCE, TARGET, open_record, remove, rename, request};
use crate::test_support::{Given, actor, session, sync};

fn image(given: &Given) -> Vec<u8> {
    rmp_serde::to_vec_named(&TenantImage::of(&given.tenant)).unwrap()
}

fn changed() -> Given {
    open_record().edited("alice", SOURCE, [rename(1, "New"), remove(2)])
}

fn started<const N: usize>(targets: [u128; N]) -> Given {
    changed().started("alice", 1, &request(ChangesOnly, [1, 2], targets))
}

fn cancelled(given: Given) -> Given {
    given.done(&actor("alice"), &Command::CancelSync { sync: sync(1) })
}

#[test]
fn an_ended_sync_takes_the_same_room_however_many_learners_it_went_to() {
    let lengths = |given: Given| {
        let completed = image(&given.clone().run(1)).len();
        let cancelled = image(&cancelled(given.worked(1))).len();
        (completed, cancelled)
    };
    let (one, two) = (started([TARGET]), started([TARGET, OTHER]));
    assert!(image(&one).len() < image(&two).len());
    assert_eq!(lengths(one), lengths(two));
}

#[test]
fn what_has_ended_is_the_same_after_it_was_kept() {
    for ended in [
        started([TARGET, OTHER]).run(1),
        cancelled(started([TARGET, OTHER]).worked(1)),
    ] {
        let state = |given: &Given| {
            let state = given.tenant.sync(sync(1)).unwrap();
            let facts = state.facts().clone();
            (facts, state.status(), state.done_count(), state.tally())
        };
        let mut again = ended.clone();
        again.tenant = TenantImage::of(&ended.tenant).restore().unwrap();
        assert_eq!(state(&again), state(&ended));
        let stream = Stream::Sync(sync(1));
        assert_eq!(ended.tenant.version_of(&stream), 2);
        assert_eq!(again.tenant.version_of(&stream), 2);
        assert_eq!(image(&again), image(&ended));
    }
}

#[test]
fn closed_records_leave_why_they_were_closed_and_nothing_more_of_the_latest_1024() {
    let opened_and_closed = |given: Given, numbers: std::ops::Range<u128>| {
        numbers.fold(given, |given, number| {
            let close = Command::CloseRecord {
                session: session(number),
            };
            given
                .opened("bob", OTHER, number)
                .done(&actor("bob"), &close)
        })
    };
    let few = opened_and_closed(changed(), 10..20);
    few.assert_refolds();
    let many = opened_and_closed(few, 20..10 + 1_024);
    let more = opened_and_closed(many.clone(), 2_000..2_010);
    assert_eq!(image(&more).len(), image(&many).len());
}
