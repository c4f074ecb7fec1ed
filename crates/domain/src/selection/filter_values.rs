//! The values of the filters of the two lists (S5), with the number of items that each matches.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::ids::{AdministratorId, ProgrammeId};
use crate::reference::directory::Field;
use crate::selection::component_list;
use crate::selection::learner_list;
use crate::selection::source::Source;
use crate::state::tenant::Tenant;
use crate::sync::request::LearnerFilter;
use crate::text::personal::Personal;
use crate::text::search::Sought;

/// A filter whose values can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FilterField {
    /// The types of the programme's components.
    Type,
    /// The statuses of the learners' enrolments.
    ProgrammeStatus,
    /// The learners' groups.
    Group,
    /// The learners' tutors.
    Tutor,
}

/// A text that is not the name of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected one of type, programme_status, group, tutor")]
pub struct NoSuchField;

impl FilterField {
    /// All fields.
    pub const ALL: [Self; 4] = [Self::Type, Self::ProgrammeStatus, Self::Group, Self::Tutor];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::ProgrammeStatus => "programme_status",
            Self::Group => "group",
            Self::Tutor => "tutor",
        }
    }
}

impl fmt::Display for FilterField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FilterField {
    type Err = NoSuchField;

    fn from_str(name: &str) -> Result<Self, NoSuchField> {
        let mut all = Self::ALL.into_iter();
        all.find(|field| field.name() == name).ok_or(NoSuchField)
    }
}

/// A value of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedValue {
    /// The value.
    pub value: String,
    /// The name of an administrator who is known.
    pub name: Option<Personal>,
    /// The number of items that match it.
    pub count: usize,
}

/// The values of one filter in their own order. A search finds the values that contain it, and
/// administrators also by name.
pub fn list(
    source: &Source<'_>,
    programme: ProgrammeId,
    field: FilterField,
    search: &str,
) -> Vec<ListedValue> {
    let learners = |field| {
        learner_list::with_query(source, programme, &LearnerFilter::default(), |query| {
            source.tenant.directory().count(query, field)
        })
    };
    let found = match field {
        FilterField::Type => types(source, programme),
        FilterField::ProgrammeStatus => learners(Field::Statuses),
        FilterField::Group => learners(Field::Groups),
        FilterField::Tutor => learners(Field::Tutors),
    };
    let sought = Sought::new(search);
    let listed = found.into_iter().map(|(value, count)| ListedValue {
        name: name(source.tenant, field, &value),
        value,
        count,
    });
    let is_found = |listed: &ListedValue| {
        let name = listed.name.as_ref().map(Personal::as_str);
        sought.is_in_slug(&listed.value) || name.is_some_and(|name| sought.is_in(name))
    };
    listed.filter(is_found).collect()
}

fn name(tenant: &Tenant, field: FilterField, value: &str) -> Option<Personal> {
    match field {
        FilterField::Tutor => {
            let id: AdministratorId = value.parse().ok()?;
            Some(tenant.administrator(&id)?.name.clone())
        }
        FilterField::Type | FilterField::ProgrammeStatus | FilterField::Group => None,
    }
}

fn types(source: &Source<'_>, programme: ProgrammeId) -> Vec<(String, usize)> {
    let recent = source.recent_changes(programme);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for listed in component_list::all(source, programme, &recent) {
        let component_type = listed.component_type.to_string();
        *counts.entry(component_type).or_default() += 1;
    }
    counts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_words_of_the_wire() {
        let words = FilterField::ALL.map(FilterField::name);
        assert_eq!(words, ["type", "programme_status", "group", "tutor"]);
        for field in FilterField::ALL {
            assert_eq!(field.name().parse(), Ok(field));
        }
        assert!("name".parse::<FilterField>().is_err());
    }
}
