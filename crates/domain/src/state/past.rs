//! Learner and administrator records that were replaced, as they were, so that a confirmed "all"
//! means the learners whom the preview showed (M5).
//!
//! A bounded number of records is kept. They are folded from the log like the rest of the state, so
//! a restart loses none.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::position::Position;
use crate::ids::{AdministratorId, LearnerId};
use crate::reference::administrator::{Administrator, Groups};
use crate::reference::learner::Learner;
use crate::state::tenant::Tenant;
use crate::text::personal::Personal;

/// The number of replaced records that are kept for a tenant.
const CHANGES_MAX: usize = 4_096;
/// The largest number of bytes that they may take together.
const BYTES_MAX: usize = 2 * 1024 * 1024;
/// The bytes of an entry beside the texts of a record.
const ENTRY_BYTES: usize = 96;

/// What a name counts for.
const NAME_BYTES: usize = 32;

/// The record that a commit replaced; none if there was none.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Before {
    Learner(LearnerId, Option<Arc<Learner>>),
    Groups(AdministratorId, Option<Groups>),
}

impl Before {
    fn bytes(&self) -> usize {
        let texts = match self {
            Self::Learner(_, None) | Self::Groups(_, None | Some(Groups::All)) => 0,
            Self::Learner(_, Some(learner)) => {
                let groups = learner.groups.iter().map(|group| group.as_str().len());
                let tutors = learner.tutors.iter().map(|tutor| tutor.as_str().len());
                let lists: usize = groups.chain(tutors).map(|bytes| bytes + 16).sum();
                // Whether the name can still be read makes no difference (D6).
                NAME_BYTES + lists + 24 * learner.enrolments.len()
            }
            Self::Groups(_, Some(Groups::Listed(groups))) => {
                groups.iter().map(|group| group.as_str().len() + 32).sum()
            }
        };
        ENTRY_BYTES + texts
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct PastChange {
    at: Position,
    before: Before,
}

/// The latest replaced records of a tenant, the oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Past {
    changes: imbl::Vector<PastChange>,
    bytes: usize,
    /// The last position of which a change is no longer kept.
    forgotten: Position,
}

impl Past {
    /// A learner's record was replaced.
    pub(crate) fn learner(
        &mut self,
        at: Position,
        learner: LearnerId,
        before: Option<Arc<Learner>>,
    ) {
        self.push(at, Before::Learner(learner, before));
    }

    /// D6: a learner's earlier records lose their name.
    pub(crate) fn erase(&mut self, erased: LearnerId) {
        for change in &mut self.changes {
            match &mut change.before {
                Before::Learner(learner, Some(record)) if *learner == erased => {
                    Arc::make_mut(record).name = Personal::erased();
                }
                Before::Learner(..) | Before::Groups(..) => {}
            }
        }
    }

    /// An administrator's record was replaced or removed.
    pub(crate) fn administrator(
        &mut self,
        at: Position,
        administrator: &AdministratorId,
        before: Option<&Administrator>,
    ) {
        let groups = before.map(|before| before.groups.clone());
        self.push(at, Before::Groups(administrator.clone(), groups));
    }

    fn push(&mut self, at: Position, before: Before) {
        self.bytes += before.bytes();
        self.changes.push_back(PastChange { at, before });
        while self.changes.len() > CHANGES_MAX || self.bytes > BYTES_MAX {
            let Some(oldest) = self.changes.pop_front() else {
                break;
            };
            self.bytes -= oldest.before.bytes();
            self.forgotten = oldest.at;
        }
    }

