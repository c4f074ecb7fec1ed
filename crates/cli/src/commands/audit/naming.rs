//! Names: those that people type, and those that output shows for ids.

use std::collections::BTreeSet;

use plansync_protocol::ErrorCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ask_error::AskError;
use crate::caller::{Caller, Limit};
use crate::commands::sync::labels::{self, spaced};
use crate::names::{self, Candidate, Kind, Lookup, Names, among};
use crate::reply::{items, text};

/// The actor who is no administrator.
const SYSTEM: &str = "system";
/// So many learners are asked for one by one; of more, all are listed.
const ONE_BY_ONE_MAX: usize = 100;
/// The plans of so many learners are read for the names of components.
const PLANS_MAX: usize = 20;

/// The learner who is meant.
pub(super) async fn learner(caller: &Caller, given: &str) -> anyhow::Result<Uuid> {
    Lookup::learners(caller).uuid(given).await
}

/// The synchronisation that is meant.
pub(super) async fn sync(caller: &Caller, given: &str) -> anyhow::Result<Uuid> {
    Lookup::syncs(caller).uuid(given).await
}

/// The actor who is meant: `system` or an administrator.
pub(super) async fn actor(caller: &Caller, given: &str) -> anyhow::Result<String> {
    if given == SYSTEM {
        return Ok(given.to_owned());
    }
    names::administrator(caller, given, async || Ok(BTreeSet::new())).await
}

/// The component that is meant, among those that a plan has and those that it had.
pub(super) async fn component(
    caller: &Caller,
    learner: Uuid,
    given: &str,
) -> anyhow::Result<String> {
    let found = Lookup::of_plan(caller, learner).one(given).await;
    match found {
        Err(error) if names::is_unknown(&error) => {
            let mut all = removed(caller, learner).await?;
            let planned = Lookup::of_plan(caller, learner).all().await?;
            all.extend(planned.iter().map(|one| Candidate {
                id: text(one, "component").to_owned(),
                name: text(&one["attributes"], "name").to_owned(),
                beside: String::new(),
            }));
            Ok(among(caller, Kind::Component, given, all)?.id)
        }
        found => found,
    }
}

/// The components that were removed from a plan, by their last names.
async fn removed(caller: &Caller, learner: Uuid) -> anyhow::Result<Vec<Candidate>> {
    let mut body = json!({
        "learner": learner, "from_time": "1970-01-01T00:00:00Z", "to_time": "9999-12-31T00:00:00Z",
        "limit": 500,
    });
    let mut names = Names::default();
    loop {
        let page = caller.ask("audit.changes", &body).await?;
        for one in items(&page, "items") {
            if one["change"] == "removed" {
                names.add(text(one, "component"), text(one, "name"));
            }
        }
        if page["next"].is_null() {
            break;
        }
        body["after"] = page["next"].clone();
    }
    let mut all = names.into_candidates();
    for one in &mut all {
        "removed".clone_into(&mut one.beside);
    }
    Ok(all)
}

/// Names by id, each asked for once.
#[derive(Debug, Default)]
pub(super) struct Cast {
    people: Names,
    learners: Names,
    programmes: Names,
    components: Names,
    asked: BTreeSet<(&'static str, String)>,
}

impl Cast {
    /// Adds the names of administrators; `system` has none.
    pub(super) async fn add_people(
        &mut self,
        caller: &Caller,
        ids: impl IntoIterator<Item = String>,
    ) -> anyhow::Result<()> {
        let new = self.new_ones("administrator", ids);
        if !new.is_empty() {
            self.people
                .absorb(names::administrators(caller, new).await?);
        }
        Ok(())
    }

