//! What can be read, in the words of the wire, without positions, times and ids that the product
//! makes. Every list is whole.

use std::collections::{BTreeMap, BTreeSet};

use plansync_domain::ids::{LearnerId, ProgrammeId, SessionId, SyncId};
use serde_json::{Value as Json, json};

use crate::ask::Groups;
use crate::attribute::Attribute;
use crate::choose::component_list;
use crate::component::Component;
use crate::judge::Pair;
use crate::recent::{Kind, Recent};
use crate::refusal::Refusal;
use crate::request::LearnerFilter;
use crate::review::{Review, Task, administrator, followed};
use crate::search::{contains, slug_contains};
use crate::summary::tally;
use crate::value::Value;
use crate::world::World;

impl World {
    /// `plan.get`.
    pub fn plan_get(&self, actor: &str, learner: LearnerId) -> Result<Json, Refusal> {
        self.plan_get_at(actor, learner, self.plan(learner).version())
    }

    /// `plan.get` of a version that there was: what is past is shown with the owner and the case owner that
    /// there were then (V6).
    pub fn plan_get_at(
        &self,
        actor: &str,
        learner: LearnerId,
        version: usize,
    ) -> Result<Json, Refusal> {
        self.admit_actor(actor)?;
        let record = self.learner(actor, learner)?;
        let plan = self.plan(learner);
        let case_owner = if version < plan.version() {
            let revision = version.checked_sub(1).map(|index| &plan.revisions[index]);
            revision.and_then(|revision| revision.case_owner.as_ref())
        } else {
            record.case_owner.as_ref()
        };
        let tasks_of = |component: &Component, review: &Review| {
            let owner = component.owner();
            followed(review, administrator(owner.as_ref(), case_owner).as_ref())
        };
        let components = plan.at(version).iter();
        let components: Vec<Json> = components
            .map(|one| component_json(one, |review| tasks_of(one, review)))
            .collect();
        Ok(json!({
            "learner": learner, "version": version, "total": components.len(),
            "components": components,
        }))
    }

    /// `record.changes`.
    pub fn record_changes(&self, actor: &str, session: SessionId) -> Result<Json, Refusal> {
        self.admit_actor(actor)?;
        let source = self.source(actor, session)?;
        let changes: Vec<Json> = source
            .recent
            .iter()
            .map(|recent| recent_json(recent, actor))
            .collect();
        Ok(json!({ "total": changes.len(), "changes": changes }))
    }

    /// `sync.components`.
    pub fn sync_components(
        &self,
        actor: &str,
        session: SessionId,
        programme: ProgrammeId,
    ) -> Result<Json, Refusal> {
        self.admit_actor(actor)?;
        let source = self.source(actor, session)?;
        self.check_programme(&source, programme)?;
        let list = component_list(&source, programme);
        let item = |one: &crate::choose::Listed| {
            let recent = one.recent.as_ref();
            json!({
                "component": one.component.id, "name": one.component.name(),
                "type": one.component.component_type, "status": one.component.status,
                "change": recent.map(|recent| recent.kind.name()),
                "preselected": recent.is_some_and(|recent| recent.preselected),
                "last_updated": { "by": last_by(&one.component, recent, actor) },
            })
        };
        let items: Vec<Json> = list.iter().map(item).collect();
        let recent = list.iter().filter(|one| one.recent.is_some()).count();
        Ok(json!({ "total": items.len(), "recent": recent, "items": items }))
    }

    /// `sync.learners`.
    pub fn sync_learners(
        &self,
        actor: &str,
        session: SessionId,
        programme: ProgrammeId,
        filter: &LearnerFilter,
    ) -> Result<Json, Refusal> {
        self.admit_actor(actor)?;
        let source = self.source(actor, session)?;
        self.check_programme(&source, programme)?;
        let list = self.learner_list(actor, source.learner.learner, programme, filter);
        let item = |learner: &crate::ask::Learner| {
            let status = learner.enrolment(programme).map(|one| one.status.clone());
            json!({
                "learner": learner.learner, "name": learner.name, "programme_status": status,
                "groups": learner.groups, "tutors": learner.tutors,
                "case_owner": learner.case_owner,
            })
        };
        let items: Vec<Json> = list.iter().map(item).collect();
        Ok(json!({ "total": items.len(), "items": items }))
    }

    /// `sync.filters`; tutors are searched by name, too.
    pub fn sync_filters(
        &self,
        actor: &str,
        session: SessionId,
        programme: ProgrammeId,
        (field, search): (&str, &str),
    ) -> Result<Json, Refusal> {
        self.admit_actor(actor)?;
        let source = self.source(actor, session)?;
        self.check_programme(&source, programme)?;
        let everybody = LearnerFilter::default();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut seen = |values: BTreeSet<String>| {
            for value in values {
                *counts.entry(value).or_default() += 1;
            }
        };
        if field == "type" {
            for one in component_list(&source, programme) {
                seen(BTreeSet::from([one.component.component_type]));
            }
        } else {
            let list = self.learner_list(actor, source.learner.learner, programme, &everybody);
            for learner in list {
                let status = learner.enrolment(programme).map(|one| one.status.clone());
                seen(match field {
                    "group" => learner.groups,
                    "tutor" => learner.tutors,
                    _programme_status => status.into_iter().collect(),
                });
            }
        }
        let mut items = Vec::new();
        for (value, count) in counts {
            let tutor = (field == "tutor").then(|| self.name_of(&value)).flatten();
            let by_name = tutor.is_some_and(|name| contains(name, search));
            if !by_name && !slug_contains(&value, search) {
                continue;
            }
            let mut item = json!({ "value": value, "count": count });
            if let Some(name) = tutor {
                item["name"] = json!(name);
            }
            items.push(item);
        }
        Ok(json!({ "total": items.len(), "items": items }))
    }

