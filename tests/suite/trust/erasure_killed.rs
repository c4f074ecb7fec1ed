//! An engine that is killed while it erases one learner after another: whoever was acknowledged as erased is gone, and
//! whoever was not asked for is there.

use std::time::Duration;

use plansync_tests::college::{PROGRAMME, component, target};
use serde_json::json;

use super::erasure::{found_of, log_of};
use super::world::{World, serve, world};

const LEARNERS: u128 = 150;
const FIRST: u128 = 100;
const ROUNDS_MAX: u64 = 200;

fn name(index: u128) -> String {
    format!("Killian{index:03} Switchoff")
}

fn reason(index: u128) -> String {
    format!("reason{index:03} of somebody")
}

async fn plant(world: &World) {
    for index in 0..LEARNERS {
        let learner = target(FIRST + index);
        let record = json!({
            "learner": learner, "name": name(index), "case_owner": "sam", "groups": [], "tutors": [],
            "enrolments": [{"programme": PROGRAMME, "status": "active"}],
        });
        world.client.get("system", "learner.put", record).await;
        let plan = json!({"learner": learner, "programme": PROGRAMME});
        world.client.get("system", "plan.instantiate", plan).await;
        let edits = json!([{
            "op": "change", "component": component(0), "set": {"due_date": "2027-03-01"}, "reason": reason(index),
        }]);
        let edit = json!({"learner": learner, "edits": edits});
        world.client.get("alice", "plan.edit", edit).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_as_erased_is_gone_whenever_the_engine_is_killed() {
    let mut world = world().await;
    plant(&world).await;
    world.stop();
    let data = world.data();
    let (mut acknowledged, mut between, mut round) = (0, 0, 0);
    // Until some kills, one of them between the request and its completion.
    while round < 8 || between == 0 {
        assert!(
            round < ROUNDS_MAX,
            "no kill came between request and completion"
        );
        let engine = serve(&world.nats, &data).await;
        let client = world.client.clone();
        let from = acknowledged;
        let erasing = tokio::spawn(async move {
            let mut done = from;
            while done < LEARNERS {
                let erase = json!({"learner": target(FIRST + done)});
                let patience = Duration::from_millis(700);
                match client
                    .try_ask("system", "learner.erase", erase, patience)
                    .await
                {
                    Some(Ok(_)) => done += 1,
                    Some(Err(refused)) => panic!("{refused:?}"),
                    None => break,
                }
            }
            done
        });
        tokio::time::sleep(Duration::from_micros(700 * (round % 9))).await;
        engine.kill();
        acknowledged = erasing.await.unwrap();
        between += usize::from(has_incomplete_erasure(&world, acknowledged));
        round += 1;
    }
    println!("{acknowledged} erased; killed {between} times between request and completion");
    let engine = serve(&world.nats, &data).await;
    for index in 0..LEARNERS {
        let read = json!({"learner": target(FIRST + index)});
        let shown = world.client.get("system", "learner.get", read).await;
        let is_erased = shown["erased"] == json!(true);
        assert!(is_erased || index >= acknowledged, "{shown}");
        assert!(is_erased || shown["name"] == json!(name(index)), "{shown}");
        assert!(
            !is_erased || index <= acknowledged,
            "nobody asked for it: {shown}"
        );
    }
    assert_eq!(engine.terminate(), Some(0));
    assert!(
        !has_incomplete_erasure(&world, acknowledged),
        "an erasure was asked for and not completed"
    );
    for check in ["verify", "check"] {
        let checked = plansync_tests::program::on_folder(&["audit", check], &data, &[]);
        assert_eq!(checked.code, Some(0), "{checked:?}");
    }
}

/// Checks the folder as the engine left it; whether an erasure was asked for and is not done.
fn has_incomplete_erasure(world: &World, acknowledged: u128) -> bool {
    let data = world.data();
    let log = log_of(&data);
    for index in 0..LEARNERS {
        let is_there = log.contains(&name(index)) && log.contains(&reason(index));
        let is_gone = !log.contains(&name(index)) && !log.contains(&reason(index));
        assert!(
            is_gone || index >= acknowledged,
            "{index} of {acknowledged} can be read"
        );
        assert!(
            is_there || index <= acknowledged,
            "{index} of {acknowledged} cannot be read"
        );
    }
    assert!(log.contains("Target 0001"));
    let texts: Vec<String> = (0..LEARNERS)
        .flat_map(|index| [name(index), reason(index)])
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert_eq!(found_of(&data, &texts), Vec::<String>::new());
    let count = |kind: &str| log.matches(&format!("\"{kind}\"")).count();
    let (asked, done) = (count("learner.erasure_requested"), count("learner.erased"));
    assert!(
        asked >= done && done as u128 >= acknowledged,
        "{asked} {done}"
    );
    asked > done
}
