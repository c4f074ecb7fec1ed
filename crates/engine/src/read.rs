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
//! | `reference` | `settings`, `administrator`, `administrators`, `programme`, `programmes`, `myself` |
//! | `people` | `learner`, `learners` |
//! | `template` | `template` |
//! | `plan` | `plan`, as it is or, by `plan_at`, as it was |
//! | `history` | `plan_history` |
//! | `session` | `open_records`, `recent_changes` |
//! | `choose` | `sync_components`, `sync_learners`, `sync_filter_values` |
//! | `preview` | `sync_preview` |
//! | `explain` | `sync_explain` |
//! | `sync` | `sync`, `syncs` |
//! | `outcomes` | `sync_outcomes` |
//! | `frozen` | `sync_changes` |

mod change_sets;
mod choose;
mod decided;
mod explain;
mod frozen;
mod headers;
mod history;
mod look_back;
mod outcomes;
mod people;
mod plan;
mod plan_at;
mod preview;
mod reference;
mod session;
mod sync;
mod template;
mod window;

use std::fmt::Display;
use std::sync::Arc;

use plansync_domain::decide::admit_actor;
use plansync_domain::ids::{Actor, LearnerId, SessionId, TenantId};
use plansync_domain::learner::Learner;
use plansync_domain::permission::PermissionReason;
use plansync_domain::record::own_session;
use plansync_domain::rejection::Rejection;
use plansync_domain::stream::Stream;
use plansync_domain::tenant::Tenant;
use plansync_domain::visibility::visible_learner;
use plansync_log::{Position, Read, Sequenced, StreamId};

use crate::call::Refusal;
use crate::engine::Engine;
use crate::fold::{Decided, decided};
use crate::naming::stream_id;
use crate::snapshot::Snapshot;

pub use choose::{ComponentChoices, ComponentItem, FilterValue, LearnerItem};
pub use explain::{Explained, ExplainedItem};
pub use frozen::FrozenEntries;
pub use headers::LastUpdated;
pub use history::PlanCommit;
pub(crate) use look_back::LookBack;
pub use outcomes::{OutcomeFilter, OutcomeWord, PairOutcome};
pub use people::LearnerListFilter;
pub use plan::{ComponentItems, PlanComponent};
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
        Ok(Reading {
            engine: self,
            tenant_id: tenant,
            actor,
            snapshot,
        })
    }
}

impl Reading<'_> {
    /// The position that everything here is read at.
    pub fn position(&self) -> Position {
        self.snapshot.position
    }

    fn tenant(&self) -> &Tenant {
        &self.snapshot.tenant
    }

    /// The state with these plans here.
    fn with_plans(
        &self,
        learners: impl IntoIterator<Item = LearnerId>,
    ) -> Result<Arc<Tenant>, Refusal> {
        let learners = learners.into_iter();
        self.engine
            .with_plans(&self.snapshot, self.tenant_id, learners)
    }

    /// The state with the plan here of the learner whose record is open in this session of one's own.
    fn with_source(&self, session: SessionId) -> Result<Arc<Tenant>, Refusal> {
        let own = own_session(self.tenant(), self.actor, session);
        self.with_plans(own.ok().map(|session| session.learner))
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
