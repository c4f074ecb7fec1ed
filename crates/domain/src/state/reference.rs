//! What the events of administrators, learners and programmes do to the state: to the records, and
//! to their places in lists.

use std::sync::Arc;

use crate::event::LearnerPut;
use crate::ids::position::Position;
use crate::ids::{AdministratorId, LearnerId, ProgrammeId};
use crate::reference::administrator::Administrator;
use crate::reference::programme::Programme;
use crate::state::tenant::Tenant;

/// Replaces an administrator's record and updates the place in the list.
pub(crate) fn administrator_put(
    tenant: &mut Tenant,
    administrator: AdministratorId,
    record: Arc<Administrator>,
) {
    let before = tenant.administrators.get(&administrator);
    let before = before.map(|before| before.name.as_str());
    let names = &mut tenant.administrators_by_name;
    let id = Some(administrator.as_str());
    names.put(&administrator, before, record.name.as_str(), id);
    tenant.administrators.insert(administrator, record);
}

/// Removes an administrator, also from the list.
pub(crate) fn administrator_removed(tenant: &mut Tenant, administrator: &AdministratorId) {
    if let Some(before) = tenant.administrators.remove(administrator) {
        let names = &mut tenant.administrators_by_name;
        names.remove(administrator, before.name.as_str());
    }
}

/// Replaces a programme's record and updates the place in the list.
pub(crate) fn programme_put(tenant: &mut Tenant, programme: ProgrammeId, record: Arc<Programme>) {
    let before = tenant.programmes.get(&programme);
    let before = before.map(|before| before.name.as_str());
    let names = &mut tenant.programmes_by_name;
    names.put(&programme, before, &record.name, None);
    tenant.programmes.insert(programme, record);
}

/// D6: what remains of a learner whose erasure was asked for. Nothing in the state has their name any more.
pub(crate) fn learner_erased(
    tenant: &mut Tenant,
    (version, at): (u64, Position),
    learner: LearnerId,
) {
    tenant.erasures.requested(learner);
    if let Some(known) = tenant.learners.get(&learner) {
        let record = known.erased();
        learner_put(tenant, (version, at), &LearnerPut { learner, record });
    }
    tenant.past.erase(learner);
}

/// Replaces a learner's record and updates the places in lists.
pub(crate) fn learner_put(tenant: &mut Tenant, (version, at): (u64, Position), put: &LearnerPut) {
    let record = Arc::new(put.record.clone());
    tenant.directory.remove(&tenant.learners, put.learner);
    let before = tenant.learners.insert(put.learner, record);
    tenant.directory.insert(&tenant.learners, put.learner);
    if let Some(before) = &before {
        let records = (&**before, &put.record);
        tenant.learner_versions.put(put.learner, records, version);
    }
    tenant.past.learner(at, put.learner, before);
}
