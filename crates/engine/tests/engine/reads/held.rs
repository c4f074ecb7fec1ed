//! How many states are held for lists that are read page by page, and for how long.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use plansync_domain::permission::Permission;
use plansync_engine::read::Reading;
use plansync_engine::{Clock, Config, Refusal};
use plansync_log::{Position, Recorded};

use super::{actor, ask, put_administrator};
use crate::stage::{Stage, config, rename, target, tenant};

/// States that are held at once, as README and the protocol guarantee no fewer.
const HELD_MAX: usize = 64;
const HELD_OF_ACTOR_MAX: usize = 8;
const IDLE_MAX: Duration = Duration::from_mins(1);

/// The time that a test says it is, in microseconds.
#[derive(Default)]
struct Told(AtomicI64);

impl Told {
    fn pass(&self, time: Duration) {
        let micros = i64::try_from(time.as_micros()).unwrap();
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Clock for Told {
    fn now(&self) -> Recorded {
        Recorded::new(1_795_000_000_000_000 + self.0.load(Ordering::Relaxed))
    }
}

fn told() -> (Arc<Told>, Stage) {
    let clock = Arc::new(Told::default());
    let stage = Stage::college_with(Config {
        clock: Arc::clone(&clock) as _,
        ..config()
    });
    (clock, stage)
}

/// Something happens, and somebody holds the state after it.
fn hold(stage: &mut Stage, name: &str) -> Position {
    let edition = format!("After {}", stage.engine.snapshot(&tenant()).position);
    stage
        .next_as("system", &rename(target(0), &edition))
        .unwrap();
    stage.write();
    ask(stage, name, |reading| {
        reading.hold();
        reading.position()
    })
}

/// Whether a state is held for somebody; asking for it is reading a page of it.
fn is_held(stage: &Stage, name: &str, position: Position) -> bool {
    let (tenant, actor) = (tenant(), actor(name));
    match stage.engine.reading_held(&tenant, &actor, position) {
        Ok(reading) => {
            assert_eq!(reading.position(), position);
            true
        }
        Err(Refusal::ReadingExpired) => false,
        Err(other) => panic!("{other:?}"),
    }
}

fn held_count(stage: &Stage, held: &[(String, Position)]) -> usize {
    let is_held = |(name, position): &&(String, Position)| is_held(stage, name, *position);
    held.iter().filter(is_held).count()
}

#[test]
fn a_state_is_held_until_nobody_read_from_it_for_a_minute() {
    let (clock, mut stage) = told();
    let read_on = hold(&mut stage, "sam");
    let left = hold(&mut stage, "sam");
    clock.pass(IDLE_MAX / 2);
    assert!(is_held(&stage, "sam", read_on));
    clock.pass(IDLE_MAX / 2);
    assert!(is_held(&stage, "sam", left), "a minute to the moment");
    assert!(is_held(&stage, "sam", read_on));
    clock.pass(IDLE_MAX + Duration::from_micros(1));
    assert!(!is_held(&stage, "sam", left));
    assert!(!is_held(&stage, "sam", read_on));
}

/// A clock that was set back holds nothing for longer than it is off.
#[test]
fn a_clock_that_is_set_back_holds_nothing_for_ever() {
    let (clock, mut stage) = told();
    clock.pass(IDLE_MAX * 10);
    let position = hold(&mut stage, "sam");
    clock.0.store(0, Ordering::Relaxed);
    assert!(!is_held(&stage, "sam", position));
}

fn hold_this(reading: &Reading<'_>) {
    reading.hold();
}

/// What is old is let go of by the writer, even where nobody asks for it again.
#[test]
fn a_state_that_is_old_is_let_go_of_while_the_engine_writes() {
    let (clock, mut stage) = told();
    ask(&stage, "sam", hold_this);
    let before = Arc::downgrade(&stage.engine.snapshot(&tenant()).tenant);
    clock.pass(IDLE_MAX * 2);
    stage.next_as("system", &rename(target(0), "New")).unwrap();
    stage.write();
    stage
        .next_as("system", &rename(target(0), "Newer"))
        .unwrap();
    stage.write();
    assert!(before.upgrade().is_none());
}

#[test]
fn an_actor_has_eight_states_and_they_are_the_ones_read_last() {
    let (_, mut stage) = told();
    let mut held: Vec<_> = (0..HELD_OF_ACTOR_MAX)
        .map(|_| hold(&mut stage, "sam"))
        .collect();
    assert!(
        is_held(&stage, "sam", held[0]),
        "all eight, and the first is read on"
    );
    held.push(hold(&mut stage, "sam"));
    let still: Vec<_> = held
        .iter()
        .map(|held| is_held(&stage, "sam", *held))
        .collect();
    let mut expected = [true; HELD_OF_ACTOR_MAX + 1];
    expected[1] = false;
    assert_eq!(still, expected);
}

#[test]
fn there_are_sixty_four_states_for_everybody() {
    let (_, mut stage) = told();
    let names: Vec<_> = (0..=HELD_MAX / HELD_OF_ACTOR_MAX)
        .map(|number| format!("reader{number}"))
        .collect();
    for name in &names {
        put_administrator(&mut stage, name, Permission::Supervisor, "north");
    }
    let mut held = Vec::new();
    for name in &names[..HELD_MAX / HELD_OF_ACTOR_MAX] {
        for _ in 0..HELD_OF_ACTOR_MAX {
            held.push((name.clone(), hold(&mut stage, name)));
        }
    }
    assert_eq!(held_count(&stage, &held), HELD_MAX);
    let last = names.last().unwrap();
    held.push((last.clone(), hold(&mut stage, last)));
    assert_eq!(held_count(&stage, &held), HELD_MAX);
    let (name, position) = &held[0];
    assert!(
        !is_held(&stage, name, *position),
        "the one read least lately goes"
    );
}

/// Holding a state that is held already takes no more room.
#[test]
fn a_state_that_is_held_twice_counts_once() {
    let (_, mut stage) = told();
    let held: Vec<_> = (0..HELD_OF_ACTOR_MAX)
        .map(|_| hold(&mut stage, "sam"))
        .collect();
    for _ in 0..HELD_OF_ACTOR_MAX {
        ask(&stage, "sam", hold_this);
    }
    assert!(held.iter().all(|held| is_held(&stage, "sam", *held)));
}
