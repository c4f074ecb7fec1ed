//! The audit of a plan against what `plan.get` returns for each of its versions, compared in the simplest way.

use std::collections::{BTreeMap, BTreeSet};

use plansync_domain::ids::LearnerId;
use plansync_model::comparison::Disagreement;
use serde_json::{Value as Json, json};

use crate::product::Product;

/// A plan at each of its versions, from 0: what `plan.get` returns.
struct Versions {
    learner: LearnerId,
    plans: Vec<Vec<Json>>,
    /// The positions of its commits, from version 1.
    positions: Vec<Json>,
}

/// A field that somebody sets, and its value.
type Fields = BTreeMap<String, Json>;

/// Compares every audit read of a learner's plan.
pub(crate) fn audited(product: &Product, learner: LearnerId) -> Result<(), Disagreement> {
    let versions = Versions::read(product, learner)?;
    let last = versions.last();
    for version in 0..=last {
        versions.check_plan(product, version)?;
    }
    for version in BTreeSet::from([last, last / 2, last.saturating_sub(1)]) {
        versions.check_blame(product, version)?;
    }
    for (from, to) in [
        (0, last),
        (last, 0),
        (last / 2, last),
        (last, last / 3),
        (last, last),
    ] {
        versions.check_diff(product, from, to)?;
    }
    versions.check_changes(product)
}

fn asked(product: &Product, operation: &str, body: &Json) -> Result<Json, Disagreement> {
    let reply = product.ask("system", operation, body);
    reply.map_err(|refusal| format!("{operation} {body} was refused: {refusal:?}"))
}

/// All items of a list that goes on at `next`.
fn all(
    product: &Product,
    operation: &str,
    body: &Json,
    limit: u32,
) -> Result<Vec<Json>, Disagreement> {
    let (mut body, mut items) = (body.clone(), Vec::new());
    body["limit"] = json!(limit);
    loop {
        let mut reply = asked(product, operation, &body)?;
        let list = if reply["items"].is_array() {
            "items"
        } else {
            "components"
        };
        items.append(reply[list].as_array_mut().unwrap());
        if reply["next"].is_null() {
            return Ok(items);
        }
        body["after"] = reply["next"].take();
    }
}

fn agree(what: &str, product: &Json, expected: &Json) -> Result<(), Disagreement> {
    if product == expected {
        return Ok(());
    }
    Err(format!(
        "{what}: the product says {product}\nbut it is {expected}"
    ))
}

fn id(component: &Json) -> &str {
    component["component"].as_str().unwrap()
}

fn find<'a>(plan: &'a [Json], component: &str) -> Option<&'a Json> {
    plan.iter().find(|found| id(found) == component)
}

/// Everything of a component that is compared, without its tasks.
fn fields(component: &Json) -> Fields {
    let attributes = component["attributes"].as_object().unwrap().clone();
    let mut fields: Fields = attributes.into_iter().collect();
    fields.insert("status".to_owned(), component["status"].clone());
    let evidence = component["evidence_submitted"].clone();
    fields.insert("evidence_submitted".to_owned(), evidence);
    if component["review"].is_object() {
        fields.insert("review".to_owned(), review(component));
    }
    fields
}

/// The review of a component without its tasks; null if it has none.
fn review(component: &Json) -> Json {
    let mut review = component["review"].clone();
    review.as_object_mut().map(|review| review.remove("tasks"));
    review
}

impl Versions {
    fn read(product: &Product, learner: LearnerId) -> Result<Self, Disagreement> {
        let of = json!({ "learner": learner, "page_size": 500 });
        let history = asked(product, "plan.history", &of)?;
        let commits = history["items"].as_array().unwrap();
        let positions: Vec<Json> = commits.iter().map(|one| one["position"].clone()).collect();
        let mut plans = Vec::new();
        for version in 0..=positions.len() {
            let mut of = of.clone();
            of["at_version"] = json!(version);
            let plan = asked(product, "plan.get", &of)?;
            plans.push(plan["components"].as_array().unwrap().clone());
        }
        Ok(Self {
            learner,
            plans,
            positions,
        })
    }

