//! The lease: who writes it when, and that no two nodes trust theirs at the same time.

use std::time::Duration;

use plansync_log::memory::MemoryLeaseStream;
use plansync_log::replication::{
    Lease, LeaseEnd, LeaseRecord, LeaseStream as _, LeaseTask, LogStreamError, Monotonic,
    StreamSequence, Term, Written,
};
use proptest::prelude::*;

use crate::adversary::Tape;
use crate::world::{log, node};

fn lease(number: u128) -> Lease {
    Lease::new(
        log(),
        node(number),
        format!("node-{number}").parse().unwrap(),
    )
}

fn at(millis: u64) -> Monotonic {
    Monotonic::new(Duration::from_millis(millis))
}

fn sequence(number: u64) -> StreamSequence {
    StreamSequence::new(number)
}

/// The stream ends with a lease of this node.
fn end(last: u64, holder: &Lease) -> LeaseEnd {
    LeaseEnd {
        sequence: sequence(last),
        lease: Some(holder.record(Term::FIRST)),
    }
}

fn waits(millis: u64) -> LeaseTask {
    LeaseTask::Wait(Duration::from_millis(millis))
}

fn writes(last: u64) -> LeaseTask {
    LeaseTask::Write {
        last: sequence(last),
    }
}

fn no_answer() -> Written {
    Written::Unknown(LogStreamError::Unavailable {
        what: "the test".to_owned(),
        source: None,
    })
}

/// A lease that was written behind this message at this time.
fn held(last: u64, millis: u64) -> Lease {
    let mut mine = lease(1);
    mine.looked(at(0), &end(last, &lease(2)));
    mine.sends(at(millis), sequence(last));
    mine.written(&Written::Stored(sequence(last + 1)));
    mine
}

#[test]
fn a_lease_is_written_once_the_last_one_was_unchanged_for_three_seconds() {
    let mut mine = lease(1);
    assert_eq!(mine.next(at(7), true), LeaseTask::Look);
    mine.looked(at(10), &end(4, &lease(2)));
    assert_eq!(mine.next(at(10), true), waits(500));
    for millis in [510, 1_010, 3_009] {
        assert_eq!(mine.next(at(millis), true), LeaseTask::Look);
        mine.looked(at(millis), &end(4, &lease(2)));
    }
    assert_eq!(mine.next(at(3_010), true), writes(4));
    assert_eq!(mine.next(at(3_010), false), waits(499));
}

#[test]
fn the_time_begins_anew_with_each_change_and_each_look_that_failed() {
    let mut mine = lease(1);
    mine.looked(at(0), &end(4, &lease(2)));
    mine.looked(at(2_900), &end(5, &lease(2)));
    assert_eq!(mine.next(at(3_500), true), LeaseTask::Look);
    mine.not_looked(at(5_800));
    assert_eq!(mine.next(at(5_900), true), waits(400));
    mine.looked(at(6_300), &end(5, &lease(2)));
    assert_eq!(mine.next(at(9_299), true), LeaseTask::Look);
    assert_eq!(mine.next(at(9_300), true), writes(5));
}

#[test]
fn a_lease_is_trusted_from_before_it_was_sent_and_renewed_every_second() {
    let mut mine = held(4, 100);
    assert!(mine.is_held());
    assert_eq!(mine.next(at(150), true), waits(950));
    assert_eq!(mine.next(at(1_100), true), writes(5));
    assert!(mine.is_valid(at(2_499)));
    assert!(!mine.is_valid(at(2_500)));
    assert!(mine.is_held(), "nobody else has it, as far as is known");
    mine.sends(at(1_100), sequence(5));
    assert!(mine.is_valid(at(2_499)), "the one before is still trusted");
    mine.written(&Written::Stored(sequence(6)));
    assert!(mine.is_valid(at(3_499)));
    assert!(!mine.is_valid(at(3_500)));
}

#[test]
fn a_write_without_an_answer_is_looked_for_and_then_sent_again() {
    let mut mine = held(4, 0);
    mine.sends(at(1_000), sequence(5));
    mine.written(&no_answer());
    assert_eq!(mine.next(at(1_050), true), waits(50));
    assert_eq!(mine.next(at(1_100), true), LeaseTask::Look);
    mine.looked(at(1_110), &end(5, &mine.clone()));
    assert_eq!(mine.next(at(1_210), true), writes(5));
    mine.sends(at(1_210), sequence(5));
    mine.written(&no_answer());
    assert!(!mine.is_valid(at(2_400)), "the one before is over");
    // The first attempt may be the one that was stored.
    mine.looked(at(2_450), &end(6, &mine.clone()));
    assert!(mine.is_valid(at(3_399)));
    assert!(!mine.is_valid(at(3_400)));
    assert_eq!(mine.next(at(2_450), true), writes(6));
}

#[test]
fn a_write_that_is_refused_may_have_been_stored_before() {
    let mut mine = held(4, 0);
    mine.sends(at(1_000), sequence(5));
    mine.written(&no_answer());
    mine.looked(at(1_100), &end(5, &mine.clone()));
    mine.sends(at(1_200), sequence(5));
    mine.written(&Written::Refused);
    assert_eq!(mine.next(at(1_300), true), LeaseTask::Look);
    mine.looked(at(1_300), &end(6, &mine.clone()));
    assert!(mine.is_valid(at(3_399)));
    assert!(!mine.is_valid(at(3_400)));
}