    /// The records at a position, as far as they differ from the present ones; none if so much was
    /// replaced since then that they are not known.
    pub fn at(&self, position: Position) -> Option<Then> {
        if position < self.forgotten {
            return None;
        }
        let mut then = Then::default();
        // The oldest change after the position decides: the record that it replaced was in force.
        let since = self.changes.iter().rev();
        for change in since.take_while(|change| change.at > position) {
            match &change.before {
                Before::Learner(learner, before) => {
                    then.learners.insert(*learner, before.clone());
                }
                Before::Groups(administrator, before) => {
                    then.groups.insert(administrator.clone(), before.clone());
                }
            }
        }
        Some(then)
    }
}

/// The records at an earlier position that differ from the present ones.
#[derive(Debug, Clone, Default)]
pub struct Then {
    learners: BTreeMap<LearnerId, Option<Arc<Learner>>>,
    groups: BTreeMap<AdministratorId, Option<Groups>>,
}

impl Then {
    /// The learners whose records were replaced since then, each with the record of then, if there
    /// was one.
    pub fn learners(&self) -> impl Iterator<Item = (LearnerId, Option<&Learner>)> {
        let learners = self.learners.iter();
        learners.map(|(learner, before)| (*learner, before.as_deref()))
    }

    /// The groups that an administrator could view then; none if the administrator was not known.
    pub fn groups<'a>(
        &'a self,
        tenant: &'a Tenant,
        administrator: &AdministratorId,
    ) -> Option<&'a Groups> {
        match self.groups.get(administrator) {
            Some(before) => before.as_ref(),
            None => tenant
                .administrator(administrator)
                .map(|known| &known.groups),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{active, administrator, learner};

    fn named(name: &str) -> Arc<Learner> {
        Arc::new(Learner {
            name: name.into(),
            case_owner: None,
            groups: Vec::new(),
            tutors: Vec::new(),
            enrolments: vec![active(1)],
        })
    }

    fn at(position: u64) -> Position {
        Position::new(position)
    }

    fn names(past: &Past, position: u64) -> Vec<Option<String>> {
        let then = past.at(at(position)).unwrap();
        then.learners()
            .map(|(_, record)| record.map(|record| record.name.to_string()))
            .collect()
    }

    #[test]
    fn m5_a_record_is_what_the_first_change_behind_the_position_replaced() {
        let mut past = Past::default();
        past.learner(at(2), learner(1), None);
        past.learner(at(5), learner(1), Some(named("Two")));
        past.learner(at(8), learner(1), Some(named("Five")));

        assert_eq!(names(&past, 1), [None]);
        for position in [2, 4] {
            assert_eq!(names(&past, position), [Some("Two".to_owned())]);
        }
        assert_eq!(names(&past, 7), [Some("Five".to_owned())]);
        assert_eq!(names(&past, 8), Vec::new());
    }

    #[test]
    fn m5_groups_are_those_of_then_and_nobodys_before_one_was_known() {
        let tenant = Tenant::default();
        let (alice, mut past) = (administrator("alice"), Past::default());
        past.administrator(at(3), &alice, None);
        let then = past.at(at(2)).unwrap();
        assert_eq!(then.groups(&tenant, &alice), None);
        assert_eq!(then.groups(&tenant, &administrator("bob")), None);
    }

    #[test]
    fn m5_what_is_remembered_is_bounded_and_what_is_not_is_said() {
        let mut past = Past::default();
        for position in 1..=u64::try_from(CHANGES_MAX).unwrap() + 1 {
            past.learner(at(position), learner(1), None);
        }
        assert_eq!(past.changes.len(), CHANGES_MAX);
        assert!(past.at(at(0)).is_none());
        assert!(past.at(at(1)).is_some());

        let mut past = Past::default();
        let mut long = named("Long");
        let count = (BYTES_MAX / 2 - ENTRY_BYTES - NAME_BYTES) / 24;
        Arc::make_mut(&mut long).enrolments = vec![active(1); count];
        for position in 1..=3 {
            past.learner(at(position), learner(1), Some(Arc::clone(&long)));
        }
        assert_eq!(past.changes.len(), 2);
        assert!(past.at(at(0)).is_none());
        assert!(past.at(at(1)).is_some());
    }
}
