//! What happened: the events that the log stores, and their frozen numbers.
//!
//! A number is never given twice and never changes its meaning; bodies are self-describing maps,
//! whose fields may be added to but never change their sense. Checks no rule.
//!
//! The folder has the events of syncs, and the outcomes of commands.
//!
//! May import: `ids`, `plan`, `reference`, `review`, `sync`, `text`, `values`.

pub mod command_outcome;
pub mod sync;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::event::command_outcome::{CommandAccepted, CommandOutcome, CommandRejected};
use crate::event::sync::{
    ChangeSetChunk, SyncAccepted, SyncCancelled, SyncCompleted, TargetReplayed,
};
use crate::ids::version::{TemplateVersion, Version};
use crate::ids::{AdministratorId, ComponentId, ComponentType, LearnerId, ProgrammeId, SessionId};
use crate::plan::shape::Row;
use crate::plan::status::Status;
use crate::reference::administrator::Administrator;
use crate::reference::learner::Learner;
use crate::reference::programme::Programme;
use crate::reference::settings::TenantSettings;
use crate::reference::template::TemplateComponent;
use crate::review::status::ReviewStatus;
use crate::text::personal::Personal;
use crate::values::attributes::AttributeMap;

macro_rules! events {
    ($($(#[$doc:meta])* $number:literal $name:ident($body:ty),)*) => {
        /// One thing that happened.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event {
            $($(#[$doc])* $name($body),)*
        }

        impl Event {
            /// The frozen number of what happened.
            pub const fn kind(&self) -> u16 {
                match self {
                    $(Self::$name(_) => $number,)*
                }
            }

            /// What happened, as the log of the engine calls it.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }

            /// The event of this number whose body the deserializer holds.
            pub fn deserialize_body<'de, D: Deserializer<'de>>(
                kind: u16,
                deserializer: D,
            ) -> Result<Self, D::Error> {
                match kind {
                    $($number => <$body>::deserialize(deserializer).map(Self::$name),)*
                    unknown => Err(de::Error::custom(UnknownKind(unknown))),
                }
            }
        }

        impl Serialize for Event {
            /// Its body alone: the number stands beside it.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$name(body) => body.serialize(serializer),)*
                }
            }
        }
    };
}

/// The number of [`Event::TargetReplayed`]: of what stands in a plan's stream, it alone says something
/// of more than the plan.
pub const TARGET_REPLAYED: u16 = 62;

/// The log holds an event that this version of the software does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("event kind {0} is unknown; run the version that wrote it, or a newer one")]
pub struct UnknownKind(pub u16);

events! {
    /// The tenant's settings were replaced.
    1 TenantPut(TenantSettings),
    /// An administrator's record was replaced.
    2 AdministratorPut(AdministratorPut),
    /// An administrator became unknown.
    3 AdministratorRemoved(AdministratorRemoved),
    /// A learner's record was replaced.
    4 LearnerPut(LearnerPut),
    /// A programme's record was replaced.
    5 ProgrammePut(ProgrammePut),
    /// Components were added to a template, or replaced in it.
    6 TemplatePut(TemplatePut),
    /// Components were taken out of a template.
    7 TemplateRemoved(TemplateRemoved),
    /// A plan got the components of a template that it lacked.
    20 PlanInstantiated(PlanInstantiated),
    /// A component was added by hand.
    21 ComponentAdded(ComponentAdded),
    /// A template's component was added by hand.
    22 ComponentReadded(ComponentReadded),
    /// Attributes of a component changed.
    23 ComponentChanged(ComponentChanged),
    /// A component was removed.
    24 ComponentRemoved(ComponentRemoved),
    /// A component's progress was recorded.
    25 StatusSet(StatusSet),
    /// One more piece of evidence was submitted.
    26 EvidenceSubmitted(EvidenceSubmitted),
    /// A review's progress was recorded.
    27 ReviewStatusSet(ReviewStatusSet),
    /// A record was opened.
    40 RecordOpened(RecordOpened),
    /// A record was closed.
    41 RecordClosed(RecordClosed),
    /// An open record was gone on with.
    42 RecordResumed(RecordResumed),
    /// A part of a large change set.
    60 ChangeSetChunk(ChangeSetChunk),
    /// A sync was accepted.
    61 SyncAccepted(SyncAccepted),
    /// One target of a sync is done.
    62 TargetReplayed(TargetReplayed),
    /// A sync was stopped.
    63 SyncCancelled(SyncCancelled),
    /// Every target of a sync is done.
    64 SyncCompleted(SyncCompleted),
    /// A command was accepted that changed nothing.
    80 CommandOutcome(CommandOutcome),
    /// A durable command was accepted.
    81 CommandAccepted(CommandAccepted),
    /// A durable command was rejected.
    82 CommandRejected(CommandRejected),
}

/// An administrator's record was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdministratorPut {
    /// Whose.
    pub administrator: AdministratorId,
    /// With what.
    pub record: Administrator,
}

/// An administrator became unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdministratorRemoved {
    /// Who.
    pub administrator: AdministratorId,
}

/// A learner's record was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnerPut {
    /// Whose.
    pub learner: LearnerId,
    /// With what.
    pub record: Learner,
}

