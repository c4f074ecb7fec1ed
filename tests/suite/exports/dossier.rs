//! The dossier of a learner names nobody else, in any byte, and can be checked against the log.

use std::fs;
use std::path::Path;

use plansync_tests::college::component;
use serde_json::{Value, json};

use super::tables::{
    Tables, distinct, exported, having, of_csv, of_json_lines, of_sqlite, without_empty,
};
use super::world::{NAMES, NOBODY, World, learner};

/// The learner whose dossier is made: the target of synchronisations, and the source of one.
const SUBJECT: usize = 1;

/// Ids and names of everybody else, in small letters. Ids of administrators are looked for as whole words, because
/// `sam` is a part of `same`.
fn others() -> (Vec<String>, Vec<&'static str>) {
    let learners = (0..NAMES.len()).filter(|number| *number != SUBJECT);
    let mut texts: Vec<String> = learners
        .clone()
        .map(|number| learner(number).to_string())
        .collect();
    texts.extend(learners.map(|number| NAMES[number].to_lowercase()));
    texts.push(NOBODY.to_string());
    let names = [
        "Alice Archer",
        "Sam Okafor",
        "Greta Gone",
        "unknown-owner",
        "-quinn",
    ];
    texts.extend(names.map(str::to_lowercase));
    texts.extend(texts.clone().iter().map(|text| text.replace('-', "")));
    texts.retain(|text| text.len() > 3);
    (texts, vec!["alice", "sam", "ed", "gone", "quinn"])
}

