//! Which fields of events are text about persons: the log seals them, each under the key of whom it is about.
//!
//! Attributes of components are not among them, because other plans fold them; nor are the names of
//! administrators and programmes.

use std::sync::Arc;

use crate::event::Event;
use crate::event::command_outcome::{KeptBytes, RejectedError};
use crate::ids::stream::Stream;
use crate::ids::{LearnerId, SyncId};
use crate::sync::request::Learners;
use crate::text::personal::Personal;

/// A field of an event that is text about persons, with whom its key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonalField {
    /// The learner's name.
    Name(LearnerId),
    /// The reason given for a change of this learner's plan.
    Reason(LearnerId),
    /// The text by which a sync chose its learners, who may be any.
    Search(SyncId),
    /// The message of the refusal of a command that could not be decoded: parts of it may be about anybody.
    Message,
    /// The path in such a refusal: it may repeat keys of the command.
    Path,
}

/// Visits text about persons and the bytes of rejected commands, which may be about anybody.
pub trait PersonalVisitor {
    /// Why the visit ends early.
    type Error;

    /// Visits a text.
    fn text(&mut self, field: PersonalField, text: &mut Personal) -> Result<(), Self::Error>;

    /// Visits the bytes of a rejected command.
    fn bytes(&mut self, bytes: &mut KeptBytes) -> Result<(), Self::Error>;
}

impl Event {
    /// Whether the event holds text about persons.
    pub fn is_personal(&self) -> bool {
        match self {
            Self::LearnerPut(_) => true,
            Self::ComponentChanged(changed) => changed.reason.is_some(),
            Self::SyncAccepted(accepted) => match &accepted.request.learners {
                Learners::Filtered(filter) => filter.search != Personal::default(),
                Learners::All | Learners::Listed(_) => false,
            },
            Self::CommandRejected(rejected) => rejected.is_undecoded(),
            Self::TenantPut(_)
            | Self::AdministratorPut(_)
            | Self::AdministratorRemoved(_)
            | Self::ProgrammePut(_)
            | Self::TemplatePut(_)
            | Self::TemplateRemoved(_)
            | Self::LearnerHeld(_)
            | Self::LearnerReleased(_)
            | Self::LearnerErasureRequested(_)
            | Self::LearnerErased(_)
            | Self::PlanInstantiated(_)
            | Self::ComponentAdded(_)
            | Self::ComponentReadded(_)
            | Self::ComponentRemoved(_)
            | Self::StatusSet(_)
            | Self::EvidenceSubmitted(_)
            | Self::ReviewStatusSet(_)
            | Self::RecordOpened(_)
            | Self::RecordClosed(_)
            | Self::RecordResumed(_)
            | Self::ChangeSetChunk(_)
            | Self::TargetReplayed(_)
            | Self::SyncCancelled(_)
            | Self::SyncCompleted(_)
            | Self::CommandOutcome(_)
            | Self::CommandAccepted(_)
            | Self::EngineStarted(_) => false,
        }
    }

    /// Visits every text about persons of an event of this stream. An empty search, which is none, is not
    /// visited.
    ///
    /// # Errors
    ///
    /// The first error of the visitor.
    pub fn visit_personal<V: PersonalVisitor>(
        &mut self,
        stream: &Stream,
        visitor: &mut V,
    ) -> Result<(), V::Error> {
        if !self.is_personal() {
            return Ok(());
        }
        if let Self::LearnerPut(put) = self {
            visitor.text(PersonalField::Name(put.learner), &mut put.record.name)?;
        } else if let (Self::ComponentChanged(changed), Stream::Plan(learner)) =
            (&mut *self, stream)
        {
            if let Some(reason) = &mut changed.reason {
                visitor.text(PersonalField::Reason(*learner), reason)?;
            }
        } else if let Self::SyncAccepted(accepted) = self {
            let request = Arc::make_mut(&mut accepted.request);
            if let Learners::Filtered(filter) = &mut request.learners {
                visitor.text(PersonalField::Search(accepted.sync), &mut filter.search)?;
            }
        } else if let Self::CommandRejected(rejected) = self {
            if !rejected.bytes.is_empty() {
                visitor.bytes(&mut rejected.bytes)?;
            }
            if let RejectedError::Recorded(refusal) = &mut rejected.error {
                visitor.text(PersonalField::Message, &mut refusal.message)?;
                let details = refusal.details.as_mut();
                if let Some(path) = details.and_then(|details| details.path.as_mut()) {
                    visitor.text(PersonalField::Path, path)?;
                }
            }
        }
        Ok(())
    }
}
