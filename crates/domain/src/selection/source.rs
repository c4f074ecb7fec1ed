//! The source of a sync: the learner whose record an administrator has open, with the refusals that
//! come before anything is selected.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::erasure::refuse_erased;
use crate::access::own_session::own_session;
use crate::access::target_eligibility;
use crate::command::rejection::Rejection;
use crate::command::undecided::Undecided;
use crate::ids::{Actor, AdministratorId, ComponentId, LearnerId, ProgrammeId, SessionId};
use crate::permission::PermissionSet;
use crate::plan::Plan;
use crate::recent::change::RecentChange;
use crate::recent::{RecordSession, Remembered};
use crate::state::tenant::Tenant;

/// An open record, its learner's plan, and the administrator who has it open.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// The state that everything is read from.
    pub tenant: &'a Tenant,
    /// The administrator who has the record open.
    pub administrator: &'a AdministratorId,
    /// The administrator's permissions.
    pub permissions: PermissionSet,
    /// The session.
    pub session: &'a RecordSession,
    remembered: Remembered<'a>,
    /// The learner whose record it is.
    pub learner: LearnerId,
    /// The learner's present plan.
    pub plan: Arc<Plan>,
}

impl<'a> Source<'a> {
    /// The source of an open session; `session_not_open` if it is not open or somebody else's, then
    /// `learner_not_available` or `learner_erased`.
    pub fn of_session(
        tenant: &'a Tenant,
        actor: &'a Actor,
        session: SessionId,
    ) -> Result<Self, Undecided> {
        let session = own_session(tenant, actor, session)?;
        let administrator = &session.administrator;
        let learner = session.learner;
        target_eligibility::seen(tenant, administrator, learner)
            .map_err(|_| Rejection::LearnerNotAvailable)?;
        refuse_erased(tenant, learner)?;
        let known = tenant.administrator(administrator);
        Ok(Self {
            tenant,
            administrator,
            permissions: known.map(|known| known.permissions).unwrap_or_default(),
            session,
            remembered: session.remembered()?,
            learner,
            plan: Arc::clone(tenant.resident_plan(learner)?),
        })
    }

    /// P6: `sync_not_permitted`.
    pub fn permit_sync(&self) -> Result<(), Rejection> {
        if self.permissions.can_sync() {
            Ok(())
        } else {
            Err(Rejection::SyncNotPermitted)
        }
    }

    /// S2: `programme_not_found` unless the programme is known and the source is enrolled on it.
    pub fn choose_programme(&self, programme: ProgrammeId) -> Result<(), Rejection> {
        let learner = self.tenant.learner(self.learner);
        let enrolled = learner.is_some_and(|learner| learner.enrolment(programme).is_some());
        if enrolled && self.tenant.programme(programme).is_some() {
            Ok(())
        } else {
            Err(Rejection::ProgrammeNotFound(programme))
        }
    }

    /// The session's recent changes.
    pub fn all_recent_changes(&self) -> Vec<RecentChange> {
        self.remembered
            .recent_changes(&self.plan, self.tenant.values())
    }

    /// The session's recent changes of a programme's components.
    pub fn recent_changes(&self, programme: ProgrammeId) -> BTreeMap<ComponentId, RecentChange> {
        self.all_recent_changes()
            .into_iter()
            .filter(|change| change.programme == programme)
            .map(|change| (change.component, change))
            .collect()
    }
}
