//! Reading: what one actor may see of one tenant at one durable position.
//!
//! Owns who may read what, in which order, and how lists are cut into pages. Decides and changes
//! nothing, and knows no wire.
//!
//! `engine.reading(&tenant, &actor)?` admits who asks and holds the state; every operation is a
//! method of [`Reading`], and answers in the domain's types. What was decided earlier is read back
//! from the log. All of it is durable, so that an answer may leave at once.
//!
//! | file | answers |
//! | --- | --- |
//! | `held` | `reading_held`, `hold`: pages that are of one state |
//! | `reference` | `settings`, `administrator`, `administrators`, `name_of`, `programme`, `programmes`, `myself` |
//! | `people` | `learner`, `learners`, `find_learners` |
//! | `template` | `template` |
//! | `plan` | `plan`, as it is or, by `plan_at`, as it was |
//! | `history` | `plan_history` |
//! | `plan_change` | `plan_change` |
//! | `session` | `open_records`, `recent_changes` |
//! | `choose` | `sync_components`, `sync_learners`, `sync_filter_values` |
//! | `preview` | `sync_preview` |
//! | `affected` | `sync_affected` |
//! | `explain` | `sync_explain` |
//! | `sync` | `sync`, `syncs` |
//! | `outcomes` | `sync_outcomes` |
//! | `change_set_entries` | `sync_changes` |

mod affected;
mod change_set_entries;
mod change_sets;
mod choose;
mod decided;
mod explain;
mod headers;
mod held;
mod history;
mod look_back;
mod outcomes;
mod people;
mod plan;
mod plan_at;
mod plan_change;
mod preview;
mod reasons;
mod reference;
mod session;
mod sync;
mod targets;
mod template;
mod window;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::Arc;

use plansync_domain::access::admission::admit_actor;
use plansync_domain::access::own_session::own_session;
use plansync_domain::access::visibility::visible_learner;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::command::undecided::Undecided;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, LearnerId, SessionId, TenantId};
use plansync_domain::permission::PermissionReason;
use plansync_domain::reference::learner::Learner;
use plansync_domain::state::tenant::Tenant;
use plansync_log::{Position, Read, Sequenced, StreamId};

use crate::call::Refusal;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::fold::{Decided, decided};
use crate::naming::stream_id;
use crate::snapshot::Snapshot;

pub use affected::Affected;
pub use change_set_entries::ChangeSetEntries;
pub use choose::{ComponentChoices, ComponentItem, LearnerItem};
pub use explain::{Explained, ExplainedItem};
pub use headers::LastUpdated;
pub(crate) use held::HeldReadings;
pub use history::PlanCommit;
pub(crate) use look_back::LookBack;
pub use outcomes::{OutcomeFilter, OutcomeItem, OutcomeWord};
pub use people::{FoundLearner, LearnerListFilter};
pub use plan::{ComponentItems, PlanComponent};
pub use plan_change::{ChangedComponent, PlanChanged};
pub use preview::{Preview, PreviewRow};
pub use reference::{KnownProgramme, Myself};
pub use session::{OpenRecord, RecentItem};
pub use sync::{SyncProgress, SyncQuery};
pub use template::TemplateItems;
pub use window::{Listed, Window};

/// One actor's view of one tenant, at one position.
pub struct Reading<'a> {
    engine: &'a Engine,
    tenant_id: &'a TenantId,
    actor: &'a Actor,
    snapshot: Snapshot,
    /// Whose plan was looked at, as the source of a sync.
    source: OnceCell<LearnerId>,
    /// Of a state that was held: whose plans it still has.
    held: Option<BTreeSet<LearnerId>>,
}

impl Engine {
    /// What an actor sees of a tenant now: `tenant_not_found`, `unknown_actor`.
    pub fn reading<'a>(
        &'a self,
        tenant: &'a TenantId,
        actor: &'a Actor,
    ) -> Result<Reading<'a>, Rejection> {
        let snapshot = self.snapshot(tenant);
        admit_actor(&snapshot.tenant, actor)?;
        Ok(Reading::of(self, tenant, actor, snapshot))
    }
}

impl<'a> Reading<'a> {
    fn of(
        engine: &'a Engine,
        tenant_id: &'a TenantId,
        actor: &'a Actor,
        snapshot: Snapshot,
    ) -> Self {
        Self {
            engine,
            tenant_id,
            actor,
            snapshot,
            source: OnceCell::new(),
            held: None,
        }
    }
}

