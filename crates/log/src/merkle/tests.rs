//! The tree and its proofs, compared with the vectors of RFC 6962 and with its definitions word for word.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;

/// The leaves of the test vectors that the implementations of RFC 6962 share, and the roots of the trees of
/// the first of them.
const VECTORS: [(&str, &str); 8] = [
    (
        "",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    ),
    (
        "00",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    ),
    (
        "10",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    ),
    (
        "2021",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (
        "3031",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    ),
    (
        "40414243",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    ),
    (
        "5051525354555657",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    ),
    (
        "606162636465666768696a6b6c6d6e6f",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ),
];

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// RFC 9162, section 2.1.1, word for word and slow.
fn naive_root(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => Sha256::digest([&[0], leaf.as_slice()].concat()).into(),
        _ => {
            let (left, right) = leaves.split_at(naive_split(leaves.len()));
            let both = [naive_root(left), naive_root(right)].concat();
            Sha256::digest([&[1], both.as_slice()].concat()).into()
        }
    }
}

fn naive_split(count: usize) -> usize {
    let mut split = 1;
    while split * 2 < count {
        split *= 2;
    }
    split
}

/// RFC 9162, section 2.1.3.1.
fn naive_path(index: usize, leaves: &[Vec<u8>]) -> Vec<[u8; 32]> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let split = naive_split(leaves.len());
    let (left, right) = leaves.split_at(split);
    let (mut path, other) = if index < split {
        (naive_path(index, left), naive_root(right))
    } else {
        (naive_path(index - split, right), naive_root(left))
    };
    path.push(other);
    path
}

/// RFC 9162, section 2.1.4.1.
fn naive_subproof(old: usize, leaves: &[Vec<u8>], is_whole: bool) -> Vec<[u8; 32]> {
    if old == leaves.len() {
        return if is_whole {
            Vec::new()
        } else {
            vec![naive_root(leaves)]
        };
    }
    let split = naive_split(leaves.len());
    let (left, right) = leaves.split_at(split);
    let (mut proof, other) = if old <= split {
        (naive_subproof(old, left, is_whole), naive_root(right))
    } else {
        (naive_subproof(old - split, right, false), naive_root(left))
    };
    proof.push(other);
    proof
}

fn leaves(count: u64) -> Vec<Vec<u8>> {
    (0..count).map(|leaf| leaf.to_be_bytes().to_vec()).collect()
}

fn range(leaves: &[Vec<u8>], from: u64, to: u64) -> CompactRange {
    let mut range = CompactRange::new(from);
    let within = usize::try_from(from).unwrap()..usize::try_from(to).unwrap();
    for leaf in &leaves[within] {
        range.push_leaf(Hash::of_leaf(leaf));
    }
    range
}

fn head(leaves: &[Vec<u8>], size: u64) -> TreeHead {
    let root = range(leaves, 0, size).root().unwrap();
    TreeHead { size, root }
}

fn proof(leaves: &[Vec<u8>], ranges: Option<Vec<(u64, u64)>>) -> Vec<Hash> {
    let root = |(from, to)| range(leaves, from, to).root().unwrap();
    ranges.unwrap().into_iter().map(root).collect()
}

