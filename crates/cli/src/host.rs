//! Starts, connects and stops all parts of the engine.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use plansync_engine::{Config, Engine};
use plansync_log::Incarnation;
use plansync_log::backend::{BackgroundTask, OpenLog};
use plansync_nats::{
    CommandConsumer, Connection, Connectivity, CursorFile, Endpoint, Filtered, NewStream,
    Outbox as _, Publisher, Relay, Sizes, StreamMonitor, Streams, connect_patiently, prepare_sized,
    refuse_another,
};
use plansync_protocol::Encoding;
use plansync_service::{RandomIds, Service};
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};

use crate::backend::{self, LogOptions};
use crate::clock_check;
use crate::erasures::Erasure;
use crate::observing::address::HttpAddress;
use crate::observing::http::HttpPort;
use crate::observing::observer::{HeldUpBy, Observer, Parts};
use crate::offline;
use crate::threads::Threads;

/// How long NATS may take to hear the last of us.
const FAREWELL: Duration = Duration::from_secs(5);

/// What an engine is started with.
pub(crate) struct HostOptions {
    /// The data folder.
    pub(crate) data: PathBuf,
    pub(crate) connection: Connection,
    pub(crate) config: Config,
    /// How events are written.
    pub(crate) events: Encoding,
    pub(crate) new_stream: NewStream,
    /// How large the streams may become that the engine makes.
    pub(crate) sizes: Sizes,
    /// The options of the log.
    pub(crate) log: LogOptions,
    /// Where the HTTP port is, if there is one.
    pub(crate) http: Option<HttpAddress>,
}

impl HostOptions {
    /// An engine beside a nats-server of our own.
    pub(crate) fn local(data: PathBuf, url: &str) -> Self {
        let connection = Connection {
            url: url.to_owned(),
            name: "plansync".to_owned(),
            ..Connection::default()
        };
        Self {
            data,
            connection,
            config: Config::default(),
            events: Encoding::MessagePack,
            new_stream: NewStream::default(),
            sizes: Sizes::default(),
            log: LogOptions::default(),
            http: None,
        }
    }
}

/// A running engine.
pub(crate) struct Host {
    threads: Threads,
    /// The parts that speak with NATS.
    tasks: JoinSet<anyhow::Result<()>>,
    stop: watch::Sender<bool>,
    observing: Observing,
}

/// The observing of an engine, from before its log is opened until it has ended.
struct Observing {
    observer: Arc<Observer>,
    /// Takes samples.
    _sampling: JoinSet<()>,
    /// The HTTP port, if there is one.
    _http: Option<HttpPort>,
}

impl Observing {
    /// Begins; a port that cannot be opened is an error before anything else happens.
    async fn begin(data: &Path, http: Option<HttpAddress>) -> anyhow::Result<Self> {
        let observer = Arc::new(Observer::new(data));
        let http = match http {
            Some(HttpAddress(address)) => {
                Some(HttpPort::open(address, Arc::clone(&observer)).await?)
            }
            None => None,
        };
        let mut sampling = JoinSet::new();
        sampling.spawn(Arc::clone(&observer).sample());
        Ok(Self {
            observer,
            _sampling: sampling,
            _http: http,
        })
    }
}

impl Host {
    /// Opens the log, connects, and announces the service once everything answers.
    pub(crate) async fn start(options: HostOptions) -> anyhow::Result<Self> {
        let HostOptions {
            data,
            connection,
            config,
            events,
            new_stream,
            sizes,
            log,
            http,
        } = options;
        let observing = Observing::begin(&data, http).await?;
        let (engine, background) = open_aside(data.clone(), log, config).await?;
        clock_check::warn(engine.log().tip().at);
        let service = Arc::new(Service::new(engine.clone(), events, Arc::new(RandomIds)));
        let client = connect_patiently(&connection).await?;
        let streams = prepare_sized(client.clone(), service.name(), sizes).await?;
        // Whatever strangers can send comes over a connection of its own, through a filter.
        let filtered = Filtered::connect_patiently(&connection).await?;
        let connections = Connectivity::of([client, filtered.client().clone()]);
        refuse_another(filtered.client()).await?;
        let file = CursorFile::in_folder(&data);
        let publisher = Publisher::new(streams.clone());
        let mut relay = Relay::new(publisher, Arc::clone(&service), file, new_stream);
        relay.attach().await?;
        // Not before: a log that does not belong to its stream must not commit anything, and the
        // workers go on with unfinished syncs at once.
        let (starting, erasures) = (engine.clone(), published_erasures(&engine, &streams).await);
        spawn_blocking(move || erase(&starting, &erasures)).await??;
        let threads = Threads::start(&engine, background)?;
        let monitor = StreamMonitor::new(streams.clone());
        let commands = CommandConsumer::open(&streams, &filtered, Arc::clone(&service)).await?;
        let weak = Arc::downgrade(&observing.observer);
        service.observe(weak);
        let endpoint = Endpoint::open(filtered, Arc::clone(&service)).await?;
        observing.observer.serves(Parts {
            service,
            endpoint: endpoint.measures(),
            connections,
            streams: monitor.condition(),
            consumer: commands.condition(),
            relay: relay.condition(),
        });
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(ended("the service", endpoint.run(stopped.clone())));
        tasks.spawn(ended("the command consumer", commands.run(stopped.clone())));
        tasks.spawn(ended("the event relay", relay.run(stopped.clone())));
        tasks.spawn(async move {
            monitor.run(stopped).await;
            Ok(())
        });
        Ok(Self {
            threads,
            tasks,
            stop,
            observing,
        })
    }

