//! What a sync request comes to: the components, the learners and the change set (S1–S7, T1–T3).
//!
//! Owns the refusals of a request, in their order. Preview and start share it, so that what is
//! started is what was shown. Refuses to judge targets.

use std::collections::{BTreeMap, BTreeSet};

use crate::attribute::Attribute;
use crate::change_set::ChangeSet;
use crate::component_list::{self, ListedComponent};
use crate::decide::Context;
use crate::freeze;
use crate::ids::{ComponentId, LearnerId};
use crate::judge::Terms;
use crate::learner_list::{keeps, reached};
use crate::limits::Limits;
use crate::recent::RecentChange;
use crate::rejection::Rejection;
use crate::request::{Components, LearnerFilter, Learners, SyncKind, SyncRequest};
use crate::source::Source;
use crate::tenant::Tenant;
use crate::version::Version;

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
) -> Result<Selection, Rejection> {
    check_attributes_are_for_this_kind(request)?;
    let source = Source::of_session(tenant, context.actor, request.session)?;
    source.permit_sync()?;
    source.choose_programme(request.programme)?;
    check_attributes(tenant, request)?;
    let recent = source.recent_changes(request.programme);
    let all = component_list::all(&source, request.programme, &recent);
    let components = components(request, &all);
    let learners = learners(&source, request);
    check_counts(components.len(), learners.len(), context.limits)?;
    check_components(&components, &all)?;
    let all = (all, &recent);
    let selection = selection(&source, request, &components, learners, all);
    check_confirmed(context, request, &selection)?;
    check_recent_changes(request, &recent)?;
    Ok(selection)
}

/// M5: request and change set are those of the preview that is confirmed.
fn check_confirmed(
    context: &Context<'_>,
    request: &SyncRequest,
    selection: &Selection,
) -> Result<(), Rejection> {
    let Some(confirm) = request.confirm else {
        return Ok(());
    };
    let digest = (context.digest)(&request.unconfirmed(), &selection.change_set);
    if confirm.position <= context.position && digest == Some(confirm.digest) {
        Ok(())
    } else {
        Err(Rejection::SourceChanged)
    }
}

fn selection(
    source: &Source<'_>,
    request: &SyncRequest,
    components: &BTreeSet<ComponentId>,
    mut learners: BTreeSet<LearnerId>,
    (mut all, recent): (Vec<ListedComponent>, &BTreeMap<ComponentId, RecentChange>),
) -> Selection {
    if request.kind == SyncKind::SelectedAttributes {
        // T3: it is updated as the source, and is no learner among others.
        learners.remove(&source.learner);
    }
    all.retain(|listed| components.contains(&listed.component));
    Selection {
        terms: Terms::new(source.administrator.clone(), source.learner, request),
        source_version: source.plan.version(),
        change_set: freeze::change_set(source, request, components, recent),
        learners: learners.into_iter().collect(),
        listed: all,
    }
}

fn check_attributes_are_for_this_kind(request: &SyncRequest) -> Result<(), Rejection> {
    if request.kind == SyncKind::SelectedAttributes || request.attributes.is_empty() {
        return Ok(());
    }
    Err(Rejection::invalid(
        "attributes",
        "only a sync of type selected_attributes chooses attributes; leave them out",
    ))
}

/// T3: at least one attribute, and only those that may be chosen.
fn check_attributes(tenant: &Tenant, request: &SyncRequest) -> Result<(), Rejection> {
    if request.kind != SyncKind::SelectedAttributes {
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

fn learners(source: &Source<'_>, request: &SyncRequest) -> BTreeSet<LearnerId> {
    let everybody = LearnerFilter::default();
    let filter = match &request.learners {
        Learners::Listed(learners) => return learners.iter().copied().collect(),
        Learners::All => &everybody,
        Learners::Filtered(filter) => filter,
    };
    reached(source, request.programme)
        .filter(|listed| keeps(filter, listed))
        .map(|listed| listed.id)
        .collect()
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
    if request.kind == SyncKind::ChangesOnly && recent.is_empty() {
        Err(Rejection::NoRecentChanges)
    } else {
        Ok(())
    }
}
