//! Coming to lead and ceasing to: which step follows which.

use plansync_log::replication::{LogStreamError, Proposed, Step, Takeover};

fn unknown() -> Proposed {
    Proposed::Unknown(LogStreamError::Unavailable {
        what: "the test".to_owned(),
        source: None,
    })
}

fn at_end() -> Takeover {
    let mut takeover = Takeover::new();
    takeover.followed_to_the_end(false);
    takeover
}

fn leads() -> Takeover {
    let mut takeover = at_end();
    takeover.proposed(&Proposed::Begun);
    takeover
}

#[test]
fn a_node_without_the_lease_follows() {
    assert_eq!(Takeover::new().next(false), Step::Follow);
    assert_eq!(at_end().next(false), Step::Follow);
}

#[test]
fn a_node_with_the_lease_follows_to_the_end_and_begins_a_term() {
    assert_eq!(Takeover::new().next(true), Step::CatchUp);
    assert_eq!(at_end().next(true), Step::BeginTerm);
    assert_eq!(leads().next(true), Step::Lead);
}

#[test]
fn a_term_that_did_not_begin_is_looked_for_in_the_log() {
    for proposed in [Proposed::Refused, unknown()] {
        let mut takeover = at_end();
        takeover.proposed(&proposed);
        assert_eq!(takeover.next(true), Step::CatchUp);
        takeover.followed_to_the_end(false);
        assert_eq!(takeover.next(true), Step::BeginTerm);
        takeover.proposed(&proposed);
        takeover.followed_to_the_end(true);
        assert_eq!(takeover.next(true), Step::Lead);
    }
}

#[test]
fn whoever_loses_the_lease_or_is_deposed_steps_down_for_good() {
    assert_eq!(leads().next(false), Step::StepDown);
    let mut takeover = leads();
    takeover.deposed();
    takeover.followed_to_the_end(true);
    takeover.proposed(&Proposed::Begun);
    assert_eq!(takeover.next(true), Step::StepDown);
    assert_eq!(takeover.next(false), Step::StepDown);
}
