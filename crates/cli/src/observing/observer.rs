//! Everything that is observed, and one observation of it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use plansync_engine::{Engine, Measured};
use plansync_log::{LogMeasured, Position};
use plansync_nats::{
    Condition, Connectivity, EndpointMeasures, OperationMeasured, StepsMeasured, WaitingMeasured,
};
use plansync_protocol::ErrorCode;
use plansync_service::{DurableMeasured, Service};
use tokio::task::{JoinHandle, spawn_blocking};

use super::pulse::{News, Pulse};
use super::sample::{Oldest, Sample};

/// The time between two samples.
const SAMPLE_EVERY: Duration = Duration::from_secs(1);

/// Observes the engine from its start to its end. Whoever asks waits for no disk.
pub(crate) struct Observer {
    data: PathBuf,
    started: Started,
    /// The parts of the engine, while it serves.
    parts: Mutex<Option<Arc<Parts>>>,
    is_stopping: AtomicBool,
    latest: Mutex<Latest>,
}

/// When the engine was started.
#[derive(Debug, Clone, Copy)]
pub(super) struct Started {
    /// Microseconds since 1970.
    pub(super) micros: i64,
    at: Instant,
}

/// What was seen last.
#[derive(Debug, Default)]
struct Latest {
    sample: Option<Sample>,
    pulse: Pulse,
}

/// The parts of an engine that serves.
pub(crate) struct Parts {
    pub(crate) service: Arc<Service>,
    pub(crate) endpoint: EndpointMeasures,
    pub(crate) connections: Connectivity,
    pub(crate) streams: Condition,
    pub(crate) consumer: Condition,
    pub(crate) relay: Condition,
}

/// How far the engine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It opens the log and connects.
    Starting,
    /// It serves.
    Serving,
    /// It answers what has arrived, and ends.
    Stopping,
}

/// What does not answer, so that the engine cannot end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeldUpBy {
    /// The disk: commits wait for it.
    Disk,
    /// The NATS server: there is no connection.
    Nats,
}

/// What was observed at one moment.
pub(super) struct Observation {
    pub(super) phase: Phase,
    pub(super) started: Started,
    /// The time since the start.
    pub(super) uptime: Duration,
    pub(super) now: Instant,
    pub(super) sample: Option<Sample>,
    pub(super) pulse: Pulse,
    /// The parts, once the engine serves.
    pub(super) serving: Option<Serving>,
}

/// What was observed of an engine that serves.
pub(super) struct Serving {
    pub(super) engine: Measured,
    pub(super) log: Option<LogMeasured>,
    pub(super) operations: Vec<OperationMeasured>,
    pub(super) steps: StepsMeasured,
    pub(super) waiting: WaitingMeasured,
    pub(super) commands: Vec<DurableMeasured>,
    /// Commits whose events wait to be published, if that is known.
    pub(super) relay_behind: Option<u64>,
    pub(super) is_connected: bool,
    pub(super) reconnects: u64,
    pub(super) streams: Seen,
    pub(super) consumer: Seen,
    pub(super) relay: Seen,
}

/// What is wrong with a part of the transport, and how often something was.
pub(super) struct Seen {
    pub(super) problems: Vec<String>,
    pub(super) begun: u64,
}

impl Seen {
    fn of(condition: &Condition) -> Self {
        Self {
            problems: condition.problems(),
            begun: condition.begun(),
        }
    }
}

