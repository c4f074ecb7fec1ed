//! Contract tests: the keys of texts about persons.

use std::fs::File;

use super::backend::{at, open, write};
use super::{Author, Places};
use crate::backend::{
    Backend, Existing, OpenError, RestoreError, RestoreKeys, RestorePoint, unprepared, unwatched,
};
use crate::sealing::{DestroyError, Keys, Leaf, Opened, TreeId};
use crate::{Bodies, Commit, Opaque};

fn leaf(name: &str) -> Leaf {
    Leaf::of(&[b"contract", name.as_bytes()])
}

fn seal(keys: &Keys, name: &str) -> Vec<u8> {
    keys.seal(&leaf(name), b"name", name.as_bytes()).unwrap()
}

#[track_caller]
fn assert_opens(keys: &Keys, name: &str, sealed: &[u8]) {
    let opened = keys.open(&leaf(name), b"name", sealed).unwrap();
    assert_eq!(opened, Opened::Text(name.as_bytes().to_vec()));
}

#[track_caller]
fn assert_erased(keys: &Keys, name: &str, sealed: &[u8]) {
    let opened = keys.open(&leaf(name), b"name", sealed).unwrap();
    assert_eq!(opened, Opened::Erased);
}

pub(super) fn keys_are_there_when_it_is_opened_again<P: Places>(places: &P) {
    assert!(matches!(
        places.first().keys(),
        Err(OpenError::NoLog { .. })
    ));
    let opened = open(&*places.first());
    let tree = opened.keys.tree().unwrap();
    let sealed = seal(&opened.keys, "ada");
    let digest = opened.keys.digest("x", b"y");
    drop(opened);
    for _ in 0..2 {
        let opened = open(&*places.first());
        assert_eq!(opened.keys.tree(), Some(tree));
        assert_eq!(opened.keys.digest("x", b"y"), digest);
        assert_opens(&opened.keys, "ada", &sealed);
        assert_eq!(opened.keys.generation(), 1);
    }
}

pub(super) fn what_was_destroyed_stays_destroyed<P: Places>(places: &P) {
    let opened = open(&*places.first());
    let names = ["ada", "ben", "cem", "dora"];
    let sealed = names.map(|name| seal(&opened.keys, name));
    assert_eq!(opened.keys.destroy(&[leaf("ada"), leaf("ben")]).unwrap(), 2);
    drop(opened);
    let opened = open(&*places.first());
    assert_eq!(opened.keys.destroy(&[leaf("ben"), leaf("cem")]).unwrap(), 1);
    assert_eq!(opened.keys.destroy(&[leaf("cem")]).unwrap(), 0);
    drop(opened);
    let opened = open(&*places.first());
    for (name, sealed) in names.iter().zip(&sealed).take(3) {
        assert_erased(&opened.keys, name, sealed);
    }
    assert_opens(&opened.keys, "dora", &sealed[3]);
}

pub(super) fn a_view_reads_keys_and_destroys_none<P: Places>(places: &P) {
    let opened = open(&*places.first());
    let sealed = seal(&opened.keys, "ada");
    opened.keys.destroy(&[leaf("ben")]).unwrap();
    let mut opened = Some(opened);
    let (backend, temporary) = (places.first(), places.file());
    std::fs::create_dir(&temporary).unwrap();
    for _ in [true, false] {
        for keys in [
            backend.keys().unwrap(),
            backend.view(&temporary).unwrap().keys,
        ] {
            assert_opens(&keys, "ada", &sealed);
            assert!(keys.is_destroyed(&leaf("ben")));
            let refused = keys.destroy(&[leaf("ada")]).unwrap_err();
            assert!(matches!(refused, DestroyError::OnlyRead), "{refused}");
        }
        drop(opened.take());
    }
    let keys = backend.keys().unwrap();
    open(&*backend).keys.destroy(&[leaf("ada")]).unwrap();
    assert_erased(&backend.keys().unwrap(), "ada", &sealed);
    // Who read them before has them.
    assert_opens(&keys, "ada", &sealed);
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

/// A log with a sealed text and a destroyed key, and a backup of it.
struct BackedUp {
    sealed: Vec<u8>,
    bodies: SealedWith,
    tree: crate::sealing::KeyTree,
}

fn back_up<P: Places>(places: &P) -> BackedUp {
    write(places, 9);
    let opened = open(&*places.first());
    let sealed = seal(&opened.keys, "ada");
    opened.keys.destroy(&[leaf("ben")]).unwrap();
    let tree = opened.keys.copy().unwrap();
    let file = places.file();
    let done = places
        .first()
        .backup(&file, Existing::Keep, &Opaque, &mut unwatched);
    done.unwrap();
    BackedUp {
        sealed,
        bodies: SealedWith(tree.id()),
        tree,
    }
}

fn restore<P: Places>(
    places: &P,
    keys: RestoreKeys,
    bodies: &dyn Bodies,
) -> Result<Box<dyn Backend>, RestoreError> {
    let mut archive = File::open(places.file()).unwrap();
    let (to, point) = (places.second(), RestorePoint::default());
    to.restore(
        &mut archive,
        point,
        keys,
        bodies,
        &mut unprepared,
        &mut unwatched,
    )?;
    Ok(to)
}

pub(super) fn a_backup_has_no_keys_and_is_restored_with_a_copy<P: Places>(places: &P) {
    let BackedUp {
        sealed,
        bodies,
        tree,
    } = back_up(places);
    let refused = restore(places, RestoreKeys::New, &bodies).err();
    let first = at(1);
    assert!(matches!(refused, Some(RestoreError::NoKeys { position }) if position == first));
    let stranger = Author::new(places.log()).tip();
    let (log, other) = (stranger.log, SealedWith(TreeId::new(*b"stranger")));
    let given = RestoreKeys::Given {
        log,
        tree: tree.clone(),
    };
    let refused = restore(places, given.clone(), &other).err();
    assert!(matches!(refused, Some(RestoreError::OtherKeys { .. })));
    let foreign = RestoreKeys::Given {
        log: crate::LogId::new(uuid::Uuid::from_u128(99)),
        tree,
    };
    let refused = restore(places, foreign, &bodies).err();
    assert!(matches!(refused, Some(RestoreError::ForeignKeys { .. })));
    assert!(matches!(
        places.second().keys(),
        Err(OpenError::NoLog { .. })
    ));

    let restored = restore(places, given, &bodies).unwrap();
    let opened = open(&*restored);
    assert_opens(&opened.keys, "ada", &sealed);
    assert!(opened.keys.is_destroyed(&leaf("ben")));
    // What is destroyed in one of the two logs is not in the other.
    opened.keys.destroy(&[leaf("ada")]).unwrap();
    drop(opened);
    assert_erased(&restored.keys().unwrap(), "ada", &sealed);
    assert_opens(&places.first().keys().unwrap(), "ada", &sealed);
}

pub(super) fn a_log_restored_without_its_keys_reads_as_erased<P: Places>(places: &P) {
    let BackedUp { sealed, bodies, .. } = back_up(places);
    let restored = restore(places, RestoreKeys::Lost, &bodies).unwrap();
    let opened = open(&*restored);
    assert_erased(&opened.keys, "ada", &sealed);
    let again = seal(&opened.keys, "ada");
    assert_ne!(again, sealed);
    drop(opened);
    let keys = restored.keys().unwrap();
    assert_erased(&keys, "ada", &sealed);
    assert_opens(&keys, "ada", &again);
}
