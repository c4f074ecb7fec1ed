//! What a sync request comes to: the components, the learners and the change set (S1–S7, T1–T3).
//!
//! Owns the refusals of a request, in their order. Preview and start share it, so that what is
//! started is what was shown. Refuses to judge targets.
//!
//! The folder has the lists that a request chooses from, the source, and the building of a change set.
//!
//! May import: `access`, `command`, `ids`, `permission`, `plan`, `progress`, `recent`, `reference`,
//! `state`, `sync`, `text`, `values`.

pub mod change_set_builder;
pub mod component_list;
pub mod filter_values;
pub mod learner_list;
pub mod source;

use std::collections::{BTreeMap, BTreeSet};

use crate::command::context::Context;
use crate::command::limits::Limits;
use crate::command::rejection::Rejection;
use crate::command::undecided::Undecided;
use crate::ids::version::Version;
use crate::ids::{ComponentId, LearnerId};
use crate::progress::terms::Terms;
use crate::recent::change::RecentChange;
use crate::selection::component_list::ListedComponent;
use crate::selection::source::Source;
use crate::state::tenant::Tenant;
use crate::sync::change_set::ChangeSet;
use crate::sync::request::{Components, LearnerFilter, Learners, SyncRequest};
use crate::values::attribute::Attribute;

/// What a request comes to, in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Who asks, from where, under which conditions.
    pub terms: Terms,
    /// The version of the source's plan.
    pub source_version: Version,
    /// What is replayed.
    pub change_set: ChangeSet,
    /// Onto whom: by id, each once, and the source of a `selected_attributes` sync not among them.
    pub learners: Vec<LearnerId>,
    /// The selected components as the component list has them, in its order.
    pub listed: Vec<ListedComponent>,
}

/// Resolves a request, or refuses it for the first reason that holds.
pub fn select(
    tenant: &Tenant,
    context: &Context<'_>,
    request: &SyncRequest,
) -> Result<Selection, Undecided> {
    check_attributes_are_for_this_kind(request)?;
    let source = Source::of_session(tenant, context.actor, request.session)?;
    source.permit_sync()?;
    source.choose_programme(request.programme)?;
    check_attributes(tenant, request)?;
    let recent = source.recent_changes(request.programme);
    let all = component_list::all(&source, request.programme, &recent);
    let components = components(request, &all);
    let (learners, are_known) = learners(&source, request);
    check_counts(components.len(), learners.len(), context.limits)?;
    check_components(&components, &all)?;
    let all = (all, &recent);
    let selection = selection(&source, request, &components, learners, all);
    check_confirmed(context, request, (&source, are_known), &selection)?;
    check_recent_changes(request, &recent)?;
    Ok(selection)
}

