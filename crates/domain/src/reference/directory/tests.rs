//! Tests of the directory against a naive model: every record read, and sorted.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use proptest::prelude::*;

use super::{Builder, Directory, Field, LEN_MAX, LearnerRecords, Marks, Matches, Query, Statuses};
use crate::ids::{AdministratorId, Group, LearnerId};
use crate::reference::administrator::Groups;
use crate::reference::learner::{Enrolment, EnrolmentStatus, Learner};
use crate::test_support::{administrator, learner, programme};
use crate::text::search::Sought;

/// A question, owned.
#[derive(Debug, Clone)]
struct Asked {
    seen_with: Groups,
    programme: Option<u128>,
    statuses: Vec<EnrolmentStatus>,
    groups: Vec<Group>,
    tutors: Vec<AdministratorId>,
    search: String,
    except: BTreeSet<LearnerId>,
}

impl Asked {
    fn with<T>(&self, with: impl FnOnce(&Query<'_>) -> T) -> T {
        with(&Query {
            seen_with: &self.seen_with,
            programme: self.programme.map(programme),
            statuses: if self.statuses.is_empty() {
                Statuses::ALL
            } else {
                self.statuses.iter().copied().collect()
            },
            groups: &self.groups,
            tutors: &self.tutors,
            search: &self.search,
            except: &self.except,
        })
    }

    fn keeps(&self, id: LearnerId, record: &Learner) -> bool {
        let seen = match &self.seen_with {
            Groups::All => true,
            Groups::Listed(seen) => record.groups.iter().all(|group| seen.contains(group)),
        };
        let any = self.programme.is_none() && self.statuses.is_empty();
        let mut enrolments = record.enrolments.iter();
        let enrolled = enrolments.any(|one| {
            self.programme
                .is_none_or(|wanted| one.programme == programme(wanted))
                && (self.statuses.is_empty() || self.statuses.contains(&one.status))
        });
        let of = |wanted: &[Group]| record.groups.iter().any(|group| wanted.contains(group));
        let by = |wanted: &[AdministratorId]| record.tutors.iter().any(|one| wanted.contains(one));
        seen && (any || enrolled)
            && (self.groups.is_empty() || of(&self.groups))
            && (self.tutors.is_empty() || by(&self.tutors))
            && Sought::new(&self.search).is_in(record.name.as_str())
            && !self.except.contains(&id)
    }
}

/// A directory that was made at once of these, who are in order.
fn anew(records: &LearnerRecords, ordered: &[LearnerId]) -> Directory {
    let numbered = |values: &mut Vec<String>, value: String| {
        let known = values.iter().position(|one| *one == value);
        let index = known.unwrap_or_else(|| {
            values.push(value);
            values.len() - 1
        });
        u32::try_from(index).unwrap()
    };
    let mut values: [Vec<String>; 3] = Default::default();
    let mut builder = Builder::new([3, 3, 3]);
    for id in ordered {
        let record = &records[id];
        let [groups, tutors, programmes] = &mut values;
        let groups = record
            .groups
            .iter()
            .map(|one| numbered(groups, one.to_string()));
        let tutors = record
            .tutors
            .iter()
            .map(|one| numbered(tutors, one.to_string()));
        let enrolments = record
            .enrolments
            .iter()
            .map(|one| one.programme.to_string());
        let marks = Marks {
            groups: &groups.collect::<Vec<_>>(),
            tutors: &tutors.collect::<Vec<_>>(),
            programmes: &enrolments
                .map(|one| numbered(programmes, one))
                .collect::<Vec<_>>(),
        };
        builder.push(*id, record, &marks);
    }
    let [groups, tutors, programmes] = values;
    builder.finish(&parsed(&groups), &parsed(&tutors), &parsed(&programmes))
}

fn parsed<T: FromStr<Err: std::fmt::Debug>>(values: &[String]) -> Vec<T> {
    values.iter().map(|value| value.parse().unwrap()).collect()
}

/// Everybody who fits, by name, then id.
fn plainly(records: &LearnerRecords, asked: &Asked) -> Vec<LearnerId> {
    let mut found: Vec<_> = records
        .iter()
        .filter(|(id, record)| asked.keeps(**id, record))
        .map(|(id, record)| (record.name.clone(), *id))
        .collect();
    found.sort();
    found.into_iter().map(|(_, id)| id).collect()
}

fn counted(values: impl Iterator<Item = String>) -> Vec<(String, usize)> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// What lists and filters say, by the directory and by the records.
#[track_caller]
fn assert_agrees(directory: &Directory, records: &LearnerRecords, asked: &Asked) {
    let all = plainly(records, asked);
    let found = asked.with(|query| directory.find(query, 0, usize::MAX));
    let expected = Matches {
        total: all.len(),
        learners: all.clone(),
    };
    assert_eq!(found, expected, "{asked:?}");
    for (id, record) in records {
        let found = asked.with(|query| query.finds(*id, record));
        assert_eq!(found, asked.keeps(*id, record), "{asked:?} of {record:?}");
    }
    let page = asked.with(|query| directory.find(query, 3, 4));
    let shown: Vec<_> = all.iter().copied().skip(3).take(4).collect();
    assert_eq!((page.total, page.learners), (all.len(), shown), "{asked:?}");
    let record = |id: &LearnerId| Arc::clone(&records[id]);
    let groups = all.iter().flat_map(|id| record(id).groups.clone());
    let groups = counted(groups.map(|group| group.to_string()));
    let tutors = all.iter().flat_map(|id| record(id).tutors.clone());
    let tutors = counted(tutors.map(|tutor| tutor.to_string()));
    let by_directory = [Field::Groups, Field::Tutors]
        .map(|field| asked.with(|query| directory.count(query, field)));
    assert_eq!(by_directory, [groups, tutors], "{asked:?}");
    if let Some(number) = asked.programme {
        let status = |id| {
            record(id)
                .enrolment(programme(number))
                .map(|one| one.status)
        };
        let statuses = all.iter().filter_map(status);
        let statuses = counted(statuses.map(|status| status.name().to_owned()));
        let found = asked.with(|query| directory.count(query, Field::Statuses));
        assert_eq!(found, statuses, "{asked:?}");
    }
}

fn put(directory: &mut Directory, records: &mut LearnerRecords, id: LearnerId, record: Learner) {
    directory.remove(records, id);
    records.insert(id, Arc::new(record));
    directory.insert(records, id);
}

fn some<T: Clone + std::fmt::Debug + 'static>(
    all: Vec<T>,
    most: usize,
) -> impl Strategy<Value = Vec<T>> {
    let most = most.min(all.len());
    proptest::sample::subsequence(all, 0..=most)
}

