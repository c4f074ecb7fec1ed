//! What the history of a plan shows of an event: the kind of change, and the attributes that it
//! concerns.

use crate::event::{ComponentAdded, ComponentChanged, ComponentReadded, Event};
use crate::ids::version::TemplateVersion;
use crate::ids::{ComponentId, ProgrammeId};
use crate::plan::status::Status;
use crate::review::status::ReviewStatus;
use crate::sync::pair_outcomes::Tally;
use crate::text::personal::Personal;
use crate::values::attribute::Attribute;
use crate::values::attributes::AttributeMap;

/// One change of a plan, as its history shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanChange {
    /// A change of one component by hand.
    Component(ComponentChange),
    /// A template was instantiated.
    Instantiated {
        /// The programme whose template it is.
        programme: ProgrammeId,
        /// The version of the template.
        template_version: TemplateVersion,
        /// The number of components that were added.
        added: usize,
    },
    /// A sync was replayed on the plan.
    Synchronised(Tally),
}

/// What happened to one component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // Their names are their documentation.
pub enum ChangeKind {
    Created,
    Updated,
    Deleted,
}

impl ChangeKind {
    /// Its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

/// A change of one component by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentChange {
    /// The component.
    pub component: ComponentId,
    /// What happened to it.
    pub change: ChangeKind,
    /// The attributes with their values afterwards.
    pub attributes: AttributeMap,
    /// The version of the template from which it was added again.
    pub template_version: Option<TemplateVersion>,
    /// Its new status.
    pub status: Option<Status>,
    /// The number of pieces of evidence afterwards.
    pub evidence: Option<u32>,
    /// The new status of its review.
    pub review_status: Option<ReviewStatus>,
    /// The reason for moving the due date.
    pub reason: Option<Personal>,
}

impl ComponentChange {
    fn new(component: ComponentId, change: ChangeKind) -> Self {
        Self {
            component,
            change,
            attributes: AttributeMap::new(),
            template_version: None,
            status: None,
            evidence: None,
            review_status: None,
            reason: None,
        }
    }
}

/// What the history of a plan shows of an event; none for an event that does not change a plan.
pub fn plan_change(event: &Event) -> Option<PlanChange> {
    let change = match event {
        Event::PlanInstantiated(event) => PlanChange::Instantiated {
            programme: event.programme,
            template_version: event.template_version,
            added: event.added_count(),
        },
        Event::TargetReplayed(event) => PlanChange::Synchronised(event.pair_outcomes.tally()),
        Event::ComponentAdded(event) => PlanChange::Component(added(event)),
        Event::ComponentReadded(event) => PlanChange::Component(readded(event)),
        Event::ComponentChanged(event) => PlanChange::Component(changed(event)),
        Event::ComponentRemoved(event) => {
            let change = ComponentChange::new(event.component, ChangeKind::Deleted);
            PlanChange::Component(change)
        }
        Event::StatusSet(event) => PlanChange::Component(ComponentChange {
            status: Some(event.status),
            ..ComponentChange::new(event.component, ChangeKind::Updated)
        }),
        Event::EvidenceSubmitted(event) => PlanChange::Component(ComponentChange {
            evidence: Some(event.count),
            ..ComponentChange::new(event.component, ChangeKind::Updated)
        }),
        Event::ReviewStatusSet(event) => PlanChange::Component(ComponentChange {
            review_status: Some(event.status),
            ..ComponentChange::new(event.component, ChangeKind::Updated)
        }),
        Event::TenantPut(_)
        | Event::AdministratorPut(_)
        | Event::EngineStarted(_)
        | Event::AdministratorRemoved(_)
        | Event::LearnerPut(_)
        | Event::LearnerHeld(_)
        | Event::LearnerReleased(_)
        | Event::LearnerErasureRequested(_)
        | Event::LearnerErased(_)
        | Event::ProgrammePut(_)
        | Event::TemplatePut(_)
        | Event::TemplateRemoved(_)
        | Event::RecordOpened(_)
        | Event::RecordClosed(_)
        | Event::RecordResumed(_)
        | Event::ChangeSetChunk(_)
        | Event::SyncAccepted(_)
        | Event::SyncCancelled(_)
        | Event::SyncCompleted(_)
        | Event::CommandOutcome(_)
        | Event::CommandAccepted(_)
        | Event::CommandRejected(_) => return None,
    };
    Some(change)
}

fn added(event: &ComponentAdded) -> ComponentChange {
    ComponentChange {
        attributes: all_of_its_type(event),
        ..ComponentChange::new(event.component, ChangeKind::Created)
    }
}

