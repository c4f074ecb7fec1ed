//! The directory of learners: all learners in the order of names, with the data that filters and
//! searches need, so that a page of a list is found without sorting or reading records.
//!
//! It is derived from the records alone, and a clone is cheap. A learner takes about 52 bytes, and
//! 4 for each group, tutor and enrolment.

mod builder;
mod chunk;
mod mark;
mod numbers;
mod query;

use std::sync::Arc;

use crate::ids::{AdministratorId, Group, LearnerId, ProgrammeId};
use crate::reference::learner::{Enrolment, Learner};
use crate::text::personal::Personal;
use crate::text::search;

use chunk::{Chunk, LEN_FEW, LEN_MAX, LearnerEntry};
use mark::mark;
use numbers::Numbers;

pub(crate) use builder::{Builder, Marks};
pub use query::{Field, Matches, Query, Statuses};

/// The records of the learners in the directory.
type LearnerRecords = imbl::OrdMap<LearnerId, Arc<Learner>>;
/// The place of a learner in the order.
type NameKey = (Personal, LearnerId);

/// All learners in the order of names, then ids.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// By the place of the first learner in each.
    chunks: imbl::OrdMap<NameKey, Arc<Chunk>>,
    groups: Numbers<Group>,
    tutors: Numbers<AdministratorId>,
    programmes: Numbers<ProgrammeId>,
}

impl Directory {
    /// Every learner, in order.
    pub fn iter(&self) -> impl Iterator<Item = LearnerId> {
        let chunks = self.chunks.values();
        chunks.flat_map(|chunk| chunk.ids().iter().copied())
    }

    /// Adds a learner whose record is already in `records`.
    pub(crate) fn insert(&mut self, records: &LearnerRecords, id: LearnerId) {
        let Some(record) = records.get(&id) else {
            return;
        };
        let entry = self.entry(id, record);
        let place = (record.name.clone(), id);
        let Some((key, chunk)) = self.chunk_of(&place) else {
            let chunk = Chunk::default().with(0, &entry);
            self.chunks.insert(place, Arc::new(chunk));
            return;
        };
        let index = chunk
            .ids()
            .partition_point(|one| before(records, *one, &place));
        self.replace(records, &key, &chunk.with(index, &entry));
    }

    /// Removes a learner whose record is still in `records`.
    pub(crate) fn remove(&mut self, records: &LearnerRecords, id: LearnerId) {
        let Some(record) = records.get(&id) else {
            return;
        };
        let place = (record.name.clone(), id);
        let Some((key, chunk)) = self.chunk_of(&place) else {
            return;
        };
        let index = chunk
            .ids()
            .partition_point(|one| before(records, *one, &place));
        if chunk.ids().get(index) != Some(&id) {
            return;
        }
        self.release(record);
        self.replace(records, &key, &chunk.without(index));
    }

    /// The chunk that contains a place, or would contain it.
    fn chunk_of(&self, place: &NameKey) -> Option<(NameKey, Arc<Chunk>)> {
        let found = self.chunks.get_prev(place);
        let found = found.or_else(|| self.chunks.get_min().map(|(key, chunk)| (key, chunk)));
        found.map(|(key, chunk)| (key.clone(), Arc::clone(chunk)))
    }

    /// Replaces the chunk with this key: by two chunks if the new one is long, and together with
    /// the next one if it is short.
    fn replace(&mut self, records: &LearnerRecords, key: &NameKey, chunk: &Chunk) {
        self.chunks.remove(key);
        if chunk.len() > LEN_MAX {
            let middle = chunk.len() / 2;
            self.keep(records, chunk.part(0..middle));
            self.keep(records, chunk.part(middle..chunk.len()));
            return;
        }
        let next = self.chunks.get_next(key);
        let next = next.map(|(key, next)| (key.clone(), Arc::clone(next)));
        match next {
            Some((next_key, next))
                if chunk.len() < LEN_FEW && chunk.len() + next.len() <= LEN_MAX =>
            {
                self.chunks.remove(&next_key);
                self.keep(records, chunk.joined(&next));
            }
            Some(_) | None => self.keep(records, chunk.clone()),
        }
    }

    fn keep(&mut self, records: &LearnerRecords, chunk: Chunk) {
        let first = chunk.ids().first();
        let first = first.and_then(|first| Some((*first, records.get(first)?)));
        if let Some((id, record)) = first {
            self.chunks
                .insert((record.name.clone(), id), Arc::new(chunk));
        }
    }

    fn entry(&mut self, id: LearnerId, record: &Learner) -> LearnerEntry {
        let groups = record.groups.iter().map(|group| self.groups.take(group));
        let tutors = record.tutors.iter().map(|tutor| self.tutors.take(tutor));
        let enrolments = record.enrolments.iter().map(|enrolment| {
            let number = self.programmes.take(&enrolment.programme);
            mark(number, enrolment.status)
        });
        LearnerEntry {
            id,
            name: search::folded(record.name.as_str()),
            groups: groups.collect(),
            tutors: tutors.collect(),
            enrolments: enrolments.collect(),
        }
    }

    fn release(&mut self, record: &Learner) {
        for group in &record.groups {
            self.groups.release(group);
        }
        for tutor in &record.tutors {
            self.tutors.release(tutor);
        }
        for Enrolment { programme, .. } in &record.enrolments {
            self.programmes.release(programme);
        }
    }
}

/// Whether a learner precedes a place.
fn before(records: &LearnerRecords, id: LearnerId, place: &NameKey) -> bool {
    let name = records.get(&id).map(|record| &record.name);
    (name, id) < (Some(&place.0), place.1)
}

#[cfg(test)]
mod tests;