    /// Waits until a part fails; it never returns while all goes well.
    pub(crate) async fn failure(&mut self) -> anyhow::Error {
        tokio::select! {
            Some(failure) = self.threads.failure() => failure,
            Some(ended) = self.tasks.join_next() => match ended {
                Ok(Err(failure)) => failure,
                Ok(Ok(())) => anyhow::anyhow!("a part of the engine ended unexpectedly"),
                Err(crash) => anyhow::Error::new(crash).context("a part of the engine crashed"),
            },
            else => anyhow::anyhow!("all parts of the engine ended unexpectedly"),
        }
    }

    /// Answers what has arrived, publishes what is durable, and closes the log.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.observing.observer.stops();
        self.stop.send_replace(true);
        let said = tokio::time::timeout(FAREWELL, all_ended(&mut self.tasks)).await;
        if let Ok(ended) = said {
            ended?;
        } else {
            tracing::warn!("{}", without_rest(self.observing.observer.held_up_by()));
            self.tasks.shutdown().await;
        }
        let stopped = spawn_blocking(|| self.threads.stop()).await?;
        self.observing.observer.lets_go();
        stopped
    }
}

/// Why an engine stops without having said everything.
fn without_rest(held_up: Option<HeldUpBy>) -> &'static str {
    match held_up {
        Some(HeldUpBy::Disk) => {
            "the disk with the log does not answer: what waits for it is not answered, and nothing that was acknowledged \
             is lost; the engine ends once the disk answers, or at a second signal"
        }
        Some(HeldUpBy::Nats) => {
            "NATS is not reachable: stopping without sending the remaining messages"
        }
        None => "NATS is slow to take the remaining messages: stopping without sending all of them",
    }
}

/// Who was erased according to the events, if the log was restored: its backup may be older.
async fn published_erasures(engine: &Engine, streams: &Streams) -> Vec<Erasure> {
    if engine.log().incarnations().current() == Incarnation::FIRST {
        return Vec::new();
    }
    let published = streams.erasures().await.unwrap_or_else(|error| {
        tracing::warn!(
            "whether learners were erased after the backup that was restored could not be read from the event stream \
             ({error}); erase them again with `plansync erase`"
        );
        Vec::new()
    });
    let named = published.iter().filter_map(|erasure| {
        Some(Erasure {
            tenant: erasure.tenant.parse().ok()?,
            learner: erasure.learner.parse().ok()?,
        })
    });
    named.collect()
}

/// Completes the erasures that the log knows of, and erases again whom the events name.
fn erase(engine: &Engine, published: &[Erasure]) -> anyhow::Result<()> {
    engine.record_start()?;
    engine.erase_step()?;
    let again = offline::erase_all(engine, published)?;
    if again.erased > 0 {
        let learners = again.erased;
        tracing::info!(
            learners,
            "learners who had been erased after the backup were erased again"
        );
    }
    Ok(())
}

/// Opens the log on a thread that may block, since a large one takes a while. Whoever drops this meanwhile
/// interrupts it.
async fn open_aside(
    data: PathBuf,
    log: LogOptions,
    config: Config,
) -> anyhow::Result<(Engine, Background)> {
    let dropped = Interrupts(Arc::clone(&config.interrupted));
    let opened = spawn_blocking(move || open(&data, log, config)).await;
    // The log is open, so opening can no longer be interrupted.
    drop(dropped);
    opened.context("opening the log crashed")?
}

/// Interrupts an opening when it is dropped.
struct Interrupts(Arc<AtomicBool>);

impl Drop for Interrupts {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The background work of the log.
type Background = Vec<Box<dyn BackgroundTask>>;

fn open(data: &Path, log: LogOptions, config: Config) -> anyhow::Result<(Engine, Background)> {
    let backend = backend::for_serving(data, log);
    let OpenLog {
        append,
        read,
        checkpoints,
        keys,
        background,
    } = backend.open(&mut |_| go_on(&config.interrupted))?;
    let checkpoints = match checkpoints {
        Ok(checkpoints) => Some(checkpoints),
        Err(error) => {
            let error = anyhow::Error::new(error);
            tracing::warn!("checkpoints are disabled, so starts take longer: {error:#}");
            None
        }
    };
    let config = Config {
        checkpoints,
        keys,
        version: Some(Arc::from(env!("CARGO_PKG_VERSION"))),
        ..config
    };
    let engine = Engine::open(append, read, config)?;
    Ok((engine, background))
}

/// Whether opening the log continues.
fn go_on(interrupted: &AtomicBool) -> ControlFlow<()> {
    if interrupted.load(Ordering::Relaxed) {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

async fn all_ended(tasks: &mut JoinSet<anyhow::Result<()>>) -> anyhow::Result<()> {
    while let Some(ended) = tasks.join_next().await {
        ended.context("a part of the engine crashed")??;
    }
    Ok(())
}

async fn ended<E>(
    part: &'static str,
    run: impl Future<Output = Result<(), E>>,
) -> anyhow::Result<()>
where
    E: std::error::Error + Send + Sync + 'static,
{
    run.await.with_context(|| format!("{part} stopped"))
}
