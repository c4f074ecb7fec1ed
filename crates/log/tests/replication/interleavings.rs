//! Several nodes that all try to lead, over a stream whose answers are lost, late, doubled and outdated, in any order:
//! they agree, and nothing that was acknowledged is lost. Where the stream itself loses its end, that is noticed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use plansync_log::contract::Author;
use plansync_log::memory::MemoryLog;
use plansync_log::replication::record::RecordReader;
use plansync_log::replication::{
    Applied, FollowError, Follower, Halt, LogStream as _, MonotonicClock as _, NodeId, Proposed,
    Replicated, StreamSequence, Term,
};
use plansync_log::{Append as _, AppendError, Chain, Read as _, Sequenced};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::adversary::{Adversary, Tape};
use crate::world::{Waiting, base, log, node, own_commits};

/// What a node is doing.
enum Role {
    Follows(Follower),
    Leads(Box<Leader>),
    Halted(Halt),
    Starting,
}

struct Leader {
    replicated: Replicated,
    author: Author,
    /// A group that could not be appended yet.
    group: Vec<Sequenced>,
}

struct Node {
    id: NodeId,
    own: MemoryLog,
    role: Role,
    cursor: Option<Applied>,
}

/// Nodes on one stream.
struct Cluster {
    adversary: Adversary,
    clock: Waiting,
    nodes: Vec<Node>,
    /// How many processes there were.
    lives: u128,
    acknowledged: Vec<Sequenced>,
    /// Who led in each term.
    leaders: BTreeMap<Term, BTreeSet<NodeId>>,
    seen: Seen,
}

/// How often what the tests are about happened.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    groups: u32,
    groups_again: u32,
    deposed: u32,
    resumed: u32,
}

impl Cluster {
    fn new(tape: &Tape, count: usize) -> Self {
        let mut cluster = Self {
            adversary: Adversary::new(tape),
            clock: Waiting::default(),
            nodes: Vec::new(),
            lives: 0,
            acknowledged: Vec::new(),
            leaders: BTreeMap::new(),
            seen: Seen::default(),
        };
        for _ in 0..count {
            let own = MemoryLog::new(log());
            let (id, role) = cluster.start(&own, None);
            cluster.nodes.push(Node {
                id,
                own,
                role,
                cursor: None,
            });
        }
        cluster
    }

    /// A process begins on a node's own log.
    fn start(&mut self, own: &MemoryLog, cursor: Option<Applied>) -> (NodeId, Role) {
        self.lives += 1;
        let begin = |cursor: Option<Applied>| {
            let stream = Box::new(self.adversary.clone());
            let (log, clock) = (Arc::new(own.clone()), Arc::new(self.clock.clone()));
            match cursor {
                Some(cursor) => Follower::resume(stream, log, cursor, clock),
                None => Follower::begin(stream, log, base(), clock),
            }
        };
        let follower = match begin(cursor) {
            Ok(follower) => {
                self.seen.resumed += u32::from(cursor.is_some());
                follower
            }
            // The cursor was lost, or the stream does not answer: the beginning is always right.
            Err(_) => begin(None).unwrap(),
        };
        (node(self.lives), Role::Follows(follower))
    }

    fn restart(&mut self, index: usize) {
        let (own, cursor) = (self.nodes[index].own.clone(), self.nodes[index].cursor);
        let (id, role) = self.start(&own, cursor);
        let node = &mut self.nodes[index];
        (node.id, node.role) = (id, role);
    }

    /// One thing happens.
    fn step(&mut self) {
        let index = self.adversary.tape.below(self.nodes.len());
        match self.adversary.tape.below(24) {
            0..=9 => self.write(index),
            10..=14 => self.follow(index),
            15..=18 => self.take_over(index),
            19 | 20 => self.adversary.deliver(),
            21 => self.adversary.go_away(),
            _crash => self.restart(index),
        }
        self.clock.pause(Duration::from_millis(300));
    }

    fn follow(&mut self, index: usize) {
        let node = &mut self.nodes[index];
        let Role::Follows(follower) = &mut node.role else {
            return;
        };
        match follower.step() {
            Ok(commits) => {
                node.own.append(&commits).unwrap();
                node.cursor = Some(follower.standing().cursor());
            }
            Err(error) => self.failed(index, &error),
        }
    }

