//! Streams that somebody made beforehand: each harmful setting, as a real server has it.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use plansync_nats::{COMMANDS, EVENTS, Sizes, StreamError, prepare, prepare_sized};
use plansync_tests::nats::NatsServer;
use serde_json::{Value, json};

use super::{connected, name, plain, prepared, stored};

/// A stream as it must be, with some settings changed.
fn changed(stream: &str, changes: &Value) -> Value {
    let mut settings = if stream == COMMANDS {
        json!({"name": stream, "subjects": ["plansync.v1.cmd.>"], "retention": "workqueue",
            "discard": "new", "storage": "file", "num_replicas": 1, "max_msg_size": 327_680})
    } else {
        json!({"name": stream, "subjects": ["plansync.v1.evt.>"], "retention": "limits",
            "discard": "old", "storage": "file", "num_replicas": 1})
    };
    for (setting, value) in changes.as_object().unwrap() {
        settings[setting] = value.clone();
    }
    settings
}

async fn make(context: &Context, stream: &str, changes: &Value) {
    let subject = format!("STREAM.CREATE.{stream}");
    let made: Value = context
        .request(subject, &changed(stream, changes))
        .await
        .unwrap();
    assert!(made["error"].is_null(), "{changes}: {made}");
}

async fn settings(context: &Context, stream: &str) -> Value {
    let told: Value = context
        .request(format!("STREAM.INFO.{stream}"), &())
        .await
        .unwrap();
    told["config"].clone()
}

/// The setting that a stream is refused for.
async fn refused(server: &NatsServer, stream: &str, changes: &Value) -> String {
    let context = plain(server).await;
    make(&context, stream, changes).await;
    let refused = prepare(connected(server).await, name()).await;
    let refused = refused.map(|_| ()).expect_err(&changes.to_string());
    context.delete_stream(stream).await.unwrap();
    if stream == EVENTS {
        // Which was made before the events were looked at.
        context.delete_stream(COMMANDS).await.unwrap();
    }
    let StreamError::Configuration {
        stream: of,
        setting,
        advice,
        ..
    } = refused
    else {
        panic!("{changes}: {refused}")
    };
    assert_eq!(of, stream);
    assert!(advice.contains(stream), "{advice}");
    setting.to_owned()
}

#[tokio::test]
async fn a_stream_that_would_lose_or_forge_messages_is_refused_by_the_setting() {
    let server = NatsServer::start();
    let both = [
        ("storage", json!({"storage": "memory"})),
        (
            "subject_transform",
            json!({"subject_transform": {"src": "plansync.v1.>", "dest": "a.>"}}),
        ),
        (
            "republish",
            json!({"republish": {"src": ">", "dest": "copies.>"}}),
        ),
        ("no_ack", json!({"no_ack": true})),
        ("persist_mode", json!({"persist_mode": "async"})),
        ("max_consumers", json!({"max_consumers": 1})),
        ("allow_msg_ttl", json!({"allow_msg_ttl": true})),
        ("allow_rollup_hdrs", json!({"allow_rollup_hdrs": true})),
        ("max_msgs_per_subject", json!({"max_msgs_per_subject": 1})),
        ("max_msg_size", json!({"max_msg_size": 1000})),
        ("sources", json!({"sources": [{"name": "OTHER"}]})),
        ("subjects", json!({"subjects": ["elsewhere.>"]})),
    ];
    for (setting, changes) in both {
        for stream in [COMMANDS, EVENTS] {
            assert_eq!(
                refused(&server, stream, &changes).await,
                setting,
                "{stream}"
            );
        }
    }
    let one = [
        (COMMANDS, "max_age", json!({"max_age": 1_000_000_000})),
        (COMMANDS, "discard", json!({"discard": "old"})),
        (COMMANDS, "retention", json!({"retention": "interest"})),
        (COMMANDS, "deny_delete", json!({"deny_delete": true})),
        (
            COMMANDS,
            "consumer_limits",
            json!({"consumer_limits": {"max_ack_pending": 8}}),
        ),
        (EVENTS, "retention", json!({"retention": "interest"})),
        (
            EVENTS,
            "allow_msg_ttl",
            json!({"subject_delete_marker_ttl": 1_000_000_000}),
        ),
        (
            EVENTS,
            "allow_rollup_hdrs",
            json!({"allow_msg_schedules": true}),
        ),
        (
            EVENTS,
            "allow_msg_counter",
            json!({"allow_msg_counter": true}),
        ),
        (
            EVENTS,
            "discard_new_per_subject",
            json!({
                "discard": "new", "discard_new_per_subject": true, "max_msgs_per_subject": 5,
            }),
        ),
    ];
    for (stream, setting, changes) in one {
        // The server itself sets others with some; the first of them is named.
        let named = refused(&server, stream, &changes).await;
        let is_with = changes.get(setting).is_none() || named == "max_msgs_per_subject";
        assert!(named == setting || is_with, "{named} for {changes}");
    }
    let mirror = json!({"mirror": {"name": "OTHER"}, "subjects": null});
    assert_eq!(refused(&server, EVENTS, &mirror).await, "subjects");
}

