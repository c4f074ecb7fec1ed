//! The bounds of single fields: what is refused without reading any state.
//!
//! Values of attributes are bounded where they are parsed (`values`).

use std::collections::HashSet;

use crate::command::rejection::Rejection;
use crate::command::{Command, Edit};
use crate::ids::{ComponentId, ProgrammeId};
use crate::plan::COMPONENTS_MAX;
use crate::reference::administrator::{self, Administrator, Groups};
use crate::reference::learner::{self, Learner};
use crate::reference::programme::Programme;
use crate::reference::template::TemplateComponent;
use crate::text;
use crate::values::attribute::Attribute;
use crate::values::attributes::{ATTRIBUTES_BYTES_MAX, AttributeMap};

/// The largest number of components in one `template.put`.
pub const TEMPLATE_PUT_MAX: usize = 500;
/// The largest number of edits in one `plan.edit`.
pub const EDITS_MAX: usize = 1_000;
/// The largest number of characters in the name of a person or a programme.
pub const NAME_MAX: usize = 200;
/// The largest number of characters in a reason.
pub const REASON_MAX: usize = 1_000;

/// Checks that every field of a command is within its bounds. The rejection names the field.
pub fn check(command: &Command) -> Result<(), Rejection> {
    match command {
        Command::PutAdministrator { record, .. } => check_administrator(record),
        Command::PutLearner { record, .. } => check_learner(record),
        Command::PutProgramme { programme, record } => check_programme(*programme, record),
        Command::PutTemplate { components, .. } => check_template_put(components),
        Command::RemoveTemplate { components, .. } => check_template_remove(components),
        Command::EditPlan { edits, .. } => check_edits(edits),
        Command::PutTenant(_)
        | Command::RemoveAdministrator(_)
        | Command::EraseLearner(_)
        | Command::HoldLearner(_)
        | Command::ReleaseLearner(_)
        | Command::InstantiatePlan { .. }
        | Command::OpenRecord { .. }
        | Command::ResumeRecord { .. }
        | Command::CloseRecord { .. }
        | Command::StartSync { .. }
        | Command::CancelSync { .. } => Ok(()),
    }
}

fn check_name(name: &str) -> Result<(), Rejection> {
    text::check(name, 1, NAME_MAX).map_err(|error| Rejection::invalid("name", error.to_string()))
}

fn check_count(path: &str, count: usize, least: usize, most: usize) -> Result<(), Rejection> {
    if (least..=most).contains(&count) {
        return Ok(());
    }
    let problem = format!("expected {least} to {most} elements, found {count}");
    Err(Rejection::invalid(path, problem))
}

fn check_administrator(record: &Administrator) -> Result<(), Rejection> {
    check_name(record.name.as_str())?;
    match &record.groups {
        Groups::All => Ok(()),
        Groups::Listed(groups) => check_count("groups", groups.len(), 0, administrator::GROUPS_MAX),
    }
}

fn check_learner(record: &Learner) -> Result<(), Rejection> {
    check_name(record.name.as_str())?;
    check_count("groups", record.groups.len(), 0, learner::GROUPS_MAX)?;
    check_count("tutors", record.tutors.len(), 0, learner::TUTORS_MAX)?;
    let count = record.enrolments.len();
    check_count("enrolments", count, 0, learner::ENROLMENTS_MAX)?;
    let mut seen = HashSet::new();
    for (index, enrolment) in record.enrolments.iter().enumerate() {
        if !seen.insert(enrolment.programme) {
            let path = format!("enrolments[{index}].programme");
            return Err(Rejection::invalid(path, "list each programme only once"));
        }
    }
    Ok(())
}

fn check_programme(programme: ProgrammeId, record: &Programme) -> Result<(), Rejection> {
    check_name(&record.name)?;
    if record.parent == Some(programme) {
        let problem = "a programme cannot be part of itself; give another programme, or null";
        return Err(Rejection::invalid("parent", problem));
    }
    Ok(())
}

fn check_template_put(components: &[TemplateComponent]) -> Result<(), Rejection> {
    check_count("components", components.len(), 1, TEMPLATE_PUT_MAX)?;
    check_each_once(components.iter().map(|put| put.component))?;
    for (index, put) in components.iter().enumerate() {
        check_template_component(put, &format!("components[{index}].attributes"))?;
    }
    Ok(())
}

fn check_template_component(put: &TemplateComponent, path: &str) -> Result<(), Rejection> {
    check_named(&put.attributes, path)?;
    check_bytes(&put.attributes, path)?;
    for (attribute, _) in put.attributes.iter() {
        let problem = if !attribute.in_template() {
            "templates do not have this attribute; set it on plans"
        } else if !attribute.fits(&put.component_type) {
            "components of this type do not have this attribute; omit it"
        } else {
            continue;
        };
        return Err(Rejection::invalid(format!("{path}.{attribute}"), problem));
    }
    Ok(())
}

fn check_template_remove(components: &[ComponentId]) -> Result<(), Rejection> {
    check_count("components", components.len(), 1, COMPONENTS_MAX)?;
    check_each_once(components.iter().copied())
}

fn check_each_once(components: impl Iterator<Item = ComponentId>) -> Result<(), Rejection> {
    let mut seen = HashSet::new();
    for (index, component) in components.enumerate() {
        if !seen.insert(component) {
            let path = format!("components[{index}]");
            return Err(Rejection::invalid(path, "list each component only once"));
        }
    }
    Ok(())
}

fn check_edits(edits: &[Edit]) -> Result<(), Rejection> {
    check_count("edits", edits.len(), 1, EDITS_MAX)?;
    for (index, edit) in edits.iter().enumerate() {
        check_edit(edit, &format!("edits[{index}]"))?;
    }
    Ok(())
}

fn check_edit(edit: &Edit, path: &str) -> Result<(), Rejection> {
    match edit {
        Edit::Add { attributes, .. } => {
            let path = format!("{path}.attributes");
            check_named(attributes, &path)?;
            check_bytes(attributes, &path)
        }
        Edit::Readd { attributes, .. } => check_bytes(attributes, &format!("{path}.attributes")),
        Edit::Change { set, reason, .. } => {
            check_bytes(set, &format!("{path}.set"))?;
            let Some(reason) = reason else { return Ok(()) };
            text::check(reason.as_str(), 1, REASON_MAX)
                .map_err(|error| Rejection::invalid(format!("{path}.reason"), error.to_string()))
        }
        Edit::Remove { .. }
        | Edit::SetStatus { .. }
        | Edit::SubmitEvidence { .. }
        | Edit::SetReviewStatus { .. } => Ok(()),
    }
}

fn check_named(attributes: &AttributeMap, path: &str) -> Result<(), Rejection> {
    if attributes.contains(Attribute::Name) {
        return Ok(());
    }
    let problem = "a component requires a name of 1 to 300 characters";
    Err(Rejection::invalid(format!("{path}.name"), problem))
}

/// Checks that the attributes of one component are together within their bound.
pub(crate) fn check_bytes(attributes: &AttributeMap, path: &str) -> Result<(), Rejection> {
    check_bytes_count(attributes.bytes(), path)
}

/// Checks that a number of bytes is within the bound for the attributes of one component.
pub(crate) fn check_bytes_count(bytes: usize, path: &str) -> Result<(), Rejection> {
    if bytes <= ATTRIBUTES_BYTES_MAX {
        return Ok(());
    }
    let problem = format!(
        "one component's attributes hold at most {ATTRIBUTES_BYTES_MAX} bytes together, \
         not {bytes}; shorten them"
    );
    Err(Rejection::invalid(path, problem))
}

#[cfg(test)]
mod tests;
