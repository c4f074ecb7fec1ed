//! The event relay: publishes the events of the log in order, each once.
//!
//! It takes one step when it is called, so that a test can control it. The content of events does
//! not matter here.
//!
//! While the server or the log cannot be used ([`RelayError::is_transient`]), and while somebody has
//! changed a setting of the stream that is refused, the events wait in the log: [`Relay::run`] warns
//! once, tries again every half second without an end, and compares stream, cursor and log again
//! before it continues. Commands are taken meanwhile. Every other error ends the relay.

use std::sync::Arc;
use std::time::Duration;

use plansync_log::{Chain, Position};
use plansync_service::{Batch, EventsError};
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::Instant;

use crate::condition::Condition;
use crate::cursor::{Cursor, CursorError, CursorFile};
use crate::events::Publisher;
use crate::port::{EventStream, LogName, Outbox};
use crate::publish::{LeftOut, PublishRun, Published};
use crate::published_spans::PublishedSpans;
use crate::resume::{Disagreement, End, Found, NewStream, Own, resume};
use crate::stop::requested;
use crate::streams::StreamError;

/// The number of commits that are read and sent while the next are read.
const COMMITS_AT_ONCE: usize = 256;
/// The number of events that may be on their way at once.
const EVENTS_ON_THEIR_WAY_MAX: usize = 1024;
/// The time after an answer during which the stream is assumed to end where the answer said.
const CERTAIN_FOR: Duration = Duration::from_millis(5);
/// The number of commits in one step.
const STEP_MAX: u64 = 16 * 1024;
const CURSOR_EVERY: Duration = Duration::from_secs(1);
/// The pause before the relay tries again to publish, while the server or the log cannot be used.
const RELAY_RETRY_DELAY: Duration = Duration::from_millis(500);
/// The interval at which the stream is checked when there is nothing to publish.
const CHECK_INTERVAL: Duration = Duration::from_secs(5);
/// The time for which the relay may continue after it was told to stop.
const FINISH_MAX: Duration = Duration::from_secs(3);

/// Why the relay stopped for good.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The stream belongs to another log, or has a setting that is refused.
    #[error(transparent)]
    Stream(StreamError),
    /// Stream and log do not belong together.
    #[error(transparent)]
    Disagreement(#[from] Disagreement),
    /// Another client published in between, and an event was left out.
    #[error(
        "the event of position {position} is missing from the event stream, which already contains later \
         events, because another client published to the stream; the log has the event: restrict who may \
         publish on plansync.v1.evt.>, then remove the stream and let the engine publish all events to a \
         new one, or remove the file RELAY from the data folder to continue without that event"
    )]
    LeftOut {
        /// The position of the missing event.
        position: Position,
    },
    /// The log can no longer be read.
    #[error(transparent)]
    Outbox(EventsError),
    /// The cursor cannot be kept.
    #[error(transparent)]
    Cursor(#[from] CursorError),
}

/// The result of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stepped {
    /// All durable events are published.
    Idle,
    /// Some events were published; there may be more.
    Published {
        /// Their number.
        count: usize,
    },
    /// The server or the log cannot be used now; try again later.
    Away {
        /// The cause.
        why: String,
    },
}

/// Publishes the events of the log.
pub struct Relay<O, S = Publisher> {
    stream: S,
    outbox: Arc<O>,
    file: CursorFile,
    new_stream: NewStream,
    attached: Option<Attached>,
    /// Whether it was ever attached. From then on the engine serves, and if somebody changes the
    /// stream, the relay waits until it is corrected.
    was_attached: bool,
    condition: Condition,
}

/// The relay's place in a stream that it has examined.
struct Attached {
    stream_created_ns: i128,
    sequence: u64,
    position: Position,
    /// When the stream was last seen to end there.
    seen: Instant,
    saved: Option<(Position, Instant)>,
}

impl Attached {
    fn cursor(&self, name: &LogName) -> Cursor {
        Cursor::new(name, self.stream_created_ns, self.sequence, self.position)
    }
}

