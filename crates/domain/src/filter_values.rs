//! The values that the filters of the two lists can be set to (S5), and how many each keeps.
//!
//! Owns their listing and search. Refuses to page.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::component_list;
use crate::ids::ProgrammeId;
use crate::learner_list;
use crate::search;
use crate::source::Source;

/// A filter whose values can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FilterField {
    /// The types of the programme's components.
    Type,
    /// How the learners' enrolments stand.
    ProgrammeStatus,
    /// The learners' groups.
    Group,
    /// The learners' tutors.
    Tutor,
}

/// A text that names no filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected one of type, programme_status, group, tutor")]
pub struct NoSuchField;

impl FilterField {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Type, Self::ProgrammeStatus, Self::Group, Self::Tutor];

    /// Its word on the wire.
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

/// The values of one filter in their own order, each with how many items it would keep.
pub fn list(
    source: &Source<'_>,
    programme: ProgrammeId,
    field: FilterField,
    search: &str,
) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for value in values(source, programme, field) {
        *counts.entry(value).or_default() += 1;
    }
    let found = counts.into_iter();
    found
        .filter(|(value, _)| search::holds(value, search))
        .collect()
}

/// The value of every item, or its values, each once an item.
fn values(source: &Source<'_>, programme: ProgrammeId, field: FilterField) -> Vec<String> {
    let learners = || learner_list::reached(source, programme);
    match field {
        FilterField::Type => {
            let recent = source.recent_changes(programme);
            let components = component_list::all(source, programme, &recent).into_iter();
            components
                .map(|listed| listed.component_type.to_string())
                .collect()
        }
        FilterField::ProgrammeStatus => learners()
            .map(|listed| listed.programme_status.name().to_owned())
            .collect(),
        FilterField::Group => learners()
            .flat_map(|listed| listed.learner.groups.iter().map(ToString::to_string))
            .collect(),
        FilterField::Tutor => learners()
            .flat_map(|listed| listed.learner.tutors.iter().map(ToString::to_string))
            .collect(),
    }
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
