//! `plansync audit`: what is whole is said to be whole, and what is not is found.

use std::path::{Path, PathBuf};
use std::process::Command;

use plansync_tests::binary::{command, plansync};
use plansync_tests::program::{Ended, on_folder, run};
use plansync_tests::skipping::skip;
use serde_json::{Value, json};

use super::queries::all_answers;
use super::world::{World, serve, world};

fn verify(data: &Path) -> Ended {
    on_folder(&["audit", "verify"], data, &[])
}

/// Flips one bit in the middle of what a file holds.
fn flip(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[end / 2] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

fn kinds(ended: &Ended) -> Vec<Value> {
    let findings = ended.json()["findings"].clone();
    let findings = findings.as_array().unwrap();
    let kinds = findings.iter().map(|found| found["kind"].clone());
    kinds.filter(|kind| kind != "note").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_log_is_whole_while_the_engine_runs_and_after() {
    let mut world = world().await;
    world.fill_volumes().await;
    let url = world.nats.url();
    let data = world.data();
    let running = on_folder(&["audit", "verify"], &data, &["--nats-url", &url]);
    assert_eq!(running.code, Some(0), "{running:?}");
    let said = running.json();
    assert_eq!(
        (&said["whole"], &said["in_use"], &said["incarnation"]),
        (&json!(true), &json!(true), &json!(1))
    );
    assert_eq!(said["events"]["agreeing"], said["events"]["messages"]);
    assert!(said["events"]["messages"].as_u64().unwrap() > 160);
    let reindexing = on_folder(&["audit", "reindex"], &data, &[]);
    assert_eq!(reindexing.code, Some(4), "{reindexing:?}");
    world.stop();

    let stopped = run(&url, &["audit", "verify", "--data", data.to_str().unwrap()]);
    assert_eq!(stopped.code, Some(0), "{stopped:?}");
    assert!(
        stopped.out.ends_with("The log is intact.\n"),
        "{}",
        stopped.out
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_in_a_sealed_volume_or_in_the_journal_is_found_and_told() {
    let mut world = world().await;
    world.fill_volumes().await;
    world.stop();
    let volumes = world.data().join("volumes");
    let sealed = volumes.join("00000001/commits/db");
    let entries = std::fs::read_dir(&volumes).unwrap();
    let journals = entries.map(|entry| entry.unwrap().path().join("journal"));
    let active: PathBuf = journals.filter(|path| path.exists()).min().unwrap();
    for file in [&sealed, &active] {
        let before = std::fs::read(file).unwrap();
        flip(file);
        let ended = verify(&world.data());
        assert_eq!(ended.code, Some(4), "{ended:?}");
        assert_eq!(ended.json()["whole"], false);
        let path = file
            .ancestors()
            .find(|path| path.parent() == Some(&volumes));
        let path = path.unwrap().to_str().unwrap();
        let found = &ended.json()["findings"][0];
        assert_eq!(found["kind"], "damage");
        assert!(found["path"].as_str().unwrap().starts_with(path), "{found}");
        assert!(
            found["remedy"].as_str().unwrap().contains("backup"),
            "{found}"
        );
        std::fs::write(file, before).unwrap();
    }
    assert_eq!(verify(&world.data()).code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_derived_is_made_again_and_no_answer_changes() {
    let mut world = world().await;
    world.fill_volumes().await;
    let before = all_answers(&world.client, &world).await;
    world.stop();
    let derived = world.data().join("volumes/00000001/derived");
    flip(&derived);
    let ended = verify(&world.data());
    assert_eq!(
        (ended.code, kinds(&ended)),
        (Some(4), vec![json!("derived")])
    );

    let reindexed = on_folder(&["audit", "reindex"], &world.data(), &[]);
    assert_eq!(reindexed.code, Some(0), "{reindexed:?}");
    assert_eq!(reindexed.json()["rewritten"], 1);
    assert_eq!(verify(&world.data()).code, Some(0));
    let _engine = serve(&world.nats, &world.data()).await;
    assert_eq!(all_answers(&world.client, &world).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_the_relay_that_the_engine_would_refuse_is_found() {
    let mut world = world().await;
    world.stop();
    let cursor = world.data().join("RELAY");
    flip(&cursor);
    let ended = verify(&world.data());
    assert_eq!(
        (ended.code, kinds(&ended)),
        (Some(4), vec![json!("derived")])
    );
    assert_eq!(
        ended.json()["findings"][0]["remedy"],
        "remove it; the relay then continues after the last event in the stream"
    );
    std::fs::remove_file(&cursor).unwrap();
    assert_eq!(verify(&world.data()).code, Some(0));
    let _engine = serve(&world.nats, &world.data()).await;
}

#[test]
fn a_folder_without_a_log_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let ended = verify(folder.path());
    assert_eq!(ended.code, Some(4));
    assert_eq!(ended.json()["findings"][0]["what"], "there is no log in it");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    // As `plansync dev` has it.
    let log = folder.path().join("log");
    std::fs::create_dir(&log).unwrap();
    std::fs::write(log.join("MANIFEST"), "").unwrap();
    let meant = format!("did you mean {}", log.display());
    let ended = verify(folder.path());
    let expected = format!("there is no log in it; {meant}");
    assert_eq!(ended.json()["findings"][0]["what"], expected);
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("x.backup");
    let ended = on_folder(&["backup"], folder.path(), &[file.to_str().unwrap()]);
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(ended.err.contains(&meant), "{}", ended.err);
}

#[test]
fn a_file_in_the_place_of_a_folder_is_not_in_use() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let ended = verify(file.path());
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert_eq!(ended.json()["in_use"], false);
}

/// Runs `audit verify` after a line of shell, or under a program.
fn verify_under(shell: &str, data: &Path) -> Ended {
    let output = Command::new("sh")
        .args(["-c", &format!("{shell} \"$@\""), "sh"])
        .arg(plansync())
        .args(["audit", "verify", "--output", "json", "--data"])
        .arg(data)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Fails unless the check ended as one that the machine did not allow, with this as the remedy.
#[track_caller]
fn assert_unchecked(ended: &Ended, remedy: &str) {
    assert_eq!(ended.code, Some(5), "{ended:?}");
    let said = ended.json();
    assert_eq!(
        (&said["damaged"], &said["whole"]),
        (&json!(0), &json!(false))
    );
    let findings = said["findings"].as_array().unwrap();
    let unchecked = findings.iter().filter(|found| found["kind"] == "unchecked");
    let remedies: Vec<_> = unchecked
        .map(|found| found["remedy"].as_str().unwrap())
        .collect();
    let is_told = remedies.iter().any(|told| told.contains(remedy));
    assert!(is_told, "{remedies:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_machine_refuses_is_no_damage() {
    let mut world = world().await;
    world.fill_volumes().await;
    world.stop();
    let nowhere = verify_under("TMPDIR=/nowhere; export TMPDIR; exec", &world.data());
    assert_unchecked(&nowhere, "TMPDIR");
    restore_says_of_a_temporary_folder_that_is_none_before_it_begins(&world);
    let mut refused = 0;
    for files in 8..=20 {
        let ended = verify_under(&format!("ulimit -n {files}; exec"), &world.data());
        if ended.out.is_empty() {
            // It could not even begin.
            assert_eq!(ended.code, Some(5), "{ended:?}");
            assert!(ended.err.contains("Too many open files"), "{}", ended.err);
            assert!(ended.err.contains("ulimit -n"), "{}", ended.err);
        } else if ended.code != Some(0) {
            refused += 1;
            assert_unchecked(&ended, "ulimit");
        }
    }
    assert!(refused > 0, "no limit was met while it checked");
    assert_eq!(verify(&world.data()).code, Some(0));
}

fn restore_says_of_a_temporary_folder_that_is_none_before_it_begins(world: &World) {
    let (file, data) = (world.path("x.backup"), world.path("restored"));
    std::fs::write(&file, "it is not even read").unwrap();
    let output = command()
        .arg("restore")
        .arg(&file)
        .arg("--data")
        .arg(&data)
        .env("TMPDIR", "/nowhere")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(said.contains("set TMPDIR to another folder"), "{said}");
    assert!(!said.contains("check the disk"), "{said}");
    assert!(!data.exists());
}

/// Whether a program that a test needs can be run here; where tests must run, it must.
fn can_run(program: &str, arguments: &[&str]) -> bool {
    let run = Command::new(program).args(arguments).status();
    if run.is_ok_and(|status| status.success()) {
        return true;
    }
    skip(format!("{program} cannot be run here"));
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_folder_that_is_full_or_takes_no_locks_is_no_damage() {
    let mut world = world().await;
    world.fill_volumes().await;
    world.stop();
    if can_run("strace", &["-qq", "-o", "/dev/null", "true"]) {
        let strace = "exec strace -f -qq -o /dev/null -e inject=flock:error=ENOLCK";
        assert_unchecked(&verify_under(strace, &world.data()), "TMPDIR");
    }
    let namespace = ["--user", "--map-root-user", "--mount"];
    if can_run("unshare", &[&namespace[..], &["true"]].concat()) {
        let small = tempfile::tempdir().unwrap();
        let shell = format!(
            "exec unshare {} sh -c 'mount -t tmpfs -o size=64k none \"$0\"; TMPDIR=$0 exec \"$@\"' {}",
            namespace.join(" "),
            small.path().display()
        );
        assert_unchecked(&verify_under(&shell, &world.data()), "TMPDIR");
    }
}
