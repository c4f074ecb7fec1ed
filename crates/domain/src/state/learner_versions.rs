//! The versions at which a learner's record last changed in a property that matters to syncs:
//! groups, case owner, enrolments. A new name or tutor does not count.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{Group, LearnerId, ProgrammeId};
use crate::reference::learner::Learner;

/// The first version of a learner's stream.
const FIRST: u64 = 1;

/// These versions for every learner. Learners who are at their first version in everything take no
/// memory.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LearnerVersions {
    #[serde(rename = "moved")]
    by_learner: imbl::HashMap<LearnerId, LearnerVersion>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct LearnerVersion {
    /// When groups or case owner changed.
    record: u64,
    /// When each enrolment was added, or changed its status.
    enrolments: Vec<(ProgrammeId, u64)>,
}

impl LearnerVersions {
    /// The version of a learner's stream that last changed groups, case owner, or the enrolment on
    /// this programme.
    pub fn last(&self, learner: LearnerId, programme: ProgrammeId) -> u64 {
        let Some(version) = self.by_learner.get(&learner) else {
            return FIRST;
        };
        version.record.max(version.enrolment(programme))
    }

    /// This version replaced the record of a learner.
    pub(crate) fn put(
        &mut self,
        learner: LearnerId,
        (before, after): (&Learner, &Learner),
        at: u64,
    ) {
        let known = self.by_learner.get(&learner);
        let record = if same_record(before, after) {
            known.map_or(FIRST, |known| known.record)
        } else {
            at
        };
        let enrolments = after.enrolments.iter().map(|enrolment| {
            let programme = enrolment.programme;
            let stays = before.enrolment(programme) == Some(enrolment);
            let since = known.map_or(FIRST, |known| known.enrolment(programme));
            (programme, if stays { since } else { at })
        });
        let version = LearnerVersion {
            record,
            enrolments: enrolments.filter(|(_, at)| *at > FIRST).collect(),
        };
        if version.record > FIRST || !version.enrolments.is_empty() {
            self.by_learner.insert(learner, version);
        } else {
            self.by_learner.remove(&learner);
        }
    }
}

impl LearnerVersion {
    fn enrolment(&self, programme: ProgrammeId) -> u64 {
        let mut known = self.enrolments.iter();
        let found = known.find(|(known, _)| *known == programme);
        found.map_or(FIRST, |(_, at)| *at)
    }
}

fn same_record(before: &Learner, after: &Learner) -> bool {
    let groups = |of: &Learner| -> BTreeSet<Group> { of.groups.iter().cloned().collect() };
    before.case_owner == after.case_owner && groups(before) == groups(after)
}

#[cfg(test)]
mod tests {
    use crate::reference::learner::{EnrolmentStatus, Learner};
    use crate::test_support::{active, administrator, given, learner, programme};

    /// The versions at which learner 1 last changed for programmes 1 and 2, record by record.
    fn versions(records: &[fn(&mut Learner)]) -> Vec<[u64; 2]> {
        let mut given = given();
        let mut versions = Vec::new();
        for change in records {
            given = given.learner_as(1, change);
            versions.push([1, 2].map(|number| {
                let programme = programme(number);
                given.tenant.learner_versions().last(learner(1), programme)
            }));
        }
        versions
    }

    fn one(record: &mut Learner) {
        record.enrolments = vec![active(1)];
    }

    fn grouped(groups: [&str; 2], record: &mut Learner) {
        one(record);
        record.groups = groups.map(|group| group.parse().unwrap()).into();
    }

    #[test]
    fn m5_names_tutors_and_the_order_of_groups_move_nobody() {
        let versions = versions(&[
            |record| grouped(["a", "b"], record),
            |record| {
                grouped(["b", "a"], record);
                record.name = "Other".into();
                record.tutors = vec![administrator("tom")];
            },
        ]);
        assert_eq!(versions, [[1, 1], [1, 1]]);
    }

    #[test]
    fn m5_groups_and_case_owner_move_for_every_programme_and_an_enrolment_for_its_own() {
        let versions = versions(&[
            one,
            |record| {
                one(record);
                record.enrolments.push(active(2));
            },
            |record| {
                one(record);
                record.enrolments[0].status = EnrolmentStatus::OnBreak;
            },
            |record| record.enrolments = vec![active(2), active(1)],
            |record| {
                record.enrolments = vec![active(2), active(1)];
                record.case_owner = Some(administrator("bob"));
            },
            |record| {
                record.enrolments = vec![active(2), active(1)];
                record.case_owner = Some(administrator("bob"));
                record.groups = vec!["north".parse().unwrap()];
            },
        ]);
        assert_eq!(versions, [[1, 1], [1, 2], [3, 1], [4, 4], [5, 5], [6, 6]]);
    }
}
