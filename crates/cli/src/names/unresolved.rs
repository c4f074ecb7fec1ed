//! The errors for ambiguous and unknown names, with candidates.

use std::fmt;

use serde_json::{Value, json};

use crate::names::{Candidate, Kind};
use crate::terminal;

/// The number of candidates that are listed for an ambiguous name.
const SHOWN_MAX: usize = 10;
/// Ids are shown by as many characters as tell them apart, and by so many at least.
const ID_CHARACTERS_MIN: usize = 8;

/// What a text that should name one thing names instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// Several.
    Ambiguous {
        kind: Kind,
        given: String,
        /// Some of them.
        candidates: Vec<Candidate>,
        /// How many there are.
        total: u64,
    },
    /// None.
    Unknown {
        kind: Kind,
        given: String,
        /// Those with names that are near.
        near: Vec<Candidate>,
        /// What to type to find it.
        how: Option<String>,
        /// A further note about it.
        about: About,
    },
}

/// A further note about a name that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Nothing,
    /// It may be several, separated by commas.
    MayBeList,
    /// The asker may only look up some names.
    MayNotLookUp,
}

impl Unresolved {
    pub(super) fn ambiguous(kind: Kind, given: &str, all: Vec<Candidate>, total: u64) -> Self {
        let given = given.to_owned();
        let mut candidates = all;
        candidates.truncate(SHOWN_MAX);
        Self::Ambiguous {
            kind,
            given,
            candidates,
            total,
        }
    }

    pub(super) fn unknown(
        kind: Kind,
        given: &str,
        near: Vec<Candidate>,
        how: Option<String>,
    ) -> Self {
        Self::Unknown {
            kind,
            given: given.to_owned(),
            near,
            how,
            about: About::Nothing,
        }
    }

    /// Nothing was given.
    pub(super) fn blank(kind: Kind, how: Option<String>) -> Self {
        Self::unknown(kind, "", Vec::new(), how)
    }

    /// The same error with a further note.
    pub(super) fn with(mut self, more: About) -> Self {
        if let Self::Unknown { about, .. } = &mut self {
            *about = more;
        }
        self
    }

    /// The same with other texts beside the candidates, by their ids.
    pub(crate) fn told_apart(mut self, beside: impl Fn(&str) -> Option<String>) -> Self {
        let (Self::Ambiguous {
            candidates: all, ..
        }
        | Self::Unknown { near: all, .. }) = &mut self;
        for one in all {
            if let Some(beside) = beside(&one.id) {
                one.beside = beside;
            }
        }
        self
    }

    /// The name of this kind of error, for programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Ambiguous { .. } => "ambiguous_name",
            Self::Unknown { .. } => "unknown_name",
        }
    }

    /// Those that may be meant, for programs.
    pub(crate) fn candidates(&self) -> Value {
        let (Self::Ambiguous {
            candidates: all, ..
        }
        | Self::Unknown { near: all, .. }) = self;
        let one = |one: &Candidate| json!({ "id": one.id, "name": one.name, "about": one.beside });
        Value::Array(all.iter().map(one).collect())
    }
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ambiguous {
                kind,
                given,
                candidates,
                total,
            } => {
                write!(
                    f,
                    "{total} {}s match “{}”; give the id, or this part of it:",
                    kind.said(),
                    terminal::line(given)
                )?;
                list(f, candidates)?;
                let shown = u64::try_from(candidates.len()).unwrap_or(*total);
                match total.saturating_sub(shown) {
                    0 => Ok(()),
                    more => write!(f, "\n  … and {more} more"),
                }
            }
            Self::Unknown {
                kind,
                given,
                near,
                how,
                about,
            } => {
                let said = kind.said();
                if given.is_empty() {
                    write!(f, "a blank text is no {said}; give a name or an id")?;
                } else {
                    write!(f, "there is no {said} “{}”", terminal::line(given))?;
                }
                f.write_str(match about {
                    About::Nothing => "",
                    About::MayBeList => {
                        "; in a list separated by commas, give each by its full name or id"
                    }
                    About::MayNotLookUp => {
                        " among those whose names you may look up here; for others, give the id"
                    }
                })?;
                if !near.is_empty() {
                    f.write_str("; did you mean one of these?")?;
                    list(f, near)?;
                }
                match how {
                    Some(how) => write!(f, "\nTo list all:\n  {how}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for Unresolved {}

/// One a line: as much of the id as is needed, the name, and what is beside it.
fn list(f: &mut fmt::Formatter<'_>, all: &[Candidate]) -> fmt::Result {
    for one in all {
        let id = short(&one.id, all);
        match (&*one.name, &*one.beside) {
            (name, "") => write!(f, "\n  {id}  {name}")?,
            ("", beside) => write!(f, "\n  {id}  {beside}")?,
            (name, beside) => write!(f, "\n  {id}  {name}  ({beside})")?,
        }
    }
    Ok(())
}

/// The beginning of an id that none of the others has.
fn short<'a>(id: &'a str, all: &[Candidate]) -> &'a str {
    let is_enough = |beginning: &&str| {
        all.iter()
            .all(|other| other.id == id || !other.id.starts_with(*beginning))
    };
    let beginnings = (ID_CHARACTERS_MIN..id.len()).filter_map(|length| id.get(..length));
    let mut beginnings = beginnings.filter(|beginning| !beginning.ends_with('-'));
    beginnings.find(is_enough).unwrap_or(id)
}
