//! The stream of leases in `JetStream`.

use plansync_log::replication::{
    LeaseEnd, LeaseRecord, LeaseStream, LogStreamError, StreamSequence, Written,
};

use super::asking::Asking;
use super::messages::{Wanted, message, stream_now};
use super::names::{LEASE_SUBJECT, LEASES};
use super::publishing::{Published, publish};

/// The stream of leases. Clones are handles on the same stream.
#[derive(Debug, Clone)]
pub struct JetStreamLeases {
    asking: Asking,
}

impl JetStreamLeases {
    pub(super) fn new(asking: Asking) -> Self {
        Self { asking }
    }

    async fn last(&self) -> Result<LeaseEnd, LogStreamError> {
        let last = message(&self.asking, LEASES, Wanted::Last(LEASE_SUBJECT)).await?;
        if let Some(entry) = last {
            return Ok(LeaseEnd {
                sequence: entry.sequence,
                lease: LeaseRecord::decode(&entry.record),
            });
        }
        // There was never a message, or somebody has removed all of them: the sequence goes on behind those.
        let now = stream_now(&self.asking, LEASES).await?;
        Ok(LeaseEnd {
            sequence: now.end.last,
            lease: None,
        })
    }
}

impl LeaseStream for JetStreamLeases {
    fn read(&mut self) -> Result<LeaseEnd, LogStreamError> {
        self.asking.wait_for(self.last())
    }

    fn write(&mut self, lease: &LeaseRecord, last: StreamSequence) -> Written {
        let body = lease.encode();
        let published = publish(&self.asking, (LEASES, LEASE_SUBJECT), &body, last);
        match self.asking.wait_for(published) {
            Published::Stored(sequence) => Written::Stored(sequence),
            Published::Refused => Written::Refused,
            Published::Unknown(error) => Written::Unknown(error),
        }
    }
}
