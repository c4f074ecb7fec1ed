//! Examples of holds and erasures, and of texts as the log seals them.

use crate::event::command_outcome::{CommandRejected, KeptBytes, RejectedError};
use crate::event::refusal::{RecordedRefusal, RefusalCode};
use crate::event::{
    ComponentChanged, Event, LearnerErased, LearnerErasureRequested, LearnerHeld, LearnerPut,
    LearnerReleased,
};
use crate::reference::learner::Learner;
use crate::test_support::{active, attributes, component, learner};
use crate::text::personal::Personal;
use crate::values::attribute::Attribute;
use crate::values::value::Value;

/// Holds and erasures, and texts as the log seals them.
pub(super) fn erasures() -> Vec<Event> {
    let sealed = || Personal::sealed([1, 2, 3, 0xff]);
    let record = Learner {
        name: sealed(),
        case_owner: None,
        groups: Vec::new(),
        tutors: Vec::new(),
        enrolments: vec![active(1)],
    };
    let refusal = RecordedRefusal {
        code: RefusalCode::InvalidRequest,
        message: sealed(),
        details: None,
    };
    vec![
        Event::LearnerHeld(LearnerHeld {
            learner: learner(1),
        }),
        Event::LearnerReleased(LearnerReleased {
            learner: learner(1),
        }),
        Event::LearnerErasureRequested(LearnerErasureRequested {
            learner: learner(1),
        }),
        Event::LearnerErased(LearnerErased {
            learner: learner(1),
            searches: 2,
        }),
        Event::LearnerPut(LearnerPut {
            learner: learner(1),
            record,
        }),
        Event::ComponentChanged(ComponentChanged {
            case_owner: None,
            component: component(1),
            set: attributes([(Attribute::MarkingAidExercise, Value::Null)]),
            reason: Some(sealed()),
        }),
        Event::CommandRejected(CommandRejected {
            operation: "plan.edit".to_owned(),
            error: RejectedError::Recorded(refusal),
            bytes: KeptBytes::Sealed {
                length: 3,
                sealed: vec![9, 8, 7],
            },
            not_kept: None,
        }),
    ]
}
