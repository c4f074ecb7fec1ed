//! The past of plans: as they were, what differs, who set what, and why a synchronisation decided so.

use plansync_tests::college::{SOURCE, administrator, component, target};
use serde_json::{Value, json};

use super::world::{World, due};

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_a_sync_overwrote_is_blamed_on_the_sync_and_on_the_edit_at_its_source() {
    let mut world = World::new(3, 2).await;
    let by_hand = json!([due(1, "2026-12-01", "Too late otherwise")]);
    world.edit("sam", target(0), by_hand).await;
    let moved = json!([due(1, "2026-12-24", "The employer asked")]);
    let sync = world
        .synced("alice", SOURCE, moved, json!([target(0)]))
        .await;
    let body = json!({"learner": target(0), "component": component(1), "attribute": "due_date"});
    let before = world.all("audit.blame", &body, 50).await;
    let item = &before[0];
    assert_eq!(
        (&item["value"], &item["before"]),
        (&json!("2026-12-24"), &json!("2026-12-01"))
    );
    let (synced, source) = (&item["origins"][0], &item["origins"][1]);
    assert_eq!(
        (&synced["sync"]["sync"], &synced["sync"]["requested_by"]),
        (&sync, &json!("alice"))
    );
    assert_eq!(
        (&synced["sync"]["source"], &synced["sync"]["source_version"]),
        (&json!(SOURCE), &json!(2))
    );
    assert_eq!(
        (&source["version"], &source["reason"]),
        (&json!(2), &json!("The employer asked"))
    );
    world.restart().await;
    assert_eq!(world.all("audit.blame", &body, 50).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_at_every_version_is_what_it_was_and_equal_versions_differ_in_nothing() {
    let mut world = World::new(4, 1).await;
    for round in 0..30_u32 {
        let index = u128::from(round % 3);
        let edits = match round % 5 {
            0 => {
                json!([{"op": "set_status", "component": component(index), "status": "submitted"}])
            }
            1 => json!([{"op": "submit_evidence", "component": component(index)}]),
            _ => json!([due(
                index,
                &format!("2026-11-{:02}", round + 1),
                &format!("Reason {round}")
            )]),
        };
        world.edit("alice", target(0), edits).await;
    }
    let swap = json!([
        {"op": "remove", "component": component(0)},
        {"op": "add", "template": component(0), "programme": plansync_tests::college::PROGRAMME},
    ]);
    world.edit("alice", target(0), swap).await;
    world.restart().await;
    let client = &world.client;
    let history = json!({"learner": target(0), "page_size": 500});
    let history = client.get("sam", "plan.history", history).await;
    for commit in history["items"].as_array().unwrap() {
        let version = &commit["version"];
        let of = json!({"learner": target(0), "at_version": version});
        let plan = client.get("sam", "plan.get", of).await;
        for at in [
            json!({"version": version}),
            json!({"position": commit["position"]}),
        ] {
            let of = json!({"learner": target(0), "at": at});
            assert_eq!(
                json!(world.all("audit.plan", &of, 3).await),
                plan["components"],
                "{at}"
            );
        }
        let same = json!({
            "learner": target(0), "from": {"version": version}, "to": {"position": commit["position"]},
        });
        assert_eq!(
            world.all("audit.diff", &same, 50).await,
            [] as [Value; 0],
            "version {version}"
        );
    }
    let whole = json!({"learner": target(0), "from": {"version": 1}});
    let items = world.all("audit.diff", &whole, 1).await;
    let moved = items
        .iter()
        .find(|item| item["component"] == json!(component(0)))
        .unwrap();
    assert_eq!(
        (&moved["change"], &moved["place"]),
        (&json!("updated"), &json!(3))
    );
    let last = items
        .iter()
        .find(|item| item["component"] == json!(component(2)))
        .unwrap();
    let due = &last["attributes"][0];
    assert_eq!(
        (&due["attribute"], &due["origins"][0]["reason"]),
        (&json!("due_date"), &json!("Reason 29"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_names_the_missing_permission_also_when_it_is_held_since() {
    let world = World::new(2, 2).await;
    let client = &world.client;
    administrator(client, "ann", &["advanced_delivery_edit"]).await;
    let done = json!([{"op": "set_status", "component": component(0), "status": "completed"}]);
    world.edit("system", target(0), done).await;
    let rename = json!([{"op": "change", "component": component(0), "set": {"name": "Renamed"}}]);
    let sync = world
        .synced("ann", SOURCE, rename, json!([target(0)]))
        .await;
    let body = json!({"sync": sync, "learner": target(0)});
    let why = client.get("sam", "audit.why", body.clone()).await;
    let item = &why["items"][0];
    assert_eq!(
        (&why["reached"], &item["reason"]),
        (&json!("judged"), &json!("edit_finished_not_permitted"))
    );
    assert_eq!(
        (&item["status"], &item["missing_permissions"]),
        (&json!("completed"), &json!(["edit_delete_finished"]))
    );
    assert_eq!(
        item["sentence"],
        "Nothing was changed: it was finished, and ann did not have the permission edit_delete_finished."
    );
    let judged_at = why["judged_at"].as_u64().unwrap();
    assert!(judged_at < why["position"].as_u64().unwrap());
    assert_eq!(
        why["judged_on"]["permissions"],
        json!(["advanced_delivery_edit"])
    );
    administrator(client, "ann", &["supervisor"]).await;
    assert_eq!(client.get("sam", "audit.why", body).await, why);
    let left_out = json!({"sync": sync, "learner": target(1)});
    let left_out = client.get("sam", "audit.why", left_out).await;
    assert_eq!(left_out["listed"], false);
    assert_eq!(left_out["excluded_by"][0]["rule"], "not_listed");
}
