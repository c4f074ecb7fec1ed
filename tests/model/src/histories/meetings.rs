//! Meetings in calendars, while the owner of the activity and the learner's case owner come and go.

use crate::ask::{Ask, Learner};
use crate::attribute::Attribute;
use crate::component::Component;
use crate::value::Value;

use crate::histories::corrections::change;
use crate::histories::edits::value;
use crate::histories::generate::Generator;
use crate::histories::people::{chance, learner, one_of, somebody};

impl Generator {
    /// Somebody's review gets a date, and then another owner, another case owner, or none.
    pub(crate) fn meet(&mut self) {
        let whose = self.someone();
        let plan = self.world.plan(whose);
        let is_review = |one: &&Component| one.review.is_some();
        let reviews: Vec<Component> = plan
            .components()
            .iter()
            .filter(is_review)
            .cloned()
            .collect();
        if reviews.is_empty() {
            return;
        }
        let id = one_of(&mut self.rng, &reviews).id;
        let date = Value::Text("2026-12-08T09:00:00.000000Z".to_owned());
        self.edits(
            "system",
            whose,
            vec![change(id, [(Attribute::ReviewAt, date)])],
        );
        for _ in 0..self.rng.u32(2..5) {
            if chance(&mut self.rng, 50) {
                let owner = value(&mut self.rng, Attribute::Owner);
                self.edits(
                    "system",
                    whose,
                    vec![change(id, [(Attribute::Owner, owner)])],
                );
            } else {
                self.case_owner_of(whose);
            }
        }
    }

    /// A learner gets another case owner, and nothing else of the record changes.
    pub(crate) fn case_owner_changes(&mut self) {
        let learner = learner(self.rng.u128(0..self.learners));
        self.case_owner_of(learner);
    }

    fn case_owner_of(&mut self, learner: plansync_domain::ids::LearnerId) {
        let case_owner = somebody(&mut self.rng);
        if let Some(record) = self.world.learners.get(&learner).cloned() {
            self.system(Ask::PutLearner(Learner {
                case_owner,
                ..record
            }));
        }
    }
}
