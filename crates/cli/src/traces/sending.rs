//! The queue of ended spans, and the task that sends them.

use std::fmt;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter, SpanProcessor};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};

use super::client::LastAnswer;
use super::{DROPPED, SENT};

/// The spans that may wait to be sent.
const WAITING_MAX: usize = 4_096;
/// The spans that are sent at once.
const BATCH_MAX: usize = 512;
/// How long spans wait for others to be sent with.
const LINGER: Duration = Duration::from_millis(500);
/// How long the collector may take to answer.
pub(super) const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
/// The shortest time between two log lines about the collector.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// The entrance of the queue. It never waits.
pub(super) struct Queue(mpsc::Sender<SpanData>);

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Queue")
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.0.try_send(span).is_err() {
            DROPPED.count();
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// A queue, and what sends the spans in it.
pub(super) fn queue<E: SpanExporter>(exporter: E, last: LastAnswer) -> (Queue, Sending<E>) {
    let (entrance, spans) = mpsc::channel(WAITING_MAX);
    let sending = Sending {
        spans,
        exporter,
        last,
        told: None,
    };
    (Queue(entrance), sending)
}

/// Sends spans.
pub(super) struct Sending<E> {
    spans: mpsc::Receiver<SpanData>,
    exporter: E,
    last: LastAnswer,
    /// When the collector was last told of.
    told: Option<Instant>,
}

impl<E: SpanExporter> Sending<E> {
    /// Sends spans until it is to stop, then those that wait.
    pub(super) async fn run(mut self, mut stop: oneshot::Receiver<()>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            tokio::select! {
                count = self.spans.recv_many(&mut batch, BATCH_MAX) => if count == 0 { return },
                _ = &mut stop => break,
            }
            if batch.len() < BATCH_MAX {
                tokio::select! {
                    () = sleep(LINGER) => {}
                    _ = &mut stop => break,
                }
                self.fill(&mut batch);
            }
            self.send(std::mem::take(&mut batch)).await;
        }
        self.spans.close();
        loop {
            self.fill(&mut batch);
            if batch.is_empty() {
                return;
            }
            self.send(std::mem::take(&mut batch)).await;
        }
    }

    /// Adds what waits.
    fn fill(&mut self, batch: &mut Vec<SpanData>) {
        while batch.len() < BATCH_MAX
            && let Ok(span) = self.spans.try_recv()
        {
            batch.push(span);
        }
    }

    /// Sends a batch, once: a collector that did not take it has lost it.
    async fn send(&mut self, batch: Vec<SpanData>) {
        let count = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let answer = timeout(ANSWERED_WITHIN, self.exporter.export(batch)).await;
        let is_taken = matches!(answer, Ok(Ok(())));
        let dropped = if is_taken {
            self.last.get().refused.min(count)
        } else {
            count
        };
        SENT.add(count - dropped);
        DROPPED.add(dropped);
        if dropped > 0 {
            self.tell();
        }
    }

    /// Tells of a collector that takes no spans; nothing of what it answers, which it may choose.
    fn tell(&mut self) {
        if self.told.is_some_and(|told| told.elapsed() < TOLD_EVERY) {
            return;
        }
        self.told = Some(Instant::now());
        tracing::warn!(
            status = self.last.get().status,
            dropped = DROPPED.get(),
            "the collector of spans does not take all of them; they are dropped, and nothing else is affected; without \
             `status`, it did not answer; `dropped` counts since the start"
        );
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
    use opentelemetry_sdk::trace::SdkTracerProvider;

    use super::*;

    /// Takes so many batches, and then never answers.
    #[derive(Debug)]
    struct Taking {
        batches: usize,
        taken: Arc<AtomicUsize>,
        asked: AtomicUsize,
    }

    impl SpanExporter for Taking {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            if self.asked.fetch_add(1, Ordering::Relaxed) >= self.batches {
                pending::<()>().await;
            }
            self.taken.fetch_add(batch.len(), Ordering::Relaxed);
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_silent_collector_does_not_take_is_dropped_and_nobody_waits_for_it() {
        let taken = Arc::<AtomicUsize>::default();
        let exporter = Taking {
            batches: 2,
            taken: Arc::clone(&taken),
            asked: AtomicUsize::new(0),
        };
        let (entrance, sending) = queue(exporter, LastAnswer::default());
        let provider = SdkTracerProvider::builder()
            .with_span_processor(entrance)
            .build();
        let tracer = provider.tracer("test");
        let spans = |count| (0..count).for_each(|_| tracer.start("span").end());
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(sending.run(stopped));
        let (sent, dropped) = (SENT.get(), DROPPED.get());
        spans(BATCH_MAX + 1);
        sleep(3 * LINGER).await;
        assert_eq!(taken.load(Ordering::Relaxed), BATCH_MAX + 1);
        assert_eq!(SENT.get() - sent, 513);
        // From here on it does not answer.
        let began = std::time::Instant::now();
        spans(BATCH_MAX);
        sleep(LINGER).await;
        spans(WAITING_MAX + 7);
        assert!(began.elapsed() < Duration::from_secs(5));
        assert_eq!(DROPPED.get() - dropped, 7);
        stop.send(()).unwrap();
        // Whoever stops it waits no longer than it wants to.
        assert!(timeout(Duration::from_secs(2), task).await.is_err());
        assert_eq!(taken.load(Ordering::Relaxed), BATCH_MAX + 1);
    }
}