/// M5: request and change set are those of the preview that is confirmed, which was made since the record
/// was opened, and whom it showed is known.
fn check_confirmed(
    context: &Context<'_>,
    request: &SyncRequest,
    (source, learners_are_known): (&Source<'_>, bool),
    selection: &Selection,
) -> Result<(), Rejection> {
    let Some(confirm) = request.confirm else {
        return Ok(());
    };
    let since_opened = source.session.opened_at()..=context.position;
    let digest = (context.digest)(&request.canonical(), &selection.change_set);
    if !since_opened.contains(&confirm.position) || digest != Some(confirm.digest) {
        Err(Rejection::SourceChanged)
    } else if learners_are_known {
        Ok(())
    } else {
        Err(Rejection::PreviewTooOld)
    }
}

fn selection(
    source: &Source<'_>,
    request: &SyncRequest,
    components: &BTreeSet<ComponentId>,
    mut learners: BTreeSet<LearnerId>,
    (mut all, recent): (Vec<ListedComponent>, &BTreeMap<ComponentId, RecentChange>),
) -> Selection {
    if request.kind.replays_template() {
        // T3: it is updated as the source, and is no learner among others.
        learners.remove(&source.learner);
    }
    all.retain(|listed| components.contains(&listed.component));
    Selection {
        terms: Terms::new(source.administrator.clone(), source.learner, request),
        source_version: source.plan.version(),
        change_set: change_set_builder::change_set(source, request, components, recent),
        learners: learners.into_iter().collect(),
        listed: all,
    }
}

fn check_attributes_are_for_this_kind(request: &SyncRequest) -> Result<(), Rejection> {
    if request.kind.chooses_attributes() || request.attributes.is_empty() {
        return Ok(());
    }
    Err(Rejection::invalid(
        "attributes",
        "only a sync of type selected_attributes chooses attributes; leave them out",
    ))
}

/// T3: at least one attribute, and only those that may be chosen.
fn check_attributes(tenant: &Tenant, request: &SyncRequest) -> Result<(), Rejection> {
    if !request.kind.chooses_attributes() {
        return Ok(());
    }
    if request.attributes.is_empty() {
        return Err(Rejection::AttributeNotAllowed {
            attribute: "attributes",
            problem: "choose at least one attribute to overwrite",
        });
    }
    let problem = |attribute: Attribute| {
        if !attribute.selectable() {
            Some("it cannot be chosen; use another type of sync")
        } else if attribute == Attribute::MarkingAidExercise && !tenant.marking_aid() {
            Some("the tenant has Marking Aid off; leave it out")
        } else {
            None
        }
    };
    let mut problems = request.attributes.iter();
    let first = problems.find_map(|attribute| Some((attribute, problem(attribute)?)));
    match first {
        None => Ok(()),
        Some((attribute, problem)) => Err(Rejection::AttributeNotAllowed {
            attribute: attribute.name(),
            problem,
        }),
    }
}

fn components(request: &SyncRequest, all: &[ListedComponent]) -> BTreeSet<ComponentId> {
    let listed = all.iter();
    match &request.components {
        Components::Recent => listed
            .filter(|listed| listed.preselected)
            .map(|listed| listed.component)
            .collect(),
        Components::All => listed.map(|listed| listed.component).collect(),
        Components::Listed(components) => components.iter().copied().collect(),
    }
}

/// The learners, and whether they are those of the preview that is confirmed: "all" and filters mean whom
/// it showed (M5), as far as that is known.
fn learners(source: &Source<'_>, request: &SyncRequest) -> (BTreeSet<LearnerId>, bool) {
    let everybody = LearnerFilter::default();
    let filter = match &request.learners {
        Learners::Listed(learners) => return (learners.iter().copied().collect(), true),
        Learners::All => &everybody,
        Learners::Filtered(filter) => filter,
    };
    let programme = request.programme;
    let position = request.confirm.map(|confirm| confirm.position);
    // One from before the record was opened is of no preview, and refused for that.
    let position = position.filter(|position| *position >= source.session.opened_at());
    let then = position.map(|position| learner_list::all_then(source, programme, filter, position));
    if let Some(Some(then)) = then {
        return (then, true);
    }
    let now = learner_list::all(source, programme, filter);
    (now.into_iter().collect(), then.is_none())
}

/// S3, S4: over distinct ids as they were given, known or not; the limits are inclusive.
fn check_counts(components: usize, learners: usize, limits: &Limits) -> Result<(), Rejection> {
    if components == 0 || learners == 0 {
        return Err(Rejection::NothingSelected);
    }
    if components > limits.components {
        return Err(Rejection::TooManyComponents {
            limit: limits.components,
        });
    }
    if learners > limits.learners {
        return Err(Rejection::TooManyLearners {
            limit: limits.learners,
        });
    }
    Ok(())
}

fn check_components(
    components: &BTreeSet<ComponentId>,
    all: &[ListedComponent],
) -> Result<(), Rejection> {
    let known: BTreeSet<ComponentId> = all.iter().map(|listed| listed.component).collect();
    match components.difference(&known).next() {
        None => Ok(()),
        Some(unknown) => Err(Rejection::ComponentNotFound(*unknown)),
    }
}

/// T1: only changes can be replayed only where there are any.
fn check_recent_changes(
    request: &SyncRequest,
    recent: &BTreeMap<ComponentId, RecentChange>,
) -> Result<(), Rejection> {
    if request.kind.needs_recent_changes() && recent.is_empty() {
        Err(Rejection::NoRecentChanges)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