    fn failed(&mut self, index: usize, error: &FollowError) {
        if let FollowError::Halted(halt) = error {
            self.nodes[index].role = Role::Halted(*halt);
        } else {
            assert!(error.is_passing(), "{error}");
        }
    }

    /// A node follows to the end, as it thinks, and begins a term. Nobody asks whether another one leads.
    fn take_over(&mut self, index: usize) {
        self.follow(index);
        let node = &mut self.nodes[index];
        let Role::Follows(follower) = &mut node.role else {
            return;
        };
        let begun = match follower.is_at_end() {
            Ok(true) => follower.begin_term(node.id),
            Ok(false) => return,
            Err(error) => return self.failed(index, &error),
        };
        match begun {
            Ok(Proposed::Begun) => {}
            // It may be the barrier of an earlier attempt, which was stored unheard.
            Ok(Proposed::Refused | Proposed::Unknown(_)) => {
                if !follower.leads(node.id) {
                    return;
                }
            }
            Err(error) => return self.failed(index, &error),
        }
        let role = std::mem::replace(&mut node.role, Role::Starting);
        if let Role::Follows(follower) = role {
            let leading = follower.lead(node.id).unwrap();
            let author = Author::at(node.own.tip());
            let term = leading.standing().applied().term;
            self.leaders.entry(term).or_default().insert(node.id);
            let replicated = leading.over(Box::new(node.own.clone()));
            node.role = Role::Leads(Box::new(Leader {
                replicated,
                author,
                group: Vec::new(),
            }));
        }
    }

