//! What a history came across of corrections, and of tasks that follow owners: a run that never saw
//! them has not compared them.

use std::collections::{BTreeMap, BTreeSet};

use plansync_domain::ids::{ComponentId, LearnerId, SessionId};
use plansync_model::ask::{Ask, Edit};
use plansync_model::attribute::Attribute;
use plansync_model::comparison::{Disagreement, same};
use plansync_model::component::Status;
use plansync_model::correction::Correction;
use plansync_model::judge::Pair;
use plansync_model::request::SyncType;
use plansync_model::review::ReviewStatus;
use serde_json::{Value as Json, json};

use crate::compare::{Both, Started};

/// To whom a session's syncs brought a component, one after another.
pub(crate) type Reached = BTreeMap<(SessionId, ComponentId), Vec<BTreeSet<LearnerId>>>;

/// The corrections that a sync takes along.
pub(crate) type Corrections = BTreeMap<ComponentId, Correction>;

/// Administrators' tasks that are open, by component: whose they are.
pub(crate) type Assignees = BTreeMap<String, BTreeSet<String>>;

impl Both {
    pub(crate) fn saw_corrections(&mut self, session: SessionId) {
        for correction in self.model.corrections(session).values() {
            self.coverage
                .saw(format!("recent since a sync: {}", correction.name()));
        }
    }

    /// What became of the corrections that a sync took along; who got something again after others did;
    /// and what was held or finished before it.
    pub(crate) fn saw_corrected(&mut self, started: &Started, pairs: &[Pair]) {
        let applied = |pair: &&Pair| pair.outcome == "applied" && !pair.is_source;
        for pair in pairs.iter().filter(applied) {
            if started.request.sync_type == SyncType::ChangesOnly
                && let Some(correction) = started.corrections.get(&pair.component)
            {
                self.coverage
                    .saw(format!("corrected: {}", correction.name()));
            }
            self.saw_progress(pair);
        }
        let ids: BTreeSet<ComponentId> = pairs.iter().map(|pair| pair.component).collect();
        for id in ids {
            let of = |pair: &&Pair| applied(pair) && pair.component == id;
            let now: BTreeSet<LearnerId> =
                pairs.iter().filter(of).map(|pair| pair.learner).collect();
            if now.is_empty() {
                continue;
            }
            let earlier = self
                .reached
                .entry((started.request.session, id))
                .or_default();
            let again = earlier.windows(2).any(|two| {
                let first_only = two[0].difference(&two[1]);
                first_only.copied().any(|learner| now.contains(&learner))
            });
            earlier.push(now);
            if again {
                self.coverage.saw("first some, then others, then the first");
            }
        }
    }

    fn saw_progress(&mut self, pair: &Pair) {
        let plan = self.model.plan(pair.learner);
        let Some(component) = plan.component(pair.component) else {
            return;
        };
        let Some(review) = &component.review else {
            return;
        };
        let held = review.status == ReviewStatus::Completed;
        let finished = component.status == Status::Completed;
        if pair.action == "synchronise" && held && !finished {
            self.coverage
                .saw("synchronised: review held, component open");
        }
        if pair.action == "synchronise" && finished && !held {
            self.coverage
                .saw("synchronised: component finished, review open");
        }
    }

    /// Whose tasks of meetings are, before something that may change it; none where nothing may.
    pub(crate) fn assignees(&self, ask: &Ask) -> Option<(&'static str, LearnerId, Assignees)> {
        let (what, learner) = match ask {
            Ask::PutLearner(record) => ("case owner", record.learner),
            Ask::Edit { learner, edits, .. } if edits.iter().any(sets_owner) => ("owner", *learner),
            _other => return None,
        };
        Some((what, learner, open_assignees(&self.plan_of(learner))))
    }

    /// V6: an open task follows, at once, and the product says so too.
    pub(crate) fn followed(
        &mut self,
        before: Option<(&'static str, LearnerId, Assignees)>,
    ) -> Result<(), Disagreement> {
        let Some((what, learner, before)) = before else {
            return Ok(());
        };
        let after = open_assignees(&self.plan_of(learner));
        for (component, were) in before.iter().filter(|(_, were)| !were.is_empty()) {
            match after.get(component) {
                Some(are) if are == were => {}
                Some(are) if !are.is_empty() => {
                    self.coverage.saw(format!("a task follows the {what}"));
                }
                Some(_) => self.coverage.saw(format!("a task has lost its {what}")),
                None => {}
            }
        }
        let product = self
            .product
            .read("system", "plan.get", &json!({ "learner": learner }));
        let model = self.model.plan_get("system", learner);
        same("plan.get", product, model).map(|_| ())
    }

    fn plan_of(&self, learner: LearnerId) -> Json {
        self.model.plan_get("system", learner).unwrap_or_default()
    }
}

fn sets_owner(edit: &Edit) -> bool {
    matches!(edit, Edit::Change { set, .. } if set.contains_key(&Attribute::Owner))
}

fn open_assignees(plan: &Json) -> Assignees {
    let mut assignees = Assignees::new();
    for component in plan["components"].as_array().into_iter().flatten() {
        let tasks = component["review"]["tasks"]
            .as_array()
            .into_iter()
            .flatten();
        let open = tasks.filter(|task| task["status"] == "open" && task["assignee"] != "learner");
        let whose = open.map(|task| task["assignee"].as_str().unwrap().to_owned());
        let id = component["component"].as_str().unwrap().to_owned();
        assignees.insert(id, whose.collect());
    }
    assignees
}
