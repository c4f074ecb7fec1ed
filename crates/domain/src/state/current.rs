//! The templates and syncs that a commit refers to, taken from the present state, because the commit
//! is folded as it is made.

use std::sync::Arc;

use crate::fold::plan::Sources;
use crate::ids::version::TemplateVersion;
use crate::ids::{ProgrammeId, SyncId};
use crate::progress::state::Syncs;
use crate::reference::template::{Template, TemplateContent};
use crate::state::tenant::Tenant;
use crate::sync::prepared::Prepared;

/// The sources of a commit that is folded as it is made: the present templates and syncs.
#[derive(Debug)]
pub(crate) struct Current<'a> {
    pub(crate) templates: &'a imbl::HashMap<ProgrammeId, Template>,
    pub(crate) syncs: &'a Syncs,
}

impl<'a> Current<'a> {
    /// The sources of a state.
    pub(crate) fn of(tenant: &'a Tenant) -> Self {
        Self {
            templates: &tenant.templates,
            syncs: &tenant.syncs,
        }
    }
}

impl Sources for Current<'_> {
    fn template(
        &self,
        programme: ProgrammeId,
        version: TemplateVersion,
    ) -> Option<Arc<TemplateContent>> {
        let current = self.templates.get(&programme)?.current();
        (current.version() == version).then(|| Arc::clone(current))
    }

    fn prepared(&self, sync: SyncId) -> Option<Arc<Prepared>> {
        self.syncs.get(sync).map(|sync| Arc::clone(sync.prepared()))
    }
}
