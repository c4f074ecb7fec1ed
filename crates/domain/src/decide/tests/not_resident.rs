//! Tests that a rule which needs a plan that is not resident names the learner and decides nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::command::Command;
use crate::command::undecided::Undecided;
use crate::decide::decide;
use crate::plan::not_resident::NotResident;
use crate::preview::explain::{Explanation, Side};
use crate::preview::summary::preview;
use crate::selection::source::Source;
use crate::state::fetch::evict_plan;
use crate::sync::request::SyncKind::AllAttributes;
use crate::test_support::sync::{OTHER, SOURCE, TARGET, open_record, rename, request};
use crate::test_support::{Given, actor, component, learner, programme, session, sync};

fn changed() -> Given {
    open_record().edited("alice", SOURCE, [rename(1, "New")])
}

fn without(mut given: Given, number: u128) -> Given {
    evict_plan(&mut given.tenant, learner(number));
    given
}

fn not_resident(number: u128) -> NotResident {
    let learner = learner(number);
    NotResident { learner }
}

#[test]
fn a_command_is_undecided_while_its_plan_is_not_resident() {
    let given = without(changed(), SOURCE);
    let commands = [
        Command::EditPlan {
            learner: learner(SOURCE),
            expected_version: None,
            edits: vec![rename(1, "Newer")],
        },
        Command::InstantiatePlan {
            learner: learner(SOURCE),
            programme: programme(1),
        },
        Command::StartSync {
            sync: sync(1),
            request: request(AllAttributes, [1], [TARGET]),
        },
    ];
    for command in commands {
        let alice = actor("alice");
        let decided = decide(&given.tenant, &given.context(&alice), &command);
        assert_eq!(
            decided,
            Err(Undecided::NotResident(not_resident(SOURCE))),
            "{command:?}"
        );
    }
    let session = given.tenant.session(session(1)).unwrap();
    let changes = session.recent_changes(&Arc::default(), given.tenant.values());
    assert_eq!(changes, Err(not_resident(SOURCE)));
    let alice = actor("alice");
    let source = Source::of_session(&given.tenant, &alice, crate::test_support::session(1));
    assert_eq!(
        source.unwrap_err(),
        Undecided::NotResident(not_resident(SOURCE))
    );
}

#[test]
fn a_target_is_not_judged_while_its_plan_is_not_resident() {
    let given = changed();
    let selection = given
        .selected(&request(AllAttributes, [1], [TARGET, OTHER]))
        .unwrap();
    let given = without(given, OTHER);
    let shown = preview(&given.tenant, programme(1), &selection);
    assert_eq!(shown, Err(not_resident(OTHER)));
    let explained = Explanation::new(
        &given.tenant,
        programme(1),
        &selection,
        component(1),
        Side::Synchronised,
        &BTreeMap::new(),
    );
    assert_eq!(
        explained.unwrap_err(),
        Undecided::NotResident(not_resident(OTHER))
    );
}
