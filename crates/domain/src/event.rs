//! The events that the log stores, and their frozen numbers.
//!
//! A number is assigned once and never changes its meaning. A body is a self-describing map: fields
//! may be added, but none changes its meaning. No rule is checked here.
//!
//! The folder has the events of syncs, the outcomes of commands, recorded refusals, starts of the engine, and which
//! fields of events are text about persons.
//!
//! May import: `ids`, `permission`, `plan`, `reference`, `review`, `sync`, `text`, `values`.

pub mod command_outcome;
pub mod engine;
pub mod personal;
pub mod refusal;
pub mod sync;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::event::command_outcome::{CommandAccepted, CommandOutcome, CommandRejected};
use crate::event::engine::EngineStarted;
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
use crate::text::personal::{Personal, sealable_option};
use crate::values::attributes::AttributeMap;

macro_rules! events {
    ($($(#[$doc:meta])* $number:literal $name:ident($body:ty),)*) => {
        /// One event.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event {
            $($(#[$doc])* $name($body),)*
        }

        impl Event {
            /// The frozen numbers of all kinds of events, in the order of the list.
            pub const KINDS: &'static [u16] = &[$($number,)*];

            /// The frozen number of the kind of event.
            pub const fn kind(&self) -> u16 {
                match self {
                    $(Self::$name(_) => $number,)*
                }
            }

            /// The name of the kind of event, for the engine's own log.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }

            /// Reads the body of an event of this number.
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
            /// Serialises only the body: the log stores the number beside it.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$name(body) => body.serialize(serializer),)*
                }
            }
        }
    };
}

/// The number of [`Event::TargetReplayed`]: the only event on a plan's stream that concerns more
/// than the plan.
pub const TARGET_REPLAYED: u16 = 62;

/// The log holds an event that this version of the software does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("event kind {0} is unknown; use the version of plansync that wrote it, or a later one")]
pub struct UnknownKind(pub u16);

events! {
    /// The tenant's settings were replaced.
    1 TenantPut(TenantSettings),
    /// An administrator's record was replaced.
    2 AdministratorPut(AdministratorPut),
    /// An administrator was removed.
    3 AdministratorRemoved(AdministratorRemoved),
    /// A learner's record was replaced.
    4 LearnerPut(LearnerPut),
    /// A programme's record was replaced.
    5 ProgrammePut(ProgrammePut),
    /// Components were added to a template, or replaced in it.
    6 TemplatePut(TemplatePut),
    /// Components were removed from a template.
    7 TemplateRemoved(TemplateRemoved),
    /// A legal hold was put on a learner: nothing about them may be erased.
    8 LearnerHeld(LearnerHeld),
    /// The legal hold on a learner was lifted.
    9 LearnerReleased(LearnerReleased),
    /// The erasure of a learner's personal text was asked for.
    10 LearnerErasureRequested(LearnerErasureRequested),
    /// The keys of a learner's personal text were destroyed.
    11 LearnerErased(LearnerErased),
    /// A plan got the components of a template that it did not have.
    20 PlanInstantiated(PlanInstantiated),
    /// A component was added by hand.
    21 ComponentAdded(ComponentAdded),
    /// A template's component was added by hand.
    22 ComponentReadded(ComponentReadded),
    /// Attributes of a component changed.
    23 ComponentChanged(ComponentChanged),
    /// A component was removed.
    24 ComponentRemoved(ComponentRemoved),
    /// The progress of a component was recorded.
    25 StatusSet(StatusSet),
    /// One more piece of evidence was submitted.
    26 EvidenceSubmitted(EvidenceSubmitted),
    /// The progress of a review was recorded.
    27 ReviewStatusSet(ReviewStatusSet),
    /// A record was opened.
    40 RecordOpened(RecordOpened),
    /// A record was closed.
    41 RecordClosed(RecordClosed),
    /// A session that is open on a record was continued.
    42 RecordResumed(RecordResumed),
    /// A part of a change set that is too large for one commit.
    60 ChangeSetChunk(ChangeSetChunk),
    /// A sync was accepted.
    61 SyncAccepted(SyncAccepted),
    /// A target of a sync was processed.
    62 TargetReplayed(TargetReplayed),
    /// A sync was cancelled.
    63 SyncCancelled(SyncCancelled),
    /// Every target of a sync was processed.
    64 SyncCompleted(SyncCompleted),
    /// A command was accepted that changed nothing.
    80 CommandOutcome(CommandOutcome),
    /// A durable command was accepted.
    81 CommandAccepted(CommandAccepted),
    /// A durable command was rejected.
    82 CommandRejected(CommandRejected),
    /// The engine was started by another version, with other rules or other limits than before.
    90 EngineStarted(EngineStarted),
}

impl Event {
    /// The component that an edit by hand concerns; none for every other event.
    pub const fn edited_component(&self) -> Option<ComponentId> {
        match self {
            Self::ComponentAdded(event) => Some(event.component),
            Self::ComponentReadded(event) => Some(event.component),
            Self::ComponentChanged(event) => Some(event.component),
            Self::ComponentRemoved(event) => Some(event.component),
            Self::StatusSet(event) => Some(event.component),
            Self::EvidenceSubmitted(event) => Some(event.component),
            Self::ReviewStatusSet(event) => Some(event.component),
            Self::TenantPut(_)
            | Self::AdministratorPut(_)
            | Self::AdministratorRemoved(_)
            | Self::LearnerPut(_)
            | Self::ProgrammePut(_)
            | Self::TemplatePut(_)
            | Self::TemplateRemoved(_)
            | Self::LearnerHeld(_)
            | Self::LearnerReleased(_)
            | Self::LearnerErasureRequested(_)
            | Self::LearnerErased(_)
            | Self::PlanInstantiated(_)
            | Self::RecordOpened(_)
            | Self::RecordClosed(_)
            | Self::RecordResumed(_)
            | Self::ChangeSetChunk(_)
            | Self::SyncAccepted(_)
            | Self::TargetReplayed(_)
            | Self::SyncCancelled(_)
            | Self::SyncCompleted(_)
            | Self::CommandOutcome(_)
            | Self::CommandAccepted(_)
            | Self::CommandRejected(_)
            | Self::EngineStarted(_) => None,
        }
    }
}

/// An administrator's record was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdministratorPut {
    /// The administrator.
    pub administrator: AdministratorId,
    /// The new record.
    pub record: Administrator,
}