impl<O: Outbox, S: EventStream> Relay<O, S> {
    /// A relay that has not examined the stream yet.
    pub fn new(stream: S, outbox: Arc<O>, file: CursorFile, new_stream: NewStream) -> Self {
        Self {
            stream,
            outbox,
            file,
            new_stream,
            attached: None,
            was_attached: false,
            condition: Condition::default(),
        }
    }

    /// What is wrong with publishing, while it runs.
    pub fn condition(&self) -> Condition {
        self.condition.clone()
    }

    /// Compares stream, cursor and log, and finds where to continue. It is called before anything
    /// is served: a log that is shorter than its stream must not accept commands.
    pub async fn attach(&mut self) -> Result<(), RelayError> {
        let (name, incarnations) = (self.outbox.name(), self.outbox.incarnations());
        let found = self.stream.find_end(&name, &incarnations).await;
        let found = found.map_err(RelayError::Stream)?;
        let tip = *self.outbox.durable().borrow();
        let last = found
            .last
            .as_ref()
            .map(|last| last.position)
            .filter(|last| *last <= tip);
        let outbox = Arc::clone(&self.outbox);
        let chain = match last {
            Some(position) => reading(move || outbox.chain(position)).await?,
            None => None,
        };
        let chain = chain.as_ref().map(Chain::to_string);
        let own = Own {
            name,
            incarnations,
            tip,
            chain,
        };
        let cursor = self.file.load()?;
        refuse_left_out(cursor.as_ref(), &own, &found)?;
        let position = resume(&own, &found, cursor.as_ref(), self.new_stream)?;
        log_start(position, &found);
        if cursor.is_none() {
            log_repeats(position, &found, tip);
        }
        self.attached = Some(Attached {
            stream_created_ns: found.created_ns,
            sequence: found.last_sequence,
            position,
            seen: Instant::now(),
            saved: None,
        });
        self.was_attached = true;
        self.tell_outbox();
        Ok(())
    }

    /// Publishes the next events, if there are any.
    pub async fn step(&mut self) -> Result<Stepped, RelayError> {
        let stepped = match self.try_step().await {
            Err(error) if error.is_transient() || (self.was_attached && error.is_of_settings()) => {
                self.attached = None;
                Ok(Stepped::Away {
                    why: error.to_string(),
                })
            }
            stepped => stepped,
        };
        if stepped.is_err() {
            self.attached = None;
        }
        self.tell_outbox();
        stepped
    }

    /// Tells how far the stream has what the log has.
    fn tell_outbox(&self) {
        let attached = self.attached.as_ref();
        self.outbox
            .relayed(attached.map(|attached| (attached.position, attached.sequence)));
    }

    async fn try_step(&mut self) -> Result<Stepped, RelayError> {
        let Some(attached) = &self.attached else {
            self.attach().await?;
            return Ok(Stepped::Published { count: 0 });
        };
        let (position, sequence) = (attached.position, attached.sequence);
        let is_certain = attached.seen.elapsed() < CERTAIN_FOR;
        let outbox = Arc::clone(&self.outbox);
        let read = |after| read_ahead(&outbox, after);
        let mut batch = read_by(read(position)).await?;
        if batch.through == position {
            self.save_cursor(false)?;
            return Ok(Stepped::Idle);
        }
        let (mut run, mut count) = (PublishRun::behind(sequence, is_certain), 0);
        let mut spans = PublishedSpans::default();
        let (through, failed) = loop {
            let Batch { events, through } = batch;
            let is_enough = through.get() - position.get() >= STEP_MAX;
            let more = || {
                let waits = !is_enough && *outbox.durable().borrow() > through;
                waits.then(|| read(through))
            };
            let ahead = more();
            count += events.len();
            spans.send(&events);
            run.send(&mut self.stream, events, EVENTS_ON_THEIR_WAY_MAX)
                .await;
            let ahead = ahead.or_else(more).filter(|_| run.goes_well());
            let Some(ahead) = ahead else {
                break (through, None);
            };
            match read_by(ahead).await {
                Ok(next) if next.through == through => break (through, None),
                Ok(next) => batch = next,
                // Events that were sent count, whatever happened to the next.
                Err(error) => break (through, Some(error)),
            }
        };
        let why = self.settle(run, through).await?;
        spans.end(why.is_none());
        if why.is_none() {
            tracing::debug!(count, %through, "events were published");
        }
        self.save_cursor(false)?;
        failed.map_or(Ok(()), Err)?;
        match why {
            Some(why) => {
                self.attached = None;
                Ok(Stepped::Away { why })
            }
            None => Ok(Stepped::Published { count }),
        }
    }

