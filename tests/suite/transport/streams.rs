//! Streams that are ours, and streams that are not.

use async_nats::jetstream::stream::{Config, RetentionPolicy};
use plansync_nats::{COMMANDS, EVENTS, LogName, StreamError, prepare};
use plansync_tests::nats::NatsServer;

use super::{connected, name, plain, prepared};

#[tokio::test]
async fn streams_are_made_with_the_logs_id_and_found_again() {
    let server = NatsServer::start();
    prepared(&server).await;
    prepared(&server).await;
    let context = plain(&server).await;
    let commands = context
        .get_stream(COMMANDS)
        .await
        .unwrap()
        .cached_info()
        .config
        .clone();
    assert_eq!(commands.subjects, ["plansync.v1.cmd.>"]);
    assert_eq!(commands.retention, RetentionPolicy::WorkQueue);
    assert_eq!(commands.max_message_size, 320 * 1024);
    assert_eq!(
        commands.metadata.get("plansync-log").map(String::as_str),
        Some("6c6f67")
    );
    let events = context
        .get_stream(EVENTS)
        .await
        .unwrap()
        .cached_info()
        .config
        .clone();
    assert_eq!(events.subjects, ["plansync.v1.evt.>"]);
}

#[tokio::test]
async fn the_streams_of_another_log_are_left_alone() {
    let server = NatsServer::start();
    prepared(&server).await;
    let other = LogName {
        log: "other".into(),
        ..name()
    };
    let refused = prepare(connected(&server).await, other)
        .await
        .map(|_| ())
        .unwrap_err();
    let StreamError::OtherLog {
        stream,
        theirs,
        ours,
    } = refused
    else {
        panic!("{refused}")
    };
    assert_eq!((stream, &*theirs, &*ours), (COMMANDS, "6c6f67", "other"));
}

#[tokio::test]
async fn a_stream_that_was_made_beforehand_is_taken_if_it_fits() {
    let server = NatsServer::start();
    let context = plain(&server).await;
    let fitting = Config {
        name: EVENTS.to_owned(),
        subjects: vec!["plansync.v1.evt.>".to_owned()],
        max_age: std::time::Duration::from_hours(24),
        ..Config::default()
    };
    context.create_stream(fitting).await.unwrap();
    prepared(&server).await;
    let events = context
        .get_stream(EVENTS)
        .await
        .unwrap()
        .cached_info()
        .config
        .clone();
    assert_eq!(events.max_age, std::time::Duration::from_hours(24));
    assert_eq!(
        events.metadata.get("plansync-log").map(String::as_str),
        Some("6c6f67")
    );
}

#[tokio::test]
async fn a_server_that_does_not_take_the_largest_event_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = folder.path().join("small.conf");
    let text = "jetstream { store_dir: $NATS_STORE }\nmax_payload: 512KB\n";
    std::fs::write(&configuration, text).unwrap();
    let server = NatsServer::start_with(&configuration);
    let refused = prepare(connected(&server).await, name()).await;
    let refused = refused.map(|_| ()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the nats-server takes messages of at most 524288 bytes, but the largest events have \
         1048576; set `max_payload: 1MB` or more in its configuration"
    );
}

#[tokio::test]
async fn a_stream_that_does_not_fit_is_refused_by_name() {
    let server = NatsServer::start();
    let narrow = Config {
        name: EVENTS.to_owned(),
        subjects: vec!["plansync.v1.evt.college.>".to_owned()],
        ..Config::default()
    };
    plain(&server).await.create_stream(narrow).await.unwrap();
    let refused = prepare(connected(&server).await, name())
        .await
        .map(|_| ())
        .unwrap_err();
    let expected = "the stream PLANSYNC_EVENTS has subjects = [\"plansync.v1.evt.college.>\"], \
                    but needs [\"plansync.v1.evt.>\"]: events under other subjects would not be stored, \
                    or others' messages be taken for events; change it with \
                    `nats stream edit PLANSYNC_EVENTS --subjects 'plansync.v1.evt.>'`";
    assert_eq!(refused.to_string(), expected);
}
