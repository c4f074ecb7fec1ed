//! The check of a whole log: it is replayed from nothing, and what comes out is compared with what the engine answers
//! from. That is its state, which a checkpoint and the commits after it gave; its plans, which images and the
//! indexes of the log give; and these indexes.
//!
//! The replay shares nothing with the other side but the rules of folding: it reads every commit in the order of the
//! log and uses no index, no checkpoint and no image. It folds every plan as the engine does while it serves, and
//! not as an opening does, which leaves plans out.
//!
//! The work is cut into parts, so that several threads share it and the memory is bounded: each part replays the
//! whole log, but folds only its share of the plans, and looks up only its share of the streams and commands.
//!
//! | file | what it does |
//! | --- | --- |
//! | `part` | the replay of one part |
//! | `indexes` | looks up streams and commands in the log |
//! | `tenants` | compares the state of tenants, without plans |
//! | `rows` | finds where two encoded states differ |
//! | `plans` | compares plans and recent changes |
//! | `difference` | what differs, where, and what to do |
//!
//! May import: `call`, `codec`, `naming`, `plans`, `recorded`, `sequencing`, `state`, `writing`.

pub(crate) mod difference;
mod indexes;
mod part;
mod plans;
mod rows;
mod tenants;

use std::ops::ControlFlow;
use std::sync::Arc;

use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, TenantId};
use plansync_log::{Position, Read, StreamId, StreamKey};

use crate::checking::difference::Difference;
use crate::checking::part::PartReplay;
use crate::naming::domain_stream;
use crate::plans::loader::PlanLoader;
use crate::recorded::open_error::OpenError;
use crate::state::State;
use crate::writing::group_writer::GroupWriter;

/// The plans that a part folds and has in memory.
const PLANS_MAX: usize = 16_384;

/// Why a check did not come to an end. Nothing was found until then.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The log cannot be read or decoded.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// A plan could not be read for the time being.
    #[error("a plan cannot be read: {0}; try again")]
    Plan(String),
    /// The caller wanted it to end.
    #[error("interrupted at position {0}; nothing was changed")]
    Interrupted(Position),
}

/// What is called with the position up to which a part was replayed. It may end the check.
pub(crate) type Watch<'a> = dyn FnMut(Position) -> ControlFlow<()> + 'a;

/// A check of the whole log of an engine.
pub struct Check {
    log: Arc<dyn Read>,
    /// What the engine answers from.
    served: State,
    loader: Arc<PlanLoader>,
    writer: Arc<GroupWriter>,
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
struct Part {
    number: u32,
    count: u32,
}

impl Check {
    /// A check in at least so many parts, and more if there are many plans.
    pub(crate) fn new(
        log: &Arc<dyn Read>,
        served: State,
        (loader, writer): (&Arc<PlanLoader>, &Arc<GroupWriter>),
        parts_min: u32,
    ) -> Self {
        let plans = served
            .tenants()
            .map(|(_, tenant)| tenant.plans().versions().count());
        let parts = plans.sum::<usize>().div_ceil(PLANS_MAX);
        let parts = u32::try_from(parts).unwrap_or(u32::MAX);
        Self {
            log: Arc::clone(log),
            served,
            loader: Arc::clone(loader),
            writer: Arc::clone(writer),
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

    /// Checks one part. The result is the first difference that it finds, or what it compared.
    ///
    /// # Errors
    ///
    /// [`CheckError`] if it could not be completed.
    pub fn part(
        &self,
        number: u32,
        watch: &mut Watch<'_>,
    ) -> Result<Result<Checked, Difference>, CheckError> {
        let part = Part {
            number,
            count: self.parts,
        };
        PartReplay::new(self, part).run(watch)
    }
}

impl Part {
    /// Whether a plan belongs to this part.
    fn has_plan(self, learner: LearnerId) -> bool {
        self.has(learner.as_uuid().as_u128())
    }

    /// Whether a stream belongs to this part: that of a plan to the part of the plan.
    fn has_stream(self, stream: &StreamId) -> bool {
        match stream.key() {
            StreamKey::Uuid(id) => self.has(id.as_u128()),
            StreamKey::Name(name) => {
                let bytes = name.bytes();
                self.has(bytes.fold(0, |sum, byte| sum.wrapping_mul(31) + u128::from(byte)))
            }
        }
    }

    /// One part does what is not divided.
    fn is_first(self) -> bool {
        self.number == 0
    }

    fn has(self, key: u128) -> bool {
        key % u128::from(self.count.max(1)) == u128::from(self.number)
    }
}

/// The learner whose plan a stream is.
fn plan_of(stream: &StreamId) -> Option<LearnerId> {
    match domain_stream(stream) {
        Some(Stream::Plan(learner)) => Some(learner),
        _ => None,
    }
}

/// A tenant's name, for those that no commit mentions.
fn named(tenant: &TenantId) -> String {
    format!("tenant {tenant}")
}
