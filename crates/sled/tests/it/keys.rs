//! The keys of texts about persons in a data folder: made, found and refused.

mod given;

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use plansync_log::backend::{Backend, FindingKind, OpenError, unwatched};
use plansync_log::contract::Author;
use plansync_log::sealing::{Keys, Leaf, Opened, WrappingKey};
use plansync_log::{Append, LogId, Opaque};
use plansync_sled::{Options, SledBackend, SledLog};
use uuid::Uuid;

use crate::folder::{Folder, log, small};
use crate::format_1;

const PUT_BACK: &str = "put back KEYS and KEYS.key from their latest copies; without them, only a restore of a backup `--without-keys` is possible, after which all text about persons reads as erased";

fn leaf(number: u64) -> Leaf {
    Leaf::of(&[b"test", &number.to_be_bytes()])
}

fn operators(fill: u8) -> WrappingKey {
    WrappingKey::new([fill; 32]).unwrap()
}

fn backend(folder: &Folder, operator: Option<u8>) -> SledBackend {
    let options = Options {
        erasure_key: operator.map(operators),
        ..small()
    };
    SledBackend::new(folder.path(), options)
}

/// A closed log of a few commits, with a text that was sealed in it and a destroyed key.
fn closed(operator: Option<u8>) -> (Folder, Vec<u8>) {
    let folder = Folder::new();
    let options = Options {
        erasure_key: operator.map(operators),
        ..small()
    };
    let (mut appender, reader, _sealer) = SledLog::open(&folder.path(), options).unwrap();
    appender.append(&Author::new(log()).group(3)).unwrap();
    let keys = reader.keys();
    let sealed = keys.seal(&leaf(1), b"", b"Ada").unwrap();
    assert_eq!(keys.destroy(&[leaf(2)]).unwrap(), 1);
    appender.close().unwrap();
    (folder, sealed)
}

#[track_caller]
fn assert_opens(keys: &Keys, sealed: &[u8]) {
    let opened = keys.open(&leaf(1), b"", sealed).unwrap();
    assert_eq!(opened, Opened::Text(b"Ada".to_vec()));
    assert!(keys.is_destroyed(&leaf(2)));
}

/// Every file of the folder itself, with its bytes.
fn files(folder: &Folder) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn names(folder: &Folder) -> Vec<String> {
    files(folder).into_iter().map(|(name, _)| name).collect()
}

/// The message with which a folder is not opened; nothing in it changes, and `verify` says the same.
#[track_caller]
fn refused(folder: &Folder, operator: Option<u8>) -> String {
    let before = files(folder);
    let backend = backend(folder, operator);
    let opened = backend.open(&mut |_| std::ops::ControlFlow::Continue(()));
    let said = opened.unwrap_err().to_string();
    assert_eq!(files(folder), before);
    assert_eq!(backend.keys().unwrap_err().to_string(), said);
    let report = backend.verify(&Opaque, &mut |_, _| {}, &mut unwatched);
    let found = report
        .findings
        .iter()
        .find(|finding| finding.path.to_string_lossy().contains("KEYS"));
    let found = found.unwrap_or_else(|| panic!("{:?}", report.findings));
    assert!(!report.is_whole());
    let what = found.what.trim_start_matches("it ");
    assert!(said.contains(what), "{said}: {found}");
    said.replace(&format!("{}", folder.path().display()), "DIR")
}

#[test]
fn a_new_log_has_keys_and_a_key_beside_them() {
    let (folder, sealed) = closed(None);
    assert_eq!(
        names(&folder),
        ["HEAD", "KEYS", "KEYS.key", "LOCK", "MANIFEST"]
    );
    let (_appender, reader, _sealer) = folder.open();
    assert_opens(&reader.keys(), &sealed);
    let report = backend(&folder, None).verify(&Opaque, &mut |_, _| {}, &mut unwatched);
    assert!(
        report.is_whole() && report.findings.is_empty(),
        "{:?}",
        report.findings
    );
}