/// The template's version determines the attributes that were not given.
fn readded(event: &ComponentReadded) -> ComponentChange {
    ComponentChange {
        attributes: event.attributes.clone(),
        template_version: Some(event.template_version),
        ..ComponentChange::new(event.component, ChangeKind::Created)
    }
}

fn changed(event: &ComponentChanged) -> ComponentChange {
    ComponentChange {
        attributes: event.set.clone(),
        reason: event.reason.clone(),
        ..ComponentChange::new(event.component, ChangeKind::Updated)
    }
}

/// The attributes that were given and the defaults of the others: the values that the component had
/// from then on.
fn all_of_its_type(event: &ComponentAdded) -> AttributeMap {
    Attribute::ALL
        .into_iter()
        .filter(|attribute| attribute.fits(&event.component_type))
        .filter_map(|attribute| {
            let given = event.attributes.get(attribute).cloned();
            Some((attribute, given.or_else(|| attribute.default())?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EvidenceSubmitted, PlanInstantiated, RowRun, StatusSet};
    use crate::test_support::{attributes, component, named, programme};
    use crate::values::value::{CompletionMode, Value};

    fn updated(number: u128) -> ComponentChange {
        ComponentChange::new(component(number), ChangeKind::Updated)
    }

    #[test]
    fn what_was_added_by_hand_is_shown_with_everything_its_type_has() {
        let event = Event::ComponentAdded(ComponentAdded {
            case_owner: None,
            component: component(1),
            programme: programme(1),
            component_type: "exam".parse().unwrap(),
            attributes: attributes([
                (Attribute::Name, "Exam".into()),
                (Attribute::EvidenceRequired, true.into()),
            ]),
        });
        let shown = attributes([
            (Attribute::Name, "Exam".into()),
            (Attribute::DueDate, Value::Null),
            (
                Attribute::CompletionMode,
                Value::Mode(CompletionMode::Learner),
            ),
            (Attribute::Criteria, Value::codes([])),
            (Attribute::Instructions, "".into()),
            (Attribute::EvidenceRequired, true.into()),
            (Attribute::MinEvidence, Value::Number(0)),
            (Attribute::Documents, Value::Documents([].into())),
            (Attribute::DeliveryViaOrganisation, false.into()),
            (Attribute::DeliveryViaEmployer, false.into()),
            (Attribute::MarkingAidExercise, Value::Null),
            (Attribute::PlannedForQa, false.into()),
            (Attribute::Owner, Value::Null),
        ]);
        let expected = ComponentChange {
            attributes: shown,
            ..ComponentChange::new(component(1), ChangeKind::Created)
        };
        assert_eq!(plan_change(&event), Some(PlanChange::Component(expected)));
    }

    #[test]
    fn what_came_back_from_the_template_is_shown_with_what_was_given() {
        let event = Event::ComponentReadded(ComponentReadded {
            case_owner: None,
            component: component(1),
            programme: programme(1),
            template_version: TemplateVersion::new(3),
            attributes: named("Again"),
        });
        let expected = ComponentChange {
            attributes: named("Again"),
            template_version: Some(TemplateVersion::new(3)),
            ..ComponentChange::new(component(1), ChangeKind::Created)
        };
        assert_eq!(plan_change(&event), Some(PlanChange::Component(expected)));
    }

    #[test]
    fn changes_and_progress_are_updates() {
        let component = component(1);
        let renamed = Event::ComponentChanged(ComponentChanged {
            case_owner: None,
            component,
            set: named("Other"),
            reason: Some("Typing error".into()),
        });
        let completed = Event::StatusSet(StatusSet {
            component,
            status: Status::Completed,
        });
        let submitted = Event::EvidenceSubmitted(EvidenceSubmitted {
            component,
            count: 2,
        });
        let expected = [
            ComponentChange {
                attributes: named("Other"),
                reason: Some("Typing error".into()),
                ..updated(1)
            },
            ComponentChange {
                status: Some(Status::Completed),
                ..updated(1)
            },
            ComponentChange {
                evidence: Some(2),
                ..updated(1)
            },
        ];
        let shown = [renamed, completed, submitted].map(|event| plan_change(&event));
        assert_eq!(
            shown,
            expected.map(|change| Some(PlanChange::Component(change)))
        );
    }

    #[test]
    fn an_instantiation_is_shown_as_a_number() {
        let event = Event::PlanInstantiated(PlanInstantiated {
            programme: programme(1),
            template_version: TemplateVersion::new(2),
            added: [(0, 2), (5, 3)]
                .map(|(from, count)| RowRun { from, count })
                .into(),
        });
        let expected = PlanChange::Instantiated {
            programme: programme(1),
            template_version: TemplateVersion::new(2),
            added: 5,
        };
        assert_eq!(plan_change(&event), Some(expected));
    }
}
