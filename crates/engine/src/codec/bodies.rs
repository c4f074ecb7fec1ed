//! Implements the log's port `Bodies`, by which whoever checks or copies a log decodes its events.

use plansync_log::sealing::TreeId;
use plansync_log::{Bodies, Commit, Recording};

use super::difference::{Difference, differences};
use super::sealing::trees;
use super::{CodecError, decode, encode};
use crate::naming::domain_stream;

/// Decodes the events of plansync, of every version up to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventBodies;

impl Bodies for EventBodies {
    fn read(&self, commit: &Commit) -> Result<Vec<String>, String> {
        let mut remarks = Vec::new();
        for recording in &commit.proposal.events {
            let taken = taken_otherwise(recording).map_err(|error| error.to_string())?;
            let stream = &commit.proposal.stream;
            remarks.extend(
                taken
                    .iter()
                    .filter_map(|difference| remark(difference, stream)),
            );
        }
        Ok(remarks)
    }

    fn trees(&self, commit: &Commit) -> Vec<TreeId> {
        let Some(stream) = domain_stream(&commit.proposal.stream) else {
            return Vec::new();
        };
        let events = commit.proposal.events.iter();
        let events = events.filter_map(|recording| decode(recording).ok());
        let trees = events.filter_map(|event| trees(&event, &stream).ok());
        trees.flatten().collect()
    }
}

/// The fields of an event that earlier versions stored and that this one decodes to another value.
pub(crate) fn taken_otherwise(recording: &Recording) -> Result<Vec<Difference>, CodecError> {
    let again = encode(&decode(recording)?)?;
    if again.body == recording.body {
        return Ok(Vec::new());
    }
    let found = differences(&recording.body, &again.body);
    // A field that only one of them has was added or removed by a later version; its absence means the same.
    Ok(found
        .into_iter()
        .filter(|one| one.values.is_some())
        .collect())
}

fn remark(difference: &Difference, stream: &plansync_log::StreamId) -> Option<String> {
    let (stored, taken) = difference.values.as_ref()?;
    let path = &difference.path;
    let component = difference
        .component
        .map(|id| format!(" of the component {id}"));
    let component = component.unwrap_or_default();
    Some(format!(
        "on {stream}, `{path}`{component} holds {stored}, which earlier versions took, and is read as {taken}"
    ))
}
