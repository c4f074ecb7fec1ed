//! Everybody who was ever recorded, but the learner whose dossier it is: where texts name them.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, BuildError};
use plansync_primitives::ids::LearnerId;
use plansync_protocol::audit::{AuditCommit, AuditEvent};

use super::Who;

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
    fn of(text: &str) -> Self {
        let is_apart = |c: char| {
            let number = u32::from(c);
            // Thai to Tibetan, Myanmar, Khmer; Chinese, Japanese and Korean, where particles follow a name.
            !matches!(number, 0xe00..=0xfff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x2e80..)
        };
        if text.contains(char::is_whitespace) || !text.chars().all(is_apart) {
            Self::InNotes
        } else {
            Self::WordInNotes
        }
    }
}

/// Collects people.
#[derive(Debug, Default)]
struct Collected {
    /// Ids of other learners, and those of administrators.
    ids: [BTreeSet<String>; 2],
    /// Every name that somebody ever had, in small letters, with who has it.
    names: BTreeMap<String, BTreeSet<(bool, String)>>,
    /// The names that the learner had.
    own: BTreeSet<String>,
}

/// Everybody else who was ever recorded.
pub struct People {
    learner: LearnerId,
    collected: Collected,
    found: Option<(AhoCorasick, Vec<Named>)>,
}

impl People {
    /// Nobody yet; the learner is the one whose dossier it is.
    pub fn but(learner: LearnerId) -> Self {
        Self {
            learner,
            collected: Collected::default(),
            found: None,
        }
    }

    /// The learner whose dossier it is.
    pub fn learner(&self) -> LearnerId {
        self.learner
    }

    /// Notes whom a commit is about.
    pub fn see(&mut self, commit: &AuditCommit) {
        for event in &commit.events {
            if let AuditEvent::LearnerPut(record) = event {
                let id = record.learner.to_string();
                self.name(
                    record.learner == self.learner,
                    Who::Learner,
                    &id,
                    &record.name,
                );
            } else if let AuditEvent::AdministratorPut(record) = event {
                let id = record.administrator.to_string();
                self.name(false, Who::Administrator, &id, &record.name);
            }
        }
    }

    fn name(&mut self, is_own: bool, who: Who, id: &str, name: &str) {
        let name = Small::of(name.trim()).text;
        if name.is_empty() {
            // The learner was erased: there is no name that could be told.
            return;
        }
        if is_own {
            self.collected.own.insert(name);
            return;
        }
        let of_administrator = who == Who::Administrator;
        self.collected.ids[usize::from(of_administrator)].insert(id.to_owned());
        let having = self.collected.names.entry(name).or_default();
        having.insert((of_administrator, id.to_owned()));
    }

