//! Tests of which parts of a sync touch the record that it was started from (C6).

use crate::decide::idle::due;
use crate::sync::request::SyncKind::SelectedAttributes;
use crate::test_support::sync::{SOURCE, TARGET, choosing, open_record, rename, request};
use crate::test_support::{Given, learner, session, template_component};
use crate::values::attribute::Attribute;

/// Whether session 1 is due so many hours later.
fn is_due_after(given: &Given, hours: u16) -> bool {
    let later = given.clone().hours_later(hours);
    due(&later.tenant, later.now, 9).any(|closed| closed.session == session(1))
}

#[test]
fn c6_a_sync_from_it_is_a_touch_and_what_it_does_later_is_none() {
    let by_template = choosing(
        request(SelectedAttributes, [1], [TARGET]),
        [Attribute::Name],
    );
    let started = open_record()
        .template(1, [template_component(1, "assignment")])
        .edited("bob", SOURCE, [rename(1, "Old")])
        .hours_later(20)
        .started("alice", 1, &by_template);
    assert!(!is_due_after(&started, 23));
    assert!(is_due_after(&started, 24));

    let version = started.tenant.plan(learner(SOURCE)).version();
    let run = started.hours_later(10).run(1);
    assert!(run.tenant.plan(learner(SOURCE)).version() > version);
    assert!(!is_due_after(&run, 13));
    assert!(is_due_after(&run, 14));
}