fn is_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, found)| {
        let before = text[..start].chars().next_back();
        let after = text[start + found.len()..].chars().next();
        ![before, after]
            .into_iter()
            .flatten()
            .any(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Everything that a file may say: its bytes as text, and what escapes in it stand for.
fn texts_of(file: &Path) -> Vec<String> {
    let bytes = fs::read(file).unwrap();
    let plain = String::from_utf8_lossy(&bytes).to_lowercase();
    // SQLite stores text as it is; JSON and HTML have escapes.
    let html = plain
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&amp;", "&");
    let json = plain.replace("\\\"", "\"").replace("\\\\", "\\");
    let csv = plain.replace("\"\"", "\"");
    vec![plain, html, json, csv]
}

/// Content of the learner's own plan in which a person is named, which stays.
fn without_content(text: &str) -> String {
    let name = NAMES[4].to_lowercase();
    text.replace(&format!(" and {name}"), " and NAMED-IN-CONTENT")
}

fn assert_names_nobody(folder: &Path) {
    let (texts, words) = others();
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        files += 1;
        for text in texts_of(&path) {
            let text = without_content(&text);
            for other in &texts {
                let place = text.find(other.as_str());
                let around = place.map(|place| {
                    text[place.saturating_sub(60)..]
                        .chars()
                        .take(160)
                        .collect::<String>()
                });
                assert!(place.is_none(), "{name} has {other}: {around:?}");
            }
            // The dictionary and the words of lists are the same in each export.
            if !["dictionary", "codes"]
                .iter()
                .any(|table| name.starts_with(table))
                && !name.ends_with("sqlite")
            {
                for word in &words {
                    assert!(!is_word(&text, word), "{name} has the word {word}");
                }
            }
        }
    }
    assert!(files >= 2);
}

/// The ids of administrators as values of any column.
fn assert_no_administrator(tables: &Tables) {
    let (_, words) = others();
    for (table, rows) in tables {
        if ["dictionary", "codes"].contains(table) {
            continue;
        }
        for row in rows {
            let text = without_content(&json!(row).to_string().to_lowercase());
            for word in &words {
                assert!(!is_word(&text, word), "{table} has the word {word}: {text}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_names_nobody_else_in_any_byte_and_has_everything_of_the_learner() {
    let mut world = World::new().await;
    let own = learner(SUBJECT).to_string();
    // A name and a reason that were replaced later are in the log all the same.
    let data = world.data();
    let source = ["--data", data.to_str().unwrap()];
    let whole = world.folder.path().join("whole.sqlite");
    exported(&whole, &source);
    let whole = of_sqlite(&whole);
    let url = world.nats.url();
    let online = [
        "--nats-url",
        &url,
        "--tenant",
        "northgate",
        "--as",
        "system",
    ];
    let of_learner = ["--learner", NAMES[SUBJECT], "--dossier"];
    let place = |name: &str| world.folder.path().join(name);
    exported(&place("sqlite"), &[&source[..], &of_learner].concat());
    exported(&place("wire"), &[&online[..], &of_learner].concat());
    exported(
        &place("csv"),
        &[&source[..], &of_learner, &["--format", "csv"]].concat(),
    );
    exported(
        &place("jsonl"),
        &[&source[..], &of_learner, &["--format", "jsonl"]].concat(),
    );
    for name in ["sqlite", "wire", "csv", "jsonl"] {
        assert_names_nobody(&place(name));
    }
    let tables = of_sqlite(&place("sqlite").join("dossier.sqlite"));
    assert_no_administrator(&tables);
    assert_eq!(tables, of_sqlite(&place("wire").join("dossier.sqlite")));
    assert_eq!(tables, of_json_lines(&place("jsonl")));
    assert_eq!(
        without_empty(&tables),
        without_empty(&of_csv(&place("csv")))
    );
    has_everything(&whole, &tables, &own);
    is_proved(&whole, &tables);

    let page = fs::read_to_string(place("sqlite").join("dossier.html")).unwrap();
    for text in [
        "Zoë &quot;Quotes&quot;, O&#39;Brien",
        "Activity 0000",
        "2027-01-15",
        "administrator 1",
        "HYPERLINK",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("<script"));
    world.stop();
}

/// Everything that the whole export has of the learner is there, row by row.
fn has_everything(whole: &Tables, dossier: &Tables, own: &str) {
    let of = json!({ "learner": own });
    for table in [
        "edits",
        "components",
        "plans",
        "targets",
        "outcomes",
        "records",
        "enrolments",
        "tasks",
        "tutors",
    ] {
        let (expected, there) = (having(whole, table, &of), having(dossier, table, &of));
        assert_eq!(there.len(), expected.len(), "{table}");
        assert_eq!(
            there.len(),
            dossier[table].len(),
            "{table} has rows of others"
        );
        assert!(!there.is_empty(), "nothing tests {table}");
    }
    assert_eq!(having(dossier, "learners", &of)[0]["name"], NAMES[SUBJECT]);
    // Content is as it was; people are the same person everywhere.
    for row in having(whole, "components", &of) {
        let same = json!({ "component": row["component"] });
        let [copy] = having(dossier, "components", &same)[..] else {
            panic!("{row:?}")
        };
        for name in ["name", "due_date", "status", "criteria", "review_at"] {
            assert_eq!(copy[name], row[name], "{name}");
        }
    }
    let pseudonym = |position: &Value| {
        let of = json!({ "position": position });
        let actors =
            ["commits", "edits"].map(|table| having(dossier, table, &of)[0]["actor"].clone());
        assert_eq!(actors[0], actors[1]);
        actors[0].clone()
    };
    let mut known = std::collections::BTreeMap::new();
    for row in having(whole, "edits", &of) {
        let one = pseudonym(&row["position"]);
        assert_eq!(
            known.entry(row["actor"].to_string()).or_insert(one.clone()),
            &one
        );
    }
    assert!(known.len() >= 3, "{known:?}");
    let reasons = distinct(dossier, "edits", "reason");
    let reason = reasons
        .iter()
        .filter_map(Value::as_str)
        .find(|reason| reason.starts_with("As "))
        .unwrap();
    // Who is named there is the learner, too, who stays.
    assert!(
        reason
            .to_lowercase()
            .ends_with("asked, with zoë \"quotes\", o'brien"),
        "{reason}"
    );
    assert!(
        reason.starts_with("As learner ") && reason.contains("administrator "),
        "{reason}"
    );
    let instructions = json!({ "component": component(2) });
    let instructions = &having(dossier, "components", &instructions)[0]["instructions"];
    let instructions = instructions.as_str().unwrap();
    assert!(
        instructions.starts_with("See learner ") && instructions.ends_with(NAMES[4]),
        "{instructions}"
    );
}

/// Every commit is proved to be in the tree of the log, whose root is computed from what the whole log has.
fn is_proved(whole: &Tables, dossier: &Tables) {
    let fact = |name: &str| {
        having(dossier, "export", &json!({ "name": name }))[0]["value"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (size, root): (u64, String) = (fact("tree_size").parse().unwrap(), fact("tree_root"));
    assert_eq!(size, u64::try_from(whole["commits"].len()).unwrap());
    assert_eq!(dossier["proofs"].len(), dossier["commits"].len());
    for proof in &dossier["proofs"] {
        let hashes: Vec<Vec<u8>> = proof["hashes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hash| bytes(hash.as_str().unwrap()))
            .collect();
        let index = proof["position"].as_u64().unwrap() - 1;
        let leaf = bytes(proof["leaf_hash"].as_str().unwrap());
        assert_eq!(
            root_of(leaf, index, size, &hashes),
            bytes(&root),
            "position {}",
            index + 1
        );
    }
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// The root that an inclusion proof gives, by RFC 9162, section 2.1.3.2.
fn root_of(leaf: Vec<u8>, index: u64, size: u64, hashes: &[Vec<u8>]) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let node = |left: &[u8], right: &[u8]| Sha256::digest([&[1], left, right].concat()).to_vec();
    let (mut place, mut last, mut root) = (index, size - 1, leaf);
    for hash in hashes {
        assert!(last > 0);
        if place % 2 == 1 || place == last {
            root = node(hash, &root);
            while place.is_multiple_of(2) && place > 0 {
                place /= 2;
                last /= 2;
            }
        } else {
            root = node(&root, hash);
        }
        place /= 2;
        last /= 2;
    }
    assert_eq!(last, 0);
    root
}