    /// Completes the list.
    ///
    /// # Errors
    /// If there are more names than can be looked for.
    pub fn complete(&mut self) -> Result<(), BuildError> {
        let mut texts = Vec::new();
        let mut named = Vec::new();
        let collected = std::mem::take(&mut self.collected);
        for (who, ids) in [Who::Learner, Who::Administrator]
            .into_iter()
            .zip(collected.ids)
        {
            for id in ids {
                let is_learner = who == Who::Learner;
                let form = if is_learner {
                    Form::Unmistakable
                } else {
                    Form::WordInNotes
                };
                let one = Named {
                    who,
                    id: Some(id.clone()),
                    form,
                };
                if is_learner {
                    // Other programs write ids without hyphens.
                    texts.push(id.replace('-', ""));
                    named.push(one.clone());
                }
                texts.push(Small::of(&id).text);
                named.push(one);
            }
        }
        for (name, having) in collected.names {
            // What the learner is called, too, is the learner's own name.
            if name.is_empty() || collected.own.contains(&name) {
                continue;
            }
            let only = if having.len() == 1 {
                having.first()
            } else {
                None
            };
            let is_administrator = having.iter().all(|(is_administrator, _)| *is_administrator);
            let form = Form::of(&name);
            texts.push(name);
            named.push(Named {
                who: if is_administrator {
                    Who::Administrator
                } else {
                    Who::Learner
                },
                id: only.map(|(_, id)| id.clone()),
                form,
            });
        }
        self.found = Some((AhoCorasick::new(&texts)?, named));
        Ok(())
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
        let Some((automaton, named)) = &self.found else {
            return Vec::new();
        };
        let small = Small::of(text);
        let mut places: Vec<_> = automaton
            .find_overlapping_iter(&small.text)
            .filter_map(|found| {
                let one = named.get(found.pattern().as_usize())?;
                let is_found = match one.form {
                    Form::Unmistakable => true,
                    Form::InNotes => is_note,
                    Form::WordInNotes => is_note && small.is_word(found.range()),
                };
                let (start, end) = small.place(found.range())?;
                is_found.then_some((start, end, one))
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

/// A text in small letters, with the place in the text of each byte.
struct Small {
    text: String,
    /// For each byte, where the character begins and ends that it comes from.
    places: Vec<(usize, usize)>,
}

impl Small {
    fn of(text: &str) -> Self {
        let mut small = Self {
            text: String::with_capacity(text.len()),
            places: Vec::with_capacity(text.len()),
        };
        for (start, character) in text.char_indices() {
            for lower in character.to_lowercase() {
                small.text.push(lower);
                let place = (start, start + character.len_utf8());
                small
                    .places
                    .extend(std::iter::repeat_n(place, lower.len_utf8()));
            }
        }
        small
    }

    fn place(&self, range: std::ops::Range<usize>) -> Option<(usize, usize)> {
        let (start, _) = self.places.get(range.start)?;
        let (_, end) = self.places.get(range.end.checked_sub(1)?)?;
        Some((*start, *end))
    }

    /// Whether what is there does not continue as a word on either side.
    fn is_word(&self, range: std::ops::Range<usize>) -> bool {
        let before = self.text[..range.start].chars().next_back();
        let after = self.text[range.end..].chars().next();
        ![before, after]
            .into_iter()
            .flatten()
            .any(char::is_alphanumeric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(others: &[(Who, &str, &str)], own: &str) -> People {
        let learner: LearnerId = "0190a1b2-0000-7000-8000-000000000001".parse().unwrap();
        let mut people = People::but(learner);
        people.name(true, Who::Learner, &learner.to_string(), own);
        for (who, id, name) in others {
            people.name(false, *who, id, name);
        }
        people.complete().unwrap();
        people
    }

    fn replaced(people: &People, text: &str, is_note: bool) -> String {
        people.replaced(text, is_note, |who, id| {
            format!("<{who:?} {}>", id.unwrap_or("?"))
        })
    }

    const OTHER: &str = "0190a1b2-0000-7000-8000-00000000000a";

    #[test]
    fn names_and_ids_are_found_in_notes_as_whole_words() {
        let people = people(
            &[
                (Who::Administrator, "alice", "Ann"),
                (Who::Administrator, "bo", "Ann Leeson"),
                (Who::Administrator, "li", "李雷"),
                (Who::Learner, OTHER, "İnci Öz"),
            ],
            "Lee Park",
        );
        for (text, expected) in [
            ("Ann said so", "<Administrator alice> said so"),
            (
                "ANN LEESON, (alice)",
                "<Administrator bo>, (<Administrator alice>)",
            ),
            ("Ann Leesons", "<Administrator bo>s"),
            ("李雷说", "<Administrator li>说"),
            ("Annual, malice, boat", "Annual, malice, boat"),
            (
                "as İnci ÖZ asked",
                "as <Learner 0190a1b2-0000-7000-8000-00000000000a> asked",
            ),
            ("Lee Park herself", "Lee Park herself"),
        ] {
            assert_eq!(replaced(&people, text, true), expected, "{text}");
        }
    }

    #[test]
    fn the_id_of_another_learner_is_found_in_every_text() {
        let people = people(&[(Who::Learner, OTHER, "Bea")], "Lee");
        for id in [
            OTHER.to_owned(),
            OTHER.to_uppercase(),
            OTHER.replace('-', ""),
        ] {
            let text = format!("x{id}y Bea");
            let expected = format!("x<Learner {OTHER}>y Bea");
            assert_eq!(replaced(&people, &text, false), expected);
            assert!(people.names_somebody(&text, false));
        }
        assert!(!people.names_somebody("Bea", false));
        assert!(people.names_somebody("Bea", true));
    }

    #[test]
    fn a_name_that_the_learner_has_too_stays_and_one_of_several_is_nobodys() {
        let people = people(
            &[
                (Who::Learner, OTHER, "Lee"),
                (Who::Learner, "0190a1b2-0000-7000-8000-00000000000b", "Bea"),
                (Who::Learner, "0190a1b2-0000-7000-8000-00000000000c", "Bea"),
            ],
            "Lee",
        );
        assert_eq!(
            replaced(&people, "Lee and Bea", true),
            "Lee and <Learner ?>"
        );
    }
}
