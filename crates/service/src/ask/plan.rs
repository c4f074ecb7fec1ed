//! Commands on plans and records.

use plansync_domain::command::{Command, Edit};
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{CommandId, ComponentId, SessionId};
use plansync_engine::{Receipt, Reply};
use plansync_protocol::plan::{
    self as wire, EditPlan, InstantiatePlan, PlanEdited, PlanInstantiated,
};
use plansync_protocol::record::{CloseRecord, OpenRecord, RecordClosed, RecordOpened};
use plansync_protocol::{self as protocol, DecodeError, Position};

use crate::answer::record::programme_choice;
use crate::answer::{count, version};
use crate::ask::attributes::attributes;
use crate::ask::changes_size;
use crate::catalogue::Commands;
use crate::words::ToDomain;

impl Commands for protocol::PlanInstantiate {
    fn command(body: InstantiatePlan, _: CommandId) -> Result<Command, DecodeError> {
        Ok(Command::InstantiatePlan {
            learner: body.learner,
            programme: body.programme,
        })
    }

    fn reply(receipt: Receipt) -> Option<PlanInstantiated> {
        let Reply::Instantiated {
            version: made,
            position,
            added,
        } = receipt.reply
        else {
            return None;
        };
        Some(PlanInstantiated {
            version: version(made),
            position: Position(position.get()),
            added: count(added),
            duplicate: receipt.duplicate,
        })
    }
}

impl Commands for protocol::PlanEdit {
    fn command(body: EditPlan, id: CommandId) -> Result<Command, DecodeError> {
        let edits = body.edits.into_iter().enumerate();
        let edits = edits.map(|(index, given)| edit(index, given, id));
        let edits = edits.collect::<Result<Vec<_>, _>>()?;
        changes_size::check(&edits)?;
        Ok(Command::EditPlan {
            learner: body.learner,
            expected_version: body
                .expected_version
                .map(|version| Version::of_stream(version.0)),
            edits,
        })
    }

    fn reply(receipt: Receipt) -> Option<PlanEdited> {
        let Reply::Edited {
            version: made,
            position,
            changed,
            added,
        } = receipt.reply
        else {
            return None;
        };
        Some(PlanEdited {
            version: version(made),
            position: Position(position.get()),
            changed,
            added,
            duplicate: receipt.duplicate,
        })
    }
}

fn edit(index: usize, given: wire::Edit, id: CommandId) -> Result<Edit, DecodeError> {
    let path = |field: &'static str| move || format!("edits[{index}].{field}");
    Ok(match given {
        wire::Edit::Add {
            component,
            programme,
            component_type,
            attributes: given,
        } => Edit::Add {
            component: component.unwrap_or_else(|| added(index, id)),
            programme,
            component_type,
            attributes: attributes(given, path("attributes"))?,
        },
        wire::Edit::Readd {
            template,
            programme,
            attributes: given,
        } => Edit::Readd {
            template,
            programme,
            attributes: attributes(given, path("attributes"))?,
        },
        wire::Edit::Change {
            component,
            set,
            reason,
        } => Edit::Change {
            component,
            set: attributes(set, path("set"))?,
            reason: reason.map(|reason| reason.into_string().into()),
        },
        wire::Edit::Remove { component } => Edit::Remove { component },
        wire::Edit::SetStatus { component, status } => Edit::SetStatus {
            component,
            status: status.domain(),
        },
        wire::Edit::SubmitEvidence { component } => Edit::SubmitEvidence { component },
        wire::Edit::SetReviewStatus { component, status } => Edit::SetReviewStatus {
            component,
            status: status.domain(),
        },
    })
}

/// The id of a component that was sent without one. It is the same when the command is repeated.
fn added(index: usize, id: CommandId) -> ComponentId {
    ComponentId::from_uuid(id.derive(format!("edit/{index}").as_bytes()))
}

impl Commands for protocol::RecordOpen {
    fn command(body: OpenRecord, id: CommandId) -> Result<Command, DecodeError> {
        let derived = || SessionId::from_uuid(id.derive(b"session"));
        let learner = body.learner;
        let session = body.session.unwrap_or_else(derived);
        Ok(if body.resume == Some(true) {
            Command::ResumeRecord { learner, session }
        } else {
            Command::OpenRecord { learner, session }
        })
    }

    fn reply(receipt: Receipt) -> Option<RecordOpened> {
        let Reply::Opened {
            session,
            resumed,
            marker,
            can_sync,
            programmes,
        } = receipt.reply
        else {
            return None;
        };
        Some(RecordOpened {
            session,
            marker: version(marker),
            can_sync,
            programmes: programmes.iter().map(programme_choice).collect(),
            resumed,
            duplicate: receipt.duplicate,
        })
    }
}

impl Commands for protocol::RecordClose {
    fn command(body: CloseRecord, _: CommandId) -> Result<Command, DecodeError> {
        Ok(Command::CloseRecord {
            session: body.session,
        })
    }

    fn reply(receipt: Receipt) -> Option<RecordClosed> {
        (receipt.reply == Reply::Closed).then_some(RecordClosed {
            duplicate: receipt.duplicate,
        })
    }
}
