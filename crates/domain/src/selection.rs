//! Selection: the components, learners and change set that a sync request leads to (S1–S7, T1–T3).
//!
//! [`select`] checks a request step by step; the first step that fails refuses it (R2 in `RULES.md`).
//! Preview and start share this code, so that a sync does what its preview showed. Targets are judged
//! in `judging`.
//!
//! The folder has the lists that a request chooses from, the source, the change set builder, and why a
//! request does not select a learner.
//!
//! May import: `access`, `command`, `ids`, `permission`, `plan`, `progress`, `recent`, `reference`,
//! `state`, `sync`, `text`, `values`.

pub mod change_set_builder;
pub mod component_list;
pub mod filter_values;
pub mod learner_list;
pub mod left_out;
pub mod source;

use std::collections::{BTreeMap, BTreeSet};

use crate::command::context::Context;
use crate::command::limits::Limits;
use crate::command::nothing::Nothing;
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

/// What a request leads to in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Who requested it, from which source, and under which conditions.
    pub terms: Terms,
    /// The version of the source's plan.
    pub source_version: Version,
    /// What is replayed.
    pub change_set: ChangeSet,
    /// The learners: by id, each once, without the source of a `selected_attributes` sync.
    pub learners: Vec<LearnerId>,
    /// The selected components, as the component list shows them and in its order.
    pub listed: Vec<ListedComponent>,
}

/// Resolves a request, or refuses it for the first reason that applies.
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
    check_not_empty(request, (&components, &recent), &learners)?;
    check_counts(components.len(), learners.len(), context.limits)?;
    check_components(&components, &all)?;
    let all = (all, &recent);
    let selection = selection(&source, request, &components, learners, all);
    check_confirmed(context, request, (&source, are_known), &selection)?;
    check_recent_changes(request, &recent)?;
    Ok(selection)
}

/// M5: request and change set are those of the preview that is confirmed, the preview was made
/// since the record was opened, and it is known which learners it showed.
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
    let digest = context
        .digest
        .digest(&request.canonical(), &selection.change_set);
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
        // T3: the source is updated as such, and is not one of the learners.
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
        "attributes can be chosen only with the type selected_attributes; omit them, or use this type",
    ))
}

/// T3: at least one attribute, and only attributes that may be selected.
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
        if !request.kind.replays(attribute) {
            Some("it cannot be chosen; use another type of synchronisation")
        } else if attribute == Attribute::MarkingAidExercise && !tenant.marking_aid() {
            Some("Marking Aid is turned off for the tenant; omit it")
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

/// The learners, and whether they are those of the confirmed preview: "all" and filters mean the
/// learners that it showed (M5), as far as they are known.
fn learners(source: &Source<'_>, request: &SyncRequest) -> (BTreeSet<LearnerId>, bool) {
    let everybody = LearnerFilter::default();
    let filter = match &request.learners {
        Learners::Listed(learners) => return (learners.iter().copied().collect(), true),
        Learners::All => &everybody,
        Learners::Filtered(filter) => filter,
    };
    let programme = request.programme;
    let position = request.confirm.map(|confirm| confirm.position);
    // A position before the record was opened is not that of a preview of it, and is refused for
    // that.
    let position = position.filter(|position| *position >= source.session.opened_at());
    let then = position.map(|position| learner_list::all_then(source, programme, filter, position));
    if let Some(Some(then)) = then {
        return (then, true);
    }
    let now = learner_list::all(source, programme, filter);
    (now.into_iter().collect(), then.is_none())
}

/// S8: at least one component and one learner. The message distinguishes a plan without changes from an empty
/// selection.
fn check_not_empty(
    request: &SyncRequest,
    (components, recent): (&BTreeSet<ComponentId>, &BTreeMap<ComponentId, RecentChange>),
    learners: &BTreeSet<LearnerId>,
) -> Result<(), Rejection> {
    let missing = if components.is_empty() {
        match &request.components {
            Components::Recent if recent.is_empty() => Nothing::Changed,
            Components::Recent => Nothing::LeftToSynchronise,
            Components::All => Nothing::InProgramme,
            Components::Listed(_) => Nothing::ListedComponents,
        }
    } else if learners.is_empty() {
        match &request.learners {
            Learners::All => Nothing::OtherLearners,
            Learners::Filtered(_) => Nothing::MatchingLearners,
            Learners::Listed(_) => Nothing::ListedLearners,
        }
    } else {
        return Ok(());
    };
    Err(Rejection::NothingSelected(missing))
}

/// S3, S4: counts distinct ids as given, known or not. The limits are inclusive.
fn check_counts(components: usize, learners: usize, limits: &Limits) -> Result<(), Rejection> {
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

/// T1: a sync of changes needs at least one recent change.
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