/// An administrator was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdministratorRemoved {
    /// The administrator.
    pub administrator: AdministratorId,
}

/// A learner's record was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnerPut {
    /// The learner.
    pub learner: LearnerId,
    /// The new record.
    pub record: Learner,
}

/// A legal hold was put on a learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnerHeld {
    /// The learner.
    pub learner: LearnerId,
}

/// The legal hold on a learner was lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnerReleased {
    /// The learner.
    pub learner: LearnerId,
}

/// The erasure of a learner's personal text was asked for. From here on nothing shows it any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnerErasureRequested {
    /// The learner.
    pub learner: LearnerId,
}

/// The keys of a learner's personal text were destroyed: nobody can read it any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnerErased {
    /// The learner.
    pub learner: LearnerId,
    /// How many synchronisations lost the text of their search with it.
    pub searches: u32,
}

/// A programme's record was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammePut {
    /// The programme.
    pub programme: ProgrammeId,
    /// The new record.
    pub record: Programme,
}

/// Components were added to a template, or replaced in it. The template's version increased by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplatePut {
    /// The programme whose template it is.
    pub programme: ProgrammeId,
    /// The components, as they were put.
    pub components: Vec<TemplateComponent>,
}

/// Components were removed from a template. The template's version increased by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRemoved {
    /// The programme whose template it is.
    pub programme: ProgrammeId,
    /// The components that were removed.
    pub components: Vec<ComponentId>,
}

/// A plan got the components of a template that it did not have. Their values are those of the
/// template at this version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanInstantiated {
    /// The programme whose template it is.
    pub programme: ProgrammeId,
    /// The version of the template.
    pub template_version: TemplateVersion,
    /// The rows of the template that were added, as runs.
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

    /// The number of components that were added.
    pub fn added_count(&self) -> usize {
        self.rows().count()
    }
}

