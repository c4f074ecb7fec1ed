//! What a plan's history shows of an event.
//!
//! Owns which attributes are shown of which change. Knows nothing of who asks, or of paging.

use crate::attribute::Attribute;
use crate::attributes::AttributeMap;
use crate::decisions::Tally;
use crate::event::{ComponentAdded, Event};
use crate::ids::{ComponentId, ProgrammeId};
use crate::personal::Personal;
use crate::status::Status;
use crate::version::TemplateVersion;

/// One change of a plan, as its history shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanChange {
    /// Of one component, by hand.
    Component(ComponentChange),
    /// A template was instantiated.
    Instantiated {
        /// Whose template.
        programme: ProgrammeId,
        /// Which version of it.
        template_version: TemplateVersion,
        /// How many components were added.
        added: usize,
    },
    /// A synchronisation reached the plan.
    Synchronised(Tally),
}

/// What became of one component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // Their names are their documentation.
pub enum ChangeKind {
    Created,
    Updated,
    Deleted,
}

impl ChangeKind {
    /// Its name, as messages have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

/// What was done to one component by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentChange {
    /// Which.
    pub component: ComponentId,
    /// What became of it.
    pub change: ChangeKind,
    /// Attributes with their values afterwards.
    pub attributes: AttributeMap,
    /// The version of the template that a re-added component came from.
    pub template_version: Option<TemplateVersion>,
    /// Its new progress.
    pub status: Option<Status>,
    /// How many pieces of evidence there are now.
    pub evidence: Option<u32>,
    /// Why a due date was moved.
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
            reason: None,
        }
    }
}

/// What the history of a plan shows of an event; nothing of one that is about no plan.
pub fn plan_change(event: &Event) -> Option<PlanChange> {
    match event {
        Event::PlanInstantiated(event) => Some(PlanChange::Instantiated {
            programme: event.programme,
            template_version: event.template_version,
            added: event.added_count(),
        }),
        Event::TargetReplayed(event) => Some(PlanChange::Synchronised(event.decisions.tally())),
        Event::ComponentAdded(_)
        | Event::ComponentReadded(_)
        | Event::ComponentChanged(_)
        | Event::ComponentRemoved(_)
        | Event::StatusSet(_)
        | Event::EvidenceSubmitted(_) => component_change(event).map(PlanChange::Component),
        Event::TenantPut(_)
        | Event::AdministratorPut(_)
        | Event::AdministratorRemoved(_)
        | Event::LearnerPut(_)
        | Event::ProgrammePut(_)
        | Event::TemplatePut(_)
        | Event::TemplateRemoved(_)
        | Event::RecordOpened(_)
        | Event::RecordClosed(_)
        | Event::ChangeSetChunk(_)
        | Event::SyncAccepted(_)
        | Event::SyncCancelled(_)
        | Event::SyncCompleted(_)
        | Event::Noted(_)
        | Event::CommandAccepted(_)
        | Event::CommandRejected(_) => None,
    }
}

fn component_change(event: &Event) -> Option<ComponentChange> {
    let change = match event {
        Event::ComponentAdded(event) => ComponentChange {
            attributes: all_of_its_type(event),
            ..ComponentChange::new(event.component, ChangeKind::Created)
        },
        Event::ComponentReadded(event) => ComponentChange {
            attributes: event.attributes.clone(),
            template_version: Some(event.template_version),
            ..ComponentChange::new(event.component, ChangeKind::Created)
        },
        Event::ComponentChanged(event) => ComponentChange {
            attributes: event.set.clone(),
            reason: event.reason.clone(),
            ..ComponentChange::new(event.component, ChangeKind::Updated)
        },
        Event::ComponentRemoved(event) => {
            ComponentChange::new(event.component, ChangeKind::Deleted)
        }
        Event::StatusSet(event) => ComponentChange {
            status: Some(event.status),
            ..ComponentChange::new(event.component, ChangeKind::Updated)
        },
        Event::EvidenceSubmitted(event) => ComponentChange {
            evidence: Some(event.count),
            ..ComponentChange::new(event.component, ChangeKind::Updated)
        },
        _ => return None,
    };
    Some(change)
}

/// What was given, and the defaults of what was not: this is what the component had from then on.
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
