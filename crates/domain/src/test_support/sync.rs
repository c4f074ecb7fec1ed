//! Common parts of the tests of syncs: a programme, its learners, an open record, and running a
//! sync to its end.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::command::decided::Decided;
use crate::command::rejection::Rejection;
use crate::command::{Command, Edit};
use crate::event::Event;
use crate::event::sync::TargetReplayed;
use crate::history::target_told;
use crate::history::task_changes;
use crate::ids::stream::Stream;
use crate::ids::{Actor, AdministratorId, LearnerId};
use crate::judging::judge::Judge;
use crate::permission::Permission;
use crate::plan::ComponentView;
use crate::plan::status::Status;
use crate::recent::change::RecentChange;
use crate::selection::{Selection, select};
use crate::sync::confirm::Confirm;
use crate::sync::pair_outcome::{Action, OwnerEffect, PairOutcome, Reason};
use crate::sync::pair_outcomes::PairOutcomes;
use crate::sync::prepared::Prepared;
use crate::sync::request::{Components, Learners, StatusFilter, SyncKind, SyncRequest};
use crate::test_support::{
    Given, actor, attributes, component, digest, given, learner, named, programme, session, sync,
    template_component,
};
use crate::values::attribute::{Attribute, AttributeSet};
use crate::values::value::Value;

/// The learner whose record Alice has open.
pub(crate) const SOURCE: u128 = 1;
/// A learner on the same programme with the same components.
pub(crate) const TARGET: u128 = 2;
/// Another such learner.
pub(crate) const OTHER: u128 = 3;

/// Programme 1 with components 1, 2 and 3 on the plans of learners 1, 2 and 3. Alice, who may do
/// everything, has learner 1's record open as session 1. Bob may do everything too.
pub(crate) fn open_record() -> Given {
    closed_record().opened("alice", SOURCE, 1)
}

/// The same without an open record.
pub(crate) fn closed_record() -> Given {
    closed_record_of(["assignment"; 3])
}

/// The same with components of these types.
pub(crate) fn closed_record_of(types: [&str; 3]) -> Given {
    let [one, two, three] = types;
    let template = [(1, one), (2, two), (3, three)];
    let template = template.map(|(number, of_type)| template_component(number, of_type));
    let programme = given()
        .administrator("alice", [Permission::Supervisor])
        .administrator("bob", [Permission::Supervisor])
        .programme(1)
        .template(1, template);
    [SOURCE, TARGET, OTHER]
        .into_iter()
        .fold(programme, |given, number| {
            given.learner(number, [1]).instantiated(number)
        })
}

impl Given {
    pub(crate) fn instantiated(self, number: u128) -> Self {
        let (learner, programme) = (learner(number), programme(1));
        self.done(
            &Actor::System,
            &Command::InstantiatePlan { learner, programme },
        )
    }

    pub(crate) fn opened(self, by: &str, number: u128, session_number: u128) -> Self {
        let (learner, session) = (learner(number), session(session_number));
        self.done(&actor(by), &Command::OpenRecord { learner, session })
    }

    /// Adds a commit of edits.
    pub(crate) fn edited<const N: usize>(self, by: &str, number: u128, edits: [Edit; N]) -> Self {
        let command = Command::EditPlan {
            learner: learner(number),
            expected_version: None,
            edits: edits.into(),
        };
        self.done(&by.parse().unwrap(), &command)
    }

    /// Starts the sync with this number, up to its acceptance.
    pub(crate) fn started(self, by: &str, number: u128, request: &SyncRequest) -> Self {
        let command = Command::StartSync {
            sync: sync(number),
            request: request.clone(),
        };
        match self.when(&actor(by), &command).0 {
            Ok(Decided::Sync {
                change_set,
                mut accepted,
            }) => {
                accepted.entries = change_set.entries().to_vec();
                let stream = Stream::Sync(accepted.sync);
                self.commit(&actor(by), &stream, &[Event::SyncAccepted(accepted)])
            }
            other => panic!("{request:?} came to {other:?}"),
        }
    }