#[test]
fn a_lease_of_another_node_ends_the_own_one_at_once() {
    let mut mine = held(4, 0);
    mine.sends(at(1_000), sequence(5));
    mine.written(&Written::Refused);
    assert!(mine.is_valid(at(1_010)));
    mine.looked(at(1_020), &end(6, &lease(2)));
    assert!(!mine.is_held() && !mine.is_valid(at(1_020)));
    assert_eq!(mine.holder().map(|holder| holder.node), Some(node(2)));
    assert_eq!(mine.next(at(4_020), true), writes(6));
}

#[test]
fn a_look_that_shows_another_nodes_lease_ends_the_own_one() {
    let mut mine = held(4, 0);
    mine.looked(at(500), &end(6, &lease(2)));
    assert!(!mine.is_held() && !mine.is_valid(at(500)));
}

#[test]
fn an_outdated_look_ends_nothing() {
    let mut mine = held(4, 0);
    mine.looked(at(10), &end(3, &lease(2)));
    assert!(mine.is_valid(at(10)));
    assert_eq!(mine.next(at(1_000), true), writes(5));
}

#[test]
fn an_answer_that_names_another_message_is_none() {
    let mut mine = lease(1);
    mine.looked(at(0), &end(4, &lease(2)));
    mine.sends(at(3_000), sequence(4));
    mine.written(&Written::Stored(sequence(7)));
    assert!(!mine.is_held());
    assert_eq!(mine.next(at(3_100), true), LeaseTask::Look);
}

#[test]
fn who_does_not_want_the_lease_lets_it_pass() {
    let mine = held(4, 0);
    assert_eq!(mine.next(at(2_000), false), LeaseTask::Look);
    assert!(!mine.is_valid(at(2_400)));
}

/// A node whose clock begins at another time and runs at another rate.
struct Node {
    lease: Lease,
    begins: u64,
    /// Thousandths of a second of its clock that a second takes.
    rate: u64,
    /// A write that was sent, and arrives at that time: after which message, and whether its answer is heard.
    writing: Option<(u64, StreamSequence, bool)>,
    looking: Option<(u64, LeaseEnd)>,
    frozen_until: u64,
}

impl Node {
    fn now(&self, real_millis: u64) -> Monotonic {
        at(self.begins + real_millis * self.rate / 1_000)
    }
}

struct Leases {
    stream: MemoryLeaseStream,
    /// Leases on their way, of which nobody hears any more.
    late: Vec<(LeaseRecord, StreamSequence)>,
    nodes: Vec<Node>,
    tape: Tape,
}

impl Leases {
    /// One thousandth of a second passes.
    fn tick(&mut self, real: u64) {
        if !self.late.is_empty() && self.tape.below(200) == 199 {
            let (lease, last) = self.late.remove(self.tape.below(self.late.len()));
            drop(self.stream.write(&lease, last));
        }
        for node in &mut self.nodes {
            if real < node.frozen_until {
                continue;
            }
            if self.tape.below(2_000) == 1_999 {
                node.frozen_until = real + 100 * u64::try_from(self.tape.below(80)).unwrap();
                continue;
            }
            let now = node.now(real);
            if let Some((arrives, last, is_heard)) = node.writing {
                if real < arrives {
                    continue;
                }
                let written = self.stream.write(&node.lease.record(Term::ZERO), last);
                node.lease
                    .written(&if is_heard { written } else { no_answer() });
                node.writing = None;
            }
            if let Some((arrives, end)) = node.looking.take() {
                if real < arrives {
                    node.looking = Some((arrives, end));
                    continue;
                }
                node.lease.looked(now, &end);
            }
            let millis = |thousands: usize| u64::try_from(thousands).unwrap();
            match node.lease.next(now, true) {
                LeaseTask::Wait(_) => {}
                LeaseTask::Look if self.tape.below(8) == 7 => node.lease.not_looked(now),
                LeaseTask::Look => {
                    let end = self.stream.read().unwrap();
                    let takes = [1, 5, 50, 900][self.tape.below(4)];
                    node.looking = Some((real + takes, end));
                }
                LeaseTask::Write { last } => {
                    node.lease.sends(now, last);
                    let takes = millis([1, 5, 50, 900][self.tape.below(4)]);
                    if self.tape.below(6) == 5 {
                        // It comes late, or never.
                        self.late.push((node.lease.record(Term::ZERO), last));
                        node.lease.written(&no_answer());
                    } else {
                        node.writing = Some((real + takes, last, self.tape.below(5) != 4));
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// The rates differ by up to a fifth.
    #[test]
    fn no_two_nodes_trust_their_leases_at_the_same_time(
        numbers in proptest::collection::vec(any::<u16>(), 2_000..40_000),
        rates in proptest::collection::vec(910_u64..1_090, 3),
    ) {
        let tape = Tape::new(numbers);
        let nodes = rates.iter().zip(1..).map(|(rate, number)| Node {
            lease: lease(number),
            begins: u64::try_from(number).unwrap() * 10_000,
            rate: *rate,
            writing: None,
            looking: None,
            frozen_until: 0,
        });
        let mut leases = Leases {
            stream: MemoryLeaseStream::new(),
            late: Vec::new(),
            nodes: nodes.collect(),
            tape,
        };
        let mut trusted = 0;
        for real in 0..40_000 {
            leases.tick(real);
            let valid = leases.nodes.iter().filter(|node| node.lease.is_valid(node.now(real)));
            let count = valid.count();
            prop_assert!(count <= 1, "two nodes trust their leases after {real} ms");
            trusted += count;
        }
        prop_assert!(trusted > 10_000, "somebody had the lease for {trusted} ms only");
    }
}
