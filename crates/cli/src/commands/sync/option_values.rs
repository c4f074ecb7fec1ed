//! Possible values of options: of the protocol's values, those that can work in this place.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use plansync_protocol::{AttributeName, ProgrammeStatus};

/// Accepts the values that are possible here, and explains for other known values why they are not.
#[derive(Debug, Clone)]
pub(crate) struct Offered {
    words: Vec<&'static str>,
    never: Vec<&'static str>,
    why: &'static str,
}

impl Offered {
    /// The attributes that `selected_attributes` can set (T3).
    pub(super) fn attributes() -> Self {
        let (words, never) = halves(AttributeName::ALL, |attribute| is_selectable(*attribute));
        Self {
            words: words.iter().map(|one| one.as_str()).collect(),
            never: never.iter().map(|one| one.as_str()).collect(),
            why: "cannot be set from the template by `selected_attributes`",
        }
    }

    /// All of these words.
    pub(super) fn all(words: &[&'static str]) -> Self {
        Self {
            words: words.to_vec(),
            never: Vec::new(),
            why: "",
        }
    }

    /// The words that are offered.
    pub(super) fn words(&self) -> &[&'static str] {
        &self.words
    }

    /// The statuses of learners who can be synchronised to (S5).
    pub(super) fn programme_statuses() -> Self {
        let (words, never) = halves(ProgrammeStatus::ALL, |status| !is_excluded(*status));
        Self {
            words: words.iter().map(|one| one.as_str()).collect(),
            never: never.iter().map(|one| one.as_str()).collect(),
            why: "is a status of enrolments that are never synchronised to",
        }
    }
}

/// A word of the protocol as people write it: with blanks or hyphens where it has underscores.
pub(crate) fn as_word(text: &str) -> String {
    text.trim().replace([' ', '-'], "_")
}

fn halves<T: Copy>(all: &[T], is_offered: impl Fn(&T) -> bool) -> (Vec<T>, Vec<T>) {
    all.iter().copied().partition(is_offered)
}

const fn is_selectable(attribute: AttributeName) -> bool {
    !matches!(
        attribute,
        AttributeName::DueDate
            | AttributeName::DeliveryViaEmployer
            | AttributeName::PlannedForQa
            | AttributeName::ReviewType
            | AttributeName::ReviewAt
            | AttributeName::Owner
    )
}

const fn is_excluded(status: ProgrammeStatus) -> bool {
    matches!(
        status,
        ProgrammeStatus::Expired
            | ProgrammeStatus::Cancelled
            | ProgrammeStatus::Archived
            | ProgrammeStatus::PendingChangeOfProgramme
    )
}

impl TypedValueParser for Offered {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let spelled = value.to_str().map(as_word);
        let value = spelled.as_deref().map_or(value, OsStr::new);
        let never = self.never.iter().find(|word| value == **word);
        if let Some(word) = never {
            let message = format!(
                "`{word}` {}; possible values: {}",
                self.why,
                self.words.join(", ")
            );
            // With the usage of this command, and not of the one above all.
            let error = clap::Error::raw(ErrorKind::InvalidValue, message);
            return Err(error.format(&mut command.clone()));
        }
        PossibleValuesParser::new(self.words.clone()).parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.words.iter().map(PossibleValue::new)))
    }
}

#[cfg(test)]
mod tests {
    use plansync_domain::reference::learner::EnrolmentStatus;
    use plansync_domain::values::attribute::Attribute;

    use clap::builder::TypedValueParser as _;

    use super::Offered;

    #[test]
    fn a_word_may_have_blanks_instead_of_underscores() {
        let command = clap::Command::new("x");
        let taken = |text: &str| {
            let offered = Offered::programme_statuses();
            offered.parse_ref(&command, None, text.as_ref())
        };
        for text in ["on_break", "on break", " on-break"] {
            assert_eq!(taken(text).unwrap(), "on_break");
        }
        assert!(taken("onbreak").is_err());
        let never = taken("pending change of programme").unwrap_err();
        assert!(
            never.to_string().contains("never synchronised to"),
            "{never}"
        );
    }

    fn sorted(mut words: Vec<&'static str>) -> Vec<&'static str> {
        words.sort_unstable();
        words
    }

    #[test]
    fn what_is_offered_is_what_the_rules_take() {
        let rule = Attribute::ALL.iter().filter(|one| one.selectable());
        let rule = sorted(rule.map(|one| one.name()).collect());
        assert_eq!(sorted(Offered::attributes().words), rule);
        let rule = EnrolmentStatus::ALL.iter().filter(|one| !one.is_excluded());
        let rule = sorted(rule.map(|one| one.name()).collect());
        assert_eq!(sorted(Offered::programme_statuses().words), rule);
    }
}
