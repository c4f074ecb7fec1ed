//! A filter that is made in many parts.

use plansync_log::{Position, Version};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::*;
use crate::derived::{self, Owner};
use crate::index::{Index, Keys};

const VOLUMES: u64 = 4;
const COMMITS: u64 = 3_000;

fn key(number: u64) -> Key {
    let hash: [u8; 32] = Sha256::digest(number.to_be_bytes()).into();
    u128::from_be_bytes(*hash.first_chunk().unwrap())
}

/// The rows of four volumes, with a stream and a command of its own for each commit.
fn rows(dir: &TempDir) -> Vec<Arc<Derived>> {
    let volume = |number: u64| {
        let first = Position::new(number * COMMITS + 1);
        let last = Position::new((number + 1) * COMMITS);
        let owner = Owner {
            log: LogId::new(uuid::Uuid::from_u128(7)),
            volume: VolumeNumber::new(number + 1),
            first,
            last,
            chain: Chain::new([9; 32]),
        };
        let mut index = Index::new(first);
        for position in first.get()..=last.get() {
            let keys = Keys {
                stream: key(position),
                version: Version::FIRST,
                command: key(position + 1_000_000),
            };
            index.push(Position::new(position), &keys);
        }
        let dir = dir.path().join(number.to_string());
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join(derived::NAME), derived::encode(&owner, &index)).unwrap();
        Arc::new(Derived::open(&dir, &owner).unwrap())
    };
    (0..VOLUMES).map(volume).collect()
}

/// The whole file, made in parts of so many pages.
fn made(whose: Whose, rows: Vec<Arc<Derived>>, part_pages: u32) -> (Vec<u8>, usize) {
    let mut making = Making::new(whose, rows);
    making.part_blocks = part_pages * BLOCKS_PER_PAGE;
    let (mut bytes, mut parts) = (making.header(), 0);
    while let Some(part) = making.part().unwrap() {
        bytes.extend(part);
        parts += 1;
    }
    (bytes, parts)
}

#[test]
fn parts_of_any_size_give_the_same_filter_and_it_denies_no_key() {
    let dir = tempfile::tempdir().unwrap();
    let rows = rows(&dir);
    for (of, first) in [(Of::Streams, 1), (Of::Commands, 1_000_001)] {
        let whose = Whose {
            of,
            log: LogId::new(uuid::Uuid::from_u128(7)),
            first: VolumeNumber::FIRST,
            last: VolumeNumber::new(VOLUMES),
            chain: Chain::new([9; 32]),
        };
        let (filter, parts) = made(whose, rows.clone(), 1024);
        assert_eq!(parts, 1);
        assert_eq!(made(whose, rows.clone(), 1), (filter.clone(), 6));
        assert_eq!(made(whose, rows.clone(), 4), (filter.clone(), 2));

        let path = dir.path().join("filter");
        fs::write(&path, filter).unwrap();
        let merged = Merged::open(&path, &whose).unwrap();
        let blocks = merged.load().unwrap();
        assert_eq!(merged.bytes(), blocks.len() * BLOCK_BYTES);
        let passes = |number: &u64| {
            let answer = merged.may_hold(key(*number)).unwrap();
            assert_eq!(answer, filter::among(&blocks, key(*number)));
            answer
        };
        let count = VOLUMES * COMMITS;
        assert!((first..first + count).all(|number| passes(&number)));
        let strangers = (5_000_000..5_000_000 + count).filter(passes).count();
        assert!(strangers < 60, "{strangers} of {count} strangers pass");
        let other = Whose {
            of,
            first: VolumeNumber::new(2),
            ..whose
        };
        Merged::open(&path, &other).unwrap_err();
    }
}
