//! How far a sync is, as it is asked about: who is done, who is the source, how many run.

use super::kit::{
    OTHER, SOURCE, TARGET, choosing, everything, open_record, remove, rename, request,
};
use crate::attribute::Attribute;
use crate::command::Command;
use crate::compact::Compaction;
use crate::event::Event;
use crate::image::TenantImage;
use crate::kit::{Given, actor, administrator, learner, sync};
use crate::recent::RecentKind;
use crate::request::SyncKind::{self, AllAttributes, ChangesOnly, SelectedAttributes};
use crate::stream::Stream;
use crate::sync_event::ChangeSetChunk;
use crate::sync_state::{SyncState, SyncStatus};

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
fn i3_who_is_done_is_known_before_and_after_a_sync_ends() {
    let is_done =
        |given: &Given| [TARGET, OTHER].map(|number| state(given).is_done(learner(number)));
    let given = started();
    assert_eq!(
        (state(&given).component_count(), is_done(&given)),
        (2, [false; 2])
    );
    let given = given.worked(1);
    assert_eq!(is_done(&given), [true, false]);
    let cancelled = given
        .clone()
        .done(&actor("alice"), &Command::CancelSync { sync: sync(1) });
    assert_eq!(state(&cancelled).status(), SyncStatus::Cancelled);
    assert_eq!(is_done(&cancelled), [true, false]);
    let completed = given.worked(1);
    let completion = state(&completed).completion().unwrap();
    let stream = Stream::Sync(sync(1));
    let completed = completed.commit(
        &actor("alice"),
        &stream,
        &[Event::SyncCompleted(completion)],
    );
    assert_eq!(
        (state(&completed).component_count(), is_done(&completed)),
        (2, [true; 2])
    );
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
    assert_eq!(state(&other).component_count(), 1);
    // What is kept of a state has them, for the acceptance that names them.
    let mut accepted = started().tenant.sync(sync(1)).unwrap().accepted().clone();
    accepted.chunks = 1;
    accepted.entries = Vec::new();
    let mut kept = waiting;
    kept.tenant = TenantImage::of(&kept.tenant).restore();
    let kept = kept.commit(&actor("alice"), &stream, &[Event::SyncAccepted(accepted)]);
    assert_eq!(state(&kept).component_count(), 2);
}

#[test]
fn what_runs_goes_on_where_the_values_begin_anew() {
    let mut given = started();
    let before = given.tenant.clone();
    Compaction::of(&before).onto(&mut given.tenant);
    for number in [SOURCE, TARGET, OTHER] {
        assert!(given.tenant.plans().version(learner(number)) > crate::version::Version::default());
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
    changes.sort_by_key(crate::recent::RecentChange::place);
    let kinds: Vec<RecentKind> = changes.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [RecentKind::Updated, RecentKind::Deleted]);
}
