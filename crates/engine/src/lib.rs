//! The engine: executes commands, writes their commits to the log, and answers reads.
//!
//! It stands between the rules (`plansync-domain`) and the ports of the log (`plansync-log`). It starts no
//! thread: the writer, the workers and the keeper of checkpoints are steps that its caller runs, so that a
//! test can run them one by one.

mod audit;
mod call;
mod checking;
mod checkpoint;
mod clock;
mod codec;
mod config;
mod digest;
mod engine;
mod fault;
mod naming;
mod observing;
mod plans;
mod reading;
mod recorded;
mod sequencing;
mod state;
mod submitting;
mod syncing;
mod writing;

pub use call::{Call, Refusal, Refused};
pub use checking::difference::{Difference, DifferenceKind, Place};
pub use checking::{Check, CheckError, Checked};
pub use checkpoint::keeper::Kept;
pub use clock::{Clock, SystemClock};
pub use codec::CodecError;
pub use codec::bodies::EventBodies;
pub use config::{Config, Folding};
pub use digest::digest;
pub use engine::Engine;
#[cfg(feature = "faults")]
pub use fault::Fault;
pub use observing::{Measured, PlansMeasured, Totals};
pub use recorded::commit::{Decided, decided};
pub use recorded::open_error::OpenError;
pub use recorded::replay::{Replayed, replay};
pub use recorded::seal_log::{LogSealer, SealLogError};
pub use recorded::sync_cache::CacheName;
pub use state::snapshot::Snapshot;
pub use submitting::answer::{Receipt, Reply};
pub use submitting::submitter::NeedsDisk;
pub use syncing::judging::JudgedBatch;
pub use syncing::measures::SyncsMeasured;
pub use syncing::workers::Worked;
pub use writing::durable::{Durable, NotDurable};
pub use writing::follow::FollowFailed;
pub use writing::gathering::Gathering;
pub use writing::group_writer::{GroupsMeasured, LogFailed, Wrote};
pub use writing::role::{LeadError, Role};

/// Reads: [`Reading`](read::Reading), one actor's view of one tenant, and what its operations answer.
pub mod read {
    pub use crate::audit::blame::{Blame, BlameQuery, BlamedField, FieldValue};
    pub use crate::audit::caused::{Traced, TracedCommit};
    pub use crate::audit::changes::{Change, Changes, ChangesPlace, ChangesQuery, ContentChange};
    pub use crate::audit::diff::{ComponentDiff, Diff, DiffQuery};
    pub use crate::audit::kind::CommitKind;
    pub use crate::audit::list::{AuditFound, AuditQuery};
    pub use crate::audit::origins::{Origin, OriginSource, OriginSync, OriginTemplate};
    pub use crate::audit::plan::PlanAtPoint;
    pub use crate::audit::point::{Point, PointName};
    pub use crate::audit::replay::ReplayPart;
    pub use crate::audit::show::Shown;
    pub use crate::audit::template_log::PutIntoTemplate;
    pub use crate::audit::tree::{LogProof, LogTree, ProofOf};
    pub use crate::audit::what_if::{WhatIf, WhatIfItem, WhatIfPlace, WhatIfQuery};
    pub use crate::audit::why::{JudgedOn, Reached, Why, WhyItem, WhyQuery};
    pub use crate::audit::{Part, Slice};
    pub use crate::reading::Reading;
    pub use crate::reading::affected::Affected;
    pub use crate::reading::change_set_entries::ChangeSetEntries;
    pub use crate::reading::choose::{ComponentChoices, ComponentItem, LearnerItem};
    pub use crate::reading::explain::{Explained, ExplainedItem};
    pub use crate::reading::headers::LastUpdated;
    pub use crate::reading::history::PlanCommit;
    pub use crate::reading::outcomes::{OutcomeFilter, OutcomeItem, OutcomeWord};
    pub use crate::reading::people::{FoundLearner, LearnerListFilter};
    pub use crate::reading::plan::{ComponentItems, PlanComponent};
    pub use crate::reading::plan_change::{ChangedComponent, PlanChanged};
    pub use crate::reading::preview::{Preview, PreviewRow};
    pub use crate::reading::reference::{KnownProgramme, Myself};
    pub use crate::reading::session::{OpenRecord, RecentItem};
    pub use crate::reading::sync::{SyncProgress, SyncQuery};
    pub use crate::reading::template::TemplateItems;
    pub use crate::reading::window::{Listed, Window};
}
