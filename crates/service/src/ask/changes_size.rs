//! The bound on the size of the changes of one command.
//!
//! The changes of one commit are one event and one item of a plan's history, and both must fit into a
//! message in either encoding. The size is estimated before the command is decided, as if every edit
//! changed all that it can.

use plansync_domain::command::Edit;
use plansync_domain::event::{
    ComponentAdded, ComponentChanged, ComponentReadded, ComponentRemoved, Event, EvidenceSubmitted,
    ReviewStatusSet, StatusSet,
};
use plansync_domain::ids::version::TemplateVersion;
use plansync_protocol::{CHANGES_BYTES_MAX, DecodeError, Encoding};

use crate::answer::plan_changes;

/// This many edits of one body are always within the bound.
const FEW: usize = 500;

/// Refuses edits whose changes would not fit into one message. JSON is the longer encoding.
pub(super) fn check(edits: &[Edit]) -> Result<(), DecodeError> {
    if edits.len() <= FEW {
        return Ok(());
    }
    let events: Vec<Event> = edits.iter().map(told).collect();
    let told = Encoding::Json.encode(&plan_changes(&events));
    if told.is_ok_and(|told| told.len() <= CHANGES_BYTES_MAX) {
        return Ok(());
    }
    let problem = format!(
        "the changes of these edits take more than {CHANGES_BYTES_MAX} bytes of JSON and do not fit into \
         one event; nothing was changed: send fewer edits at a time"
    );
    Err(DecodeError::at("edits", problem))
}

/// The event of an edit that changes all that it can.
fn told(edit: &Edit) -> Event {
    match edit.clone() {
        Edit::Add {
            component,
            programme,
            component_type,
            attributes,
        } => Event::ComponentAdded(ComponentAdded {
            component,
            programme,
            component_type,
            attributes,
            case_owner: None,
        }),
        Edit::Readd {
            template,
            programme,
            attributes,
        } => Event::ComponentReadded(ComponentReadded {
            component: template,
            programme,
            template_version: TemplateVersion::new(u32::MAX),
            attributes,
            case_owner: None,
        }),
        Edit::Change {
            component,
            set,
            reason,
        } => Event::ComponentChanged(ComponentChanged {
            component,
            set,
            reason,
            case_owner: None,
        }),
        Edit::Remove { component } => Event::ComponentRemoved(ComponentRemoved { component }),
        Edit::SetStatus { component, status } => Event::StatusSet(StatusSet { component, status }),
        Edit::SubmitEvidence { component } => Event::EvidenceSubmitted(EvidenceSubmitted {
            component,
            count: u32::MAX,
        }),
        Edit::SetReviewStatus { component, status } => Event::ReviewStatusSet(ReviewStatusSet {
            component,
            status,
            case_owner: None,
            tasks_follow: false,
        }),
    }
}
