//! An engine that follows another one: it has the same state, decides nothing, and goes on where the other one ended.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plansync_domain::command::Command;
use plansync_domain::event::command_outcome::{CommandRejected, RejectedError};
use plansync_domain::ids::SessionId;
use plansync_domain::state::erasures::Erasure;
use plansync_domain::sync::request::SyncKind;
use plansync_domain::sync::status::SyncStatus;
use plansync_engine::read::Window;
use plansync_engine::{
    Config, Engine, FollowFailed, Kept, LeadError, LogFailed, OpenError, Refusal, Role, Worked,
    Wrote,
};
use plansync_log::memory::{MemoryCheckpoints, MemoryLog, MemoryLogStream};
use plansync_log::replication::record::RecordWriter;
use plansync_log::replication::{
    Follower, Halt, NodeId, Place, Proposed, SystemMonotonicClock, Term,
};
use plansync_log::{Append, AppendError, Chain, LogId, Position, Read as _, Sequenced, sequence};
use uuid::Uuid;

use crate::stage::{SOURCE, SYNC, Stage, assert_same, call, config, rename, sync, target, tenant};

const ALL: Window = Window { skip: 0, take: 500 };

/// A node that follows: its own log and its engine.
struct Node {
    own: MemoryLog,
    engine: Engine,
}

impl Node {
    fn new(log: &MemoryLog) -> Self {
        Self::with(MemoryLog::new(log.tip().log), config())
    }

    fn with(own: MemoryLog, config: Config) -> Self {
        let engine = Engine::follow(Box::new(own.clone()), Arc::new(own.clone()), config);
        Self {
            own,
            engine: engine.unwrap(),
        }
    }

    /// The commits of another log that this one lacks, at most so many.
    fn lacks(&self, log: &MemoryLog, count_max: usize) -> Vec<Sequenced> {
        log.read(self.own.tip().position.next(), count_max).unwrap()
    }

    /// Follows to the end of another log, a few commits at a time, and reads a plan in between.
    fn follow(&self, log: &MemoryLog, count_max: usize) {
        loop {
            let commits = self.lacks(log, count_max);
            if commits.is_empty() {
                return;
            }
            let last = commits.last().unwrap().position();
            let wrote = self.engine.follow_step(&commits).unwrap();
            assert_eq!(wrote, Wrote::Upto(last));
            assert_eq!(self.engine.durable().current(), last);
            self.read_some();
        }
    }

    /// Reads plans, which are resident afterwards, wherever there is somebody to read them.
    fn read_some(&self) {
        let (tenant, actor) = (tenant(), "sam".parse().unwrap());
        if let Ok(reading) = self.engine.reading(&tenant, &actor) {
            for learner in [SOURCE, target(1)] {
                let _perhaps_none = reading.plan(learner, None, ALL);
            }
        }
    }
}

/// Everything that the engine answers from is what a replay of its log gives.
fn assert_checked(engine: &Engine) {
    let check = engine.check(2);
    for part in 0..check.parts() {
        let checked = check
            .part(part, &mut |_| ControlFlow::Continue(()))
            .unwrap();
        assert!(checked.is_ok(), "{checked:?}");
    }
}

/// A college with records, edits before and after a sync, and a sync that has some of its targets to do.
fn in_the_middle() -> Stage {
    let mut stage = Stage::college();
    stage.rename("New");
    let session = SessionId::from_uuid(Uuid::from_u128(0x5e2));
    let learner = target(0);
    stage
        .next_as("sam", &Command::OpenRecord { learner, session })
        .unwrap();
    stage.next_as("sam", &sync(SyncKind::ChangesOnly)).unwrap();
    stage.write();
    assert_eq!(stage.engine.work_step().unwrap(), Worked::Targets(2));
    stage.next_as("sam", &rename(target(1), "Own")).unwrap();
    stage.next_as("sam", &rename(SOURCE, "Newer")).unwrap();
    stage.write();
    stage
}

/// A commit that follows a log, with an event that no version has.
fn unreadable(log: &MemoryLog) -> Vec<Sequenced> {
    let last = log.read(log.tip().position, 1).unwrap();
    let mut proposal = last[0].decode().unwrap().proposal;
    proposal.version = proposal.version.next();
    proposal.events[0].kind = u16::MAX;
    vec![sequence(&log.tip(), last[0].at(), &proposal).unwrap().0]
}

