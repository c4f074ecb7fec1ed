//! A run of learners who are adjacent in the order of names, with the data that a filter needs of
//! each, packed so that a pass over all learners reads memory sequentially.

use std::ops::Range;

use super::mark::programme_of;
use crate::ids::LearnerId;

/// The largest number of learners in a chunk.
pub(super) const LEN_MAX: usize = 256;
/// A chunk with fewer learners than this is joined with its neighbour, if both fit into one.
pub(super) const LEN_FEW: usize = LEN_MAX / 4;

/// A learner, as stored in a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LearnerEntry {
    pub(super) id: LearnerId,
    /// The name, folded as for searches.
    pub(super) name: String,
    pub(super) groups: Vec<u32>,
    pub(super) tutors: Vec<u32>,
    pub(super) enrolments: Vec<u32>,
}

/// A learner, borrowed from a chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct LearnerRow<'a> {
    pub(super) id: LearnerId,
    pub(super) groups: &'a [u32],
    pub(super) tutors: &'a [u32],
    pub(super) enrolments: &'a [u32],
    /// The range of the name among the names of the chunk, in bytes.
    pub(super) name: (usize, usize),
}

/// Learners in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Chunk {
    ids: Vec<LearnerId>,
    extents: Vec<Extent>,
    /// The names, concatenated.
    names: String,
    /// For each learner, the groups, then the tutors, then the enrolments.
    marks: Vec<u32>,
    /// The numbers of all programmes that some learner of the chunk is enrolled on, ascending.
    programmes: Vec<u32>,
}

/// The part of names and marks that belongs to one learner.
#[derive(Debug, Clone, Copy)]
struct Extent {
    name: u32,
    groups: u32,
    tutors: u32,
    enrolments: u32,
}

impl Extent {
    fn marks(&self) -> usize {
        (self.groups + self.tutors + self.enrolments) as usize
    }
}

impl Chunk {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn ids(&self) -> &[LearnerId] {
        &self.ids
    }

    /// The folded names, concatenated.
    pub(super) fn names(&self) -> &[u8] {
        self.names.as_bytes()
    }

    /// Whether some learner of the chunk is enrolled on a programme.
    pub(super) fn has_programme(&self, number: u32) -> bool {
        self.programmes.binary_search(&number).is_ok()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = LearnerRow<'_>> {
        let (mut name, mut marks) = (0, &self.marks[..]);
        self.ids.iter().zip(&self.extents).map(move |(id, extent)| {
            let start = name;
            name += extent.name as usize;
            let (own, others) = marks.split_at(extent.marks());
            marks = others;
            let (groups, rest) = own.split_at(extent.groups as usize);
            let (tutors, enrolments) = rest.split_at(extent.tutors as usize);
            LearnerRow {
                id: *id,
                groups,
                tutors,
                enrolments,
                name: (start, name),
            }
        })
    }

    /// The same with another learner before the one at `index`.
    pub(super) fn with(&self, index: usize, entry: &LearnerEntry) -> Self {
        let mut chunk = Self {
            ids: Vec::with_capacity(self.ids.len() + 1),
            extents: Vec::with_capacity(self.extents.len() + 1),
            names: String::with_capacity(self.names.len() + entry.name.len()),
            marks: Vec::with_capacity(self.marks.len() + entry.marks_len()),
            programmes: self.programmes.clone(),
        };
        chunk.append(self, 0..index);
        chunk.push(entry);
        chunk.append(self, index..self.len());
        for mark in &entry.enrolments {
            let number = programme_of(*mark);
            if let Err(index) = chunk.programmes.binary_search(&number) {
                chunk.programmes.insert(index, number);
            }
        }
        chunk
    }

    /// The same without the learner at `index`.
    pub(super) fn without(&self, index: usize) -> Self {
        let mut chunk = self.part(0..index);
        chunk.append(self, index + 1..self.len());
        chunk.fit()
    }

    /// The learners in this range.
    pub(super) fn part(&self, range: Range<usize>) -> Self {
        let mut chunk = Self::default();
        chunk.append(self, range);
        chunk.fit()
    }

    /// These learners followed by the others.
    pub(super) fn joined(&self, other: &Self) -> Self {
        let mut chunk = self.clone();
        chunk.append(other, 0..other.len());
        chunk.fit()
    }

    fn push(&mut self, entry: &LearnerEntry) {
        let enrolments = entry.enrolments.iter().copied();
        self.push_parts(
            entry.id,
            &entry.name,
            (&entry.groups, &entry.tutors),
            enrolments,
        );
    }

    /// Appends a learner: id and folded name, groups and tutors, enrolments.
    pub(super) fn push_parts(
        &mut self,
        id: LearnerId,
        name: &str,
        (groups, tutors): (&[u32], &[u32]),
        enrolments: impl Iterator<Item = u32>,
    ) {
        let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        self.ids.push(id);
        self.names.push_str(name);
        self.marks.extend_from_slice(groups);
        self.marks.extend_from_slice(tutors);
        let before = self.marks.len();
        self.marks.extend(enrolments);
        self.extents.push(Extent {
            name: length(name.len()),
            groups: length(groups.len()),
            tutors: length(tutors.len()),
            enrolments: length(self.marks.len() - before),
        });
    }

    fn append(&mut self, other: &Self, range: Range<usize>) {
        let (before, own) = (&other.extents[..range.start], &other.extents[range.clone()]);
        let names = |of: &[Extent]| of.iter().map(|one| one.name as usize).sum::<usize>();
        let marks = |of: &[Extent]| of.iter().map(Extent::marks).sum::<usize>();
        let (name, mark) = (names(before), marks(before));
        self.names.push_str(&other.names[name..name + names(own)]);
        self.marks
            .extend_from_slice(&other.marks[mark..mark + marks(own)]);
        self.extents.extend_from_slice(own);
        self.ids.extend_from_slice(&other.ids[range]);
    }

    /// The same with its list of programmes computed and its buffers shrunk to fit.
    pub(super) fn fit(mut self) -> Self {
        let enrolments = self.rows().flat_map(|row| row.enrolments);
        let mut programmes: Vec<_> = enrolments.map(|mark| programme_of(*mark)).collect();
        programmes.sort_unstable();
        programmes.dedup();
        programmes.shrink_to_fit();
        self.programmes = programmes;
        self.ids.shrink_to_fit();
        self.extents.shrink_to_fit();
        self.names.shrink_to_fit();
        self.marks.shrink_to_fit();
        self
    }
}

impl LearnerEntry {
    fn marks_len(&self) -> usize {
        self.groups.len() + self.tutors.len() + self.enrolments.len()
    }
}
