//! Keys, notes, checkpoints and proofs: those of C2SP and Go are accepted, and nothing that was changed is.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::merkle::{Hash, TreeHead};
use crate::{Incarnation, Incarnations, LogId, Position, Tip};

/// The example of C2SP `signed-note`.
const FOO_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const FOO_NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/// The example of the documentation of Go's `golang.org/x/mod/sumdb/note`.
const GO_SIGNING: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_SIGNATURE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

/// The example of C2SP `tlog-cosignature`.
const SOFA: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

fn log() -> LogId {
    LogId::new(Uuid::from_u128(1))
}

fn origin(incarnation: u32) -> Origin {
    Origin {
        log: log(),
        incarnation: Incarnation::new(incarnation),
    }
}

fn key(name: &str) -> SigningKey {
    let seed = u8::try_from(name.len()).unwrap();
    SigningKey::new(name, &[seed; 32]).unwrap()
}

fn head(size: u64) -> TreeHead {
    let root = Hash::of_leaf(&size.to_be_bytes());
    TreeHead { size, root }
}

fn anchor() -> SignedCheckpoint {
    SignedCheckpoint::sign(
        Checkpoint::new(&origin(2), head(77)),
        &[&key("a.example/k")],
    )
    .unwrap()
}

fn proof() -> InclusionProof {
    InclusionProof {
        extra: Some(b"anything".to_vec()),
        index: 76,
        hashes: (0..5_u8).map(|byte| Hash::of_leaf(&[byte])).collect(),
        checkpoint: anchor(),
    }
}

#[test]
fn the_examples_of_c2sp_and_go_are_accepted_and_written_alike() {
    let foo = VerifierKey::parse(FOO_KEY).unwrap();
    assert_eq!(foo.to_string(), FOO_KEY);
    let note = SignedNote::parse(FOO_NOTE.as_bytes()).unwrap();
    assert_eq!(note.to_string(), FOO_NOTE);
    assert_eq!(note.verify(&[foo]).unwrap().len(), 1);

    let signing = SigningKey::parse(GO_SIGNING).unwrap();
    assert_eq!(signing.to_text(), GO_SIGNING);
    assert_eq!(signing.verifier().to_string(), GO_VERIFIER);
    let mut note = SignedNote::unsigned(GO_TEXT.to_owned());
    note.sign(&signing);
    assert_eq!(note.to_string(), format!("{GO_TEXT}\n{GO_SIGNATURE}"));
    assert!(!format!("{signing:?}").contains("AYEK"));

    let sofa = SignedCheckpoint::parse(SOFA.as_bytes()).unwrap();
    assert_eq!(sofa.to_string(), SOFA);
    assert_eq!(sofa.checkpoint().head.size, 20_852_163);
    assert_eq!(sofa.note().signatures().len(), 2);
}

#[test]
fn a_note_is_trusted_by_the_keys_that_are_known_and_no_others() {
    let (a, b, other) = (key("a"), key("bb"), key("ccc"));
    let checkpoint = Checkpoint::new(&origin(1), head(3));
    let signed = SignedCheckpoint::sign(checkpoint, &[&a, &b]).unwrap();
    assert_eq!(signed.verify(&[a.verifier()]).unwrap().len(), 1);
    assert_eq!(
        signed
            .verify(&[b.verifier(), a.verifier(), a.verifier()])
            .unwrap()
            .len(),
        2
    );
    let names = vec!["a".to_owned(), "bb".to_owned()];
    assert_eq!(
        signed.verify(&[other.verifier()]),
        Err(TrustError::Unsigned { names })
    );
    // The same name with another key is another key.
    let namesake = SigningKey::new("a", &[9; 32]).unwrap();
    assert!(matches!(
        signed.verify(&[namesake.verifier()]),
        Err(TrustError::Unsigned { .. })
    ));
    // A wrong signature of a known key counts, whatever the others say.
    let text = signed.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let (own, others) = (lines[4], lines[5]);
    let stolen = format!("— bb {}", own.rsplit(' ').next().unwrap());
    let mixed = text.replace(others, &stolen);
    let mixed = SignedCheckpoint::parse(mixed.as_bytes()).unwrap();
    assert_eq!(
        mixed.verify(&[a.verifier(), b.verifier()]).unwrap().len(),
        1,
        "an unknown id"
    );
    let swapped = text.replace("\n3\n", "\n4\n");
    let swapped = SignedCheckpoint::parse(swapped.as_bytes()).unwrap();
    assert!(matches!(
        swapped.verify(&[b.verifier()]),
        Err(TrustError::Wrong { .. })
    ));
}