    fn last(&self) -> usize {
        self.positions.len()
    }

    fn check_plan(&self, product: &Product, version: usize) -> Result<(), Disagreement> {
        let expected = json!(self.plans[version]);
        let of = json!({ "learner": self.learner, "at": { "version": version } });
        agree(
            "audit.plan",
            &json!(all(product, "audit.plan", &of, 2)?),
            &expected,
        )?;
        // The current version is shown with the case owner of now, and at its position with that of then.
        if (1..self.last()).contains(&version) {
            let position = &self.positions[version - 1];
            let of = json!({ "learner": self.learner, "at": { "position": position } });
            agree(
                "audit.plan",
                &json!(all(product, "audit.plan", &of, 500)?),
                &expected,
            )?;
        }
        Ok(())
    }

    /// The version that set a field to its value at a version, and the value before it.
    fn set_at(&self, component: &str, field: &str, version: usize) -> (usize, Option<Json>) {
        let value = |version: usize| {
            let found = find(&self.plans[version], component)?;
            fields(found).remove(field)
        };
        let now = value(version);
        let mut set = version;
        while set > 1 && value(set - 1) == now {
            set -= 1;
        }
        (set, value(set - 1))
    }

    /// The version by which a component came that is on the plan at a version.
    fn came_at(&self, component: &str, version: usize) -> usize {
        let is_there = |version: usize| find(&self.plans[version], component).is_some();
        let before = (0..version).rev().find(|version| !is_there(*version));
        before.unwrap() + 1
    }

    fn check_blame(&self, product: &Product, version: usize) -> Result<(), Disagreement> {
        let of = json!({ "learner": self.learner, "at": { "version": version } });
        let items = all(product, "audit.blame", &of, 500)?;
        agree(
            "audit.blame in parts",
            &json!(all(product, "audit.blame", &of, 7)?),
            &json!(items),
        )?;
        let mut shown = Vec::new();
        for item in &items {
            let mut before = item.get("before").cloned();
            if item["attribute"] == "review" {
                before = item.get("review_before").cloned();
            }
            let by = &item["origins"][0];
            shown.push(json!([
                item["component"],
                item["attribute"],
                by["version"],
                before
            ]));
            check_origins(item)?;
        }
        let mut expected = Vec::new();
        for component in &self.plans[version] {
            let id = id(component);
            let came = self.came_at(id, version);
            let commit = |field: &str, version: usize, before: Option<Json>| {
                json!([id, field, version, before])
            };
            expected.push(commit("component", came, Some(json!(false))));
            let fields = fields(component);
            let progress = ["status", "evidence_submitted", "review"];
            let attributes = component["attributes"].as_object().unwrap().keys();
            let names = attributes.map(String::as_str).chain(progress);
            for name in names.filter(|name| fields.contains_key(*name)) {
                let (set, before) = self.set_at(id, name, version);
                let is_progress = name != "review" && progress.contains(&name);
                if !is_progress || before.is_some() {
                    expected.push(commit(name, set, before));
                }
            }
        }
        agree("audit.blame", &sorted(shown), &sorted(expected))
    }

    fn check_diff(&self, product: &Product, from: usize, to: usize) -> Result<(), Disagreement> {
        let of = json!({
            "learner": self.learner, "from": { "version": from }, "to": { "version": to },
        });
        let items = all(product, "audit.diff", &of, 500)?;
        agree(
            "audit.diff in parts",
            &json!(all(product, "audit.diff", &of, 1)?),
            &json!(items),
        )?;
        if from == to {
            return agree("audit.diff of one version", &json!(items), &json!([]));
        }
        let applied = applied(&self.plans[from], &items);
        let plan = self.plans[to].iter().map(comparable).collect::<Vec<_>>();
        agree(
            &format!("audit.diff {from} {to} applied"),
            &json!(applied),
            &json!(plan),
        )?;
        self.check_tasks(&items, from, to)?;
        let later = from.max(to);
        for item in &items {
            for attribute in item["attributes"].as_array().unwrap() {
                self.check_set_between(item, attribute, later)?;
            }
        }
        Ok(())
    }

