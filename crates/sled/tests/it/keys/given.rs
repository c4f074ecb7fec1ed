//! Keys that are copied, given to a restored log, and encrypted with another key.

use std::fs;
use std::ops::ControlFlow;

use plansync_log::backend::{
    Backend, BackupError, Existing, OpenError, OpenLog, RestoreKeys, RestorePoint, unprepared,
    unwatched,
};
use plansync_log::sealing::{Keys, TreeId};
use plansync_log::{Bodies, Commit, Opaque};
use plansync_sled::{copy_keys, read_keys, rekey};

use super::{assert_opens, backend, closed, leaf, operators};
use crate::folder::{Folder, log};
use crate::format_1;

fn open(folder: &Folder) -> OpenLog {
    let backend = backend(folder, None);
    backend.open(&mut |_| ControlFlow::Continue(())).unwrap()
}

/// Says that every commit is sealed with this tree.
struct SealedWith(TreeId);

impl Bodies for SealedWith {
    fn read(&self, _commit: &Commit) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }

    fn trees(&self, _commit: &Commit) -> Vec<TreeId> {
        vec![self.0]
    }
}

/// Whoever replaces a copy of the keys can be interrupted between the two files.
#[test]
fn a_copy_of_the_keys_can_be_read_between_any_two_steps_of_its_replacement() {
    let (folder, sealed) = closed(None);
    let copy = folder.dir.path().join("copy");
    let [key, new_key, new] =
        ["copy.key", "copy.key.new", "copy.new"].map(|name| copy.with_file_name(name));
    copy_keys(&folder.path(), &copy, Existing::Keep).unwrap();
    let old = [fs::read(&copy).unwrap(), fs::read(&key).unwrap()];
    let keys = open(&folder).keys;
    keys.destroy(&[leaf(3)]).unwrap();
    drop(keys);
    copy_keys(&folder.path(), &copy, Existing::Replace).unwrap();
    let replaced = [fs::read(&copy).unwrap(), fs::read(&key).unwrap()];
    assert!(!new_key.exists() && !new.exists());
    for (keys, is_new) in [(&old[0], false), (&replaced[0], true)] {
        fs::write(&copy, keys).unwrap();
        fs::write(&key, &old[1]).unwrap();
        fs::write(&new_key, &replaced[1]).unwrap();
        let (_, tree) = read_keys(&copy, None).unwrap();
        assert_eq!(tree.is_destroyed(&leaf(3)), is_new);
        assert_opens(&Keys::only_read(Some(tree)), &sealed);
    }
}

/// Whoever reads the finding must not remove the only key.
#[test]
fn an_interrupted_replacement_of_the_keys_is_told_and_not_to_be_removed() {
    let (folder, sealed) = closed(None);
    let at = |name: &str| folder.path().join(name);
    fs::rename(at("KEYS.key"), at("KEYS.key.new")).unwrap();
    let report = backend(&folder, None).verify(&Opaque, &mut |_, _| {}, &mut unwatched);
    assert!(report.is_whole(), "{:?}", report.findings);
    let finding = report
        .findings
        .iter()
        .find(|one| one.path == at("KEYS.key.new"));
    let said = finding.unwrap().to_string();
    assert!(said.contains("do not remove it"), "{said}");
    assert_opens(&open(&folder).keys, &sealed);
    assert!(!at("KEYS.key.new").exists());
}