#[test]
fn witnesses_cosign_with_a_time_and_their_signatures_are_kept() {
    let witness = SigningKey::of_witness("witness.example", &[3; 32]).unwrap();
    let mut signed = anchor();
    signed.cosign(&witness, 1_679_315_147);
    let read = SignedCheckpoint::parse(signed.to_string().as_bytes()).unwrap();
    let known = [key("a.example/k").verifier(), witness.verifier()];
    let signers = read.verify(&known).unwrap();
    let times: Vec<Option<u64>> = signers.iter().map(|signer| signer.witnessed_at).collect();
    assert_eq!(times, [None, Some(1_679_315_147)]);
    // The time is signed, too, and the key of a witness signs nothing else.
    let parsed = VerifierKey::parse(&witness.verifier().to_string()).unwrap();
    assert_eq!(
        (parsed.kind(), &parsed),
        (KeyKind::Witness, &witness.verifier())
    );
    let line = signed.note().signatures()[1].clone();
    for at in 0..line.signature.len() {
        let mut changed = line.clone();
        changed.signature[at] ^= 1;
        let note = format!("{}\n", signed.note().text());
        let bytes = [changed.key_id.as_slice(), &changed.signature].concat();
        let note = format!("{note}— {} {}\n", changed.name, base64(&bytes));
        let note = SignedCheckpoint::parse(note.as_bytes()).unwrap();
        assert!(note.verify(&[witness.verifier()]).is_err(), "byte {at}");
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn what_is_not_a_note_is_refused() {
    let good = anchor().to_string();
    for (bad, why) in [
        (good.trim_end().to_owned(), "no newline at the end"),
        (good.replace("\n\n", "\n"), "no empty line"),
        (good.replace('—', "-"), "no dash"),
        (format!("{good}\n"), "an empty signature"),
        (format!("{good}— a AAAA\n"), "a signature of three bytes"),
        (
            format!("{good}— a AAAAAA==\n"),
            "a key id without a signature",
        ),
        (format!("{good}— a+b AAAAAAA=\n"), "a plus sign in a name"),
        (format!("{good}— a AAAAAAB=\n"), "bits after the last byte"),
        (good.replace("\n77\n", "\n077\n"), "a leading zero"),
        (good.replace("\n77\n", "\n+77\n"), "a sign"),
        (
            good.replace("\n77\n", "\n18446744073709551616\n"),
            "a size above 64 bits",
        ),
        (good.replacen("=\n", "\n", 1), "a root without padding"),
        (good.replacen("plansync", "\n", 1), "an empty line first"),
        (good.replace('\n', "\r\n"), "carriage returns"),
        (String::new(), "nothing"),
        ("\n\n\n".to_owned(), "newlines"),
    ] {
        assert!(SignedCheckpoint::parse(bad.as_bytes()).is_err(), "{why}");
    }
    let mut not_utf8 = good.clone().into_bytes();
    not_utf8[3] = 0xff;
    assert_eq!(SignedNote::parse(&not_utf8), Err(FormatError::NotText));
    let many = good.clone() + &"— a AAAAAAA=\n".repeat(SIGNATURES_MAX);
    assert!(matches!(
        SignedNote::parse(many.as_bytes()),
        Err(FormatError::TooLarge { .. })
    ));
    let long = vec![b'a'; NOTE_BYTES_MAX + 1];
    assert!(matches!(
        SignedNote::parse(&long),
        Err(FormatError::TooLarge { .. })
    ));
    for origin in ["a\nb", "", "a\n\nb", "tab\t"] {
        let checkpoint = Checkpoint {
            origin: origin.to_owned(),
            head: head(1),
            extensions: Vec::new(),
        };
        assert!(
            SignedCheckpoint::sign(checkpoint, &[&key("a")]).is_err(),
            "{origin:?}"
        );
    }
    assert!(SignedCheckpoint::sign(Checkpoint::new(&origin(1), head(1)), &[]).is_err());
}

#[test]
fn what_is_not_a_key_is_refused() {
    for bad in ["", "a", "a+b", "a b+530d903a+x", "+530d903a+x"] {
        assert!(VerifierKey::parse(bad).is_err(), "{bad}");
        assert!(SigningKey::parse(bad).is_err(), "{bad}");
    }
    let renamed = FOO_KEY.replace("foo", "fop");
    assert_eq!(VerifierKey::parse(&renamed), Err(KeyError::Id));
    assert_eq!(
        VerifierKey::parse(&FOO_KEY.replace("530d", "530D")).ok(),
        None
    );
    let ml_dsa = format!("a+00000000+{}", base64(&[6; 33]));
    assert_eq!(VerifierKey::parse(&ml_dsa), Err(KeyError::Algorithm(6)));
    for name in ["", "a b", "a\u{a0}b", "a+b", "a\nb", &"a".repeat(256)] {
        assert!(
            matches!(SigningKey::new(name, &[1; 32]), Err(KeyError::Name)),
            "{name}"
        );
    }
    // The secret of a key is not accepted where the public one belongs.
    assert!(VerifierKey::parse(GO_SIGNING).is_err());
    assert!(SigningKey::parse(GO_VERIFIER).is_err());
}

#[test]
fn proofs_are_written_as_they_were_read() {
    let text = proof().to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra YW55dGhpbmc=\nindex 76\n"));
    assert_eq!(InclusionProof::parse(text.as_bytes()), Ok(proof()));
    let single = InclusionProof {
        extra: None,
        index: 0,
        hashes: Vec::new(),
        checkpoint: anchor(),
    };
    assert_eq!(
        InclusionProof::parse(single.to_string().as_bytes()),
        Ok(single)
    );
    for (bad, why) in [
        (text.replace("@v1", "@v2"), "another version"),
        (text.replace("index 76", "index 076"), "a leading zero"),
        (text.replace("index 76\n", ""), "no index"),
        (text.replace("extra YW55", "extra YW5"), "bad base64"),
        (text.replacen("\n\n", "\n", 1), "no empty line"),
        (
            text.replace(
                "index 76\n",
                &format!("index 76\n{}", format!("{}\n", head(1).root).repeat(66)),
            ),
            "too many hashes",
        ),
    ] {
        assert!(InclusionProof::parse(bad.as_bytes()).is_err(), "{why}");
    }
}

#[test]
fn a_log_stands_to_its_anchors_as_its_incarnations_say() {
    let tip = |position, incarnation| Tip {
        position: Position::new(position),
        ..Tip::empty(log(), Incarnation::new(incarnation))
    };
    let mut incarnations = Incarnations::first(log());
    incarnations
        .begin(Incarnation::new(2), &tip(50, 1))
        .unwrap();
    incarnations
        .begin(Incarnation::new(4), &tip(30, 2))
        .unwrap();
    let end = tip(80, 4);
    let log = Log {
        tip: &end,
        incarnations: &incarnations,
    };
    let standing = |incarnation, size, root| log.standing(&origin(incarnation), &head(size), root);
    let (same, other) = (|size| Some(head(size).root), Some(head(1_000).root));
    for incarnation in [1, 2, 3, 4] {
        assert_eq!(standing(incarnation, 30, same(30)), Standing::Extends);
    }
    let lost = Standing::LostByRestore {
        inherited: Position::new(30),
    };
    // Incarnation 1 ended at 50, but a later restore went back to 30.
    assert_eq!(standing(1, 31, other), lost);
    assert_eq!(standing(2, 90, None), lost);
    assert_eq!(standing(1, 30, other), Standing::Differs);
    assert_eq!(standing(2, 30, other), Standing::Differs);
    assert_eq!(standing(3, 30, other), Standing::LeftBehind);
    assert_eq!(standing(4, 80, other), Standing::Differs);
    assert_eq!(
        standing(4, 81, None),
        Standing::Shorter {
            tip: Position::new(80)
        }
    );
    assert_eq!(standing(4, 80, None), Standing::Unknown);
    let current = Incarnation::new(4);
    assert_eq!(standing(5, 30, same(30)), Standing::Later { current });
    let foreign = Origin {
        log: LogId::new(Uuid::from_u128(2)),
        ..origin(4)
    };
    let found = LogId::new(Uuid::from_u128(1));
    assert_eq!(
        log.standing(&foreign, &head(30), same(30)),
        Standing::OtherLog { found }
    );
}

fn flipped(text: &str, bit: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let at = bit / 8 % bytes.len();
    bytes[at] ^= 1 << (bit % 8);
    bytes
}

#[test]
fn an_anchor_with_any_bit_changed_is_not_trusted() {
    let text = anchor().to_string();
    let known = [key("a.example/k").verifier()];
    assert!(anchor().verify(&known).is_ok());
    for bit in 0..text.len() * 8 {
        let read = SignedCheckpoint::parse(&flipped(&text, bit));
        let trusted = read.is_ok_and(|read| read.verify(&known).is_ok());
        assert!(!trusted, "bit {bit} of {text}");
    }
}

#[test]
fn a_key_with_any_bit_changed_is_refused_or_trusts_nothing() {
    let verifier = key("a.example/k").verifier().to_string();
    for bit in 0..verifier.len() * 8 {
        let text = String::from_utf8(flipped(&verifier, bit));
        let read = text.ok().and_then(|text| VerifierKey::parse(&text).ok());
        let trusts = read.is_some_and(|read| anchor().verify(&[read]).is_ok());
        assert!(!trusts, "bit {bit}");
    }
}

proptest! {
    #[test]
    fn text_is_refused_or_written_as_it_was_read(
        bit in any::<usize>(), cut in any::<usize>(), garbage in ".{0,40}",
    ) {
        let text = proof().to_string();
        let note = anchor().to_string();
        let (start, end) = text.split_at(text.floor_char_boundary(cut % text.len()));
        for bytes in [flipped(&text, bit), format!("{start}{garbage}{end}").into_bytes(), start.as_bytes().to_vec()] {
            if let Ok(read) = InclusionProof::parse(&bytes) {
                prop_assert_eq!(read.to_string().into_bytes(), bytes);
            }
        }
        for bytes in [flipped(&note, bit), format!("{note}{garbage}\n").into_bytes()] {
            if let Ok(read) = SignedCheckpoint::parse(&bytes) {
                prop_assert_eq!(read.to_string().into_bytes(), bytes);
            }
        }
    }
}
