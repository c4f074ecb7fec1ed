//! Builds a directory from many learners at once, who are given in its order and whose values have
//! numbers already.

use std::sync::Arc;

use super::chunk::{Chunk, LEN_MAX};
use super::mark::mark;
use super::numbers::Numbers;
use super::{Directory, NameKey};
use crate::ids::{AdministratorId, Group, LearnerId, ProgrammeId};
use crate::reference::learner::Learner;
use crate::text::search;

/// The number of learners in a new chunk.
const LEN_BEGUN: usize = LEN_MAX / 4 * 3;

/// A directory under construction.
#[derive(Debug)]
pub(crate) struct Builder {
    chunks: imbl::OrdMap<NameKey, Arc<Chunk>>,
    first: Option<NameKey>,
    chunk: Chunk,
    /// How many learners have each group, tutor and programme, by number.
    counts: [Vec<u32>; 3],
}

/// The numbers of a learner's groups, tutors and programmes, each in the order of the record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks<'a> {
    pub(crate) groups: &'a [u32],
    pub(crate) tutors: &'a [u32],
    pub(crate) programmes: &'a [u32],
}

impl Builder {
    /// A builder for numbers below these: of groups, of tutors, of programmes.
    pub(crate) fn new(ends: [usize; 3]) -> Self {
        Self {
            chunks: imbl::OrdMap::new(),
            first: None,
            chunk: Chunk::default(),
            counts: ends.map(|end| vec![0; end]),
        }
    }

    /// Adds the next learner.
    pub(crate) fn push(&mut self, id: LearnerId, record: &Learner, marks: &Marks<'_>) {
        let of = [marks.groups, marks.tutors, marks.programmes];
        for (counts, numbers) in self.counts.iter_mut().zip(of) {
            for number in numbers {
                counts[*number as usize] += 1;
            }
        }
        let enrolments = marks.programmes.iter().zip(&record.enrolments);
        let enrolments = enrolments.map(|(number, enrolment)| mark(*number, enrolment.status));
        let name = search::folded(record.name.as_str());
        let own = (marks.groups, marks.tutors);
        self.chunk.push_parts(id, &name, own, enrolments);
        self.first.get_or_insert_with(|| (record.name.clone(), id));
        if self.chunk.len() == LEN_BEGUN {
            self.end_chunk();
        }
    }

    fn end_chunk(&mut self) {
        if let Some(first) = self.first.take() {
            let chunk = std::mem::take(&mut self.chunk).fit();
            self.chunks.insert(first, Arc::new(chunk));
        }
    }

    /// The directory of all learners that were added. The values are in the order of their numbers.
    pub(crate) fn finish(
        mut self,
        groups: &[Group],
        tutors: &[AdministratorId],
        programmes: &[ProgrammeId],
    ) -> Directory {
        self.end_chunk();
        let [of_groups, of_tutors, of_programmes] = &self.counts;
        Directory {
            groups: Numbers::counted(groups, of_groups),
            tutors: Numbers::counted(tutors, of_tutors),
            programmes: Numbers::counted(programmes, of_programmes),
            chunks: self.chunks,
        }
    }
}