    /// Replays the sync with this number on its next target.
    pub(crate) fn worked(self, number: u128) -> Self {
        let state = self.tenant.sync(sync(number)).unwrap();
        let target = state.waiting().next().unwrap();
        let mut judge = Judge::new(state.terms().clone(), Arc::clone(state.prepared()));
        let confirmed = state.confirmed_at();
        let since = confirmed.map(|position| self.baseline(target, position));
        let judgement = judge.judge_target_since(&self.tenant, target, since.as_ref());
        let judgement = judgement.unwrap();
        let stream = if judgement.changes_plan() {
            Stream::Plan(target)
        } else {
            Stream::Target(sync(number).of_target(target))
        };
        let by = Actor::Administrator(state.requested_by().clone());
        let components = state.change_set().entries().iter();
        let components = components.map(|entry| entry.component);
        let replayed = TargetReplayed {
            sync: sync(number),
            learner: target,
            cancelled: task_changes::may_cancel(&judgement.pair_outcomes).then(|| {
                let plan = self.tenant.plan(target);
                let pair_outcomes = &judgement.pair_outcomes;
                task_changes::cancelled(
                    target,
                    plan,
                    components,
                    pair_outcomes,
                    target_told::IDS_MAX,
                )
            }),
            pair_outcomes: judgement.pair_outcomes,
            case_owner: judgement.case_owner,
            cause: None,
        };
        self.commit(&by, &stream, &[Event::TargetReplayed(replayed)])
    }

    /// Runs the sync with this number to its end.
    pub(crate) fn run(mut self, number: u128) -> Self {
        loop {
            let state = self.tenant.sync(sync(number)).unwrap();
            if let Some(completed) = state.completion() {
                let by = Actor::Administrator(state.requested_by().clone());
                let stream = Stream::Sync(sync(number));
                return self.commit(&by, &stream, &[Event::SyncCompleted(completed)]);
            }
            self = self.worked(number);
        }
    }

    /// Starts a sync as Alice and runs it to its end.
    pub(crate) fn synced(self, number: u128, request: &SyncRequest) -> Self {
        self.started("alice", number, request).run(number)
    }

    /// The component with this number on a learner's plan.
    pub(crate) fn on_plan(&self, number: u128, of: u128) -> Option<ComponentView<'_>> {
        self.tenant.plan(learner(of)).component(component(number))
    }

    /// An attribute of a component that exists.
    pub(crate) fn value(&self, number: u128, of: u128, attribute: Attribute) -> Value {
        let view = self.on_plan(number, of).unwrap();
        self.tenant.values().get(view.value(attribute)).clone()
    }

    /// The recent changes of the session with this number; none of a closed one.
    pub(crate) fn recent(&self, number: u128) -> Vec<RecentChange> {
        let Some(session) = self.tenant.session(session(number)) else {
            return Vec::new();
        };
        let plan = self.tenant.plan(session.learner);
        let changes = session.recent_changes(plan, self.tenant.values());
        changes.unwrap()
    }

    /// The selection of a request by Alice.
    pub(crate) fn selected(&self, request: &SyncRequest) -> Result<Selection, Rejection> {
        let selected = select(&self.tenant, &self.context(&actor("alice")), request);
        selected.map_err(crate::test_support::rejection)
    }

    /// The outcomes of one learner in a preview by Alice.
    pub(crate) fn judged(&self, request: &SyncRequest, number: u128) -> Vec<PairOutcome> {
        let selection = self.selected(request).unwrap();
        let values = self.tenant.values();
        let prepared = Prepared::new(request.programme, &selection.change_set, values);
        let mut judge = Judge::new(selection.terms, Arc::new(prepared));
        let judgement = judge.judge_target(&self.tenant, learner(number)).unwrap();
        judgement.pair_outcomes.iter().collect()
    }

    /// The request that confirms a preview by Alice now.
    pub(crate) fn confirming(&self, request: &SyncRequest) -> SyncRequest {
        let selection = self.selected(request).unwrap();
        let digest = digest(request, &selection.change_set).unwrap();
        let position = self.position();
        SyncRequest {
            confirm: Some(Confirm { position, digest }),
            ..request.clone()
        }
    }

    /// The recorded outcomes of one learner in the sync with this number.
    pub(crate) fn recorded(&self, number: u128, of: u128) -> Vec<PairOutcome> {
        self.replayed(number, of).pair_outcomes.iter().collect()
    }

    /// The case owner who is recorded with them.
    pub(crate) fn recorded_case_owner(&self, number: u128, of: u128) -> Option<AdministratorId> {
        self.replayed(number, of).case_owner.clone()
    }

    fn replayed(&self, number: u128, of: u128) -> &TargetReplayed {
        let events = self.commits.iter().flat_map(|(_, _, events)| events);
        let replayed = events.filter_map(|event| {
            let Event::TargetReplayed(replayed) = event else {
                return None;
            };
            Some(replayed)
        });
        let (sync, learner) = (sync(number), learner(of));
        let mut found =
            replayed.filter(|replayed| replayed.sync == sync && replayed.learner == learner);
        found.next().unwrap()
    }

    /// The outcomes of all learners in a preview by Alice.
    pub(crate) fn previewed(&self, request: &SyncRequest) -> BTreeMap<LearnerId, PairOutcomes> {
        let selection = self.selected(request).unwrap();
        let values = self.tenant.values();
        let prepared = Prepared::new(request.programme, &selection.change_set, values);
        let mut judge = Judge::new(selection.terms, Arc::new(prepared));
        let learners = selection.learners.into_iter();
        learners
            .map(|learner| {
                let judged = judge.judge_target(&self.tenant, learner);
                (learner, judged.unwrap().pair_outcomes)
            })
            .collect()
    }
}

