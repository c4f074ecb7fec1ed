//! Mistakes in how to connect: each is told plainly, and soon.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::{run, run_in};

const ASK: [&str; 7] = [
    "request",
    "tenant.get",
    "{}",
    "--tenant",
    "acme",
    "--as",
    "system",
];

#[test]
fn tls_at_a_server_without_it_is_told_as_what_it_is() {
    let nats = NatsServer::start();
    for (option, told) in [
        ("--tls", "the server does not offer TLS"),
        ("--tls-first", "the server does not begin with TLS"),
    ] {
        let ended = run(&nats.url(), &[&ASK[..], &[option]].concat());
        assert_eq!(ended.code, Some(3), "{ended:?}");
        assert!(ended.err.contains(told), "{ended:?}");
    }
    let address = nats.url().replace("nats://", "tls://");
    let ended = run(&address, &ASK);
    assert!(
        ended.err.contains("the server does not offer TLS"),
        "{ended:?}"
    );
}

#[test]
fn addresses_and_contexts_that_say_nothing_are_refused() {
    for address in [",", ",,", "nats://127.0.0.1:4222,"] {
        let ended = run(address, &ASK);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains("is empty"), "{ended:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    for text in ["[]", "null", "\"nats://127.0.0.1\"", ""] {
        std::fs::write(&path, text).unwrap();
        let context = ["--context", path.to_str().unwrap()];
        let ended = run_in(&[], &[&ASK[..], &context].concat());
        assert_eq!(ended.code, Some(2), "{text}: {ended:?}");
        assert!(
            ended.err.contains("cannot be read from"),
            "{text}: {ended:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_to_which_the_engine_does_not_reply_is_named_when_no_reply_comes() {
    let nats = NatsServer::start();
    let client = async_nats::connect(nats.url()).await.unwrap();
    // As the engine does with such reply subjects.
    let mut ignored = client.subscribe("plansync.v1.req.>").await.unwrap();
    client.flush().await.unwrap();
    tokio::spawn(async move { while ignored.next().await.is_some() {} });
    let ask = |prefix: &'static str| {
        let url = nats.url();
        tokio::task::spawn_blocking(move || {
            let prefix = ["--inbox-prefix", prefix, "--timeout", "1"];
            run(&url, &[&ASK[..], &prefix].concat())
        })
    };
    let told = "the inbox prefix MYBOX.ann";
    let ended = ask("MYBOX.ann").await.unwrap();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.err.replace('\n', " ").contains(told), "{ended:?}");
    let ended = ask("_INBOX.ann").await.unwrap();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(!ended.err.contains("the inbox prefix"), "{ended:?}");
    for prefix in ["$JS.API", "plansync.v1.evt.acme", "_R_.x"] {
        let ended = ask(prefix).await.unwrap();
        assert_eq!(ended.code, Some(2), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_administration_of_subscribers_waits_no_longer_than_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nats.conf");
    // No JetStream, but somebody who listens and does not answer.
    std::fs::write(&path, "max_payload: 1MB\n").unwrap();
    let nats = NatsServer::start_with(&path);
    let client = async_nats::connect(nats.url()).await.unwrap();
    let _silent = client.subscribe("$JS.API.>").await.unwrap();
    client.flush().await.unwrap();
    let url = nats.url();
    let begun = Instant::now();
    let list = move || run(&url, &["subscriber", "list", "--timeout", "1"]);
    let ended = tokio::task::spawn_blocking(list).await.unwrap();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(begun.elapsed() < Duration::from_secs(9), "{ended:?}");
}
