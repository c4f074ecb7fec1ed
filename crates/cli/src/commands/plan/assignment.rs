//! Parses `attribute=value` and converts the value to what is sent.

use std::collections::BTreeSet;
use std::num::{IntErrorKind, ParseIntError};
use std::str::FromStr;

use plansync_domain::time::date::Date;
use plansync_protocol::{AttributeName, Word as _};
use serde_json::{Value, json};

use crate::elements::elements;
use crate::exit::NotUnderstood;
use crate::reply::items;

/// How a value is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// `=`: this and nothing else.
    Is,
    /// `+=`: these as well.
    Add,
    /// `-=`: these no longer.
    TakeOff,
}

/// One attribute and its new value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) attribute: AttributeName,
    pub(super) how: How,
    pub(super) text: String,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let (name, text) = given
            .split_once('=')
            .ok_or("give an attribute and its value, such as `due_date=2026-12-01`")?;
        let (name, how) = match (name.strip_suffix('+'), name.strip_suffix('-')) {
            (Some(name), _) => (name, How::Add),
            (None, Some(name)) => (name, How::TakeOff),
            (None, None) => (name, How::Is),
        };
        let attribute = AttributeName::from_word(name.trim()).ok_or_else(|| {
            format!(
                "there is no attribute `{name}`; the attributes are {}",
                AttributeName::WORDS.join(", ")
            )
        })?;
        if how != How::Is && !is_list(attribute) {
            return Err(format!(
                "`+=` and `-=` work with criteria and documents only; set {name} with `=`"
            ));
        }
        Ok(Self {
            attribute,
            how,
            text: text.to_owned(),
        })
    }
}

/// Whether the values of an attribute are lists.
pub(crate) const fn is_list(attribute: AttributeName) -> bool {
    matches!(
        attribute,
        AttributeName::Criteria | AttributeName::Documents
    )
}

impl Assignment {
    /// The value that it gives to an attribute with this one; text is not checked, which the service
    /// does.
    pub(super) fn value(&self, present: &Value) -> Result<Value, NotUnderstood> {
        let text = &*self.text;
        Ok(match self.attribute {
            AttributeName::Criteria | AttributeName::Documents => json!(self.list(present)?),
            AttributeName::EvidenceRequired
            | AttributeName::DeliveryViaOrganisation
            | AttributeName::DeliveryViaEmployer
            | AttributeName::PlannedForQa => json!(self.yes_or_no()?),
            AttributeName::MinEvidence => {
                json!(
                    text.parse::<i64>()
                        .map_err(|error| self.wrong(no_number(&error)))?
                )
            }
            AttributeName::Name | AttributeName::Instructions | AttributeName::CompletionMode => {
                json!(text)
            }
            AttributeName::MarkingAidExercise
            | AttributeName::ReviewType
            | AttributeName::Owner
                if text.is_empty() =>
            {
                Value::Null
            }
            AttributeName::ReviewAt | AttributeName::DueDate if matches!(text, "" | "null") => {
                Value::Null
            }
            AttributeName::ReviewAt => json!(time(text)),
            AttributeName::DueDate => json!(self.date()?),
            AttributeName::MarkingAidExercise
            | AttributeName::ReviewType
            | AttributeName::Owner => json!(text),
        })
    }

    /// The elements, in order, each once.
    fn list(&self, present: &Value) -> Result<Vec<String>, NotUnderstood> {
        let given = elements(&self.text).map_err(|expected| self.wrong(expected))?;
        let given: Vec<_> = given.iter().map(String::as_str).collect();
        let before = items(present, self.attribute.as_str()).iter();
        let before = before.filter_map(Value::as_str);
        let all: Vec<&str> = match self.how {
            How::Is => given,
            How::Add => before.chain(given).collect(),
            How::TakeOff => before.filter(|one| !given.contains(one)).collect(),
        };
        let mut seen = BTreeSet::new();
        let firsts = all.into_iter().filter(|one| seen.insert(*one));
        Ok(firsts.map(str::to_owned).collect())
    }

