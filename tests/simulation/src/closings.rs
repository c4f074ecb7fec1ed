//! Records that the engine closed by itself: the model must have come to the same, and none that is idle
//! may be left open in the end (C6).

use plansync_domain::event::{CloseReason, Event, RecordClosed};
use plansync_domain::ids::Actor;
use plansync_engine::Decided;
use plansync_model::world::World;

use crate::figures::Figures;
use crate::simulation::Violation;

/// A longer step of the clock is none that counts: 31 days, in microseconds. It is written here once more,
/// so that a change of the rule is noticed.
const STEP_MAX: i64 = 31 * 24 * 3_600_000_000;

/// The time that has passed, by the recorded times of all commits.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Elapsed {
    recorded: i64,
    micros: u64,
}

impl Elapsed {
    /// Behind one more commit.
    pub(crate) fn after(self, recorded: i64) -> Self {
        let micros = self.at(recorded);
        Self { recorded, micros }
    }

    /// All of it, in microseconds.
    pub(crate) const fn micros(self) -> u64 {
        self.micros
    }

    /// Where a clock says that it is so late.
    pub(crate) fn at(self, now: i64) -> u64 {
        let step = now - self.recorded;
        let counts = (0..=STEP_MAX).contains(&step);
        let step = u64::try_from(step).ok().filter(|_| counts);
        self.micros + step.unwrap_or(0)
    }
}

/// A record that gave way, and who is to open another one with the very next commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GaveWay {
    tenant: usize,
    by: Actor,
}

/// Closes the record of a commit that nobody asked for in the model, too, if that would.
pub(crate) fn closed(
    world: &mut World,
    (tenant, decided): (usize, &Decided),
    closed: &RecordClosed,
    figures: &mut Figures,
) -> Result<Option<GaveWay>, Violation> {
    let session = closed.session;
    let says = |what: &str| {
        Err(format!(
            "{session} is closed as {:?}: {what}",
            closed.reason
        ))
    };
    match closed.reason {
        CloseReason::Closed => says("nobody asked for it"),
        CloseReason::Idle if !world.idle_sessions().contains(&session) => says("it is not idle"),
        CloseReason::Idle if decided.actor != Actor::System => says("it was not the engine"),
        CloseReason::Idle => {
            figures.idle += 1;
            world.end_session(session, "idle");
            Ok(None)
        }
        CloseReason::Displaced if world.displaced(decided.actor.as_str()) != Some(session) => {
            says("it does not give way")
        }
        CloseReason::Displaced => {
            figures.displaced += 1;
            world.end_session(session, "displaced");
            let by = decided.actor.clone();
            Ok(Some(GaveWay { tenant, by }))
        }
    }
}

/// Whoever displaced a record opens another one with the very next commit.
pub(crate) fn opens(
    gave_way: Option<GaveWay>,
    (tenant, decided): (usize, &Decided),
) -> Result<(), Violation> {
    let Some(gave_way) = gave_way else {
        return Ok(());
    };
    let by = decided.actor.clone();
    let opens = matches!(decided.events.as_slice(), [Event::RecordOpened(_)]);
    if opens && gave_way == (GaveWay { tenant, by }) {
        Ok(())
    } else {
        Err(format!("{gave_way:?}, and the next commit is {decided:?}"))
    }
}

/// No record is left open that was idle when that was looked for last.
pub(crate) fn none_left(worlds: &mut [World], now: u64) -> Result<(), Violation> {
    for world in worlds {
        world.now = now;
        let idle = world.idle_sessions();
        if !idle.is_empty() && world.settings.is_some() {
            return Err(format!("idle records are left open: {idle:?}"));
        }
    }
    Ok(())
}
