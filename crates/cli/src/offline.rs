//! An engine on the log in a data folder that no engine serves, for commands that change a log without NATS.
//!
//! May import: `backend`, `erasures`, `exit`, `paths`.

use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Context as _;
use plansync_domain::command::Command;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::{Actor, CommandId, LearnerId, TenantId};
use plansync_engine::{Call, Config, Engine, Receipt, Refusal};
use plansync_log::Fingerprint;
use plansync_log::backend::{Backend, OpenLog};
use plansync_log::sealing::WrappingKey;
use uuid::Uuid;

use crate::backend;
use crate::erasures::Erasure;
use crate::exit::NotUnderstood;
use crate::paths;
use crate::source::tenant_of_log;

/// The engine. What it decided is durable when a function returns.
pub(crate) struct Offline {
    engine: Engine,
}

/// What became of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Erased {
    /// The learner was erased now.
    Now,
    /// The learner had been erased before.
    Before,
    /// The log has no such learner.
    Unknown,
}

impl Offline {
    /// Opens the log. An engine that serves it must have been stopped.
    pub(crate) fn open(data: &Path, erasure_key: Option<WrappingKey>) -> anyhow::Result<Self> {
        // Opening begins a log where there is none.
        let is_empty = std::fs::read_dir(data).map_or(true, |mut entries| entries.next().is_none());
        if is_empty {
            let told = format!("there is no log in {}; check the path", paths::shown(data));
            return Err(NotUnderstood(told).into());
        }
        let options = backend::LogOptions::default().with_erasure_key(erasure_key);
        Self::open_log(&*backend::for_serving(data, options))
    }

    /// Opens a log that is there.
    fn open_log(log: &dyn Backend) -> anyhow::Result<Self> {
        let OpenLog {
            append,
            read,
            checkpoints,
            keys,
            background: _,
        } = log.open(&mut |_| ControlFlow::Continue(()))?;
        let config = Config {
            checkpoints: checkpoints.ok(),
            keys,
            ..Config::default()
        };
        let engine = Engine::open(append, read, config)?;
        engine
            .erase_step()
            .context("an erasure that was asked for before could not be completed")?;
        Ok(Self { engine })
    }

    /// The tenant with this name, or the only one.
    pub(crate) fn tenant(&self, given: Option<&str>) -> Result<TenantId, NotUnderstood> {
        tenant_of_log(&self.engine.tenants(), given).cloned()
    }

    /// The learner with this id or name.
    pub(crate) fn learner(
        &self,
        tenant: &TenantId,
        given: &str,
    ) -> Result<LearnerId, NotUnderstood> {
        if let Ok(id) = given.parse::<LearnerId>() {
            return Ok(id);
        }
        let snapshot = self.engine.snapshot(tenant);
        let named = snapshot
            .tenant
            .learners()
            .filter(|(_, record)| record.name.as_str() == given);
        let named: Vec<LearnerId> = named.map(|(id, _)| id).collect();
        match named.as_slice() {
            [one] => Ok(*one),
            [] => Err(NotUnderstood(format!(
                "there is no learner `{given}`; give the id or the whole name"
            ))),
            several => Err(NotUnderstood(format!(
                "{} learners are called `{given}`; give the id of one of them",
                several.len()
            ))),
        }
    }

    /// The name of a learner, which is empty if the learner was erased; `None` if there is no such learner.
    pub(crate) fn record(&self, tenant: &TenantId, learner: LearnerId) -> Option<String> {
        let snapshot = self.engine.snapshot(tenant);
        let record = snapshot.tenant.learner(learner);
        record.map(|record| record.name.as_str().to_owned())
    }

    /// Erases a learner.
    pub(crate) fn erase(&self, erasure: &Erasure) -> anyhow::Result<Erased> {
        erase(&self.engine, erasure, false)
    }

    /// Stores the state, so that the next start folds nothing.
    pub(crate) fn close(self) {
        if let Err(error) = self.engine.keep_now() {
            tracing::warn!(%error, "the state could not be stored, so the next start takes longer");
        }
    }
}

/// Erases a learner, in an engine that nobody serves yet. `lifts` says whether a legal hold that stands in the way is
/// lifted first: it was, when the learner was erased in a later log.
fn erase(engine: &Engine, erasure: &Erasure, lifts: bool) -> anyhow::Result<Erased> {
    let (tenant, learner) = (&erasure.tenant, erasure.learner);
    let mut answer = submit(engine, tenant, &Command::EraseLearner(learner));
    if lifts && answer == Err(Refusal::Rejected(Rejection::LearnerHeld)) {
        submit(engine, tenant, &Command::ReleaseLearner(learner))?;
        answer = submit(engine, tenant, &Command::EraseLearner(learner));
    }
    match answer {
        Ok(receipt) if receipt.unchanged => Ok(Erased::Before),
        Ok(_) => Ok(Erased::Now),
        Err(Refusal::Rejected(Rejection::LearnerNotAvailable | Rejection::TenantNotFound)) => {
            Ok(Erased::Unknown)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn submit(engine: &Engine, tenant: &TenantId, command: &Command) -> Result<Receipt, Refusal> {
    let id = Uuid::new_v4();
    let call = Call {
        tenant: tenant.clone(),
        actor: Actor::System,
        command: CommandId::from_uuid(id),
        id_is_new: true,
        fingerprint: Fingerprint::of(id.as_bytes()),
        earlier: None,
        trace: None,
    };
    let submitted = engine.submit(&call, command);
    let receipt = submitted.map_err(|refused| refused.refusal)?;
    let settled = engine.settle(receipt.position);
    settled.map_err(|error| Refusal::Unavailable {
        cause: error.to_string(),
    })?;
    Ok(receipt)
}

/// Learners of a file of erasures in a log that was restored from a backup of before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ErasedAgain {
    /// Learners who were erased now.
    pub(crate) erased: u64,
    /// Learners whom the log does not have: they were added after the backup.
    pub(crate) unknown: u64,
}

/// Erases learners again in a log that was restored from a backup of before, and completes the erasures that the log
/// knows of: the keys may be an older copy.
pub(crate) fn erase_again(log: &dyn Backend, erasures: &[Erasure]) -> anyhow::Result<ErasedAgain> {
    let offline = Offline::open_log(log)?;
    let again = erase_all(&offline.engine, erasures)?;
    offline.close();
    Ok(again)
}

/// Erases learners again, in an engine that nobody serves yet.
pub(crate) fn erase_all(engine: &Engine, erasures: &[Erasure]) -> anyhow::Result<ErasedAgain> {
    let mut again = ErasedAgain::default();
    for erasure in erasures {
        match erase(engine, erasure, true)? {
            Erased::Now => again.erased += 1,
            Erased::Unknown => again.unknown += 1,
            Erased::Before => {}
        }
    }
    Ok(again)
}
