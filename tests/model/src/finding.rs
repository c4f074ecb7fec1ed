//! What everyone may ask: learners by name, and what administrators are called.

use plansync_domain::ids::ProgrammeId;
use serde_json::{Value as Json, json};

use crate::ask::Learner;
use crate::refusal::Refusal;
use crate::search::contains;
use crate::world::World;

impl World {
    /// `learner.find`: whom one sees (P8).
    pub fn learner_find(
        &self,
        actor: &str,
        programme: Option<ProgrammeId>,
        search: &str,
    ) -> Result<Json, Refusal> {
        self.admit_actor(actor)?;
        let mut found: Vec<&Learner> = self
            .everybody()
            .into_iter()
            .filter_map(|learner| self.seen(actor, learner))
            .filter(|learner| programme.is_none_or(|one| learner.enrolment(one).is_some()))
            .filter(|learner| contains(&learner.name, search))
            .collect();
        found.sort_by_key(|learner| (&learner.name, learner.learner));
        let items: Vec<Json> = found
            .iter()
            .map(|learner| self.found_learner(learner))
            .collect();
        Ok(json!({ "total": items.len(), "items": items }))
    }

    fn found_learner(&self, learner: &Learner) -> Json {
        let mut programmes = Vec::new();
        for one in &learner.enrolments {
            if let Some(known) = self.programmes.get(&one.programme) {
                let (programme, name) = (known.programme, &known.name);
                programmes
                    .push(json!({ "programme": programme, "name": name, "status": one.status }));
            }
        }
        json!({ "learner": learner.learner, "name": learner.name, "programmes": programmes })
    }

    /// `administrator.names`.
    pub fn administrator_names(&self, actor: &str, asked: &[&str]) -> Result<Json, Refusal> {
        self.admit_actor(actor)?;
        let name = |id: &str| match id {
            "system" => json!("system"),
            other => json!(self.name_of(other)),
        };
        let items: Vec<Json> = asked
            .iter()
            .map(|id| json!({ "administrator": id, "name": name(id) }))
            .collect();
        Ok(json!({ "items": items }))
    }

    pub(crate) fn name_of(&self, administrator: &str) -> Option<&String> {
        Some(&self.administrators.get(administrator)?.name)
    }
}
