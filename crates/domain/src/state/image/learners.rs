//! The image of a tenant's learners, in the order of names, then ids, so that no names are sorted
//! at a start. Groups, administrators and programmes, which many learners have in common, are
//! stored once and have numbers.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::packed::{Ids, PackedNumbers};
use crate::ids::{AdministratorId, Group, LearnerId, ProgrammeId};
use crate::reference::directory::{Builder, Directory, Marks};
use crate::reference::learner::{Enrolment, EnrolmentStatus, Learner};
use crate::text::personal::Personal;

/// A stored state that is inconsistent. It is damaged; the log has what it held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored learners are inconsistent")]
pub struct BadImage;

/// Learners, as they are stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct LearnersImage {
    groups: Vec<Group>,
    /// Tutors and case owners.
    administrators: Vec<AdministratorId>,
    programmes: Vec<ProgrammeId>,
    ids: Ids,
    /// The indexes of the learners in that order, sorted by id.
    by_id: PackedNumbers,
    /// The number of commits on the stream of a learner, if there are more than one: by id.
    versions: Vec<(LearnerId, u64)>,
    /// The names, concatenated; only that of an erased learner is empty.
    names: String,
    /// For each learner: the bytes of the name; the case owner's number plus one, or zero; the
    /// number of groups, and the groups; the number of tutors, and the tutors; the number of
    /// enrolments, and for each the programme and the index of its status.
    rows: PackedNumbers,
}

/// Learners that were stored, and the versions of streams with more than one commit.
pub(super) struct Restored {
    pub(super) directory: Directory,
    pub(super) records: imbl::OrdMap<LearnerId, Arc<Learner>>,
    pub(super) versions: imbl::OrdMap<LearnerId, u64>,
}

impl LearnersImage {
    /// The image of these learners, who come in the order of names, then ids, each with the version
    /// of the stream.
    pub(super) fn of<'a>(learners: impl Iterator<Item = (LearnerId, &'a Learner, u64)>) -> Self {
        let mut image = Self::default();
        let (mut groups, mut administrators, mut programmes) = Default::default();
        for (id, record, version) in learners {
            image.ids.0.push(id);
            if version > 1 {
                image.versions.push((id, version));
            }
            image.names.push_str(record.name.as_str());
            let rows = &mut image.rows.0;
            rows.push(number(record.name.as_str().len()));
            let owner = record.case_owner.as_ref();
            rows.push(owner.map_or(0, |owner| numbered(&mut administrators, owner) + 1));
            rows.push(number(record.groups.len()));
            rows.extend(record.groups.iter().map(|one| numbered(&mut groups, one)));
            rows.push(number(record.tutors.len()));
            let tutors = record.tutors.iter();
            rows.extend(tutors.map(|one| numbered(&mut administrators, one)));
            rows.push(number(record.enrolments.len()));
            for Enrolment { programme, status } in &record.enrolments {
                rows.push(numbered(&mut programmes, programme));
                let index = EnrolmentStatus::ALL.iter().position(|one| one == status);
                rows.push(number(index.unwrap_or(usize::MAX)));
            }
        }
        let ids = &image.ids.0;
        let mut by_id: Vec<u32> = (0..number(ids.len())).collect();
        by_id.sort_unstable_by_key(|place| ids.get(*place as usize));
        image.by_id = PackedNumbers(by_id);
        image.versions.sort_unstable();
        image.groups = in_order(groups);
        image.administrators = in_order(administrators);
        image.programmes = in_order(programmes);
        image
    }

    /// The learners and their directory.
    pub(super) fn restore(&self) -> Result<Restored, BadImage> {
        self.check()?;
        let records = self.records()?;
        let (by_id, directory) = at_once(|| self.by_id(&records), || self.directory(&records));
        Ok(Restored {
            records: by_id?,
            directory: directory?,
            versions: self.versions.iter().copied().collect(),
        })
    }

    /// The records, by name.
    fn records(&self) -> Result<Vec<Arc<Learner>>, BadImage> {
        let mut rows = Rows(&self.rows.0);
        let mut names = self.names.as_str();
        let mut records = Vec::with_capacity(self.ids.0.len());
        for _ in &self.ids.0 {
            let row = rows.row()?;
            let (name, others) = names.split_at_checked(row.name_bytes).ok_or(BadImage)?;
            names = others;
            let owner = row.owner.map(|owner| of(&self.administrators, owner));
            records.push(Arc::new(Learner {
                name: if name.is_empty() {
                    Personal::erased()
                } else {
                    Personal::from(name)
                },
                case_owner: owner.transpose()?.cloned(),
                groups: all_of(&self.groups, row.groups)?,
                tutors: all_of(&self.administrators, row.tutors)?,
                enrolments: self.enrolments(row.enrolments)?,
            }));
        }
        if names.is_empty() && rows.0.is_empty() {
            Ok(records)
        } else {
            Err(BadImage)
        }
    }

    /// The records by id. A map that grows at its end is built in a fraction of the time.
    fn by_id(
        &self,
        records: &[Arc<Learner>],
    ) -> Result<imbl::OrdMap<LearnerId, Arc<Learner>>, BadImage> {
        let mut by_id = imbl::OrdMap::new();
        let mut last = None;
        for place in &self.by_id.0 {
            let id = *of(&self.ids.0, *place)?;
            let record = of(records, *place)?;
            if last.replace(id).is_some_and(|last| last >= id) {
                return Err(BadImage);
            }
            by_id.insert(id, Arc::clone(record));
        }
        Ok(by_id)
    }

    fn directory(&self, records: &[Arc<Learner>]) -> Result<Directory, BadImage> {
        let mut builder = Builder::new([
            self.groups.len(),
            self.administrators.len(),
            self.programmes.len(),
        ]);
        let (mut rows, mut programmes) = (Rows(&self.rows.0), Vec::new());
        for (id, record) in self.ids.0.iter().zip(records) {
            let row = rows.row()?;
            programmes.clear();
            programmes.extend(row.enrolments.iter().map(|[programme, _]| *programme));
            let marks = Marks {
                groups: row.groups,
                tutors: row.tutors,
                programmes: &programmes,
            };
            builder.push(*id, record, &marks);
        }
        Ok(builder.finish(&self.groups, &self.administrators, &self.programmes))
    }

    fn enrolments(&self, enrolments: &[[u32; 2]]) -> Result<Vec<Enrolment>, BadImage> {
        let each = enrolments.iter().map(|[programme, status]| {
            Ok(Enrolment {
                programme: *of(&self.programmes, *programme)?,
                status: *of(&EnrolmentStatus::ALL, *status)?,
            })
        });
        each.collect()
    }

    fn check(&self) -> Result<(), BadImage> {
        let holds = self.ids.0.len() == self.by_id.0.len()
            && each_once(&self.groups)
            && each_once(&self.administrators)
            && each_once(&self.programmes);
        if holds { Ok(()) } else { Err(BadImage) }
    }
}

