//! A learner who was erased has neither name nor enrolments in an export or a dossier, whatever it is read from.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use uuid::Uuid;

use super::tables::{Tables, exported, having, of_sqlite};
use super::true_rows::compare;
use super::world::{NAMES, World, learner};

/// The learner who is erased.
const ERASED: usize = 2;
/// A programme on which only this learner is.
const ONLY_PROGRAMME: Uuid = Uuid::from_u128(0x0a77);

/// The world after the erasure.
async fn erased() -> World {
    let world = World::new().await;
    let erase = json!({ "learner": learner(ERASED) });
    world.client.get("system", "learner.erase", erase).await;
    world
}

/// The tables of an export of the folder.
fn of_folder(world: &World, more: &[&str]) -> Tables {
    let place = tempfile::tempdir().unwrap();
    let (file, data) = (place.path().join("a.sqlite"), world.data());
    exported(&file, &[&["--data", data.to_str().unwrap()], more].concat());
    of_sqlite(&file)
}

/// The row of the learner, and the number of enrolments.
fn row(tables: &Tables) -> (Value, usize) {
    let of = json!({ "learner": learner(ERASED) });
    let rows = having(tables, "learners", &of);
    (json!(rows), having(tables, "enrolments", &of).len())
}

/// The position and the time of the commit by which the learner was erased.
fn erasure(tables: &Tables) -> (Value, Value) {
    let requested = having(
        tables,
        "events",
        &json!({ "kind": "learner.erasure_requested" }),
    );
    let position = requested[0]["position"].clone();
    let commits = having(tables, "commits", &json!({ "position": position }));
    (position, commits[0]["at"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_learner_has_neither_name_nor_enrolments_whatever_is_read() {
    let mut world = erased().await;
    let tables = of_folder(&world, &[]);
    let (position, at) = erasure(&tables);
    let expected = json!([{
        "learner": learner(ERASED), "is_known": true, "name": null, "case_owner": "sam", "position": position,
        "is_erased": true,
    }]);
    assert_eq!(row(&tables), (expected, 0));
    compare(&world.client, &tables).await;

    let place = |name: &str| world.folder.path().join(name);
    let url = world.nats.url();
    let online = [
        "--nats-url",
        &url,
        "--tenant",
        "northgate",
        "--as",
        "system",
    ];
    exported(&place("wire.sqlite"), &online);
    assert_eq!(of_sqlite(&place("wire.sqlite")), tables);
    let (backup, keys) = (world.backup(), world.data().join("KEYS"));
    let of_backup = ["--backup", backup.to_str().unwrap()];
    let with_keys = [&of_backup[..], &["--keys", keys.to_str().unwrap()]].concat();
    exported(&place("backup.sqlite"), &with_keys);
    assert_eq!(of_sqlite(&place("backup.sqlite")), tables);

    // Nobody is on the programme any more; before the erasure, the learner was.
    let programme = ONLY_PROGRAMME.to_string();
    let on_it = of_folder(&world, &["--programme", &programme]);
    assert_eq!(row(&on_it), (json!([]), 0));
    let before = ["--programme", &programme, "--until", at.as_str().unwrap()];
    let (found, enrolments) = row(&of_folder(&world, &before));
    assert_eq!(
        [&found[0]["name"], &found[0]["is_erased"]],
        [&Value::Null, &json!(false)]
    );
    assert_eq!(enrolments, 3);
    world.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dossier_of_an_erased_learner_says_so_and_that_of_another_one_does_not() {
    let mut world = erased().await;
    world.stop();
    let place = |name: &str| world.folder.path().join(name);
    let data = world.data();
    let dossier = |name: &str, of: usize| {
        let of = learner(of).to_string();
        let words = [
            "--data",
            data.to_str().unwrap(),
            "--learner",
            &of,
            "--dossier",
        ];
        exported(&place(name), &words);
    };
    dossier("erased", ERASED);
    let tables = of_sqlite(&place("erased").join("dossier.sqlite"));
    let (found, enrolments) = row(&tables);
    assert_eq!(
        [&found[0]["name"], &found[0]["is_erased"]],
        [&Value::Null, &json!(true)]
    );
    assert_eq!(enrolments, 0);
    let page = fs::read_to_string(place("erased").join("dossier.html")).unwrap();
    let id = learner(ERASED);
    assert!(
        page.contains(&format!("<h1><bdi>{id}</bdi></h1>")),
        "{page}"
    );
    assert!(page.contains("<td><bdi>(erased)</bdi></td>"), "{page}");
    assert!(!page.contains("<td><bdi>Programme</bdi></td>"), "{page}");
    assert!(!page.contains(NAMES[ERASED]), "{page}");

    // The learner of the other one got changes from the plan of this one.
    dossier("other", 1);
    names_nobody_erased(&place("other"));
}

/// The dossier of somebody else tells neither who was erased nor that somebody was.
fn names_nobody_erased(dossier: &Path) {
    let tables = of_sqlite(&dossier.join("dossier.sqlite"));
    let others = having(&tables, "learners", &json!({ "name": null }));
    assert!(!others.is_empty());
    for other in others {
        assert_eq!(other["is_erased"], Value::Null, "{other:?}");
    }
    let id = learner(ERASED).to_string();
    for file in ["dossier.sqlite", "dossier.html"] {
        let bytes = fs::read(dossier.join(file)).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(&id), "{file}");
    }
}
