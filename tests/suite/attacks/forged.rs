//! Requests that are allowed, with reply subjects that are not the sender's.

use std::time::Duration;

use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::{self, Context};
use futures_util::StreamExt as _;
use plansync_tests::socket::Socket;

use super::world::{ALICE, BOB, BRIDGE, EVENTS, Layout, REPORTS, SYSTEM, User, WAREHOUSE, World};

/// How long something that must not come is waited for.
const SILENCE: Duration = Duration::from_millis(700);

/// Subjects that replies are directed to.
const REPLIES: &[&str] = &[
    "plansync.v1.evt.northgate.plan.x.changed",
    "plansync.v1.evt.southgate.plan.x.changed",
    "plansync.v1.evtjson.southgate.plan.x.changed",
    "plansync.v1.cmd.northgate.system.tenant.put",
    "plansync.v1.req.northgate.system.tenant.put",
    "plansync.v1.cmd.southgate.bob.record.open",
    "$JS.API.STREAM.DELETE.PLANSYNC_EVENTS",
    "$JS.API.STREAM.PURGE.PLANSYNC_COMMANDS",
    "$JS.API.STREAM.PURGE.PLANSYNC_EVENTS",
    "$JS.API.CONSUMER.DELETE.PLANSYNC_EVENTS.northgate-warehouse",
    "$JS.API.CONSUMER.MSG.NEXT.PLANSYNC_EVENTS.northgate-warehouse",
    "$JS.ACK.PLANSYNC_EVENTS.northgate-warehouse.1.1.1.1.0",
    "$JS.ACK.PLANSYNC_COMMANDS.plansync-engine.1.1.1.1.0",
    "$JS.FC.PLANSYNC_EVENTS.x",
    "$SRV.PING.plansync",
    "$SRV.STATS",
    "$SYS.REQ.SERVER.PING",
    "_R_.forged.1",
    "_INBOX.forged.1",
    "_INBOX.southgate-bob.1",
];

/// What a user may send that is answered.
fn allowed(user: User) -> Vec<String> {
    match user {
        User::Actor(tenant, "system") => vec![
            format!("plansync.v1.req.{tenant}.system.tenant.get"),
            format!("plansync.v1.cmd.{tenant}.system.nothing.known"),
            "$SRV.PING.plansync".to_owned(),
        ],
        User::Actor(tenant, actor) => vec![
            format!("plansync.v1.req.{tenant}.{actor}.actor.get"),
            format!("plansync.v1.cmd.{tenant}.{actor}.nothing.known"),
        ],
        User::Subscriber(name, stream) => vec![
            format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}"),
            format!("$JS.API.CONSUMER.INFO.{stream}.{name}"),
            format!("$JS.ACK.{stream}.{name}.9.9.9.9.9"),
        ],
        User::Bridge => [
            "INFO.PLANSYNC_EVENTS",
            "MSG.GET.PLANSYNC_EVENTS",
            "INFO.PLANSYNC_EVENTS_JSON",
            "MSG.GET.PLANSYNC_EVENTS_JSON",
        ]
        .map(|subject| format!("$JS.API.STREAM.{subject}"))
        .to_vec(),
        User::Events(_) => Vec::new(),
    }
}

/// Subscribers and clients who listen to all that they may, and hear nothing.
fn listeners(world: &World) -> Vec<(User, Socket)> {
    let listening: &[(User, &str)] = match world.layout {
        Layout::Small => &[
            (EVENTS, "plansync.v1.evt.northgate.>"),
            (WAREHOUSE, "_INBOX.>"),
        ],
        Layout::Tenants | Layout::Cluster | Layout::Operator => &[
            (EVENTS, "plansync.v1.evt.northgate.>"),
            (WAREHOUSE, "_INBOX.>"),
            (REPORTS, "_INBOX.>"),
            (BOB, "_INBOX.southgate-bob.>"),
        ],
    };
    let listen = |(user, subject): &(User, &str)| {
        let mut socket = world.socket(*user);
        let said = socket.say(&format!("SUB {subject} 1"));
        assert!(!said.contains("-ERR"), "{user}: {said}");
        (*user, socket)
    };
    listening.iter().map(listen).collect()
}

pub(super) async fn reach_nobody(world: &World) {
    let jetstream = jetstream::new(world.inside.nats.clone());
    let before = consumers(&jetstream).await;
    let mut heard = listeners(world);
    for user in [ALICE, SYSTEM] {
        let mut attacker = world.socket(user);
        for reply in REPLIES {
            for subject in allowed(user) {
                let said = attacker.publish(&subject, reply, "{}");
                is_taken_or_refused(&said, reply, &format!("{user}: {subject}"));
            }
        }
    }
    // What was sent before a request that is answered has been dealt with.
    world
        .inside
        .get("system", "tenant.get", serde_json::json!({}))
        .await;
    for (user, socket) in &mut heard {
        let said = socket.hear(SILENCE);
        let forged = said
            .lines()
            .filter(|line| line.starts_with("MSG ") || line.starts_with("HMSG "));
        // The rejections of the unknown commands are events, and come from the engine.
        let forged: Vec<_> = forged
            .filter(|line| !line.contains(".command.") || !line.contains(".rejected"))
            .collect();
        assert_eq!(forged, Vec::<&str>::new(), "{user}");
    }
    assert_eq!(
        consumers(&jetstream).await,
        before,
        "a consumer was changed"
    );
    only_the_engine_published(&jetstream).await;
    subscribers_disturb_nobody(world, &jetstream).await;
    the_bridge_disturbs_nobody(world, &jetstream).await;
}

