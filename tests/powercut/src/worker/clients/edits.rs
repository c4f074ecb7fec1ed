//! Owns the dice of what is edited and what is synchronised. Knows nothing of who asks.

use plansync_domain::command::Edit;
use plansync_domain::ids::{ComponentId, ProgrammeId, SessionId};
use plansync_domain::plan::status::Status;
use plansync_domain::sync::request::{Components, Learners, StatusFilter, SyncKind, SyncRequest};
use plansync_domain::values::attribute::{Attribute, AttributeSet};
use plansync_domain::values::attributes::AttributeMap;
use plansync_domain::values::raw::Raw;
use uuid::Uuid;

use super::college::{COMPONENTS, LEARNERS, PROGRAMME, component, learner, set};
use super::script::unspeakable;
use crate::worker::WorkError;

/// The edits of one command; `added` gives the id of a new component.
pub(super) fn draw(
    rng: &mut fastrand::Rng,
    added: impl Fn(u8) -> Uuid,
) -> Result<Vec<Edit>, WorkError> {
    (0..rng.u8(1..4))
        .map(|index| draw_one(rng, ComponentId::from_uuid(added(index))))
        .collect()
}

fn draw_one(rng: &mut fastrand::Rng, added: ComponentId) -> Result<Edit, WorkError> {
    let existing = component(rng.u64(0..COMPONENTS));
    Ok(match rng.u8(0..40) {
        0..28 => Edit::Change {
            component: existing,
            set: draw_attributes(rng)?,
            reason: None,
        },
        28..32 => Edit::SetStatus {
            component: existing,
            status: Status::ALL[rng.usize(..Status::ALL.len())],
        },
        32..36 => Edit::SubmitEvidence {
            component: existing,
        },
        36 => Edit::Remove {
            component: existing,
        },
        37 => Edit::Readd {
            template: existing,
            programme: PROGRAMME,
            attributes: AttributeMap::new(),
        },
        _ => Edit::Add {
            component: added,
            programme: PROGRAMME,
            component_type: "assignment".parse().map_err(unspeakable)?,
            attributes: draw_attributes(rng)?,
        },
    })
}

fn draw_attributes(rng: &mut fastrand::Rng) -> Result<AttributeMap, WorkError> {
    let mut attributes = AttributeMap::new();
    let name = format!("Name {}", rng.u16(..));
    set(&mut attributes, Attribute::Name, Raw::Text(name))?;
    if rng.u8(0..3) == 0 {
        let count = rng.usize(0..4_000);
        let text = std::iter::repeat_with(|| rng.alphanumeric()).take(count);
        let text = Raw::Text(text.collect());
        set(&mut attributes, Attribute::Instructions, text)?;
    }
    if rng.u8(0..4) == 0 {
        let evidence = Raw::Integer(rng.i64(0..1_000));
        set(&mut attributes, Attribute::MinEvidence, evidence)?;
    }
    Ok(attributes)
}

/// What a sync of this record is to do.
pub(super) fn draw_request(
    rng: &mut fastrand::Rng,
    session: SessionId,
    programme: ProgrammeId,
) -> SyncRequest {
    let kinds = [
        SyncKind::ChangesOnly,
        SyncKind::AllAttributes,
        SyncKind::SelectedAttributes,
    ];
    let kind = kinds[rng.usize(..kinds.len())];
    let attributes = if kind == SyncKind::SelectedAttributes {
        [Attribute::Name, Attribute::Instructions]
            .into_iter()
            .collect()
    } else {
        AttributeSet::default()
    };
    let components = match rng.u8(0..4) {
        0 => Components::Recent,
        1 => Components::Listed(vec![component(rng.u64(0..COMPONENTS))]),
        _ => Components::All,
    };
    let learners = if rng.bool() {
        Learners::All
    } else {
        let count = rng.u64(1..LEARNERS);
        Learners::Listed((0..count).map(learner).collect())
    };
    SyncRequest {
        session,
        programme,
        components,
        learners,
        statuses: StatusFilter::default(),
        kind,
        attributes,
        confirm: None,
    }
}