/// A programme's record was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammePut {
    /// Which.
    pub programme: ProgrammeId,
    /// With what.
    pub record: Programme,
}

/// Components were added to a template, or replaced in it; its version went up by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplatePut {
    /// Whose template.
    pub programme: ProgrammeId,
    /// As they were put.
    pub components: Vec<TemplateComponent>,
}

/// Components were taken out of a template; its version went up by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRemoved {
    /// Whose template.
    pub programme: ProgrammeId,
    /// Which.
    pub components: Vec<ComponentId>,
}

/// A plan got the components of a template that it lacked. What they hold is the template's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanInstantiated {
    /// Whose template.
    pub programme: ProgrammeId,
    /// Which version of it.
    pub template_version: TemplateVersion,
    /// Which of its components, as runs of places in its order.
    pub added: Vec<RowRun>,
}

impl PlanInstantiated {
    /// The rows of the template's shape that were added, in order.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        self.added.iter().flat_map(|run| {
            let until = run.from.saturating_add(run.count);
            (run.from..until).map(Row::from_place)
        })
    }

    /// How many components were added.
    pub fn added_count(&self) -> usize {
        self.rows().count()
    }
}

/// Places that follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowRun {
    /// The first place, from 0.
    pub from: u32,
    /// How many.
    pub count: u32,
}

/// A component was added by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentAdded {
    /// Its id.
    pub component: ComponentId,
    /// The programme it belongs to.
    pub programme: ProgrammeId,
    /// Its type.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// What was given; defaults elsewhere.
    pub attributes: AttributeMap,
    /// The learner's case owner, where a review's task is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_owner: Option<AdministratorId>,
}

/// A template's component was added by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentReadded {
    /// Its id.
    pub component: ComponentId,
    /// Whose template.
    pub programme: ProgrammeId,
    /// Which version of it.
    pub template_version: TemplateVersion,
    /// What was given; the template's values elsewhere.
    pub attributes: AttributeMap,
    /// The learner's case owner, where a review's task is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_owner: Option<AdministratorId>,
}

/// Attributes of a component changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentChanged {
    /// Which.
    pub component: ComponentId,
    /// Those that differ from before, with their new values.
    pub set: AttributeMap,
    /// Why, if it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal>,
    /// The learner's case owner, where a review's task is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_owner: Option<AdministratorId>,
}

/// A component was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentRemoved {
    /// Which.
    pub component: ComponentId,
}

/// A component's progress was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusSet {
    /// Of which.
    pub component: ComponentId,
    /// How far.
    pub status: Status,
}

/// One more piece of evidence was submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceSubmitted {
    /// For which.
    pub component: ComponentId,
    /// How many there are with it.
    pub count: u32,
}

/// A review's progress was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewStatusSet {
    /// Of which component's review.
    pub component: ComponentId,
    /// How far.
    pub status: ReviewStatus,
    /// The learner's case owner, where a task is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_owner: Option<AdministratorId>,
    /// Whether the open administrator's task was whoever's the meeting was by then (V6); in the first
    /// edition it was whose it was made for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tasks_follow: bool,
}

/// A record was opened. It holds what the answer showed, so that a repeat can be told the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordOpened {
    /// The session.
    pub session: SessionId,
    /// Whose record.
    pub learner: LearnerId,
    /// Who opened it.
    pub administrator: AdministratorId,
    /// The version that the plan had.
    pub marker: Version,
    /// Whether this administrator could sync (P6).
    pub can_sync: bool,
    /// The choices of programme (S2).
    pub programmes: Vec<ProgrammeChoice>,
    /// The session that the same administrator had open on the same record: it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<SessionId>,
}

/// A programme that a sync may be about (S2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammeChoice {
    /// Which.
    pub programme: ProgrammeId,
    /// Its name at the time.
    pub name: String,
    /// Whether it is the one that is chosen to begin with.
    pub preselected: bool,
}

/// A record was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordClosed {
    /// The session.
    pub session: SessionId,
    /// Whose record.
    pub learner: LearnerId,
    /// Who had it open.
    pub administrator: AdministratorId,
    /// Why; earlier versions closed what their administrator asked to be closed, and nothing else.
    #[serde(default, skip_serializing_if = "CloseReason::is_default")]
    pub reason: CloseReason,
}

/// Why a record was closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// Its administrator asked for it.
    #[default]
    Closed,
    /// Nobody touched it for the tenant's idle hours.
    Idle,
    /// Its administrator opened one more than they may have open.
    Displaced,
}

impl CloseReason {
    #[allow(clippy::trivially_copy_pass_by_ref)] // serde hands fields over so.
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// An open record was opened again, and gone on with. It holds what the answer showed, so that a repeat can
/// be told the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordResumed {
    /// The session, which stays open.
    pub session: SessionId,
    /// Whose record.
    pub learner: LearnerId,
    /// Who has it open.
    pub administrator: AdministratorId,
    /// The version that the plan had when it was opened first.
    pub marker: Version,
    /// Whether this administrator could sync (P6).
    pub can_sync: bool,
    /// The choices of programme (S2).
    pub programmes: Vec<ProgrammeChoice>,
}

#[cfg(test)]
mod tests;