    /// Checks that the stream still ends where it did: a server may come back without its data.
    async fn check_end(&mut self) {
        let Some(attached) = &self.attached else {
            return;
        };
        let known = End {
            created_ns: attached.stream_created_ns,
            last_sequence: attached.sequence,
        };
        if !self.stream.end().await.is_ok_and(|end| end == known) {
            self.condition
                .suffers("the event stream was changed; the engine compares it with the log again");
            self.attached = None;
        }
    }

    /// Waits for the answers to a run that ends at a position. Returns the reason if it ended
    /// early.
    async fn settle(
        &mut self,
        run: PublishRun<S>,
        through: Position,
    ) -> Result<Option<String>, RelayError> {
        let Some(attached) = &mut self.attached else {
            return Ok(None);
        };
        let published = run.end(&mut self.stream).await;
        let Published {
            count, last, why, ..
        } = match published {
            Ok(published) => published,
            Err(LeftOut(position)) => {
                let cursor = attached.cursor(&self.outbox.name());
                if let Err(error) = self.file.save(&cursor.without(position)) {
                    tracing::error!(
                        %error,
                        "the missing event could not be recorded in RELAY; the next start will continue \
                         without it"
                    );
                }
                return Err(RelayError::LeftOut { position });
            }
        };
        attached.sequence += count;
        if count > 0 {
            attached.seen = Instant::now();
        }
        attached.position = match why {
            None => through,
            Some(_) => last.unwrap_or(attached.position),
        };
        Ok(why)
    }

    /// Saves the cursor: from time to time, or at once if it is `due`.
    fn save_cursor(&mut self, due: bool) -> Result<(), RelayError> {
        let Some(attached) = &mut self.attached else {
            return Ok(());
        };
        let wanted = match attached.saved {
            None => true,
            Some((position, _)) if position == attached.position => false,
            Some((_, at)) => due || at.elapsed() >= CURSOR_EVERY,
        };
        if !wanted {
            return Ok(());
        }
        let saved = match self.file.save(&attached.cursor(&self.outbox.name())) {
            // The events are in the stream, which states the same unless it is emptied.
            Err(error) if error.lacks_room() => {
                if attached
                    .saved
                    .is_none_or(|(saved, _)| saved > Position::ZERO)
                {
                    tracing::warn!(
                        %error,
                        "the file RELAY cannot be saved until there is space on the disk; events are still \
                         published"
                    );
                }
                Position::ZERO
            }
            saved => saved.map(|()| attached.position)?,
        };
        attached.saved = Some((saved, Instant::now()));
        Ok(())
    }

    /// Publishes what becomes durable until `stop` is true (or its sender is gone), then the rest,
    /// and saves the cursor.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), RelayError> {
        let mut durable = self.outbox.durable();
        let (mut away, mut checked) = (false, Instant::now());
        while !*stop.borrow() {
            durable.borrow_and_update();
            match self.step().await? {
                Stepped::Published { .. } => {
                    self.condition.is_well();
                    away = false;
                }
                Stepped::Idle if checked.elapsed() >= CHECK_INTERVAL => {
                    self.check_end().await;
                    checked = Instant::now();
                }
                Stepped::Idle => tokio::select! {
                    moved = durable.changed() => if moved.is_err() { break },
                    () = tokio::time::sleep(CURSOR_EVERY) => {}
                    () = requested(&mut stop) => break,
                },
                Stepped::Away { why } => {
                    let remedy = remedy(&why);
                    self.condition.suffers(&waiting(&why, remedy));
                    if !away {
                        tracing::warn!(
                            why,
                            remedy,
                            "events cannot be published now; none is lost, and publishing is tried again"
                        );
                    }
                    away = true;
                    tokio::select! {
                        () = tokio::time::sleep(RELAY_RETRY_DELAY) => {}
                        () = requested(&mut stop) => break,
                    }
                }
            }
        }
        self.finish().await
    }

    /// Publishes the rest as far as that works at once; what remains is published after the next
    /// start.
    async fn finish(mut self) -> Result<(), RelayError> {
        let end = Instant::now() + FINISH_MAX;
        while Instant::now() < end {
            match self.step().await? {
                Stepped::Published { .. } => {}
                Stepped::Idle | Stepped::Away { .. } => break,
            }
        }
        self.save_cursor(true)
    }
}