#[test]
fn a_node_that_follows_has_the_state_of_the_one_that_leads() {
    for count_max in [1, 3, 100] {
        let mut stage = in_the_middle();
        let node = Node::new(&stage.log);
        node.follow(&stage.log, count_max);
        assert_same(&node.engine, &stage.engine);
        stage.work();
        stage.next_as("sam", &rename(target(2), "Later")).unwrap();
        stage.write();
        node.follow(&stage.log, count_max);
        assert_same(&node.engine, &stage.engine);
        assert_checked(&node.engine);
    }
}

fn rejected() -> CommandRejected {
    CommandRejected {
        operation: "plan.edit".to_owned(),
        error: RejectedError::Encoded(Vec::new()),
        bytes: Vec::new().into(),
        not_kept: None,
    }
}

#[test]
fn a_node_that_follows_decides_nothing() {
    let stage = in_the_middle();
    let node = Node::new(&stage.log);
    node.follow(&stage.log, 100);
    let end = node.own.tip();
    assert_eq!(node.engine.role(), Role::Follows);
    // What would be refused for another reason, and what was done before: it may be outdated here.
    let command = rename(SOURCE, "Other");
    for (actor, number) in [("sam", 999), ("nobody", 998), ("sam", 1)] {
        let call = call(actor, number, &command);
        let refused = node.engine.submit(&call, &command).unwrap_err();
        assert_eq!(refused.refusal, Refusal::NotLeading);
        assert_eq!(refused.after, end.position);
        let refused = node.engine.submit_without_disk(&call, &command);
        assert_eq!(refused.unwrap().unwrap_err().refusal, Refusal::NotLeading);
        let outcome = node.engine.record_rejected(&call, rejected());
        assert_eq!(outcome.unwrap_err(), Refusal::NotLeading);
    }
    assert_eq!(node.engine.work_step().unwrap(), Worked::Nothing);
    assert_eq!(node.engine.idle_step().unwrap(), 0);
    assert_eq!(node.engine.record_start().unwrap(), 0);
    assert_eq!(node.engine.erase_step().unwrap(), 0);
    assert_eq!(node.engine.write_step().unwrap(), Wrote::Nothing);
    assert_eq!(node.own.tip(), end);
}

#[test]
fn a_node_that_leads_goes_on_with_what_the_other_one_left() {
    let stage = in_the_middle();
    let node = Node::new(&stage.log);
    node.follow(&stage.log, 7);
    node.engine.lead(|own| own).unwrap();
    assert_eq!(node.engine.role(), Role::Leads);
    while node.engine.work_step().unwrap() != Worked::Nothing {}
    node.engine.write_step().unwrap();
    stage.work();
    let tally = |engine: &Engine| {
        let snapshot = engine.snapshot(&tenant());
        let sync = snapshot.tenant.sync(SYNC).unwrap();
        (sync.status(), sync.tally())
    };
    assert_eq!(tally(&node.engine), tally(&stage.engine));
    assert_eq!(tally(&node.engine).0, SyncStatus::Completed);
    let command = rename(SOURCE, "On");
    let call = call("sam", 999, &command);
    let receipt = node.engine.submit(&call, &command).unwrap();
    assert_eq!(
        node.engine.write_step().unwrap(),
        Wrote::Upto(receipt.position)
    );
    assert_checked(&node.engine);
}

#[test]
fn a_command_of_the_other_node_has_its_first_answer() {
    let stage = in_the_middle();
    let command = rename(SOURCE, "Once");
    let call = call("sam", 999, &command);
    let first = stage.engine.submit(&call, &command).unwrap();
    stage.write();
    let node = Node::new(&stage.log);
    node.follow(&stage.log, 100);
    node.engine.lead(|own| own).unwrap();
    let again = node.engine.submit(&call, &command).unwrap();
    assert_eq!((again.position, again.duplicate), (first.position, true));
}