fn groups() -> Vec<Group> {
    ["north", "south", "east"]
        .map(|name| name.parse().unwrap())
        .into()
}

fn tutors() -> Vec<AdministratorId> {
    ["tom", "tess", "tim"].map(administrator).into()
}

fn record() -> impl Strategy<Value = Learner> {
    let enrolled = some(vec![1, 2, 3], 2);
    let status = proptest::sample::select(EnrolmentStatus::ALL.to_vec());
    (
        "[abÄßİσz\u{301}ﬁ각 ]{1,4}",
        some(groups(), 3),
        some(tutors(), 2),
        enrolled,
        status,
    )
        .prop_map(|(name, groups, tutors, enrolled, status)| Learner {
            name: name.into(),
            case_owner: None,
            groups,
            tutors,
            enrolments: enrolled
                .into_iter()
                .map(|number| Enrolment {
                    programme: programme(number),
                    status,
                })
                .collect(),
        })
}

fn asked() -> impl Strategy<Value = Asked> {
    let seen_with = prop_oneof![
        Just(Groups::All),
        some(groups(), 3).prop_map(|groups| Groups::Listed(groups.into_iter().collect())),
    ];
    (
        seen_with,
        proptest::option::of(1_u128..5),
        some(EnrolmentStatus::ALL.to_vec(), 3),
        some(groups(), 2),
        some(tutors(), 2),
        prop_oneof![Just(String::new()), "[aBäSİςf\u{308}가 ]{1,3}"],
        some((0..40).map(learner).collect(), 3),
    )
        .prop_map(
            |(seen_with, programme, statuses, groups, tutors, search, except)| Asked {
                seen_with,
                programme,
                statuses,
                groups,
                tutors,
                search,
                except: except.into_iter().collect(),
            },
        )
}

fn everybody() -> Asked {
    Asked {
        seen_with: Groups::All,
        programme: None,
        statuses: Vec::new(),
        groups: Vec::new(),
        tutors: Vec::new(),
        search: String::new(),
        except: BTreeSet::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Names, groups, tutors and enrolments come and go; a copy that was made before stays as it was;
    /// one that was made anew from the records says the same.
    #[test]
    fn the_directory_says_what_sorting_all_records_says(
        puts in proptest::collection::vec((0_u128..40, record()), 1..120),
        questions in proptest::collection::vec(asked(), 1..12),
    ) {
        let (mut directory, mut records) = (Directory::default(), LearnerRecords::new());
        let mut before = None;
        for (index, (number, record)) in puts.iter().enumerate() {
            if index == puts.len() / 2 {
                before = Some((directory.clone(), records.clone()));
            }
            put(&mut directory, &mut records, learner(*number), record.clone());
        }
        let all = plainly(&records, &everybody());
        let anew = anew(&records, &all);
        for question in questions.iter().chain([&everybody()]) {
            assert_agrees(&directory, &records, question);
            assert_agrees(&anew, &records, question);
            if let Some((directory, records)) = &before {
                assert_agrees(directory, records, question);
            }
        }
    }
}

/// Chunks are split and joined: many come, are renamed across everybody, and the order stands.
#[test]
fn the_order_stands_while_chunks_are_split_and_joined() {
    let (mut directory, mut records) = (Directory::default(), LearnerRecords::new());
    let named = |number: u128, name: u128| Learner {
        name: format!("{:05}", name * 7_919 % 10_007).into(),
        case_owner: None,
        groups: if number.is_multiple_of(3) {
            groups()
        } else {
            Vec::new()
        },
        tutors: Vec::new(),
        enrolments: Vec::new(),
    };
    let many = LEN_MAX as u128 * 5;
    for number in 0..many {
        put(
            &mut directory,
            &mut records,
            learner(number),
            named(number, number),
        );
    }
    assert_agrees(&directory, &records, &everybody());
    // All but a few move behind everybody else, so that nearly every chunk runs empty.
    for number in (0..many).filter(|number| !number.is_multiple_of(40)) {
        let record = Learner {
            name: format!("z{:05}", many - number).into(),
            ..named(number, number)
        };
        put(&mut directory, &mut records, learner(number), record);
    }
    assert_agrees(&directory, &records, &everybody());
    let lengths: Vec<_> = directory.chunks.values().map(|chunk| chunk.len()).collect();
    assert_eq!(lengths.iter().sum::<usize>(), records.len());
    assert!(
        lengths.iter().all(|length| (1..=LEN_MAX).contains(length)),
        "{lengths:?}"
    );
    assert!(lengths.len() < 12, "{lengths:?}");
}
