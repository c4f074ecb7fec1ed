//! `plansync restore --seal`: a log of an earlier version becomes one that can be erased from, and stays the same
//! otherwise; an interrupted one leaves nothing at its place.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use plansync_log::Position;
use plansync_sled::Folder;
use plansync_tests::binary::{command, plansync};
use plansync_tests::college::{PROGRAMME, target};
use plansync_tests::program::{Ended, on_folder, run};
use plansync_tests::skipping::skip;
use serde_json::{Value, json};

use super::erasure::{found_of, log_of};
use super::plain_log::{MISSENT, NAME, PLANTED, REASON, SEARCH, write};
use super::queries::all_answers;
use super::world::on;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn back_up(data: &Path, file: &Path, more: &[&str]) {
    let arguments = [&[text(file)], more].concat();
    let backed_up = on_folder(&["backup"], data, &arguments);
    assert_eq!(backed_up.code, Some(0), "{backed_up:?}");
}

fn restored(file: &Path, into: &Path, more: &[&str]) {
    let done = on_folder(&["restore", text(file)], into, more);
    assert_eq!(done.code, Some(0), "{done:?}");
}

/// Everything of every commit that sealing does not change.
fn commits(data: &Path, until: u64) -> Vec<String> {
    let mut commits = Vec::new();
    let read = Folder::look(data)
        .unwrap()
        .commits(Position::FIRST, &mut |page| {
            for commit in page {
                let decoded = commit.decode().unwrap();
                let proposal = decoded.proposal;
                let kinds: Vec<_> = proposal.events.iter().map(|event| event.kind).collect();
                commits.push(format!(
                    "{} {:?} {:?} {:?} {} {:?} {:?} {:?} {kinds:?}",
                    decoded.position,
                    decoded.at,
                    proposal.stream,
                    proposal.version,
                    proposal.actor,
                    proposal.command,
                    proposal.cause,
                    proposal.judged_at,
                ));
            }
            ControlFlow::Continue(())
        });
    read.unwrap();
    commits.truncate(usize::try_from(until).unwrap());
    commits
}

fn is_whole(data: &Path) {
    for check in ["verify", "check"] {
        let checked = on_folder(&["audit", check], data, &[]);
        assert_eq!(checked.code, Some(0), "{checked:?}");
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_log_is_sealed_answers_the_same_and_can_be_erased_from() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (plain, file, sealed) = (path("plain"), path("log.backup"), path("sealed"));
    let (sync, session) = write(&plain);
    for planted in PLANTED {
        assert!(
            !found_of(&plain, &[planted]).is_empty(),
            "{planted} is not in it"
        );
    }
    back_up(&plain, &file, &[]);
    restored(&file, &path("as-it-was"), &[]);
    restored(&file, &sealed, &["--seal"]);
    assert_eq!(
        names_in(folder.path()),
        ["as-it-was", "log.backup", "plain", "sealed"]
    );
    assert_eq!(found_of(&sealed, &PLANTED), Vec::<String>::new());
    let before = commits(&plain, u64::MAX);
    assert!(before.len() > 100);
    assert_eq!(commits(&sealed, u64::MAX), before);
    is_whole(&sealed);
    let log = log_of(&sealed);
    assert!(
        [NAME, REASON, SEARCH]
            .into_iter()
            .all(|text| log.contains(text))
    );

    let mut world = on(&path("as-it-was"), (&sync, &session)).await;
    let answers = all_answers(&world.client, &world).await;
    world.stop();
    let mut world = on(&sealed, (&sync, &session)).await;
    let of_sealed = all_answers(&world.client, &world).await;
    for (sealed, plain) in of_sealed.iter().zip(&answers) {
        assert_eq!(sealed, plain);
    }
    assert_eq!(of_sealed.len(), answers.len());
    let erase = json!({"learner": target(0)});
    world.client.get("system", "learner.erase", erase).await;
    world.stop();
    let log = log_of(&sealed);
    for erased in [NAME, REASON, SEARCH, MISSENT] {
        assert!(!log.contains(erased), "{erased}");
    }
    assert!(log.contains("Target 0001") && log.contains("Source Learner"));
    assert_eq!(found_of(&sealed, &PLANTED), Vec::<String>::new());
    is_whole(&sealed);
}

/// A log that an earlier version began and this one goes on with: some texts are plain, some sealed, some erased.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_sealed_in_part_is_sealed_with_its_keys_and_what_was_erased_stays_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (data, file, keys, sealed) = (
        path("data"),
        path("log.backup"),
        path("keys"),
        path("sealed"),
    );
    let (sync, session) = write(&data);
    let mut world = on(&data, (&sync, &session)).await;
    let record = |learner, name: &str| {
        json!({
            "learner": target(learner), "name": name, "case_owner": "sam", "groups": [], "tutors": [],
            "enrolments": [{"programme": PROGRAMME, "status": "active"}],
        })
    };
    for (learner, name) in [(1, "Renata Sealedname"), (2, "Ottokar Gonesoon")] {
        world
            .client
            .get("system", "learner.put", record(learner, name))
            .await;
    }
    let erase = json!({"learner": target(2)});
    world.client.get("system", "learner.erase", erase).await;
    let before = all_answers(&world.client, &world).await;
    world.stop();
    back_up(&data, &file, &["--keys", text(&keys)]);

    let refused = on_folder(&["restore", text(&file)], &sealed, &["--seal"]);
    assert_ne!(refused.code, Some(0));
    assert!(refused.err.contains("--keys"), "{refused:?}");
    assert!(!sealed.exists());
    restored(&file, &sealed, &["--seal", "--keys", text(&keys)]);
    let planted = [&PLANTED[..], &["Renata Sealedname", "Ottokar Gonesoon"]].concat();
    assert_eq!(found_of(&sealed, &planted), Vec::<String>::new());
    is_whole(&sealed);
    let mut world = on(&sealed, (&sync, &session)).await;
    let after = all_answers(&world.client, &world).await;
    for (after, before) in after.iter().zip(&before) {
        // A repeat of a command whose fingerprint was under the old keys is refused; this one was plain.
        assert_eq!(after, before);
    }
    world.stop();
    let log = log_of(&sealed);
    assert!(log.contains("Renata Sealedname") && log.contains(NAME));
    assert!(!log.contains("Ottokar Gonesoon") && !log.contains("Target 0002"));

    let lost = path("lost");
    restored(&file, &lost, &["--seal", "--without-keys"]);
    let log = log_of(&lost);
    assert!(!log.contains("Renata Sealedname") && log.contains(NAME));
    is_whole(&lost);
}

