//! The commands of the page about the audit, from top to bottom, and what it says that they show.

use plansync_tests::college::PROGRAMME;
use plansync_tests::program::paste;
use serde_json::json;
use uuid::Uuid;

use super::world::World;

const PAGE: &str = include_str!("../../../docs/audit.md");
const ANN: Uuid = Uuid::from_u128(0x0a11);
const BEN: Uuid = Uuid::from_u128(0x0b11);
const TEST: Uuid = Uuid::from_u128(0x0c99);

/// The lines of the section's shell blocks, without comments.
fn lines() -> Vec<String> {
    let (_, section) = PAGE.split_once("\n## Questions and answers\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let blocks = section.split("```sh\n").skip(1);
    let blocks = blocks.map(|block| block.split_once("```").unwrap().0);
    let lines = blocks.flat_map(str::lines);
    lines
        .map(|line| line.split("  #").next().unwrap().trim().to_owned())
        .collect()
}

/// The people and the test of the page.
async fn college(world: &World) -> String {
    let client = &world.client;
    let alice = json!({
        "administrator": "alice", "name": "Alice Moreau", "groups": "all",
        "permissions": plansync_tests::college::ALL_PERMISSIONS,
    });
    client.get("system", "administrator.put", alice).await;
    let test = json!({"component": TEST, "type": "exam", "attributes": {"name": "Knowledge test"}});
    let put = json!({"programme": PROGRAMME, "components": [test]});
    client.get("system", "template.put", put).await;
    for (id, name) in [(ANN, "Ann Smith"), (BEN, "Ben Osei")] {
        plansync_tests::college::learner(client, id, name).await;
    }
    let due = |date: &str, reason: &str| json!([{"op": "change", "component": TEST, "set": {"due_date": date}, "reason": reason}]);
    world
        .edit("sam", BEN, due("2026-12-01", "Too late otherwise"))
        .await;
    let moved = due("2026-12-24", "The employer asked");
    let sync = world.synced("alice", ANN, moved, json!([BEN])).await;
    sync.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_page_work_in_their_order_and_show_what_it_says() {
    let world = World::new(2, 1).await;
    let sync = college(&world).await;
    let log = world
        .client
        .get("sam", "audit.log", json!({"sync": sync}))
        .await;
    let position = log["items"][0]["position"].to_string();
    let url = world.url();
    let scratch = tempfile::tempdir().unwrap();
    let (mut exports, mut typed) = (String::new(), 0);
    for line in lines() {
        if line.starts_with("export ") {
            exports = line;
            continue;
        }
        let line = line.replace("DIR", world.data().to_str().unwrap());
        let line = line.replace("POSITION", &position).replace("SYNC", &sync);
        let line = format!("cd {}; {exports}; {line}", scratch.path().display());
        let ended = paste(&[("NATS_URL", &*url)], &line);
        assert_eq!(
            (ended.code, &*ended.err),
            (Some(0), ""),
            "{line}: {ended:?}"
        );
        if line.contains(" blame ") {
            let said = PAGE
                .split_once("```text\n")
                .unwrap()
                .1
                .split_once("```")
                .unwrap()
                .0;
            let dates = "  due date: 2026-12-24 (before: 2026-12-01)\n";
            assert!(
                said.contains(dates) && ended.out.contains(dates),
                "{}",
                ended.out
            );
            // Ids, times and positions are others.
            let words = |text: &str| {
                let words = text.split_whitespace();
                let words = words.filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
                words.map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(words(&ended.out), words(said), "{}", ended.out);
        }
        typed += 1;
    }
    assert!(typed > 10, "{typed}");
    assert!(
        std::fs::metadata(scratch.path().join("changes.csv"))
            .unwrap()
            .len()
            > 100
    );
}
