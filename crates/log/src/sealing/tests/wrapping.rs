//! The keys as a file: what is read, and what is refused.

use proptest::prelude::*;

use super::{key, leaf, log, tree};
use crate::sealing::{
    KeyTree, Seed, WrappedBy, WrappedError, WrappedKeys, WrappingKey, WrappingKeyError,
};

proptest! {
    #[test]
    fn a_tree_is_read_as_it_was_wrapped(
        destroyed in prop::collection::vec(any::<u64>(), 0..20),
        lost in prop::collection::vec(any::<u8>(), 0..4),
        at in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let lost = lost.into_iter().map(|seed| tree(seed).id()).collect();
        let mut whole = KeyTree::begin(&Seed::new([1; 32]), lost);
        for number in destroyed {
            whole.destroy(&leaf(number));
        }
        let wrapped = WrappedKeys::wrap(&whole, log(), WrappedBy::Operator, &key(9)).unwrap();
        let bytes = wrapped.to_bytes();
        let read = WrappedKeys::parse(&bytes).unwrap();
        prop_assert_eq!(&read, &wrapped);
        prop_assert_eq!((read.log, read.tree), (log(), whole.id()));
        prop_assert_eq!(read.generation, whole.generation());
        prop_assert_eq!(read.unwrap(&key(9)), Ok(whole));
        prop_assert_eq!(read.unwrap(&key(8)), Err(WrappedError::OtherKey));

        let mut changed = bytes.clone();
        changed[at.index(bytes.len())] ^= 1 << bit;
        prop_assert!(WrappedKeys::parse(&changed).is_err());
        prop_assert!(WrappedKeys::parse(&bytes[..at.index(bytes.len())]).is_err());
    }
}

/// Changes a byte and gives the file the checksum of what it is then.
fn forged(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut forged = bytes.to_vec();
    forged[at] ^= 1;
    let covered = forged.len() - 4;
    let crc = crc32fast::hash(&forged[..covered]).to_be_bytes();
    forged[covered..].copy_from_slice(&crc);
    forged
}

#[test]
fn whoever_computes_the_checksum_again_is_refused_by_the_cipher() {
    let wrapped = WrappedKeys::wrap(&tree(1), log(), WrappedBy::Generated, &key(9)).unwrap();
    let bytes = wrapped.to_bytes();
    // The log, the tree, the generation, who wrapped it; nonce, ciphertext and tag.
    let last = bytes.len() - 5;
    for at in [12, 28, 43, 44, 57, 70, last] {
        let read = WrappedKeys::parse(&forged(&bytes, at)).unwrap();
        assert_eq!(
            read.unwrap(&key(9)),
            Err(WrappedError::NotAuthentic),
            "byte {at}"
        );
    }
    let other = WrappedKeys::parse(&forged(&bytes, 45)).unwrap();
    assert_eq!(other.unwrap(&key(9)), Err(WrappedError::OtherKey));
}

#[test]
fn other_files_and_later_formats_are_told_apart() {
    let wrapped = WrappedKeys::wrap(&tree(1), log(), WrappedBy::Generated, &key(9)).unwrap();
    let mut bytes = wrapped.to_bytes();
    assert_eq!(WrappedKeys::parse(b""), Err(WrappedError::NotKeys));
    assert_eq!(
        WrappedKeys::parse(b"plansynM1234"),
        Err(WrappedError::NotKeys)
    );
    assert_eq!(WrappedKeys::parse(b"plansynK"), Err(WrappedError::Damaged));
    bytes[11] = 2;
    assert_eq!(
        WrappedKeys::parse(&bytes),
        Err(WrappedError::Newer { format: 2 })
    );
}

#[test]
fn a_wrapping_key_is_64_hexadecimal_digits() {
    let text = "0123456789abcdefABCDEF0123456789".repeat(2);
    let key = WrappingKey::parse(&format!(" {text}\r\n")).unwrap();
    assert_eq!(*key.to_text(), text.to_lowercase());
    assert_eq!(format!("{key:?}"), "WrappingKey(Secret(..))");
    for wrong in [
        "",
        "ab",
        &text[1..],
        &format!("{text}0"),
        &text.replace('f', "g"),
    ] {
        assert_eq!(
            WrappingKey::parse(wrong),
            Err(WrappingKeyError::Form),
            "{wrong}"
        );
    }
    assert_eq!(
        WrappingKey::parse(&"0".repeat(64)),
        Err(WrappingKeyError::Zero)
    );
}
