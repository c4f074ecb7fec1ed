//! Rewrites a log of an earlier version into a new one in which all text about persons is sealed. The commits keep their
//! positions, times and everything else; the chain is another one, so the new log is another log.

use plansync_log::sealing::Keys;
use plansync_log::{Incarnation, LogId, Position, Sequenced, Tip, TooLarge};

use crate::codec;
use crate::codec::fingerprint;
use crate::codec::sealing::{Resealing, Seals};
use crate::naming::domain_stream;
use crate::recorded::open_error::OpenError;

/// Why a commit was not rewritten. The new log is of no use then.
#[derive(Debug, thiserror::Error)]
pub enum SealLogError {
    /// The commit cannot be decoded.
    #[error(transparent)]
    Read(#[from] OpenError),
    /// A commit is too large with its text sealed.
    #[error("the commit at position {position} is too large with its text sealed")]
    TooLarge {
        /// Its position.
        position: Position,
        /// What is too large.
        source: TooLarge,
    },
}

/// Rewrites the commits of a log, one after the other from the first one.
#[derive(Debug)]
pub struct LogSealer<'a> {
    from: &'a Keys,
    keys: &'a Keys,
    tip: Tip,
}

impl<'a> LogSealer<'a> {
    /// Rewrites a log, whose texts are plain or sealed with the keys `from`, into the new log `log` with these keys. They
    /// must know the trees of all texts that `from` cannot open to be lost: such a text is erased, and stays so.
    pub fn new(from: &'a Keys, log: LogId, keys: &'a Keys) -> Self {
        let tip = Tip::empty(log, Incarnation::FIRST);
        Self { from, keys, tip }
    }

    /// The next commit in the new log.
    ///
    /// # Errors
    ///
    /// If it cannot be decoded, or is too large with its text sealed.
    pub fn seal(&mut self, commit: &Sequenced) -> Result<Sequenced, SealLogError> {
        let position = commit.position();
        let name = |what| OpenError::Name { position, what };
        let decoded = commit
            .decode()
            .map_err(|source| OpenError::Envelope { position, source })?;
        let mut proposal = decoded.proposal;
        let stream = domain_stream(&proposal.stream).ok_or_else(|| name("stream"))?;
        let tenant = proposal.stream.tenant().parse();
        let tenant = tenant.map_err(|_| name("tenant"))?;
        let with = |keys| Seals {
            keys,
            tenant: &tenant,
            stream: &stream,
        };
        let mut resealing = Resealing {
            from: with(self.from),
            to: with(self.keys),
        };
        let mut personal = Vec::new();
        for recording in &mut proposal.events {
            let resealed = codec::decode(recording).and_then(|mut event| {
                if !event.is_personal() {
                    return Ok(None);
                }
                event.visit_personal(&stream, &mut resealing)?;
                let encoded = codec::encode(&event)?;
                personal.push(event);
                Ok(Some(encoded))
            });
            let resealed = resealed.map_err(|source| OpenError::Event { position, source })?;
            if let Some(resealed) = resealed {
                *recording = resealed;
            }
        }
        if !fingerprint::is_keyed(proposal.fingerprint) {
            let (plain, of) = (proposal.fingerprint, (&tenant, &stream));
            proposal.fingerprint = fingerprint::stored(plain, of, personal.iter(), self.keys);
        }
        let sequenced = plansync_log::sequence(&self.tip, commit.at(), &proposal);
        let (sealed, tip) =
            sequenced.map_err(|source| SealLogError::TooLarge { position, source })?;
        self.tip = tip;
        Ok(sealed)
    }
}
