//! Idle records are closed by an event once enough time has passed in the log, whatever the clock says.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use plansync_domain::command::Command;
use plansync_domain::command::limits::Limits;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::event::{CloseReason, Event};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, LearnerId, SessionId};
use plansync_domain::recent::closings::SessionEnd;
use plansync_engine::{Clock, Config, Refusal, Reply, decided};
use plansync_log::memory::MemoryCheckpoints;
use plansync_log::{Position, Read as _, Recorded};
use uuid::Uuid;

use crate::stage::{SESSION, SOURCE, Stage, config, rename, target, tenant};

const HOUR_MICROS: i64 = 3_600_000_000;
const YEAR_HOURS: i64 = 365 * 24;

/// The time that a test says it is, in microseconds.
#[derive(Default)]
struct Told(AtomicI64);

impl Told {
    fn pass(&self, hours: i64) {
        self.0.fetch_add(hours * HOUR_MICROS, Ordering::Relaxed);
    }
}

impl Clock for Told {
    fn now(&self) -> Recorded {
        Recorded::new(1_795_000_000_000_000 + self.0.load(Ordering::Relaxed))
    }
}

fn told_with(change: impl FnOnce(&mut Config)) -> (Arc<Told>, Stage) {
    let clock = Arc::new(Told::default());
    let mut config = Config {
        clock: Arc::clone(&clock) as _,
        ..config()
    };
    change(&mut config);
    (clock, Stage::college_with(config))
}

fn told() -> (Arc<Told>, Stage) {
    told_with(|_| ())
}

fn session(index: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(0x5e00 + index))
}

fn open(stage: &mut Stage, learner: LearnerId, session: SessionId) {
    let open = Command::OpenRecord { learner, session };
    stage.next_as("sam", &open).unwrap();
    stage.write();
}

/// Closes what is idle, and says how many records that are.
fn swept(stage: &Stage) -> usize {
    let closed = stage.engine.idle_step().unwrap();
    if closed > 0 {
        stage.write();
    }
    closed
}

/// Why using a session is refused.
fn why(stage: &mut Stage, session: SessionId) -> Option<Rejection> {
    let refused = stage.next_as("sam", &Command::CloseRecord { session });
    match refused.map_err(|refused| refused.refusal) {
        Err(Refusal::Rejected(rejection)) => Some(rejection),
        Ok(_) => None,
        Err(other) => panic!("{other}"),
    }
}