/// The row of one learner.
struct ImageRow<'a> {
    name_bytes: usize,
    owner: Option<u32>,
    groups: &'a [u32],
    tutors: &'a [u32],
    /// The number of each programme, and the index of each status.
    enrolments: &'a [[u32; 2]],
}

/// The rows that are still to be read.
struct Rows<'a>(&'a [u32]);

impl<'a> Rows<'a> {
    fn next(&mut self) -> Result<u32, BadImage> {
        let (next, rest) = self.0.split_first().ok_or(BadImage)?;
        self.0 = rest;
        Ok(*next)
    }

    fn count(&mut self) -> Result<usize, BadImage> {
        usize::try_from(self.next()?).map_err(|_| BadImage)
    }

    fn list(&mut self) -> Result<&'a [u32], BadImage> {
        let count = self.count()?;
        self.take(count)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u32], BadImage> {
        let (list, rest) = self.0.split_at_checked(count).ok_or(BadImage)?;
        self.0 = rest;
        Ok(list)
    }

    fn row(&mut self) -> Result<ImageRow<'a>, BadImage> {
        let name_bytes = self.count()?;
        let owner = self.next()?.checked_sub(1);
        let (groups, tutors, count) = (self.list()?, self.list()?, self.count()?);
        let numbers = count.checked_mul(2).ok_or(BadImage)?;
        let (enrolments, _) = self.take(numbers)?.as_chunks();
        Ok(ImageRow {
            name_bytes,
            owner,
            groups,
            tutors,
            enrolments,
        })
    }
}

/// The results of both functions; the first runs on a thread of its own, if one can be started.
fn at_once<A: Send, B>(first: impl Fn() -> A + Sync, second: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let other = std::thread::Builder::new().spawn_scoped(scope, &first);
        let second = second();
        let first = match other.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(first)) => first,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => first(),
        };
        (first, second)
    })
}

