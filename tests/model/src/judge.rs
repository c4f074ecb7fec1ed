//! T4–T8: one target judged, entry by entry, each for the first reason that holds.

use plansync_domain::ids::{ComponentId, LearnerId, ProgrammeId};
use serde::Serialize;

use crate::ask::Learner;
use crate::attribute::Attribute;
use crate::change_set::{Change, Entry};
use crate::choose::EXCLUDED;
use crate::component::{Component, Status, passes_limits};
use crate::permission;
use crate::plan::Draft;
use crate::replay::Replayed;
use crate::request::{Condition, SyncRequest, SyncType};
use crate::review;
use crate::world::World;

const COMPONENTS_MAX: usize = 5_000;

/// What a judgement needs of a sync.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Who asks.
    pub by: String,
    /// Whose plan it comes from.
    pub source: LearnerId,
    /// Which programme's components.
    pub programme: ProgrammeId,
    /// What was asked.
    pub request: SyncRequest,
    /// The step up to which a confirmed preview saw (M5).
    pub confirmed: Option<u64>,
    /// The frozen change set.
    pub entries: Vec<Entry>,
    /// The targets.
    pub learners: Vec<LearnerId>,
}

/// What is said of a pair besides its outcome.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Warning {
    /// Which.
    pub code: &'static str,
    /// Of `review_recreated`: the open tasks that were cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<usize>,
    /// Of `review_recreated`: the tasks that were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made: Option<usize>,
    /// Of `evidence_deleted`: how much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<u32>,
    /// Of `rest_not_permitted`: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

impl Warning {
    /// One without a number.
    pub fn plain(code: &'static str) -> Self {
        Self {
            code,
            tasks: None,
            made: None,
            evidence: None,
            reason: None,
        }
    }
}

/// What came of one component on one target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// On whose plan.
    pub learner: LearnerId,
    /// Which component.
    pub component: ComponentId,
    /// `synchronise`, `create` or `delete`.
    pub action: &'static str,
    /// `applied`, `unchanged` or `skipped`.
    pub outcome: &'static str,
    /// Why it was skipped.
    pub reason: Option<&'static str>,
    /// What is to be known of it.
    pub warnings: Vec<Warning>,
    /// Whether it is the source's own plan (T3).
    pub is_source: bool,
}

/// What would become of a component of the target.
enum Effect {
    Unchanged,
    Delete,
    Create(Component),
    Change(Component),
}

type Judged = Result<(Effect, Vec<Warning>), &'static str>;

impl World {
    /// Judges a whole target; the draft holds what its plan becomes (T7).
    pub fn judge(&self, terms: &Terms, learner: LearnerId, cancelled: bool) -> (Vec<Pair>, Draft) {
        let plan = self.plan(learner);
        let mut draft = plan.draft(&terms.by, self.step);
        let before = self.before_looking(terms, learner, cancelled);
        let mut pairs = Vec::new();
        for entry in &terms.entries {
            let present = plan.component(entry.component);
            let (judged, looked) = match &before {
                Err(reason) => (Err(*reason), false),
                Ok(_) if self.drifted(terms, entry, learner) => {
                    (Err("changed_since_preview"), false)
                }
                Ok(record) => {
                    let judged = self.judge_pair(terms, entry, record, present, &draft);
                    (judged, !matches!(entry.change, Change::Nothing(_)))
                }
            };
            let action = if looked {
                action(entry, present)
            } else {
                entry.own_action()
            };
            let (outcome, reason, warnings) = match judged {
                Err(reason) => ("skipped", Some(reason), Vec::new()),
                Ok((Effect::Unchanged, warnings)) => ("unchanged", None, warnings),
                Ok((effect, warnings)) => {
                    carry_out(&mut draft, entry, effect);
                    ("applied", None, warnings)
                }
            };
            let (component, is_source) = (entry.component, learner == terms.source);
            let is_source = is_source && terms.request.sync_type == SyncType::SelectedAttributes;
            pairs.push(Pair {
                learner,
                component,
                action,
                outcome,
                reason,
                warnings,
                is_source,
            });
        }
        (pairs, draft)
    }

