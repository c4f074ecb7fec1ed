//! The programmes of a plan: options that name one, and components told apart by theirs.
//!
//! A learner may be on several programmes whose activities have the same names.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use plansync_domain::ids::LearnerId;
use plansync_protocol::reference::FoundLearnerPage;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Caller, Limit};
use crate::exit::NotUnderstood;
use crate::names::{Candidate, Kind, Lookup, Names, Unresolved, among};
use crate::records::open_records;
use crate::reply::{text, typed};

/// Of which programme the components are.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct ProgrammeArguments {
    /// Programme that the components belong to, by name or id (a unique part of the name or prefix of the id is enough) [default: any].
    #[arg(long, value_name = "NAME|ID")]
    programme: Option<String>,
}

impl ProgrammeArguments {
    /// The ids of the components of a plan that are meant.
    pub(super) async fn components(
        &self,
        caller: &Caller,
        learner: Uuid,
        given: &[String],
    ) -> anyhow::Result<Vec<Uuid>> {
        if given.is_empty() {
            return Ok(Vec::new());
        }
        let plan = self.plan(caller, learner).await?;
        let mut ids = Vec::new();
        for one in given {
            match plan.several(one).await {
                Ok(found) => ids.extend(found),
                Err(error) => return Err(told_apart(caller, learner, error).await),
            }
        }
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    /// The id of the one component of a plan that is meant.
    pub(super) async fn component(
        &self,
        caller: &Caller,
        learner: Uuid,
        given: &str,
    ) -> anyhow::Result<String> {
        match self.plan(caller, learner).await?.one(given).await {
            Ok(component) => Ok(component),
            Err(error) => Err(told_apart(caller, learner, error).await),
        }
    }

    /// The id of the programme, if one was given.
    pub(super) async fn programme(
        &self,
        caller: &Caller,
        learner: Uuid,
    ) -> anyhow::Result<Option<String>> {
        match &self.programme {
            Some(given) => {
                let all = programmes(caller, learner).await?.into_candidates();
                Ok(Some(among(caller, Kind::Programme, given, all)?.id))
            }
            None => Ok(None),
        }
    }

    /// The id of the programme that was given, or else of the only one that the learner is enrolled on.
    pub(super) async fn one_programme(
        &self,
        caller: &Caller,
        learner: Uuid,
    ) -> anyhow::Result<String> {
        if let Some(programme) = self.programme(caller, learner).await? {
            return Ok(programme);
        }
        let mut all = programmes(caller, learner).await?.into_candidates();
        match (all.pop(), all.is_empty()) {
            (Some(only), true) => Ok(only.id),
            (Some(last), false) => {
                all.push(last);
                Err(NotUnderstood(which(&all)).into())
            }
            (None, _) => Err(NotUnderstood(
                "nothing was changed: the learner is on no programme; `plansync learner put --enrol` adds one"
                    .to_owned(),
            )
            .into()),
        }
    }

    async fn plan<'a>(&self, caller: &'a Caller, learner: Uuid) -> anyhow::Result<Lookup<'a>> {
        let lookup = Lookup::of_plan(caller, learner);
        let Some(programme) = self.programme(caller, learner).await? else {
            return Ok(lookup);
        };
        let all = lookup.all().await?;
        let of_it = all.iter().filter(|one| text(one, "programme") == programme);
        let ids: BTreeSet<_> = of_it.map(|one| text(one, "component").to_owned()).collect();
        Ok(lookup.only(ids))
    }
}

fn which(all: &[Candidate]) -> String {
    let lines = all.iter().map(|one| format!("  {}  {}", one.id, one.name));
    format!(
        "nothing was changed: the learner is on several programmes; choose one with `--programme`:\n{}",
        lines.collect::<Vec<_>>().join("\n")
    )
}

/// The names of the programmes that a learner is enrolled on, by id.
pub(super) async fn programmes(caller: &Caller, learner: Uuid) -> anyhow::Result<Names> {
    let learner = LearnerId::from_uuid(learner);
    let mut names = Names::default();
    let open = open_records(caller).await?;
    if let Some(record) = open.iter().find(|record| record.learner == learner) {
        for programme in &record.programmes {
            names.add(programme.programme, &programme.name);
        }
        return Ok(names);
    }
    let id = learner.to_string();
    let is_theirs = |one: &Value| text(one, "learner") == id;
    let body = json!({});
    let found = caller.read_where("learner.find", &body, "items", Limit::All, is_theirs);
    let found: FoundLearnerPage = typed(&found.await?)?;
    for programme in found.items.iter().flat_map(|learner| &learner.programmes) {
        names.add(programme.programme, &programme.name);
    }
    Ok(names)
}

/// The same error; where several components of a name are on several programmes, with these beside them.
async fn told_apart(caller: &Caller, learner: Uuid, error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Unresolved>() {
        Ok(unresolved @ Unresolved::Ambiguous { .. }) => match beside(caller, learner).await {
            Ok(beside) => unresolved.told_apart(|id| beside.get(id).cloned()).into(),
            // What was asked for is answered by the candidates without it.
            Err(_) => unresolved.into(),
        },
        Ok(unresolved) => unresolved.into(),
        Err(error) => error,
    }
}

/// The text beside components of the same name, by id: the programme only if there are several.
async fn beside(caller: &Caller, learner: Uuid) -> anyhow::Result<BTreeMap<String, String>> {
    let all = Lookup::of_plan(caller, learner).all().await?;
    let different: BTreeSet<_> = all.iter().map(|one| text(one, "programme")).collect();
    if different.len() < 2 {
        return Ok(BTreeMap::new());
    }
    let names = programmes(caller, learner).await?;
    let beside = all.iter().map(|one| {
        let programme = names.of(text(one, "programme"));
        let beside = format!("{}, {programme}", text(one, "type"));
        (text(one, "component").to_owned(), beside)
    });
    Ok(beside.collect())
}
