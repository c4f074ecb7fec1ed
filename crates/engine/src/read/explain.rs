//! A row of a preview, opened: learner by learner what would be done, why not, and what changes.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::digest::Digest;
use plansync_domain::ids::{ComponentId, ProgrammeId};
use plansync_domain::preview::explain::{AttributeChange, ExplainedPair, Explanation, Side};
use plansync_domain::sync::request::SyncRequest;
use plansync_log::Position;

use crate::call::Refusal;
use crate::change_set::digest;
use crate::read::{Listed, Reading, Window};

/// A part of one side of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The state that it was judged on.
    pub position: Position,
    /// Over the request and the change set, as the preview has it.
    pub digest: Digest,
    /// Whose components.
    pub programme: ProgrammeId,
    /// That programme's name.
    pub programme_name: String,
    /// By name, then id; learners who are not available last.
    pub pairs: Listed<ExplainedItem>,
}

/// One learner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedItem {
    /// Who, and what is decided.
    pub pair: ExplainedPair,
    /// The attributes that would change.
    pub changes: Vec<AttributeChange>,
}

impl Reading<'_> {
    /// `sync.explain` (M3): refused for the first reason that would refuse the preview, and
    /// `component_not_found` for a component that the request does not select.
    pub fn sync_explain(
        &self,
        request: &SyncRequest,
        component: ComponentId,
        side: Side,
        window: Window,
    ) -> Result<Explained, Refusal> {
        let (tenant, selection) = self.selected(request)?;
        let baselines = self.baselines(request, &selection)?;
        let (tenant, pairs) = self.answered(tenant, |tenant| {
            let programme = request.programme;
            let mut explanation =
                Explanation::new(tenant, programme, &selection, component, side, &baselines)?;
            let pairs = window.of(explanation.pairs().to_vec());
            pairs.try_map(|pair| {
                let changes = explanation.changes(&pair)?;
                Ok(ExplainedItem { pair, changes })
            })
        })?;
        let programme = tenant.programme(request.programme);
        let programme = programme.ok_or(Rejection::ProgrammeNotFound(request.programme))?;
        Ok(Explained {
            position: self.position(),
            digest: digest(request, &selection.change_set)?,
            programme: request.programme,
            programme_name: programme.name.clone(),
            pairs,
        })
    }
}
