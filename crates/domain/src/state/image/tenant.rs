//! The image of a tenant: everything except its plans, of which only the versions are stored.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::event::{TemplatePut, TemplateRemoved};
use crate::ids::stream::Stream;
use crate::ids::version::Version;
use crate::ids::{AdministratorId, LearnerId, ProgrammeId, SessionId};
use crate::progress::state::SyncsImage;
use crate::recent::RecordSession;
use crate::recent::closings::Closings;
use crate::recent::taken::Taken;
use crate::recent::usage::UsageImage;
use crate::reference::administrator::Administrator;
use crate::reference::programme::Programme;
use crate::reference::settings::TenantSettings;
use crate::reference::template::TemplateChange;
use crate::state::erasures::Erasures;
use crate::state::image::learners::{BadImage, LearnersImage};
use crate::state::learner_versions::LearnerVersions;
use crate::state::past::Past;
use crate::state::reference;
use crate::state::template;
use crate::state::tenant::Tenant;

/// A tenant as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TenantImage {
    settings: Option<TenantSettings>,
    administrators: Vec<(AdministratorId, Arc<Administrator>)>,
    learners: LearnersImage,
    programmes: Vec<(ProgrammeId, Arc<Programme>)>,
    templates: Vec<(ProgrammeId, Vec<Arc<TemplateChange>>)>,
    #[serde(rename = "moves")]
    learner_versions: LearnerVersions,
    /// In the order of their last touches.
    sessions: Vec<SessionImage>,
    closings: Closings,
    erasures: Erasures,
    past: Past,
    syncs: SyncsImage,
    versions: Vec<(Stream, u64)>,
    plans: Vec<(LearnerId, Version)>,
    rejected_bytes: u64,
}

/// A record session as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SessionImage {
    session: SessionId,
    learner: LearnerId,
    administrator: AdministratorId,
    marker: Version,
    taken: Taken,
    usage: UsageImage,
}

impl TenantImage {
    /// The image of a tenant. Large parts are shared with it.
    pub fn of(tenant: &Tenant) -> Self {
        let templates = tenant.templates.iter();
        let sessions = tenant.records.by_touch();
        let mut image = Self {
            settings: tenant.settings,
            administrators: shared(tenant.administrators.iter()),
            learners: by_name(tenant),
            programmes: shared(tenant.programmes.iter()),
            templates: templates
                .map(|(programme, template)| (*programme, template.changes().cloned().collect()))
                .collect(),
            learner_versions: tenant.learner_versions.clone(),
            sessions: sessions
                .map(|(id, session)| SessionImage::of(id, session))
                .collect(),
            closings: tenant.records.closings().clone(),
            erasures: tenant.erasures.clone(),
            past: tenant.past.clone(),
            syncs: tenant.syncs.image(),
            versions: shared(tenant.versions.iter()),
            plans: tenant.plans.versions().collect(),
            rejected_bytes: tenant.rejected_bytes,
        };
        image.sort();
        image
    }

    /// Equal tenants have equal images, whatever the order of their maps.
    fn sort(&mut self) {
        self.templates.sort_by_key(|(programme, _)| *programme);
        self.versions.sort_unstable();
        self.plans.sort_unstable();
    }

    /// The tenant, with no plan resident.
    ///
    /// # Errors
    ///
    /// [`BadImage`] if the image is damaged.
    pub fn restore(self) -> Result<Tenant, BadImage> {
        let learners = self.learners.restore()?;
        let mut tenant = Tenant {
            directory: learners.directory,
            learners: learners.records,
            learner_stream_versions: learners.versions,
            settings: self.settings,
            versions: self.versions.into_iter().collect(),
            erasures: self.erasures,
            past: self.past,
            rejected_bytes: self.rejected_bytes,
            ..Tenant::default()
        };
        for (administrator, record) in self.administrators {
            reference::administrator_put(&mut tenant, administrator, record);
        }
        for (programme, record) in self.programmes {
            reference::programme_put(&mut tenant, programme, record);
        }
        tenant.learner_versions = self.learner_versions;
        for (programme, changes) in self.templates {
            for change in changes {
                put_template(&mut tenant, programme, Arc::unwrap_or_clone(change));
            }
        }
        tenant.syncs = self.syncs.restore(&mut tenant.values);
        for (learner, version) in self.plans {
            tenant.plans.evict(learner, version);
        }
        for session in self.sessions {
            session.restore(&mut tenant);
        }
        tenant.records.keep_closings(self.closings);
        Ok(tenant)
    }
}

fn by_name(tenant: &Tenant) -> LearnersImage {
    let known = |id| {
        let record = tenant.learner(id)?;
        Some((id, record, tenant.version_of(&Stream::Learner(id))))
    };
    LearnersImage::of(tenant.directory.iter().filter_map(known))
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
            template::template_put(tenant, &put);
        }
        TemplateChange::Removed(components) => {
            let removed = TemplateRemoved {
                programme,
                components,
            };
            template::template_removed(tenant, &removed);
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
            taken: record.taken().clone(),
            usage: UsageImage::of(record.usage),
        }
    }

    fn restore(self, tenant: &mut Tenant) {
        let usage = self.usage.restore();
        let mut session = RecordSession::kept(
            self.learner,
            self.administrator,
            self.marker,
            self.taken,
            usage,
        );
        if let Ok(plan) = tenant.plans.get(self.learner) {
            // Its plan was never changed, so it will not be fetched.
            session.remember(plan);
        }
        tenant.records.keep(self.session, session);
    }
}