impl Observer {
    /// Observes an engine that begins on this data folder now.
    pub(crate) fn new(data: &Path) -> Self {
        let micros = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|since| i64::try_from(since.as_micros()).ok());
        Self {
            data: data.to_owned(),
            started: Started {
                micros: micros.unwrap_or_default(),
                at: Instant::now(),
            },
            parts: Mutex::default(),
            is_stopping: AtomicBool::new(false),
            latest: Mutex::default(),
        }
    }

    /// The engine serves, with these parts.
    pub(crate) fn serves(&self, parts: Parts) {
        *self.lock_parts() = Some(Arc::new(parts));
    }

    /// The engine ends: it answers what has arrived.
    pub(crate) fn stops(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// What holds up an engine that is to end, as far as that is known.
    pub(crate) fn held_up_by(&self) -> Option<HeldUpBy> {
        let parts = self.parts()?;
        let (decided, durable) = positions(parts.service.engine());
        if decided > durable {
            Some(HeldUpBy::Disk)
        } else if parts.connections.is_connected() {
            None
        } else {
            Some(HeldUpBy::Nats)
        }
    }

    /// The engine has ended. Its parts are let go, so that its log can be closed.
    pub(crate) fn lets_go(&self) {
        *self.lock_parts() = None;
    }

    fn lock_parts(&self) -> MutexGuard<'_, Option<Arc<Parts>>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn parts(&self) -> Option<Arc<Parts>> {
        self.lock_parts().clone()
    }

    /// Looks every second, until it is dropped, and takes samples. A disk that does not answer delays samples, and
    /// nobody else.
    pub(crate) async fn sample(self: Arc<Self>) {
        let mut oldest = None;
        let mut sampling: Option<JoinHandle<Option<Oldest>>> = None;
        loop {
            let observer = Arc::clone(&self);
            // If it crashes, the log output has said so.
            let _ = spawn_blocking(move || observer.look()).await;
            if sampling.as_ref().is_none_or(JoinHandle::is_finished) {
                if let Some(ended) = sampling.take() {
                    match ended.await {
                        Ok(known) => oldest = known,
                        Err(_crash) => {
                            tracing::error!("a defect in plansync: the process cannot be examined");
                        }
                    }
                }
                let observer = Arc::clone(&self);
                sampling = Some(spawn_blocking(move || observer.sample_once(oldest)));
            }
            tokio::time::sleep(SAMPLE_EVERY).await;
        }
    }

    /// Looks whether the engine gets on, which takes no disk.
    fn look(&self) {
        if let Some(parts) = self.parts() {
            let positions = positions(parts.service.engine());
            let overloaded = overloaded(&parts.endpoint.operations());
            let now = Instant::now();
            // A disk that refuses is told of by whoever writes to it.
            let is_told = parts.service.engine().disk_refuses();
            let mut latest = self.latest();
            latest.pulse.look(now, positions, overloaded);
            let news = if is_told {
                None
            } else {
                latest.pulse.news(now)
            };
            drop(latest);
            if let Some(news) = news {
                tell(news);
            }
        }
    }

    /// Takes one sample.
    fn sample_once(&self, mut oldest: Option<Oldest>) -> Option<Oldest> {
        let parts = self.parts();
        let parts = parts.as_deref();
        let relayed = parts.and_then(|parts| parts.service.relayed_position());
        let engine = parts.map(|parts| parts.service.engine());
        let sample = Sample::take(&self.data, engine, relayed, &mut oldest);
        self.latest().sample = Some(sample);
        oldest
    }

    /// What there is to see now.
    pub(super) fn observe(&self) -> Observation {
        let serving = self.parts().map(|parts| parts.observe());
        let phase = if self.is_stopping.load(Ordering::Relaxed) {
            Phase::Stopping
        } else if serving.is_some() {
            Phase::Serving
        } else {
            Phase::Starting
        };
        let latest = self.latest();
        let (sample, pulse) = (latest.sample.clone(), latest.pulse.clone());
        drop(latest);
        Observation {
            phase,
            started: self.started,
            uptime: self.started.at.elapsed(),
            now: Instant::now(),
            sample,
            pulse,
            serving,
        }
    }

    fn latest(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Parts {
    fn observe(&self) -> Serving {
        let engine = self.service.engine().measured();
        let durable = engine.durable.get();
        let relayed = self.service.relayed_position();
        Serving {
            log: self.service.engine().log().measured(),
            operations: self.endpoint.operations(),
            steps: self.endpoint.steps(),
            waiting: self.endpoint.waiting(),
            commands: self.service.durable_commands(),
            relay_behind: relayed.map(|relayed| durable.saturating_sub(relayed.get())),
            is_connected: self.connections.is_connected(),
            reconnects: self.connections.reconnects(),
            streams: Seen::of(&self.streams),
            consumer: Seen::of(&self.consumer),
            relay: Seen::of(&self.relay),
            engine,
        }
    }
}

fn tell(news: News) {
    match news {
        News::Waits(waited) => {
            let waited = waited.as_secs();
            tracing::warn!(
                "a write to the log has been waiting for the disk for {waited} s; nothing that was acknowledged is \
                 lost: see whether the disk with the data folder answers (`dmesg`, `iostat -x 1`)"
            );
        }
        News::GoesOn => tracing::info!("the disk answers again, and what waited for it is written"),
    }
}

/// The last positions that were decided and that are durable.
fn positions(engine: &Engine) -> (Position, Position) {
    let durable = engine.durable().current();
    (engine.decided_position(), durable)
}

/// How many requests were refused because the engine had too much to do.
pub(super) fn overloaded(operations: &[OperationMeasured]) -> u64 {
    let refused = operations.iter().flat_map(|operation| &operation.refused);
    let overloaded = refused.filter(|(code, _)| *code == ErrorCode::Overloaded);
    overloaded.map(|(_, count)| count).sum()
}
