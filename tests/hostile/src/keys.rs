//! The keys of a log as a file, sealed texts, and wrapping keys as text.

use plansync_log::LogId;
use plansync_log::sealing::{
    KeyTree, Keys, Leaf, Opened, SEALED_BYTES_MORE, Seed, WrappedBy, WrappedKeys, WrappingKey,
    tree_of,
};
use uuid::Uuid;

/// The keys with which the seeds are sealed and wrapped.
const SEED: [u8; 32] = [1; 32];
const WRAPPING: [u8; 32] = [9; 32];

/// What is read is what would be written: a file or a sealed text that was not written with the keys is
/// refused, whoever computes its checksum again.
///
/// # Panics
/// If a guarantee is broken.
pub fn keys(bytes: &[u8]) {
    let tree = || KeyTree::begin(&Seed::new(SEED), Vec::new());
    let Ok(wrapping) = WrappingKey::new(WRAPPING) else {
        return;
    };
    for bytes in [bytes.to_vec(), with_checksum(bytes)] {
        if let Ok(wrapped) = WrappedKeys::parse(&bytes) {
            assert_eq!(wrapped.to_bytes(), bytes);
            if let Ok(tree) = wrapped.unwrap(&wrapping) {
                let again = WrappedKeys::wrap(&tree, wrapped.log, wrapped.by, &wrapping);
                assert_eq!(again.map(|again| again.to_bytes()), Ok(bytes));
            }
        }
    }
    let leaf = Leaf::of(&[b"hostile"]);
    let keys = Keys::only_read(Some(tree()));
    if let Ok(opened) = keys.open(&leaf, b"field", bytes) {
        assert!(bytes.len() >= SEALED_BYTES_MORE);
        match opened {
            Opened::Text(text) => {
                let again = keys.seal(&leaf, b"field", &text);
                assert_eq!(again.as_deref(), Ok(bytes));
            }
            Opened::NotHere(tree) => assert_eq!(tree_of(bytes), Ok(tree)),
            Opened::Erased => assert!(keys.is_destroyed(&leaf)),
        }
    }
    if let Some(key) = std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| WrappingKey::parse(text).ok())
    {
        assert_eq!(WrappingKey::parse(&key.to_text()), Ok(key));
    }
}

/// Bytes, a file, a text and a key that are accepted.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut tree = KeyTree::begin(&Seed::new(SEED), Vec::new());
    let keys = Keys::only_read(Some(tree.clone()));
    let sealed = |text: &str| keys.seal(&Leaf::of(&[b"hostile"]), b"field", text.as_bytes());
    let mut seeds: Vec<Vec<u8>> = ["", "Ada", "in hospital since Monday"]
        .into_iter()
        .filter_map(|text| sealed(text).ok())
        .collect();
    let log = LogId::new(Uuid::from_u128(1));
    let Ok(wrapping) = WrappingKey::new(WRAPPING) else {
        return seeds;
    };
    for by in [WrappedBy::Generated, WrappedBy::Operator] {
        let wrapped = WrappedKeys::wrap(&tree, log, by, &wrapping);
        seeds.extend(wrapped.map(|wrapped| wrapped.to_bytes()));
        tree.destroy(&Leaf::of(&[b"destroyed"]));
    }
    seeds.push(wrapping.to_text().as_bytes().to_vec());
    seeds
}

/// The same bytes with the checksum of a file at the end.
fn with_checksum(bytes: &[u8]) -> Vec<u8> {
    let covered = bytes.len().saturating_sub(4);
    let mut bytes = bytes.get(..covered).unwrap_or_default().to_vec();
    let crc = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&crc.to_be_bytes());
    bytes
}
