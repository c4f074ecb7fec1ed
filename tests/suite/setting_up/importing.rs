//! Learners from a CSV file: what would change is known before, and nothing changes twice.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plansync_tests::binary::command;
use plansync_tests::college::{PROGRAMME, found};
use plansync_tests::program::{Ended, exit_code};
use serde_json::{Value, json};

use super::{World, world};

async fn college() -> World {
    let world = world().await;
    found(&world.client, 1, 0).await;
    let maths = json!({ "programme": uuid::Uuid::from_u128(0x0a01), "name": "Maths; and more",
        "parent": null });
    world.client.get("system", "programme.put", maths).await;
    world
}

impl World {
    fn import(&self, content: &[u8], more: &[&str]) -> Ended {
        let file = self.file("learners.csv", content);
        let import = ["import", &file, "--output", "json"];
        self.typed(&[&import[..], more].concat())
    }

    /// A learner as known by a reference, by the reply of an import.
    async fn learner(&self, imported: &Value, index: usize) -> Value {
        let id = &imported["lines"][index]["learner"];
        self.client
            .get("system", "learner.get", json!({ "learner": id }))
            .await
    }
}

fn counts(ended: &Ended) -> [u64; 6] {
    let json = ended.json();
    ["new", "changed", "unchanged", "bad", "put", "refused"].map(|it| json[it].as_u64().unwrap())
}

const FIRST: &str = "\u{feff}Reference;Full name;Groups;Tutors;Case owner;Programmes\r\n\
                     7;\"Lee;\nAnn\";\"north; east\";SAM|alice;sam;\"Business Administrator=On break\"\r\n\
                     \r\n\
                     8;Zoë Martin;;;;business administrator\r\n";

#[tokio::test]
async fn a_file_is_imported_once_and_changes_nothing_the_second_time() {
    let world = college().await;
    let dry = world.import(FIRST.as_bytes(), &["--dry-run"]);
    assert_eq!(
        (dry.code, counts(&dry)),
        (Some(0), [2, 0, 0, 0, 0, 0]),
        "{dry:?}"
    );
    assert_eq!(world.json(&["learner", "list"])["total"], 1);
    let unsure = world.import(FIRST.as_bytes(), &[]);
    assert_eq!(unsure.code, Some(2), "{unsure:?}");
    assert!(unsure.err.contains("`--yes` is required"), "{}", unsure.err);
    let once = world.import(FIRST.as_bytes(), &["--yes"]);
    assert_eq!(
        (once.code, counts(&once)),
        (Some(0), [2, 0, 0, 0, 2, 0]),
        "{once:?}"
    );
    let ann = world.learner(&once.json(), 0).await;
    assert_eq!(ann["name"], "Lee; Ann");
    assert_eq!(ann["groups"], json!(["north", "east"]));
    assert_eq!(ann["tutors"], json!(["sam", "alice"]));
    assert_eq!(
        ann["enrolments"],
        json!([{ "programme": PROGRAMME, "status": "on_break" }])
    );
    let lines: Vec<_> = once.json()["lines"].as_array().unwrap().clone();
    let lines: Vec<_> = lines.iter().map(|it| it["line"].clone()).collect();
    assert_eq!(lines, [2, 5]);
    let again = world.import(FIRST.as_bytes(), &["--yes"]);
    assert_eq!(
        (again.code, counts(&again)),
        (Some(0), [0, 0, 2, 0, 0, 0]),
        "{again:?}"
    );
}

