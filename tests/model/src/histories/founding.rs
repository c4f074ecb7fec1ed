//! How a random history begins: records, templates, and plans with something in them.

use crate::ask::{Ask, Edit};
use crate::attribute::Attribute;
use crate::component::{Attributes, Status};
use crate::review::ReviewStatus;
use plansync_domain::ids::LearnerId;

use crate::histories::edits::{by_hand, many_documents};
use crate::histories::generate::Generator;
use crate::histories::people::{
    ADMINISTRATORS, administrator, chance, component, learner, learner_record, one_of, programme,
    programme_record, settings, template,
};

impl Generator {
    pub(crate) fn found(&mut self) {
        let ask = settings(&mut self.rng);
        self.system(ask);
        for name in ADMINISTRATORS {
            let ask = administrator(&mut self.rng, name);
            self.system(ask);
        }
        for index in 0..2 {
            let ask = programme_record(&mut self.rng, index);
            self.system(ask);
            let aid = self.world.marking_aid();
            let ask = template(&mut self.rng, index, 75, aid);
            self.system(ask);
        }
        self.learners = self.rng.u128(3..7);
        for index in 0..self.learners {
            let ask = learner_record(&mut self.rng, learner(index));
            self.system(ask);
            for of in 0..2 {
                let (learner, programme) = (learner(index), programme(of));
                let enrolled = self.world.learners[&learner].enrolment(programme).is_some();
                if chance(&mut self.rng, if enrolled { 90 } else { 4 }) {
                    self.system(Ask::Instantiate { learner, programme });
                }
            }
            self.edit_as("system", learner(index), 6);
            self.found_by_hand(learner(index));
        }
        if chance(&mut self.rng, 10) {
            self.fill_documents();
        }
    }

    /// Components that several plans have though no template does, not always of the same type;
    /// and some that are finished.
    pub(crate) fn found_by_hand(&mut self, learner: LearnerId) {
        let mut edits = Vec::new();
        for index in 7..9 {
            if chance(&mut self.rng, 35) {
                edits.push(by_hand(&mut self.rng, index));
            }
        }
        for index in 0..5 {
            if chance(&mut self.rng, 30) {
                let (component, status) = (component(index), Status::Completed);
                edits.push(Edit::SetStatus { component, status });
            }
        }
        for index in [2, 5, 8] {
            if chance(&mut self.rng, 40) {
                let status = one_of(
                    &mut self.rng,
                    &[ReviewStatus::InProgress, ReviewStatus::Completed],
                );
                edits.push(Edit::SetReviewStatus {
                    component: component(index),
                    status,
                });
            }
        }
        for index in 0..4 {
            if chance(&mut self.rng, 15) {
                edits.push(Edit::SubmitEvidence {
                    component: component(index),
                });
            }
        }
        for edit in edits {
            self.edits("system", learner, vec![edit]);
        }
    }

    /// Brings documents of some components to their limit.
    pub(crate) fn fill_documents(&mut self) {
        self.full = true;
        for index in 0..self.learners {
            for id in 0..3 {
                let set = Attributes::from([(Attribute::Documents, many_documents(&mut self.rng))]);
                if chance(&mut self.rng, 60) {
                    let edit = Edit::Change {
                        component: component(id),
                        set,
                        reason: None,
                    };
                    self.edits("system", learner(index), vec![edit]);
                }
            }
        }
    }
}
