//! By what a commit set a field of a component: by hand, from a template, or by a sync; and what a sync
//! carried of it.
//!
//! A commit holds several edits. The last one of them that concerns the field is the one that set it.

use crate::event::sync::TargetReplayed;
use crate::event::{ComponentReadded, Event};
use crate::history::field::Field;
use crate::ids::version::TemplateVersion;
use crate::ids::{ComponentId, ProgrammeId};
use crate::sync::change_set::{Change, Whole};
use crate::sync::pair_outcome::{Action, OwnerEffect, PairOutcome};
use crate::text::personal::Personal;
use crate::values::attribute::Attribute;
use crate::values::attributes::AttributeMap;

/// By what a field was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetBy<'a> {
    /// By an edit, with the reason that was given for it.
    Hand(Option<&'a Personal>),
    /// Its component came from this version of the programme's template.
    Template(ProgrammeId, TemplateVersion),
    /// By a sync.
    Sync(&'a TargetReplayed),
}

impl<'a> SetBy<'a> {
    /// By what the commit with these events set a field that it set.
    pub fn of(events: &'a [Event], component: ComponentId, field: Field) -> Self {
        let mut latest = events.iter().rev();
        let found = latest.find_map(|event| Self::of_event(event, component, field));
        found.unwrap_or(Self::Hand(None))
    }

    fn of_event(event: &'a Event, component: ComponentId, field: Field) -> Option<Self> {
        if event.edited_component().is_some_and(|of| of != component) {
            return None;
        }
        let by_hand = |sets: bool| sets.then_some(Self::Hand(None));
        match event {
            Event::TargetReplayed(replayed) => Some(Self::Sync(replayed)),
            Event::PlanInstantiated(event) => {
                Some(Self::Template(event.programme, event.template_version))
            }
            Event::ComponentAdded(_) | Event::ComponentRemoved(_) => by_hand(true),
            Event::ComponentReadded(event) => Some(Self::of_readded(event, field)),
            Event::ComponentChanged(event) => {
                let sets = sets(&event.set, field);
                sets.then_some(Self::Hand(event.reason.as_ref()))
            }
            Event::StatusSet(_) => by_hand(field == Field::Status),
            Event::EvidenceSubmitted(_) => by_hand(field == Field::Evidence),
            Event::ReviewStatusSet(_) => by_hand(field == Field::Review),
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
            | Event::CommandRejected(_) => None,
        }
    }

    /// The attributes that were given are set by hand, the others by the template.
    fn of_readded(event: &ComponentReadded, field: Field) -> Self {
        match field {
            Field::Attribute(attribute)
                if attribute.in_template() && !event.attributes.contains(attribute) =>
            {
                Self::Template(event.programme, event.template_version)
            }
            Field::Attribute(_)
            | Field::Component
            | Field::Status
            | Field::Evidence
            | Field::Review => Self::Hand(None),
        }
    }
}

/// Whether attributes set a field. The date of a meeting also sets the review.
fn sets(attributes: &AttributeMap, field: Field) -> bool {
    match field {
        Field::Attribute(attribute) => attributes.contains(attribute),
        Field::Review => attributes.contains(Attribute::ReviewAt),
        Field::Component | Field::Status | Field::Evidence => false,
    }
}

/// Where a sync got the value from that it set a field to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// From this field of the source's plan.
    Source(Field),
    /// From the programme's template.
    Template,
    /// From neither: it follows from the sync itself, such as the default of a created component.
    Nothing,
}

impl Carried {
    /// What a change carried into a field that its replay set.
    pub fn of(change: &Change, pair_outcome: PairOutcome, field: Field) -> Self {
        let attribute = match field {
            Field::Component if matches!(change, Change::Select { .. }) => return Self::Nothing,
            Field::Component => return Self::Source(field),
            Field::Attribute(attribute) => attribute,
            // A review that a sync makes has the date that the sync carries.
            Field::Review => Attribute::ReviewAt,
            Field::Status | Field::Evidence => return Self::Nothing,
        };
        let carries = match change {
            Change::Select { attributes } if attributes.contains(attribute) => {
                return Self::Template;
            }
            Change::Create(whole) | Change::Overwrite(whole) => {
                of_whole(whole, pair_outcome).contains(attribute)
            }
            Change::Update(difference) => difference.after.contains(attribute),
            Change::Select { .. }
            | Change::NoRecentChange
            | Change::NoTemplate
            | Change::Delete => false,
        };
        let owner_kept = pair_outcome.owner() == OwnerEffect::Kept;
        if carries && !(attribute == Attribute::Owner && owner_kept) {
            Self::Source(Field::Attribute(attribute))
        } else {
            Self::Nothing
        }
    }
}

