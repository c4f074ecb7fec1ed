//! An enrolment as a chunk stores it: the number of the programme and the status in one `u32`.

use crate::reference::learner::EnrolmentStatus;

/// The bits of a mark that hold the status of the enrolment; the others hold the programme's
/// number.
pub(super) const STATUS_BITS: u32 = 3;

pub(super) fn mark(programme: u32, status: EnrolmentStatus) -> u32 {
    (programme << STATUS_BITS) | u32::from(status_index(status))
}

/// The number of the programme of an enrolment's mark.
pub(super) const fn programme_of(mark: u32) -> u32 {
    mark >> STATUS_BITS
}

/// The index of a status among all statuses.
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