/// No record has so many entries that this would fail.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn numbered<'a, T: Hash + Eq>(numbers: &mut HashMap<&'a T, u32>, value: &'a T) -> u32 {
    let next = number(numbers.len());
    *numbers.entry(value).or_insert(next)
}

fn in_order<T: Clone>(numbers: HashMap<&T, u32>) -> Vec<T> {
    let mut values: Vec<_> = numbers.into_iter().collect();
    values.sort_unstable_by_key(|(_, number)| *number);
    values.into_iter().map(|(value, _)| value.clone()).collect()
}

fn each_once<T: Ord>(values: &[T]) -> bool {
    let mut sorted: Vec<_> = values.iter().collect();
    sorted.sort_unstable();
    sorted.is_sorted_by(|one, other| one < other)
}

fn of<T>(values: &[T], number: u32) -> Result<&T, BadImage> {
    values.get(number as usize).ok_or(BadImage)
}

fn all_of<T: Clone>(values: &[T], numbers: &[u32]) -> Result<Vec<T>, BadImage> {
    let each = numbers.iter().map(|number| of(values, *number).cloned());
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{administrator, learner, programme};

    fn record() -> Learner {
        Learner {
            name: "Zoë".into(),
            case_owner: Some(administrator("tess")),
            groups: vec!["south".parse().unwrap(), "north".parse().unwrap()],
            tutors: vec![administrator("tom"), administrator("tess")],
            enrolments: vec![
                Enrolment {
                    programme: programme(2),
                    status: EnrolmentStatus::Archived,
                },
                Enrolment {
                    programme: programme(1),
                    status: EnrolmentStatus::Active,
                },
            ],
        }
    }

    fn bare() -> Learner {
        Learner {
            name: "Ada".into(),
            case_owner: None,
            groups: Vec::new(),
            tutors: Vec::new(),
            enrolments: Vec::new(),
        }
    }

    fn image() -> LearnersImage {
        let (bare, rich) = (bare(), record());
        LearnersImage::of([(learner(9), &bare, 1), (learner(3), &rich, 4)].into_iter())
    }

    #[test]
    fn every_field_of_a_record_comes_back_with_its_version() {
        let restored = image().restore().unwrap();
        assert_eq!(*restored.records[&learner(9)], bare());
        assert_eq!(*restored.records[&learner(3)], record());
        let versions: Vec<_> = restored.versions.into_iter().collect();
        assert_eq!(versions, [(learner(3), 4)], "the other was put once");
        assert_eq!(
            restored.directory.iter().collect::<Vec<_>>(),
            [learner(9), learner(3)]
        );
    }

    /// Any wrong number refuses the image: nothing is left out, and nothing panics.
    #[test]
    fn an_image_that_does_not_hold_together_is_refused() {
        for index in 0..image().rows.0.len() {
            let mut bad = image();
            bad.rows.0[index] = u32::MAX;
            assert_eq!(bad.restore().err(), Some(BadImage), "{index}");
        }
        let mut short = image();
        short.rows.0.pop();
        assert_eq!(short.restore().err(), Some(BadImage));
        let mut long = image();
        long.rows.0.push(0);
        assert_eq!(long.restore().err(), Some(BadImage));
        let mut twice = image();
        twice.groups[1] = twice.groups[0].clone();
        assert_eq!(twice.restore().err(), Some(BadImage));
        let mut few = image();
        few.by_id.0.pop();
        assert_eq!(few.restore().err(), Some(BadImage));
        for places in [[0, 0], [0, 1], [0, 2]] {
            let mut disordered = image();
            disordered.by_id.0 = places.into();
            assert_eq!(disordered.restore().err(), Some(BadImage), "{places:?}");
        }
    }

    #[test]
    fn the_order_of_ids_is_kept_and_comes_back_as_bytes() {
        let image = image();
        assert_eq!(
            image.by_id,
            PackedNumbers(vec![1, 0]),
            "the first by name has the last id"
        );
        let bytes = rmp_serde::to_vec_named(&image).unwrap();
        let read: LearnersImage = rmp_serde::from_slice(&bytes).unwrap();
        assert_eq!((&read.ids, &read.by_id), (&image.ids, &image.by_id));
        assert_eq!(read.rows, image.rows);
        assert_eq!(read.restore().unwrap().records.len(), 2);
    }
}
