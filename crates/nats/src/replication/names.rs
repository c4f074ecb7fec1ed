//! The names of the streams of a replicated log, and what is written into their metadata.

use plansync_log::Incarnation;

/// The prefix of the names of streams of records.
const LOG_PREFIX: &str = "PLANSYNC_LOG_";
/// The prefix of their subjects.
const LOG_SUBJECT_PREFIX: &str = "plansync.v1.log.";
/// The subjects of all streams of records.
pub(super) const LOG_SUBJECTS: &str = "plansync.v1.log.>";

/// The stream of leases. One serves every incarnation of a log.
pub(crate) const LEASES: &str = "PLANSYNC_LEASE";
/// Its subject.
pub(crate) const LEASE_SUBJECT: &str = "plansync.v1.lease";
/// The number of leases that are kept. Only the last one counts; the others show who led before.
pub(crate) const LEASES_KEPT: i64 = 64;
/// The number of servers that have each of these streams.
pub(crate) const REPLICAS: i64 = 3;

/// The stream of the records of an incarnation.
pub(crate) fn log_stream(incarnation: Incarnation) -> String {
    format!("{LOG_PREFIX}{incarnation}")
}

/// Its subject.
pub(crate) fn log_subject(incarnation: Incarnation) -> String {
    format!("{LOG_SUBJECT_PREFIX}{incarnation}")
}

/// The incarnation whose records a stream of this name has; `None` for any other stream.
pub(crate) fn log_of(stream: &str) -> Option<Incarnation> {
    let incarnation = stream.strip_prefix(LOG_PREFIX)?.parse().ok();
    let incarnation = incarnation.map(Incarnation::new)?;
    // `007` and `+7` are no names that we give.
    (log_stream(incarnation) == stream).then_some(incarnation)
}

#[cfg(test)]
mod tests {
    use super::{Incarnation, log_of, log_stream};

    #[test]
    fn a_stream_is_known_by_its_name_alone() {
        for number in [1, 2, 70, u32::MAX] {
            let incarnation = Incarnation::new(number);
            assert_eq!(log_of(&log_stream(incarnation)), Some(incarnation));
        }
        for other in [
            "PLANSYNC_LOG_",
            "PLANSYNC_LOG_07",
            "PLANSYNC_LOG_+7",
            "PLANSYNC_LOG_x",
            "PLANSYNC_LOG_1 ",
            "X_1",
        ] {
            assert_eq!(log_of(other), None, "{other}");
        }
    }
}
