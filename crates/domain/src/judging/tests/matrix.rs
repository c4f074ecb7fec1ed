//! Tests of every set of permissions in every case, compared with a table that was written from the
//! rules (P1–P6, P9): no expectation is computed.

use std::sync::Arc;

use crate::command::decided::Decided;
use crate::command::rejection::Rejection;
use crate::command::{Command, Edit};
use crate::decide::record;
use crate::event::{AdministratorPut, Event};
use crate::ids::Actor;
use crate::ids::stream::Stream;
use crate::judging::judge::Judge;
use crate::permission::Permission::{
    AdvancedDeliveryAdd, AdvancedDeliveryDelete, AdvancedDeliveryEdit, ComplianceQa,
    EditDeleteFinished, InternalVerifier, Supervisor,
};
use crate::permission::{Permission, PermissionReason, PermissionSet};
use crate::plan::status::Status;
use crate::reference::administrator::{Administrator, Groups};
use crate::selection::Selection;
use crate::sync::pair_outcome::{Outcome, PairOutcome, Reason};
use crate::sync::prepared::Prepared;
use crate::sync::request::SyncKind::{AllAttributes, ChangesOnly};
use crate::sync::request::SyncRequest;
use crate::test_support::sync::{
    SOURCE, TARGET, add, choosing, progress, remove, rename, request, set,
};
use crate::test_support::{
    Given, actor, administrator, attributes, component, given, learner, template_component,
};
use crate::values::attribute::Attribute;

const TABLE: &str = include_str!("matrix.txt");

/// Permissions by the letters of the table.
const LETTERS: [(char, Permission); 7] = [
    ('S', Supervisor),
    ('Q', ComplianceQa),
    ('V', InternalVerifier),
    ('A', AdvancedDeliveryAdd),
    ('E', AdvancedDeliveryEdit),
    ('D', AdvancedDeliveryDelete),
    ('F', EditDeleteFinished),
];

/// Pairs of components, of which the second of each is finished: 1 and 2 are renamed, 3 and 4
/// planned for QA, 5 and 6 both, 7 and 8 removed; 9 is added. Names differ from the template's
/// where they are to be taken over from it.
fn changed() -> Given {
    let template = [1, 2, 3, 4, 5, 6, 7, 8].map(|number| template_component(number, "assignment"));
    let own = [1, 2, 5, 6].map(|number| rename(number, "Own"));
    let finished = [2, 4, 6, 8].map(|number| progress(number, Status::Completed));
    let with_plans = given()
        .administrator("alice", [Supervisor])
        .programme(1)
        .template(1, template)
        .learner(SOURCE, [1])
        .instantiated(SOURCE)
        .learner(TARGET, [1])
        .instantiated(TARGET)
        .edited("system", TARGET, own)
        .edited("system", TARGET, finished.clone())
        .edited("system", SOURCE, finished);
    with_plans.opened("alice", SOURCE, 1).edited(
        "alice",
        SOURCE,
        [1, 2, 3, 4, 5, 6, 7, 8, 9].map(case),
    )
}

/// The change that the component of this number stands for.
fn case(number: u128) -> Edit {
    let planned = (Attribute::PlannedForQa, true.into());
    match number {
        1 | 2 => rename(number, "New"),
        3 | 4 => set(number, Attribute::PlannedForQa, true.into()),
        5 | 6 => Edit::Change {
            component: component(number),
            set: attributes([planned, (Attribute::Name, "New".into())]),
            reason: None,
        },
        7 | 8 => remove(number),
        _ => add(number),
    }
}

/// Alice holds these from now on.
fn holding(given: &Given, permissions: PermissionSet) -> Given {
    let put = AdministratorPut {
        administrator: administrator("alice"),
        record: Administrator {
            name: "Alice".into(),
            permissions,
            groups: Groups::All,
        },
    };
    let stream = Stream::Administrator(administrator("alice"));
    let event = Event::AdministratorPut(put);
    given.clone().commit(&Actor::System, &stream, &[event])
}

const fn letter_of(reason: PermissionReason) -> char {
    match reason {
        PermissionReason::AddNotPermitted => 'a',
        PermissionReason::EditNotPermitted => 'e',
        PermissionReason::EditFinishedNotPermitted => 'E',
        PermissionReason::DeleteNotPermitted => 'd',
        PermissionReason::DeleteFinishedNotPermitted => 'D',
        PermissionReason::SystemOnly
        | PermissionReason::AdministratorOnly
        | PermissionReason::ReadNotPermitted => '?',
    }
}

