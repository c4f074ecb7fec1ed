//! What is checked, how the work is cut into parts, and why a check may not come to an end.

use std::ops::ControlFlow;
use std::sync::Arc;

use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, TenantId};
use plansync_log::sealing::Keys;
use plansync_log::{Position, Read, StreamId, StreamKey};

use crate::naming::domain_stream;
use crate::plans::loader::PlanLoader;
use crate::recorded::open_error::OpenError;
use crate::state::State;

/// The plans that a part folds and has in memory, twice: as the replay gives them, and as the engine loads them.
const PLANS_MAX: usize = 16_384;
/// The commits whose positions a part has in memory, of 8 bytes each.
const COMMITS_MAX: u64 = 1 << 24;

/// Why a check did not come to an end. Nothing was found until then.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The log cannot be read or decoded.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// A plan could not be read for the time being.
    #[error("a plan cannot be read: {0}; try again")]
    Plan(String),
    /// A state could not be encoded, to be compared. That is a defect of the engine.
    #[error("a state cannot be compared: {0}; report it")]
    Encoding(String),
    /// The caller wanted it to end.
    #[error("interrupted at position {0}; nothing was changed")]
    Interrupted(Position),
}

/// What is called with the position up to which a part was replayed. It may end the check.
pub(crate) type Watch<'a> = dyn FnMut(Position) -> ControlFlow<()> + 'a;

/// A check of the whole log of an engine.
pub struct Check {
    pub(super) log: Arc<dyn Read>,
    pub(super) keys: Arc<Keys>,
    /// What the engine answers from.
    pub(super) served: State,
    pub(super) loader: Arc<PlanLoader>,
    parts: u32,
}

/// What a part has compared, if nothing differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checked {
    /// The commits that were replayed.
    pub commits: u64,
    /// The plans of the part.
    pub plans: u64,
    /// The streams and commands of the part that were looked up.
    pub lookups: u64,
}

/// A part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) number: u32,
    pub(super) count: u32,
}

impl Check {
    /// A check in at least so many parts, and more if there are many plans or commits.
    pub(crate) fn new(
        (log, keys): (&Arc<dyn Read>, &Arc<Keys>),
        served: State,
        loader: &Arc<PlanLoader>,
        parts_min: u32,
    ) -> Self {
        let plans = served
            .tenants()
            .map(|(_, tenant)| tenant.plans().versions().count());
        let parts = plans.sum::<usize>().div_ceil(PLANS_MAX);
        let of_commits = served.position().get().div_ceil(COMMITS_MAX);
        let parts = u64::try_from(parts).unwrap_or(u64::MAX).max(of_commits);
        let parts = u32::try_from(parts).unwrap_or(u32::MAX);
        Self {
            log: Arc::clone(log),
            keys: Arc::clone(keys),
            served,
            loader: Arc::clone(loader),
            parts: parts.max(parts_min).max(1),
        }
    }

    /// The number of parts. They can be checked in any order and at the same time.
    pub fn parts(&self) -> u32 {
        self.parts
    }

    /// The last commit that is checked.
    pub fn end(&self) -> Position {
        self.served.position()
    }
}

impl Part {
    /// Whether a plan belongs to this part.
    pub(super) fn has_plan(self, learner: LearnerId) -> bool {
        self.has(learner.as_uuid().as_u128())
    }

    /// Whether a stream belongs to this part: that of a plan to the part of the plan.
    pub(super) fn has_stream(self, stream: &StreamId) -> bool {
        match stream.key() {
            StreamKey::Uuid(id) => self.has(id.as_u128()),
            StreamKey::Name(name) => {
                let bytes = name.bytes();
                self.has(bytes.fold(0, |sum, byte| sum.wrapping_mul(31) + u128::from(byte)))
            }
        }
    }

    /// One part does what is not divided.
    pub(super) fn is_first(self) -> bool {
        self.number == 0
    }

    pub(super) fn has(self, key: u128) -> bool {
        key % u128::from(self.count.max(1)) == u128::from(self.number)
    }
}

/// The learner whose plan a stream is.
pub(super) fn plan_of(stream: &StreamId) -> Option<LearnerId> {
    match domain_stream(stream) {
        Some(Stream::Plan(learner)) => Some(learner),
        _ => None,
    }
}

/// A tenant's name, for those that no commit mentions.
pub(super) fn named(tenant: &TenantId) -> String {
    format!("tenant {tenant}")
}

/// Tells how far a check has come; an error if it is to end.
pub(super) fn go_on(watch: &mut Watch<'_>, position: Position) -> Result<(), CheckError> {
    match watch(position) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(CheckError::Interrupted(position)),
    }
}
