//! The archive of format 1 as it was first written. What zstd makes of a block may change with
//! zstd; everything around it may not.

use plansync_log::archive::{ArchiveError, ArchiveReader};

use crate::{log, read, small, written};

const GOLDEN: &[u8] = include_bytes!("../golden/format-1.archive");
/// Head and origin with two incarnations.
const BEGIN_BYTES: usize = 20 + 16 + 4 + 2 * 44 + 4;
const HASH_BYTES: usize = 32;
const END_BYTES: usize = 1 + 8 + 32 + 8;

#[test]
fn the_archive_of_format_1_is_read() {
    let (incarnations, commits) = small();
    let reader = ArchiveReader::new(GOLDEN).unwrap();
    assert_eq!(
        (reader.log(), reader.incarnations()),
        (log(), &incarnations)
    );
    let (given, tip) = read(GOLDEN);
    assert_eq!(given, commits);
    assert_eq!(tip.unwrap().chain, commits[8].chain());
}

#[test]
fn the_archive_of_format_1_is_written_again() {
    let (incarnations, commits) = small();
    let bytes = written(&incarnations, &commits);
    assert_eq!(bytes[..BEGIN_BYTES], GOLDEN[..BEGIN_BYTES]);
    let end = |bytes: &[u8]| {
        let hash = bytes.len() - HASH_BYTES;
        bytes[hash - END_BYTES..hash].to_vec()
    };
    assert_eq!(end(&bytes), end(GOLDEN));
    // A block's mark: its kind, and how many bytes are in it.
    let mark = BEGIN_BYTES..BEGIN_BYTES + 5;
    assert_eq!(bytes[mark.clone()], GOLDEN[mark]);
}

#[test]
fn a_later_format_is_not_guessed_at() {
    let mut later = GOLDEN.to_vec();
    later[11] = 2;
    let crc = crc32fast::hash(&later[..16]);
    later[16..20].copy_from_slice(&crc.to_be_bytes());
    let error = read(&later).1.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the backup has format 2, which this program does not know; use the version that wrote it"
    );
    match error {
        ArchiveError::Newer { format: 2 } => {}
        other => panic!("{other:?}"),
    }
}
