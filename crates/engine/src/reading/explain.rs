//! `sync.explain`: for one component of a preview, learner by learner, what the sync would change, or the
//! reason why it would not.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::digest::Digest;
use plansync_domain::ids::{ComponentId, ProgrammeId};
use plansync_domain::preview::explain::{AttributeChange, ExplainedPair, Explanation, Side};
use plansync_domain::sync::request::SyncRequest;
use plansync_log::Position;

use crate::call::Refusal;
use crate::digest::digest;
use crate::reading::Reading;
use crate::reading::window::{Listed, Window};

/// A part of the learners on one side of a component's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The position of the state that it was judged on.
    pub position: Position,
    /// The digest of the request and the change set, as in the preview.
    pub digest: Digest,
    /// The programme whose components are synchronised.
    pub programme: ProgrammeId,
    /// The programme's name.
    pub programme_name: String,
    /// The learners by name, then id; learners who are not available last.
    pub pairs: Listed<ExplainedItem>,
}

/// One learner and what would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedItem {
    /// The learner and the judgement.
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
            digest: digest(request, &selection.change_set, &self.readings.config.keys)?,
            programme: request.programme,
            programme_name: programme.name.clone(),
            pairs,
        })
    }
}
