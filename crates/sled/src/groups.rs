//! Sealed volumes in groups of four, four such groups in a group, and so on, so that a search over all
//! of them goes down a tree. This file computes with indexes into the list of sealed volumes.

use std::ops::Range;

use crate::derived::Of;

/// The number of groups of one level in a group of the next level.
const FAN: usize = 4;

/// A group of 4^`level` volumes that follow one another; with level 0, one volume. Groups of one
/// level do not overlap, and are counted from the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct VolumeGroup {
    pub(crate) level: u32,
    pub(crate) index: usize,
}

impl VolumeGroup {
    /// The volume at this place alone.
    pub(crate) fn single(place: usize) -> Self {
        Self {
            level: 0,
            index: place,
        }
    }

    fn size(self) -> usize {
        FAN.saturating_pow(self.level)
    }

    /// The indexes of its volumes in the list of sealed volumes.
    pub(crate) fn places(self) -> Range<usize> {
        let first = self.index.saturating_mul(self.size());
        first..first.saturating_add(self.size())
    }

    /// Its parts, the oldest first; none of a volume.
    pub(crate) fn parts(self) -> impl DoubleEndedIterator<Item = Self> {
        let count = if self.level == 0 { 0 } else { FAN };
        (0..count).map(move |part| Self {
            level: self.level.saturating_sub(1),
            index: self.index.saturating_mul(FAN).saturating_add(part),
        })
    }

    /// The fewest whole groups that so many volumes consist of, the oldest first: at most three of a
    /// level.
    pub(crate) fn roots(volumes: usize) -> Vec<Self> {
        let mut roots = Vec::new();
        let mut begin = 0;
        for level in (0..=volumes.checked_ilog(FAN).unwrap_or_default()).rev() {
            let size = FAN.saturating_pow(level);
            while begin + size <= volumes {
                roots.push(Self {
                    level,
                    index: begin / size,
                });
                begin += size;
            }
        }
        roots
    }

    /// Every whole group of more than one volume among so many, the smaller ones first.
    pub(crate) fn all(volumes: usize) -> impl Iterator<Item = Self> {
        (1..=volumes.checked_ilog(FAN).unwrap_or_default()).flat_map(move |level| {
            let count = volumes / FAN.saturating_pow(level);
            (0..count).map(move |index| Self { level, index })
        })
    }

    /// The name of the file of its filter: the numbers of its first and last volume.
    pub(crate) fn name(self, of: Of) -> String {
        let Range { start, end } = self.places();
        format!("{}-{:08}-{end:08}", prefix(of), start + 1)
    }

    /// The group and the kind of filter to which a file with this name belongs.
    pub(crate) fn parse(name: &str) -> Option<(Of, Self)> {
        let mut parts = name.split('-');
        let prefix_found = parts.next()?;
        let of = Of::ALL.into_iter().find(|of| prefix(*of) == prefix_found)?;
        let first: usize = parts.next()?.parse().ok()?;
        let last: usize = parts.next()?.parse().ok()?;
        let size = last.checked_sub(first)?.checked_add(1)?;
        let group = Self {
            level: size.checked_ilog(FAN)?,
            index: first.checked_sub(1)? / size,
        };
        (group.level > 0 && group.name(of) == name).then_some((of, group))
    }
}

fn prefix(of: Of) -> &'static str {
    match of {
        Of::Commands => "commands",
        Of::Streams => "streams",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_the_bottom(group: VolumeGroup) -> Vec<usize> {
        if group.level == 0 {
            return group.places().collect();
        }
        group.parts().flat_map(at_the_bottom).collect()
    }

    #[test]
    fn roots_cover_every_volume_once_and_in_order_with_three_of_a_level() {
        for volumes in 0..300 {
            let roots = VolumeGroup::roots(volumes);
            let covered: Vec<usize> = roots.iter().copied().flat_map(at_the_bottom).collect();
            assert_eq!(covered, (0..volumes).collect::<Vec<_>>());
            for level in 0..6 {
                let count = roots.iter().filter(|root| root.level == level).count();
                assert!(count <= 3, "{count} of level {level} for {volumes} volumes");
            }
            let all: Vec<VolumeGroup> = VolumeGroup::all(volumes).collect();
            let known = |root: &VolumeGroup| root.level == 0 || all.contains(root);
            assert!(roots.iter().all(known), "{volumes} volumes");
            assert!(all.iter().all(|group| group.places().end <= volumes));
        }
    }

    #[test]
    fn names_are_read_back_and_others_are_not() {
        for group in VolumeGroup::all(300) {
            for of in Of::ALL {
                assert_eq!(VolumeGroup::parse(&group.name(of)), Some((of, group)));
            }
        }
        let others = [
            "commands-00000001-00000001",
            "commands-00000002-00000005",
            "commands-00000001-00000003",
            "commands-1-4",
            "plans-00000001-00000004",
            "streams-00000000-00000003",
            "streams-00000005",
            "",
        ];
        for name in others {
            assert_eq!(VolumeGroup::parse(name), None, "{name}");
        }
    }
}
