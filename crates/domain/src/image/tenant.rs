//! The image of a tenant: everything but its plans, of which it keeps the versions.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::administrator::Administrator;
use crate::event::{LearnerPut, TemplatePut, TemplateRemoved};
use crate::ids::{AdministratorId, LearnerId, ProgrammeId, SessionId};
use crate::learner::Learner;
use crate::moves::Moves;
use crate::programme::Programme;
use crate::recent::{Cleared, RecordSession};
use crate::reference::learner_put;
use crate::settings::TenantSettings;
use crate::stream::Stream;
use crate::sync_state::SyncsImage;
use crate::template::TemplateChange;
use crate::template_change;
use crate::tenant::Tenant;
use crate::version::Version;

/// A tenant as it can be kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TenantImage {
    settings: Option<TenantSettings>,
    administrators: Vec<(AdministratorId, Arc<Administrator>)>,
    learners: Vec<(LearnerId, Arc<Learner>)>,
    programmes: Vec<(ProgrammeId, Arc<Programme>)>,
    templates: Vec<(ProgrammeId, Vec<Arc<TemplateChange>>)>,
    moves: Moves,
    sessions: Vec<SessionImage>,
    syncs: SyncsImage,
    versions: Vec<(Stream, u64)>,
    plans: Vec<(LearnerId, Version)>,
}

/// A record session, as it can be kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SessionImage {
    session: SessionId,
    learner: LearnerId,
    administrator: AdministratorId,
    marker: Version,
    /// None of a closed session.
    cleared: Option<Cleared>,
}

impl TenantImage {
    /// The image of a tenant. Its parts are shared with it, where they are large.
    pub fn of(tenant: &Tenant) -> Self {
        let templates = tenant.templates.iter();
        let sessions = tenant.records.iter();
        let mut image = Self {
            settings: tenant.settings,
            administrators: shared(tenant.administrators.iter()),
            learners: shared(tenant.learners.iter()),
            programmes: shared(tenant.programmes.iter()),
            templates: templates
                .map(|(programme, template)| (*programme, template.changes().cloned().collect()))
                .collect(),
            moves: tenant.moves.clone(),
            sessions: sessions
                .map(|(id, session)| SessionImage::of(id, session))
                .collect(),
            syncs: tenant.syncs.image(),
            versions: shared(tenant.versions.iter()),
            plans: tenant.plans.versions().collect(),
        };
        image.sort();
        image
    }

    /// The same tenant has the same image, whatever the order of its maps.
    fn sort(&mut self) {
        self.templates.sort_by_key(|(programme, _)| *programme);
        self.sessions.sort_by_key(|session| session.session);
        self.versions.sort_unstable();
        self.plans.sort_unstable();
    }

    /// The tenant, with every plan away.
    pub fn restore(self) -> Tenant {
        let mut tenant = Tenant {
            settings: self.settings,
            administrators: self.administrators.into_iter().collect(),
            programmes: self.programmes.into_iter().collect(),
            versions: self.versions.into_iter().collect(),
            ..Tenant::default()
        };
        for (learner, record) in self.learners {
            let record = Arc::unwrap_or_clone(record);
            learner_put(&mut tenant, 1, &LearnerPut { learner, record });
        }
        tenant.moves = self.moves;
        for (programme, changes) in self.templates {
            for change in changes {
                put_template(&mut tenant, programme, Arc::unwrap_or_clone(change));
            }
        }
        tenant.syncs = self.syncs.restore(&mut tenant.values);
        for (learner, version) in self.plans {
            tenant.plans.put_away(learner, version);
        }
        for session in self.sessions {
            session.restore(&mut tenant);
        }
        tenant
    }
}

fn shared<'a, K, V>(pairs: impl Iterator<Item = (&'a K, &'a V)>) -> Vec<(K, V)>
where
    K: Clone + 'a,
    V: Clone + 'a,
{
    pairs
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn put_template(tenant: &mut Tenant, programme: ProgrammeId, change: TemplateChange) {
    match change {
        TemplateChange::Put(components) => {
            let put = TemplatePut {
                programme,
                components,
            };
            template_change::template_put(tenant, &put);
        }
        TemplateChange::Removed(components) => {
            let removed = TemplateRemoved {
                programme,
                components,
            };
            template_change::template_removed(tenant, &removed);
        }
    }
}

impl SessionImage {
    fn of(session: SessionId, record: &RecordSession) -> Self {
        Self {
            session,
            learner: record.learner,
            administrator: record.administrator.clone(),
            marker: record.marker,
            cleared: record.cleared().cloned(),
        }
    }

    fn restore(self, tenant: &mut Tenant) {
        let mut session =
            RecordSession::kept(self.learner, self.administrator, self.marker, self.cleared);
        if tenant.plans.is_here(self.learner) {
            // Nobody ever changed it, so nobody will fetch it either.
            session.remember(tenant.plans.get(self.learner));
        }
        tenant.records.keep(self.session, session);
    }
}
