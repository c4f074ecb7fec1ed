//! The folder of an engine that writes and seals volumes meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plansync_tests::client::Client;
use plansync_tests::college::{SOURCE, bulky_edit, target};
use serde_json::{Value, json};

use super::world::{Viewed, World};

async fn keep_editing(client: Client, stop: Arc<AtomicBool>) {
    let mut round = 10_000;
    while !stop.load(Ordering::Relaxed) {
        round += 1;
        let edit = bulky_edit(target(2), round);
        client.get("alice", "plan.edit", edit).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_seen_while_the_engine_writes_and_seals() {
    let world = World::random(17).await;
    let stop = Arc::new(AtomicBool::new(false));
    let editing = tokio::spawn(keep_editing(world.client.clone(), Arc::clone(&stop)));
    let earlier = json!({ "learner": SOURCE, "at_version": 3 });
    let expected = world.client.get("alice", "plan.get", earlier.clone()).await;
    let subject = |operation| format!("plansync.v1.req.northgate.alice.{operation}");
    let third = world.data().join("volumes/00000003/files");
    let (mut last, mut views) = (0, 0);
    while views < 5 || !third.exists() {
        views += 1;
        let edit = bulky_edit(target(1), 1_000 + views);
        let position = world.client.get("alice", "plan.edit", edit).await["position"].clone();
        let data = world.data();
        let (position, earlier) = (position.as_u64().unwrap(), earlier.clone());
        let (subjects, expected) = (
            [subject("plan.get"), subject("plan.history")],
            expected.clone(),
        );
        let seen = tokio::task::spawn_blocking(move || {
            let view = Viewed::folder(&data);
            assert!(
                view.position() >= position,
                "an acknowledged edit is missing"
            );
            let (error, plan) = view.ask(&subjects[0], &earlier);
            let plan: Value = serde_json::from_slice(&plan).unwrap();
            assert_eq!((error, plan), (None, expected));
            let (error, _) = view.ask(&subjects[1], &json!({ "learner": target(1) }));
            assert_eq!(error, None);
            view.position()
        });
        let seen = seen.await.unwrap();
        assert!(seen > last);
        last = seen;
    }
    stop.store(true, Ordering::Relaxed);
    editing.await.unwrap();
}