    /// A leader appends a group: the one that it could not append before, or a new one.
    fn write(&mut self, index: usize) {
        let tape = self.adversary.tape.clone();
        let node = &mut self.nodes[index];
        let Role::Leads(leader) = &mut node.role else {
            return;
        };
        let Leader {
            replicated,
            author,
            group,
        } = leader.as_mut();
        if group.is_empty() {
            // Each life writes other commits, and some groups need several records.
            let plan = u64::try_from(node.id.get().as_u128()).unwrap() * 100;
            let bytes = [20, 300, 2_000, 20, 300, 2_000, 150 * 1024][tape.below(7)];
            let count = 1 + tape.below(4);
            *group = (0..count)
                .map(|_| author.write(Author::plan(plan), bytes))
                .collect();
        }
        match replicated.append(group) {
            Ok(()) => {
                self.seen.groups += 1;
                self.acknowledged.append(group);
                node.cursor = Some(replicated.standing().cursor());
            }
            Err(AppendError::Unavailable { .. }) => self.seen.groups_again += 1,
            Err(AppendError::Deposed { .. }) => {
                self.seen.deposed += 1;
                self.restart(index);
            }
            Err(AppendError::Halted(halt)) => node.role = Role::Halted(halt),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// Everything arrives, every process starts anew, and follows as long as something comes.
    fn calm(&mut self) {
        self.adversary.tape.end();
        for _ in 0..1_000 {
            self.adversary.deliver();
        }
        for index in 0..self.nodes.len() {
            if matches!(self.nodes[index].role, Role::Halted(_)) {
                continue;
            }
            self.nodes[index].cursor = None;
            self.restart(index);
            for _ in 0..100 {
                self.follow(index);
                self.clock.pause(Duration::from_secs(1));
                let Role::Follows(follower) = &mut self.nodes[index].role else {
                    break;
                };
                match follower.is_at_end() {
                    Ok(true) => break,
                    Ok(false) => {}
                    Err(error) => self.failed(index, &error),
                }
            }
        }
    }

    /// Every own log is a beginning of what the stream accepted so far.
    fn check_own_logs(&self, accepted: &mut Accepted) {
        accepted.follow(&self.adversary);
        for (index, node) in self.nodes.iter().enumerate() {
            let tip = node.own.tip();
            let before = usize::try_from(tip.position.get()).unwrap();
            let chain = accepted.chain_after(before);
            assert_eq!(
                Some(tip.chain),
                chain,
                "node {index} has what the stream did not accept"
            );
        }
    }
}

/// What a stream makes of the log, by a rule of its own.
#[derive(Default)]
struct Accepted {
    commits: Vec<Sequenced>,
    term: Term,
    leader: Option<NodeId>,
    messages: usize,
}

impl Accepted {
    /// Of a whole stream.
    fn of(adversary: &Adversary) -> Self {
        let mut accepted = Self::default();
        accepted.follow(adversary);
        accepted
    }

    fn chain_after(&self, count: usize) -> Option<Chain> {
        match count.checked_sub(1) {
            None => Some(base().chain),
            Some(last) => self.commits.get(last).map(Sequenced::chain),
        }
    }

    fn follow(&mut self, adversary: &Adversary) {
        let next = u64::try_from(self.messages).unwrap() + 1;
        let mut stream = adversary.stream.clone();
        let entries = stream.read_from(StreamSequence::new(next), usize::MAX);
        for entry in entries.unwrap() {
            self.messages += 1;
            let record = RecordReader::new().unwrap().read(&entry.record).unwrap();
            let header = record.header;
            let count = self.commits.len();
            let is_next = header.first.get() == u64::try_from(count).unwrap() + 1;
            if !is_next || Some(header.before) != self.chain_after(count) {
                continue;
            }
            if header.is_barrier() && header.term > self.term {
                (self.term, self.leader) = (header.term, Some(header.node));
            } else if (header.term, Some(header.node)) == (self.term, self.leader) {
                self.commits.extend(record.commits);
            }
        }
    }
}

/// What the properties below speak of does happen.
#[test]
fn random_tapes_lead_to_everything() {
    let mut runner = TestRunner::deterministic();
    let mut all = [0_u32; 4];
    for _ in 0..40 {
        let numbers = tape().new_tree(&mut runner).unwrap().current();
        let tape = Tape::new(numbers);
        let mut cluster = Cluster::new(&tape, 3);
        while !tape.has_ended() {
            cluster.step();
        }
        let Seen {
            groups,
            groups_again,
            deposed,
            resumed,
        } = cluster.seen;
        for (sum, seen) in all.iter_mut().zip([groups, groups_again, deposed, resumed]) {
            *sum += seen;
        }
    }
    println!("groups, tried again, deposed, resumed: {all:?}");
    assert!(all.iter().all(|seen| *seen >= 20), "{all:?}");
}

fn tape() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(any::<u16>(), 0..1_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nodes_agree_and_nothing_acknowledged_is_lost(numbers in tape(), count in 2_usize..=3) {
        let tape = Tape::new(numbers);
        let (mut cluster, mut accepted) = (Cluster::new(&tape, count), Accepted::default());
        while !tape.has_ended() {
            cluster.step();
            cluster.check_own_logs(&mut accepted);
        }
        cluster.calm();
        let accepted = Accepted::of(&cluster.adversary).commits;
        for node in &cluster.nodes {
            if let Role::Halted(halt) = &node.role {
                prop_assert!(false, "nothing was lost, and a node halted: {}", halt);
            }
            prop_assert_eq!(own_commits(&node.own), accepted.clone());
        }
        for (term, nodes) in &cluster.leaders {
            prop_assert_eq!(nodes.len(), 1, "several nodes led in term {}", term);
        }
        for commit in &cluster.acknowledged {
            prop_assert!(accepted.contains(commit), "{commit:?} was acknowledged, and is lost");
        }
    }

    #[test]
    fn a_stream_that_loses_its_end_is_noticed(
        numbers in tape(),
        at in 10_usize..80,
        lost in 1_u64..6,
    ) {
        let tape = Tape::new(numbers);
        let mut cluster = Cluster::new(&tape, 3);
        let mut steps = 0;
        while !tape.has_ended() {
            cluster.step();
            steps += 1;
            if steps == at {
                let last = cluster.adversary.stream.end().unwrap().last.get();
                let last = StreamSequence::new(last.saturating_sub(lost));
                cluster.adversary.stream.lose_after(last);
            }
        }
        cluster.calm();
        let accepted = Accepted::of(&cluster.adversary).commits;
        let mut has_halted = false;
        for node in &cluster.nodes {
            // Whoever goes on agrees with everybody who goes on.
            match &node.role {
                Role::Halted(_) => has_halted = true,
                Role::Follows(_) | Role::Leads(_) | Role::Starting => {
                    prop_assert_eq!(own_commits(&node.own), accepted.clone());
                }
            }
        }
        let is_there = |commit: &Sequenced| accepted.contains(commit);
        let is_lost = !cluster.acknowledged.iter().all(is_there);
        prop_assert!(has_halted || !is_lost, "acknowledged commits are lost, and nobody noticed");
    }
}
