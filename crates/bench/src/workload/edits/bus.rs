//! What NATS does with the same number of requests: as fast as a bare socket can send them, and
//! with a service that only publishes each request and answers it when it is stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::{self, Context};
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::json;
use tokio::sync::oneshot;

use super::{LEARNERS, edited, request};
use crate::college::TENANT;
use crate::figure::Figure;
use crate::process::Nats;
use crate::wire::{Wire, flood};
use crate::workload::Size;

const OF_SERVICE_TARGET: f64 = 0.6;
const OF_SYNCED_TARGET: f64 = 6.0;
const IN_FLIGHT: usize = 1_024;
const STREAM: &str = "BENCH";
/// The subject on which an event is published.
const EVENT: &str = "bench.stream.a";
const SERVICE: &str = "bench.service";

/// The messages that one edit causes, as they were received.
#[derive(Clone)]
pub(super) struct Traffic {
    pub(super) reply: Vec<u8>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) event: Vec<u8>,
}

/// The figures beside this many edits per second, each of which causes these messages.
pub(super) fn figures(size: &Size, edits: f64, traffic: &Traffic) -> anyhow::Result<Vec<Figure>> {
    let time = Duration::from_secs(size.sustained.min(10));
    let plain = Nats::start()?;
    let echo = echoed(&plain, time, false)?;
    let both = echoed(&plain, time, true)?;
    let small = served(&plain, time, two_hundred, |number| {
        let bytes = Bytes::from(format!("{number:0200}"));
        Answer {
            subject: EVENT.to_owned(),
            headers: HeaderMap::new(),
            event: bytes.clone(),
            reply: bytes,
        }
    })?;
    let service = served(&plain, time, request, same(traffic))?;
    let synced = if size.with_peers {
        let syncing = Nats::start_syncing()?;
        Some(streamed(&syncing, time)?)
    } else {
        None
    };
    let rate = |name: &str, rate| Figure::once(name, "a second", rate);
    let over = |name: &str, rate| Figure::once(name, "×", edits / rate);
    let mut figures = vec![
        rate("echo by a socket, 1,024 in flight", echo),
        rate("echo and a publish not waited for, by a socket", both),
        over("edits over echo and a publish not waited for", both),
        rate(
            "200 bytes: echo once a publish is stored, by a service",
            small,
        ),
        over("edits over that", small),
        rate(
            "the same data: echo once a publish is stored, by a service",
            service,
        ),
        over("edits over that service", service).at_least(OF_SERVICE_TARGET),
    ];
    if let Some(synced) = synced {
        figures.extend([
            rate("JetStream publish, synced, 1,024 in flight", synced),
            over("edits over synced publish", synced).at_least(OF_SYNCED_TARGET),
        ]);
    }
    Ok(figures)
}

fn make_stream(wire: &mut Wire) -> anyhow::Result<()> {
    let body = json!({ "name": STREAM, "subjects": ["bench.stream.>"], "storage": "file",
        // The settings of plansync's own stream.
        "duplicate_window": 10_000_000_000_u64 });
    wire.request(&format!("$JS.API.STREAM.CREATE.{STREAM}"), &body)?;
    Ok(())
}

fn streamed(nats: &Nats, time: Duration) -> anyhow::Result<f64> {
    let mut wire = Wire::connect(nats.port)?;
    make_stream(&mut wire)?;
    flooded(wire, EVENT, time, two_hundred)
}

/// A message of 200 bytes.
fn two_hundred(number: u64, body: &mut Vec<u8>) {
    body.extend_from_slice(format!("{number:0200}").as_bytes());
}

/// A service's messages for an edit: an event as plansync publishes it, with another learner and id
/// each time, and its reply.
fn same(traffic: &Traffic) -> impl Fn(u64) -> Answer + Send + Sync + use<> {
    let Traffic {
        reply,
        headers,
        event,
    } = traffic.clone();
    let (event, reply) = (Bytes::from(event), Bytes::from(reply));
    move |number| {
        let mut own = HeaderMap::new();
        for (name, value) in &headers {
            own.insert(name.as_str(), value.as_str());
        }
        // As long as the id of an event, and different for each.
        own.insert(NATS_MESSAGE_ID, format!("{:032x}.1.{number}", u128::MAX));
        Answer {
            subject: format!(
                "bench.stream.{TENANT}.plan.{}.edited",
                edited(number, LEARNERS)
            ),
            headers: own,
            event: event.clone(),
            reply: reply.clone(),
        }
    }
}

