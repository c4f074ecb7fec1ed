//! Everybody who was ever recorded, but the learner whose dossier it is: where texts name them.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use plansync_primitives::ids::LearnerId;
use plansync_protocol::audit::{AuditCommit, AuditEvent};

use super::Who;
use super::folded::Folded;
use crate::error::ExportError;

/// Somebody else, as texts may name them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    who: Who,
    /// None if several people have this name.
    id: Option<String>,
    form: Form,
}

/// Where a text that names somebody is taken for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In every text: it is the id of a learner.
    Unmistakable,
    /// In notes, wherever it stands: it has several words, or its script does not separate words.
    InNotes,
    /// In notes, as a whole word.
    WordInNotes,
}

impl Form {
    /// That of a folded name.
    fn of(text: &str) -> Self {
        let is_apart = |c: char| {
            let number = u32::from(c);
            // Thai to Tibetan, Myanmar, Khmer; Korean (by letters), Chinese and Japanese, where particles follow a name.
            !matches!(number, 0xe00..=0x109f | 0x1100..=0x11ff | 0x1780..=0x17ff | 0x2e80..)
        };
        if text.contains(char::is_whitespace) || !text.chars().all(is_apart) {
            Self::InNotes
        } else {
            Self::WordInNotes
        }
    }
}

/// Somebody who has a name: whether that is an administrator, and the id.
type Holder = (bool, String);

/// Everybody who was recorded so far. It becomes [`People`] when it is complete.
pub struct Collecting {
    learner: LearnerId,
    /// Ids of other learners, and those of administrators.
    ids: [BTreeSet<String>; 2],
    /// Every name that somebody else ever had, folded, with who has it.
    names: BTreeMap<String, BTreeSet<Holder>>,
    /// The names that the learner had.
    own: BTreeSet<String>,
}

impl Collecting {
    /// Nobody yet; the learner is the one whose dossier it is.
    pub fn except(learner: LearnerId) -> Self {
        Self {
            learner,
            ids: [BTreeSet::new(), BTreeSet::new()],
            names: BTreeMap::new(),
            own: BTreeSet::new(),
        }
    }

    /// Notes whom a commit is about.
    pub fn collect(&mut self, commit: &AuditCommit) {
        for event in &commit.events {
            if let AuditEvent::LearnerPut(record) = event {
                let id = record.learner.to_string();
                self.add(Who::Learner, &id, &record.name);
            } else if let AuditEvent::AdministratorPut(record) = event {
                let id = record.administrator.to_string();
                self.add(Who::Administrator, &id, &record.name);
            }
        }
    }

    fn add(&mut self, who: Who, id: &str, name: &str) {
        let name = Folded::of(name).text.trim().to_owned();
        let is_own = who == Who::Learner && id == self.learner.to_string();
        let is_administrator = who == Who::Administrator;
        if !is_own {
            self.ids[usize::from(is_administrator)].insert(id.to_owned());
        }
        if name.is_empty() {
            // The learner was erased: there is no name that could be told.
            return;
        }
        if is_own {
            self.own.insert(name);
            return;
        }
        let holders = self.names.entry(name).or_default();
        holders.insert((is_administrator, id.to_owned()));
    }

    /// Everybody, as texts are searched for them.
    ///
    /// # Errors
    /// [`ExportError::TooManyNames`] if there are more names than can be looked for.
    pub fn complete(self) -> Result<People, ExportError> {
        let mut sought = Vec::new();
        let [learners, administrators] = self.ids;
        for id in learners {
            let named = Named::of_id(Who::Learner, &id, Form::Unmistakable);
            // Other programs write ids without hyphens.
            sought.push((id.replace('-', ""), named.clone()));
            sought.push((Folded::of(&id).text, named));
        }
        for id in administrators {
            let named = Named::of_id(Who::Administrator, &id, Form::WordInNotes);
            sought.push((Folded::of(&id).text, named));
        }
        for (name, holders) in self.names {
            // What the learner is called, too, is the learner's own name.
            if !self.own.contains(&name) {
                let named = Named::of_name(&name, &holders);
                sought.push((name, named));
            }
        }
        let (patterns, named): (Vec<_>, _) = sought.into_iter().unzip();
        let automaton = AhoCorasick::new(&patterns)
            .map_err(|error| ExportError::TooManyNames(error.to_string()))?;
        Ok(People {
            learner: self.learner,
            automaton,
            named,
        })
    }
}

impl Named {
    fn of_id(who: Who, id: &str, form: Form) -> Self {
        Self {
            who,
            id: Some(id.to_owned()),
            form,
        }
    }

    fn of_name(name: &str, holders: &BTreeSet<Holder>) -> Self {
        let is_administrator = holders
            .iter()
            .all(|(is_administrator, _)| *is_administrator);
        let only = holders.first().filter(|_| holders.len() == 1);
        Self {
            who: if is_administrator {
                Who::Administrator
            } else {
                Who::Learner
            },
            id: only.map(|(_, id)| id.clone()),
            form: Form::of(name),
        }
    }
}

/// Everybody else who was ever recorded. There is none that is not complete, so no text is searched for too few.
pub struct People {
    learner: LearnerId,
    automaton: AhoCorasick,
    /// Whom each pattern of the automaton names.
    named: Vec<Named>,
}

impl People {
    /// The learner whose dossier it is.
    pub fn learner(&self) -> LearnerId {
        self.learner
    }

    /// Whether a text names somebody; of a text that is no note, whether it has the id of a learner.
    pub(super) fn names_somebody(&self, text: &str, is_note: bool) -> bool {
        !self.places(text, is_note).is_empty()
    }

    /// A text with something else in place of everybody whom it names.
    pub(super) fn replaced(
        &self,
        text: &str,
        is_note: bool,
        mut by: impl FnMut(Who, Option<&str>) -> String,
    ) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut from = 0;
        for (start, end, named) in self.places(text, is_note) {
            replaced += &text[from..start];
            replaced += &by(named.who, named.id.as_deref());
            from = end;
        }
        replaced + &text[from..]
    }

    /// Where a text names whom: in order, and none within another.
    fn places(&self, text: &str, is_note: bool) -> Vec<(usize, usize, &Named)> {
        let folded = Folded::of(text);
        let found = self.automaton.find_overlapping_iter(&folded.text);
        let mut places: Vec<_> = found
            .filter_map(|found| {
                let one = self.named.get(found.pattern().as_usize())?;
                let is_found = match one.form {
                    Form::Unmistakable => true,
                    Form::InNotes => is_note,
                    Form::WordInNotes => is_note && folded.is_word(found.range()),
                };
                let place = folded.place(found.range())?;
                is_found.then_some((place.start, place.end, one))
            })
            .collect();
        // The longest of those that begin at one place.
        places.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
        let mut after = 0;
        places.retain(|(start, end, _)| {
            let is_apart = *start >= after;
            if is_apart {
                after = *end;
            }
            is_apart
        });
        places
    }
}

#[cfg(test)]
mod tests;
