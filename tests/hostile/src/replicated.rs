//! A message of the stream of a replicated log, or of its leases.

use plansync_log::replication::LeaseRecord;
use plansync_log::replication::record::{RecordHeader, RecordReader};

/// A message is refused, or has commits that follow one another and the chain before them. A lease is refused, or is
/// written again as it was.
///
/// # Panics
/// If a guarantee is broken.
pub fn replicated(bytes: &[u8]) {
    if let Some(lease) = LeaseRecord::decode(bytes) {
        assert_eq!(lease.encode(), bytes);
    }
    let Ok(mut reader) = RecordReader::new() else {
        return;
    };
    let Ok(record) = reader.read(bytes) else {
        return;
    };
    let header = record.header;
    assert_eq!(RecordHeader::decode(bytes), Ok(header));
    assert_eq!(u32::try_from(record.commits.len()), Ok(header.count));
    let (mut next, mut chain) = (header.first, header.before);
    for commit in &record.commits {
        assert_eq!(commit.position(), next);
        chain = chain.link(next, commit.at(), commit.body());
        assert_eq!(commit.chain(), chain);
        next = next.next();
    }
    assert_eq!(header.last().next(), next);
}
