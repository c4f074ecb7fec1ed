//! From the log to the stream, without a gap and without a repetition.

use async_nats::jetstream;
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use futures_util::StreamExt as _;
use plansync_tests::client::Client;
use serde_json::Value;

use super::world::{World, number, read, whole};

/// How far events are published, once the relay knows it.
async fn relayed(client: &Client) -> (u64, u64) {
    for from in std::iter::repeat_n(1, 1_000) {
        let page = read(client, from, 0, 1).await;
        if let Some(relayed) = page.get("relayed") {
            return (
                number(relayed, "position"),
                number(relayed, "stream_sequence"),
            );
        }
        tokio::task::yield_now().await;
    }
    panic!("the relay does not say how far it is");
}

/// The positions of the events that are published, as the whole log says.
async fn published(client: &Client) -> Vec<u64> {
    const KINDS: [&str; 5] = [
        "plan.",
        "record.opened",
        "record.closed",
        "sync.",
        "command.",
    ];
    let is_published = |item: &&Value| {
        let kind = item["event"]["kind"].as_str().unwrap();
        KINDS.iter().any(|start| kind.starts_with(start)) && kind != "command.unchanged"
    };
    let all = whole(client).await;
    all.iter()
        .filter(is_published)
        .map(|item| number(item, "position"))
        .collect()
}

/// Reads the log up to what was published in the beginning, then the stream. Gives the positions of the published
/// events, in the order in which they came.
async fn handed_over(world: &World, is_purged: bool) -> Vec<u64> {
    let client = &world.client;
    let (position, sequence) = relayed(client).await;
    let writers = world.writers(15);
    let (mut log, mut from) = (Vec::new(), 1);
    while from <= position {
        let page = read(client, from, 0, 9).await;
        log.extend(page["items"].as_array().unwrap().iter().cloned());
        from = number(&page, "next");
    }
    let context = jetstream::new(client.nats.clone());
    let stream = context.get_stream("PLANSYNC_EVENTS").await.unwrap();
    if is_purged {
        // Everything up to the hand-over goes, and nothing after it.
        stream.purge().sequence(sequence + 1).await.unwrap();
    }
    let config = pull::OrderedConfig {
        filter_subject: "plansync.v1.evt.northgate.>".to_owned(),
        deliver_policy: DeliverPolicy::ByStartSequence {
            start_sequence: sequence + 1,
        },
        ..Default::default()
    };
    let consumer = stream.create_consumer(config).await.unwrap();
    let mut messages = consumer.messages().await.unwrap();
    for writer in writers {
        writer.await.unwrap();
    }
    let expected = published(client).await;
    let mut seen: Vec<u64> = log.iter().map(|item| number(item, "position")).collect();
    seen.retain(|position| expected.contains(position));
    while seen.last() != expected.last() {
        let message = messages.next().await.unwrap().unwrap();
        let headers = message.headers.as_ref().unwrap();
        let at: u64 = headers
            .get("ce-position")
            .unwrap()
            .as_str()
            .parse()
            .unwrap();
        if at >= from {
            seen.push(at);
        }
    }
    assert_eq!(seen, expected);
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missing_and_nothing_comes_twice_while_others_write() {
    let world = World::new().await;
    for writer in world.writers(5) {
        writer.await.unwrap();
    }
    let first = handed_over(&world, false).await;
    let second = handed_over(&world, true).await;
    assert!(second.len() > first.len() && second.starts_with(&first));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emptied_stream_hands_over_like_any_other_also_after_a_restart() {
    let mut world = World::new().await;
    for writer in world.writers(5) {
        writer.await.unwrap();
    }
    let context = jetstream::new(world.client.nats.clone());
    let stream = context.get_stream("PLANSYNC_EVENTS").await.unwrap();
    stream.purge().await.unwrap();
    handed_over(&world, false).await;
    stream.purge().await.unwrap();
    assert_eq!(world.engine.terminate(), Some(0));
    let (nats, data) = (&world.nats, world.data.path());
    world.engine =
        plansync_tests::engine::Engine::start_with(nats, data, &["--events", "json"]).await;
    handed_over(&world, false).await;
}
