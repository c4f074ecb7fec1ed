//! Sealed texts: what opens them, and what does not.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::{leaf, tree};
use crate::sealing::{
    DestroyError, KeyStore, KeyStoreError, KeyTree, Keys, Opened, SEALED_BYTES_MORE, SealError,
    Seed, UnsealError, tree_of,
};

proptest! {
    #[test]
    fn a_text_is_opened_with_its_leaf_and_associated_data_only(
        text in prop::collection::vec(any::<u8>(), 0..80),
        associated in prop::collection::vec(any::<u8>(), 0..20),
        flipped in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let keys = Keys::in_memory(tree(1));
        let sealed = keys.seal(&leaf(1), &associated, &text).unwrap();
        prop_assert_eq!(sealed.len(), text.len() + SEALED_BYTES_MORE);
        prop_assert_eq!(&keys.seal(&leaf(1), &associated, &text).unwrap(), &sealed);
        prop_assert_eq!(tree_of(&sealed), Ok(keys.tree().unwrap()));
        let opened = keys.open(&leaf(1), &associated, &sealed);
        prop_assert_eq!(opened, Ok(Opened::Text(text.clone())));
        let other = keys.open(&leaf(2), &associated, &sealed);
        prop_assert_eq!(other, Err(UnsealError::NotAuthentic));
        let longer = [associated.as_slice(), b"x"].concat();
        prop_assert_eq!(keys.open(&leaf(1), &longer, &sealed), Err(UnsealError::NotAuthentic));

        let mut changed = sealed.clone();
        changed[flipped.index(sealed.len())] ^= 1 << bit;
        let read = keys.open(&leaf(1), &associated, &changed);
        let is_refused = matches!(
            read,
            Err(UnsealError::Newer { .. } | UnsealError::NotAuthentic) | Ok(Opened::NotHere(_))
        );
        prop_assert!(is_refused, "{:?}", read);
        let short = &sealed[..flipped.index(sealed.len())];
        let read = keys.open(&leaf(1), &associated, short);
        let is_refused = matches!(read, Err(UnsealError::Short | UnsealError::NotAuthentic));
        prop_assert!(is_refused, "{:?}", read);
    }
}

#[test]
fn texts_of_lost_trees_are_erased_and_those_of_unknown_ones_are_not_here() {
    let before = Keys::in_memory(tree(1));
    let sealed = before.seal(&leaf(1), b"name", b"Ada").unwrap();
    let lost = KeyTree::begin(&Seed::new([2; 32]), vec![tree(1).id()]);
    let after = Keys::in_memory(lost);
    assert_eq!(after.open(&leaf(1), b"name", &sealed), Ok(Opened::Erased));
    let not_here = Ok(Opened::NotHere(tree(1).id()));
    for keys in [Keys::in_memory(tree(3)), Keys::only_read(None)] {
        assert_eq!(keys.open(&leaf(1), b"name", &sealed), not_here);
    }
}

#[test]
fn without_keys_nothing_is_sealed_destroyed_or_digested() {
    let keys = Keys::only_read(None);
    assert_eq!(keys.tree(), None);
    assert_eq!(keys.seal(&leaf(1), b"", b""), Err(SealError::NoKeys));
    assert_eq!(keys.digest("x", b"y"), None);
    assert!(!keys.is_destroyed(&leaf(1)));
    let refused = keys.destroy(&[leaf(1)]).unwrap_err();
    assert!(matches!(refused, DestroyError::OnlyRead), "{refused}");
}

#[test]
fn digests_differ_by_key_label_and_bytes() {
    let (one, other) = (Keys::in_memory(tree(1)), Keys::in_memory(tree(2)));
    let digest = one.digest("command", b"body").unwrap();
    assert_eq!(one.digest("command", b"body"), Some(digest));
    let all = [
        one.digest("comman", b"dbody"),
        one.digest("command", b"bod"),
        other.digest("command", b"body"),
    ];
    assert!(all.iter().all(|it| it.is_some_and(|it| it != digest)));
    one.destroy(&[leaf(1)]).unwrap();
    assert_eq!(one.digest("command", b"body"), Some(digest));
}

#[derive(Clone, Default)]
struct Recording {
    stored: Arc<Mutex<Vec<KeyTree>>>,
    fails: Arc<Mutex<bool>>,
}

impl KeyStore for Recording {
    fn replace(&self, tree: &KeyTree) -> Result<(), KeyStoreError> {
        if *self.fails.lock().unwrap() {
            return Err(KeyStoreError::Io {
                doing: "write",
                path: "KEYS".into(),
                source: std::io::Error::other("the disk is gone"),
            });
        }
        self.stored.lock().unwrap().push(tree.clone());
        Ok(())
    }
}

#[test]
fn destroying_is_stored_once_and_what_was_cached_is_gone() {
    let store = Recording::default();
    let keys = Keys::new(tree(1), Box::new(store.clone()));
    let (ada, ben) = (leaf(1), leaf(2));
    let sealed = keys.seal(&ada, b"name", b"Ada").unwrap();
    assert_eq!(keys.destroy(&[ada, ben, ada]).unwrap(), 2);
    assert_eq!(keys.destroy(&[ada]).unwrap(), 0);
    assert_eq!(keys.destroy(&[]).unwrap(), 0);
    let stored = store.stored.lock().unwrap();
    let [stored] = stored.as_slice() else {
        panic!("stored {} times", stored.len());
    };
    assert!(stored.is_destroyed(&ada) && stored.is_destroyed(&ben));
    assert_eq!(keys.open(&ada, b"name", &sealed), Ok(Opened::Erased));
    assert_eq!(keys.seal(&ada, b"name", b"Ada"), Err(SealError::Destroyed));
    assert!(keys.is_destroyed(&ada) && !keys.is_destroyed(&leaf(3)));
}

#[test]
fn what_could_not_be_stored_is_not_destroyed_and_can_be_asked_for_again() {
    let store = Recording::default();
    let keys = Keys::new(tree(1), Box::new(store.clone()));
    let sealed = keys.seal(&leaf(1), b"", b"Ada").unwrap();
    *store.fails.lock().unwrap() = true;
    let refused = keys.destroy(&[leaf(1)]).unwrap_err();
    let said = refused.to_string();
    assert!(
        said.contains("must be asked for again: cannot write KEYS: "),
        "{said}"
    );
    assert_eq!(
        keys.open(&leaf(1), b"", &sealed),
        Ok(Opened::Text(b"Ada".to_vec()))
    );
    *store.fails.lock().unwrap() = false;
    assert_eq!(keys.destroy(&[leaf(1)]).unwrap(), 1);
}

#[test]
fn a_leaf_that_falls_out_of_the_cache_has_the_same_key_again() {
    let keys = Keys::in_memory(tree(1));
    let sealed = keys.seal(&leaf(0), b"", b"Ada").unwrap();
    for number in 1..20_000 {
        keys.seal(&leaf(number), b"", b"x").unwrap();
    }
    assert_eq!(
        keys.open(&leaf(0), b"", &sealed),
        Ok(Opened::Text(b"Ada".to_vec()))
    );
    keys.destroy(&[leaf(0)]).unwrap();
    assert_eq!(keys.open(&leaf(0), b"", &sealed), Ok(Opened::Erased));
}