#[tokio::test]
async fn what_an_operator_may_choose_is_taken_and_kept() {
    let server = NatsServer::start();
    let context = plain(&server).await;
    let chosen = json!({
        "description": "ours", "max_msgs": 1000, "max_bytes": 10_000_000, "compression": "s2",
        "metadata": {"team": "x"}, "deny_purge": true, "allow_direct": true, "first_seq": 7,
        "allow_atomic": true, "allow_batched": true, "duplicate_window": 120_000_000_000_u64,
    });
    make(&context, COMMANDS, &chosen).await;
    make(&context, EVENTS, &chosen).await;
    prepared(&server).await;
    for (stream, window_ns) in [(COMMANDS, 100_000_000_u64), (EVENTS, 120_000_000_000)] {
        let found = settings(&context, stream).await;
        assert_eq!(found["duplicate_window"], json!(window_ns), "{stream}");
        for kept in [
            "description",
            "max_msgs",
            "max_bytes",
            "compression",
            "deny_purge",
            "allow_direct",
            "allow_atomic",
            "allow_batched",
        ] {
            assert_eq!(found[kept], chosen[kept], "{stream}: {kept}");
        }
        assert_eq!(found["metadata"]["team"], "x");
        assert_eq!(found["metadata"]["plansync-log"], "6c6f67");
    }
}

#[tokio::test]
async fn two_tenants_may_share_a_message_id() {
    let server = NatsServer::start();
    make(&plain(&server).await, COMMANDS, &json!({})).await;
    prepared(&server).await;
    let context = plain(&server).await;
    let send = |tenant: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", "import-1");
        let subject = format!("plansync.v1.cmd.{tenant}.system.tenant.put");
        let sent = context.publish_with_headers(subject, headers, "{}".into());
        async { sent.await.unwrap().await.unwrap() }
    };
    assert!(!send("northgate").await.duplicate);
    // The server forgets the id after its window; within it, it says that the second is a repeat.
    let until = tokio::time::Instant::now() + Duration::from_mins(2);
    while send("southgate").await.duplicate {
        assert!(
            tokio::time::Instant::now() < until,
            "the id is not forgotten"
        );
    }
    assert_eq!(stored(&context, COMMANDS).await, 2);
}

#[tokio::test]
async fn an_account_that_demands_sizes_is_given_them() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = folder.path().join("sizes.conf");
    let text = "jetstream { store_dir: $NATS_STORE }\n\
                accounts { A { jetstream { max_bytes_required: true }, users: [{user: a, password: secret}] } }\n\
                no_auth_user: a\n";
    std::fs::write(&configuration, text).unwrap();
    let server = NatsServer::start_with(&configuration);
    let refused = prepare(connected(&server).await, name()).await;
    assert_eq!(
        refused.map(|_| ()).unwrap_err().to_string(),
        "this account demands a size of every stream, and PLANSYNC_COMMANDS would have none: give one with \
         --commands-max-bytes BYTES (and see that the account has as much), or make the stream beforehand"
    );
    let sizes = Sizes {
        commands_bytes_max: Some(10_000_000),
        events_bytes_max: Some(20_000_000),
    };
    prepare_sized(connected(&server).await, name(), sizes)
        .await
        .unwrap();
    let context = plain(&server).await;
    assert_eq!(
        settings(&context, COMMANDS).await["max_bytes"],
        json!(10_000_000)
    );
    assert_eq!(
        settings(&context, EVENTS).await["max_bytes"],
        json!(20_000_000)
    );
}
