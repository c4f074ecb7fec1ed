//! Judges the targets of one batch on one snapshot, and records what each judgement is based on.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use plansync_domain::history::target_told::IDS_MAX;
use plansync_domain::history::task_changes;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, TaskId};
use plansync_domain::judging::judge::{Judge, TargetJudgement, skip_all};
use plansync_domain::plan::not_resident::NotResident;
use plansync_domain::preview::summary::Baselines;
use plansync_domain::progress::state::SyncState;
use plansync_domain::state::tenant::Tenant;
use plansync_domain::sync::pair_outcome::Reason;
use plansync_log::Position;

use super::work_queue::Batch;
use crate::config::Config;
use crate::fault::Fault;

/// The judgement of a target, and the versions that it is based on.
pub(super) struct Judged {
    pub(super) learner: LearnerId,
    pub(super) judgement: TargetJudgement,
    /// What went wrong, if that was a defect of the engine.
    pub(super) cause: Option<String>,
    /// The open tasks that it cancels, if their ids are recorded.
    pub(super) cancelled: Option<Vec<TaskId>>,
    /// The versions that it is based on.
    pub(super) read: Vec<(u64, Stream)>,
}

/// Targets of one sync, judged on one snapshot and not committed yet.
pub struct JudgedBatch {
    pub(super) batch: Batch,
    pub(super) sync: SyncState,
    pub(super) judged_at: Position,
    pub(super) judged: Vec<Judged>,
}

/// Judges targets of one sync on one snapshot.
pub(super) struct Judging<'a> {
    pub(super) config: &'a Config,
    pub(super) tenant: &'a Tenant,
    pub(super) sync: &'a SyncState,
    pub(super) baselines: &'a Baselines,
}

impl Judging<'_> {
    /// Judges targets, and returns whose plans are not resident: these are judged once they are loaded.
    pub(super) fn judge(
        &self,
        targets: &VecDeque<LearnerId>,
    ) -> (Vec<Judged>, VecDeque<LearnerId>) {
        let mut judge = self.new_judge();
        let (mut judged, mut not_resident) = (Vec::with_capacity(targets.len()), VecDeque::new());
        for target in targets {
            match self.target(&mut judge, *target) {
                Ok(target) => judged.push(target),
                Err(NotResident { learner }) => not_resident.push_back(learner),
            }
        }
        (judged, not_resident)
    }

    fn new_judge(&self) -> Judge {
        Judge::new(self.sync.terms().clone(), Arc::clone(self.sync.prepared()))
    }

    fn target(&self, judge: &mut Judge, learner: LearnerId) -> Result<Judged, NotResident> {
        let judged = catch_unwind(AssertUnwindSafe(|| {
            if self.config.has(Fault::JudgingCrashes(learner)) {
                resume_unwind(Box::new("injected by a test"));
            }
            judge.judge_target_since(self.tenant, learner, self.baselines.get(&learner))
        }));
        let version = |stream: Stream| (self.tenant.version_of(&stream), stream);
        let read = judge.reads(learner).map(version).into();
        let (judgement, cause) = match judged {
            Ok(judgement) => (judgement?, None),
            Err(_panic) => {
                // A target that cannot be judged stops no other. The judge may be in an incomplete state.
                *judge = self.new_judge();
                let failed = skip_all(self.sync.prepared(), Reason::Failed);
                (
                    failed,
                    Some("a defect in plansync ended the evaluation of this target".to_owned()),
                )
            }
        };
        Ok(Judged {
            learner,
            cancelled: self.cancelled_tasks(learner, &judgement)?,
            judgement,
            cause,
            read,
        })
    }

    /// The open tasks that a judgement cancels, up to the number of ids that an event can tell. They are
    /// recorded because they do not follow from the judgement.
    fn cancelled_tasks(
        &self,
        learner: LearnerId,
        judgement: &TargetJudgement,
    ) -> Result<Option<Vec<TaskId>>, NotResident> {
        let pair_outcomes = &judgement.pair_outcomes;
        if !task_changes::may_cancel(pair_outcomes) || self.config.has(Fault::KeepsNoTasks) {
            return Ok(None);
        }
        let applied = usize::try_from(pair_outcomes.tally().applied).unwrap_or(usize::MAX);
        let components = self.sync.change_set().entries().iter();
        Ok(Some(task_changes::cancelled(
            learner,
            self.tenant.resident_plan(learner)?,
            components.map(|entry| entry.component),
            pair_outcomes,
            IDS_MAX.saturating_sub(applied),
        )))
    }
}
