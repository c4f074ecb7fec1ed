//! A crash between any two steps of a replacement leaves keys that can be read: the old or the new ones, and
//! the new ones after the replacement was acknowledged.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

use plansync_log::LogId;
use plansync_log::sealing::{KeyStore, KeyTree, Leaf, WrappingKey};
use uuid::Uuid;

use super::{KEY_NAME, KeyFiles, NAME, read};

const STEPS_MAX: usize = 20;

fn log() -> LogId {
    LogId::new(Uuid::from_u128(7))
}

fn files(dir: &Path, operator: Option<&WrappingKey>) -> KeyFiles {
    KeyFiles::new(dir, log(), operator.cloned(), None)
}

fn operators() -> WrappingKey {
    WrappingKey::new([9; 32]).unwrap()
}

fn leaf(number: u8) -> Leaf {
    Leaf::of(&[&[number]])
}

/// The names of the files, in order.
fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What opens the folder again finds.
fn reopened(dir: &Path, operator: Option<&WrappingKey>) -> KeyTree {
    let seen = read(dir, log(), None, operator).unwrap().unwrap();
    // Whoever looks before the opening sees the same.
    let again = read(dir, log(), None, operator).unwrap().unwrap();
    assert_eq!(seen.tree, again.tree);
    files(dir, operator).settle(seen).unwrap()
}

/// Stops the change of the keys in a folder after each number of its steps. Every time, what is found is the
/// old or the new keys; the change is complete if it was not stopped.
fn crash_everywhere(
    make: &dyn Fn(&Path) -> KeyTree,
    operator: Option<&WrappingKey>,
    change: &dyn Fn(&KeyFiles, &KeyTree) -> Option<KeyTree>,
    left: &[&str],
) {
    for steps in 0..STEPS_MAX {
        let dir = tempfile::tempdir().unwrap();
        let old = make(dir.path());
        let changing = files(dir.path(), operator);
        changing.steps_left.store(steps, Ordering::SeqCst);
        let done = change(&changing, &old);
        let found = reopened(dir.path(), operator);
        assert_eq!(names(dir.path()), left, "after {steps} steps");
        assert_eq!(reopened(dir.path(), operator), found);
        if let Some(new) = done {
            assert_eq!(found, new);
            assert!(steps > 1, "it took {steps} steps");
            return;
        }
        assert!(found.generation() <= old.generation() + 1);
        // It can be asked for again, in the same process or in the next one.
        changing.steps_left.store(usize::MAX, Ordering::SeqCst);
        let new = change(&changing, &old).unwrap();
        assert_eq!(reopened(dir.path(), operator), new);
    }
    panic!("it never ends");
}

fn destroy(changing: &KeyFiles, old: &KeyTree) -> Option<KeyTree> {
    let mut new = old.clone();
    assert!(new.destroy(&leaf(1)));
    changing.replace(&new).ok().map(|()| new)
}

#[test]
fn a_crash_while_a_key_is_destroyed_leaves_the_old_keys_or_the_new_ones() {
    let make = |dir: &Path| files(dir, None).begin().unwrap();
    crash_everywhere(&make, None, &destroy, &[NAME, KEY_NAME]);
}

#[test]
fn the_same_holds_under_the_key_of_the_operator() {
    let operator = operators();
    let make = |dir: &Path| files(dir, Some(&operator)).begin().unwrap();
    crash_everywhere(&make, Some(&operator), &destroy, &[NAME]);
}

#[test]
fn a_crash_while_the_key_of_an_operator_takes_over_loses_nothing() {
    let operator = operators();
    let make = |dir: &Path| files(dir, None).begin().unwrap();
    let settle = |changing: &KeyFiles, old: &KeyTree| {
        let seen = changing.read(None).unwrap().unwrap();
        assert_eq!(seen.tree, *old);
        changing.settle(seen).ok()
    };
    crash_everywhere(&make, Some(&operator), &settle, &[NAME]);
}

#[test]
fn each_destruction_has_a_wrapping_key_of_its_own_and_the_old_one_is_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let files = files(dir.path(), None);
    let mut tree = files.begin().unwrap();
    let key = || fs::read(dir.path().join(KEY_NAME)).unwrap();
    let mut keys = vec![key()];
    for number in 1..4 {
        tree.destroy(&leaf(number));
        files.replace(&tree).unwrap();
        assert!(!keys.contains(&key()));
        keys.push(key());
    }
    assert_eq!(names(dir.path()), [NAME, KEY_NAME]);
}

#[test]
fn an_old_copy_of_the_keys_is_not_opened_after_a_destruction() {
    let dir = tempfile::tempdir().unwrap();
    let files = files(dir.path(), None);
    let tree = files.begin().unwrap();
    let old = fs::read(dir.path().join(NAME)).unwrap();
    destroy(&files, &tree).unwrap();
    fs::write(dir.path().join(NAME), old).unwrap();
    let refused = read(dir.path(), log(), Some(tree.id()), None).unwrap_err();
    let said = refused.to_string();
    assert!(
        said.contains("KEYS.key: it is not the key with which KEYS was encrypted; put back"),
        "{said}"
    );
}

#[test]
fn a_key_of_the_operator_that_lies_in_the_folder_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let operator = operators();
    let theirs = dir.path().join(KEY_NAME);
    fs::write(&theirs, operator.to_text()).unwrap();
    let files = files(dir.path(), Some(&operator));
    let tree = files.begin().unwrap();
    destroy(&files, &tree).unwrap();
    assert_eq!(fs::read_to_string(theirs).unwrap(), *operator.to_text());
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::MetadataExt as _;

    let dir = tempfile::tempdir().unwrap();
    let files = files(dir.path(), None);
    let tree = files.begin().unwrap();
    destroy(&files, &tree).unwrap();
    for name in [NAME, KEY_NAME] {
        let mode = fs::metadata(dir.path().join(name)).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
