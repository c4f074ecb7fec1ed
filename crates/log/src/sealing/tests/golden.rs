//! Golden bytes: what is sealed or wrapped once can be opened for ever, and has no other form.

use super::{key, leaf, log, tree};
use crate::sealing::{KeyTree, Keys, Leaf, Opened, Seed, WrappedBy, WrappedKeys};

fn bytes(hex: &str) -> Vec<u8> {
    let (pairs, []) = hex.trim_ascii().as_bytes().as_chunks::<2>() else {
        panic!("half a byte");
    };
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.iter().map(|pair| byte(pair)).collect()
}

fn hex(bytes: &[u8]) -> String {
    let digits = |byte: &u8| format!("{byte:02x}");
    bytes.iter().map(digits).collect()
}

#[test]
fn the_golden_sealed_text_is_opened_and_written_again() {
    let golden = include_str!("../../../tests/golden/sealed-text-1.hex");
    let keys = Keys::in_memory(tree(1));
    let ada = Leaf::of(&[b"learner", b"college", b"ada"]);
    let sealed = keys.seal(
        &ada,
        b"college ada name",
        "Ada Lovelace, née Byron".as_bytes(),
    );
    assert_eq!(hex(&sealed.unwrap()), golden.trim_ascii());
    let opened = keys
        .open(&ada, b"college ada name", &bytes(golden))
        .unwrap();
    assert_eq!(opened, Opened::Text("Ada Lovelace, née Byron".into()));
}

#[test]
fn the_golden_keys_are_read_and_written_again() {
    let golden = include_str!("../../../tests/golden/keys-1.hex");
    let lost = vec![tree(2).id(), tree(3).id()];
    let mut whole = KeyTree::begin(&Seed::new([1; 32]), lost);
    whole.destroy(&leaf(1));
    whole.destroy(&leaf(2));
    let wrapped = WrappedKeys::wrap(&whole, log(), WrappedBy::Operator, &key(9)).unwrap();
    assert_eq!(hex(&wrapped.to_bytes()), golden.trim_ascii());
    let read = WrappedKeys::parse(&bytes(golden)).unwrap();
    assert_eq!(read.unwrap(&key(9)).unwrap(), whole);
}

#[test]
fn a_digest_under_the_key_of_a_log_never_changes() {
    let digest = Keys::in_memory(tree(1)).digest("command", b"body").unwrap();
    let expected = "0adad1003b77a338b014e9df13bddd343c7d43fe8bf10cf4337d7a6becdf4c83";
    assert_eq!(hex(&digest), expected);
}
