//! How much there would be to tell of edits, before they are decided.
//!
//! Owns the bound on it: what one commit did is one event and one item of a plan's history, which
//! must be sendable in either encoding. Decides nothing else of an edit.

use plansync_domain::command::Edit;
use plansync_domain::event::{
    ComponentAdded, ComponentChanged, ComponentReadded, ComponentRemoved, Event, EvidenceSubmitted,
    ReviewStatusSet, StatusSet,
};
use plansync_domain::ids::version::TemplateVersion;
use plansync_protocol::{CHANGES_BYTES_MAX, DecodeError, Encoding};

use crate::answer::plan_changes;

/// So few edits of one body stay within the bound, whatever they hold.
const FEW: usize = 500;

/// Refuses edits of which more would have to be told than one message holds. JSON is the longer
/// of the encodings.
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
        "what these edits do takes more than {CHANGES_BYTES_MAX} bytes of JSON to tell; send \
         fewer at a time"
    );
    Err(DecodeError::at("edits", problem))
}

/// What an edit tells if it changes all that it can.
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
