//! Files that a later version wrote: each is refused by its format, and not taken for damage. What
//! is derived is made again.

use std::fs;

use plansync_log::contract::Author;
use plansync_log::{Append, Position, Read};
use plansync_sled::Stepped;

use crate::folder::{Folder, assert_holds, log};
use crate::told::told_by;
use crate::verify::{closed, findings};

const LATER: u8 = 2;
/// The manifest has had a second format.
const LATER_MANIFEST: u8 = 3;
const NEWER: &str = "use the version that wrote it";

/// Where the format is in every file of ours: behind eight bytes of magic, big-endian.
const FORMAT_LOW: usize = 11;

fn crc(covered: &[u8]) -> [u8; 4] {
    crc32fast::hash(covered).to_be_bytes()
}

/// Makes it a later version's, with a crc over all that is before its last four bytes.
fn later(bytes: &mut [u8]) {
    as_format(bytes, LATER);
}

fn as_format(bytes: &mut [u8], format: u8) {
    bytes[FORMAT_LOW] = format;
    let end = bytes.len() - 4;
    let crc = crc(&bytes[..end]);
    bytes[end..].copy_from_slice(&crc);
}

fn refused(folder: &Folder, name: &str) {
    refused_as(folder, name, LATER);
}

fn refused_as(folder: &Folder, name: &str, format: u8) {
    let what = format!("has format {format}, which this program does not know");
    assert_eq!(folder.refusal(), format!("DIR/{name} {what}; {NEWER}"));
    let expected = format!("damage: DIR/{name}: it {what}; {NEWER}");
    assert_eq!(findings(folder)[0], expected);
}

#[test]
fn a_manifest_of_a_later_version_is_refused() {
    let (folder, _) = closed();
    folder.edit("MANIFEST", |manifest| as_format(manifest, LATER_MANIFEST));
    refused_as(&folder, "MANIFEST", LATER_MANIFEST);
}

#[test]
fn a_head_of_a_later_version_is_refused_whichever_slot_it_is_in() {
    let (folder, _) = closed();
    for slot in [0, 2048] {
        let other = folder.copy();
        other.edit("HEAD", |head| later(&mut head[slot..slot + 76]));
        refused(&other, "HEAD");
    }
    // A changed byte is no later version: the other slot still stands.
    let folder = Folder::new();
    let (mut appender, _, sealer) = folder.open();
    let mut author = Author::new(log());
    let first = author.group(2);
    appender.append(&first).unwrap();
    sealer.head_writer().step().unwrap();
    drop((appender, sealer));
    folder.edit("HEAD", |head| head[FORMAT_LOW] = LATER);
    assert_holds(&*folder.open().1, &first);
}

#[test]
fn a_journal_of_a_later_version_is_refused() {
    let folder = Folder::new();
    drop(folder.open());
    folder.edit("volumes/00000001/journal", |journal| {
        later(&mut journal[..512]);
    });
    refused(&folder, "volumes/00000001/journal");
}

#[test]
fn a_list_of_files_of_a_later_version_is_refused_when_its_volume_is_read() {
    let (folder, _) = closed();
    let name = "volumes/00000001/files";
    let list = fs::read(folder.path().join(name)).unwrap();
    let before = list[list.len() - 4..].to_vec();
    folder.edit(name, |list| later(list));
    let list = fs::read(folder.path().join(name)).unwrap();
    folder.edit("MANIFEST", |manifest| {
        let pin = manifest.windows(4).position(|four| four == before).unwrap();
        manifest[pin..pin + 4].copy_from_slice(&list[list.len() - 4..]);
        let end = manifest.len() - 4;
        let crc = crc(&manifest[..end]);
        manifest[end..].copy_from_slice(&crc);
    });
    let what = format!("DIR/{name}: it has format 2, which this program does not know; {NEWER}");
    assert_eq!(findings(&folder), [format!("damage: {what}")]);
    let (_appender, reader, _sealer) = folder.open();
    let error = reader.read(Position::FIRST, 1).unwrap_err().to_string();
    assert_eq!(
        error.replace(&folder.path().display().to_string(), "DIR"),
        format!("the log is damaged: {what}")
    );
}

#[test]
fn rows_of_a_later_version_are_made_again() {
    let (folder, written) = closed();
    let name = "volumes/00000001/derived";
    let whole = fs::read(folder.path().join(name)).unwrap();
    folder.edit(name, |rows| {
        rows[FORMAT_LOW] = LATER;
        let covered = [&[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], &rows[..4092]].concat();
        rows[4092..4096].copy_from_slice(&crc(&covered));
    });
    assert_eq!(
        findings(&folder),
        [
            "derived: DIR/volumes/00000001/derived: it does not match the commits; rebuild them with `plansync audit reindex`; otherwise the next query rebuilds them"
        ]
    );
    let (said, told) = told_by(|| {
        let (_appender, reader, mut sealer) = folder.open();
        while sealer.step().unwrap() != Stepped::Idle {}
        assert_holds(&*reader, &written);
    });
    let () = said;
    assert_eq!(
        told,
        ["the index rows of a volume are rebuilt from its commits"]
    );
    assert!(fs::read(folder.path().join(name)).unwrap() == whole);
}

#[test]
fn a_head_of_another_incarnation_is_refused() {
    let (folder, _) = closed();
    folder.edit("HEAD", |head| {
        for slot in [0, 2048] {
            let slot = &mut head[slot..slot + 76];
            slot[31] = 9;
            let crc = crc(&slot[..72]);
            slot[72..].copy_from_slice(&crc);
        }
    });
    let what = "it belongs to another incarnation of this log; stop, keep a copy of the folder, and \
                restore the log from a backup";
    assert_eq!(folder.refusal(), format!("DIR/HEAD is damaged: {what}"));
    assert_eq!(findings(&folder)[0], format!("damage: DIR/HEAD: {what}"));
}