/// What comes of an edit by hand of the target's plan.
fn by_hand(given: &Given, edit: Edit) -> char {
    let command = Command::EditPlan {
        learner: learner(TARGET),
        expected_version: None,
        edits: vec![edit],
    };
    match given.when(&actor("alice"), &command).0 {
        Ok(Decided::Events { .. }) => '+',
        Err(Rejection::NotPermitted(reason)) => letter_of(reason),
        _ => '?',
    }
}

fn all_by_hand(given: &Given) -> String {
    let mut cases = [9, 1, 2, 3, 4, 5, 6, 7, 8].map(case).to_vec();
    cases.push(progress(2, Status::InProgress));
    cases.push(progress(1, Status::Completed));
    let letters = cases.into_iter().map(|edit| by_hand(given, edit));
    spaced(&letters.collect::<String>(), &[1, 2, 2, 2, 2, 2])
}

/// Whether Alice may ask for a sync, and is told the same on the open record.
fn ask(given: &Given, request: &SyncRequest) -> char {
    let told = record::can_sync(&given.tenant, &administrator("alice"));
    match (given.selected(request), told) {
        (Ok(_), true) => '+',
        (Err(Rejection::SyncNotPermitted), false) => 's',
        _ => '?',
    }
}

/// What a sync that was asked for does when it comes to this learner.
fn judged(given: &Given, selection: &Selection, of: u128) -> String {
    let values = given.tenant.values();
    let programme = crate::test_support::programme(1);
    let prepared = Prepared::new(programme, &selection.change_set, values);
    let mut judge = Judge::new(selection.terms.clone(), Arc::new(prepared));
    let judgement = judge.judge_target(&given.tenant, learner(of)).unwrap();
    judgement.pair_outcomes.iter().map(letter).collect()
}

fn letter(pair_outcome: PairOutcome) -> char {
    match pair_outcome.outcome() {
        Outcome::Applied if pair_outcome.rest_withheld().is_some() => 'q',
        Outcome::Applied => '+',
        Outcome::Unchanged => '=',
        Outcome::Skipped(Reason::AddNotPermitted) => 'a',
        Outcome::Skipped(Reason::EditNotPermitted) => 'e',
        Outcome::Skipped(Reason::EditFinishedNotPermitted) => 'E',
        Outcome::Skipped(Reason::DeleteNotPermitted) => 'd',
        Outcome::Skipped(Reason::DeleteFinishedNotPermitted) => 'D',
        Outcome::Skipped(_) => '?',
    }
}

/// Letters in groups of these sizes.
fn spaced(letters: &str, groups: &[usize]) -> String {
    let mut rest = letters;
    let mut words = Vec::new();
    for size in groups {
        let (word, more) = rest.split_at((*size).min(rest.len()));
        words.push(word);
        rest = more;
    }
    assert_eq!(rest, "", "{letters} is not {groups:?}");
    words.join(" ")
}

/// What comes of a sync of components 1 to 9, the one that is created first.
fn created_first(judged: &str) -> String {
    let (others, created) = judged.split_at(judged.len() - 1);
    spaced(&format!("{created}{others}"), &[1, 2, 2, 2, 2])
}

#[test]
fn p1_p2_p3_p4_p5_p6_p9_every_set_of_permissions_may_do_what_the_table_says() {
    let world = changed();
    let changes = request(ChangesOnly, [1, 2, 3, 4, 5, 6, 7, 8, 9], [TARGET]);
    let all = request(AllAttributes, [1, 2, 3, 4, 5, 6, 7, 8, 9], [TARGET]);
    let chosen = choosing(
        request(AllAttributes, [1, 2, 3, 4, 5, 6], [TARGET]),
        [Attribute::Name],
    );
    let selections = [&changes, &all, &chosen].map(|request| world.selected(request).unwrap());
    let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    for number in 0..128_u8 {
        let line = lines.next().unwrap_or("no line");
        let is_held = |index: usize| number & (0b100_0000 >> index) != 0;
        let held = LETTERS
            .iter()
            .enumerate()
            .map(|(index, (letter, permission))| is_held(index).then_some((*letter, *permission)));
        let held: Vec<_> = held.collect();
        let set: String = held
            .iter()
            .map(|held| held.map_or('-', |held| held.0))
            .collect();
        let given = holding(&world, held.iter().flatten().map(|held| held.1).collect());
        let [by_changes, by_all, by_template] =
            [0, 1, 2].map(|index| judged(&given, &selections[index], TARGET));
        let found = [
            set,
            all_by_hand(&given),
            ask(&given, &changes).to_string(),
            created_first(&by_changes),
            created_first(&by_all),
            spaced(&by_template, &[2, 2, 2]),
        ];
        assert_eq!(found.join("  "), line);
        // T3: the source is bound by the same permissions.
        assert_eq!(judged(&given, &selections[2], SOURCE), by_template);
    }
    assert_eq!(lines.next(), None);
}
