//! What one version of a plan changed, from the components before it and after it.

use std::collections::BTreeMap;

use plansync_domain::ids::{ComponentId, LearnerId};
use serde_json::{Value as Json, json};

use crate::attribute::{self, Attribute};
use crate::change_set::Change;
use crate::component::Component;
use crate::elements;
use crate::plan::{Plan, Revision, find};
use crate::refusal::{Refusal, refuse};
use crate::review::{self, Task, TaskStatus};
use crate::sync::Sync;
use crate::value::Value;
use crate::world::World;

impl World {
    /// `plan.change`.
    pub fn plan_change(
        &self,
        actor: &str,
        learner: LearnerId,
        version: usize,
    ) -> Result<Json, Refusal> {
        self.admit_actor(actor)?;
        self.learner(actor, learner)?;
        let plan = self.plan(learner);
        if version == 0 || version > plan.version() {
            return refuse("invalid_request");
        }
        let revision = &plan.revisions[version - 1];
        let (before, after) = (plan.at(version - 1), plan.at(version));
        let touched = after.iter().filter(|one| {
            find(before, one.id).is_none_or(|earlier| earlier.last_at != one.last_at)
        });
        let gone = before.iter().filter(|one| find(after, one.id).is_none());
        let ids: Vec<ComponentId> = touched.chain(gone).map(|one| one.id).collect();
        let both = |id: &ComponentId| (*id, find(before, *id), find(after, *id));
        let both: Vec<_> = ids.iter().map(both).collect();
        let reasons = self.reasons(revision, &both);
        let changes: Vec<Json> = both
            .iter()
            .map(|(id, before, after)| {
                let mut shown = component(revision, *before, *after);
                if let Some(reason) = reasons.get(id) {
                    shown["reason"] = json!(reason);
                }
                shown
            })
            .collect();
        let mut reply = json!({
            "version": version, "by": revision.by, "sync": revision.sync,
            "total": changes.len(), "changes": changes,
        });
        let mut all = reasons.values();
        if let Some(first) = all.next()
            && all.all(|reason| reason == first)
        {
            reply["reason"] = json!(first);
        }
        Ok(reply)
    }

    fn reasons(
        &self,
        revision: &Revision,
        both: &[(ComponentId, Option<&Component>, Option<&Component>)],
    ) -> BTreeMap<ComponentId, String> {
        let Some(sync) = revision.sync else {
            return revision.reasons.clone();
        };
        let due =
            |one: Option<&Component>| one.map_or(Value::Null, |one| one.value(Attribute::DueDate));
        let moved = both
            .iter()
            .filter(|(_, before, after)| after.is_some() && due(*before) != due(*after));
        let reason = |id: ComponentId| Some((id, self.reason(&self.syncs[&sync], id)?));
        moved.filter_map(|(id, ..)| reason(*id)).collect()
    }

    /// Why the date was set that a sync took from its source.
    fn reason(&self, sync: &Sync, id: ComponentId) -> Option<String> {
        let source = self.plans.get(&sync.terms.source)?;
        for revision in source.revisions[..sync.source_version].iter().rev() {
            if let Some(reason) = revision.dated.get(&id).filter(|_| revision.sync.is_none()) {
                return reason.clone();
            }
            let Some(earlier) = revision.sync.map(|sync| &self.syncs[&sync]) else {
                continue;
            };
            let pair = earlier.outcomes.iter().find(|pair| {
                let same = pair.learner == sync.terms.source && pair.component == id;
                same && pair.outcome == "applied"
            });
            let entry = earlier
                .terms
                .entries
                .iter()
                .find(|entry| entry.component == id);
            let (Some(pair), Some(entry)) = (pair, entry) else {
                continue;
            };
            let due = Attribute::DueDate;
            let carries = match &entry.change {
                Change::Create(_, set, _) if pair.action == "synchronise" => set.contains_key(&due),
                Change::Create(..) | Change::Overwrite(_) => true,
                Change::Update(set, _) | Change::Select(set) => set.contains_key(&due),
                Change::Delete => return None,
                Change::Nothing(_) => false,
            };
            if carries {
                return self.reason(earlier, id);
            }
        }
        None
    }
}

