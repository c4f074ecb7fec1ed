//! Tests of queries about a sync: which targets are done, which is the source, how many run.

use crate::command::Command;
use crate::event::Event;
use crate::event::sync::ChangeSetChunk;
use crate::ids::Actor;
use crate::ids::stream::Stream;
use crate::progress::state::SyncState;
use crate::recent::change::RecentKind;
use crate::state::compact::Compaction;
use crate::state::image::TenantImage;
use crate::sync::request::SyncKind::{self, AllAttributes, ChangesOnly, SelectedAttributes};
use crate::sync::status::SyncStatus;
use crate::test_support::sync::{
    OTHER, SOURCE, TARGET, choosing, everything, open_record, remove, rename, request,
};
use crate::test_support::{Given, actor, administrator, learner, sync};
use crate::values::attribute::Attribute;

fn started() -> Given {
    open_record()
        .edited("alice", SOURCE, [rename(1, "New"), remove(2)])
        .started("alice", 1, &request(ChangesOnly, [1, 2], [TARGET, OTHER]))
}

fn state(given: &Given) -> &SyncState {
    given.tenant.sync(sync(1)).unwrap()
}

#[test]
fn names_are_those_of_the_wire() {
    let kinds = [ChangesOnly, AllAttributes, SelectedAttributes].map(SyncKind::name);
    assert_eq!(
        kinds,
        ["changes_only", "all_attributes", "selected_attributes"]
    );
    let statuses = [
        SyncStatus::Running,
        SyncStatus::Completed,
        SyncStatus::Cancelled,
    ];
    assert_eq!(
        statuses.map(SyncStatus::name),
        ["running", "completed", "cancelled"]
    );
}

#[test]
fn i3_who_is_done_is_known_until_a_sync_ends_and_how_many_for_good() {
    let targets = |given: &Given| state(given).targets().map(Iterator::collect::<Vec<_>>);
    let counts = |given: &Given| {
        let facts = state(given).facts();
        (facts.components, facts.learners, state(given).done_count())
    };
    let expected = |is_done: [bool; 2]| {
        let learners = [TARGET, OTHER].map(learner);
        Some(learners.into_iter().zip(is_done).collect::<Vec<_>>())
    };
    let given = started();
    assert_eq!(
        (counts(&given), targets(&given)),
        ((2, 2, 0), expected([false; 2]))
    );
    let given = given.worked(1);
    assert_eq!(targets(&given), expected([true, false]));
    let cancelled = given
        .clone()
        .done(&actor("alice"), &Command::CancelSync { sync: sync(1) });
    assert_eq!(state(&cancelled).status(), SyncStatus::Cancelled);
    assert_eq!((counts(&cancelled), targets(&cancelled)), ((2, 2, 1), None));
    let completed = given.worked(1);
    let completion = state(&completed).completion().unwrap();
    let stream = Stream::Sync(sync(1));
    let completed = completed.commit(
        &actor("alice"),
        &stream,
        &[Event::SyncCompleted(completion)],
    );
    assert_eq!((counts(&completed), targets(&completed)), ((2, 2, 2), None));
}

#[test]
fn t3_the_source_is_told_from_the_learners_where_it_is_updated() {
    let of = |kind: SyncKind| {
        let request = request(kind, [1], [TARGET]);
        let request = if kind == SelectedAttributes {
            choosing(request, [Attribute::Name])
        } else {
            request
        };
        let given = open_record()
            .edited("alice", SOURCE, [rename(1, "New")])
            .started("alice", 1, &request);
        [SOURCE, TARGET].map(|number| state(&given).is_updated_source(learner(number)))
    };
    assert_eq!(of(SelectedAttributes), [true, false]);
    assert_eq!(of(ChangesOnly), [false, false]);
}

#[test]
fn running_syncs_count_for_whoever_asked() {
    let given = started().started("alice", 2, &everything(AllAttributes));
    let count = |name: &str| given.tenant.syncs.running_count_of(&administrator(name));
    assert_eq!([count("alice"), count("bob")], [2, 0]);
}

fn chunk_of(given: &Given) -> Event {
    Event::ChangeSetChunk(ChangeSetChunk {
        sync: sync(1),
        index: 0,
        entries: state(given).change_set().entries().to_vec(),
    })
}

#[test]
fn chunks_without_their_acceptance_are_inert_and_wait_for_it() {
    let chunk = chunk_of(&started());
    let stream = Stream::Sync(sync(1));
    let waiting = open_record()
        .edited("alice", SOURCE, [rename(1, "New"), remove(2)])
        .commit(&actor("alice"), &stream, &[chunk]);
    // An acceptance that names no chunk has none, whatever was left under its id.
    let other = waiting
        .clone()
        .started("alice", 1, &request(ChangesOnly, [1], [TARGET]));
    assert_eq!(state(&other).facts().components, 1);
    // What is kept of a state has them, for the acceptance that names them.
    let acceptance = started().commits.pop().unwrap().2;
    let [Event::SyncAccepted(mut accepted)] = <[_; 1]>::try_from(acceptance).unwrap() else {
        panic!("it was not accepted last");
    };
    accepted.chunks = 1;
    accepted.entries = Vec::new();
    let mut kept = waiting;
    kept.tenant = TenantImage::of(&kept.tenant).restore().unwrap();
    let kept = kept.commit(&actor("alice"), &stream, &[Event::SyncAccepted(accepted)]);
    assert_eq!(state(&kept).facts().components, 2);
}

#[test]
fn chunks_that_something_else_follows_are_not_kept() {
    let chunk = chunk_of(&started());
    let stream = Stream::Sync(sync(1));
    let waiting = open_record().edited("alice", SOURCE, [rename(1, "New"), remove(2)]);
    let empty = rmp_serde::to_vec_named(&TenantImage::of(&waiting.tenant)).unwrap();
    let waiting = waiting.commit(&actor("alice"), &stream, &[chunk]);
    let over = waiting.commit(&Actor::System, &Stream::Tenant, &[]);
    let kept = rmp_serde::to_vec_named(&TenantImage::of(&over.tenant)).unwrap();
    // The version of the stream, which goes on with the next attempt, is all that there is more.
    assert!(
        kept.len() < empty.len() + 64,
        "{} {}",
        kept.len(),
        empty.len()
    );
    assert_eq!(over.tenant.version_of(&stream), 1);
}

#[test]
fn what_runs_goes_on_where_the_values_begin_anew() {
    let mut given = started();
    let before = given.tenant.clone();
    Compaction::of(&before).onto(&mut given.tenant);
    for number in [SOURCE, TARGET, OTHER] {
        assert!(
            given.tenant.plans().version(learner(number)) > crate::ids::version::Version::default()
        );
    }
    let after = given.tenant.sync(sync(1)).unwrap();
    let steps = |state: &SyncState| state.prepared().steps().len();
    assert_eq!(steps(after), 2);
    let renamed = |state: &SyncState| std::sync::Arc::as_ptr(state.prepared());
    assert_ne!(renamed(after), renamed(before.sync(sync(1)).unwrap()));
}

#[test]
fn c5_what_was_deleted_comes_last_in_every_list() {
    let given = open_record().edited("alice", SOURCE, [remove(1), rename(2, "New")]);
    let mut changes = given.recent(1);
    changes.sort_by_key(crate::recent::change::RecentChange::place);
    let kinds: Vec<RecentKind> = changes.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [RecentKind::Updated, RecentKind::Deleted]);
}
