//! Parts of lists that go on at a place that the reply names. A part that would be too large for one message is
//! cut there.

use plansync_domain::ids::version::Version;
use plansync_engine::read::{Part, Point, PointName, Slice};
use plansync_log::{Position, Recorded};
use plansync_protocol::audit as wire;
use plansync_protocol::{self as protocol, PageSize};
use serde::Serialize;

use crate::answer::audit::Room;
use crate::answer::{time, version};

/// The bytes of a reply around the items of a list that goes on in parts.
const AROUND: usize = 256 * 1024;

/// The items that fit into one reply, at least one; and whether there are more.
pub(super) fn fitting<T: Serialize>(part: Part<T>) -> Part<T> {
    let mut room = Room::beside(AROUND);
    let (items, is_all) = super::fitting(part.items.into_iter(), &mut room);
    Part {
        items,
        more: part.more || !is_all,
    }
}

pub(super) fn take(limit: Option<PageSize>) -> usize {
    usize::from(limit.unwrap_or(PageSize::DEFAULT).get())
}

/// The part behind so many items.
pub(super) fn slice(skip: Option<u32>, limit: Option<PageSize>) -> Slice {
    Slice {
        skip: usize::try_from(skip.unwrap_or(0)).unwrap_or(usize::MAX),
        take: take(limit),
    }
}

/// The number of items up to the end of a part.
pub(super) fn end<T>(skip: usize, part: &Part<T>) -> u32 {
    u32::try_from(skip.saturating_add(part.items.len())).unwrap_or(u32::MAX)
}

/// The name of a point; one of its fields is given, which was checked.
pub(super) fn point_name(point: wire::PlanPoint) -> Option<PointName> {
    let wire::PlanPoint {
        version,
        position,
        time,
    } = point;
    let version = version.map(|version| PointName::Version(Version::of_stream(version.0)));
    let position = position.map(|position| PointName::Position(Position::new(position.0)));
    let time = time.map(|time| PointName::Time(Recorded::new(time.micros())));
    version.or(position).or(time)
}

pub(super) fn point(point: &Point) -> wire::PointReached {
    wire::PointReached {
        version: version(point.version),
        position: protocol::Position(point.position.get()),
        at: point.at.map(time),
    }
}

/// The place in a list about one version of a plan, if the list goes on.
pub(super) fn next<T>(point: &Point, skip: usize, part: &Part<T>) -> Option<wire::PlanCursor> {
    part.more.then(|| wire::PlanCursor {
        version: version(point.version),
        skip: end(skip, part),
    })
}

#[cfg(test)]
mod tests {
    use plansync_protocol::PAGE_BYTES_MAX;

    use super::*;

    #[test]
    fn a_part_is_cut_where_the_next_item_does_not_fit() {
        let part = |sizes: &[usize], more| Part {
            items: sizes.iter().map(|size| "x".repeat(*size)).collect(),
            more,
        };
        let room = PAGE_BYTES_MAX - AROUND;
        let half = room / 2;
        let cut = |sizes: &[usize], more| {
            let part: Part<String> = fitting(part(sizes, more));
            (part.items.len(), part.more)
        };
        assert_eq!(cut(&[], false), (0, false));
        assert_eq!(cut(&[10, 20], false), (2, false));
        assert_eq!(cut(&[10, 20], true), (2, true));
        assert_eq!(cut(&[half, half - 8, 1], false), (2, true));
        assert_eq!(cut(&[room, 1], false), (1, true));
    }
}
