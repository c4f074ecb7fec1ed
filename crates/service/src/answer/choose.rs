//! Reads of what a sync can be chosen from, and its preview.

use plansync_domain::preview::summary::Warning;
use plansync_domain::selection::component_list::ComponentFilter;
use plansync_domain::selection::filter_values::ListedValue;
use plansync_domain::sync::pair_outcome::PairOutcome;
use plansync_domain::sync::request::LearnerFilter;
use plansync_engine::Refusal;
use plansync_engine::read::{
    ComponentItem, LearnerItem, OutcomeWord, Preview, PreviewRow, Reading,
};
use plansync_protocol::{self as protocol, DecodeError, Digest, List, sync as wire};

use crate::answer::sync::{effective_conditions, pairs};
use crate::answer::{count, last_updated, search, window};
use crate::ask::{check_attributes, learner_filter, sync_request};
use crate::catalogue::Reads;
use crate::words::{ToDomain, ToWire};

impl Reads for protocol::SyncComponents {
    fn page_of(body: &wire::ListSyncComponents) -> protocol::PageOf {
        protocol::PageOf::of(body.hold, body.at)
    }

    fn answer(
        reading: &Reading<'_>,
        body: wire::ListSyncComponents,
    ) -> Result<wire::SyncComponentPage, Refusal> {
        let window = window(body.page, body.page_size);
        let filter = ComponentFilter {
            types: body.types.map(List::into_vec).unwrap_or_default(),
            search: search(body.search),
        };
        let choices = reading.sync_components(body.session, body.programme, &filter, window)?;
        Ok(wire::SyncComponentPage {
            position: None,
            total: count(choices.components.total),
            recent: count(choices.recent),
            items: choices
                .components
                .items
                .into_iter()
                .map(component)
                .collect(),
        })
    }
}

fn component(item: ComponentItem) -> wire::SyncComponent {
    wire::SyncComponent {
        component: item.listed.component,
        name: item.listed.name.to_string(),
        component_type: item.listed.component_type,
        status: item.listed.status.wire(),
        change: item.listed.change.map(ToWire::wire),
        preselected: item.listed.preselected,
        last_updated: last_updated(item.last_updated),
    }
}

impl Reads for protocol::SyncLearners {
    fn page_of(body: &wire::ListSyncLearners) -> protocol::PageOf {
        protocol::PageOf::of(body.hold, body.at)
    }

    fn answer(
        reading: &Reading<'_>,
        body: wire::ListSyncLearners,
    ) -> Result<wire::SyncLearnerPage, Refusal> {
        let window = window(body.page, body.page_size);
        let filter: LearnerFilter = learner_filter(wire::LearnerFilter {
            programme_statuses: body
                .programme_statuses
                .map(List::into_vec)
                .unwrap_or_default(),
            groups: body.groups.map(List::into_vec).unwrap_or_default(),
            tutors: body.tutors.map(List::into_vec).unwrap_or_default(),
            search: body.search,
            except: Vec::new(),
        });
        let listed = reading.sync_learners(body.session, body.programme, &filter, window)?;
        Ok(wire::SyncLearnerPage {
            position: None,
            total: count(listed.total),
            items: listed.items.into_iter().map(learner).collect(),
        })
    }
}

fn learner(item: LearnerItem) -> wire::SyncLearner {
    wire::SyncLearner {
        learner: item.learner,
        name: item.record.name.to_string(),
        programme_status: item.programme_status.wire(),
        groups: item.record.groups,
        tutors: item.record.tutors,
        case_owner: item.record.case_owner,
    }
}

impl Reads for protocol::SyncFilters {
    fn page_of(body: &wire::ListSyncFilters) -> protocol::PageOf {
        protocol::PageOf::of(body.hold, body.at)
    }

    fn answer(
        reading: &Reading<'_>,
        body: wire::ListSyncFilters,
    ) -> Result<wire::SyncFilterPage, Refusal> {
        let window = window(body.page, body.page_size);
        let (session, programme, field) = (body.session, body.programme, body.field.domain());
        let search = search(body.search);
        let listed = reading.sync_filter_values(session, programme, field, &search, window)?;
        let value = |item: ListedValue| wire::FilterValue {
            value: item.value,
            name: item.name.map(|name| name.to_string()),
            count: count(item.count),
        };
        Ok(wire::SyncFilterPage {
            position: None,
            total: count(listed.total),
            items: listed.items.into_iter().map(value).collect(),
        })
    }
}

impl Reads for protocol::SyncPreview {
    fn check(body: &wire::PreviewSync) -> Result<(), DecodeError> {
        check_attributes(body.sync_type, &body.attributes)
    }

    fn answer(
        reading: &Reading<'_>,
        body: wire::PreviewSync,
    ) -> Result<wire::SyncSummary, Refusal> {
        let window = window(body.page, body.page_size);
        let request = sync_request(body.request());
        Ok(summary(reading.sync_preview(&request, window)?))
    }
}

fn summary(preview: Preview) -> wire::SyncSummary {
    wire::SyncSummary {
        position: protocol::Position(preview.position.get()),
        digest: Digest::from_bytes(*preview.digest.as_bytes()),
        sync_type: preview.kind.wire(),
        attributes: preview.attributes.iter().map(ToWire::wire).collect(),
        programme: wire::SummaryProgramme {
            programme: preview.programme,
            name: preview.programme_name,
        },
        components: count(preview.components),
        learners: count(preview.learners),
        statuses: effective_conditions(&preview.statuses),
        all_statuses: preview.statuses.is_empty(),
        pairs: pairs(preview.tally),
        warnings: preview.warnings.into_iter().map(warning).collect(),
        total: count(preview.rows.total),
        rows: preview.rows.items.into_iter().map(row).collect(),
    }
}

fn warning(warning: Warning) -> wire::SummaryWarningCount {
    wire::SummaryWarningCount {
        code: warning.code.wire(),
        message: warning.code.message().to_owned(),
        learners: warning.learners,
        components: warning.components,
    }
}

fn source(pair_outcome: PairOutcome) -> wire::SourceOutcome {
    let outcome = pair_outcome.outcome();
    wire::SourceOutcome {
        outcome: OutcomeWord::of(outcome).wire(),
        reason: outcome.reason().map(ToWire::wire),
    }
}

fn row(item: PreviewRow) -> wire::SummaryRow {
    wire::SummaryRow {
        component: item.row.component,
        name: item.row.name.to_string(),
        component_type: item.row.component_type,
        action: item.row.action.wire(),
        last_updated: Some(last_updated(item.last_updated)),
        synchronised: item.row.synchronised,
        unchanged: item.row.unchanged,
        not_synchronised: item.row.not_synchronised,
        source: item.row.source.map(source),
    }
}
