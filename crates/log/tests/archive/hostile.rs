//! Bytes that are no archive, or no longer, or that were made to do harm: each is refused with an
//! error of its own, and no commit is given that was not written.

use std::io::{self, Read};

use plansync_log::archive::ArchiveError;
use plansync_log::contract::Author;
use plansync_log::{Incarnation, Incarnations, LogId, Sequenced, Tip};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{log, read, small, written};

/// The message of the error that reading ends with; the commits before it are the right ones.
#[track_caller]
fn refusal(bytes: &[u8], commits: &[Sequenced]) -> String {
    let (given, read) = read(bytes);
    assert_eq!(commits.get(..given.len()), Some(&*given));
    read.expect_err("the archive must not be whole").to_string()
}

#[test]
fn an_archive_cut_anywhere_is_known_to_be_cut_off() {
    let (incarnations, commits) = small();
    let whole = written(&incarnations, &commits);
    for end in 0..whole.len() {
        let (given, read) = read(&whole[..end]);
        assert_eq!(commits.get(..given.len()), Some(&*given));
        match read.unwrap_err() {
            ArchiveError::CutOff { bytes } => assert_eq!(bytes, end as u64),
            other => panic!("cut at {end}: {other:?}"),
        }
    }
    assert_eq!(
        refusal(&whole[..300], &commits),
        "the backup is truncated after 300 bytes, because writing or copying it was not completed; copy it again, or use another backup"
    );
}

#[test]
fn every_changed_byte_is_found() {
    let (incarnations, commits) = small();
    let whole = written(&incarnations, &commits);
    for place in 0..whole.len() {
        for change in [0x01, 0x02, 0x03, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[place] ^= change;
            let (given, read) = read(&changed);
            assert_eq!(commits.get(..given.len()), Some(&*given));
            match (place, read.unwrap_err()) {
                (..8, ArchiveError::NotOne) | (8.., ArchiveError::Damaged { .. }) => {}
                (place, other) => panic!("byte {place}: {other:?}"),
            }
        }
    }
}

#[test]
fn something_else_is_no_archive() {
    let message = "this file is not a backup of a log; give a file that `plansync backup` wrote";
    for bytes in [
        b"plan b".as_slice(),
        b"\x1f\x8b",
        &[0; 5_000],
        b"plansynM....",
    ] {
        assert_eq!(refusal(bytes, &[]), message);
    }
}

/// Everything that stands before the blocks.
fn begun(incarnations: &Incarnations) -> Vec<u8> {
    let mut bytes = written(incarnations, &[]);
    bytes.truncate(bytes.len() - 49 - 32);
    bytes
}

fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let crc = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&crc.to_be_bytes());
    bytes
}

/// A block that claims to have so many bytes, compressed to so many.
fn block(claimed: u32, claimed_compressed: u32, compressed: &[u8]) -> Vec<u8> {
    let mut mark = vec![1];
    mark.extend_from_slice(&claimed.to_be_bytes());
    mark.extend_from_slice(&claimed_compressed.to_be_bytes());
    mark.extend_from_slice(&crc32fast::hash(compressed).to_be_bytes());
    [sealed(mark).as_slice(), compressed].concat()
}

/// An honest block of these bytes.
fn block_of(content: &[u8]) -> Vec<u8> {
    let compressed = zstd::bulk::compress(content, 3).unwrap();
    let count = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap();
    block(count(content), count(&compressed), &compressed)
}

fn content_of(commits: &[Sequenced]) -> Vec<u8> {
    let stored = commits.iter().map(Sequenced::stored);
    let with_length = stored.map(|stored| {
        let length = u32::try_from(stored.len()).unwrap().to_be_bytes();
        [length.as_slice(), stored].concat()
    });
    with_length.collect::<Vec<_>>().concat()
}

fn ended(mut bytes: Vec<u8>, tip: &Tip) -> Vec<u8> {
    bytes.push(2);
    bytes.extend_from_slice(&tip.position.get().to_be_bytes());
    bytes.extend_from_slice(&tip.chain.get());
    bytes.extend_from_slice(&tip.at.get().to_be_bytes());
    let hash = Sha256::digest(&bytes);
    bytes.extend_from_slice(&hash);
    bytes
}

/// The refusal of an archive with these blocks and a right hash, without the remedy.
#[track_caller]
fn refusal_of(
    incarnations: &Incarnations,
    blocks: &[u8],
    tip: &Tip,
    commits: &[Sequenced],
) -> String {
    let bytes = ended([begun(incarnations).as_slice(), blocks].concat(), tip);
    let refusal = refusal(&bytes, commits);
    let (what, remedy) = refusal.split_once("; ").unwrap();
    assert_eq!(remedy, "use another copy of it, or another backup");
    what.to_owned()
}

#[test]
fn sizes_are_not_believed() {
    let incarnations = Incarnations::first(log());
    let tip = Author::new(log()).tip();
    let compressed = zstd::bulk::compress(&[1; 100], 3).unwrap();
    let count = u32::try_from(compressed.len()).unwrap();
    for (claimed, claimed_compressed) in [
        (u32::MAX, count),
        ((1 << 20) + 1, count),
        (0, count),
        (100, u32::MAX),
        (100, (1 << 20) + (1 << 13) + 1),
    ] {
        let block = block(claimed, claimed_compressed, &compressed);
        assert_eq!(
            refusal_of(&incarnations, &block, &tip, &[]),
            "the backup is damaged at byte 88: no block begins there"
        );
    }
    let mut origin = begun(&incarnations)[..12].to_vec();
    origin.extend_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(
        refusal(&sealed(origin), &[]),
        "the backup is damaged at byte 0: its head is not what was written; use another copy of \
         it, or another backup"
    );
}