    /// Adds the names of learners whom the actor sees.
    pub(super) async fn add_learners(
        &mut self,
        caller: &Caller,
        ids: impl IntoIterator<Item = String>,
    ) -> anyhow::Result<()> {
        let new = self.new_ones("learner", ids);
        if new.len() > ONE_BY_ONE_MAX {
            let all = Lookup::learners(caller).only(new).all().await?;
            self.learners.learn(&all, Kind::Learner);
            return Ok(());
        }
        for id in new {
            match caller.ask("learner.get", &json!({ "learner": id })).await {
                Ok(found) => self.learners.learn(&[found], Kind::Learner),
                Err(error) if is_nameless(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Adds the names of all programmes.
    pub(super) async fn add_programmes(&mut self, caller: &Caller) -> anyhow::Result<()> {
        let is_new = !self.new_ones("programme", [String::new()]).is_empty();
        if is_new {
            let body = json!({});
            let all = caller
                .read("programme.list", &body, "items", Limit::All)
                .await?;
            self.programmes.learn(items(&all, "items"), Kind::Programme);
        }
        Ok(())
    }

    /// Adds the names of the components that are in the plans of these learners now, of some learners at most.
    pub(super) async fn add_components(
        &mut self,
        caller: &Caller,
        learners: impl IntoIterator<Item = String>,
    ) -> anyhow::Result<()> {
        let new = self.new_ones("plan", learners);
        for learner in new.into_iter().take(PLANS_MAX) {
            let Ok(learner) = learner.parse() else {
                continue;
            };
            match Lookup::of_plan(caller, learner).all().await {
                Ok(components) => {
                    for one in components {
                        self.add_component(
                            text(&one, "component"),
                            text(&one["attributes"], "name"),
                        );
                    }
                }
                Err(error) if error.downcast_ref().is_some_and(is_nameless) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Adds the name of a component, unless it is known.
    pub(super) fn add_component(&mut self, id: &str, name: &str) {
        if !self.components.knows(id) {
            self.components.add(id, name);
        }
    }

    fn new_ones(
        &mut self,
        what: &'static str,
        ids: impl IntoIterator<Item = String>,
    ) -> BTreeSet<String> {
        let asked = &mut self.asked;
        let ids = ids.into_iter();
        ids.filter(|id| asked.insert((what, id.clone()))).collect()
    }

    /// The name of an actor, or the id.
    pub(super) fn person<'a>(&'a self, id: &'a str) -> &'a str {
        self.people.of(id)
    }

    /// The name of a learner, or the id.
    pub(super) fn learner<'a>(&'a self, id: &'a str) -> &'a str {
        self.learners.of(id)
    }

    /// The name of a programme, or the id.
    pub(super) fn programme<'a>(&'a self, id: &'a str) -> &'a str {
        self.programmes.of(id)
    }

    /// The name of a component in quotes, or the id.
    pub(super) fn component(&self, id: &str) -> String {
        if self.components.knows(id) {
            format!("“{}”", self.components.of(id))
        } else {
            format!("component {id}")
        }
    }

    /// The name of a component, or the id.
    pub(super) fn component_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.components.of(id)
    }

    /// Names of administrators, for tables.
    pub(super) fn people(&self) -> &Names {
        &self.people
    }

    /// Names of programmes.
    pub(super) fn programmes(&self) -> &Names {
        &self.programmes
    }

    /// A value of an attribute as people see it; an owner has a name.
    pub(super) fn value(&self, attribute: &str, value: &Value) -> String {
        match (attribute, value) {
            ("owner", Value::String(owner)) => self.person(owner).to_owned(),
            ("status" | "review", Value::String(word)) => spaced(word),
            _ => labels::value(value),
        }
    }
}

/// Whether ids must do for names: the actor may not see what was asked for, it is not there any more, or it is damaged,
/// which is no reason to withhold the rest.
fn is_nameless(error: &AskError) -> bool {
    let nameless = [
        ErrorCode::LearnerNotAvailable,
        ErrorCode::NotPermitted,
        ErrorCode::LogDamaged,
    ];
    error.code().is_some_and(|code| nameless.contains(&code))
}
