//! What a sync would do, were it started now: the same choice and the same judge as the run (M5).

use plansync_domain::decisions::Tally;
use plansync_domain::digest::Digest;
use plansync_domain::ids::ProgrammeId;
use plansync_domain::rejection::Rejection;
use plansync_domain::request::{StatusFilter, SyncKind, SyncRequest};
use plansync_domain::selection::select;
use plansync_domain::stream::Stream;
use plansync_domain::summary::{SummaryRow, Warning, preview};
use plansync_log::Position;

use crate::call::Refusal;
use crate::change_set::digest;
use crate::read::headers::Headers;
use crate::read::{LastUpdated, Listed, Reading, Window};

/// The summary of a sync (M1, M2, M4), with a part of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The state that it was judged on.
    pub position: Position,
    /// Over the request and the change set.
    pub digest: Digest,
    /// What would be replayed of each component.
    pub kind: SyncKind,
    /// Whose components.
    pub programme: ProgrammeId,
    /// That programme's name.
    pub programme_name: String,
    /// How many components.
    pub components: usize,
    /// How many learners.
    pub learners: usize,
    /// The conditions (S7).
    pub statuses: StatusFilter,
    /// How all pairs would come out.
    pub tally: Tally,
    /// Warnings of the whole.
    pub warnings: Vec<Warning>,
    /// In the order of the component list.
    pub rows: Listed<PreviewRow>,
}

/// One component and action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// The row.
    pub row: SummaryRow,
    /// What last changed the source's component.
    pub last_updated: LastUpdated,
}

impl Reading<'_> {
    /// `sync.preview`: refused for the first reason that would refuse the start.
    pub fn sync_preview(&self, request: &SyncRequest, window: Window) -> Result<Preview, Refusal> {
        let limits = &self.engine.config().limits;
        let selection = select(self.tenant(), self.actor, limits, request)?;
        let programme = self.tenant().programme(request.programme);
        let programme = programme.ok_or(Rejection::ProgrammeNotFound(request.programme))?;
        let summary = preview(self.tenant(), request.programme, &selection);
        let mut headers = Headers::new(self, Stream::Plan(selection.terms.source));
        let rows = window.of(summary.rows).try_map(|row| {
            let last_updated = headers.of(row.last_updated)?;
            Ok::<_, Refusal>(PreviewRow { row, last_updated })
        })?;
        Ok(Preview {
            position: self.position(),
            digest: digest(request, &selection.change_set)?,
            kind: request.kind,
            programme: request.programme,
            programme_name: programme.name.clone(),
            components: summary.components,
            learners: summary.learners,
            statuses: request.statuses.clone(),
            tally: summary.tally,
            warnings: summary.warnings,
            rows,
        })
    }
}
