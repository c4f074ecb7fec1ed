//! Anchors and proofs of a log whose commits are always the same, in files: what this version writes must be
//! what earlier versions wrote, byte for byte, and `.ci/anchors` has them verified by programs that share no
//! code with this one. `UPDATE_ANCHORS=1` writes the files anew.

// Helpers of tests stand outside the functions that clippy knows for tests.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use plansync_log::anchor::{Checkpoint, InclusionProof, Origin, SignedCheckpoint, SigningKey};
use plansync_log::contract::Author;
use plansync_log::memory::MemoryLog;
use plansync_log::merkle::{
    Hash, TreeHead, check_consistency, consistency_ranges, inclusion_ranges,
};
use plansync_log::{Append as _, LogId, Position, Read as _};
use uuid::Uuid;

const OLD_SIZE: u64 = 700;
const SIZE: u64 = 1_000;
/// The first and the last commit, those around nodes of the tree, and one somewhere.
const PROVEN: [u64; 6] = [1, 256, 257, 700, 933, 1_000];
const WITNESSED_AT: u64 = 1_767_225_600;

fn log() -> MemoryLog {
    let id = LogId::new(Uuid::from_u128(0x0190_a1b2_0000_7000_8000_0000_0000_0001));
    let mut log = MemoryLog::new(id);
    log.append(&Author::new(id).group(SIZE)).unwrap();
    log
}

fn subtree(log: &MemoryLog, (from, to): (u64, u64)) -> Hash {
    log.tree_range(from, to).unwrap().root().unwrap()
}

fn head(log: &MemoryLog, size: u64) -> TreeHead {
    let root = subtree(log, (0, size));
    TreeHead { size, root }
}

fn signer() -> SigningKey {
    SigningKey::new("college.example/plansync", &[1; 32]).unwrap()
}

fn anchor(log: &MemoryLog, size: u64) -> SignedCheckpoint {
    let origin = Origin {
        log: log.tip().log,
        incarnation: log.tip().incarnation,
    };
    let checkpoint = Checkpoint::new(&origin, head(log, size));
    let mut signed = SignedCheckpoint::sign(checkpoint, &[&signer()]).unwrap();
    if size == OLD_SIZE {
        // Whoever does not know the witness ignores its signature.
        let witness = SigningKey::of_witness("witness.example", &[2; 32]).unwrap();
        signed.cosign(&witness, WITNESSED_AT);
    }
    signed
}

fn files() -> Vec<(String, Vec<u8>)> {
    let log = log();
    let mut files = Vec::new();
    let mut add = |name: String, text: String| files.push((name, text.into_bytes()));
    add("key.pub".to_owned(), format!("{}\n", signer().verifier()));
    add("old.anchor".to_owned(), anchor(&log, OLD_SIZE).to_string());
    add("new.anchor".to_owned(), anchor(&log, SIZE).to_string());
    let ranges = consistency_ranges(OLD_SIZE, SIZE).unwrap();
    let consistency: Vec<Hash> = ranges
        .into_iter()
        .map(|range| subtree(&log, range))
        .collect();
    let (old, new) = (head(&log, OLD_SIZE), head(&log, SIZE));
    check_consistency(&old, &new, &consistency).unwrap();
    let lines = consistency.iter().map(|hash| format!("{hash}\n"));
    add("consistency".to_owned(), lines.collect());
    for position in PROVEN {
        let ranges = inclusion_ranges(position - 1, SIZE).unwrap();
        let proof = InclusionProof {
            extra: None,
            index: position - 1,
            hashes: ranges
                .into_iter()
                .map(|range| subtree(&log, range))
                .collect(),
            checkpoint: anchor(&log, SIZE),
        };
        let commit = log.read(Position::new(position), 1).unwrap().remove(0);
        proof.check(Hash::of_leaf(commit.stored())).unwrap();
        files.push((
            format!("{position}.tlog-proof"),
            proof.to_string().into_bytes(),
        ));
        files.push((format!("{position}.commit"), commit.stored().to_vec()));
    }
    files
}

#[test]
fn anchors_and_proofs_are_written_as_ever() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/anchors"));
    if std::env::var_os("UPDATE_ANCHORS").is_some() {
        fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in files() {
            fs::write(folder.join(name), bytes).unwrap();
        }
    }
    for (name, bytes) in files() {
        let written = fs::read(folder.join(&name)).unwrap_or_default();
        assert!(written == bytes, "{name} differs");
    }
}
