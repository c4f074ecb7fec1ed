//! Rewrites a log of an earlier version into a new one in which all text about persons is sealed. The commits keep their
//! positions, times and everything else; the chain is another one, so the new log is another log.

use plansync_domain::state::erasures::Erasures;
use plansync_log::sealing::Keys;
use plansync_log::{Append, AppendError, Position, Read, Sequenced, Tip, TooLarge};

use crate::codec;
use crate::codec::fingerprint;
use crate::codec::sealing::Seals;
use crate::naming::domain_stream;
use crate::recorded::open_error::OpenError;

/// Commits that are read and written at a time.
const AT_ONCE: usize = 1_024;

/// Why a log was not rewritten. The new log is of no use then.
#[derive(Debug, thiserror::Error)]
pub enum SealLogError {
    /// The log cannot be read or decoded.
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
    /// The new log cannot be written.
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// Writes every commit of `from` to a log that is empty and has these keys. `each` is called after each group with its
/// last position. Texts that are sealed in `from` are opened with its keys first; what is erased there stays so.
pub fn seal_log(
    (from, from_keys): (&dyn Read, &Keys),
    (to, empty, keys): (&mut dyn Append, Tip, &Keys),
    each: &mut dyn FnMut(Position),
) -> Result<Tip, SealLogError> {
    let (mut tip, end) = (empty, from.tip().position);
    while tip.position < end {
        let next = tip.position.next();
        let commits = from.read(next, AT_ONCE).map_err(OpenError::from)?;
        if commits.is_empty() {
            return Err(OpenError::Gap { position: next }.into());
        }
        let mut group = Vec::with_capacity(commits.len());
        for commit in &commits {
            let (sealed, after) = sealed(commit, &tip, from_keys, keys)?;
            group.push(sealed);
            tip = after;
        }
        to.append(&group)?;
        each(tip.position);
    }
    Ok(tip)
}

fn sealed(
    commit: &Sequenced,
    tip: &Tip,
    from_keys: &Keys,
    keys: &Keys,
) -> Result<(Sequenced, Tip), SealLogError> {
    let position = commit.position();
    let name = |what| OpenError::Name { position, what };
    let decoded = commit
        .decode()
        .map_err(|source| OpenError::Envelope { position, source })?;
    let mut proposal = decoded.proposal;
    let stream = domain_stream(&proposal.stream).ok_or_else(|| name("stream"))?;
    let tenant = proposal
        .stream
        .tenant()
        .parse()
        .map_err(|_| name("tenant"))?;
    let with = |keys| Seals {
        keys,
        tenant: &tenant,
        stream: &stream,
    };
    for recording in &mut proposal.events {
        let event = codec::decode(recording).and_then(|event| {
            if event.is_personal() {
                let opened = with(from_keys).opened(event)?;
                let sealed = with(keys).sealed(&opened, Erasures::default().erased_count())?;
                codec::encode(&sealed).map(Some)
            } else {
                Ok(None)
            }
        });
        let event = event.map_err(|source| OpenError::Event { position, source })?;
        if let Some(event) = event {
            *recording = event;
        }
    }
    if !fingerprint::is_keyed(proposal.fingerprint) {
        proposal.fingerprint = fingerprint::stored(proposal.fingerprint, keys);
    }
    let sequenced = plansync_log::sequence(tip, commit.at(), &proposal);
    sequenced.map_err(|source| SealLogError::TooLarge { position, source })
}
