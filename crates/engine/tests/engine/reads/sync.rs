//! Choosing, previewing and following a sync.

use plansync_domain::command::Command;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::{ProgrammeId, SyncId};
use plansync_domain::permission::Permission;
use plansync_domain::recent::change::RecentKind;
use plansync_domain::reference::learner::EnrolmentStatus;
use plansync_domain::selection::component_list::ComponentFilter;
use plansync_domain::selection::filter_values::{FilterField, ListedValue};
use plansync_domain::sync::request::{LearnerFilter, SyncKind, SyncRequest};
use plansync_domain::sync::status::SyncStatus;
use plansync_engine::read::{Preview, SyncQuery, Window};
use uuid::Uuid;

use super::{ALL, ask, enrolled, put_administrator, put_learner, refused};
use crate::stage::{PROGRAMME, SESSION, SOURCE, SYNC, Stage, component, sync, target};

fn request(kind: SyncKind) -> SyncRequest {
    let Command::StartSync { request, .. } = sync(kind) else {
        panic!("a start")
    };
    request
}

fn preview(stage: &Stage, kind: SyncKind) -> Preview {
    ask(stage, "sam", |reading| {
        reading.sync_preview(&request(kind), ALL)
    })
    .unwrap()
}

/// The college with a recent change on the source.
fn changed() -> Stage {
    let mut stage = Stage::college();
    stage.rename("New");
    stage.write();
    stage
}

