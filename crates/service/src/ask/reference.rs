//! Commands on reference data.

use plansync_domain::command::Command;
use plansync_domain::ids::CommandId;
use plansync_domain::reference::administrator::{Administrator, Groups};
use plansync_domain::reference::learner::{Enrolment, Learner};
use plansync_domain::reference::programme::Programme;
use plansync_domain::reference::settings::{IdleHours, TenantSettings};
use plansync_domain::reference::template::TemplateComponent;
use plansync_engine::{Receipt, Reply};
use plansync_protocol::reference::{
    self as wire, EraseLearner, GroupsViewed, HoldLearner, PutAdministrator, PutLearner,
    PutProgramme, PutTemplate, PutTenant, ReleaseLearner, RemoveAdministrator, RemoveTemplate,
    Stored,
};
use plansync_protocol::{
    AdministratorPut, AdministratorRemove, DecodeError, LearnerErase, LearnerHold, LearnerPut,
    LearnerRelease, Position, ProgrammePut, TemplatePut, TemplateRemove, TenantPut,
};

use crate::ask::attributes::attributes;
use crate::catalogue::Commands;
use crate::words::ToDomain;

/// The protocol states the same hours as the rules, so a tenant's setting is never replaced by another.
const _: () = assert!(
    wire::IdleHours::MIN.get() == IdleHours::MIN.get()
        && wire::IdleHours::MAX.get() == IdleHours::MAX.get()
        && wire::IdleHours::DEFAULT.get() == IdleHours::DEFAULT.get()
);

/// The reply of every `put` and `remove`.
fn stored(receipt: &Receipt) -> Option<Stored> {
    let Reply::Put { position } = &receipt.reply else {
        return None;
    };
    Some(Stored {
        position: Position(position.get()),
        duplicate: receipt.duplicate,
    })
}

impl Commands for TenantPut {
    fn command(body: PutTenant, _: CommandId) -> Result<Command, DecodeError> {
        Ok(Command::PutTenant(TenantSettings {
            marking_aid: body.marking_aid,
            owner_rule: body.owner_rule.domain(),
            record_idle_hours: body
                .record_idle_hours
                .and_then(|hours| IdleHours::new(hours.get()))
                .unwrap_or_default(),
        }))
    }

    fn reply(receipt: Receipt) -> Option<Stored> {
        stored(&receipt)
    }
}

impl Commands for AdministratorPut {
    fn command(body: PutAdministrator, _: CommandId) -> Result<Command, DecodeError> {
        let permissions = body.permissions.into_iter();
        let record = Administrator {
            name: body.name.into_string().into(),
            permissions: permissions.map(ToDomain::domain).collect(),
            groups: match body.groups {
                GroupsViewed::All => Groups::All,
                GroupsViewed::Listed(groups) => Groups::Listed(groups.into_iter().collect()),
            },
        };
        let administrator = body.administrator;
        Ok(Command::PutAdministrator {
            administrator,
            record,
        })
    }

    fn reply(receipt: Receipt) -> Option<Stored> {
        stored(&receipt)
    }
}

impl Commands for AdministratorRemove {
    fn command(body: RemoveAdministrator, _: CommandId) -> Result<Command, DecodeError> {
        Ok(Command::RemoveAdministrator(body.administrator))
    }

    fn reply(receipt: Receipt) -> Option<Stored> {
        stored(&receipt)
    }
}

impl Commands for LearnerPut {
    fn command(body: PutLearner, _: CommandId) -> Result<Command, DecodeError> {
        let record = Learner {
            name: body.name.into_string().into(),
            case_owner: body.case_owner,
            groups: body.groups.into_vec(),
            tutors: body.tutors.into_vec(),
            enrolments: body.enrolments.iter().map(enrolment).collect(),
        };
        Ok(Command::PutLearner {
            learner: body.learner,
            record,
        })
    }

    fn reply(receipt: Receipt) -> Option<Stored> {
        stored(&receipt)
    }
}

impl Commands for LearnerErase {
    fn command(body: EraseLearner, _: CommandId) -> Result<Command, DecodeError> {
        Ok(Command::EraseLearner(body.learner))
    }

    fn reply(receipt: Receipt) -> Option<Stored> {
        stored(&receipt)
    }
}

impl Commands for LearnerHold {
    fn command(body: HoldLearner, _: CommandId) -> Result<Command, DecodeError> {
        Ok(Command::HoldLearner(body.learner))
    }

    fn reply(receipt: Receipt) -> Option<Stored> {
        stored(&receipt)
    }
}

impl Commands for LearnerRelease {
    fn command(body: ReleaseLearner, _: CommandId) -> Result<Command, DecodeError> {
        Ok(Command::ReleaseLearner(body.learner))
    }

    fn reply(receipt: Receipt) -> Option<Stored> {
        stored(&receipt)
    }
}

fn enrolment(given: &wire::Enrolment) -> Enrolment {
    Enrolment {
        programme: given.programme,
        status: given.status.domain(),
    }
}

impl Commands for ProgrammePut {
    fn command(body: PutProgramme, _: CommandId) -> Result<Command, DecodeError> {
        let record = Programme {
            name: body.name.into_string(),
            parent: body.parent,
        };
        Ok(Command::PutProgramme {
            programme: body.programme,
            record,
        })
    }

    fn reply(receipt: Receipt) -> Option<Stored> {
        stored(&receipt)
    }
}

impl Commands for TemplatePut {
    fn command(body: PutTemplate, _: CommandId) -> Result<Command, DecodeError> {
        let components = body.components.into_iter().enumerate();
        let components = components.map(template_component);
        Ok(Command::PutTemplate {
            programme: body.programme,
            components: components.collect::<Result<_, _>>()?,
        })
    }

    fn reply(receipt: Receipt) -> Option<Stored> {
        stored(&receipt)
    }
}

fn template_component(
    (index, given): (usize, wire::TemplateComponent),
) -> Result<TemplateComponent, DecodeError> {
    let path = || format!("components[{index}].attributes");
    Ok(TemplateComponent {
        component: given.component,
        component_type: given.component_type,
        attributes: attributes(given.attributes, path)?,
    })
}

impl Commands for TemplateRemove {
    fn command(body: RemoveTemplate, _: CommandId) -> Result<Command, DecodeError> {
        Ok(Command::RemoveTemplate {
            programme: body.programme,
            components: body.components.into_vec(),
        })
    }

    fn reply(receipt: Receipt) -> Option<Stored> {
        stored(&receipt)
    }
}