    /// `sync.get`.
    pub fn sync_get(&self, actor: &str, sync: SyncId) -> Result<Json, Refusal> {
        self.admit_actor(actor)?;
        let found = self.readable(actor, sync)?;
        let terms = &found.terms;
        let counted = |pair: &&Pair| {
            let seen = self.sees_everybody(actor) || self.seen(actor, pair.learner).is_some();
            !pair.is_source && (seen || only_says_given(found, pair))
        };
        let pairs: Vec<Pair> = found.outcomes.iter().filter(counted).cloned().collect();
        let learners = terms.learners.iter().filter(|learner| {
            let waits = found.state == "running" && !found.done.contains(learner);
            let given = matches!(terms.request.learners, crate::request::Learners::Listed(_));
            let unknown = given && self.seen(&terms.by, **learner).is_none();
            self.sees_everybody(actor)
                || self.seen(actor, **learner).is_some()
                || (waits && unknown)
                || pairs.iter().any(|pair| pair.learner == **learner)
        });
        let applied = |action: &str| {
            let of = |pair: &&Pair| pair.outcome == "applied" && pair.action == action;
            pairs.iter().filter(of).count()
        };
        Ok(json!({
            "sync": sync, "state": found.state, "type": terms.request.sync_type,
            "source": { "learner": terms.source, "session": terms.request.session },
            "programme": terms.programme, "requested_by": terms.by,
            "components": terms.entries.len(), "learners": learners.count(),
            "pairs": tally(&pairs), "created": applied("create"),
            "updated": applied("synchronise"), "deleted": applied("delete"),
        }))
    }

    /// `sync.outcomes`: rows of learners who are not seen are left out, but for those that say
    /// only that of an id that was given (P8).
    pub fn sync_outcomes(&self, actor: &str, sync: SyncId) -> Result<Json, Refusal> {
        self.admit_actor(actor)?;
        let found = self.readable(actor, sync)?;
        let shown =
            |pair: &&Pair| self.seen(actor, pair.learner).is_some() || only_says_given(found, pair);
        let items: Vec<Json> = found.outcomes.iter().filter(shown).map(pair_json).collect();
        Ok(json!({ "total": items.len(), "items": items }))
    }

    /// P8: whether somebody sees every learner.
    fn sees_everybody(&self, actor: &str) -> bool {
        let record = self.administrators.get(actor);
        actor == "system" || record.is_some_and(|one| matches!(one.groups, Groups::All(_)))
    }
}

/// P8: whether a pair tells nothing but that an id was given.
/// By their ids, or by the preview that was confirmed.
fn only_says_given(sync: &crate::sync::Sync, pair: &Pair) -> bool {
    let terms = &sync.terms;
    let is_listed = matches!(terms.request.learners, crate::request::Learners::Listed(_));
    (is_listed || terms.confirmed.is_some()) && pair.reason == Some("learner_not_available")
}

fn component_json(component: &Component, tasks: impl Fn(&Review) -> Vec<Task>) -> Json {
    let review = component.review.as_ref().map(
        |review| json!({ "status": review.status, "review_at": review.at, "tasks": tasks(review) }),
    );
    json!({
        "component": component.id, "programme": component.programme,
        "type": component.component_type, "from_template": component.from_template,
        "status": component.status, "evidence_submitted": component.evidence,
        "attributes": component.attributes, "review": review,
        "last_updated": { "by": component.last_by },
    })
}

/// Who changed a component last; of one that was recently deleted, who deleted it.
pub(crate) fn last_by(component: &Component, recent: Option<&Recent>, reader: &str) -> String {
    let deleted = recent.is_some_and(|recent| recent.kind == Kind::Deleted);
    if deleted {
        reader.to_owned()
    } else {
        component.last_by.clone()
    }
}

fn recent_json(recent: &Recent, reader: &str) -> Json {
    let mut attributes: BTreeMap<Attribute, Json> = BTreeMap::new();
    let one = |attribute: &Attribute, before: &Value, after: &Value| json!({ "attribute": attribute, "before": before, "after": after });
    for (attribute, value) in &recent.component.attributes {
        match recent.kind {
            Kind::Created => {
                attributes.insert(*attribute, one(attribute, &Value::Null, value));
            }
            Kind::Updated | Kind::Deleted => {}
        }
    }
    for (attribute, difference) in &recent.differences {
        let mut json = one(attribute, &difference.before, &difference.after);
        if let Some(elements) = &difference.elements {
            json["added"] = json!(elements.added);
            json["removed"] = json!(elements.removed);
        }
        attributes.insert(*attribute, json);
    }
    json!({
        "component": recent.component.id, "name": recent.component.name(),
        "change": recent.kind.name(), "preselected": recent.preselected,
        "attributes": attributes.into_values().collect::<Vec<_>>(),
        "last_updated": { "by": last_by(&recent.component, Some(recent), reader) },
    })
}

fn pair_json(pair: &Pair) -> Json {
    let mut json = json!({
        "learner": pair.learner, "component": pair.component, "action": pair.action,
        "outcome": pair.outcome, "warnings": pair.warnings,
    });
    if let Some(reason) = pair.reason {
        json["reason"] = json!(reason);
    }
    if pair.is_source {
        json["source"] = json!(true);
    }
    json
}