fn component(revision: &Revision, before: Option<&Component>, after: Option<&Component>) -> Json {
    let kind = match (before, after) {
        (None, _) => "created",
        (Some(_), Some(_)) => "updated",
        (Some(_), None) => "deleted",
    };
    let tasks = tasks(revision, before, after);
    let Some(named) = after.or(before) else {
        return Json::Null;
    };
    let mut shown = json!({
        "component": named.id, "name": named.name(), "change": kind,
        "attributes": attributes(before, after),
        "tasks": { "made": tasks.0, "cancelled": tasks.1 },
    });
    let mut differ = |field: &str, before: Json, after: Json| {
        if before != after {
            shown[field] = json!({ "before": before, "after": after });
        }
    };
    let status = |one: Option<&Component>| json!(one.map(|one| one.status));
    differ("status", status(before), status(after));
    let evidence = |one: Option<&Component>| json!(one.map_or(0, |one| one.evidence));
    differ("evidence", evidence(before), evidence(after));
    let reviews = [before, after].map(|one| one.and_then(|one| one.review.as_ref()));
    let seen = reviews.map(|review| {
        review.map(|review| {
            (
                review.added_at,
                review.generation,
                review.status,
                &review.at,
            )
        })
    });
    if seen[0] != seen[1] {
        let side = |review: Option<&review::Review>| {
            review.map(|review| json!({ "status": review.status, "review_at": review.at }))
        };
        shown["review"] = json!({ "before": side(reviews[0]), "after": side(reviews[1]) });
    }
    shown
}

fn attributes(before: Option<&Component>, after: Option<&Component>) -> Vec<Json> {
    let mut shown = Vec::new();
    for attribute in attribute::ALL {
        let value = |one: Option<&Component>| one.map_or(Value::Null, |one| one.value(attribute));
        let has = |one: Option<&Component>| {
            one.is_some_and(|one| one.attributes.contains_key(&attribute))
        };
        let (was, is) = (value(before), value(after));
        let stays = before.is_some() && after.is_some();
        if !(has(before) || has(after)) || (stays && was == is) {
            continue;
        }
        let mut one = json!({ "attribute": attribute, "before": was, "after": is });
        let by_element = attribute == Attribute::Criteria || attribute == Attribute::Documents;
        if stays && by_element {
            let elements = elements::difference(&was, &is);
            if elements != elements::Elements::default() {
                one["added"] = json!(elements.added);
                one["removed"] = json!(elements.removed);
            }
        }
        shown.push(one);
    }
    shown
}

/// How many tasks were made and cancelled, as they were shown then (V6).
fn tasks(
    revision: &Revision,
    before: Option<&Component>,
    after: Option<&Component>,
) -> (usize, usize) {
    let shown = |one: Option<&Component>| -> Vec<(u64, Task)> {
        let Some((one, review)) = one.and_then(|one| Some((one, one.review.as_ref()?))) else {
            return Vec::new();
        };
        let owner = one.owner();
        let whose = review::administrator(owner.as_ref(), revision.case_owner.as_ref());
        let tasks = review::followed(review, whose.as_ref()).into_iter();
        tasks.map(|task| (review.added_at, task)).collect()
    };
    let (before, after) = (shown(before), shown(after));
    let same = |one: &(u64, Task), other: &(u64, Task)| {
        let id = |(added_at, task): &(u64, Task)| (*added_at, task.generation, task.number);
        id(one) == id(other)
    };
    let is_off = |one: &(u64, Task)| one.1.status == TaskStatus::Cancelled;
    let stands = |one: &&(u64, Task)| after.iter().any(|kept| same(kept, one) && !is_off(kept));
    let is_new = |one: &&(u64, Task)| !is_off(one) && !before.iter().any(|kept| same(kept, one));
    let open = before.iter().filter(|one| one.1.status == TaskStatus::Open);
    let cancelled = open.filter(|one| !stands(one)).count();
    (after.iter().filter(is_new).count(), cancelled)
}

impl Plan {
    /// Every version that there is.
    pub fn versions(&self) -> impl Iterator<Item = usize> {
        1..=self.version()
    }
}