#[test]
fn a_restored_log_has_the_keys_of_a_copy_under_a_wrapping_key_of_its_own() {
    let (folder, sealed) = closed(None);
    let archive = folder.dir.path().join("backup");
    backend(&folder, None)
        .backup(&archive, Existing::Keep, &Opaque, &mut unwatched)
        .unwrap();
    let copy = folder.dir.path().join("copy");
    fs::copy(folder.path().join("KEYS"), &copy).unwrap();
    let missing = read_keys(&copy, None).unwrap_err().to_string();
    assert!(missing.contains("copy.key: it is missing"), "{missing}");
    fs::copy(folder.path().join("KEYS.key"), copy.with_extension("key")).unwrap();
    let (of, tree) = read_keys(&copy, None).unwrap();
    assert_eq!(of, log());
    for operator in [None, Some(7)] {
        let target = Folder::new();
        let given = RestoreKeys::Given {
            log: of,
            tree: tree.clone(),
        };
        let mut file = fs::File::open(&archive).unwrap();
        let to = backend(&target, operator);
        let (point, bodies) = (RestorePoint::default(), SealedWith(tree.id()));
        to.restore(
            &mut file,
            point,
            given,
            &bodies,
            &mut unprepared,
            &mut unwatched,
        )
        .unwrap();
        assert_opens(&to.keys().unwrap(), &sealed);
        let same = |name: &str| read(&target, name) == read(&folder, name);
        assert!(!same("KEYS"));
        assert_eq!(target.path().join("KEYS.key").exists(), operator.is_none());
        assert!(operator.is_some() || !same("KEYS.key"));
    }
}

#[test]
fn keys_are_copied_with_the_key_that_opens_them_and_copies_are_kept() {
    let (folder, sealed) = closed(None);
    let copy = folder.dir.path().join("copy");
    let key = folder.dir.path().join("copy.key");
    let written = copy_keys(&folder.path(), &copy, Existing::Keep).unwrap();
    assert_eq!(written, [copy.clone(), key.clone()]);
    let opened = |operator| Keys::only_read(Some(read_keys(&copy, operator).unwrap().1));
    assert_opens(&opened(None), &sealed);
    let refused = copy_keys(&folder.path(), &copy, Existing::Keep).unwrap_err();
    assert!(matches!(refused, BackupError::Exists { .. }), "{refused}");
    let open = folder.open();
    open.1.keys().destroy(&[leaf(3)]).unwrap();
    copy_keys(&folder.path(), &copy, Existing::Replace).unwrap();
    assert!(opened(None).is_destroyed(&leaf(3)));
    drop(open);

    let (folder, sealed) = closed(Some(1));
    fs::remove_file(&key).unwrap();
    let written = copy_keys(&folder.path(), &copy, Existing::Replace).unwrap();
    assert_eq!((written, key.exists()), (vec![copy.clone()], false));
    assert_opens(&opened(Some(&operators(1))), &sealed);

    let missing = copy_keys(&folder.dir.path().join("none"), &copy, Existing::Replace);
    assert!(matches!(
        missing,
        Err(BackupError::Folder(OpenError::NoLog { .. }))
    ));
    let earlier = format_1::unpacked();
    let none = copy_keys(&earlier.path(), &copy, Existing::Replace);
    assert!(matches!(
        none,
        Err(BackupError::Folder(OpenError::Keys { .. }))
    ));
}

#[test]
fn keys_get_another_wrapping_key_from_whichever_to_whichever() {
    let (folder, sealed) = closed(None);
    let dir = folder.path();
    let given = |fill: Option<u8>| fill.map(operators);
    let steps = [
        (None, None),
        (None, Some(1)),
        (Some(1), Some(2)),
        (Some(2), None),
    ];
    for (from, to) in steps {
        let before = fs::read(dir.join("KEYS")).unwrap();
        rekey(&dir, given(from).as_ref(), given(to)).unwrap();
        assert_opens(&backend(&folder, to).keys().unwrap(), &sealed);
        assert_ne!(fs::read(dir.join("KEYS")).unwrap(), before);
        assert_eq!(dir.join("KEYS.key").exists(), to.is_none());
    }
    let opened = folder.open();
    let locked = rekey(&dir, None, None);
    assert!(matches!(locked, Err(OpenError::Locked { .. })));
    drop(opened);
    rekey(&dir, None, given(Some(3))).unwrap();
    let refused = rekey(&dir, None, None);
    assert!(matches!(refused, Err(OpenError::NoErasureKey { .. })));
}

fn read(folder: &Folder, name: &str) -> Vec<u8> {
    fs::read(folder.path().join(name)).unwrap()
}
