//! `plansync subscriber`, and what it writes.

use futures_util::StreamExt as _;
use plansync_tests::nats::deployed;
use serde_json::json;

use super::stage::{PATIENCE, Stage, WAREHOUSE, consumer, id};

#[tokio::test(flavor = "multi_thread")]
async fn the_accounts_that_are_shipped_are_those_that_are_written() {
    let stage = Stage::set(&["--events", "json"]).await;
    stage.make_json_stream();
    let folder = tempfile::tempdir().unwrap();
    let configurations = ["nats-server.conf", "tenants.conf", "cluster.conf"]
        .map(|file| std::fs::read_to_string(deployed(file)).unwrap());
    for arguments in [
        &[WAREHOUSE, "--tenant", "northgate"][..],
        &[
            "southgate-reports",
            "--tenant",
            "southgate",
            "--events",
            "json",
            "--kinds",
            "sync,record",
        ],
    ] {
        let file = format!("{}.conf", arguments[0]);
        let path = folder.path().join(&file);
        let write = ["--write", path.to_str().unwrap()];
        for added in [true, false] {
            let told = stage.done(&[&["add"], arguments, &write].concat());
            assert_eq!(told["added"], added);
        }
        let written = std::fs::read_to_string(&path).unwrap();
        let shipped = std::fs::read_to_string(deployed("subscribers").join(&file)).unwrap();
        assert_eq!(written, shipped);
        let exports = written
            .lines()
            .filter_map(|line| line.strip_prefix("#     "));
        let exports: Vec<_> = exports.collect();
        assert_eq!(exports.len(), 4);
        for export in exports {
            for configuration in &configurations {
                assert!(configuration.contains(export), "{export}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_differs_is_not_changed_and_a_file_is_not_overwritten() {
    let stage = Stage::set(&["--events", "json"]).await;
    stage.done(&["add", WAREHOUSE, "--tenant", "northgate"]);
    for (other, told) in [
        (&["--kinds", "sync"][..], "kinds all instead of sync"),
        (&["--from", "now"], "start beginning instead of now"),
        (&["--ack-wait", "7"], "ack wait 60 s instead of 7 s"),
    ] {
        let add = ["add", WAREHOUSE, "--tenant", "northgate"];
        let ended = stage.subscriber(&[&add, other].concat());
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains(told), "{ended:?}");
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let add = [
        "add",
        "northgate-mail",
        "--tenant",
        "northgate",
        "--write",
        path,
    ];
    let ended = stage.subscriber(&add);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("nothing was done"), "{ended:?}");
    assert_eq!(stage.done(&["list"])["total"], 1);
    let jetstream = async_nats::jetstream::new(stage.inside.nats.clone());
    let stream = jetstream.get_stream("PLANSYNC_EVENTS").await.unwrap();
    let foreign = async_nats::jetstream::consumer::pull::Config {
        durable_name: Some("theirs".to_owned()),
        ..Default::default()
    };
    stream.create_consumer(foreign).await.unwrap();
    for arguments in [
        &["add", "theirs", "--tenant", "northgate"][..],
        &["remove", "theirs", "--yes"],
        &["reset", "theirs", "--from", "now", "--yes"],
    ] {
        let ended = stage.subscriber(arguments);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains("plansync did not make"), "{ended:?}");
    }
    stream.consumer_info("theirs").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lag_is_what_was_not_acknowledged_and_a_reset_moves_it() {
    let stage = Stage::set(&["--events", "json"]).await;
    stage.done(&["add", WAREHOUSE, "--tenant", "northgate"]);
    stage.done(&[
        "add",
        "southgate-mail",
        "--tenant",
        "southgate",
        "--from",
        "now",
    ]);
    stage.events("northgate", 5).await;
    stage.events("southgate", 3).await;
    let subjects = "plansync.v1.evt.northgate.>";
    let stored = stage.stored("PLANSYNC_EVENTS", subjects, 5).await;
    stage
        .stored("PLANSYNC_EVENTS", "plansync.v1.evt.southgate.>", 3)
        .await;
    let consumer = consumer(&stage.nats, WAREHOUSE, "PLANSYNC_EVENTS").await;
    let mut fetched = consumer.fetch().max_messages(3).messages().await.unwrap();
    let first = fetched.next().await.unwrap().unwrap();
    first.double_ack().await.unwrap();
    while fetched.next().await.is_some() {}
    let list = stage.done(&["list"]);
    let lags = list["items"].as_array().unwrap().iter().map(|one| {
        json!([
            one["subscriber"],
            one["tenant"],
            one["lag"],
            one["pending"],
            one["ack_pending"]
        ])
    });
    assert_eq!(
        lags.collect::<Vec<_>>(),
        [
            json!([WAREHOUSE, "northgate", 4, 2, 2]),
            json!(["southgate-mail", "southgate", 3, 3, 0])
        ]
    );
    assert!(list["items"][0]["delivered_at"].is_string(), "{list}");
    assert_eq!(list["items"][1]["delivered_at"], json!(null));

    // Back to the fourth event, by its position.
    let position = stored[3]
        .headers
        .as_ref()
        .unwrap()
        .get("ce-position")
        .unwrap()
        .to_string();
    let from = format!("position:{position}");
    let moved = stage.done(&["reset", WAREHOUSE, "--from", &from, "--yes"]);
    assert_eq!((&moved["lag"], &moved["kinds"]), (&json!(2), &json!([])));
    assert_eq!(
        (&moved["from"], &moved["added_from"]),
        (&json!(from), &json!("beginning"))
    );
    let mut fetched = consumer.fetch().max_messages(1).messages().await.unwrap();
    let next = tokio::time::timeout(PATIENCE, fetched.next()).await;
    assert_eq!(id(&next.unwrap().unwrap().unwrap()), id(&stored[3]));
    // A position between two events is that of the next one, and one behind all is the end.
    for (from, lag) in [
        ("position:0", 5),
        ("position:999999", 0),
        ("beginning", 5),
        ("now", 0),
        ("sequence:1", 5),
        ("sequence:18446744073709551615", 0),
        ("1999-12-31T00:00:00Z", 5),
        ("2261-01-01T00:00:00Z", 0),
    ] {
        let moved = stage.done(&["reset", WAREHOUSE, "--from", from, "--yes"]);
        assert_eq!(moved["lag"], lag, "{from}");
        assert_eq!(
            (&moved["from"], &moved["moving_to"]),
            (&json!(from), &json!(null))
        );
    }
    assert_eq!(
        stage.done(&["list"])["items"][0]["from"],
        "2261-01-01T00:00:00Z"
    );
    // It was added with the same options, wherever it was moved since.
    let add = stage.done(&["add", WAREHOUSE, "--tenant", "northgate"]);
    assert_eq!(add["added"], false);
    let removed = stage.done(&["remove", "southgate-mail", "--yes"]);
    assert_eq!(removed["subscriber"], "southgate-mail");
    assert_eq!(stage.done(&["list", "--tenant", "southgate"])["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_for_subscribers_in_the_documentation_work() {
    let stage = Stage::set(&[]).await;
    stage.make_json_stream();
    let page = std::fs::read_to_string(deployed("../../docs/nats.md")).unwrap();
    let commands = page
        .lines()
        .filter(|line| line.starts_with("plansync subscriber "));
    let commands: Vec<_> = commands.collect();
    assert_eq!(commands.len(), 7);
    let folder = tempfile::tempdir().unwrap();
    let url = stage.nats.url_of("plansync");
    for command in commands {
        let within = format!("cd {} && {command}", folder.path().display());
        let ended = plansync_tests::program::paste(&[("NATS_URL", &url)], &within);
        assert_eq!(ended.code, Some(0), "{command}: {ended:?}");
    }
    assert!(folder.path().join("northgate-mail.conf").exists());
}
