//! If a decision needs a plan that is not resident, the plan is loaded and the decision is made again: no
//! decision depends on its plans having been loaded ahead.

use plansync_domain::command::Command;
use plansync_domain::ids::Actor;
use plansync_domain::preview::explain::Side;
use plansync_domain::selection::component_list::ComponentFilter;
use plansync_domain::sync::request::SyncKind;
use plansync_engine::read::Window;
use plansync_engine::{Config, Fault, NeedsDisk};

use crate::stage::{
    PROGRAMME, SESSION, SOURCE, SYNC, Stage, call, component, config, rename, sync, target, tenant,
};

fn stage() -> Stage {
    let mut stage = Stage::college_with(Config {
        faults: vec![Fault::FetchesNothingAhead],
        ..config()
    });
    stage.restart();
    stage
}

fn is_resident(stage: &Stage) -> bool {
    let now = stage.engine.snapshot(&tenant());
    now.tenant.plans().is_resident(SOURCE)
}

#[test]
fn a_command_whose_plan_nobody_fetched_is_decided_all_the_same() {
    let mut stage = stage();
    assert!(!is_resident(&stage));
    let command = rename(SOURCE, "New");
    let asked = stage
        .engine
        .submit_without_disk(&call("sam", 900, &command), &command);
    assert_eq!(asked, Err(NeedsDisk));
    stage.next_as("sam", &command).unwrap();
    stage.write();
    assert!(is_resident(&stage));
    assert_eq!(stage.name(SOURCE), "New");
}

fn told(stage: &Stage, which: usize) -> String {
    let (tenant, actor) = (tenant(), "sam".parse::<Actor>().unwrap());
    let window = Window { skip: 0, take: 100 };
    let Command::StartSync { request, .. } = sync(SyncKind::AllAttributes) else {
        panic!("a start")
    };
    let reading = stage.engine.reading(&tenant, &actor).unwrap();
    match which {
        0 => {
            let side = Side::Synchronised;
            let explained = reading.sync_explain(&request, component(0), side, window);
            format!("{:?}", explained.unwrap())
        }
        1 => format!("{:?}", reading.sync_preview(&request, window).unwrap()),
        2 => format!("{:?}", reading.recent_changes(SESSION, window).unwrap()),
        _ => {
            let filter = ComponentFilter::default();
            let listed = reading.sync_components(SESSION, PROGRAMME, &filter, window);
            format!("{:?}", listed.unwrap())
        }
    }
}

#[test]
fn answers_that_nobody_fetched_for_are_the_same() {
    let mut stage = Stage::college();
    let learner = SOURCE;
    let session = SESSION;
    let open = Command::OpenRecord { learner, session };
    stage.next_as("sam", &open).unwrap();
    stage.next_as("sam", &rename(SOURCE, "New")).unwrap();
    stage.write();
    let expected: Vec<_> = (0..4).map(|which| told(&stage, which)).collect();
    for (which, expected) in expected.into_iter().enumerate() {
        stage.restart_with(Config {
            faults: vec![Fault::FetchesNothingAhead],
            ..config()
        });
        assert!(!is_resident(&stage));
        assert_eq!(told(&stage, which), expected);
    }
}

#[test]
fn targets_whose_plans_nobody_fetched_are_judged_once_they_are_resident() {
    let mut stage = stage();
    let learner = SOURCE;
    let session = SESSION;
    let open = Command::OpenRecord { learner, session };
    stage.next_as("sam", &open).unwrap();
    stage.next_as("sam", &rename(SOURCE, "New")).unwrap();
    stage.write();
    stage.restart();
    stage.next_as("sam", &sync(SyncKind::ChangesOnly)).unwrap();
    stage.write();
    stage.restart();
    stage.work();
    let snapshot = stage.whole();
    let tally = snapshot.tenant.sync(SYNC).unwrap().tally();
    assert_eq!((tally.applied, tally.skipped), (5, 10));
    assert_eq!(stage.name(target(4)), "New");
}
