//! What the bus does with as many requests: as fast as a bare socket can ask it, and in a service
//! that does nothing but publish each request and answer it once it is stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use async_nats::jetstream::{self, Context};
use futures_util::StreamExt as _;
use serde_json::json;
use tokio::sync::oneshot;

use crate::figure::Figure;
use crate::process::Nats;
use crate::wire::{Wire, flood};
use crate::workload::Size;

const OF_SERVICE_TARGET: f64 = 0.6;
const OF_SYNCED_TARGET: f64 = 6.0;
const IN_FLIGHT: usize = 1_024;
const STREAM: &str = "BENCH";
/// Where an event is published.
const EVENT: &str = "bench.stream.a";
const SERVICE: &str = "bench.service";

/// Beside so many edits a second.
pub(super) fn figures(size: &Size, edits: f64) -> anyhow::Result<Vec<Figure>> {
    let time = Duration::from_secs(size.sustained.min(10));
    let plain = Nats::start()?;
    let echo = echoed(&plain, time, false)?;
    let both = echoed(&plain, time, true)?;
    let service = served(&plain, time)?;
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
        rate("echo once a publish is stored, by a service", service),
        over("edits over echo once a publish is stored", service).at_least(OF_SERVICE_TARGET),
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
    let body = json!({ "name": STREAM, "subjects": ["bench.stream.>"], "storage": "file" });
    wire.request(&format!("$JS.API.STREAM.CREATE.{STREAM}"), &body)?;
    Ok(())
}

fn streamed(nats: &Nats, time: Duration) -> anyhow::Result<f64> {
    let mut wire = Wire::connect(nats.port)?;
    make_stream(&mut wire)?;
    flooded(wire, EVENT, time)
}

/// Messages of 200 bytes that are answered, a second.
fn flooded(mut wire: Wire, to: &str, time: Duration) -> anyhow::Result<f64> {
    let done = flood(
        &mut wire,
        IN_FLIGHT,
        |_, elapsed| elapsed >= time,
        |number, subject, body| {
            subject.push_str(to);
            body.extend_from_slice(format!("{number:0200}").as_bytes());
        },
    )?;
    Ok(done.rate())
}

/// Requests answered by a service as it is usually written, over the client library: it publishes
/// each to a stream, and answers it once it is stored there.
fn served(nats: &Nats, time: Duration) -> anyhow::Result<f64> {
    let url = format!("nats://127.0.0.1:{}", nats.port);
    let runtime = tokio::runtime::Runtime::new()?;
    let (ready, is_ready) = oneshot::channel();
    let serving = runtime.spawn(async move {
        let client = async_nats::connect(url).await?;
        let requests = client.subscribe(SERVICE).await?;
        client.flush().await?;
        let _ = ready.send(());
        let context = jetstream::new(client);
        let answering = requests.for_each_concurrent(IN_FLIGHT, |request| {
            let context = context.clone();
            async move { store(&context, request).await.unwrap_or_default() }
        });
        answering.await;
        anyhow::Ok(())
    });
    is_ready.blocking_recv()?;
    let rate = flooded(Wire::connect(nats.port)?, SERVICE, time)?;
    serving.abort();
    Ok(rate)
}

/// A request that fails is not answered, and the flood ends with an error.
async fn store(context: &Context, request: async_nats::Message) -> anyhow::Result<()> {
    let stored = context.publish(EVENT, request.payload.clone()).await?;
    stored.await?;
    if let Some(reply) = request.reply {
        context.client().publish(reply, request.payload).await?;
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
    let rate = flooded(Wire::connect(nats.port)?, name, time)?;
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
