//! The tree: what is destroyed stays destroyed, and every other leaf has the key that it had.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{leaf, tree};
use crate::sealing::tree::LEVELS;

/// The secret of a leaf, or `None`, in a form that can be compared.
fn secret(tree: &crate::sealing::KeyTree, number: u64) -> Option<[u8; 32]> {
    tree.leaf_secret(&leaf(number))
        .map(|secret| *secret.bytes())
}

proptest! {
    #[test]
    fn a_destroyed_leaf_has_no_key_and_every_other_leaf_has_its_own(
        destroyed in prop::collection::vec(0_u64..40, 0..30),
    ) {
        let whole = tree(1);
        let mut punctured = whole.clone();
        let mut gone = BTreeSet::new();
        for number in destroyed {
            let generation = punctured.generation();
            let was_there = gone.insert(number);
            prop_assert_eq!(punctured.destroy(&leaf(number)), was_there);
            prop_assert_eq!(punctured.generation(), generation + u64::from(was_there));
        }
        for number in 0..40 {
            let is_gone = gone.contains(&number);
            prop_assert_eq!(punctured.is_destroyed(&leaf(number)), is_gone);
            let expected = secret(&whole, number).filter(|_| !is_gone);
            prop_assert_eq!(secret(&punctured, number), expected);
        }
        let count = u64::try_from(gone.len()).unwrap();
        prop_assert!(punctured.node_count() <= 1 + count * u64::from(LEVELS));
    }

    #[test]
    fn the_order_of_destruction_makes_no_difference(
        (one, other) in (0_u64..1_000).prop_flat_map(|one| (Just(one), (0_u64..1_000))),
    ) {
        let (mut forth, mut back) = (tree(1), tree(1));
        forth.destroy(&leaf(one));
        forth.destroy(&leaf(other));
        back.destroy(&leaf(other));
        back.destroy(&leaf(one));
        prop_assert_eq!(forth, back);
    }
}

#[test]
fn no_node_that_is_kept_leads_to_a_destroyed_leaf() {
    let mut punctured = tree(1);
    let secret = punctured.leaf_secret(&leaf(7)).unwrap();
    punctured.destroy(&leaf(7));
    assert_eq!(punctured.node_count(), u64::from(LEVELS));
    for node in punctured.nodes.values() {
        assert_ne!(node.key, secret);
    }
    // A tree in which every leaf but one is left has one sibling on each level.
    let depths: BTreeSet<u8> = punctured.nodes.values().map(|node| node.depth).collect();
    assert_eq!(depths, (1..=LEVELS).collect());
}

#[test]
fn trees_with_other_seeds_share_nothing() {
    let (one, other) = (tree(1), tree(2));
    assert_ne!(one.id(), other.id());
    assert_ne!(secret(&one, 1), secret(&other, 1));
}
