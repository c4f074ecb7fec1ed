//! The rows are the same from the service, a folder and a backup, in SQLite, CSV and JSON lines.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::tables::{Tables, exported, of_csv, of_json_lines, of_sqlite, without_empty};
use super::world::{NAMES, TEXT, World};
use crate::views::world::{RANDOM, World as Viewed};

/// Compares table by table, so that a difference can be read.
fn assert_same(one: &Tables, other: &Tables, what: &str) {
    for (table, rows) in one {
        assert_eq!(
            rows.len(),
            other[table].len(),
            "the count of {table} differs: {what}"
        );
        for (row, same) in rows.iter().zip(&other[table]) {
            assert_eq!(row, same, "{table}: {what}");
        }
    }
}

/// Copies exports for `.ci/exports`, if it runs the test.
fn keep(from: &Path) {
    let Some(to) = std::env::var_os("PLANSYNC_KEEP_EXPORTS").map(PathBuf::from) else {
        return;
    };
    fs::copy(from.join("wire.sqlite"), to.join("wire.sqlite")).unwrap();
    for folder in ["--data.files", "--data.lines"] {
        fs::create_dir_all(to.join(folder)).unwrap();
        for entry in fs::read_dir(from.join(folder)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), to.join(folder).join(entry.file_name())).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_source_and_every_format_has_the_same_rows() {
    let mut world = World::new().await;
    let (data, backup, url) = (world.data(), world.backup(), world.nats.url());
    let (data, backup) = (data.to_str().unwrap(), backup.to_str().unwrap());
    let place = |name: &str| world.folder.path().join(name);
    let wire = place("wire.sqlite");
    let online = [
        "--tenant",
        "northgate",
        "--as",
        "system",
        "--nats-url",
        &url,
    ];
    let told = exported(&wire, &online);
    let expected = of_sqlite(&wire);
    assert!(expected["commits"].len() > 40, "{told:?}");
    for (table, rows) in &expected {
        // Proofs are in dossiers only.
        assert!(
            !rows.is_empty() || *table == "proofs",
            "nothing tests {table}"
        );
        assert_eq!(told.json()["rows"][table], rows.len());
    }
    exported(&place("beside.db"), &["--data", data]);
    assert_same(
        &expected,
        &of_sqlite(&place("beside.db")),
        "the folder of a running engine",
    );
    exported(
        &place("wire"),
        &[&online[..], &["--format", "csv"]].concat(),
    );
    assert_same(
        &without_empty(&expected),
        &without_empty(&of_csv(&place("wire"))),
        "CSV of the service",
    );
    world.stop();
    let place = |name: &str| world.folder.path().join(name);
    for (source, at) in [("--data", data), ("--backup", backup)] {
        let name = |format: &str| place(&format!("{source}.{format}"));
        let keys = format!("{data}/KEYS");
        let of = if source == "--backup" {
            vec![source, at, "--keys", &keys]
        } else {
            vec![source, at]
        };
        exported(&name("sqlite"), &of);
        assert_same(&expected, &of_sqlite(&name("sqlite")), source);
        exported(&name("lines"), &[&of[..], &["--format", "jsonl"]].concat());
        assert_same(&expected, &of_json_lines(&name("lines")), source);
        exported(&name("files"), &[&of[..], &["--format", "csv"]].concat());
        assert_same(
            &without_empty(&expected),
            &without_empty(&of_csv(&name("files"))),
            source,
        );
    }
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o077;
    assert_eq!(
        (mode(&wire), mode(&place("wire"))),
        (0, 0),
        "others could read it"
    );
    let csv = fs::read_to_string(place("wire").join("learners.csv")).unwrap();
    assert!(csv.contains(&format!("\"'{}\"", NAMES[0])), "{csv}");
    keep(world.folder.path());
    let csv = fs::read_to_string(place("wire").join("edit_values.csv")).unwrap();
    assert!(
        csv.contains(&format!("\"'{}\"", TEXT.replace('"', "\"\""))),
        "{csv}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_random_history_is_the_same_from_the_service_and_a_backup() {
    let world = Viewed::random(21).await;
    let (data, url) = (world.data(), world.nats.url());
    let backup = world.backup();
    let backed_up =
        plansync_tests::program::on_folder(&["backup"], &data, &[backup.to_str().unwrap()]);
    assert_eq!(backed_up.code, Some(0), "{backed_up:?}");
    let place = |name: &str| world.folder.path().join(name);
    for tenant in [RANDOM, "northgate"] {
        let of = ["--tenant", tenant, "--as", "system"];
        let (one, other) = (
            place(&format!("{tenant}.db")),
            place(&format!("{tenant}.sqlite")),
        );
        exported(&one, &[&of[..], &["--nats-url", &url]].concat());
        exported(
            &other,
            &[
                &of[..],
                &[
                    "--backup",
                    backup.to_str().unwrap(),
                    "--keys",
                    data.join("KEYS").to_str().unwrap(),
                ],
            ]
            .concat(),
        );
        assert_same(&of_sqlite(&one), &of_sqlite(&other), tenant);
        super::true_rows::compare(&world.client.of_tenant(tenant), &of_sqlite(&one)).await;
    }
}