fn spawn_sealing(file: &Path, into: &Path) -> std::process::Child {
    command()
        .args([
            "restore",
            text(file),
            "--seal",
            "--output",
            "json",
            "--data",
        ])
        .arg(into)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_sealing_that_is_interrupted_leaves_no_log_and_no_text_and_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (plain, file, sealed) = (path("plain"), path("log.backup"), path("sealed"));
    let _known = write(&plain);
    back_up(&plain, &file, &[]);
    std::fs::remove_dir_all(&plain).unwrap();
    let mut interrupted = 0;
    for round in 0..12 {
        let mut child = spawn_sealing(&file, &sealed);
        std::thread::sleep(Duration::from_millis(10 + round * 30));
        let signal = if round % 2 == 0 { "-KILL" } else { "-INT" };
        let pid = child.id().to_string();
        let _ended_before = Command::new("kill")
            .args([signal, &pid])
            .stderr(Stdio::null())
            .status();
        child.wait().unwrap();
        if sealed.exists() {
            is_whole(&sealed);
            std::fs::remove_dir_all(&sealed).unwrap();
        } else {
            interrupted += 1;
        }
        let left = path("sealed.restoring");
        let is_left = left.exists();
        assert_eq!(names_in(folder.path()).len(), 1 + usize::from(is_left));
        assert!(!left.join("MANIFEST").exists());
        if is_left {
            assert_eq!(raw(&left), Vec::<String>::new());
        }
    }
    assert!(interrupted > 2, "{interrupted}");
    restored(&file, &sealed, &["--seal"]);
    is_whole(&sealed);
    assert_eq!(names_in(folder.path()), ["log.backup", "sealed"]);
}

/// The files of a folder that is no log which hold a planted text.
fn raw(folder: &Path) -> Vec<String> {
    let files = super::erasure::files(folder).into_iter();
    let holding = files.filter(|file| {
        let bytes = std::fs::read(file).unwrap();
        PLANTED
            .iter()
            .any(|text| super::erasure::holds(&bytes, text))
    });
    holding.map(|file| file.display().to_string()).collect()
}

#[test]
fn a_damaged_backup_and_a_folder_in_use_are_refused_and_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (plain, file, sealed) = (path("plain"), path("log.backup"), path("sealed"));
    let _known = write(&plain);
    back_up(&plain, &file, &[]);
    let whole = std::fs::read(&file).unwrap();
    let seal = |into: &Path| -> Ended {
        run(
            "nats://nowhere.invalid",
            &[
                "restore",
                text(&file),
                "--seal",
                "--data",
                text(into),
                "--output",
                "json",
            ],
        )
    };
    let in_use = seal(&plain);
    assert_ne!(in_use.code, Some(0));
    assert!(in_use.err.contains("is not empty"), "{in_use:?}");
    for (end, said) in [
        (whole.len() / 2, "truncated"),
        (whole.len() - 1, "truncated"),
    ] {
        std::fs::write(&file, &whole[..end]).unwrap();
        let refused = seal(&sealed);
        assert_ne!(refused.code, Some(0));
        assert!(refused.err.contains(said), "{refused:?}");
        assert_eq!(names_in(folder.path()), ["log.backup", "plain"]);
    }
    let error: Value = serde_json::from_str(seal(&sealed).err.trim()).unwrap();
    assert!(error["error"]["message"].is_string());
}

/// On a file system of 300 KiB, where one can be mounted.
#[test]
fn a_full_disk_ends_a_sealing_and_leaves_nothing() {
    const SCRIPT: &str = r#"
unshare --user --map-root-user --mount true || exit 77
exec unshare --user --map-root-user --mount sh -c '
mount -t tmpfs -o size=300k none "$0" || exit 77
"$1" restore "$2" --seal --data "$0/sealed" --output json >&2
code=$?
ls -A "$0"
exit $code' "$@"
"#;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (plain, file, disk) = (path("plain"), path("log.backup"), path("disk"));
    let _known = write(&plain);
    back_up(&plain, &file, &[]);
    std::fs::create_dir(&disk).unwrap();
    let output = Command::new("sh")
        .args(["-c", SCRIPT, "sh"])
        .arg(&disk)
        .arg(plansync())
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(77) {
        return skip(format!(
            "no file system can be mounted here, so no disk can be full: {said}"
        ));
    }
    assert_ne!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("\"error\""), "{said}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "",
        "something is left: {said}"
    );
}
