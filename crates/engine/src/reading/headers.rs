//! Finds commits by stream and version: their position, time and actor.

use std::collections::HashMap;

use plansync_domain::ids::Actor;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_log::{Position, Recorded, Sequenced};

use crate::call::Refusal;
use crate::reading::Reading;

/// The commit that last changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUpdated {
    /// Its position in the log.
    pub position: Position,
    /// When it was recorded.
    pub at: Recorded,
    /// Who sent the command.
    pub by: Actor,
}

/// The commits of one stream, each read once.
pub(crate) struct Headers<'a> {
    reading: &'a Reading<'a>,
    stream: Stream,
    known: HashMap<Version, LastUpdated>,
}

impl<'a> Headers<'a> {
    pub(crate) fn of(&mut self, version: Version) -> Result<LastUpdated, Refusal> {
        if let Some(known) = self.known.get(&version) {
            return Ok(known.clone());
        }
        let header = self.reading.header(&self.stream, version)?;
        self.known.insert(version, header.clone());
        Ok(header)
    }

    pub(crate) fn new(reading: &'a Reading<'a>, stream: Stream) -> Self {
        Self {
            reading,
            stream,
            known: HashMap::new(),
        }
    }
}

impl Reading<'_> {
    /// The commit that led to this version of a stream.
    pub(crate) fn commit(&self, stream: &Stream, version: u64) -> Result<Sequenced, Refusal> {
        let id = self.stream(stream);
        let from = plansync_log::Version::new(version);
        let commits = self.log().stream(&id, from, 1)?;
        commits
            .into_iter()
            .next()
            .ok_or_else(|| Refusal::damaged(format!("the log has no version {version} of {id}")))
    }

    fn header(&self, stream: &Stream, version: Version) -> Result<LastUpdated, Refusal> {
        let commit = self.commit(stream, version.into())?;
        let actor = commit.decode().map_err(Refusal::internal)?.proposal.actor;
        Ok(LastUpdated {
            position: commit.position(),
            at: commit.at(),
            by: actor.parse().map_err(Refusal::internal)?,
        })
    }
}
