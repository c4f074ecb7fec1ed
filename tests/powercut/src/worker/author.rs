//! Owns what is written: commits that follow from a seed and a number, on a few streams of a few
//! tenants. Knows nothing of whether they are kept.

use std::sync::Arc;

use plansync_log::{
    Cause, CommandKey, CommandScope, Fingerprint, Proposal, Read, Recorded, Recording, Sequenced,
    StreamId, StreamKey, StreamKind, Tip, sequence,
};
use uuid::Uuid;

use super::WorkError;

const TENANTS: [&str; 3] = ["acme", "borealis", "cobalt"];
const STREAMS_PER_TENANT: u64 = 12;

/// The tenant and key of the command with this number.
pub(super) fn command(number: u64) -> (&'static str, CommandKey) {
    let tenants = u64::try_from(TENANTS.len()).unwrap_or(u64::MAX);
    let index = usize::try_from(number % tenants).unwrap_or_default();
    let scope = if number.is_multiple_of(7) {
        CommandScope::Engine
    } else {
        CommandScope::Client
    };
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &number.to_be_bytes());
    (TENANTS[index], CommandKey { scope, id })
}

/// Sequences commits behind a tip, with the versions that the log gives.
pub(super) struct Author<'a> {
    log: &'a dyn Read,
    tip: Tip,
    /// What the group at hand has done to streams that the log does not know of yet.
    unread: std::collections::HashMap<StreamId, plansync_log::Version>,
}

impl<'a> Author<'a> {
    pub(super) fn new(log: &'a dyn Read) -> Self {
        Self {
            log,
            tip: log.tip(),
            unread: std::collections::HashMap::new(),
        }
    }

    /// One commit that answers the command of this number.
    pub(super) fn write(
        &mut self,
        number: u64,
        rng: &mut fastrand::Rng,
    ) -> Result<Sequenced, WorkError> {
        let (tenant, command) = command(number);
        let stream = stream(tenant, number);
        let version = match self.unread.get(&stream) {
            Some(version) => *version,
            None => self
                .log
                .stream_version(&stream)
                .map_err(|error| WorkError::refused("asking for a version", &error))?,
        };
        let proposal = Proposal {
            stream: stream.clone(),
            version: version.next(),
            actor: "administrator".into(),
            command,
            fingerprint: Fingerprint::of(&number.to_be_bytes()),
            cause: Cause {
                correlation: command.id,
                trace: trace(number),
            },
            judged_at: self.tip.position,
            events: events(rng),
        };
        let (sequenced, tip) = sequence(&self.tip, time(number), &proposal)
            .map_err(|error| WorkError::Wrong(error.to_string()))?;
        self.unread.insert(stream, proposal.version);
        self.tip = tip;
        Ok(sequenced)
    }
}

fn stream(tenant: &str, number: u64) -> StreamId {
    // Multiplying spreads neighbours, so that a group is on several streams.
    let key = number.wrapping_mul(0x9E37_79B9) % STREAMS_PER_TENANT;
    if key == 0 {
        return StreamId::new(
            tenant,
            StreamKind::Tenant,
            StreamKey::Name(Arc::from("settings")),
        );
    }
    StreamId::new(
        tenant,
        StreamKind::Plan,
        StreamKey::Uuid(Uuid::from_u128(key.into())),
    )
}

fn time(number: u64) -> Recorded {
    Recorded::new(i64::try_from(number).unwrap_or(i64::MAX))
}

fn trace(number: u64) -> Option<Arc<str>> {
    number
        .is_multiple_of(2)
        .then(|| format!("00-{number:032x}-00f067aa0ba902b7-01").into())
}

fn events(rng: &mut fastrand::Rng) -> Vec<Recording> {
    let count = if rng.u8(0..10) == 0 {
        rng.usize(2..6)
    } else {
        1
    };
    let event = |_| Recording {
        kind: rng.u16(1..40),
        body: body(rng),
    };
    (0..count).map(event).collect()
}

/// Mostly the size of an edit; sometimes a template, rarely a chunk of a large change set.
fn body(rng: &mut fastrand::Rng) -> Vec<u8> {
    let bytes_count = match rng.u16(0..1000) {
        0..900 => rng.usize(20..800),
        900..992 => rng.usize(800..12_000),
        _ => rng.usize(12_000..90_000),
    };
    // Repetitive in parts, as text is, so that compression has something to get wrong.
    let phrase: [u8; 16] = std::array::from_fn(|_| rng.u8(..));
    let noise = rng.u8(1..40);
    std::iter::from_fn(|| {
        Some(if rng.u8(0..40) < noise {
            rng.u8(..)
        } else {
            phrase[3]
        })
    })
    .take(bytes_count)
    .collect()
}