/// A sync of this type from session 1, of all components to all learners.
pub(crate) fn everything(kind: SyncKind) -> SyncRequest {
    SyncRequest {
        session: session(1),
        programme: programme(1),
        components: Components::All,
        learners: Learners::All,
        statuses: StatusFilter::default(),
        kind,
        attributes: AttributeSet::EMPTY,
        confirm: None,
    }
}

/// A sync of this type from session 1, of these components to these learners.
pub(crate) fn request<const C: usize, const L: usize>(
    kind: SyncKind,
    components: [u128; C],
    learners: [u128; L],
) -> SyncRequest {
    SyncRequest {
        components: Components::Listed(components.map(component).into()),
        learners: Learners::Listed(learners.map(learner).into()),
        ..everything(kind)
    }
}

/// A sync of selected attributes.
pub(crate) fn choosing<const N: usize>(
    request: SyncRequest,
    attributes: [Attribute; N],
) -> SyncRequest {
    SyncRequest {
        kind: SyncKind::SelectedAttributes,
        attributes: attributes.into_iter().collect(),
        ..request
    }
}

/// Sets an attribute of a component.
pub(crate) fn set(number: u128, attribute: Attribute, value: Value) -> Edit {
    Edit::Change {
        component: component(number),
        set: attributes([(attribute, value)]),
        reason: None,
    }
}

/// Renames a component.
pub(crate) fn rename(number: u128, name: &str) -> Edit {
    set(number, Attribute::Name, name.into())
}

/// Adds an assignment by hand.
pub(crate) fn add(number: u128) -> Edit {
    Edit::Add {
        component: component(number),
        programme: programme(1),
        component_type: "assignment".parse().unwrap(),
        attributes: named(&format!("Component {number}")),
    }
}

/// Removes a component.
pub(crate) fn remove(number: u128) -> Edit {
    Edit::Remove {
        component: component(number),
    }
}

/// Records progress.
pub(crate) fn progress(number: u128, status: Status) -> Edit {
    Edit::SetStatus {
        component: component(number),
        status,
    }
}

/// A set of criteria.
pub(crate) fn criteria<const N: usize>(codes: [&str; N]) -> Value {
    Value::codes(codes)
}

/// A list of documents.
pub(crate) fn documents<const N: usize>(documents: [&str; N]) -> Value {
    Value::Documents(documents.map(Arc::from).into())
}

/// An owner.
pub(crate) fn owned_by(name: &str) -> Value {
    Value::Administrator(name.parse().unwrap())
}

/// The target's component changes, and its owner stays.
pub(crate) const APPLIED: PairOutcome =
    PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, false);
/// The target's component changes and gets the source's owner.
pub(crate) const APPLIED_WITH_OWNER: PairOutcome =
    PairOutcome::applied(Action::Synchronise, OwnerEffect::Source, false);
/// The target gets the component, without an owner.
pub(crate) const CREATED: PairOutcome =
    PairOutcome::applied(Action::Create, OwnerEffect::Kept, false);
/// The target loses the component.
pub(crate) const DELETED: PairOutcome =
    PairOutcome::applied(Action::Delete, OwnerEffect::Kept, false);
/// There is nothing to change.
pub(crate) const UNCHANGED: PairOutcome = PairOutcome::unchanged(Action::Synchronise);

/// The target's component stays as it is.
pub(crate) const fn skipped(reason: Reason) -> PairOutcome {
    PairOutcome::skipped(Action::Synchronise, reason)
}
