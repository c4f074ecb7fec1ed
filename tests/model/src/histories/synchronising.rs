//! Random syncs: started, confirmed, cancelled, disturbed, and run twice.

use crate::ask::Ask;
use crate::request::SyncRequest;
use plansync_domain::ids::{SessionId, SyncId};
use uuid::Uuid;

use crate::histories::generate::Generator;
use crate::histories::history::Step;
use crate::histories::people::{ADMINISTRATORS, chance, learner_record, one_of};
use crate::histories::requests::{request, reworded};

impl Generator {
    pub(crate) fn synchronise(&mut self) {
        let (session, actor, _) = self.session();
        let request = request(&mut self.rng, &self.world, session);
        if chance(&mut self.rng, 18) && ADMINISTRATORS.contains(&actor) {
            self.lose_one_permission(actor);
        }
        if chance(&mut self.rng, 25) {
            return self.confirm(actor, session, request);
        }
        if !self.start(actor, request.clone()) {
            return;
        }
        match self.rng.u32(0..10) {
            0..=5 => {
                self.step(Step::Work);
                if chance(&mut self.rng, 30) && self.start(actor, request) {
                    self.step(Step::Work);
                }
                return;
            }
            6 => {
                let sync = SyncId::from_uuid(Uuid::from_u128(0x5100 + self.syncs));
                self.step(Step::Ask(actor, Ask::CancelSync { sync }));
            }
            7 => self.record_changes(),
            8 => self.others_edit(),
            _both => {
                self.others_edit();
                self.record_changes();
                let request =
                    crate::histories::requests::request(&mut self.rng, &self.world, session);
                if self.start(actor, request.clone()) && chance(&mut self.rng, 60) {
                    // One more than may run at once.
                    self.start(actor, request);
                }
            }
        }
        self.step(Step::Work);
    }

    /// Who asks may do one thing less than when the source was edited.
    fn lose_one_permission(&mut self, actor: &'static str) {
        if let Some(mut record) = self.world.administrators.get(actor).cloned() {
            let held: Vec<String> = record.permissions.iter().cloned().collect();
            if !held.is_empty() {
                record.permissions.remove(&one_of(&mut self.rng, &held));
            }
            self.system(Ask::PutAdministrator(record));
        }
    }

    /// A preview, perhaps something in between, and a start that confirms it.
    pub(crate) fn confirm(
        &mut self,
        actor: &'static str,
        session: SessionId,
        request: SyncRequest,
    ) {
        self.step(Step::Preview(actor, request.clone()));
        match self.rng.u32(0..9) {
            0 => self.record_changes(),
            1..=3 => self.others_edit(),
            4 => self.targets_edit(session),
            5..=6 => {
                // Somebody leaves, joins, or is found by other filters.
                let learner = self.someone();
                let record = learner_record(&mut self.rng, learner);
                self.system(record);
            }
            _nothing => {}
        }
        self.syncs += 1;
        let sync = SyncId::from_uuid(Uuid::from_u128(0x5100 + self.syncs));
        let back = usize::from(chance(&mut self.rng, 5));
        // M5: what confirms a preview may say the same in other words.
        let request = if self.syncs.is_multiple_of(3) {
            reworded(request)
        } else {
            request
        };
        self.step(Step::Confirm(actor, sync, request, back));
        match self.rng.u32(0..6) {
            0 => self.record_changes(),
            1..=2 => self.targets_edit(session),
            _nothing => {}
        }
        self.step(Step::Work);
    }

    /// Something of a target changes, but nothing of the source.
    fn targets_edit(&mut self, session: SessionId) {
        let learner = self.someone();
        let source = self.world.sessions.get(&session);
        if source.map(|session| session.learner) != Some(learner) {
            self.edit_as("system", learner, 2);
        }
    }

    pub(crate) fn start(&mut self, actor: &'static str, request: SyncRequest) -> bool {
        let again = self.syncs > 0 && chance(&mut self.rng, 2);
        let number = self.syncs + u128::from(!again);
        let sync = SyncId::from_uuid(Uuid::from_u128(0x5100 + number));
        let accepted = self.step(Step::Ask(actor, Ask::StartSync { sync, request }));
        if accepted {
            self.syncs = number;
        }
        accepted
    }
}