#[tokio::test]
async fn what_changes_is_told_field_by_field_and_what_has_no_column_stays() {
    let world = college().await;
    let first = world.import(FIRST.as_bytes(), &["--yes"]).json();
    let second = b"reference,groups\n7,\"north;west\"\n8,\n";
    let file = world.file("second.csv", second);
    let id = first["lines"][0]["learner"].as_str().unwrap();
    let other = first["lines"][1]["learner"].as_str().unwrap();
    let expected = format!(
        "line 2  changed  Lee; Ann  {id}\n  groups: + west − east\n\
         line 3  unchanged  Zoë Martin  {other}\n\n\
         0 new, 1 changed, 1 unchanged, 0 that cannot be imported.\nNothing was sent.\n"
    );
    assert_eq!(world.said(&["import", &file, "--dry-run"]), expected);
    let adding = world.said(&["import", &file, "--add-only", "--yes"]);
    assert!(adding.contains("  groups: + west\n"), "{adding}");
    assert!(adding.ends_with("1 saved, 0 refused.\n"), "{adding}");
    let ann = world.learner(&first, 0).await;
    assert_eq!(ann["groups"], json!(["east", "north", "west"]));
    assert_eq!(
        (&ann["case_owner"], &ann["name"]),
        (&json!("sam"), &json!("Lee; Ann"))
    );
    // A change back and forth is two changes: no id of a command stands in its way.
    for groups in ["a", "b", "a"] {
        let file = world.file(
            "third.csv",
            format!("reference,groups\n7,{groups}\n").as_bytes(),
        );
        world.said(&["import", &file, "--yes"]);
        assert_eq!(world.learner(&first, 0).await["groups"], json!([groups]));
    }
}

#[tokio::test]
async fn a_line_that_cannot_be_imported_holds_back_the_file_unless_it_is_skipped() {
    let world = college().await;
    let content = "id,reference,name,programme,status,tutors\n\
                   ,1,Good,Business Administrator,active,\n\
                   12,,Bad id,,,\n\
                   ,3,Bad programme,Busines,,nobody\n\
                   ,4,Bad status,Business Administrator,asleep,\n\
                   ,5,Too,many,cells,,\n\
                   ,1,Again,,,\n\
                   ,,Nobody,,,\n\
                   ,6,,,,\n";
    let refused = world.import(content.as_bytes(), &["--yes"]);
    assert_eq!(
        (refused.code, counts(&refused)),
        (Some(2), [1, 0, 0, 7, 0, 0]),
        "{refused:?}"
    );
    let json = refused.json();
    let problems: Vec<_> = json["problems"].as_array().unwrap().clone();
    let places = problems.iter().map(|it| {
        (
            it["line"].as_u64().unwrap(),
            it["column"].as_str().unwrap_or_default().to_owned(),
        )
    });
    let expected = [
        (3, "id"),
        (4, "tutors"),
        (4, "programme"),
        (5, "status"),
        (6, ""),
        (7, ""),
        (8, "id"),
        (9, "name"),
    ];
    let expected = expected.map(|(line, column)| (line, column.to_owned()));
    assert_eq!(places.collect::<Vec<_>>(), expected);
    assert_eq!(world.json(&["learner", "list"])["total"], 1);
    let skipped = world.import(content.as_bytes(), &["--yes", "--skip-bad"]);
    assert_eq!(
        (skipped.code, counts(&skipped)),
        (Some(0), [1, 0, 0, 7, 1, 0]),
        "{skipped:?}"
    );
    assert_eq!(world.json(&["learner", "list"])["total"], 2);
}

#[tokio::test]
async fn what_is_no_csv_of_learners_is_told_with_what_to_do() {
    let world = college().await;
    let cases: [(&[u8], &str); 6] = [
        (b"", "the file is empty"),
        (b"name,groups\nAnn,\n", "has no column `id` or `reference`"),
        (b"reference,nmae\n1,Ann\n", "“nmae”"),
        (b"reference,name\n1,Zo\xeb\n", "--encoding windows-1252"),
        (
            b"reference,name\n1,\"Ann\n2,Bob\n",
            "line 2 has a quotation mark",
        ),
        (b"r\0e\0f\0", "--encoding utf-16le"),
    ];
    for (content, expected) in cases {
        let ended = world.import(content, &["--yes"]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains(expected), "{}", ended.err);
    }
    let ansi = world.import(
        b"reference\tname\thobby\n1\tZo\xeb\tchess\n",
        &["--encoding", "windows-1252", "--ignore", "hobby", "--yes"],
    );
    assert_eq!(counts(&ansi), [1, 0, 0, 0, 1, 0], "{ansi:?}");
    assert_eq!(world.learner(&ansi.json(), 0).await["name"], "Zoë");
    let utf16: Vec<u8> = "\u{feff}reference,name\n1,Žofie\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let utf16 = world.import(&utf16, &["--yes"]);
    assert_eq!(counts(&utf16), [0, 1, 0, 0, 1, 0], "{utf16:?}");
    let alice = world.file("learners.csv", b"reference,name\n1,Ann\n");
    let alice = world.typed_as("alice", &["import", &alice, "--dry-run"]);
    assert_eq!(alice.code, Some(2), "{alice:?}");
    assert!(alice.err.contains("give `--as system`"), "{}", alice.err);
}