#[test]
fn s1_every_component_of_the_programme_can_be_chosen_with_its_recent_change() {
    let stage = changed();
    let filter = ComponentFilter::default();
    let first = Window { skip: 0, take: 2 };
    let choices = ask(&stage, "sam", |reading| {
        reading.sync_components(SESSION, PROGRAMME, &filter, first)
    })
    .unwrap();
    assert_eq!((choices.recent, choices.components.total), (1, 3));
    let shown = choices.components.items.iter().map(|item| {
        let listed = &item.listed;
        (
            listed.component,
            listed.name.as_str(),
            listed.change,
            listed.preselected,
        )
    });
    let expected = [
        (component(0), "New", Some(RecentKind::Updated), true),
        (component(1), "Activity 1", None, false),
    ];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

#[test]
fn s5_learners_to_choose_are_those_of_the_programme_and_filters_list_their_values() {
    let mut stage = changed();
    let expired = enrolled("Learner", Some("north"), EnrolmentStatus::Expired);
    put_learner(&mut stage, target(0), expired);
    let on_break = enrolled("Ben", Some("north"), EnrolmentStatus::OnBreak);
    put_learner(&mut stage, target(4), on_break);
    ask(&stage, "sam", |reading| {
        let filter = LearnerFilter::default();
        let listed = reading
            .sync_learners(SESSION, PROGRAMME, &filter, ALL)
            .unwrap();
        let ids: Vec<_> = listed.items.iter().map(|item| item.learner).collect();
        assert_eq!(ids, [target(4), target(1), target(2), target(3)]);
        let field = FilterField::ProgrammeStatus;
        let values = reading
            .sync_filter_values(SESSION, PROGRAMME, field, "", ALL)
            .unwrap();
        let value = |value: &str, count| ListedValue {
            value: value.to_owned(),
            name: None,
            count,
        };
        assert_eq!(values.items, [value("active", 3), value("on_break", 1)]);
    });
}

#[test]
fn a_programme_that_the_source_is_not_on_cannot_be_chosen() {
    let stage = changed();
    let other = ProgrammeId::from_uuid(Uuid::from_u128(0xff));
    let missing = refused(Rejection::ProgrammeNotFound(other));
    ask(&stage, "sam", |reading| {
        let components = reading.sync_components(SESSION, other, &ComponentFilter::default(), ALL);
        assert_eq!(components.unwrap_err(), missing);
        let learners = reading.sync_learners(SESSION, other, &LearnerFilter::default(), ALL);
        assert_eq!(learners.unwrap_err(), missing);
    });
}

#[test]
fn m5_what_is_previewed_is_what_is_run() {
    for kind in [SyncKind::ChangesOnly, SyncKind::AllAttributes] {
        let mut stage = changed();
        let previewed = preview(&stage, kind);
        stage.next_as("sam", &sync(kind)).unwrap();
        stage.work();
        let snapshot = stage.whole();
        let run = snapshot.tenant.sync(SYNC).unwrap();
        assert_eq!(previewed.tally, run.tally());
        assert_eq!(previewed.digest, run.facts().digest);
    }
}

#[test]
fn m2_a_preview_counts_a_row_a_component_and_pages_only_the_rows() {
    let stage = changed();
    let previewed = preview(&stage, SyncKind::AllAttributes);
    assert_eq!(previewed.position, stage.engine.durable().current());
    assert_eq!((previewed.components, previewed.learners), (3, 5));
    assert_eq!(previewed.programme_name, "Business");
    let rows = previewed.rows.items.iter().map(|shown| {
        (
            shown.row.component,
            shown.row.synchronised,
            shown.row.unchanged,
        )
    });
    let expected = [
        (component(0), 5, 0),
        (component(1), 5, 5),
        (component(2), 5, 5),
    ];
    assert_eq!(rows.collect::<Vec<_>>(), expected);
    let second = Window { skip: 1, take: 1 };
    let asked = ask(&stage, "sam", |reading| {
        reading.sync_preview(&request(SyncKind::AllAttributes), second)
    });
    let part = asked.unwrap();
    assert_eq!(
        (part.rows.total, &part.rows.items[..]),
        (3, &previewed.rows.items[1..2])
    );
    assert_eq!(
        (part.digest, part.tally),
        (previewed.digest, previewed.tally)
    );
}

#[test]
fn t1_a_preview_is_refused_as_the_start_would_be() {
    let mut stage = Stage::college();
    let open = Command::OpenRecord {
        learner: SOURCE,
        session: SESSION,
    };
    stage.next_as("sam", &open).unwrap();
    stage.write();
    let asked = ask(&stage, "sam", |reading| {
        reading.sync_preview(&request(SyncKind::ChangesOnly), ALL)
    });
    assert_eq!(asked.unwrap_err(), refused(Rejection::NoRecentChanges));
}

#[test]
fn a_sync_is_followed_from_start_to_end() {
    let mut stage = changed();
    stage
        .next_as("sam", &sync(SyncKind::AllAttributes))
        .unwrap();
    stage.engine.work_step().unwrap();
    stage.write();
    let running = ask(&stage, "sam", |reading| reading.sync(SYNC)).unwrap();
    assert_eq!(
        (running.status, running.done, running.finished_at),
        (SyncStatus::Running, 2, None)
    );
    assert_eq!((running.components, running.learners), (3, 5));
    stage.work();
    let ended = ask(&stage, "sam", |reading| reading.sync(SYNC)).unwrap();
    assert_eq!((ended.status, ended.done), (SyncStatus::Completed, 5));
    assert_eq!((ended.components, ended.learners), (3, 5));
    assert_eq!(
        (
            ended.tally.applied,
            ended.tally.unchanged,
            ended.tally.updated
        ),
        (5, 10, 5)
    );
    assert!(ended.finished_at.unwrap() >= ended.started_at);
    stage.restart();
    assert_eq!(
        ask(&stage, "sam", |reading| reading.sync(SYNC)).unwrap(),
        ended
    );
}

#[test]
fn p11_syncs_are_listed_newest_first_to_those_who_may_read_them() {
    let mut stage = changed();
    put_administrator(&mut stage, "sue", Permission::Supervisor, "north");
    put_administrator(&mut stage, "ed", Permission::AdvancedDeliveryEdit, "north");
    let newer = SyncId::from_uuid(Uuid::from_u128(0x58));
    for id in [SYNC, newer] {
        let request = request(SyncKind::AllAttributes);
        stage
            .next_as("sam", &Command::StartSync { sync: id, request })
            .unwrap();
        stage.work();
    }
    let listed = |stage: &Stage, name, query: &SyncQuery| {
        let found = ask(stage, name, |reading| reading.syncs(query, ALL)).unwrap();
        assert_eq!(found.total, found.items.len());
        found.items.iter().map(|item| item.sync).collect::<Vec<_>>()
    };
    let all = SyncQuery::default();
    for name in ["system", "sam", "sue"] {
        assert_eq!(listed(&stage, name, &all), [newer, SYNC]);
    }
    assert_eq!(listed(&stage, "ed", &all), []);
    let by_sue = SyncQuery {
        requested_by: Some("sue".parse().unwrap()),
        ..SyncQuery::default()
    };
    assert_eq!(listed(&stage, "sam", &by_sue), []);
    let from_target = SyncQuery {
        source: Some(target(0)),
        ..SyncQuery::default()
    };
    assert_eq!(listed(&stage, "sam", &from_target), []);
    let no = ask(&stage, "ed", |reading| reading.sync(SYNC)).unwrap_err();
    assert_eq!(no, refused(Rejection::SyncNotFound(SYNC)));
    let hidden = enrolled("Learner", Some("south"), EnrolmentStatus::Active);
    put_learner(&mut stage, SOURCE, hidden);
    assert_eq!(listed(&stage, "sue", &all), []);
    assert_eq!(listed(&stage, "sam", &all), [newer, SYNC]);
}

#[test]
fn t6_the_change_set_is_read_back_from_the_log_once_the_sync_has_ended() {
    let mut stage = changed();
    put_administrator(&mut stage, "ed", Permission::AdvancedDeliveryEdit, "north");
    stage
        .next_as("sam", &sync(SyncKind::AllAttributes))
        .unwrap();
    stage.write();
    let entries = |stage: &Stage, window| {
        ask(stage, "sam", |reading| reading.sync_changes(SYNC, window)).unwrap()
    };
    let running = entries(&stage, ALL);
    let names: Vec<_> = running
        .entries
        .items
        .iter()
        .map(|entry| entry.name.as_str())
        .collect();
    assert_eq!(
        (running.entries.total, names),
        (3, vec!["New", "Activity 1", "Activity 2"])
    );
    stage.work();
    stage.restart();
    assert_eq!(entries(&stage, ALL), running);
    let second = entries(&stage, Window { skip: 1, take: 1 });
    assert_eq!((second.entries.total, second.digest), (3, running.digest));
    assert_eq!(second.entries.items, running.entries.items[1..2]);
    let no = ask(&stage, "ed", |reading| reading.sync_changes(SYNC, ALL)).unwrap_err();
    assert_eq!(no, refused(Rejection::SyncNotFound(SYNC)));
}
