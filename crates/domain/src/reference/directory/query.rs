//! Queries of the directory: which learners match filters, a search and the reader's groups (P8).
//!
//! A query is turned into tables, by which each learner is judged in a few comparisons in one pass
//! over the directory.

use std::collections::BTreeSet;

use memchr::memmem::Finder;

use super::Directory;
use super::chunk::{Chunk, LearnerRow};
use super::mark::{STATUS_BITS, programme_of, status_index};
use super::numbers::Numbers;
use crate::ids::{AdministratorId, Group, LearnerId, ProgrammeId};
use crate::reference::administrator::Groups;
use crate::reference::learner::{Enrolment, EnrolmentStatus, Learner};
use crate::text::search::{self, Sought};

/// A set of statuses of enrolments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statuses(u8);

impl Statuses {
    /// Every status.
    pub const ALL: Self = Self(u8::MAX);

    /// Whether the set contains a status.
    pub const fn has(self, status: EnrolmentStatus) -> bool {
        self.has_index(status_index(status))
    }

    const fn has_index(self, index: u8) -> bool {
        self.0 >> index & 1 == 1
    }
}

impl FromIterator<EnrolmentStatus> for Statuses {
    fn from_iter<I: IntoIterator<Item = EnrolmentStatus>>(statuses: I) -> Self {
        let bits = statuses.into_iter().map(|status| 1 << status_index(status));
        Self(bits.fold(0, |all, bit: u8| all | bit))
    }
}

/// A query. A learner matches if all conditions hold.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// Every group of the learner is one of these (P8).
    pub seen_with: &'a Groups,
    /// The learner is enrolled on this programme.
    pub programme: Option<ProgrammeId>,
    /// The learner has an enrolment with one of these statuses, on the programme if one is given.
    /// With all statuses and no programme, learners without an enrolment match too.
    pub statuses: Statuses,
    /// The learner is in one of these groups; empty: any.
    pub groups: &'a [Group],
    /// The learner has one of these tutors; empty: any.
    pub tutors: &'a [AdministratorId],
    /// The folded name contains this text; empty: any.
    pub search: &'a str,
    /// The learner is not one of these.
    pub except: &'a BTreeSet<LearnerId>,
}

impl Query<'_> {
    /// Whether a learner with this record matches. The result is that of [`Directory::find`], for
    /// records that are no longer in the directory.
    pub fn finds(&self, id: LearnerId, learner: &Learner) -> bool {
        let seen = match self.seen_with {
            Groups::All => true,
            Groups::Listed(groups) => learner.groups.iter().all(|group| groups.contains(group)),
        };
        let fits = |enrolment: &Enrolment| {
            self.programme
                .is_none_or(|programme| enrolment.programme == programme)
                && self.statuses.has(enrolment.status)
        };
        let anybody = self.programme.is_none() && self.statuses == Statuses::ALL;
        seen && (anybody || learner.enrolments.iter().any(fits))
            && any_of(self.groups, &learner.groups)
            && any_of(self.tutors, &learner.tutors)
            && Sought::new(self.search).is_in(learner.name.as_str())
            && !self.except.contains(&id)
    }
}

/// Whether one of the values is wanted; if no value is named, any is.
fn any_of<T: PartialEq>(wanted: &[T], values: &[T]) -> bool {
    wanted.is_empty() || values.iter().any(|value| wanted.contains(value))
}

/// The field whose values are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Groups.
    Groups,
    /// Tutors.
    Tutors,
    /// The status of the enrolment on the query's programme.
    Statuses,
}

/// The learners that match a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matches {
    /// Their number.
    pub total: usize,
    /// The learners of the requested part, in order.
    pub learners: Vec<LearnerId>,
}

impl Directory {
    /// The learners that match: their number, and `take` of them after the first `skip`.
    pub fn find(&self, query: &Query<'_>, skip: usize, take: usize) -> Matches {
        let (mut total, mut learners) = (0, Vec::new());
        self.each(query, |row, _| {
            if total >= skip && learners.len() < take {
                learners.push(row.id);
            }
            total += 1;
        });
        Matches { total, learners }
    }

    /// The values of the learners that match, in the order of values, with the number of learners
    /// for each.
    pub fn count(&self, query: &Query<'_>, field: Field) -> Vec<(String, usize)> {
        match field {
            Field::Groups => self.count_of(query, &self.groups, |row| row.groups),
            Field::Tutors => self.count_of(query, &self.tutors, |row| row.tutors),
            Field::Statuses => {
                let mut counts = [0_usize; EnrolmentStatus::ALL.len()];
                self.each(query, |_, status| {
                    if let Some(count) = status.and_then(|index| counts.get_mut(index)) {
                        *count += 1;
                    }
                });
                let all = EnrolmentStatus::ALL.into_iter();
                let mut found: Vec<_> = all
                    .map(|status| (status.name(), counts[usize::from(status_index(status))]))
                    .filter(|(_, count)| *count > 0)
                    .map(|(name, count)| (name.to_owned(), count))
                    .collect();
                found.sort();
                found
            }
        }
    }

