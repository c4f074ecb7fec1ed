//! The fold cache: the data that commits of plans refer to, prepared once for many plans that are
//! fetched: what a sync replayed, and earlier versions of templates.
//!
//! Everything in it can be made again from the log.

use std::collections::HashMap;
use std::sync::Arc;

use crate::event::Event;
use crate::fold::plan::Sources;
use crate::ids::version::TemplateVersion;
use crate::ids::{ProgrammeId, SyncId};
use crate::reference::template::TemplateContent;
use crate::state::current::Current;
use crate::state::tenant::Tenant;
use crate::sync::change_set::ChangeSet;
use crate::sync::prepared::Prepared;

/// The largest number of templates that are kept. Beyond it, all are dropped.
const TEMPLATES_MAX: usize = 64;
/// The largest number of components of syncs that are kept, at about 400 bytes each. Beyond it, all
/// are dropped.
const STEPS_MAX: usize = 250_000;

/// The change sets of the syncs that some commits refer to, as read from the log.
pub type ChangeSets = HashMap<SyncId, Arc<ChangeSet>>;

/// The cache: data prepared for one tenant's state, and for the states that follow it.
#[derive(Debug, Default)]
pub struct FoldCache {
    prepared: HashMap<SyncId, Arc<Prepared>>,
    /// The number of steps of all prepared change sets.
    steps: usize,
    templates: HashMap<(ProgrammeId, TemplateVersion), Arc<TemplateContent>>,
}

impl FoldCache {
    /// A sync that these events refer to and whose change set must be known before they are folded.
    pub fn lacks(&self, tenant: &Tenant, events: &[Event]) -> Option<SyncId> {
        events.iter().find_map(|event| {
            let Event::TargetReplayed(replayed) = event else {
                return None;
            };
            let state = tenant.syncs.get(replayed.sync)?;
            let is_known = state.is_running() || self.prepared.contains_key(&replayed.sync);
            (!is_known).then_some(replayed.sync)
        })
    }

    /// Prepares what these events refer to. The values are entered into the tenant's table.
    pub(crate) fn ready(
        &mut self,
        tenant: &mut Tenant,
        events: &[Event],
        change_sets: &ChangeSets,
    ) {
        for event in events {
            if let Event::TargetReplayed(replayed) = event {
                self.ready_sync(tenant, replayed.sync, change_sets);
            } else if let Event::PlanInstantiated(event) = event {
                self.ready_template(tenant, event.programme, event.template_version);
            } else if let Event::ComponentReadded(event) = event {
                self.ready_template(tenant, event.programme, event.template_version);
            }
        }
    }

    fn ready_sync(&mut self, tenant: &mut Tenant, sync: SyncId, change_sets: &ChangeSets) {
        let Some(state) = tenant.syncs.get(sync) else {
            return;
        };
        if state.is_running() || self.prepared.contains_key(&sync) {
            return;
        }
        let Some(change_set) = change_sets.get(&sync) else {
            return;
        };
        let programme = state.facts().programme;
        let prepared = Prepared::interned(programme, change_set, &mut tenant.values);
        if self.steps + prepared.len() > STEPS_MAX {
            self.prepared.clear();
            self.steps = 0;
        }
        self.steps += prepared.len();
        self.prepared.insert(sync, Arc::new(prepared));
    }

    fn ready_template(
        &mut self,
        tenant: &mut Tenant,
        programme: ProgrammeId,
        version: TemplateVersion,
    ) {
        let Tenant {
            templates,
            values,
            shapes,
            ..
        } = tenant;
        let Some(template) = templates.get(&programme) else {
            return;
        };
        let key = (programme, version);
        if template.current().version() == version || self.templates.contains_key(&key) {
            return;
        }
        if let Some(content) = template.at(programme, version, values, shapes) {
            if self.templates.len() >= TEMPLATES_MAX {
                self.templates.clear();
            }
            self.templates.insert(key, content);
        }
    }
}

/// The present templates and syncs, and those prepared beside them.
#[derive(Debug)]
pub(crate) struct CachedSources<'a> {
    pub(crate) current: Current<'a>,
    pub(crate) fold_cache: &'a FoldCache,
}

impl Sources for CachedSources<'_> {
    fn template(
        &self,
        programme: ProgrammeId,
        version: TemplateVersion,
    ) -> Option<Arc<TemplateContent>> {
        let known = self.fold_cache.templates.get(&(programme, version));
        known
            .cloned()
            .or_else(|| self.current.template(programme, version))
    }

    fn prepared(&self, sync: SyncId) -> Option<Arc<Prepared>> {
        let known = self.fold_cache.prepared.get(&sync);
        known.cloned().or_else(|| self.current.prepared(sync))
    }
}