    /// The reasons that hold for a whole target (S6).
    fn before_looking(
        &self,
        terms: &Terms,
        learner: LearnerId,
        cancelled: bool,
    ) -> Result<Learner, &'static str> {
        if cancelled {
            return Err("cancelled");
        }
        let Some(record) = self.seen(&terms.by, learner) else {
            return Err("learner_not_available");
        };
        if self.erased.contains(&learner) {
            return Err("learner_erased");
        }
        if learner == terms.source {
            let own = terms.request.sync_type == SyncType::SelectedAttributes;
            return if own {
                Ok(record.clone())
            } else {
                Err("is_source")
            };
        }
        match record.enrolment(terms.programme) {
            None => Err("not_on_programme"),
            Some(one) if EXCLUDED.contains(&one.status.as_str()) => {
                Err("programme_status_excluded")
            }
            Some(_) => Ok(record.clone()),
        }
    }

    /// M5: whether anything that a confirmed preview showed of this pair has changed since.
    fn drifted(&self, terms: &Terms, entry: &Entry, learner: LearnerId) -> bool {
        let Some(confirmed) = terms.confirmed else {
            return false;
        };
        let plan = self.plan(learner);
        let changed = plan
            .component(entry.component)
            .map_or(0, |component| component.last_at);
        let removed = plan.removed_at.get(&entry.component).copied().unwrap_or(0);
        let record = self.learners_at.get(&learner).copied().unwrap_or(0);
        let place = (learner, terms.programme);
        let enrolment = self.enrolments_at.get(&place).copied().unwrap_or(0);
        [changed, removed, record, enrolment, self.settings_at]
            .iter()
            .any(|at| *at > confirmed)
    }

    fn judge_pair(
        &self,
        terms: &Terms,
        entry: &Entry,
        target: &Learner,
        present: Option<&Component>,
        draft: &Draft,
    ) -> Judged {
        if let Change::Nothing(reason) = &entry.change {
            return Err(reason);
        }
        let Some(present) = present else {
            return self.judge_absent(terms, entry, target, draft);
        };
        if present.component_type != entry.component_type || present.programme != terms.programme {
            return Err("type_mismatch");
        }
        if !matches(terms, present) {
            return Err("status_not_selected");
        }
        let replayed = match &entry.change {
            Change::Delete => return self.judge_delete(terms, target, present),
            Change::Overwrite(given) => self.replay_overwrite(entry, target, present, given),
            Change::Create(_, set, elements) | Change::Update(set, elements) => {
                self.replay_update(entry, target, present, (set, elements))
            }
            Change::Select(set) => self.replay_select(target, present, set),
            Change::Nothing(reason) => return Err(reason),
        };
        self.judge_change(terms, present, replayed)
    }

    fn judge_absent(
        &self,
        terms: &Terms,
        entry: &Entry,
        target: &Learner,
        draft: &Draft,
    ) -> Judged {
        let given = match &entry.change {
            Change::Create(given, ..) | Change::Overwrite(given) => given,
            Change::Delete => return Err("already_absent"),
            Change::Update(..) | Change::Select(_) => return Err("missing_on_target"),
            Change::Nothing(reason) => return Err(reason),
        };
        if let Some(reason) = permission::refuse_create(&self.permissions(&terms.by)) {
            return Err(reason);
        }
        let component = self.replay_create(terms, entry, target, given);
        if draft.components.len() >= COMPONENTS_MAX || passes_limits(&component.attributes) {
            return Err("limit_exceeded");
        }
        Ok((Effect::Create(component), Vec::new()))
    }

    fn judge_delete(&self, terms: &Terms, target: &Learner, present: &Component) -> Judged {
        let permissions = self.permissions(&terms.by);
        match permission::refuse_delete(&permissions, present.finished()) {
            Some(reason) => Err(reason),
            None => Ok((Effect::Delete, lost(target, present))),
        }
    }

    fn judge_change(&self, terms: &Terms, present: &Component, replayed: Replayed) -> Judged {
        if replayed.differs.is_empty() {
            return Ok((Effect::Unchanged, replayed.warnings));
        }
        let permissions = self.permissions(&terms.by);
        let only_qa = replayed.differs == [Attribute::PlannedForQa];
        if let Some(reason) = permission::refuse_edit(&permissions, present.finished(), only_qa) {
            // P4: the rest is withheld, and planned for QA alone is replayed.
            let planned = replayed.differs.contains(&Attribute::PlannedForQa);
            let may = permission::refuse_edit(&permissions, present.finished(), true).is_none();
            if !(planned && may) {
                return Err(reason);
            }
            let mut alone = present.clone();
            let value = replayed.component.value(Attribute::PlannedForQa);
            alone.attributes.insert(Attribute::PlannedForQa, value);
            let warning = Warning {
                reason: Some(reason),
                ..Warning::plain("rest_not_permitted")
            };
            return Ok((Effect::Change(alone), vec![warning]));
        }
        if passes_limits(&replayed.component.attributes) {
            return Err("limit_exceeded");
        }
        Ok((Effect::Change(replayed.component), replayed.warnings))
    }
}

/// V5: what a deletion takes along.
fn lost(target: &Learner, present: &Component) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let owner = present.owner();
    let whose = review::administrator(owner.as_ref(), target.case_owner.as_ref());
    let open = |one| review::open_tasks(one, whose.as_ref());
    let tasks = present.review.as_ref().map_or(0, open);
    if tasks > 0 {
        warnings.push(Warning {
            tasks: Some(tasks),
            ..Warning::plain("tasks_cancelled")
        });
    }
    if present.evidence > 0 {
        warnings.push(Warning {
            evidence: Some(present.evidence),
            ..Warning::plain("evidence_deleted")
        });
    }
    if present.finished() {
        warnings.push(Warning::plain("finished_deleted"));
    }
    warnings
}

fn carry_out(draft: &mut Draft, entry: &Entry, effect: Effect) {
    match effect {
        Effect::Unchanged => {}
        Effect::Delete => draft.remove(entry.component),
        Effect::Create(component) => draft.add(component),
        Effect::Change(component) => draft.put(component),
    }
}

/// M2: under what a pair counts whose target was looked at.
fn action(entry: &Entry, present: Option<&Component>) -> &'static str {
    match (&entry.change, present) {
        (Change::Delete, _) => "delete",
        (Change::Create(..) | Change::Overwrite(_), None) => "create",
        _other => "synchronise",
    }
}

/// S7.
fn matches(terms: &Terms, present: &Component) -> bool {
    let status = match present.status {
        Status::NotStarted => Condition::NotStarted,
        Status::InProgress => Condition::InProgress,
        Status::Submitted => Condition::Submitted,
        Status::Returned => Condition::Returned,
        Status::Completed => Condition::Completed,
    };
    let statuses = &terms.request.statuses;
    statuses.is_empty()
        || statuses.contains(&status)
        || (statuses.contains(&Condition::PlannedForQa) && present.planned_for_qa())
}