impl Reading<'_> {
    /// The position that everything here is read at.
    pub fn position(&self) -> Position {
        self.snapshot.position
    }

    pub(crate) fn tenant(&self) -> &Tenant {
        &self.snapshot.tenant
    }

    /// The state with these plans resident.
    fn with_plans(
        &self,
        learners: impl IntoIterator<Item = LearnerId>,
    ) -> Result<Arc<Tenant>, Refusal> {
        self.with_more_plans(Arc::clone(&self.snapshot.tenant), learners)
    }

    /// One of the states of this reading, with these plans resident, too.
    fn with_more_plans(
        &self,
        tenant: Arc<Tenant>,
        learners: impl IntoIterator<Item = LearnerId>,
    ) -> Result<Arc<Tenant>, Refusal> {
        let learners: Vec<_> = learners.into_iter().collect();
        if let Some(held) = &self.held
            && !learners.iter().all(|learner| held.contains(learner))
        {
            return Err(Refusal::ReadingExpired);
        }
        let snapshot = Snapshot {
            tenant,
            ..self.snapshot.clone()
        };
        self.engine
            .with_plans(&snapshot, self.tenant_id, learners.into_iter())
    }

    /// Answers from a state; where a plan that the answer needs is not resident in it, from the same state
    /// with that plan resident, too. The state that it was answered from goes with the answer.
    fn answered<T>(
        &self,
        mut tenant: Arc<Tenant>,
        answer: impl Fn(&Tenant) -> Result<T, Undecided>,
    ) -> Result<(Arc<Tenant>, T), Refusal> {
        let mut fetched = BTreeSet::new();
        loop {
            let not_resident = match answer(&tenant) {
                Ok(answer) => return Ok((tenant, answer)),
                Err(Undecided::Rejected(rejection)) => return Err(rejection.into()),
                Err(Undecided::NotResident(not_resident)) => not_resident,
            };
            if !fetched.insert(not_resident.learner) {
                return Err(internal(not_resident));
            }
            tenant = self.with_more_plans(tenant, [not_resident.learner])?;
        }
    }

    /// The state with the plan resident of the learner whose record is open in this session of one's own.
    fn with_source(&self, session: SessionId) -> Result<Arc<Tenant>, Refusal> {
        let own = own_session(self.tenant(), self.actor, session);
        let source = own.ok().map(|session| session.learner);
        if let Some(source) = source {
            self.source.get_or_init(|| source);
        }
        self.ahead(Arc::clone(&self.snapshot.tenant), source)
    }

    /// The state with the plans resident that an answer is known to need. Where it needs another, it says
    /// so ([`Self::answered`]).
    fn ahead(
        &self,
        tenant: Arc<Tenant>,
        learners: impl IntoIterator<Item = LearnerId>,
    ) -> Result<Arc<Tenant>, Refusal> {
        if self.engine.config().has(Fault::FetchesNothingAhead) {
            return Ok(tenant);
        }
        self.with_more_plans(tenant, learners)
    }

    fn log(&self) -> &dyn Read {
        self.engine.log()
    }

    /// The log's name of one of the tenant's streams.
    fn stream(&self, stream: &Stream) -> StreamId {
        stream_id(self.tenant_id, stream)
    }

    /// A learner whom the actor sees (P8).
    fn learner_seen(&self, learner: LearnerId) -> Result<&Learner, Rejection> {
        visible_learner(self.tenant(), self.actor, learner)
    }

    /// Reference data is read by `system` and by those of P1.
    fn check_reference_reader(&self) -> Result<(), Refusal> {
        let Some(administrator) = self.actor.administrator() else {
            return Ok(());
        };
        let record = self.tenant().administrator(administrator);
        if record.is_some_and(|record| record.permissions.everything()) {
            Ok(())
        } else {
            Err(Rejection::NotPermitted(PermissionReason::ReadNotPermitted).into())
        }
    }
}

/// A commit of the log in the domain's terms.
fn understood(sequenced: &Sequenced) -> Result<Decided, Refusal> {
    decided(sequenced).map_err(internal)
}

/// What the log holds is not what it should be.
fn internal(error: impl Display) -> Refusal {
    Refusal::Internal {
        cause: error.to_string(),
    }
}
