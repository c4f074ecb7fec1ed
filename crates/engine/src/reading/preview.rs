//! `sync.preview`: what a sync would do if it were started now, by the same selection and the same judge as
//! the run (M5).

use std::sync::Arc;

use plansync_domain::command::context::Context;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::ProgrammeId;
use plansync_domain::ids::digest::Digest;
use plansync_domain::ids::position;
use plansync_domain::ids::stream::Stream;
use plansync_domain::preview::summary::{Baselines, SummaryRow, Warning, preview_since};
use plansync_domain::selection::{Selection, select};
use plansync_domain::state::tenant::Tenant;
use plansync_domain::sync::pair_outcomes::Tally;
use plansync_domain::sync::request::{StatusFilter, SyncKind, SyncRequest};
use plansync_domain::values::attribute::AttributeSet;
use plansync_log::Position;

use crate::call::Refusal;
use crate::digest::digest;
use crate::reading::Reading;
use crate::reading::headers::{Headers, LastUpdated};
use crate::reading::window::{Listed, Window};
use crate::recorded::baseline::VersionsAt;

/// The summary of a sync (M1, M2, M4), with a part of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The position of the state that it was judged on.
    pub position: Position,
    /// The digest of the request and the change set.
    pub digest: Digest,
    /// What would be replayed for each component.
    pub kind: SyncKind,
    /// The chosen attributes, for `selected_attributes`; empty otherwise.
    pub attributes: AttributeSet,
    /// The programme whose components are synchronised.
    pub programme: ProgrammeId,
    /// The programme's name.
    pub programme_name: String,
    /// The number of components.
    pub components: usize,
    /// The number of learners.
    pub learners: usize,
    /// The conditions (S7).
    pub statuses: StatusFilter,
    /// The outcomes that all pairs would have.
    pub tally: Tally,
    /// Warnings about the whole sync.
    pub warnings: Vec<Warning>,
    /// The rows in the order of the component list.
    pub rows: Listed<PreviewRow>,
}

/// One component and action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// The row.
    pub row: SummaryRow,
    /// The commit that last changed the source's component.
    pub last_updated: LastUpdated,
}

impl Reading<'_> {
    /// `sync.preview`: refused for the first reason that would refuse the start.
    pub fn sync_preview(&self, request: &SyncRequest, window: Window) -> Result<Preview, Refusal> {
        let (tenant, selection) = self.selected(request)?;
        let baselines = self.baselines(request, &selection)?;
        let (tenant, summary) = self.answered(tenant, |tenant| {
            let summary = preview_since(tenant, request.programme, &selection, &baselines);
            Ok(summary?)
        })?;
        let programme = tenant.programme(request.programme);
        let programme = programme.ok_or(Rejection::ProgrammeNotFound(request.programme))?;
        let mut headers = Headers::new(self, Stream::Plan(selection.terms.source));
        let rows = window.of(summary.rows).try_map(|row| {
            let last_updated = headers.of(row.last_updated)?;
            Ok::<_, Refusal>(PreviewRow { row, last_updated })
        })?;
        Ok(Preview {
            position: self.position(),
            digest: digest(request, &selection.change_set, &self.readings.config.keys)?,
            kind: request.kind,
            attributes: request.attributes,
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

    /// The selection of a request, and the state with the plans of all its learners resident.
    pub(super) fn selected(
        &self,
        request: &SyncRequest,
    ) -> Result<(Arc<Tenant>, Selection), Refusal> {
        let tenant = self.with_source(request.session)?;
        let (tenant, selection) =
            self.answered(tenant, |tenant| select(tenant, &self.context(), request))?;
        let learners = selection.learners.iter().copied();
        let tenant = self.ahead(tenant, learners.chain([selection.terms.source]))?;
        Ok((tenant, selection))
    }

    /// The context of a decision on this state.
    pub(super) fn context(&self) -> Context<'_> {
        Context {
            actor: self.actor,
            limits: &self.readings.config.limits,
            position: position::Position::new(self.position().get()),
            digest: &*self.readings.config,
            closed_session: None,
        }
    }

    /// The versions that the targets had at the position of the preview that a request confirms.
    pub(super) fn baselines(
        &self,
        request: &SyncRequest,
        selection: &Selection,
    ) -> Result<Baselines, Refusal> {
        let versions = VersionsAt {
            log: self.log(),
            tenant_id: self.tenant_id,
            tenant: self.tenant(),
        };
        let confirmed = request.confirm.map(|confirm| confirm.position);
        let learners = selection.learners.iter().copied();
        let targets = learners.chain([selection.terms.source]);
        Ok(versions.baselines(confirmed, targets)?)
    }
}
