//! Reference data: who may read it, and in which order it is listed.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::version::TemplateVersion;
use plansync_domain::ids::{LearnerId, ProgrammeId};
use plansync_domain::permission::{Permission, PermissionReason};
use plansync_domain::reference::learner::EnrolmentStatus;
use plansync_domain::values::attribute::Attribute;
use plansync_engine::read::{LearnerListFilter, Window};
use uuid::Uuid;

use super::{ALL, ask, enrolled, put_administrator, put_learner, refused};
use crate::stage::{PROGRAMME, SOURCE, Stage, TARGETS, component, target, tenant};

fn ids(
    stage: &Stage,
    name: &str,
    filter: &LearnerListFilter,
    window: Window,
) -> (usize, Vec<LearnerId>) {
    ask(stage, name, |reading| {
        let listed = reading.learners(filter, window).unwrap();
        (
            listed.total,
            listed.items.iter().map(|(id, _)| *id).collect(),
        )
    })
}

#[test]
fn nobody_is_admitted_to_a_tenant_that_was_never_put_or_under_an_unknown_name() {
    let empty = Stage::empty();
    let (tenant, sam, bob) = (tenant(), super::actor("sam"), super::actor("bob"));
    let refusal = empty.engine.reading(&tenant, &sam).err();
    assert_eq!(refusal, Some(Rejection::TenantNotFound));
    let college = Stage::college();
    let refusal = college.engine.reading(&tenant, &bob).err();
    assert_eq!(refusal, Some(Rejection::UnknownActor));
}

#[test]
fn p12_reference_data_is_read_by_system_and_by_those_of_p1_alone() {
    let mut stage = Stage::college();
    put_administrator(&mut stage, "ed", Permission::AdvancedDeliveryEdit, "north");
    let no = refused(Rejection::NotPermitted(PermissionReason::ReadNotPermitted));
    ask(&stage, "ed", |reading| {
        assert_eq!(reading.settings().unwrap_err(), no);
        assert_eq!(reading.programmes("", ALL).unwrap_err(), no);
        assert_eq!(reading.learner(SOURCE).unwrap_err(), no);
        assert_eq!(reading.template(PROGRAMME, ALL).unwrap_err(), no);
        let myself = reading.myself().unwrap();
        assert_eq!((myself.name.as_str(), myself.can_sync), ("ed", true));
    });
    for name in ["system", "sam"] {
        let programme = ask(&stage, name, |reading| {
            let known = reading.programme(PROGRAMME).unwrap();
            (known.record.name.clone(), known.template_components)
        });
        assert_eq!(programme, ("Business".to_owned(), 3));
    }
}

#[test]
fn p8_a_supervisor_reads_only_the_learners_whose_groups_are_theirs() {
    let mut stage = Stage::college();
    put_administrator(&mut stage, "sue", Permission::Supervisor, "north");
    let south = enrolled("Learner", Some("south"), EnrolmentStatus::Active);
    put_learner(&mut stage, target(1), south);
    let seen = [SOURCE, target(0), target(2), target(3), target(4)];
    let found = ids(&stage, "sue", &LearnerListFilter::default(), ALL);
    assert_eq!(found, (5, seen.to_vec()));
    let hidden = refused(Rejection::LearnerNotAvailable);
    ask(&stage, "sue", |reading| {
        assert_eq!(reading.learner(target(1)).unwrap_err(), hidden);
        assert_eq!(reading.learner(target(77)).unwrap_err(), hidden);
        assert_eq!(reading.plan(target(1), None, ALL).unwrap_err(), hidden);
        assert_eq!(
            reading.plan_history(target(1), None, ALL).unwrap_err(),
            hidden
        );
    });
}

#[test]
fn learners_are_filtered_by_all_filters_together_and_come_by_name_then_id() {
    let mut stage = Stage::college();
    let withdrawn = |name| enrolled(name, Some("north"), EnrolmentStatus::Withdrawn);
    put_learner(&mut stage, target(3), withdrawn("Zoë"));
    put_learner(&mut stage, target(4), withdrawn("Anna"));
    put_learner(&mut stage, target(2), withdrawn("Anna"));
    let filter = LearnerListFilter {
        programme: Some(PROGRAMME),
        programme_statuses: vec![EnrolmentStatus::Withdrawn, EnrolmentStatus::Expired],
        groups: vec!["north".parse().unwrap()],
        ..LearnerListFilter::default()
    };
    let all = vec![target(2), target(4), target(3)];
    assert_eq!(ids(&stage, "sam", &filter, ALL), (3, all));
    let second = Window { skip: 1, take: 1 };
    assert_eq!(ids(&stage, "sam", &filter, second), (3, vec![target(4)]));
    let named = LearnerListFilter {
        search: "ZO".to_owned(),
        ..filter.clone()
    };
    assert_eq!(ids(&stage, "sam", &named, ALL), (1, vec![target(3)]));
    let elsewhere = LearnerListFilter {
        programme: Some(ProgrammeId::from_uuid(Uuid::from_u128(0xff))),
        ..filter
    };
    assert_eq!(ids(&stage, "sam", &elsewhere, ALL), (0, vec![]));
    let everybody = ids(&stage, "system", &LearnerListFilter::default(), ALL);
    assert_eq!(everybody.0, usize::try_from(TARGETS).unwrap() + 1);
}

#[test]
fn a_template_comes_in_the_order_of_adding_with_all_that_a_template_holds() {
    let stage = Stage::college();
    let second = Window { skip: 1, take: 1 };
    let template = ask(&stage, "sam", |reading| reading.template(PROGRAMME, second)).unwrap();
    assert_eq!(
        (template.version, template.components.total),
        (TemplateVersion::new(1), 3)
    );
    let [only] = template.components.items.as_slice() else {
        panic!("one component")
    };
    assert_eq!(only.component, component(1));
    let held: Vec<_> = only
        .attributes
        .iter()
        .map(|(attribute, _)| attribute)
        .collect();
    let fits =
        |attribute: &Attribute| attribute.in_template() && *attribute != Attribute::ReviewType;
    assert_eq!(
        held,
        Attribute::ALL.into_iter().filter(fits).collect::<Vec<_>>()
    );
}

#[test]
fn what_is_not_there_is_named() {
    let stage = Stage::college();
    let nowhere = ProgrammeId::from_uuid(Uuid::from_u128(0xff));
    let nobody = "nobody".parse().unwrap();
    ask(&stage, "system", |reading| {
        let missing = refused(Rejection::ProgrammeNotFound(nowhere));
        assert_eq!(reading.programme(nowhere).unwrap_err(), missing);
        assert_eq!(reading.template(nowhere, ALL).unwrap_err(), missing);
        let unknown = refused(Rejection::AdministratorNotFound(nobody));
        let asked = "nobody".parse().unwrap();
        assert_eq!(reading.administrator(&asked).unwrap_err(), unknown);
        let administrators = reading.administrators("SA", ALL).unwrap();
        assert_eq!(administrators.items[0].0.as_str(), "sam");
    });
}