/// The server refuses reply subjects that it uses itself, and takes all others.
fn is_taken_or_refused(said: &str, reply: &str, what: &str) {
    let is_refused = said.contains("Permissions Violation for Publish with Reply");
    assert_eq!(said.contains("-ERR"), is_refused, "{what}: {said}");
    let is_reserved = reply.starts_with("$JS.ACK.") || reply.starts_with("_R_.");
    assert_eq!(is_refused, is_reserved, "{what}: {reply}: {said}");
}

/// What a subscriber may send changes its own consumer only.
async fn subscribers_disturb_nobody(world: &World, jetstream: &Context) {
    let attackers: &[(User, User)] = match world.layout {
        Layout::Small => &[],
        Layout::Tenants | Layout::Cluster | Layout::Operator => {
            &[(WAREHOUSE, REPORTS), (REPORTS, WAREHOUSE)]
        }
    };
    for (attacker, victim) in attackers {
        let before = consumer(jetstream, *victim).await;
        let mut heard = world.socket(*victim);
        heard.say("SUB _INBOX.> 1");
        let mut socket = world.socket(*attacker);
        for reply in REPLIES.iter().chain(&["_INBOX.x.1"]) {
            for subject in allowed(*attacker) {
                let said = socket.publish(&subject, reply, "{\"batch\": 1, \"expires\": 1000000}");
                is_taken_or_refused(&said, reply, &format!("{attacker}: {subject}"));
            }
        }
        let said = heard.hear(SILENCE);
        assert!(!said.contains("MSG "), "{victim} heard {said}");
        assert_eq!(consumer(jetstream, *victim).await, before);
    }
    only_the_engine_published(jetstream).await;
}

/// What the bridge may send adds JSON events, and changes nothing else.
async fn the_bridge_disturbs_nobody(world: &World, jetstream: &Context) {
    // What was sent before is decided and published: each durable command has made one event.
    let mut found = streams(jetstream).await;
    while found[0] != found[1] {
        tokio::time::sleep(Duration::from_millis(20)).await;
        found = streams(jetstream).await;
    }
    let before = (consumers(jetstream).await, found);
    let mut heard = listeners(world);
    let mut attacker = world.socket(BRIDGE);
    for reply in REPLIES {
        for subject in allowed(BRIDGE) {
            for body in ["", "{\"seq\": 1}"] {
                let said = attacker.publish(&subject, reply, body);
                is_taken_or_refused(&said, reply, &format!("bridge: {subject}"));
            }
        }
    }
    // What was sent before a request that is answered has been dealt with.
    let mut inbox = world.socket(BRIDGE);
    inbox.say("SUB _INBOX.> 1");
    attacker.publish("$JS.API.STREAM.INFO.PLANSYNC_EVENTS", "_INBOX.last", "");
    inbox.hear_until("MSG _INBOX.last");
    for (user, socket) in &mut heard {
        let said = socket.hear(SILENCE);
        assert!(!said.contains("MSG "), "{user} heard {said}");
    }
    let after = (consumers(jetstream).await, streams(jetstream).await);
    assert_eq!(after, before);
    only_the_engine_published(jetstream).await;
    for reply in REPLIES {
        attacker.publish("plansync.v1.evtjson.northgate.plan.x.changed", reply, "{}");
    }
    attacker.publish(
        "plansync.v1.evtjson.northgate.plan.x.changed",
        "_INBOX.stored",
        "{}",
    );
    inbox.hear_until("MSG _INBOX.stored");
    let after = streams(jetstream).await;
    assert_eq!(after[..2], before.1[..2]);
    assert!(after[2] > before.1[2]);
}

/// The last sequences of the streams of commands, of events and of JSON events.
async fn streams(jetstream: &Context) -> [u64; 3] {
    let mut last = [0; 3];
    let names = [
        "PLANSYNC_COMMANDS",
        "PLANSYNC_EVENTS",
        "PLANSYNC_EVENTS_JSON",
    ];
    for (last, name) in last.iter_mut().zip(names) {
        let stream = jetstream.get_stream(name).await.unwrap();
        *last = stream.cached_info().state.last_sequence;
    }
    last
}

/// The place of every consumer.
async fn consumers(jetstream: &Context) -> Vec<(u64, u64, usize)> {
    vec![
        consumer(jetstream, WAREHOUSE).await,
        consumer(jetstream, REPORTS).await,
    ]
}

async fn consumer(jetstream: &Context, user: User) -> (u64, u64, usize) {
    let User::Subscriber(name, stream) = user else {
        panic!("{user} has no consumer");
    };
    let stream = jetstream.get_stream(stream).await.unwrap();
    let info = stream.consumer_info(name).await.unwrap();
    (
        info.delivered.stream_sequence,
        info.ack_floor.stream_sequence,
        info.num_ack_pending,
    )
}

/// Every message in the event stream is an event of the engine, and no command waits that nobody
/// was allowed to send.
async fn only_the_engine_published(jetstream: &Context) {
    let mut stream = jetstream.get_stream("PLANSYNC_EVENTS").await.unwrap();
    let count = stream.info().await.unwrap().state.messages;
    assert!(count > 0);
    let consumer = stream
        .create_consumer(pull::OrderedConfig::default())
        .await
        .unwrap();
    let messages = consumer.messages().await.unwrap();
    let mut messages = messages.take(usize::try_from(count).unwrap());
    while let Some(message) = messages.next().await {
        let message = message.unwrap();
        let id = message
            .headers
            .as_ref()
            .and_then(|headers| headers.get("ce-id"));
        assert!(id.is_some(), "{}", message.subject);
    }
    let mut json = jetstream.get_stream("PLANSYNC_EVENTS_JSON").await.unwrap();
    assert_eq!(json.info().await.unwrap().state.messages, 0);
    jetstream.get_stream("PLANSYNC_COMMANDS").await.unwrap();
}