#[test]
fn a_log_of_an_earlier_version_gets_keys_when_it_is_opened_for_writing() {
    let folder = format_1::unpacked();
    let manifest = fs::read(folder.path().join("MANIFEST")).unwrap();
    assert_eq!(backend(&folder, None).keys().unwrap().tree(), None);
    let temporary = tempfile::tempdir().unwrap();
    let view = backend(&folder, None).view(temporary.path()).unwrap();
    assert_eq!(view.keys.tree(), None);
    assert_eq!(fs::read(folder.path().join("MANIFEST")).unwrap(), manifest);
    let (appender, reader, sealer) = folder.open();
    let tree = reader.keys().tree();
    assert!(tree.is_some());
    assert_eq!(backend(&folder, None).keys().unwrap().tree(), tree);
    // Interrupted before the manifest named them, the same keys are taken.
    drop((appender, reader, sealer));
    fs::write(folder.path().join("MANIFEST"), manifest).unwrap();
    let (_appender, reader, _sealer) = folder.open();
    assert_eq!(reader.keys().tree(), tree);
}

#[test]
fn a_log_is_not_opened_without_its_keys_and_nothing_is_overwritten() {
    let (folder, sealed) = closed(None);
    let copy = folder.copy();
    fs::remove_file(copy.path().join("KEYS")).unwrap();
    let expected = format!("DIR/KEYS: it is missing, though the log has keys; {PUT_BACK}");
    assert_eq!(refused(&copy, None), expected);

    let copy = folder.copy();
    fs::remove_file(copy.path().join("KEYS.key")).unwrap();
    let expected =
        format!("DIR/KEYS.key: it is missing, and KEYS was encrypted with it; {PUT_BACK}");
    assert_eq!(refused(&copy, None), expected);

    let copy = folder.copy();
    copy.edit("KEYS", |keys| keys[70] ^= 1);
    let expected = format!("DIR/KEYS: it is not what was written; {PUT_BACK}");
    assert_eq!(refused(&copy, None), expected);

    let copy = folder.copy();
    copy.edit("KEYS", Vec::clear);
    let expected = format!("DIR/KEYS: it is not a file with the keys of a log; {PUT_BACK}");
    assert_eq!(refused(&copy, None), expected);

    let copy = folder.copy();
    copy.edit("KEYS", |keys| keys[11] = 9);
    let expected =
        "DIR/KEYS has format 9, which this program does not know; use the version that wrote it";
    let opened = copy.refusal();
    assert_eq!(opened, expected);

    // Put back, everything is there again.
    for name in ["KEYS", "KEYS.key"] {
        fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let (_appender, reader, _sealer) = copy.open();
    assert_opens(&reader.keys(), &sealed);
}

#[test]
fn keys_of_another_log_or_of_another_life_are_refused() {
    let (folder, _) = closed(None);
    let other = Folder::new();
    let stranger = Options {
        new_log: LogId::new(Uuid::from_u128(0xbad)),
        ..small()
    };
    drop(SledLog::open(&other.path(), stranger).unwrap());
    let again = Folder::new();
    drop(again.open());
    let put = |from: &Folder| {
        let copy = folder.copy();
        for name in ["KEYS", "KEYS.key"] {
            fs::copy(from.path().join(name), copy.path().join(name)).unwrap();
        }
        copy.refusal()
    };
    let foreign = put(&other);
    assert!(
        foreign.starts_with("DIR/KEYS belongs to the log"),
        "{foreign}"
    );
    let other_keys = put(&again);
    assert!(
        other_keys.starts_with("DIR/KEYS: it has the keys "),
        "{other_keys}"
    );
    assert!(other_keys.ends_with(PUT_BACK), "{other_keys}");
}

#[test]
fn the_key_of_the_operator_is_needed_and_must_be_the_right_one() {
    let (folder, sealed) = closed(Some(1));
    assert_eq!(names(&folder), ["HEAD", "KEYS", "LOCK", "MANIFEST"]);
    assert_eq!(
        refused(&folder, None),
        "DIR/KEYS is encrypted with a key that is kept elsewhere; give the file with this key by `--erasure-key` or PLANSYNC_ERASURE_KEY"
    );
    assert_eq!(
        refused(&folder, Some(2)),
        "DIR/KEYS: it was encrypted with another key; give the file with the key with which it was encrypted by `--erasure-key` or PLANSYNC_ERASURE_KEY"
    );
    let report = backend(&folder, None).verify(&Opaque, &mut |_, _| {}, &mut unwatched);
    let kinds: Vec<_> = report.findings.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [FindingKind::Unchecked]);
    let temporary = tempfile::tempdir().unwrap();
    let view = backend(&folder, None).view(temporary.path());
    assert!(matches!(view, Err(OpenError::NoErasureKey { .. })));
    assert_opens(&backend(&folder, Some(1)).keys().unwrap(), &sealed);
}

