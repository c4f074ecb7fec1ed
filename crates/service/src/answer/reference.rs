//! Reads of reference data.

use plansync_domain::ids::{AdministratorId, LearnerId};
use plansync_domain::permission::PermissionSet;
use plansync_domain::reference::administrator::{Administrator, Groups};
use plansync_domain::reference::learner::{Enrolment, Learner};
use plansync_domain::reference::settings::TenantSettings;
use plansync_domain::reference::template::TemplateComponent;
use plansync_engine::Refusal;
use plansync_engine::read::{FoundLearner, KnownProgramme, LearnerListFilter, Reading};
use plansync_protocol::reference as wire;
use plansync_protocol::{self as protocol, List, Permission, Version};

use crate::answer::{attributes, count, search, window};
use crate::catalogue::Reads;
use crate::words::{ToDomain, ToWire};

impl Reads for protocol::TenantGet {
    fn answer(reading: &Reading<'_>, _: wire::GetTenant) -> Result<wire::TenantRecord, Refusal> {
        Ok(tenant(reading.settings()?))
    }
}

impl Reads for protocol::ActorGet {
    fn answer(reading: &Reading<'_>, _: wire::GetActor) -> Result<wire::ActorRecord, Refusal> {
        let myself = reading.myself()?;
        Ok(wire::ActorRecord {
            administrator: myself.actor,
            name: myself.name.to_string(),
            permissions: permissions(myself.permissions),
            groups: groups(&myself.groups),
            can_sync: myself.can_sync,
        })
    }
}

impl Reads for protocol::AdministratorGet {
    fn answer(
        reading: &Reading<'_>,
        body: wire::GetAdministrator,
    ) -> Result<wire::AdministratorRecord, Refusal> {
        let record = reading.administrator(&body.administrator)?;
        Ok(administrator(&body.administrator, record))
    }
}

impl Reads for protocol::AdministratorList {
    fn answer(
        reading: &Reading<'_>,
        body: wire::ListAdministrators,
    ) -> Result<wire::AdministratorPage, Refusal> {
        let window = window(body.page, body.page_size);
        let listed = reading.administrators(&search(body.search), window)?;
        let items = listed.items.into_iter();
        Ok(wire::AdministratorPage {
            position: None,
            total: count(listed.total),
            items: items
                .map(|(id, record)| administrator(id, record))
                .collect(),
        })
    }
}

impl Reads for protocol::AdministratorNames {
    fn answer(
        reading: &Reading<'_>,
        body: wire::GetAdministratorNames,
    ) -> Result<wire::AdministratorNameList, Refusal> {
        let named = |administrator| wire::AdministratorName {
            name: reading.name_of(&administrator).map(|name| name.to_string()),
            administrator,
        };
        Ok(wire::AdministratorNameList {
            items: body.administrators.into_iter().map(named).collect(),
        })
    }
}

impl Reads for protocol::LearnerGet {
    fn answer(
        reading: &Reading<'_>,
        body: wire::GetLearner,
    ) -> Result<wire::LearnerRecord, Refusal> {
        Ok(learner(body.learner, reading.learner(body.learner)?))
    }
}

impl Reads for protocol::LearnerList {
    fn answer(
        reading: &Reading<'_>,
        body: wire::ListLearners,
    ) -> Result<wire::LearnerPage, Refusal> {
        let window = window(body.page, body.page_size);
        let statuses = body.programme_statuses.unwrap_or_default().into_iter();
        let filter = LearnerListFilter {
            programme: body.programme,
            programme_statuses: statuses.map(ToDomain::domain).collect(),
            groups: body.groups.map(List::into_vec).unwrap_or_default(),
            tutors: body.tutors.map(List::into_vec).unwrap_or_default(),
            search: search(body.search),
        };
        let listed = reading.learners(&filter, window)?;
        let items = listed.items.into_iter();
        Ok(wire::LearnerPage {
            position: None,
            total: count(listed.total),
            items: items.map(|(id, record)| learner(id, record)).collect(),
        })
    }
}