    /// The origin of a difference is whoever set the attribute last, up to the later version.
    fn check_set_between(
        &self,
        item: &Json,
        attribute: &Json,
        later: usize,
    ) -> Result<(), Disagreement> {
        let (id, name) = (id(item), attribute["attribute"].as_str().unwrap());
        let expected = find(&self.plans[later], id).and_then(|found| {
            let has = fields(found).contains_key(name);
            has.then(|| json!(self.set_at(id, name, later).0))
        });
        let by = attribute["origins"]
            .get(0)
            .map_or(Json::Null, |by| by["version"].clone());
        agree(
            "the origin of a difference",
            &by,
            &expected.unwrap_or(Json::Null),
        )
    }

    fn check_tasks(&self, items: &[Json], from: usize, to: usize) -> Result<(), Disagreement> {
        let tasks = |version: usize| {
            let plan = self.plans[version].iter();
            let all = plan.flat_map(|one| {
                one["review"]["tasks"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default()
            });
            let status = |task: Json| (task["task"].to_string(), task["status"].clone());
            all.map(status).collect::<BTreeMap<_, _>>()
        };
        let (before, after) = (tasks(from), tasks(to));
        let stands = |all: &BTreeMap<String, Json>, task: &String| {
            all.get(task).is_some_and(|status| status != "cancelled")
        };
        let made = after
            .keys()
            .filter(|task| stands(&after, task) && !stands(&before, task));
        let open = before.iter().filter(|(_, status)| **status == "open");
        let cancelled = open
            .map(|(task, _)| task)
            .filter(|task| !stands(&after, task));
        let expected = [
            made.cloned().collect(),
            cancelled.cloned().collect::<BTreeSet<_>>(),
        ];
        let told = ["made", "cancelled"].map(|list| {
            let all = items
                .iter()
                .flat_map(|item| item["tasks"][list].as_array().unwrap());
            all.map(ToString::to_string).collect::<BTreeSet<_>>()
        });
        agree("the tasks of a difference", &json!(told), &json!(expected))
    }

    fn check_changes(&self, product: &Product) -> Result<(), Disagreement> {
        let of = json!({
            "learner": self.learner, "from_time": "1970-01-01T00:00:00Z", "to_time": "9999-12-31T00:00:00Z",
        });
        let items = all(product, "audit.changes", &of, 500)?;
        agree(
            "audit.changes in parts",
            &json!(all(product, "audit.changes", &of, 3)?),
            &json!(items),
        )?;
        let told = items.iter().map(|item| {
            let dates = ["due_date_before", "due_date_after"].map(|date| item.get(date));
            let attributes = sorted(item["attributes"].as_array().unwrap().clone());
            json!([
                item["version"],
                item["component"],
                item["change"],
                attributes,
                dates
            ])
        });
        let mut expected = Vec::new();
        for version in 1..=self.last() {
            let steps = changed(&self.plans[version - 1], &self.plans[version]);
            let of_version = |change: Json| {
                let mut change = change;
                change.as_array_mut().unwrap().insert(0, json!(version));
                change
            };
            expected.extend(steps.into_iter().map(of_version));
        }
        agree("audit.changes", &sorted(told.collect()), &sorted(expected))
    }
}

fn sorted(mut items: Vec<Json>) -> Json {
    items.sort_by_key(ToString::to_string);
    json!(items)
}

/// A value that a sync carried is the one that its source had.
fn check_origins(item: &Json) -> Result<(), Disagreement> {
    let origins = item["origins"].as_array().unwrap();
    for pair in origins.windows(2) {
        let sync = &pair[0]["sync"];
        let is_of_source = pair[0]["kind"] == "sync"
            && pair[1]["learner"] == sync["source"]
            && pair[1]["version"].as_u64() <= sync["source_version"].as_u64()
            && pair[1]["position"].as_u64() < sync["accepted_at"].as_u64();
        if !is_of_source {
            return Err(format!("the second origin is not the source's: {item}"));
        }
    }
    Ok(())
}

/// Everything of a component that a difference tells.
fn comparable(component: &Json) -> Json {
    let what = ["component", "programme", "type", "from_template"].map(|name| &component[name]);
    json!([what, fields(component)])
}

/// A plan to which a difference is applied, as its description says.
fn applied(plan: &[Json], items: &[Json]) -> Vec<Json> {
    let mut plan = plan.to_vec();
    for item in items.iter().filter(|item| item["change"] == "updated") {
        let found = plan.iter_mut().find(|found| id(found) == id(item)).unwrap();
        change(found, item);
    }
    let mut placed = Vec::new();
    for item in items.iter().filter(|item| item["place"].is_u64()) {
        let found = plan.iter().find(|found| id(found) == id(item)).cloned();
        let mut component = found.unwrap_or_else(|| {
            json!({
                "component": item["component"], "status": "not_started", "evidence_submitted": 0,
                "attributes": {}, "review": null,
            })
        });
        change(&mut component, item);
        placed.push((item["place"].as_u64().unwrap(), component));
    }
    let goes = |component: &Json| {
        let item = items.iter().find(|item| id(item) == id(component));
        item.is_some_and(|item| item["change"] == "deleted" || item["place"].is_u64())
    };
    plan.retain(|component| !goes(component));
    for (place, component) in placed {
        plan.insert(usize::try_from(place).unwrap(), component);
    }
    plan.iter().map(comparable).collect()
}

fn change(component: &mut Json, item: &Json) {
    for name in ["programme", "type", "from_template"] {
        component[name] = item[name].clone();
    }
    for attribute in item["attributes"].as_array().unwrap() {
        let name = attribute["attribute"].as_str().unwrap();
        component["attributes"][name] = attribute["after"].clone();
    }
    // Without being listed, an attribute that only this type has is null.
    let attributes = component["attributes"].as_object_mut().unwrap();
    for name in ["review_type", "review_at"] {
        if item["type"] == "review" {
            attributes.entry(name).or_insert(Json::Null);
        } else {
            attributes.remove(name);
        }
    }
    if let Some(status) = item.get("status") {
        component["status"] = status["after"].clone();
    }
    if let Some(evidence) = item.get("evidence") {
        component["evidence_submitted"] = evidence["after"].clone();
    }
    if let Some(review) = item.get("review") {
        component["review"] = review["after"].clone();
    }
}

/// What a commit changed of the content of a plan.
fn changed(before: &[Json], after: &[Json]) -> Vec<Json> {
    let ids: BTreeSet<&str> = before.iter().chain(after).map(id).collect();
    let mut found = Vec::new();
    for id in ids {
        let sides = [before, after].map(|plan| find(plan, id));
        let due = sides.map(|side| side.map(|side| &side["attributes"]["due_date"]));
        let nothing = Json::Null;
        let [was, is] = due.map(|due| due.unwrap_or(&nothing));
        let dates = if was == is {
            [None, None]
        } else {
            [Some(was), Some(is)]
        };
        let (change, attributes) = match sides {
            [None, _] => ("added", Vec::new()),
            [_, None] => ("removed", Vec::new()),
            [Some(before), Some(after)] => {
                let [before, after] =
                    [before, after].map(|of| of["attributes"].as_object().unwrap());
                let differing = after
                    .keys()
                    .filter(|name| before.get(*name) != after.get(*name));
                let mut names: Vec<String> = differing.cloned().collect();
                names.sort_unstable();
                if names.is_empty() {
                    continue;
                }
                let moved = names.iter().any(|name| name == "due_date");
                (if moved { "due_date_moved" } else { "updated" }, names)
            }
        };
        found.push(json!([id, change, attributes, dates]));
    }
    found
}
