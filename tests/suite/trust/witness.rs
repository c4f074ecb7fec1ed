//! A log that was edited and chained anew is whole in itself; the events that were published of it
//! say that it is another.

use std::ops::ControlFlow;
use std::path::Path;

use plansync_log::{Append, Position, Recorded, Sequenced, sequence};
use plansync_sled::{Folder, Options, SledLog};
use plansync_tests::college::{bulky_edit, target};
use plansync_tests::program::on_folder;
use serde_json::json;

use super::world::{names, world};

fn commits(data: &Path) -> (Folder, Vec<Sequenced>) {
    let folder = Folder::look(data).unwrap();
    let mut commits = Vec::new();
    let read = folder.commits(Position::FIRST, &mut |page| {
        commits.extend(page.iter().cloned());
        ControlFlow::Continue(())
    });
    read.unwrap();
    (folder, commits)
}

/// The same log without its last commit, or with another in its place that was made a second later.
fn forge(data: &Path, forged: &Path, is_replaced: bool) {
    let (folder, commits) = commits(data);
    let options = Options {
        new_log: folder.tip().log,
        ..Options::default()
    };
    let (mut appender, reader, _sealer) = SledLog::open(forged, options).unwrap();
    let (last, kept) = commits.split_last().unwrap();
    appender.append(kept).unwrap();
    let tip = plansync_log::Read::tip(&*reader);
    let later = Recorded::new(last.at().get() + 1_000_000);
    let (other, _) = sequence(&tip, later, &last.decode().unwrap().proposal).unwrap();
    if is_replaced {
        appender.append(&[other]).unwrap();
    }
    appender.close().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_last_commit_was_replaced_or_removed_is_found_by_its_events() {
    let mut world = world().await;
    let edit = bulky_edit(target(0), 1);
    let edited = world.client.get("alice", "plan.edit", edit).await;
    let published = names(&world.client, 1, &edited).await;
    world.stop();
    let position = edited["position"].clone();
    let forged = world.path("forged");
    forge(&world.data(), &forged, true);

    let alone = on_folder(&["audit", "verify"], &forged, &[]);
    assert_eq!(alone.code, Some(0), "{alone:?}");
    let url = world.nats.url();
    let compared = on_folder(&["audit", "verify"], &forged, &["--nats-url", &url]);
    assert_eq!(compared.code, Some(4), "{compared:?}");
    let said = compared.json();
    let messages = published.len();
    let expected = json!({"messages": messages, "agreeing": messages - 1});
    assert_eq!(said["events"], expected);
    let found = said["findings"][0]["what"].as_str().unwrap();
    let first = format!("1 events differ from the log; the first is at position {position} (hash ");
    assert!(found.starts_with(&first), "{found}");

    let shorter = world.path("shorter");
    forge(&world.data(), &shorter, false);
    let compared = on_folder(&["audit", "verify"], &shorter, &["--nats-url", &url]);
    assert_eq!(compared.code, Some(4), "{compared:?}");
    let (end, said) = (position.as_u64().unwrap() - 1, compared.json());
    let expected =
        format!("it has 1 events up to position {position}, but the log ends at position {end}");
    assert_eq!(said["findings"][0]["what"], expected);

    let other = self::world().await;
    let url_of_other = other.nats.url();
    let compared = on_folder(
        &["audit", "verify"],
        &world.data(),
        &["--nats-url", &url_of_other],
    );
    assert_eq!(compared.code, Some(4), "{compared:?}");
    let found = &compared.json()["findings"][0]["what"];
    assert!(
        found.as_str().unwrap().contains("events belong to the log"),
        "{found}"
    );

    let whole = on_folder(&["audit", "verify"], &world.data(), &["--nats-url", &url]);
    assert_eq!(whole.code, Some(0), "{whole:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_commits_that_a_restore_undid_are_noted() {
    let world = world().await;
    let backup = world.path("log.backup");
    on_folder(&["backup"], &world.data(), &[backup.to_str().unwrap()]);
    let restored = world.path("restored");
    let keys = world.data().join("KEYS");
    let restoring = [
        "restore",
        backup.to_str().unwrap(),
        "--keys",
        keys.to_str().unwrap(),
    ];
    assert_eq!(on_folder(&restoring, &restored, &[]).code, Some(0));
    let edit = bulky_edit(target(0), 1);
    let edited = world.client.get("alice", "plan.edit", edit).await;
    names(&world.client, 1, &edited).await;
    let url = world.nats.url();

    // For the next incarnation of the log, what came after the backup is undone, and that is no damage.
    let undone = on_folder(&["audit", "verify"], &restored, &["--nats-url", &url]);
    assert_eq!(undone.code, Some(0), "{undone:?}");
    let what = &undone.json()["findings"][0]["what"];
    assert_eq!(what, "1 events belong to commits that a restore removed");
}