#[test]
fn the_key_of_an_operator_takes_over() {
    let (folder, sealed) = closed(None);
    let open = || {
        let backend = backend(&folder, Some(1));
        backend.open(&mut |_| std::ops::ControlFlow::Continue(()))
    };
    // Who only reads changes nothing.
    assert_opens(&backend(&folder, Some(1)).keys().unwrap(), &sealed);
    assert!(names(&folder).contains(&"KEYS.key".to_owned()));
    assert_opens(&open().unwrap().keys, &sealed);
    assert_eq!(names(&folder), ["HEAD", "KEYS", "LOCK", "MANIFEST"]);
    let opened = open().unwrap();
    assert_opens(&opened.keys, &sealed);
    opened.keys.destroy(&[leaf(1)]).unwrap();
    drop(opened);
    assert!(open().unwrap().keys.is_destroyed(&leaf(1)));
}

#[test]
fn a_view_of_a_log_without_readable_keys_reads_the_rest() {
    let (folder, _) = closed(None);
    fs::remove_file(folder.path().join("KEYS")).unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let view = backend(&folder, None).view(temporary.path()).unwrap();
    assert_eq!(view.read.tip().position.get(), 3);
    assert_eq!(view.keys.tree(), None);
    let [OpenError::Keys { .. }] = view.wrong.as_slice() else {
        panic!("{:?}", view.wrong);
    };
}

#[test]
fn keys_are_read_while_they_are_replaced_all_the_time() {
    let (folder, sealed) = closed(None);
    let (_appender, reader, _sealer) = folder.open();
    let (keys, ends) = (reader.keys(), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 100..140 {
                keys.destroy(&[leaf(number)]).unwrap();
            }
            ends.store(true, Ordering::Release);
        });
        let mut last = 0;
        while !ends.load(Ordering::Acquire) {
            let seen = backend(&folder, None).keys().unwrap();
            assert_opens(&seen, &sealed);
            assert!(seen.generation() >= last);
            last = seen.generation();
        }
    });
    let seen = backend(&folder, None).keys().unwrap();
    assert_eq!(seen.generation(), keys.generation());
}

#[test]
fn copies_of_keys_where_a_log_would_begin_are_not_overwritten() {
    let (from, _) = closed(None);
    for name in ["KEYS", "KEYS.key"] {
        let folder = Folder::new();
        fs::create_dir_all(folder.path()).unwrap();
        fs::copy(from.path().join(name), folder.path().join(name)).unwrap();
        let said = folder.refusal();
        let expected = format!("DIR/{name} does not belong to a log; nothing was changed");
        assert!(said.starts_with(&expected), "{said}");
        assert!(!folder.path().join("MANIFEST").exists());
    }
}

#[test]
fn an_interrupted_beginning_is_begun_again() {
    let folder = Folder::new();
    drop(folder.open());
    fs::remove_file(folder.path().join("MANIFEST")).unwrap();
    let other = Options {
        new_log: LogId::new(Uuid::from_u128(0xbeef)),
        ..small()
    };
    let (appender, reader, sealer) = SledLog::open(&folder.path(), other.clone()).unwrap();
    assert!(reader.keys().tree().is_some());
    drop((appender, reader, sealer));
    SledLog::open(&folder.path(), other).unwrap();
}