/// An event that is missing from this stream stays missing, however often the engine starts.
fn refuse_left_out(cursor: Option<&Cursor>, own: &Own, found: &Found) -> Result<(), RelayError> {
    let known = cursor.filter(|cursor| cursor.speaks_of(&own.name, found.created_ns));
    match known.and_then(Cursor::left_out) {
        Some(position) => Err(RelayError::LeftOut { position }),
        None => Ok(()),
    }
}

fn log_start(position: Position, found: &Found) {
    let sequence = found.last_sequence;
    tracing::info!(%position, sequence, "events after this position will be published");
    let last = found.last.as_ref().map(|last| last.position);
    if let Some(last) = last.filter(|last| *last > position) {
        tracing::warn!(
            %last,
            "the log was restored to position {position}; later events of its earlier incarnation were \
             published and stay in the stream, although the log does not have them"
        );
    }
}

/// Without a cursor, a stream that lost its events cannot be told from one that never had any.
fn log_repeats(position: Position, found: &Found, tip: Position) {
    if found.last.is_none() && position < tip {
        tracing::warn!(
            %position,
            %tip,
            "the event stream has no event of this log, and the file RELAY, which states how far events \
             were published, is missing from the data folder; all events after this position are published \
             with the ids that they had: subscribers recognise repeated events by ce-id"
        );
    }
}

impl RelayError {
    /// Whether somebody changed the stream and may change it back.
    fn is_of_settings(&self) -> bool {
        matches!(self, Self::Stream(error) if error.may_pass())
    }

    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Stream(error) => error.is_transient(),
            Self::Outbox(EventsError::Unavailable { .. }) => true,
            Self::Outbox(EventsError::Corrupt { .. })
            | Self::Disagreement(_)
            | Self::LeftOut { .. }
            | Self::Cursor(_) => false,
        }
    }
}

/// Reads the log on a thread that may block.
async fn reading<T, F>(read: F) -> Result<T, RelayError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, EventsError> + Send + 'static,
{
    read_by(spawn_blocking(read)).await
}

/// Starts to read the next commits.
fn read_ahead(
    outbox: &Arc<impl Outbox>,
    after: Position,
) -> JoinHandle<Result<Batch, EventsError>> {
    let outbox = Arc::clone(outbox);
    spawn_blocking(move || outbox.events(after, COMMITS_AT_ONCE))
}

async fn read_by<T>(reading: JoinHandle<Result<T, EventsError>>) -> Result<T, RelayError> {
    match reading.await {
        Ok(read) => read.map_err(RelayError::Outbox),
        Err(crash) => Err(RelayError::Outbox(EventsError::Corrupt {
            cause: crash.to_string(),
        })),
    }
}

/// What is wrong while events wait.
fn waiting(why: &str, remedy: Option<&str>) -> String {
    let remedy = remedy.unwrap_or("see that the NATS server runs and can be reached");
    format!("events are not published now ({why}); none is lost: they wait in the log; {remedy}")
}

/// What to do if the event stream is full.
fn remedy(why: &str) -> Option<&'static str> {
    why.contains("maximum").then_some(
        "the event stream is full and refuses new messages: increase its `max_msgs` or `max_bytes`, or set \
         `discard: old` to remove the oldest messages",
    )
}