#[tokio::test]
async fn thousands_of_lines_are_imported_in_one_go() {
    let world = college().await;
    let line = |index| format!("{index},Learner {index:04},north,Business Administrator\n");
    let lines: String = (0..3_000).map(line).collect();
    let content = format!("reference,name,groups,programmes\n{lines}");
    let once = world.import(content.as_bytes(), &["--yes"]);
    assert_eq!(
        (once.code, counts(&once)),
        (Some(0), [3_000, 0, 0, 0, 3_000, 0]),
        "{}",
        once.err
    );
    let again = world.import(content.as_bytes(), &["--yes"]);
    assert_eq!(counts(&again), [0, 0, 3_000, 0, 0, 0], "{}", again.err);
}

#[tokio::test]
async fn somebody_of_the_same_name_is_pointed_out() {
    let world = college().await;
    let file = world.file(
        "learners.csv",
        b"reference,name\n1,source learner\n2,Other\n",
    );
    let shown = world.said(&["import", &file, "--dry-run"]);
    let expected = "  Another learner has this name: 00000000-0000-0000-0000-000000000b00. If";
    assert_eq!(shown.matches(expected).count(), 1, "{shown}");
    let tsv = world.said(&["import", &file, "--dry-run", "--output", "tsv"]);
    let lines: Vec<_> = tsv.lines().collect();
    assert_eq!(lines[0], "line\tchange\tlearner\tname\tfield\twhat");
    assert_eq!(
        (lines.len(), lines[2].split('\t').nth(1)),
        (3, Some("new")),
        "{tsv}"
    );
}

/// So many take seconds to import one by one, which is long enough to notice the first of them.
const LEARNERS: u64 = 3_000;
/// How long something that must happen is waited for.
const PATIENCE: Duration = Duration::from_mins(2);

#[tokio::test]
async fn an_import_that_was_ended_is_started_again() {
    let world = college().await;
    let line = |index| format!("{index},Learner {index:04}\n");
    let content: String = (0..LEARNERS).map(line).collect();
    let file = world.file(
        "learners.csv",
        format!("reference,name\n{content}").as_bytes(),
    );
    let import = [
        "import",
        &file,
        "--yes",
        "--tenant",
        "northgate",
        "--as",
        "system",
    ];
    let mut child = command()
        .args([&import[..], &["--in-flight", "1", "--output", "json"]].concat())
        .env("NATS_URL", world.nats.url())
        // What it says is not read, and a full pipe would keep it from ending.
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let search = json!({ "search": "Learner 0000" });
    let end = Instant::now() + PATIENCE;
    while world
        .client
        .get("system", "learner.list", search.clone())
        .await["total"]
        == 0
    {
        assert!(Instant::now() < end, "nothing is imported");
        assert_eq!(child.try_wait().unwrap(), None, "the import has ended");
    }
    // An engine that does not answer keeps it where it is.
    signal("STOP", world.engine.pid());
    signal("INT", child.id());
    let code = exit_code(&mut child);
    signal("CONT", world.engine.pid());
    assert_eq!(code, Some(130));
    let again = world.import(format!("reference,name\n{content}").as_bytes(), &["--yes"]);
    let [new, changed, unchanged, bad, put, refused] = counts(&again);
    assert_eq!(
        (again.code, new + unchanged, new, changed + bad + refused),
        (Some(0), LEARNERS, put, 0)
    );
    assert!(unchanged > 0, "{}", again.err);
}

fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &pid.to_string()])
        .status();
    assert!(sent.unwrap().success());
}
