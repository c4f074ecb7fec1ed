//! Erased learners, and holds that keep learners from being erased (D6, D7).

use std::borrow::Cow;
use std::collections::BTreeSet;

use plansync_domain::ids::LearnerId;
use serde_json::{Value as Json, json};

use crate::refusal::{Refusal, refuse};
use crate::world::World;

impl World {
    /// Refuses what would change anything about an erased learner.
    pub(crate) fn kept(&self, learner: LearnerId) -> Result<(), Refusal> {
        if self.erased.contains(&learner) {
            return refuse("learner_erased");
        }
        Ok(())
    }

    fn known(&self, learner: LearnerId) -> Result<(), Refusal> {
        if self.learners.contains_key(&learner) {
            Ok(())
        } else {
            refuse("learner_not_available")
        }
    }

    /// Of the learner's record, only who is responsible for them and who sees them remains.
    pub(crate) fn erase(&mut self, learner: LearnerId) -> Result<Json, Refusal> {
        self.known(learner)?;
        if self.held.contains(&learner) {
            return refuse("learner_held");
        }
        self.erased.insert(learner);
        if let Some(record) = self.learners.get_mut(&learner) {
            record.name.clear();
            record.enrolments.clear();
        }
        Ok(json!({}))
    }

    pub(crate) fn hold(&mut self, learner: LearnerId) -> Result<Json, Refusal> {
        self.known(learner)?;
        self.kept(learner)?;
        self.held.insert(learner);
        Ok(json!({}))
    }

    pub(crate) fn release(&mut self, learner: LearnerId) -> Result<Json, Refusal> {
        self.known(learner)?;
        self.kept(learner)?;
        self.held.remove(&learner);
        Ok(json!({}))
    }

    /// The same world without the names of these learners.
    pub(crate) fn without_names_of(&self, erased: &BTreeSet<LearnerId>) -> Cow<'_, Self> {
        if erased.iter().all(|learner| self.erased.contains(learner)) {
            return Cow::Borrowed(self);
        }
        let mut world = self.clone();
        for learner in erased {
            if let Some(record) = world.learners.get_mut(learner) {
                record.name.clear();
            }
        }
        Cow::Owned(world)
    }
}
