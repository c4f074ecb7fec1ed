//! Owns the small college on which the clients work: the commands that found it, which are the
//! first of every image, and those that put its records again.

use plansync_domain::command::Command;
use plansync_domain::ids::{ComponentId, LearnerId, ProgrammeId};
use plansync_domain::permission::{Permission, PermissionSet};
use plansync_domain::reference::administrator::{Administrator, Groups};
use plansync_domain::reference::learner::{Enrolment, EnrolmentStatus, Learner};
use plansync_domain::reference::programme::Programme;
use plansync_domain::reference::settings::{IdleHours, OwnerRule, TenantSettings};
use plansync_domain::reference::template::TemplateComponent;
use plansync_domain::values::attribute::Attribute;
use plansync_domain::values::attributes::AttributeMap;
use plansync_domain::values::raw::Raw;
use plansync_domain::values::value::Value;
use uuid::Uuid;

use super::script::unspeakable;
use crate::worker::WorkError;

/// What most is about.
pub(super) const PROGRAMME: ProgrammeId = ProgrammeId::from_uuid(Uuid::from_u128(0xa));
/// One whose instructions are so long that a sync of it takes several commits to accept.
pub(super) const BIG: ProgrammeId = ProgrammeId::from_uuid(Uuid::from_u128(0xb));

pub(super) const LEARNERS: u64 = 9;
pub(super) const COMPONENTS: u64 = 12;
const BIG_COMPONENTS: u64 = 14;
const BIG_BYTES: usize = 16_000;

/// How many commands found the college.
pub(super) const COMMANDS: u64 = 8 + 3 * LEARNERS;

pub(super) fn learner(index: u64) -> LearnerId {
    LearnerId::from_uuid(Uuid::from_u128(0xd00 + u128::from(index)))
}

/// A component of the programme that most is about.
pub(super) fn component(index: u64) -> ComponentId {
    ComponentId::from_uuid(Uuid::from_u128(0xc00 + u128::from(index)))
}

fn big_component(index: u64) -> ComponentId {
    ComponentId::from_uuid(Uuid::from_u128(0xe00 + u128::from(index)))
}

/// The command of this number, while the college is founded.
pub(super) fn found(number: u64) -> Option<Result<Command, WorkError>> {
    let command = match number {
        0 => Ok(Command::PutTenant(TenantSettings {
            marking_aid: false,
            owner_rule: OwnerRule::Keep,
            record_idle_hours: IdleHours::default(),
        })),
        1 => administrator("sam"),
        2 => administrator("kim"),
        3 => Ok(programme(PROGRAMME, "Business")),
        4 => Ok(programme(BIG, "Law")),
        5 => template(PROGRAMME, 0..COMPONENTS),
        6 => template(BIG, 0..BIG_COMPONENTS / 2),
        7 => template(BIG, BIG_COMPONENTS / 2..BIG_COMPONENTS),
        8..COMMANDS => Ok(enrol((number - 8) / 3, (number - 8) % 3)),
        _ => return None,
    };
    Some(command)
}

/// A record or a template component once more: often the same, so that nothing changes.
pub(super) fn put_again(rng: &mut fastrand::Rng) -> Result<Command, WorkError> {
    if rng.bool() {
        let index = rng.u64(0..LEARNERS);
        return Ok(put_learner(index, rng.u8(0..3)));
    }
    let index = rng.u64(0..COMPONENTS);
    let mut component = template_component(PROGRAMME, index)?;
    let text = format!("Instructions {}", rng.u8(..));
    set(
        &mut component.attributes,
        Attribute::Instructions,
        Raw::Text(text),
    )?;
    Ok(Command::PutTemplate {
        programme: PROGRAMME,
        components: vec![component],
    })
}

/// Puts a plain value under an attribute.
pub(super) fn set(
    attributes: &mut AttributeMap,
    attribute: Attribute,
    raw: Raw,
) -> Result<(), WorkError> {
    let value = Value::parse(attribute, raw).map_err(unspeakable)?;
    attributes.insert(attribute, value);
    Ok(())
}

fn administrator(name: &str) -> Result<Command, WorkError> {
    let permissions: PermissionSet = [Permission::Supervisor].into_iter().collect();
    Ok(Command::PutAdministrator {
        administrator: name.parse().map_err(unspeakable)?,
        record: Administrator {
            name: name.into(),
            permissions,
            groups: Groups::All,
        },
    })
}

fn programme(programme: ProgrammeId, name: &str) -> Command {
    let record = Programme {
        name: name.to_owned(),
        parent: None,
    };
    Command::PutProgramme { programme, record }
}

fn template(programme: ProgrammeId, indices: std::ops::Range<u64>) -> Result<Command, WorkError> {
    let components = indices
        .map(|index| template_component(programme, index))
        .collect::<Result<_, _>>()?;
    Ok(Command::PutTemplate {
        programme,
        components,
    })
}

fn template_component(programme: ProgrammeId, index: u64) -> Result<TemplateComponent, WorkError> {
    let mut attributes = AttributeMap::new();
    let name = Raw::Text(format!("Activity {index}"));
    set(&mut attributes, Attribute::Name, name)?;
    let component = if programme == BIG {
        let text = format!("{index:04} ").repeat(BIG_BYTES / 5);
        set(&mut attributes, Attribute::Instructions, Raw::Text(text))?;
        big_component(index)
    } else {
        component(index)
    };
    Ok(TemplateComponent {
        component,
        component_type: "assignment".parse().map_err(unspeakable)?,
        attributes,
    })
}

/// A learner comes, and gets a plan of both programmes.
fn enrol(index: u64, step: u64) -> Command {
    let instantiate = |programme| Command::InstantiatePlan {
        learner: learner(index),
        programme,
    };
    match step {
        0 => put_learner(index, 0),
        1 => instantiate(PROGRAMME),
        _ => instantiate(BIG),
    }
}

fn put_learner(index: u64, name: u8) -> Command {
    let enrolment = |programme| Enrolment {
        programme,
        status: EnrolmentStatus::Active,
    };
    Command::PutLearner {
        learner: learner(index),
        record: Learner {
            name: format!("Learner {index}.{name}").as_str().into(),
            case_owner: None,
            groups: Vec::new(),
            tutors: Vec::new(),
            enrolments: vec![enrolment(PROGRAMME), enrolment(BIG)],
        },
    }
}
