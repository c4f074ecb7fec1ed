//! Erasing a learner's personal text, and the legal holds that forbid it (D6, D7).
//!
//! A decision only says that an erasure was asked for. Keys are destroyed by the engine, which then records that it
//! is done.

use crate::access::erasure::refuse_erased;
use crate::command::decided::Decided;
use crate::command::rejection::Rejection;
use crate::event::command_outcome::CommandOutcome;
use crate::event::{Event, LearnerErasureRequested, LearnerHeld, LearnerReleased};
use crate::ids::LearnerId;
use crate::ids::stream::Stream;
use crate::state::tenant::Tenant;

/// `learner.erase`: of a learner who is known and not held. One who is erased already stays so.
pub(crate) fn decide_erase(tenant: &Tenant, learner: LearnerId) -> Result<Decided, Rejection> {
    known(tenant, learner)?;
    if tenant.erasures().is_held(learner) {
        return Err(Rejection::LearnerHeld);
    }
    let requested = LearnerErasureRequested { learner };
    let differs = !tenant.erasures().is_erased(learner);
    let event = Event::LearnerErasureRequested(requested);
    Ok(changed(learner, differs, event))
}

/// `learner.hold`: of a learner who is known and not erased.
pub(crate) fn decide_hold(tenant: &Tenant, learner: LearnerId) -> Result<Decided, Rejection> {
    known(tenant, learner)?;
    refuse_erased(tenant, learner)?;
    let differs = !tenant.erasures().is_held(learner);
    let event = Event::LearnerHeld(LearnerHeld { learner });
    Ok(changed(learner, differs, event))
}

/// `learner.release`: of a learner who is known and not erased.
pub(crate) fn decide_release(tenant: &Tenant, learner: LearnerId) -> Result<Decided, Rejection> {
    known(tenant, learner)?;
    refuse_erased(tenant, learner)?;
    let differs = tenant.erasures().is_held(learner);
    let event = Event::LearnerReleased(LearnerReleased { learner });
    Ok(changed(learner, differs, event))
}

fn known(tenant: &Tenant, learner: LearnerId) -> Result<(), Rejection> {
    let known = tenant.learner(learner);
    known.map(|_| ()).ok_or(Rejection::LearnerNotAvailable)
}

fn changed(learner: LearnerId, differs: bool, event: Event) -> Decided {
    if differs {
        Decided::Events {
            stream: Stream::Learner(learner),
            events: vec![event],
        }
    } else {
        Decided::Unchanged(CommandOutcome::Put)
    }
}
