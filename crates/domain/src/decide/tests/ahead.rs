//! Tests of a start that was decided on a snapshot: which changes leave the decision valid, and
//! which do not.

use crate::command::Command;
use crate::command::decided::Decided;
use crate::decide::sync::still_starts;
use crate::permission::Permission;
use crate::reference::settings::OwnerRule;
use crate::sync::request::SyncKind;
use crate::test_support::sync::{OTHER, SOURCE, TARGET, everything, open_record, rename};
use crate::test_support::{Given, actor, session, sync, template_component};

/// Whether Alice's start of sync 1 is sure to come to the same after this as before it.
#[track_caller]
fn still(change: impl FnOnce(Given) -> Given) -> bool {
    let then = open_record().edited("alice", SOURCE, [rename(1, "New")]);
    let start = Command::StartSync {
        sync: sync(1),
        request: everything(SyncKind::AllAttributes),
    };
    let decided = then.when(&actor("alice"), &start).0;
    let Ok(Decided::Sync { accepted, .. }) = &decided else {
        panic!("{decided:?}");
    };
    let tenant = then.tenant.clone();
    let now = change(then);
    let still = still_starts(&tenant, &now.tenant, &now.limits, accepted);
    if still {
        assert_eq!(now.when(&actor("alice"), &start).0, decided);
    }
    still
}

#[test]
fn a_start_stays_as_decided_while_others_work_on_other_plans() {
    assert!(still(|given| given));
    assert!(still(|given| {
        let given = given.edited("bob", TARGET, [rename(1, "Other")]);
        let given = given.opened("bob", OTHER, 2).opened("alice", OTHER, 3);
        given.edited("alice", OTHER, [rename(2, "Third")])
    }));
    assert!(still(|given| {
        let mut of_bob = everything(SyncKind::AllAttributes);
        of_bob.session = session(2);
        given.opened("bob", OTHER, 2).started("bob", 2, &of_bob)
    }));
}

#[test]
fn a_start_is_decided_again_where_something_moved_that_it_goes_by() {
    let close = Command::CloseRecord {
        session: session(1),
    };
    assert!(!still(|given| given.edited(
        "bob",
        SOURCE,
        [rename(2, "Source")]
    )));
    assert!(!still(|given| given.settings(false, OwnerRule::Keep)));
    assert!(!still(
        |given| given.administrator("alice", [Permission::ComplianceQa])
    ));
    assert!(!still(|given| given.learner(4, [1])));
    assert!(!still(|given| given.learner(TARGET, [])));
    assert!(!still(|given| given.programme(2)));
    assert!(!still(
        |given| given.template(1, [template_component(9, "exam")])
    ));
    assert!(!still(|given| given.done(&actor("alice"), &close)));
}

#[test]
fn a_start_is_decided_again_where_another_sync_came_first() {
    let all = everything(SyncKind::AllAttributes);
    assert!(
        !still(|given| given.started("alice", 1, &all)),
        "the same id"
    );
    assert!(
        !still(|given| given.started("alice", 2, &all)),
        "the same session"
    );
    assert!(!still(|mut given| {
        given.limits.tenant_running_syncs = 0;
        given
    }));
}
