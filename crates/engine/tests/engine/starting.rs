//! Starts of the engine are in the log: once for each tenant, behind its first commit, and again only where a value
//! differs.

use std::sync::Arc;

use plansync_domain::command::Command;
use plansync_domain::command::limits::Limits;
use plansync_domain::event::Event;
use plansync_domain::event::engine::{EngineStarted, RULES};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, TenantId};
use plansync_domain::reference::settings::{IdleHours, OwnerRule, TenantSettings};
use plansync_engine::{Config, Engine, decided};
use plansync_log::{Position, Read as _};

use crate::stage::{Stage, call, config, tenant};

fn with(version: &str, learners: usize) -> Config {
    Config {
        version: Some(Arc::from(version)),
        limits: Limits {
            learners,
            ..Limits::default()
        },
        ..config()
    }
}

/// Every start in the log: its position, tenant, version and largest number of learners.
fn starts(stage: &Stage) -> Vec<(u64, String, String, u64)> {
    let commits = stage.log.read(Position::FIRST, 10_000).unwrap();
    let decided = commits
        .iter()
        .map(|commit| decided(commit, &plansync_log::sealing::Keys::only_read(None)).unwrap());
    let starts = decided.filter_map(|decided| {
        let [
            Event::EngineStarted(EngineStarted {
                version,
                fold,
                limits,
            }),
        ] = &*decided.events
        else {
            return None;
        };
        assert_eq!(
            (&decided.stream, &decided.actor),
            (&Stream::Engine, &Actor::System)
        );
        assert_eq!((*fold, limits.components), (RULES, 2_089));
        let position = decided.commit.position.get();
        Some((
            position,
            decided.tenant.to_string(),
            version.clone(),
            limits.learners,
        ))
    });
    starts.collect()
}

fn start(stage: &mut Stage, config: Config) -> usize {
    stage.restart_with(config);
    let recorded = stage.engine.record_start().unwrap();
    stage.write();
    recorded
}

fn start_of(position: u64, version: &str, learners: u64) -> (u64, String, String, u64) {
    (
        position,
        "northgate".to_owned(),
        version.to_owned(),
        learners,
    )
}

#[test]
fn a_start_is_behind_the_first_commit_of_a_tenant_and_again_where_a_value_differs() {
    let mut stage = Stage::college_with(with("1.0.0", 500));
    let first = start_of(2, "1.0.0", 500);
    assert_eq!(starts(&stage), std::slice::from_ref(&first));
    assert_eq!(start(&mut stage, with("1.0.0", 500)), 0);
    assert_eq!(start(&mut stage, with("1.1.0", 500)), 1);
    assert_eq!(start(&mut stage, with("1.1.0", 500)), 0);
    assert_eq!(start(&mut stage, with("1.1.0", 300)), 1);
    // One that was there before is recorded again: everything after it was decided by it.
    assert_eq!(start(&mut stage, with("1.0.0", 500)), 1);
    let at: Vec<u64> = starts(&stage).iter().map(|start| start.0).collect();
    let expected = [
        first,
        start_of(at[1], "1.1.0", 500),
        start_of(at[2], "1.1.0", 300),
        start_of(at[3], "1.0.0", 500),
    ];
    assert_eq!(starts(&stage), expected);
}

#[test]
fn a_log_of_an_earlier_version_gets_one_and_an_engine_without_a_version_records_none() {
    let mut stage = Stage::college();
    assert_eq!(stage.engine.record_start().unwrap(), 0);
    assert_eq!(starts(&stage), []);
    let end = stage.log.tip().position.get();
    assert_eq!(start(&mut stage, with("1.0.0", 500)), 1);
    assert_eq!(starts(&stage), [start_of(end + 1, "1.0.0", 500)]);
    assert_eq!(start(&mut stage, config()), 0);
}

#[test]
fn each_tenant_has_starts_of_its_own() {
    let mut stage = Stage::college_with(with("1.0.0", 500));
    let other: TenantId = "southgate".parse().unwrap();
    let put = Command::PutTenant(TenantSettings {
        marking_aid: false,
        owner_rule: OwnerRule::Keep,
        record_idle_hours: IdleHours::default(),
    });
    let mut asked = call("system", 999, &put);
    asked.tenant = other;
    let receipt = stage.engine.submit(&asked, &put).unwrap();
    // A repeat adds nothing, and neither do other settings of the same tenant.
    assert!(stage.engine.submit(&asked, &put).unwrap().duplicate);
    stage.write();
    assert_eq!(starts(&stage).len(), 2);
    assert_eq!(starts(&stage)[1].0, receipt.position.get() + 1);
    assert_eq!(start(&mut stage, with("1.1.0", 500)), 2);
    let tenants: Vec<String> = starts(&stage).into_iter().map(|start| start.1).collect();
    assert_eq!(
        tenants,
        ["northgate", "southgate", "northgate", "southgate"]
    );
    assert_eq!(stage.engine.tenants().first(), Some(&tenant()));
}

#[test]
fn a_view_records_nothing() {
    let stage = Stage::college();
    let view = Engine::view(Arc::new(stage.log.clone()), with("1.0.0", 500)).unwrap();
    let tip = stage.log.tip();
    assert_eq!(view.record_start().unwrap(), 0);
    view.write_step().unwrap();
    assert_eq!(stage.log.tip(), tip);
}
