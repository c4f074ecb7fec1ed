//! Moving a subscriber: killed at any moment, and while somebody else moves or removes it.

use std::process::Stdio;

use async_nats::jetstream::consumer::pull;
use plansync_tests::binary::command;
use plansync_tests::program::Ended;
use serde_json::json;

use super::stage::{Stage, WAREHOUSE};

fn reset(from: &str) -> [&str; 5] {
    ["reset", WAREHOUSE, "--from", from, "--yes"]
}

/// What the first subscriber of the list is.
fn listed(stage: &Stage) -> serde_json::Value {
    stage.done(&["list"])["items"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_whose_reset_is_killed_exists_and_the_move_can_be_finished() {
    let stage = Stage::set(&["--events", "json"]).await;
    stage.done(&["add", WAREHOUSE, "--tenant", "northgate"]);
    stage.events("northgate", 4).await;
    stage
        .stored("PLANSYNC_EVENTS", "plansync.v1.evt.northgate.>", 4)
        .await;
    for _ in 0..30 {
        let mut child = command()
            .args(["subscriber", "reset", WAREHOUSE, "--from", "now", "--yes"])
            .env("NATS_URL", stage.nats.url_of("plansync"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Killed at some moment, or ended before.
        tokio::time::sleep(std::time::Duration::from_millis(fastrand::u64(0..120))).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let found = listed(&stage);
        assert_eq!(found["subscriber"], WAREHOUSE);
        if found["moving_to"].is_null() {
            // Moved, or nothing was done.
            let is_moved = found["from"] == "now";
            assert_eq!(found["lag"], if is_moved { 0 } else { 4 }, "{found}");
        } else {
            assert_eq!(
                (&found["moving_to"], &found["from"]),
                (&json!(5), &json!("now"))
            );
        }
        let moved = stage.done(&reset("beginning"));
        assert_eq!(
            (&moved["lag"], &moved["moving_to"]),
            (&json!(4), &json!(null))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_was_interrupted_is_told_and_finished() {
    let stage = Stage::set(&["--events", "json"]).await;
    stage.events("northgate", 3).await;
    stage
        .stored("PLANSYNC_EVENTS", "plansync.v1.evt.northgate.>", 3)
        .await;
    let add = [
        "add",
        WAREHOUSE,
        "--tenant",
        "northgate",
        "--from",
        "sequence:3",
    ];
    stage.done(&add);
    // As if `add` had been killed before it moved the consumer.
    let jetstream = async_nats::jetstream::new(stage.inside.nats.clone());
    let stream = jetstream.get_stream("PLANSYNC_EVENTS").await.unwrap();
    let mut config = stream.consumer_info(WAREHOUSE).await.unwrap().config;
    config
        .metadata
        .insert("plansync-moving-to".to_owned(), "3".to_owned());
    stream.delete_consumer(WAREHOUSE).await.unwrap();
    stream.create_consumer(config).await.unwrap();
    let found = listed(&stage);
    assert_eq!((&found["moving_to"], &found["lag"]), (&json!(3), &json!(3)));
    let told = stage.subscriber(&["list"]);
    let advice = format!("`plansync subscriber reset {WAREHOUSE} --from sequence:3`");
    assert!(told.err.replace('\n', " ").contains(&advice), "{told:?}");
    let again = stage.done(&add);
    assert_eq!((&again["added"], &again["lag"]), (&json!(false), &json!(1)));
    let found = listed(&stage);
    assert_eq!(
        (&found["moving_to"], &found["lag"]),
        (&json!(null), &json!(1))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn several_who_move_and_remove_at_once_are_told_what_became_of_it() {
    let stage = Stage::set(&["--events", "json"]).await;
    stage.events("northgate", 4).await;
    stage
        .stored("PLANSYNC_EVENTS", "plansync.v1.evt.northgate.>", 4)
        .await;
    let is_told = |ended: &Ended, codes: &[(i32, &str)]| {
        let told = codes
            .iter()
            .any(|(code, what)| ended.code == Some(*code) && ended.err.contains(what));
        assert!(told, "{ended:?}");
    };
    for _ in 0..8 {
        stage.done(&["add", WAREHOUSE, "--tenant", "northgate"]);
        let stage = &stage;
        let at_once = |arguments: &[[&'static str; 5]]| {
            std::thread::scope(|scope| {
                let threads: Vec<_> = arguments
                    .iter()
                    .map(|arguments| scope.spawn(move || stage.subscriber(arguments)))
                    .collect();
                let ended = threads.into_iter().map(|thread| thread.join().unwrap());
                ended.collect::<Vec<_>>()
            })
        };
        for ended in at_once(&[reset("now"), reset("beginning"), reset("sequence:2")]) {
            is_told(&ended, &[(0, ""), (5, "somebody else moved")]);
        }
        let found = listed(stage);
        assert_eq!(found["subscriber"], WAREHOUSE);
        let remove = ["remove", WAREHOUSE, "--yes", "--timeout", "30"];
        for ended in at_once(&[reset("now"), remove, remove]) {
            let gone = "was removed by somebody else meanwhile";
            is_told(&ended, &[(0, ""), (2, gone), (2, "there is no subscriber")]);
        }
        assert_eq!(stage.done(&["list"])["total"], 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_somebody_changed_is_told_as_it_is() {
    let stage = Stage::set(&["--events", "json"]).await;
    let add = ["add", WAREHOUSE, "--tenant", "northgate", "--kinds", "sync"];
    stage.done(&add);
    assert_eq!(listed(&stage)["differences"], json!([]));
    let jetstream = async_nats::jetstream::new(stage.inside.nats.clone());
    let stream = jetstream.get_stream("PLANSYNC_EVENTS").await.unwrap();
    let config = stream.consumer_info(WAREHOUSE).await.unwrap().config;
    let changed = pull::Config {
        durable_name: Some(WAREHOUSE.to_owned()),
        filter_subjects: vec!["plansync.v1.evt.southgate.>".to_owned()],
        max_deliver: 3,
        ack_wait: config.ack_wait,
        max_ack_pending: config.max_ack_pending,
        max_waiting: config.max_waiting,
        metadata: config.metadata,
        ..Default::default()
    };
    stream.update_consumer(changed).await.unwrap();
    let filter = "filter plansync.v1.evt.southgate.> instead of plansync.v1.evt.northgate.sync.>";
    let differences = json!([filter, "max deliver 3 instead of -1"]);
    assert_eq!(listed(&stage)["differences"], differences);
    let told = stage.subscriber(&["list"]);
    assert!(told.err.replace('\n', " ").contains(filter), "{told:?}");
    let ended = stage.subscriber(&add);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains(filter), "{ended:?}");
    assert!(ended.err.contains("nothing was changed"), "{ended:?}");
}
