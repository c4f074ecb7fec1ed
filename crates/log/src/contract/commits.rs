//! Commits for tests. They need neither a clock nor randomness, so every run has the same ones.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    Cause, CommandKey, CommandScope, Fingerprint, LogId, Position, Proposal, Recorded, Recording,
    Sequenced, StreamId, StreamKey, StreamKind, Tip, Version, sequence,
};

/// Makes commits, one after another, and remembers the tip.
#[derive(Debug, Clone)]
pub struct Author {
    tip: Tip,
    versions: HashMap<StreamId, Version>,
    number: u64,
}

impl Author {
    /// Begins at the start of an empty log.
    pub fn new(log: LogId) -> Self {
        Self::at(Tip::empty(log, crate::Incarnation::FIRST))
    }

    /// Begins at this tip. Versions of streams that have some are given with [`knows`](Self::knows).
    pub fn at(tip: Tip) -> Self {
        Self {
            tip,
            versions: HashMap::new(),
            number: tip.position.get(),
        }
    }

    /// The tip after everything that was made so far.
    pub const fn tip(&self) -> Tip {
        self.tip
    }

    /// Tells it the version of a stream.
    pub fn knows(&mut self, stream: StreamId, version: Version) {
        self.versions.insert(stream, version);
    }

    /// The stream of the plan with this number, of the tenant `acme`.
    pub fn plan(number: u64) -> StreamId {
        let key = StreamKey::Uuid(Uuid::from_u128(u128::from(number) + 1));
        StreamId::new("acme", StreamKind::Plan, key)
    }

    /// The client command that the commit at this position answers, if [`write`](Self::write) made it.
    pub fn command(position: Position) -> CommandKey {
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &position.get().to_be_bytes());
        CommandKey {
            scope: CommandScope::Client,
            id,
        }
    }

    /// A commit on this stream with one event of `event_bytes` bytes.
    pub fn write(&mut self, stream: StreamId, event_bytes: usize) -> Sequenced {
        let proposal = self.proposal(stream, event_bytes);
        self.sequence(&proposal)
    }

    /// The proposal that [`write`](Self::write) would sequence.
    pub fn proposal(&self, stream: StreamId, event_bytes: usize) -> Proposal {
        let command = Self::command(self.tip.position.next());
        let fill = u8::try_from(self.number % 251).unwrap_or_default();
        Proposal {
            version: self
                .versions
                .get(&stream)
                .copied()
                .unwrap_or_default()
                .next(),
            stream,
            actor: "ada".into(),
            command,
            fingerprint: Fingerprint::of(command.id.as_bytes()),
            cause: Cause {
                correlation: command.id,
                trace: None,
            },
            judged_at: self.tip.position,
            events: vec![Recording {
                kind: 7,
                body: vec![fill; event_bytes],
            }],
        }
    }

    /// Sequences a proposal after everything that was made so far.
    pub fn sequence(&mut self, proposal: &Proposal) -> Sequenced {
        self.number += 1;
        let at = Recorded::new(i64::try_from(self.number).expect("few commits") * 1_000);
        let (sequenced, tip) = sequence(&self.tip, at, proposal).expect("within the bounds");
        self.tip = tip;
        self.versions
            .insert(proposal.stream.clone(), proposal.version);
        sequenced
    }

    /// `count` commits with events of 40 to 1,239 bytes, on seven plans in turn.
    pub fn group(&mut self, count: u64) -> Vec<Sequenced> {
        (0..count)
            .map(|_| {
                let bytes = usize::try_from(self.number * 37 % 1_200).unwrap_or_default() + 40;
                self.write(Self::plan(self.number % 7), bytes)
            })
            .collect()
    }
}
