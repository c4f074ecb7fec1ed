//! Contract tests: the Merkle tree over the commits.

use super::{Adapter, Author};
use crate::Read;
use crate::merkle::{CompactRange, Hash};

/// The ends of ranges are spread with a prime, so that they fall into and between all kinds of nodes.
const STRIDE: usize = 173;

pub(super) fn every_part_of_the_tree_is_that_of_the_commits(adapter: &mut dyn Adapter) {
    let mut author = Author::new(adapter.log());
    let mut leaves: Vec<Hash> = Vec::new();
    for round in 0..4 {
        let (mut writer, log) = adapter.open();
        assert_holds(&*log, &leaves);
        for _ in 0..12 {
            let group = author.group(35 + round);
            writer.append(&group).unwrap();
            leaves.extend(group.iter().map(|commit| Hash::of_leaf(commit.stored())));
            let end = u64::try_from(leaves.len()).unwrap();
            assert_eq!(
                log.tree_range(0, end).unwrap(),
                expected(&leaves, 0, leaves.len())
            );
        }
        assert_holds(&*log, &leaves);
    }
}

fn assert_holds(log: &dyn Read, leaves: &[Hash]) {
    let count = leaves.len();
    let ends = (0..=count)
        .step_by(STRIDE)
        .chain([1, 255, 256, 257, 512, count]);
    let ends: Vec<usize> = ends.filter(|end| *end <= count).collect();
    for from in &ends {
        for to in ends.iter().filter(|to| *to >= from) {
            let range = log.tree_range(number(*from), number(*to)).unwrap();
            assert_eq!(range, expected(leaves, *from, *to), "{from}..{to}");
        }
    }
    let beyond = log.tree_range(0, number(count) + 100).unwrap();
    assert_eq!(
        beyond,
        expected(leaves, 0, count),
        "it ends where the log ends"
    );
}

fn expected(leaves: &[Hash], from: usize, to: usize) -> CompactRange {
    let mut range = CompactRange::new(number(from));
    leaves[from..to]
        .iter()
        .for_each(|leaf| range.push_leaf(*leaf));
    range
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap()
}