    /// The date as the service takes it.
    fn date(&self) -> Result<String, NotUnderstood> {
        let date: Result<Date, _> = self.text.trim().parse();
        let expected =
            "a date of the calendar such as 2026-12-01, or nothing (`due_date=`) to clear it";
        Ok(date.map_err(|_| self.wrong(expected))?.to_string())
    }

    fn yes_or_no(&self) -> Result<bool, NotUnderstood> {
        match &*self.text.to_lowercase() {
            "yes" | "true" => Ok(true),
            "no" | "false" => Ok(false),
            _ => Err(self.wrong("`yes` or `no`")),
        }
    }

    fn wrong(&self, expected: &str) -> NotUnderstood {
        NotUnderstood(format!(
            "nothing was changed: `{}` takes {expected}, but was given “{}”",
            self.attribute,
            crate::terminal::line(&self.text)
        ))
    }
}

/// What a number should have been.
fn no_number(error: &ParseIntError) -> &'static str {
    if *error.kind() == IntErrorKind::PosOverflow {
        "a smaller number"
    } else if *error.kind() == IntErrorKind::NegOverflow {
        "a larger number"
    } else {
        "a whole number"
    }
}

/// A time as the service takes it, of a date and a time of day (UTC) as people write them.
fn time(text: &str) -> String {
    const SHAPE: &str = "0000-00-00 00:00";
    let digit_or = |c: char| match c {
        '0'..='9' => '0',
        'T' => ' ',
        other => other,
    };
    let shape: String = text.chars().map(digit_or).collect();
    if shape == SHAPE {
        format!("{}:00Z", text.replace(' ', "T"))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Assignment;

    fn value(given: &str) -> Value {
        let present = json!({ "criteria": ["K1", "K2"], "documents": [] });
        let assignment: Assignment = given.parse().unwrap();
        assignment.value(&present).unwrap()
    }

    #[test]
    fn values_are_typed_as_their_attributes_are() {
        let cases = [
            ("name=a=b", json!("a=b")),
            ("due_date=2026-12-01", json!("2026-12-01")),
            ("due_date=", Value::Null),
            ("due_date=null", Value::Null),
            ("criteria=K3,K1, K3", json!(["K3", "K1"])),
            ("criteria+=K3,K1", json!(["K1", "K2", "K3"])),
            ("criteria-=K1", json!(["K2"])),
            ("documents=", json!([])),
            (r#"documents=["a, b","c"]"#, json!(["a, b", "c"])),
            (r#"criteria-=["K1"]"#, json!(["K2"])),
            ("evidence_required=Yes", json!(true)),
            ("min_evidence=3", json!(3)),
            ("review_at=2026-12-01 10:30", json!("2026-12-01T10:30:00Z")),
            ("review_at=", Value::Null),
            ("instructions=", json!("")),
        ];
        for (given, expected) in cases {
            assert_eq!(value(given), expected, "{given}");
        }
    }

    #[test]
    fn what_is_no_assignment_is_said_to_be_none() {
        let said = |given: &str| given.parse::<Assignment>().unwrap_err();
        assert!(said("due_date").starts_with("give an attribute and its value"));
        assert!(
            said("due=x")
                .starts_with("there is no attribute `due`; the attributes are name, due_date")
        );
        assert!(said("name+=x").starts_with("`+=` and `-=` work with criteria and documents only"));
        let said = |given: &str| {
            let wrong: Assignment = given.parse().unwrap();
            wrong.value(&Value::Null).unwrap_err().to_string()
        };
        let huge = said("min_evidence=99999999999999999999");
        assert!(huge.contains("takes a smaller number, but was given “99999999999999999999”"));
        assert!(said("criteria=[K1,K2]").contains("`criteria` takes a list separated by commas"));
        assert_eq!(
            said("min_evidence=x"),
            "nothing was changed: `min_evidence` takes a whole number, but was given “x”"
        );
    }
}
