//! `sync.affected`: the learners of a preview, one row each.

use plansync_domain::ids::ProgrammeId;
use plansync_domain::ids::digest::Digest;
use plansync_domain::preview::affected::{AffectedLearner, affected};
use plansync_domain::sync::request::SyncRequest;
use plansync_log::Position;

use crate::call::Refusal;
use crate::digest::digest;
use crate::reading::Reading;
use crate::reading::window::{Listed, Window};

/// A part of the learners of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The position of the state that it was judged on.
    pub position: Position,
    /// The digest of the request and the change set, as in the preview.
    pub digest: Digest,
    /// The programme whose components are synchronised.
    pub programme: ProgrammeId,
    /// By name, then id; learners who are not available last.
    pub learners: Listed<AffectedLearner>,
}

impl Reading<'_> {
    /// `sync.affected` (M2a): refused for the first reason that would refuse the preview.
    pub fn sync_affected(
        &self,
        request: &SyncRequest,
        window: Window,
    ) -> Result<Affected, Refusal> {
        let (tenant, selection) = self.selected(request)?;
        let baselines = self.baselines(request, &selection)?;
        let programme = request.programme;
        let (_, learners) = self.answered(tenant, |tenant| {
            Ok(affected(tenant, programme, &selection, &baselines)?)
        })?;
        Ok(Affected {
            position: self.position(),
            digest: digest(request, &selection.change_set, &self.readings.config.keys)?,
            programme,
            learners: window.of(learners),
        })
    }
}