/// Consecutive rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowRun {
    /// The first row, from 0.
    pub from: u32,
    /// The number of rows.
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
    /// The attributes that were given; the others have their defaults.
    pub attributes: AttributeMap,
    /// The learner's case owner, if a task of the review is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_owner: Option<AdministratorId>,
}

/// A template's component was added by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentReadded {
    /// Its id.
    pub component: ComponentId,
    /// The programme whose template it is.
    pub programme: ProgrammeId,
    /// The version of the template.
    pub template_version: TemplateVersion,
    /// The attributes that were given; the others have the template's values.
    pub attributes: AttributeMap,
    /// The learner's case owner, if a task of the review is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_owner: Option<AdministratorId>,
}

/// Attributes of a component changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentChanged {
    /// The component.
    pub component: ComponentId,
    /// The attributes that differ from before, with their new values.
    pub set: AttributeMap,
    /// The reason, if one was given.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "sealable_option::deserialize"
    )]
    pub reason: Option<Personal>,
    /// The learner's case owner, if a task of the review is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_owner: Option<AdministratorId>,
}

/// A component was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentRemoved {
    /// The component.
    pub component: ComponentId,
}

/// The progress of a component was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusSet {
    /// The component.
    pub component: ComponentId,
    /// The new status.
    pub status: Status,
}

/// One more piece of evidence was submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceSubmitted {
    /// The component.
    pub component: ComponentId,
    /// The number of pieces, including this one.
    pub count: u32,
}

/// The progress of a review was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewStatusSet {
    /// The component whose review it is.
    pub component: ComponentId,
    /// The new status.
    pub status: ReviewStatus,
    /// The learner's case owner, if a task is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_owner: Option<AdministratorId>,
    /// Whether the open administrator's task belonged to the administrator who attended the meeting
    /// then (V6). In the first edition of the rules it belonged to the one for whom it was made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tasks_follow: bool,
}

/// A record was opened. The event holds everything that the answer showed, so that a repeat gets
/// the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordOpened {
    /// The session.
    pub session: SessionId,
    /// The learner whose record it is.
    pub learner: LearnerId,
    /// The administrator who opened it.
    pub administrator: AdministratorId,
    /// The version of the plan then.
    pub marker: Version,
    /// Whether this administrator could synchronise (P6).
    pub can_sync: bool,
    /// The programmes to choose from (S2).
    pub programmes: Vec<ProgrammeChoice>,
    /// The session that the same administrator had open on the same record; it is closed by this
    /// event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<SessionId>,
}

/// A programme that a sync can be about (S2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammeChoice {
    /// The programme.
    pub programme: ProgrammeId,
    /// Its name then.
    pub name: String,
    /// Whether it is preselected.
    pub preselected: bool,
}

/// A record was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordClosed {
    /// The session.
    pub session: SessionId,
    /// The learner whose record it is.
    pub learner: LearnerId,
    /// The administrator who had it open.
    pub administrator: AdministratorId,
    /// The reason. Earlier versions closed records only at the request of their administrator, and
    /// stored no reason.
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
    /// Nobody used it for the tenant's idle hours.
    Idle,
    /// Its administrator opened one record more than the limit.
    Displaced,
}

impl CloseReason {
    #[allow(clippy::trivially_copy_pass_by_ref)] // serde hands fields over so.
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// An open session was continued. The event holds everything that the answer showed, so that a
/// repeat gets the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordResumed {
    /// The session, which stays open.
    pub session: SessionId,
    /// The learner whose record it is.
    pub learner: LearnerId,
    /// The administrator who has it open.
    pub administrator: AdministratorId,
    /// The version of the plan when the session was opened.
    pub marker: Version,
    /// Whether this administrator could synchronise (P6).
    pub can_sync: bool,
    /// The programmes to choose from (S2).
    pub programmes: Vec<ProgrammeChoice>,
}

#[cfg(test)]
mod tests;