#[test]
fn an_engine_that_leads_or_only_reads_does_not_follow() {
    let stage = in_the_middle();
    let view = Engine::view(Arc::new(stage.log.clone()), config()).unwrap();
    let next = unreadable(&stage.log);
    for engine in [&stage.engine, &view] {
        match engine.follow_step(&next) {
            Err(FollowFailed::NotFollowing) => {}
            other => panic!("{other:?}"),
        }
        match engine.lead(|own| own) {
            Err(LeadError::NotFollowing) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn commits_that_do_not_follow_or_cannot_be_read_leave_nothing() {
    let stage = in_the_middle();
    let node = Node::new(&stage.log);
    let all = node.lacks(&stage.log, 100);
    node.engine.follow_step(&all[..6]).unwrap();
    for (commits, given) in [(&all[4..8], 5), (&all[7..9], 8)] {
        match node.engine.follow_step(commits) {
            Err(FollowFailed::OutOfOrder { tip, given: found }) => {
                assert_eq!((tip.get(), found.get()), (6, given));
            }
            other => panic!("{other:?}"),
        }
    }
    // They follow, and no version has such an event.
    let unknown = unreadable(&node.own);
    match node.engine.follow_step(&unknown) {
        Err(FollowFailed::Unreadable(OpenError::Event { position, .. })) => {
            assert_eq!(position, Position::new(7));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(node.own.tip().position, Position::new(6));
    assert_eq!(node.engine.durable().current(), Position::new(6));
    node.engine.follow_step(&all[6..]).unwrap();
    assert_same(&node.engine, &stage.engine);
}

/// A node's own log that is full, or fails for good.
struct Own {
    log: MemoryLog,
    is_full: Arc<AtomicBool>,
    fails: Arc<AtomicBool>,
}

impl Append for Own {
    fn append(&mut self, group: &[Sequenced]) -> Result<(), AppendError> {
        let (what, source) = ("the test".to_owned(), std::io::Error::other("the test"));
        if self.is_full.load(Ordering::Relaxed) {
            return Err(AppendError::Unavailable { what, source });
        }
        if self.fails.load(Ordering::Relaxed) {
            return Err(AppendError::Fatal { what, source });
        }
        self.log.append(group)
    }
}

#[test]
fn commits_for_which_there_is_no_room_are_given_again() {
    let stage = in_the_middle();
    let own = MemoryLog::new(stage.log.tip().log);
    let (is_full, fails) = (
        Arc::new(AtomicBool::new(true)),
        Arc::<AtomicBool>::default(),
    );
    let append = Own {
        log: own.clone(),
        is_full: Arc::clone(&is_full),
        fails: Arc::clone(&fails),
    };
    let engine = Engine::follow(Box::new(append), Arc::new(own.clone()), config()).unwrap();
    let node = Node { own, engine };
    let all = node.lacks(&stage.log, 100);
    assert_eq!(node.engine.follow_step(&all).unwrap(), Wrote::Refused);
    assert!(node.engine.disk_refuses());
    assert_eq!(node.engine.durable().current(), Position::ZERO);
    is_full.store(false, Ordering::Relaxed);
    node.engine.follow_step(&all).unwrap();
    assert!(!node.engine.disk_refuses());
    assert_same(&node.engine, &stage.engine);
    fails.store(true, Ordering::Relaxed);
    assert_eq!(node.engine.follow_step(&[]).unwrap(), Wrote::Nothing);
    stage.work();
    match node.engine.follow_step(&node.lacks(&stage.log, 100)) {
        Err(FollowFailed::Log(LogFailed::Storage { .. })) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_node_that_follows_keeps_its_state_and_opens_from_it() {
    let stage = in_the_middle();
    let kept = Config {
        checkpoints: Some(Arc::new(MemoryCheckpoints::new())),
        image_commits: 1,
        ..config()
    };
    let node = Node::with(MemoryLog::new(stage.log.tip().log), kept.clone());
    node.follow(&stage.log, 5);
    let end = stage.log.tip().position;
    assert_eq!(node.engine.keep_now().unwrap(), Kept::Upto(end));
    stage.work();
    let again = Node::with(node.own.clone(), kept);
    again.follow(&stage.log, 5);
    assert_same(&again.engine, &stage.engine);
    assert_checked(&again.engine);
}

#[test]
fn d6_a_node_that_follows_destroys_the_keys_that_the_other_one_destroyed() {
    let mut stage = Stage::college();
    let node = Node::new(&stage.log);
    node.follow(&stage.log, 100);
    let learner = target(0);
    stage.system(Command::EraseLearner(learner));
    let all = node.lacks(&stage.log, 100);
    // The request, and then that it is done.
    let (asked, done) = all.split_at(all.len() - 1);
    let erasure = || {
        node.engine
            .snapshot(&tenant())
            .tenant
            .erasures()
            .of(learner)
    };
    node.engine.follow_step(asked).unwrap();
    assert_eq!(erasure(), Some(Erasure::Requested));
    let generation = node.engine.config().keys.generation();
    assert_eq!(
        node.engine.erase_step().unwrap(),
        0,
        "the other node has not done it yet"
    );
    node.engine.follow_step(done).unwrap();
    assert_eq!(erasure(), Some(Erasure::Done));
    assert_eq!(node.engine.erase_step().unwrap(), 1);
    assert!(node.engine.config().keys.generation() > generation);
    assert_eq!(node.engine.erase_step().unwrap(), 0);
}

fn node_id(number: u128) -> NodeId {
    NodeId::new(Uuid::from_u128(number))
}

fn follower(stream: &MemoryLogStream, own: &MemoryLog) -> Follower {
    let base = Place {
        position: Position::ZERO,
        chain: Chain::before_first(own.tip().log),
    };
    let clock = Arc::new(SystemMonotonicClock::begin());
    Follower::begin(Box::new(stream.clone()), Arc::new(own.clone()), base, clock).unwrap()
}

/// A node of a log on several machines.
struct Member {
    node: Node,
    follower: Follower,
}

impl Member {
    fn new(stream: &MemoryLogStream, own: MemoryLog) -> Self {
        Self {
            follower: follower(stream, &own),
            node: Node::with(own, config()),
        }
    }

    fn follow(&mut self) {
        while !self.follower.is_at_end().unwrap() {
            let commits = self.follower.step().unwrap();
            self.node.engine.follow_step(&commits).unwrap();
        }
    }

    /// Follows to the end and leads.
    fn lead(mut self, number: u128) -> Node {
        self.follow();
        match self.follower.begin_term(node_id(number)).unwrap() {
            Proposed::Begun => {}
            other @ (Proposed::Refused | Proposed::Unknown(_)) => panic!("{other:?}"),
        }
        let leading = self.follower.lead(node_id(number)).unwrap();
        let led = self.node.engine.lead(|own| Box::new(leading.over(own)));
        led.unwrap();
        self.node
    }
}

#[test]
fn a_deposed_engine_decides_nothing_more_and_another_one_follows() {
    let log = LogId::new(Uuid::from_u128(1));
    let (stream, one, two) = (
        MemoryLogStream::new(),
        MemoryLog::new(log),
        MemoryLog::new(log),
    );
    let first = Member::new(&stream, one.clone()).lead(1);
    let mut stage = Stage::on(one.clone(), first.engine.clone(), 0);
    stage.found();
    let second = Member::new(&stream, two.clone()).lead(2);
    assert_eq!(two.tip(), one.tip());
    let end = one.tip();
    stage.next_as("sam", &rename(SOURCE, "Nowhere")).unwrap();
    for _ in 0..2 {
        match stage.engine.write_step() {
            Err(LogFailed::Deposed { term, node }) => {
                assert_eq!((term, node), (Term::new(2), node_id(2)));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(stage.engine.role(), Role::Stopped);
    }
    assert_eq!(stage.engine.durable().current(), end.position);
    let refused = stage
        .next_as("sam", &rename(SOURCE, "Nowhere either"))
        .unwrap_err();
    assert_eq!(refused.refusal, Refusal::NotLeading);
    assert_eq!(one.tip(), end);
    let mut other = Stage::on(two.clone(), second.engine.clone(), 1_000);
    other.rename("Here");
    other.write();
    // What the deposed engine decided is gone with it.
    let mut again = Member::new(&stream, one.clone());
    again.follow();
    assert_eq!(one.tip(), two.tip());
    assert_checked(&again.node.engine);
    assert_eq!(other.name(SOURCE), "Here");
}

#[test]
fn an_engine_whose_stream_contradicts_it_decides_nothing_more() {
    let log = LogId::new(Uuid::from_u128(1));
    let (stream, own) = (MemoryLogStream::new(), MemoryLog::new(log));
    let node = Member::new(&stream, own.clone()).lead(1);
    let mut stage = Stage::on(own.clone(), node.engine.clone(), 0);
    stage.found();
    let end = own.tip();
    // A barrier of somebody who has not seen this node's commits.
    let writer = RecordWriter::new((log, end.incarnation), (Term::new(9), node_id(9)));
    stream.force(
        &writer
            .unwrap()
            .barrier(Position::FIRST, Chain::before_first(log)),
    );
    stage.next_as("sam", &rename(SOURCE, "Nowhere")).unwrap();
    match stage.engine.write_step() {
        Err(LogFailed::Halted(Halt::TermElsewhere { term, .. })) => {
            assert_eq!(term, Term::new(9));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(stage.engine.role(), Role::Stopped);
    assert_eq!(own.tip(), end);
}
