//! The examples of the client crate, as programs: one fills a tenant, the other counts its events through kills.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use plansync_client::{NewConsumer, Start};
use serde_json::Value;

use super::world::World;

/// How long the counts are waited for on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

fn synchronise(world: &World) {
    let ended = Command::new(env!("CARGO_BIN_EXE_example-synchronise"))
        .arg(world.nats.url())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(
        ended.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert!(said.contains("the synchronisation is completed"), "{said}");
    assert!(
        said.contains("0190a1b2-0000-7000-8000-000000000013: applied"),
        "{said}"
    );
}

fn subscriber(world: &World, file: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_example-subscriber"))
        .arg(file)
        .args([&world.nats.url(), "example-client"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The counts in the file, once it has counted something.
fn counts(file: &Path) -> Option<Value> {
    let kept: Value = serde_json::from_slice(&std::fs::read(file).ok()?).unwrap();
    Some(kept["by_kind"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_filled_and_its_events_are_counted_once_through_kills() {
    let mut world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outcomes.json");
    // Made beforehand: the subscriber that continues need not wait so long.
    let tenant = world.client.in_tenant("example-client".parse().unwrap());
    let consumer = NewConsumer::new("example-client-outcomes", Start::Beginning)
        .with_ack_wait(Duration::from_secs(1));
    tenant.events().make_durable(consumer).await.unwrap();

    let first = subscriber(&world, &file);
    synchronise(&world);
    let until = Instant::now() + PATIENCE;
    while counts(&file).is_none() {
        assert!(Instant::now() < until, "nothing was counted");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    kill(first);
    world.nats.restart();
    let second = subscriber(&world, &file);
    synchronise(&world);
    // Six learners were put durably, and two synchronisations have ended.
    let is_counted = |counts: &Value| {
        counts["command accepted"] == 6 && counts["synchronisation completed"] == 2
    };
    while !counts(&file).is_some_and(|counts| is_counted(&counts)) {
        assert!(Instant::now() < until, "{:?}", counts(&file));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    kill(second);
}