/// The attributes that are replayed: on an existing component, those that were set explicitly (T1).
fn of_whole(whole: &Whole, pair_outcome: PairOutcome) -> &AttributeMap {
    match &whole.explicit {
        Some(explicit) if pair_outcome.action() == Action::Synchronise => &explicit.after,
        Some(_) | None => &whole.attributes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ComponentChanged, ComponentRemoved, PlanInstantiated, StatusSet};
    use crate::plan::status::Status;
    use crate::sync::effect::OwnerEffect;
    use crate::test_support::{attributes, component, named, programme};
    use crate::values::difference::Difference;
    use crate::values::value::Value;

    const NAME: Field = Field::Attribute(Attribute::Name);
    const DUE: Field = Field::Attribute(Attribute::DueDate);

    fn changed(number: u128, set: AttributeMap, reason: Option<&str>) -> Event {
        Event::ComponentChanged(ComponentChanged {
            case_owner: None,
            component: component(number),
            set,
            reason: reason.map(Into::into),
        })
    }

    fn of(events: &[Event], field: Field) -> SetBy<'_> {
        SetBy::of(events, component(1), field)
    }

    #[test]
    fn the_last_edit_of_a_commit_that_concerns_the_field_set_it() {
        let events = [
            changed(
                1,
                attributes([(Attribute::DueDate, Value::Null)]),
                Some("First"),
            ),
            changed(
                1,
                attributes([(Attribute::DueDate, Value::Null)]),
                Some("Last"),
            ),
            changed(1, named("New"), None),
            changed(
                2,
                attributes([(Attribute::DueDate, Value::Null)]),
                Some("Another"),
            ),
        ];
        assert_eq!(of(&events, DUE), SetBy::Hand(Some(&"Last".into())));
        assert_eq!(of(&events, NAME), SetBy::Hand(None));
    }

    #[test]
    fn what_came_from_a_template_and_was_not_given_is_the_templates() {
        let readded = Event::ComponentReadded(ComponentReadded {
            case_owner: None,
            component: component(1),
            programme: programme(1),
            template_version: TemplateVersion::new(3),
            attributes: named("Given"),
        });
        let events = [readded];
        let template = SetBy::Template(programme(1), TemplateVersion::new(3));
        assert_eq!(of(&events, DUE), template);
        assert_eq!(of(&events, NAME), SetBy::Hand(None));
        let owner = Field::Attribute(Attribute::Owner);
        assert_eq!(of(&events, owner), SetBy::Hand(None));
        let events = [Event::PlanInstantiated(PlanInstantiated {
            programme: programme(1),
            template_version: TemplateVersion::new(3),
            added: Vec::new(),
        })];
        assert_eq!(of(&events, Field::Component), template);
    }

    #[test]
    fn progress_and_removal_are_set_by_their_own_edits() {
        let done = Event::StatusSet(StatusSet {
            component: component(1),
            status: Status::Completed,
        });
        let removed = Event::ComponentRemoved(ComponentRemoved {
            component: component(1),
        });
        let events = [changed(1, named("New"), Some("Why")), done, removed];
        for field in [Field::Status, Field::Component] {
            assert_eq!(of(&events, field), SetBy::Hand(None));
        }
    }

    fn carried(change: &Change, action: Action, owner: OwnerEffect, field: Field) -> Carried {
        Carried::of(change, PairOutcome::applied(action, owner, false), field)
    }

    #[test]
    fn a_sync_carries_the_sources_fields_or_the_templates() {
        let owner = Field::Attribute(Attribute::Owner);
        let whole = Change::Create(Whole {
            attributes: attributes([
                (Attribute::Name, "Essay".into()),
                (Attribute::DueDate, Value::Null),
                (Attribute::Owner, Value::Null),
            ]),
            owner_is_case_owner: false,
            explicit: Some(Difference {
                after: named("Essay"),
                ..Difference::default()
            }),
        });
        let on = |action, owner_effect, field| carried(&whole, action, owner_effect, field);
        let (create, change) = (Action::Create, Action::Synchronise);
        let (kept, source) = (OwnerEffect::Kept, OwnerEffect::Source);
        assert_eq!(on(create, kept, DUE), Carried::Source(DUE));
        assert_eq!(on(change, kept, DUE), Carried::Nothing);
        assert_eq!(on(change, kept, NAME), Carried::Source(NAME));
        assert_eq!(on(create, kept, owner), Carried::Nothing);
        assert_eq!(on(create, source, owner), Carried::Source(owner));
        assert_eq!(on(create, kept, Field::Status), Carried::Nothing);
        let came = Carried::Source(Field::Component);
        assert_eq!(on(create, kept, Field::Component), came);
        let select = Change::Select {
            attributes: named("Essay"),
        };
        assert_eq!(carried(&select, change, kept, NAME), Carried::Template);
        assert_eq!(carried(&select, change, kept, DUE), Carried::Nothing);
        let gone = carried(&Change::Delete, Action::Delete, kept, Field::Component);
        assert_eq!(gone, came);
    }

    #[test]
    fn a_review_that_a_sync_makes_has_the_date_that_the_sync_carries() {
        let meeting = attributes([(Attribute::ReviewAt, Value::Null)]);
        let change = Change::Update(Difference {
            after: meeting,
            ..Difference::default()
        });
        let kept = OwnerEffect::Kept;
        let review_at = Carried::Source(Field::Attribute(Attribute::ReviewAt));
        let carries = carried(&change, Action::Synchronise, kept, Field::Review);
        assert_eq!(carries, review_at);
    }
}
