//! More than it can take: who asks too much is told when to come back, memory stays bounded, another
//! tenant is served as if nothing were, and afterwards all is well at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use plansync_tests::client::Client;
use plansync_tests::college::{component, found, target};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::ALONE;

const FLOODERS: u128 = 4;
/// Requests that a flooder has sent and not heard of, at most: many times what the engine lets wait.
const IN_FLIGHT_MAX: u64 = 10_000;
const MEBIBYTE: u64 = 1 << 20;

/// What became of a flood.
#[derive(Debug, Default)]
struct Tally {
    sent: AtomicU64,
    done: AtomicU64,
    overloaded: AtomicU64,
    others: AtomicU64,
    unheard: AtomicU64,
}

impl Tally {
    fn heard(&self) -> u64 {
        [&self.done, &self.overloaded, &self.others, &self.unheard]
            .map(|count| count.load(Ordering::Relaxed))
            .iter()
            .sum()
    }

    fn count(&self, body: &[u8]) {
        if body.is_empty() {
            // Nobody was there to answer: the server had cut the engine off.
            self.unheard.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let body: Value = serde_json::from_slice(body).unwrap();
        let error = &body["error"];
        let counted = match error["code"].as_str() {
            None => &self.done,
            Some("overloaded") => {
                let retry = error["details"]["retry_after_ms"].as_u64();
                assert!(retry.is_some_and(|retry| retry > 0), "{body}");
                &self.overloaded
            }
            Some(_) => &self.others,
        };
        counted.fetch_add(1, Ordering::Relaxed);
    }
}

/// Sends without waiting, as fast as the connection takes it, until told to stop; then hears the rest.
async fn flood(
    client: Client,
    in_flight_max: u64,
    body: impl Fn(u64) -> Value + Send + 'static,
    (tally, stop): (Arc<Tally>, Arc<AtomicBool>),
) {
    let inbox = client.nats.new_inbox();
    let mut answers = client.nats.subscribe(format!("{inbox}.*")).await.unwrap();
    let own = Arc::new(Tally::default());
    let listening = Arc::clone(&own);
    let all = Arc::clone(&tally);
    let listener = tokio::spawn(async move {
        while let Some(message) = answers.next().await {
            all.count(&message.payload);
            listening.done.fetch_add(1, Ordering::Relaxed);
        }
    });
    let subject = "plansync.v1.req.northgate.alice.plan.edit";
    while !stop.load(Ordering::Relaxed) {
        let number = own.sent.load(Ordering::Relaxed);
        if number - own.heard() >= in_flight_max {
            tokio::time::sleep(Duration::from_millis(1)).await;
            continue;
        }
        let reply = format!("{inbox}.{number}");
        let payload = body(number).to_string().into();
        client
            .nats
            .publish_with_reply(subject, reply, payload)
            .await
            .unwrap();
        own.sent.fetch_add(1, Ordering::Relaxed);
        tally.sent.fetch_add(1, Ordering::Relaxed);
    }
    client.nats.flush().await.unwrap();
    // Whether everything was answered is for whoever looks at the tally.
    let patience = Instant::now() + Duration::from_mins(2);
    while own.heard() < own.sent.load(Ordering::Relaxed) && Instant::now() < patience {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    listener.abort();
}

fn flooding(
    clients: &[Client],
    in_flight_max: u64,
    body: fn(u128, u64) -> Value,
    tally: &Arc<Tally>,
    stop: &Arc<AtomicBool>,
) -> Vec<JoinHandle<()>> {
    let all = clients.iter().zip(0_u128..);
    let flooder = |(client, flooder): (&Client, u128)| {
        let shared = (Arc::clone(tally), Arc::clone(stop));
        let body = move |number| body(flooder, number);
        tokio::spawn(flood(client.clone(), in_flight_max, body, shared))
    };
    all.map(flooder).collect()
}

fn small(flooder: u128, number: u64) -> Value {
    let set = json!({"name": format!("Name {flooder} {number}")});
    let edits = json!([{"op": "change", "component": component(0), "set": set}]);
    json!({"learner": target(flooder), "edits": edits})
}

/// Nearly as much as a body may hold: three components with all the text that one may have.
fn large(flooder: u128, number: u64) -> Value {
    let text = |which: u64| format!("{number:08}{which:02}").repeat(1_950);
    let edits: Vec<Value> = (0..12)
        .map(|which| {
            let set = json!({"instructions": text(which)});
            json!({"op": "change", "component": component(u128::from(which)), "set": set})
        })
        .collect();
    json!({"learner": target(flooder), "edits": edits})
}

/// The memory of a process that is resident, in bytes.
fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// Samples the memory every tenth of a second until told to stop.
fn watched(pid: u32, stop: &Arc<AtomicBool>) -> JoinHandle<Vec<u64>> {
    let stop = Arc::clone(stop);
    tokio::spawn(async move {
        let mut curve = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            curve.extend(resident(pid));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        curve
    })
}

fn told(curve: &[u64]) -> String {
    let every = curve.len().div_ceil(20).max(1);
    let some = curve.iter().step_by(every);
    let some: Vec<String> = some.map(|bytes| (bytes / MEBIBYTE).to_string()).collect();
    format!("{} MiB", some.join(" "))
}

struct Place {
    nats: NatsServer,
    _data: tempfile::TempDir,
    engine: Engine,
    client: Client,
}

async fn place() -> Place {
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let engine = Engine::start(&nats, data.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 12, FLOODERS).await;
    Place {
        nats,
        _data: data,
        engine,
        client,
    }
}

async fn connections(nats: &NatsServer) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..FLOODERS {
        clients.push(Client::connect(nats).await);
    }
    clients
}

/// After a flood the first request is answered, and not refused.
async fn is_well(client: &Client) {
    client.get("alice", "plan.edit", small(0, u64::MAX)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_told_when_to_come_back_and_starves_no_other_tenant() {
    let _alone = ALONE.lock().await;
    let place = place().await;
    let other = Client::connect(&place.nats).await.of_tenant("southgate");
    found(&other, 2, 1).await;
    let (tally, stop) = (Arc::new(Tally::default()), Arc::<AtomicBool>::default());
    let memory = watched(place.engine.pid(), &stop);
    let clients = connections(&place.nats).await;
    let flooders = flooding(&clients, IN_FLIGHT_MAX, small, &tally, &stop);
    let began = Instant::now();
    let (mut edits, mut refused, mut slowest) = (0_u64, 0_u64, Duration::ZERO);
    // Until there was a flood worth its name.
    while tally.overloaded.load(Ordering::Relaxed) < 20_000 || edits < 15 {
        assert!(
            began.elapsed() < Duration::from_mins(3),
            "{tally:?}, {edits} edits"
        );
        let asked = Instant::now();
        match other.ask("alice", "plan.edit", small(0, edits)).await {
            Ok(_) => edits += 1,
            Err((code, error)) => {
                assert_eq!(code, "overloaded", "{error}");
                refused += 1;
            }
        }
        slowest = slowest.max(asked.elapsed());
    }
    stop.store(true, Ordering::Relaxed);
    let lasted = began.elapsed();
    for flooder in flooders {
        flooder.await.unwrap();
    }
    is_well(&place.client).await;
    let curve = memory.await.unwrap();
    println!(
        "{lasted:.1?}: {tally:?}; another tenant: {edits} edits, {refused} refused, slowest \
         {slowest:.1?}; memory {}",
        told(&curve)
    );
    assert_eq!(tally.heard(), tally.sent.load(Ordering::Relaxed));
    assert_eq!(tally.others.load(Ordering::Relaxed), 0);
    assert!(refused * 2 <= edits, "{refused} refused, {edits} not");
    let (first, most) = (curve[0], *curve.iter().max().unwrap());
    assert!(most < first + 512 * MEBIBYTE, "{}", told(&curve));
}

/// Floods with the largest requests for a while; what became of them, and the memory meanwhile.
async fn flooded_with_the_largest(
    place: &Place,
    in_flight_max: u64,
    enough: impl Fn(&Tally, Duration) -> bool,
) -> (Arc<Tally>, Vec<u64>) {
    let (tally, stop) = (Arc::new(Tally::default()), Arc::<AtomicBool>::default());
    let memory = watched(place.engine.pid(), &stop);
    let clients = connections(&place.nats).await;
    let flooders = flooding(&clients, in_flight_max, large, &tally, &stop);
    let began = Instant::now();
    while !enough(&tally, began.elapsed()) {
        assert!(began.elapsed() < Duration::from_mins(2), "{tally:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.store(true, Ordering::Relaxed);
    let lasted = began.elapsed();
    for flooder in flooders {
        flooder.await.unwrap();
    }
    let curve = memory.await.unwrap();
    println!("{lasted:.1?}: {tally:?}; memory {}", told(&curve));
    (tally, curve)
}

/// What waits may have 64 MiB, and what is being read, decided, written and kept comes to it.
fn is_bounded(curve: &[u64]) {
    let (first, most) = (curve[0], *curve.iter().max().unwrap());
    assert!(most < first + 768 * MEBIBYTE, "{}", told(curve));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_the_largest_requests_is_answered_and_keeps_memory_bounded() {
    let _alone = ALONE.lock().await;
    let place = place().await;
    assert!((230_000..256 * 1024).contains(&large(0, 0).to_string().len()));
    // Less than what a nats-server holds for a connection before it cuts it off: 64 MiB.
    let enough = |tally: &Tally, _| tally.heard() >= 1_000;
    let (tally, curve) = flooded_with_the_largest(&place, 60, enough).await;
    is_well(&place.client).await;
    assert_eq!(tally.heard(), tally.sent.load(Ordering::Relaxed));
    let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
    assert_eq!((count(&tally.others), count(&tally.unheard)), (0, 0));
    assert!(
        count(&tally.overloaded) > 0 && count(&tally.done) > 0,
        "{tally:?}"
    );
    is_bounded(&curve);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_more_than_the_server_holds_is_outlived() {
    let _alone = ALONE.lock().await;
    let place = place().await;
    let enough = |_: &Tally, lasted: Duration| lasted > Duration::from_secs(5);
    let (tally, curve) = flooded_with_the_largest(&place, 2_000, enough).await;
    let sent = tally.sent.load(Ordering::Relaxed);
    assert!(sent > 1_000, "{tally:?}");
    is_bounded(&curve);
    // A server that holds more than it may for a connection cuts it off, and what it held is lost.
    let patience = Instant::now() + Duration::from_mins(2);
    let edit = || {
        place
            .client
            .try_ask("alice", "plan.edit", small(0, 0), Duration::from_secs(2))
    };
    while !matches!(edit().await, Some(Ok(_))) {
        assert!(Instant::now() < patience, "it does not come back");
    }
}