impl Reads for protocol::LearnerFind {
    fn answer(
        reading: &Reading<'_>,
        body: wire::FindLearners,
    ) -> Result<wire::FoundLearnerPage, Refusal> {
        let window = window(body.page, body.page_size);
        let listed = reading.find_learners(body.programme, &search(body.search), window);
        Ok(wire::FoundLearnerPage {
            position: None,
            total: count(listed.total),
            items: listed.items.into_iter().map(found_learner).collect(),
        })
    }
}

impl Reads for protocol::ProgrammeGet {
    fn answer(
        reading: &Reading<'_>,
        body: wire::GetProgramme,
    ) -> Result<wire::ProgrammeRecord, Refusal> {
        Ok(programme(reading.programme(body.programme)?))
    }
}

impl Reads for protocol::ProgrammeList {
    fn answer(
        reading: &Reading<'_>,
        body: wire::ListProgrammes,
    ) -> Result<wire::ProgrammePage, Refusal> {
        let window = window(body.page, body.page_size);
        let listed = reading.programmes(&search(body.search), window)?;
        Ok(wire::ProgrammePage {
            position: None,
            total: count(listed.total),
            items: listed.items.into_iter().map(programme).collect(),
        })
    }
}

impl Reads for protocol::TemplateGet {
    fn answer(
        reading: &Reading<'_>,
        body: wire::GetTemplate,
    ) -> Result<wire::TemplatePage, Refusal> {
        let template = reading.template(body.programme, window(body.page, body.page_size))?;
        let components = template.components.items.into_iter();
        Ok(wire::TemplatePage {
            position: None,
            total: count(template.components.total),
            version: Version(u64::from(template.version)),
            components: components.map(template_component).collect(),
        })
    }
}

pub(super) fn tenant(settings: TenantSettings) -> wire::TenantRecord {
    wire::TenantRecord {
        marking_aid: settings.marking_aid,
        owner_rule: settings.owner_rule.wire(),
        record_idle_hours: wire::IdleHours::new(settings.record_idle_hours.get())
            .unwrap_or(wire::IdleHours::DEFAULT),
    }
}

pub(super) fn permissions(set: PermissionSet) -> Vec<Permission> {
    set.iter().map(ToWire::wire).collect()
}

pub(super) fn groups(groups: &Groups) -> wire::GroupsViewed {
    match groups {
        Groups::All => wire::GroupsViewed::All,
        Groups::Listed(groups) => wire::GroupsViewed::Listed(groups.iter().cloned().collect()),
    }
}

pub(super) fn administrator(
    id: &AdministratorId,
    record: &Administrator,
) -> wire::AdministratorRecord {
    wire::AdministratorRecord {
        administrator: id.clone(),
        name: record.name.to_string(),
        permissions: permissions(record.permissions),
        groups: groups(&record.groups),
    }
}

pub(super) fn enrolment(enrolment: &Enrolment) -> wire::Enrolment {
    wire::Enrolment {
        programme: enrolment.programme,
        status: enrolment.status.wire(),
    }
}

pub(super) fn learner(id: LearnerId, record: &Learner) -> wire::LearnerRecord {
    wire::LearnerRecord {
        learner: id,
        name: record.name.to_string(),
        erased: record.name.is_erased(),
        case_owner: record.case_owner.clone(),
        groups: record.groups.clone(),
        tutors: record.tutors.clone(),
        enrolments: record.enrolments.iter().map(enrolment).collect(),
    }
}

fn found_learner(found: FoundLearner<'_>) -> wire::FoundLearner {
    let enrolment = |(enrolment, name): (Enrolment, &str)| wire::FoundEnrolment {
        programme: enrolment.programme,
        name: name.to_owned(),
        status: enrolment.status.wire(),
    };
    wire::FoundLearner {
        learner: found.learner,
        name: found.record.name.to_string(),
        programmes: found.programmes.into_iter().map(enrolment).collect(),
    }
}

fn programme(known: KnownProgramme<'_>) -> wire::ProgrammeRecord {
    wire::ProgrammeRecord {
        programme: known.id,
        name: known.record.name.clone(),
        parent: known.record.parent,
        template_components: count(known.template_components),
    }
}

pub(super) fn template_component(component: TemplateComponent) -> wire::TemplateComponent {
    wire::TemplateComponent {
        component: component.component,
        attributes: attributes(&component.attributes),
        component_type: component.component_type,
    }
}
