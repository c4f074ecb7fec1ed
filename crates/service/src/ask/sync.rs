//! Commands on synchronisations, and their requests.

use plansync_domain::command::Command;
use plansync_domain::ids::digest::Digest;
use plansync_domain::ids::position;
use plansync_domain::ids::{CommandId, SyncId};
use plansync_domain::plan::status::Status;
use plansync_domain::sync::confirm::Confirm;
use plansync_domain::sync::request::{
    Components, LearnerFilter, Learners, StatusFilter, SyncRequest,
};
use plansync_domain::values::attribute::AttributeSet;
use plansync_engine::{Receipt, Reply};
use plansync_protocol::sync::{
    self as wire, CancelSync, ComponentChoice, LearnerChoice, StartSync, SyncCancelled, SyncStarted,
};
use plansync_protocol::{
    self as protocol, AttributeName, Condition, DecodeError, Position, SyncType,
};

use crate::catalogue::Commands;
use crate::words::{ToDomain, ToWire};

impl Commands for protocol::SyncStart {
    fn command(body: StartSync, id: CommandId) -> Result<Command, DecodeError> {
        check_attributes(body.sync_type, &body.attributes)?;
        let derived = || SyncId::from_uuid(id.derive(b"sync"));
        Ok(Command::StartSync {
            sync: body.sync.unwrap_or_else(derived),
            request: sync_request(body.request()),
        })
    }

    fn reply(receipt: Receipt) -> Option<SyncStarted> {
        let Reply::SyncStarted { sync, position } = receipt.reply else {
            return None;
        };
        Some(SyncStarted {
            sync,
            position: Position(position.get()),
            duplicate: receipt.duplicate,
        })
    }
}

impl Commands for protocol::SyncCancel {
    fn command(body: CancelSync, _: CommandId) -> Result<Command, DecodeError> {
        Ok(Command::CancelSync { sync: body.sync })
    }

    fn reply(receipt: Receipt) -> Option<SyncCancelled> {
        let Reply::SyncCancelled { state } = receipt.reply else {
            return None;
        };
        Some(SyncCancelled {
            state: state.wire(),
            duplicate: receipt.duplicate,
        })
    }
}

/// Refuses attributes of a type that does not choose any.
pub(crate) fn check_attributes(
    sync_type: SyncType,
    attributes: &[AttributeName],
) -> Result<(), DecodeError> {
    if sync_type.chooses_attributes() || attributes.is_empty() {
        return Ok(());
    }
    let problem = "attributes can be chosen only with the type selected_attributes; omit them, or use this type";
    Err(DecodeError::at("attributes", problem))
}

/// A request in the form of the domain.
pub(crate) fn sync_request(given: wire::SyncRequest) -> SyncRequest {
    let attributes = given.attributes.into_iter().map(ToDomain::domain);
    SyncRequest {
        session: given.session,
        programme: given.programme,
        components: match given.components {
            ComponentChoice::Recent => Components::Recent,
            ComponentChoice::All => Components::All,
            ComponentChoice::Listed(components) => Components::Listed(components),
        },
        learners: match given.learners {
            LearnerChoice::All => Learners::All,
            LearnerChoice::Listed(learners) => Learners::Listed(learners),
            LearnerChoice::Filtered(filter) => Learners::Filtered(learner_filter(filter)),
        },
        statuses: status_filter(&given.statuses),
        kind: given.sync_type.domain(),
        attributes: attributes.collect::<AttributeSet>(),
        confirm: given.confirm.map(confirmed),
    }
}

fn confirmed(given: wire::Confirm) -> Confirm {
    Confirm {
        position: position::Position::new(given.position.0),
        digest: Digest::new(*given.digest.as_bytes()),
    }
}

/// A filter of learners in the form of the domain.
pub(crate) fn learner_filter(given: wire::LearnerFilter) -> LearnerFilter {
    let statuses = given.programme_statuses.into_iter();
    LearnerFilter {
        programme_statuses: statuses.map(ToDomain::domain).collect(),
        groups: given.groups,
        tutors: given.tutors,
        search: given
            .search
            .map(protocol::Search::into_string)
            .unwrap_or_default()
            .into(),
        except: given.except,
    }
}

pub(crate) fn status_filter(conditions: &[Condition]) -> StatusFilter {
    let mut filter = StatusFilter::default();
    for condition in conditions {
        match status(*condition) {
            Some(status) => filter.statuses.push(status),
            None => filter.planned_for_qa = true,
        }
    }
    filter
}

/// The status that a condition names; `None` if it is about being planned for QA.
const fn status(condition: Condition) -> Option<Status> {
    match condition {
        Condition::NotStarted => Some(Status::NotStarted),
        Condition::InProgress => Some(Status::InProgress),
        Condition::Submitted => Some(Status::Submitted),
        Condition::Returned => Some(Status::Returned),
        Condition::Completed => Some(Status::Completed),
        Condition::PlannedForQa => None,
    }
}