/// Messages that are answered, per second.
fn flooded(
    mut wire: Wire,
    to: &str,
    time: Duration,
    mut make: impl FnMut(u64, &mut Vec<u8>),
) -> anyhow::Result<f64> {
    let done = flood(
        &mut wire,
        IN_FLIGHT,
        |_, elapsed| elapsed >= time,
        |number, subject, body| {
            subject.push_str(to);
            make(number, body);
        },
    )?;
    Ok(done.rate())
}

/// The messages of a service for a request, by the number of the request.
struct Answer {
    subject: String,
    headers: HeaderMap,
    event: Bytes,
    reply: Bytes,
}

/// Requests answered by a typical service over the client library: it publishes each to a stream
/// and answers when it is stored.
fn served(
    nats: &Nats,
    time: Duration,
    request: impl FnMut(u64, &mut Vec<u8>),
    answer: impl Fn(u64) -> Answer + Send + Sync + 'static,
) -> anyhow::Result<f64> {
    let url = format!("nats://127.0.0.1:{}", nats.port);
    let runtime = tokio::runtime::Runtime::new()?;
    let (ready, is_ready) = oneshot::channel();
    let serving = runtime.spawn(async move {
        let client = async_nats::connect(url).await?;
        let requests = client.subscribe(SERVICE).await?;
        client.flush().await?;
        let _ = ready.send(());
        let context = jetstream::new(client);
        let numbers = futures_util::stream::iter(0..);
        let answering = requests.zip(numbers).map(Ok).try_for_each_concurrent(
            IN_FLIGHT,
            |(request, number)| {
                let (context, answer) = (context.clone(), answer(number));
                async move { store(&context, request, answer).await }
            },
        );
        answering.await
    });
    is_ready.blocking_recv()?;
    let rate = flooded(Wire::connect(nats.port)?, SERVICE, time, request)?;
    serving.abort();
    Ok(rate)
}

/// If a request fails, the answer has the reason, and the flood ends with it.
async fn store(
    context: &Context,
    request: async_nats::Message,
    answer: Answer,
) -> anyhow::Result<()> {
    let Answer {
        subject,
        headers,
        event,
        reply,
    } = answer;
    let stored = async {
        let stored = context.publish_with_headers(subject, headers, event);
        stored.await?.await
    };
    let reply = match stored.await {
        Ok(_) => reply,
        Err(error) => json!({ "error": error.to_string() }).to_string().into(),
    };
    if let Some(reply_to) = request.reply {
        context.client().publish(reply_to, reply).await?;
    }
    Ok(())
}

/// Requests answered by a thread that does nothing else, or that publishes each to a stream first.
fn echoed(nats: &Nats, time: Duration, publishes: bool) -> anyhow::Result<f64> {
    let mut answering = Wire::connect(nats.port)?;
    let name = if publishes {
        "bench.both"
    } else {
        "bench.echo"
    };
    if publishes {
        make_stream(&mut answering)?;
    }
    answering.subscribe(name)?;
    let is_over = Arc::new(AtomicBool::new(false));
    let over = Arc::clone(&is_over);
    let answerer = thread::spawn(move || -> anyhow::Result<()> {
        while !over.load(Ordering::Relaxed) {
            let message = answering.receive()?;
            if let Some(reply_to) = &message.reply_to {
                if publishes {
                    answering.ask(EVENT, message.body());
                }
                answering.put(reply_to, None, message.body());
            }
            if !answering.has_more() {
                answering.flush()?;
            }
        }
        Ok(())
    });
    let rate = flooded(Wire::connect(nats.port)?, name, time, two_hundred)?;
    is_over.store(true, Ordering::Relaxed);
    let mut wire = Wire::connect(nats.port)?;
    wire.put(name, None, b"the end");
    wire.flush()?;
    match answerer.join() {
        Ok(ended) => ended?,
        Err(_) => anyhow::bail!("the answering thread crashed"),
    }
    Ok(rate)
}