    fn count_of<T: Ord + Clone + ToString>(
        &self,
        query: &Query<'_>,
        numbers: &Numbers<T>,
        values: impl for<'r> Fn(&LearnerRow<'r>) -> &'r [u32],
    ) -> Vec<(String, usize)> {
        let mut counts = vec![0_usize; numbers.table_len()];
        self.each(query, |row, _| {
            for number in values(row) {
                counts[*number as usize] += 1;
            }
        });
        numbers
            .iter()
            .map(|(value, number)| (value, counts[number as usize]))
            .filter(|(_, count)| *count > 0)
            .map(|(value, count)| (value.to_string(), count))
            .collect()
    }

    /// Calls `found` for every learner that matches, in order, with the index of the status that
    /// matches.
    fn each(&self, query: &Query<'_>, mut found: impl FnMut(&LearnerRow<'_>, Option<usize>)) {
        let Some(terms) = QueryTerms::of(self, query) else {
            return;
        };
        let needle = search::folded(query.search);
        let finder = Finder::new(needle.as_bytes());
        for chunk in self.chunks.values() {
            if terms
                .programme
                .is_some_and(|number| !chunk.has_programme(number))
            {
                continue;
            }
            let Some(mut names) = NamesWith::begin(chunk, &finder) else {
                continue;
            };
            for row in chunk.rows() {
                let Some(status) = terms.keep(&row) else {
                    continue;
                };
                if names.hold(row.name) && !query.except.contains(&row.id) {
                    found(&row, status);
                }
            }
        }
    }
}

/// A query with its values looked up.
struct QueryTerms {
    seen_with: Option<Vec<bool>>,
    groups: Option<Vec<bool>>,
    tutors: Option<Vec<bool>>,
    programme: Option<u32>,
    statuses: Statuses,
}

impl QueryTerms {
    /// None if no learner can match.
    fn of(directory: &Directory, query: &Query<'_>) -> Option<Self> {
        let programme = match query.programme {
            Some(programme) => Some(directory.programmes.get(&programme)?),
            None => None,
        };
        Some(Self {
            seen_with: match query.seen_with {
                Groups::All => None,
                Groups::Listed(groups) => Some(table(&directory.groups, groups)),
            },
            groups: wanted(&directory.groups, query.groups),
            tutors: wanted(&directory.tutors, query.tutors),
            programme,
            statuses: query.statuses,
        })
    }

    /// Whether a learner matches except for the search, and with which status, if there is one.
    #[allow(clippy::option_option)] // Whether they fit, and by what.
    fn keep(&self, row: &LearnerRow<'_>) -> Option<Option<usize>> {
        let status = if self.programme.is_none() && self.statuses == Statuses::ALL {
            None
        } else {
            let mut enrolments = row.enrolments.iter();
            Some(enrolments.find_map(|mark| self.fitting(*mark))?)
        };
        let has = |table: &[bool], number: &u32| table[*number as usize];
        let seen = self.seen_with.as_deref();
        let seen = seen.is_none_or(|table| row.groups.iter().all(|group| has(table, group)));
        let groups = self.groups.as_deref();
        let tutors = self.tutors.as_deref();
        let fits = seen
            && groups.is_none_or(|table| row.groups.iter().any(|group| has(table, group)))
            && tutors.is_none_or(|table| row.tutors.iter().any(|tutor| has(table, tutor)));
        fits.then_some(status)
    }

    fn fitting(&self, mark: u32) -> Option<usize> {
        let programme = programme_of(mark);
        let index = mark & ((1 << STATUS_BITS) - 1);
        let on_it = self.programme.is_none_or(|wanted| wanted == programme);
        let index = u8::try_from(index).ok()?;
        (on_it && self.statuses.has_index(index)).then_some(usize::from(index))
    }
}

fn wanted<T: Ord + Clone>(numbers: &Numbers<T>, values: &[T]) -> Option<Vec<bool>> {
    (!values.is_empty()).then(|| table(numbers, values))
}

/// A table that tells for each number whether its value is one of these.
fn table<'a, T: Ord + Clone + 'a>(
    numbers: &Numbers<T>,
    values: impl IntoIterator<Item = &'a T>,
) -> Vec<bool> {
    let mut table = vec![false; numbers.table_len()];
    for number in values.into_iter().filter_map(|value| numbers.get(value)) {
        table[number as usize] = true;
    }
    table
}

/// The search through the names of one chunk, which proceeds only as far as it is asked.
struct NamesWith<'a> {
    names: &'a [u8],
    finder: &'a Finder<'a>,
    /// The start of the next match that was not passed yet.
    hit: Option<usize>,
}

impl<'a> NamesWith<'a> {
    /// None if no name of the chunk can contain the text.
    fn begin(chunk: &'a Chunk, finder: &'a Finder<'a>) -> Option<Self> {
        let names = chunk.names();
        let hit = Some(finder.find(names)?);
        Some(Self { names, finder, hit })
    }

    /// Whether the name in this range contains the text. Called for names in ascending order.
    fn hold(&mut self, (start, end): (usize, usize)) -> bool {
        let length = self.finder.needle().len();
        if length == 0 {
            return true;
        }
        while let Some(hit) = self.hit {
            if hit >= end {
                return false;
            }
            if hit >= start && hit + length <= end {
                return true;
            }
            // The match is in an earlier name, or crosses the end of this one.
            let from = start.max(hit + 1);
            let next = self.finder.find(&self.names[from..]);
            self.hit = next.map(|next| from + next);
        }
        false
    }
}
