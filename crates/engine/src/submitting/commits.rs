//! The commits that a decision leads to, encoded.

use plansync_domain::command::decided::Decided;
use plansync_domain::event::Event;
use plansync_domain::ids::stream::Stream;
use plansync_log::{CommandKey, CommandScope, Fingerprint, Position, Recorded};

use super::chunks::{self, Chunks};
use super::closing::Closing;
use super::starting::Start;
use crate::call::{Call, Refusal};
use crate::codec::fingerprint;
use crate::codec::writing::{Encoded, Writing};
use crate::config::Config;
use crate::sequencing::sequencer::{Entry, SequenceError, Sequencer};

/// The commits of one decision.
pub(super) struct Commits {
    /// As the log holds it.
    fingerprint: Fingerprint,
    /// What does not fit into the acceptance of a sync.
    chunks: Option<Chunks>,
    /// The record that is closed before another one is opened.
    closing: Option<Closing>,
    stream: Stream,
    events: Vec<Encoded>,
    /// What is recorded behind the first commit of a new tenant.
    start: Option<Start>,
}

/// The commit of a decision, from which its answer follows.
pub(super) struct Committed {
    pub(super) stream: Stream,
    pub(super) version: u64,
    pub(super) position: Position,
    pub(super) events: Vec<Event>,
}

impl Commits {
    /// Encodes what was decided.
    pub(super) fn of(writing: Writing<'_>, call: &Call, decided: Decided) -> Result<Self, Refusal> {
        match decided {
            Decided::Events { stream, events } => Self::one(writing, call, stream, events),
            Decided::Displacing { displaced, opened } => {
                let stream = Stream::Record(opened.session);
                Ok(Self {
                    closing: Some(Closing::of(writing, displaced)?),
                    ..Self::one(writing, call, stream, vec![Event::RecordOpened(opened)])?
                })
            }
            Decided::Unchanged(outcome) => {
                let stream = Stream::Command(call.command);
                Self::one(writing, call, stream, vec![Event::CommandOutcome(outcome)])
            }
            Decided::Sync {
                change_set,
                accepted,
            } => {
                let stream = Stream::Sync(accepted.sync);
                let (chunks, accepted) = chunks::split(writing, &change_set, accepted)?;
                Ok(Self {
                    chunks: Some(chunks),
                    ..Self::one(writing, call, stream, vec![Event::SyncAccepted(accepted)])?
                })
            }
        }
    }

    fn one(
        writing: Writing<'_>,
        call: &Call,
        stream: Stream,
        events: Vec<Event>,
    ) -> Result<Self, Refusal> {
        let of = (&call.tenant, &stream);
        let keys = &writing.config.keys;
        let fingerprint = fingerprint::stored(call.fingerprint, of, events.iter(), keys);
        let events = events.into_iter();
        let events = events.map(|event| writing.sealed(event, of, 0));
        let events = events.collect::<Result<_, _>>();
        Ok(Self {
            fingerprint,
            chunks: None,
            closing: None,
            stream,
            events: events.map_err(SequenceError::from)?,
            start: None,
        })
    }

    /// The same for the first commit of a new tenant.
    pub(super) fn of_new_tenant(self, config: &Config) -> Result<Self, Refusal> {
        Ok(Self {
            start: Start::of_config(config)?,
            ..self
        })
    }

    /// Commits everything under the sequencer's lock. All commits are made at the same time.
    pub(super) fn write(
        self,
        sequencer: &mut Sequencer,
        call: &Call,
        at: Recorded,
    ) -> Result<Committed, Refusal> {
        let judged_at = sequencer.position();
        if let Some(chunks) = self.chunks {
            chunks.write(sequencer, (call, self.fingerprint), at)?;
        }
        if let Some(closing) = self.closing {
            closing.write(sequencer, (&call.tenant, &call.actor), call.cause(), at)?;
        }
        let version = sequencer.next_version(&call.tenant, &self.stream);
        let entry = Entry {
            tenant: &call.tenant,
            stream: self.stream.clone(),
            version,
            actor: &call.actor,
            command: CommandKey {
                scope: CommandScope::Client,
                id: *call.command.as_uuid(),
            },
            fingerprint: self.fingerprint,
            cause: call.cause(),
            judged_at,
            events: self.events,
        };
        let (position, events) = sequencer.commit(at, entry)?;
        if let Some(start) = self.start {
            start.write(sequencer, &call.tenant, at)?;
        }
        Ok(Committed {
            stream: self.stream,
            version,
            position,
            events,
        })
    }
}
