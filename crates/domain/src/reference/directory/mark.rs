//! An enrolment as a chunk keeps it: the number of the programme, and how the learner stands on it.

use crate::reference::learner::EnrolmentStatus;

/// Bits of a mark that say how an enrolment stands; the others are the programme's number.
pub(super) const STATUS_BITS: u32 = 3;

pub(super) fn mark(programme: u32, status: EnrolmentStatus) -> u32 {
    (programme << STATUS_BITS) | u32::from(status_index(status))
}

/// The number of the programme that a mark of an enrolment is about.
pub(super) const fn programme_of(mark: u32) -> u32 {
    mark >> STATUS_BITS
}

/// Its place among all statuses.
pub(super) const fn status_index(status: EnrolmentStatus) -> u8 {
    match status {
        EnrolmentStatus::Active => 0,
        EnrolmentStatus::OnBreak => 1,
        EnrolmentStatus::Completed => 2,
        EnrolmentStatus::Withdrawn => 3,
        EnrolmentStatus::Expired => 4,
        EnrolmentStatus::Cancelled => 5,
        EnrolmentStatus::Archived => 6,
        EnrolmentStatus::PendingChangeOfProgramme => 7,
    }
}
