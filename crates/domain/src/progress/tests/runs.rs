//! Tests of a running sync: done targets, counts, its end, and who may read it.

use crate::command::Command;
use crate::command::decided::Decided;
use crate::command::rejection::Rejection;
use crate::event::Event;
use crate::event::command_outcome::CommandOutcome;
use crate::event::sync::{ChangeSetChunk, SyncCancelled};
use crate::ids::Actor;
use crate::ids::stream::Stream;
use crate::permission::Permission;
use crate::progress::state::SyncState;
use crate::sync::change_set::ChangeSet;
use crate::sync::pair_outcomes::Tally;
use crate::sync::request::SyncKind::{AllAttributes, ChangesOnly};
use crate::sync::status::SyncStatus;
use crate::test_support::sync::{
    OTHER, SOURCE, TARGET, add, everything, open_record, remove, rename, request,
};
use crate::test_support::{Given, active, actor, learner, sync};

fn state(given: &Given) -> &SyncState {
    given.tenant.sync(sync(1)).unwrap()
}

/// An edit, a creation and a deletion on their way to learners 2 and 3; one edit is there already.
fn three_changes() -> Given {
    open_record()
        .edited("bob", OTHER, [rename(1, "New")])
        .edited("alice", SOURCE, [rename(1, "New"), remove(2), add(7)])
        .started("alice", 1, &everything(ChangesOnly))
}

#[test]
fn counts_are_of_pairs_and_of_what_applied_pairs_did() {
    let given = three_changes();
    assert_eq!(
        state(&given).waiting().collect::<Vec<_>>(),
        [TARGET, OTHER].map(learner)
    );

    let given = given.worked(1);
    let half = Tally {
        applied: 3,
        unchanged: 0,
        skipped: 1,
        created: 1,
        updated: 1,
        deleted: 1,
    };
    assert_eq!(
        (state(&given).tally(), state(&given).done_count()),
        (half, 1)
    );
    assert!(state(&given).completion().is_none());

    let given = given.run(1);
    let whole = Tally {
        applied: 5,
        unchanged: 1,
        skipped: 2,
        created: 2,
        updated: 1,
        deleted: 2,
    };
    assert_eq!(
        (state(&given).tally(), state(&given).done_count()),
        (whole, 2)
    );
    assert_eq!(state(&given).status(), SyncStatus::Completed);
    assert_eq!(given.tenant.running_syncs().count(), 0);
}

#[test]
fn t7_one_target_is_all_or_nothing_and_targets_are_independent() {
    let given = three_changes().learner(TARGET, []).run(1);

    assert!(given.on_plan(7, TARGET).is_none());
    assert!(given.on_plan(7, OTHER).is_some());
    let tally = state(&given).tally();
    assert_eq!((tally.applied, tally.skipped), (2, 5));
}

#[test]
fn p11_cancelling_leaves_the_waiting_targets_alone() {
    let given = three_changes().worked(1);
    let cancel = Command::CancelSync { sync: sync(1) };
    let tally = Tally {
        applied: 3,
        unchanged: 0,
        skipped: 5,
        created: 1,
        updated: 1,
        deleted: 1,
    };
    let cancelled = Event::SyncCancelled(SyncCancelled {
        sync: sync(1),
        done: 1,
        tally,
    });

    given
        .when(&actor("alice"), &cancel)
        .then(Stream::Sync(sync(1)), [cancelled]);

    let given = given.done(&actor("alice"), &cancel);
    assert_eq!(state(&given).waiting().count(), 0);
    assert_eq!(
        (state(&given).tally(), state(&given).done_count()),
        (tally, 1)
    );
    assert!(state(&given).targets().is_none());
    let again = CommandOutcome::Cancel {
        state: SyncStatus::Cancelled,
    };
    given.when(&actor("alice"), &cancel).then_unchanged(again);
}

#[test]
fn p11_cancelling_what_has_ended_changes_nothing() {
    let given = three_changes().run(1);
    let cancel = Command::CancelSync { sync: sync(1) };

    let ended = CommandOutcome::Cancel {
        state: SyncStatus::Completed,
    };
    given.when(&Actor::System, &cancel).then_unchanged(ended);
}

#[test]
fn p11_a_sync_is_read_by_who_asked_by_p1_who_sees_its_source_and_by_system() {
    let given = three_changes()
        .administrator("carol", [Permission::AdvancedDeliveryEdit])
        .administrator_of(
            "dave",
            [Permission::Supervisor],
            crate::reference::administrator::Groups::Listed([].into()),
        )
        .learner_as(SOURCE, |record| {
            record.enrolments = vec![active(1)];
            record.groups = vec!["north".parse().unwrap()];
        });
    let cancel = Command::CancelSync { sync: sync(1) };
    let may = |by: &Actor| match given.when(by, &cancel).0 {
        Ok(Decided::Events { .. }) => true,
        Err(rejection) => {
            assert_eq!(rejection, Rejection::SyncNotFound(sync(1)));
            false
        }
        other => panic!("{other:?}"),
    };

    let readers = ["alice", "bob", "carol", "dave"].map(|name| may(&actor(name)));
    assert_eq!(readers, [true, true, false, false]);
    assert!(may(&Actor::System));
}

#[test]
fn syncs_are_listed_newest_first() {
    let given = open_record()
        .started("alice", 1, &everything(AllAttributes))
        .started("alice", 2, &everything(AllAttributes));

    let listed: Vec<_> = given.tenant.syncs().iter().map(SyncState::id).collect();

    assert_eq!(listed, [sync(2), sync(1)]);
}

#[test]
fn a_change_set_in_chunks_is_the_same_and_an_attempt_without_acceptance_is_void() {
    let given = open_record().edited("alice", SOURCE, [rename(1, "New"), remove(2)]);
    let request = request(ChangesOnly, [1, 2, 3], [TARGET]);
    let start = Command::StartSync {
        sync: sync(1),
        request,
    };
    let Ok(Decided::Sync {
        change_set,
        mut accepted,
    }) = given.when(&actor("alice"), &start).0
    else {
        panic!("refused");
    };
    let [first, second, third] = change_set.entries().to_vec().try_into().unwrap();
    let chunk = |index, entry| {
        Event::ChangeSetChunk(ChangeSetChunk {
            sync: sync(1),
            index,
            entries: vec![entry],
        })
    };
    let (alice, stream) = (actor("alice"), Stream::Sync(sync(1)));
    accepted.chunks = 2;
    accepted.entries = vec![third.clone()];

    let given = given
        .commit(&alice, &stream, &[chunk(0, third)])
        .commit(&alice, &stream, &[chunk(0, first)])
        .commit(&alice, &stream, &[chunk(1, second)])
        .commit(&alice, &stream, &[Event::SyncAccepted(accepted)]);

    assert_eq!(**state(&given).change_set(), change_set);
    assert_eq!(state(&given).facts().accepted_version, 4);
}

#[test]
fn a_change_set_is_the_same_after_the_log() {
    let given = open_record().edited("alice", SOURCE, [rename(1, "New"), remove(2), add(7)]);

    for kind in [ChangesOnly, AllAttributes] {
        let change_set = given.selected(&everything(kind)).unwrap().change_set;
        let bytes = rmp_serde::to_vec_named(&change_set).unwrap();
        assert_eq!(
            rmp_serde::from_slice::<ChangeSet>(&bytes).unwrap(),
            change_set
        );
    }
}
