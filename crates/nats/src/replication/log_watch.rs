//! Tells when messages are stored in the stream of records, so that a node that follows need not ask again and again.
//!
//! It is told by a consumer that delivers no bodies. A consumer may be behind, or end with its server; so it only says
//! when reading is worth it, and whoever waits reads once in a while in any case.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::push::OrderedConfig;
use futures_util::StreamExt as _;
use plansync_log::replication::StreamSequence;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::asking::Asking;

/// The pause before a consumer is made again.
const AGAIN_AFTER: Duration = Duration::from_millis(500);

/// After so long without a message, a consumer is made again: one that has ended with its server, without anybody being
/// told, cannot be told from one that has nothing to deliver.
const SILENT_MAX: Duration = Duration::from_secs(15);

/// Tells when messages are stored, until it is dropped.
#[derive(Debug)]
pub struct LogWatch {
    runtime: Handle,
    /// The last message that was seen.
    seen: watch::Receiver<StreamSequence>,
    _watching: JoinSet<()>,
}

impl LogWatch {
    pub(super) fn begin(asking: &Asking, stream: String) -> Self {
        let (sender, seen) = watch::channel(StreamSequence::ZERO);
        let jetstream = asking.connection().jetstream().clone();
        let mut watching = JoinSet::new();
        watching.spawn_on(run(jetstream, stream, sender), asking.runtime());
        Self {
            runtime: asking.runtime().clone(),
            seen,
            _watching: watching,
        }
    }

    /// Blocks until a message after `last` is stored, but not longer than `at_most`. Returns whether one is known to be
    /// stored; if none is, there may be one all the same.
    pub fn wait(&mut self, last: StreamSequence, at_most: Duration) -> bool {
        let is_later = self.seen.wait_for(|seen| *seen > last);
        let seen = self
            .runtime
            .block_on(async { timeout(at_most, is_later).await });
        matches!(seen, Ok(Ok(_)))
    }
}

/// Watches for ever, whatever fails.
async fn run(jetstream: Context, stream: String, seen: watch::Sender<StreamSequence>) {
    loop {
        let ended = watch_consumer(&jetstream, &stream, &seen).await;
        tracing::debug!(%stream, ?ended, "the stream is watched anew");
        sleep(AGAIN_AFTER).await;
    }
}

async fn watch_consumer(
    jetstream: &Context,
    stream: &str,
    seen: &watch::Sender<StreamSequence>,
) -> Result<(), async_nats::Error> {
    let config = OrderedConfig {
        deliver_subject: jetstream.client().new_inbox(),
        description: Some("a node of plansync that follows the log".to_owned()),
        deliver_policy: DeliverPolicy::Last,
        headers_only: true,
        ..OrderedConfig::default()
    };
    let consumer = jetstream.create_consumer_on_stream(config, stream).await?;
    let mut messages = consumer.messages().await?;
    while let Ok(Some(message)) = timeout(SILENT_MAX, messages.next()).await {
        let stored = StreamSequence::new(message?.info()?.stream_sequence);
        seen.send_if_modified(|seen| {
            let is_later = stored > *seen;
            *seen = stored.max(*seen);
            is_later
        });
    }
    Ok(())
}
