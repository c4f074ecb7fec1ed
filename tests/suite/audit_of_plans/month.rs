//! A scripted month comes back exactly: what was added and removed, and every due date with its reason.

use plansync_tests::college::{PROGRAMME, SOURCE, component, target};
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{World, due};

/// A line of the report: learner, component, what happened, the due date after it, the reason, and by which
/// synchronisation.
type Line = (Uuid, Uuid, &'static str, Value, Value, Value);

/// A component that is not in the template.
const EXTRA: Uuid = Uuid::from_u128(0x0eee);

async fn now(world: &World) -> Value {
    // Nothing but a commit has a time: an edit of a learner of nobody else.
    let edits = json!([{"op": "submit_evidence", "component": component(0)}]);
    world.edit("system", target(9), edits).await;
    let history = json!({"learner": target(9), "page_size": 500});
    let history = world.client.get("sam", "plan.history", history).await;
    history["items"].as_array().unwrap().last().unwrap()["at"].clone()
}

/// What is done in the month, and what the report has to say of it.
async fn script(world: &World) -> Vec<Line> {
    let mut lines = Vec::new();
    let no = || json!(null);
    for week in 0..4_u128 {
        let (date, reason) = (format!("2026-12-{:02}", week + 10), format!("Week {week}"));
        world
            .edit("alice", target(week), json!([due(0, &date, &reason)]))
            .await;
        lines.push((
            target(week),
            component(0),
            "due_date_moved",
            json!(date),
            json!(reason),
            no(),
        ));
        let (date, reason) = (
            format!("2027-01-{:02}", week + 10),
            format!("Source {week}"),
        );
        let moved = json!([due(1, &date, &reason)]);
        let targets = [target(week), target(week + 1)];
        let sync = world.synced("alice", SOURCE, moved, json!(targets)).await;
        lines.push((
            SOURCE,
            component(1),
            "due_date_moved",
            json!(date),
            json!(reason),
            no(),
        ));
        for learner in targets {
            let line = (
                learner,
                component(1),
                "due_date_moved",
                json!(date),
                json!(reason),
                sync.clone(),
            );
            lines.push(line);
        }
        let progress =
            json!([{"op": "set_status", "component": component(2), "status": "submitted"}]);
        world.edit("alice", target(week), progress).await;
    }
    let add = json!([{
        "op": "add", "component": EXTRA, "programme": PROGRAMME, "type": "exam",
        "attributes": {"name": "Mock exam", "due_date": "2027-02-01"},
    }]);
    let sync = world.synced("alice", SOURCE, add, json!([target(0)])).await;
    lines.push((SOURCE, EXTRA, "added", json!("2027-02-01"), no(), no()));
    lines.push((target(0), EXTRA, "added", json!("2027-02-01"), no(), sync));
    let remove = json!([{"op": "remove", "component": component(2)}]);
    let sync = world
        .synced("alice", SOURCE, remove, json!([target(3)]))
        .await;
    lines.push((SOURCE, component(2), "removed", no(), no(), no()));
    lines.push((target(3), component(2), "removed", no(), no(), sync));
    let rename = json!([{"op": "change", "component": component(3), "set": {"name": "Renamed"}}]);
    world.edit("sam", target(2), rename).await;
    lines.push((target(2), component(3), "updated", no(), no(), no()));
    lines
}

fn line(item: &Value) -> Value {
    json!([
        item["learner"],
        item["component"],
        item["change"],
        item["due_date_after"],
        item["reason"],
        item["sync"]
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scripted_month_comes_back_exactly() {
    let mut world = World::new(4, 10).await;
    world
        .edit(
            "alice",
            target(0),
            json!([due(0, "2026-10-01", "Before the month")]),
        )
        .await;
    let from = now(&world).await;
    let mut lines = script(&world).await;
    let to = now(&world).await;
    world
        .edit(
            "alice",
            target(0),
            json!([due(0, "2027-10-01", "After the month")]),
        )
        .await;
    world.restart().await;

    // By learner, each in the order of the log, which is that of the script.
    lines.sort_by_key(|(learner, ..)| *learner);
    let expected: Vec<Value> = lines.iter().map(|line| json!(line)).collect();
    let period = json!({"from_time": from, "to_time": to});
    for limit in [500, 4] {
        let items = world.all("audit.changes", &period, limit).await;
        let told: Vec<Value> = items.iter().map(line).collect();
        assert_eq!(told, expected);
        let synced = items
            .iter()
            .filter(|item| !item["sync"].is_null() && !item["reason"].is_null());
        assert!(
            synced
                .clone()
                .all(|item| item["reason_from"]["learner"] == json!(SOURCE))
        );
        assert_eq!(synced.count(), 8);
    }
    let mut of_one = period.clone();
    of_one["component"] = json!(component(2));
    let items = world.all("audit.changes", &of_one, 1).await;
    let learners: Vec<_> = items.iter().map(|item| item["learner"].clone()).collect();
    assert_eq!(learners, [json!(SOURCE), json!(target(3))]);
}