#[test]
fn the_vectors_of_rfc_6962_have_their_roots() {
    let leaves: Vec<Vec<u8>> = VECTORS.iter().map(|(leaf, _)| bytes(leaf)).collect();
    assert_eq!(
        Hash::of_nothing().get().to_vec(),
        bytes("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    );
    for (size, (_, root)) in (1..).zip(VECTORS) {
        assert_eq!(
            head(&leaves, size).root.get().to_vec(),
            bytes(root),
            "{size} leaves"
        );
    }
}

/// The tree with seven leaves in section 2.1.5 of RFC 9162: the proofs in its letters, each of which stands for
/// some leaves.
#[test]
fn the_example_of_rfc_9162_has_its_proofs() {
    let below = |letter: char| match letter {
        'b' => (1, 2),
        'c' => (2, 3),
        'd' => (3, 4),
        'f' => (5, 6),
        'g' => (0, 2),
        'h' => (2, 4),
        'i' => (4, 6),
        'j' => (6, 7),
        'k' => (0, 4),
        'l' => (4, 7),
        _ => panic!("{letter} is in no proof"),
    };
    let ranges = |letters: &str| Some(letters.chars().map(below).collect::<Vec<_>>());
    assert_eq!(inclusion_ranges(0, 7), ranges("bhl"));
    assert_eq!(inclusion_ranges(3, 7), ranges("cgl"));
    assert_eq!(inclusion_ranges(4, 7), ranges("fjk"));
    assert_eq!(inclusion_ranges(6, 7), ranges("ik"));
    assert_eq!(consistency_ranges(3, 7), ranges("cdgl"));
    assert_eq!(consistency_ranges(4, 7), ranges("l"));
    assert_eq!(consistency_ranges(6, 7), ranges("ijk"));
    assert_eq!(inclusion_ranges(7, 7), None);
    assert_eq!(consistency_ranges(8, 7), None);
}

#[test]
fn every_small_tree_has_the_roots_and_proofs_of_the_rfc() {
    let leaves = leaves(40);
    for size in 0..=40_u64 {
        let upto = &leaves[..usize::try_from(size).unwrap()];
        let tree = head(&leaves, size);
        assert_eq!(tree.root.get(), naive_root(upto));
        for index in 0..size {
            let at = usize::try_from(index).unwrap();
            let path = proof(&leaves, inclusion_ranges(index, size));
            let expected: Vec<Hash> = naive_path(at, upto).into_iter().map(Hash::new).collect();
            assert_eq!(path, expected);
            check_inclusion(Hash::of_leaf(&leaves[at]), index, &tree, &path).unwrap();
        }
        for old in 0..=size {
            let path = proof(&leaves, consistency_ranges(old, size));
            if old > 0 {
                let expected = naive_subproof(usize::try_from(old).unwrap(), upto, true);
                assert_eq!(
                    path,
                    expected.into_iter().map(Hash::new).collect::<Vec<_>>()
                );
            }
            check_consistency(&head(&leaves, old), &tree, &path).unwrap();
        }
    }
}

#[test]
fn the_largest_sizes_need_no_more_hashes_than_the_bound() {
    for size in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1] {
        for index in [0, 1, size / 2, size - 1] {
            assert!(inclusion_ranges(index, size).unwrap().len() <= HASHES_MAX);
            assert!(consistency_ranges(index + 1, size).unwrap().len() <= HASHES_MAX);
        }
    }
}

proptest! {
    #[test]
    fn ranges_are_joined_to_what_their_leaves_give(
        mut cuts in prop::collection::vec(0..700_u64, 2..8),
        level_max in 0..12_u8,
    ) {
        cuts.sort_unstable();
        let leaves = leaves(700);
        let mut joined = CompactRange::new(cuts[0]);
        let mut capped = CompactRange::capped(cuts[0], level_max);
        for pair in cuts.windows(2) {
            prop_assert!(joined.append(&range(&leaves, pair[0], pair[1])));
            for leaf in pair[0]..pair[1] {
                capped.push_leaf(Hash::of_leaf(&leaf.to_be_bytes()));
            }
        }
        let whole = range(&leaves, cuts[0], cuts[cuts.len() - 1]);
        prop_assert_eq!(&joined, &whole);
        prop_assert_eq!(capped.root(), whole.root());
        let hashes: Vec<Hash> = capped.nodes().map(|(_, node)| node.hash).collect();
        let read = CompactRange::of_hashes(capped.from(), capped.to(), level_max, &hashes);
        prop_assert_eq!(read.as_ref(), Some(&capped));
        let longer = [hashes.as_slice(), &[Hash::of_nothing()]].concat();
        prop_assert!(CompactRange::of_hashes(capped.from(), capped.to(), level_max, &longer).is_none());
        let mut uncapped = CompactRange::new(cuts[0]);
        prop_assert!(uncapped.append(&capped));
        prop_assert_eq!(&uncapped, &whole);
        prop_assert!(!uncapped.append(&CompactRange::new(whole.to() + 1)));
    }

    #[test]
    fn a_proof_with_any_bit_changed_is_refused(
        size in 1..300_u64, index in any::<u64>(), old in any::<u64>(), bit in any::<usize>(),
    ) {
        let (index, old) = (index % size, 1 + old % size);
        let leaves = leaves(size);
        let (tree, leaf) = (head(&leaves, size), Hash::of_leaf(&index.to_be_bytes()));
        let flipped = |hash: Hash| {
            let mut bytes = hash.get();
            bytes[bit / 8 % 32] ^= 1 << (bit % 8);
            Hash::new(bytes)
        };
        let path = proof(&leaves, inclusion_ranges(index, size));
        prop_assert!(check_inclusion(flipped(leaf), index, &tree, &path).is_err());
        let other_root = TreeHead { root: flipped(tree.root), ..tree };
        prop_assert!(check_inclusion(leaf, index, &other_root, &path).is_err());
        let consistency = proof(&leaves, consistency_ranges(old, size));
        let older = head(&leaves, old);
        prop_assert!(check_consistency(&older, &other_root, &consistency).is_err());
        let other_old = TreeHead { root: flipped(older.root), ..older };
        prop_assert!(check_consistency(&other_old, &tree, &consistency).is_err());
        for at in 0..path.len() {
            let mut changed = path.clone();
            changed[at] = flipped(changed[at]);
            prop_assert!(check_inclusion(leaf, index, &tree, &changed).is_err());
            changed.remove(at);
            prop_assert!(check_inclusion(leaf, index, &tree, &changed).is_err());
        }
        for at in 0..consistency.len() {
            let mut changed = consistency.clone();
            changed[at] = flipped(changed[at]);
            prop_assert!(check_consistency(&older, &tree, &changed).is_err());
            changed.remove(at);
            prop_assert!(check_consistency(&older, &tree, &changed).is_err());
        }
        let longer = [path.as_slice(), &[tree.root]].concat();
        prop_assert!(check_inclusion(leaf, index, &tree, &longer).is_err());
        let longer = [consistency.as_slice(), &[tree.root]].concat();
        prop_assert!(check_consistency(&older, &tree, &longer).is_err());
    }

    #[test]
    fn no_proof_holds_for_another_leaf_or_index(size in 2..300_u64, index in any::<u64>(), other in any::<u64>()) {
        let (index, other) = (index % size, other % size);
        prop_assume!(index != other);
        let leaves = leaves(size);
        let tree = head(&leaves, size);
        let path = proof(&leaves, inclusion_ranges(index, size));
        let leaf = |of: u64| Hash::of_leaf(&of.to_be_bytes());
        prop_assert!(check_inclusion(leaf(other), index, &tree, &path).is_err());
        prop_assert!(check_inclusion(leaf(index), other, &tree, &path).is_err());
        prop_assert!(check_inclusion(leaf(index), index + size, &tree, &path).is_err());
    }
}