/// Every closing in the log, and who asked for it.
fn closings(stage: &Stage) -> Vec<(SessionId, CloseReason, Actor)> {
    let commits = stage.log.read(Position::FIRST, 10_000).unwrap();
    let decided = commits
        .iter()
        .map(|commit| decided(commit, &stage.engine.config().keys).unwrap());
    decided
        .filter_map(|decided| match decided.events.as_slice() {
            [Event::RecordClosed(closed)] => {
                assert_eq!(decided.stream, Stream::Record(closed.session));
                Some((closed.session, closed.reason, decided.actor))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn c6_an_idle_record_is_closed_by_an_event_in_a_tenant_that_is_quiet() {
    let (clock, mut stage) = told();
    open(&mut stage, SOURCE, SESSION);
    clock.pass(23);
    assert_eq!(swept(&stage), 0);
    clock.pass(1);
    assert_eq!(swept(&stage), 1);
    assert_eq!(swept(&stage), 0);
    let idle = (SESSION, CloseReason::Idle, Actor::System);
    assert_eq!(closings(&stage), [idle]);
    let refused = Rejection::SessionClosed {
        session: SESSION,
        end: SessionEnd::Idle,
    };
    assert_eq!(why(&mut stage, SESSION), Some(refused.clone()));
    stage.restart();
    assert_eq!(why(&mut stage, SESSION), Some(refused));
}

#[test]
fn c6_the_time_since_the_last_touch_passes_while_the_engine_is_down() {
    let (clock, mut stage) = told_with(|config| {
        config.checkpoints = Some(Arc::new(MemoryCheckpoints::new()));
    });
    open(&mut stage, SOURCE, SESSION);
    open(&mut stage, target(1), session(1));
    clock.pass(20);
    stage.next_as("sam", &rename(SOURCE, "New")).unwrap();
    stage.write();
    stage.engine.keep_now().unwrap();
    clock.pass(4);
    stage.restart();
    assert_eq!(swept(&stage), 1);
    let idle = (session(1), CloseReason::Idle, Actor::System);
    assert_eq!(closings(&stage), [idle]);
    clock.pass(20);
    stage.restart();
    assert_eq!(swept(&stage), 1);
}

#[test]
fn c5_a_clock_that_jumps_years_ahead_closes_nothing() {
    let (clock, mut stage) = told();
    open(&mut stage, SOURCE, SESSION);
    clock.pass(5 * YEAR_HOURS);
    assert_eq!(swept(&stage), 0);
    // What is recorded then has that time, and the log's own goes on from where it was.
    open(&mut stage, target(1), session(1));
    assert_eq!(swept(&stage), 0);
    stage.restart();
    assert_eq!(swept(&stage), 0);
    clock.pass(24);
    assert_eq!(swept(&stage), 2);
}

#[test]
fn c5_a_clock_that_is_put_back_closes_nothing_and_loses_nothing() {
    let (clock, mut stage) = told();
    clock.pass(5 * YEAR_HOURS);
    open(&mut stage, SOURCE, SESSION);
    clock.pass(-5 * YEAR_HOURS);
    stage.next_as("sam", &rename(SOURCE, "New")).unwrap();
    clock.pass(48);
    assert_eq!(swept(&stage), 0);
    stage.restart();
    assert_eq!(swept(&stage), 0);
    assert_eq!(why(&mut stage, SESSION), None);
}

#[test]
fn c6_many_idle_records_are_closed_a_few_at_a_time() {
    let (clock, mut stage) = told();
    for index in 0..20 {
        let learner = LearnerId::from_uuid(Uuid::from_u128(0xe00 + index));
        stage.system(Command::PutLearner {
            learner,
            record: plansync_domain::reference::learner::Learner {
                name: "Learner".into(),
                case_owner: None,
                groups: Vec::new(),
                tutors: Vec::new(),
                enrolments: Vec::new(),
            },
        });
        open(&mut stage, learner, session(index));
    }
    clock.pass(24);
    assert_eq!(swept(&stage), 20);
    assert_eq!(closings(&stage).len(), 20);
}

fn limited() -> (Arc<Told>, Stage) {
    told_with(|config| {
        config.limits = Limits {
            open_records: 2,
            ..Limits::default()
        };
    })
}

#[test]
fn c6_one_record_too_many_closes_the_longest_idle_one_with_it() {
    let (_, mut stage) = limited();
    open(&mut stage, SOURCE, SESSION);
    open(&mut stage, target(1), session(1));
    stage.next_as("sam", &rename(SOURCE, "New")).unwrap();
    open(&mut stage, target(2), session(2));
    let displaced = (session(1), CloseReason::Displaced, "sam".parse().unwrap());
    assert_eq!(closings(&stage), [displaced]);
    stage.restart();
    let refused = Rejection::SessionClosed {
        session: session(1),
        end: SessionEnd::Displaced,
    };
    assert_eq!(why(&mut stage, session(1)), Some(refused));
    assert_eq!(why(&mut stage, SESSION), None);
    assert_eq!(why(&mut stage, session(2)), None);
}

#[test]
fn c6_a_record_gives_way_only_together_with_the_one_that_is_opened() {
    let (_, mut stage) = limited();
    open(&mut stage, SOURCE, SESSION);
    open(&mut stage, target(1), session(1));
    let third = Command::OpenRecord {
        learner: target(2),
        session: session(2),
    };
    stage.next_as("sam", &third).unwrap();
    // Nothing of it was written: it is as if it had not been asked.
    stage.restart();
    assert_eq!(closings(&stage), []);
    assert_eq!(why(&mut stage, SESSION), None);
}

#[test]
fn c6_a_session_that_is_resumed_answers_a_repeat_alike_even_when_it_is_closed() {
    let (clock, mut stage) = told();
    open(&mut stage, SOURCE, SESSION);
    stage.next_as("sam", &rename(SOURCE, "New")).unwrap();
    clock.pass(20);
    let resume = Command::ResumeRecord {
        learner: SOURCE,
        session: session(9),
    };
    let call = crate::stage::call("sam", 900, &resume);
    let first = stage.engine.submit(&call, &resume).unwrap();
    let Reply::Opened {
        session, resumed, ..
    } = &first.reply
    else {
        panic!("{first:?}");
    };
    assert_eq!((*session, *resumed), (SESSION, true));
    stage.write();
    clock.pass(20);
    assert_eq!(swept(&stage), 0);
    clock.pass(4);
    assert_eq!(swept(&stage), 1);
    stage.restart();
    let again = stage.engine.submit(&call, &resume).unwrap();
    assert_eq!((again.reply, again.duplicate), (first.reply, true));
    assert!(
        stage
            .engine
            .snapshot(&tenant())
            .tenant
            .session(SESSION)
            .is_none()
    );
}
