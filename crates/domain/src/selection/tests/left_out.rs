//! Tests of what leaves a learner out of a selection (S4–S6, S8): told of the records, it agrees with the
//! list of learners.

use crate::ids::Group;
use crate::reference::administrator::Groups;
use crate::reference::learner::{Enrolment, EnrolmentStatus, Learner};
use crate::selection::learner_list;
use crate::selection::left_out::{Choosing, LeftOut};
use crate::selection::source::Source;
use crate::sync::request::{LearnerFilter, Learners, SyncKind, SyncRequest};
use crate::test_support::sync::{SOURCE, TARGET, everything, open_record};
use crate::test_support::{Given, active, actor, administrator, learner, programme, session};

fn group(name: &str) -> Group {
    name.parse().unwrap()
}

/// Everybody, as Alice may request it who views the north.
fn requested(learners: Learners) -> SyncRequest {
    SyncRequest {
        learners,
        ..everything(SyncKind::AllAttributes)
    }
}

fn college(record: impl FnOnce(&mut Learner)) -> Given {
    let north = Groups::Listed([group("north")].into());
    open_record()
        .administrator_of("alice", [crate::permission::Permission::Supervisor], north)
        .learner_as(TARGET, |learner| {
            learner.name = "Zoë Berg".into();
            learner.groups = vec![group("north")];
            learner.tutors = vec![administrator("tom")];
            learner.enrolments = vec![active(1)];
            record(learner);
        })
}

/// What leaves a learner out; it is checked against the list.
#[track_caller]
fn left_out(given: &Given, number: u128, learners: Learners) -> Vec<LeftOut> {
    let request = requested(learners);
    let alice = actor("alice");
    let source = Source::of_session(&given.tenant, &alice, session(1)).unwrap();
    let choosing = Choosing {
        request: &request,
        source: source.learner,
        administrator: given.tenant.administrator(&administrator("alice")),
    };
    let found = choosing.leaves_out(learner(number), given.tenant.learner(learner(number)));
    let filter = match &request.learners {
        Learners::Listed(_) => return found,
        Learners::All => LearnerFilter::default(),
        Learners::Filtered(filter) => filter.clone(),
    };
    let all = learner_list::all(&source, programme(1), &filter);
    assert_eq!(all.contains(&learner(number)), found.is_empty());
    found
}

fn filtered(change: impl FnOnce(&mut LearnerFilter)) -> Learners {
    let mut filter = LearnerFilter::default();
    change(&mut filter);
    Learners::Filtered(filter)
}

#[test]
fn s8_a_list_leaves_out_whom_it_does_not_name() {
    let given = college(|_| ());
    let listed = |number| Learners::Listed(vec![learner(number)]);
    assert_eq!(left_out(&given, TARGET, listed(TARGET)), []);
    assert_eq!(left_out(&given, TARGET, listed(9)), [LeftOut::NotListed]);
    assert_eq!(left_out(&given, 77, listed(77)), []);
}

#[test]
fn s5_each_rule_leaves_out_by_itself() {
    let all = || Learners::All;
    assert_eq!(left_out(&college(|_| ()), TARGET, all()), []);
    assert_eq!(left_out(&college(|_| ()), SOURCE, all()), [LeftOut::Source]);
    assert_eq!(left_out(&college(|_| ()), 77, all()), [LeftOut::Unknown]);
    let south = college(|learner| learner.groups.push(group("south")));
    assert_eq!(left_out(&south, TARGET, all()), [LeftOut::NotSeen]);
    let nowhere = college(|learner| learner.enrolments.clear());
    assert_eq!(left_out(&nowhere, TARGET, all()), [LeftOut::NotOnProgramme]);
    for status in EnrolmentStatus::ALL {
        let given = college(|learner| {
            let programme = programme(1);
            learner.enrolments = vec![Enrolment { programme, status }];
        });
        let over = status.is_excluded();
        let expected = over.then_some(LeftOut::ProgrammeStatusExcluded);
        let expected: Vec<_> = expected.into_iter().collect();
        assert_eq!(left_out(&given, TARGET, all()), expected, "{status}");
    }
}

#[test]
fn s5_each_filter_leaves_out_by_itself_and_all_are_told() {
    let given = college(|_| ());
    let statuses = |status| filtered(|filter| filter.programme_statuses = vec![status]);
    let groups = |name| filtered(|filter| filter.groups = vec![group(name)]);
    let tutors = |name| filtered(|filter| filter.tutors = vec![administrator(name)]);
    let search = |text: &str| filtered(|filter| filter.search = text.into());
    let except = |number| filtered(|filter| filter.except = vec![learner(number)]);
    for fitting in [
        statuses(EnrolmentStatus::Active),
        groups("north"),
        tutors("tom"),
        search("ZOE b"),
        except(9),
    ] {
        assert_eq!(left_out(&given, TARGET, fitting), []);
    }
    for (other, by) in [
        (
            statuses(EnrolmentStatus::OnBreak),
            LeftOut::ProgrammeStatuses,
        ),
        (groups("evening"), LeftOut::Groups),
        (tutors("tim"), LeftOut::Tutors),
        (search("zoo"), LeftOut::Search),
        (except(TARGET), LeftOut::Except),
    ] {
        assert_eq!(left_out(&given, TARGET, other), [by]);
    }
    let south = college(|learner| learner.groups = vec![group("south")]);
    let both = [LeftOut::NotSeen, LeftOut::Groups];
    assert_eq!(left_out(&south, TARGET, groups("north")), both);
}

#[test]
fn p8_who_is_no_longer_known_saw_nobody() {
    let request = requested(Learners::All);
    let choosing = Choosing {
        request: &request,
        source: learner(SOURCE),
        administrator: None,
    };
    let given = college(|_| ());
    let record = given.tenant.learner(learner(TARGET));
    assert_eq!(
        choosing.leaves_out(learner(TARGET), record),
        [LeftOut::NotSeen]
    );
}