#[test]
fn a_block_never_grows_beyond_what_it_claims() {
    let incarnations = Incarnations::first(log());
    let tip = Author::new(log()).tip();
    let bomb = zstd::bulk::compress(&vec![0; 200 << 20], 3).unwrap();
    let honest = zstd::bulk::compress(&[1; 100], 3).unwrap();
    for (claimed, compressed) in [
        (1 << 20, bomb),
        (99, honest.clone()),
        (101, honest),
        (100, b"no zstd at all".to_vec()),
    ] {
        let count = u32::try_from(compressed.len()).unwrap();
        assert_eq!(
            refusal_of(
                &incarnations,
                &block(claimed, count, &compressed),
                &tip,
                &[]
            ),
            "the backup is damaged at byte 88: the block cannot be decompressed"
        );
    }
}

#[test]
fn commits_that_do_not_follow_are_not_given() {
    let (incarnations, commits) = small();
    let end = Tip::empty(log(), Incarnation::new(2)).after(&commits[8]);
    let damaged = |what| format!("the backup is damaged at byte 132: {what}");
    let refusal = |commits: &[Sequenced], content: &[u8]| {
        refusal_of(&incarnations, &block_of(content), &end, commits)
    };

    let no_sequel = damaged("a commit in it does not follow the one before");
    let twice = [&commits[..4], &commits[3..]].concat();
    let without = [&commits[..4], &commits[5..]].concat();
    let other = Author::new(LogId::new(Uuid::from_u128(9))).group(1);
    for wrong in [twice, without, commits[1..].to_vec(), other] {
        assert_eq!(refusal(&commits, &content_of(&wrong)), no_sequel);
    }

    let not_whole = damaged("a commit in it is not whole");
    let content = content_of(&commits);
    assert_eq!(refusal(&commits, &content[..content.len() - 1]), not_whole);
    let oversized = [&0x0008_0001_u32.to_be_bytes(), &*vec![0; 0x0008_0001]].concat();
    assert_eq!(refusal(&[], &oversized), not_whole);
    assert_eq!(refusal(&[], &[0, 0, 0, 3, 1, 1, 1]), not_whole);
}

#[test]
fn an_end_that_lies_is_found() {
    let (incarnations, commits) = small();
    let tip_at = |count: usize| {
        let empty = Tip::empty(log(), Incarnation::new(2));
        empty.after(&commits[count - 1])
    };
    let blocks = block_of(&content_of(&commits[..5]));
    let refusal = |tip| refusal_of(&incarnations, &blocks, &tip, &commits);
    let missing = refusal(tip_at(9));
    assert!(missing.ends_with("commits are missing before the end"));
    assert_eq!(refusal(tip_at(4)), missing);

    let whole = written(&incarnations, &commits);
    let longer = [whole.as_slice(), &[0]].concat();
    let refused = refusal_at_end(&longer, &commits);
    assert_eq!(refused, "there are bytes after the end");
}

#[track_caller]
fn refusal_at_end(bytes: &[u8], commits: &[Sequenced]) -> &'static str {
    let (given, read) = read(bytes);
    assert_eq!(given, commits);
    match read {
        Err(ArchiveError::Damaged { what, .. }) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn incarnations_and_commits_must_agree() {
    let (_, commits) = small();
    let empty = Tip::empty(log(), Incarnation::FIRST);
    let mut incarnations = Incarnations::first(log());
    let elsewhere = Tip {
        position: commits[2].position(),
        ..empty
    };
    incarnations.begin(Incarnation::new(2), &elsewhere).unwrap();
    let message = refusal(&written(&incarnations, &commits), &commits);
    assert!(
        message.contains("a commit in it is not the one that an incarnation began with"),
        "{message}"
    );

    let mut incarnations = Incarnations::first(log());
    incarnations
        .begin(Incarnation::new(2), &empty.after(&commits[8]))
        .unwrap();
    let refused = refusal_at_end(&written(&incarnations, &commits[..5]), &commits[..5]);
    assert_eq!(refused, "commits are missing before the end");
}

#[test]
fn a_commit_of_a_later_format_is_not_guessed_at() {
    let (incarnations, commits) = small();
    let mut body = commits[5].body().to_vec();
    body[0] = 2;
    let (position, at) = (commits[5].position(), commits[5].at());
    let chain = commits[4].chain().link(position, at, &body);
    let stored = [&commits[5].stored()[..16], &chain.get(), &body].concat();
    let later = Sequenced::from_stored(stored.into()).unwrap();
    let content = content_of(&[&commits[..5], &[later]].concat());
    let end = Tip::empty(log(), Incarnation::new(2)).after(&commits[4]);
    let bytes = ended([begun(&incarnations), block_of(&content)].concat(), &end);
    assert_eq!(
        refusal(&bytes, &commits),
        "the commit 6 in the backup cannot be decoded: the commit has format 2, which this program \
         does not know; use the version that wrote it"
    );
}

/// Gives some bytes and then fails.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer) {
            Ok(0) => Err(io::Error::other("the medium is gone")),
            read => read,
        }
    }
}

#[test]
fn a_medium_that_fails_is_not_taken_for_a_short_archive() {
    let (incarnations, commits) = small();
    let whole = written(&incarnations, &commits);
    let reader = plansync_log::archive::ArchiveReader::new(Failing(&whole[..400])).unwrap();
    match reader.finish() {
        Err(ArchiveError::Io { at: 400, .. }) => {}
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in any::<Vec<u8>>(), blocks in any::<bool>()) {
        let (incarnations, commits) = small();
        let rest = if blocks { block_of(&bytes) } else { bytes };
        let (given, read) = read(&[begun(&incarnations), rest].concat());
        prop_assert_eq!(commits.get(..given.len()), Some(&*given));
        prop_assert!(read.is_err());
    }
}
