//! Anchors: a log that was changed as a whole, with everything computed again, is not what its anchor states.

use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plansync_log::{
    Append as _, CommandKey, Position, Proposal, Recorded, StreamId, StreamKey, Tip, sequence,
};
use plansync_sled::{Folder, Options, SledLog, Stepped};
use plansync_tests::college::{SOURCE, bulky_edit};
use plansync_tests::program::{Ended, on_folder, run};
use plansync_tests::skipping::skip;
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{World, serve, world};

/// What a log has, without positions and hashes.
type Decisions = Vec<(Recorded, Proposal)>;

/// The text that a forged commit has instead of another one of the same length.
const EDITED: (&[u8], &[u8]) = (b"Renamed", b"Removed");

/// Runs a command that needs neither NATS nor a folder.
fn plainly(arguments: &[&str]) -> Ended {
    run("nats://nowhere.invalid", arguments)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Makes a key pair, and gives the files of the private key and of the verifier key.
fn key(world: &World, name: &str) -> (PathBuf, PathBuf) {
    let private = world.path(name);
    let done = plainly(&[
        "audit",
        "key",
        "college.example/plansync",
        "--to",
        text(&private),
    ]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let mode = std::fs::metadata(&private).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let public = world.path(&format!("{name}.pub"));
    assert!(
        done.out
            .contains(std::fs::read_to_string(&public).unwrap().trim())
    );
    (private, public)
}

fn anchor(world: &World, data: &Path, key: &Path, name: &str) -> (PathBuf, Value) {
    let file = world.path(name);
    let more = ["--key", text(key), "--to", text(&file)];
    let made = on_folder(&["audit", "anchor"], data, &more);
    assert_eq!(made.code, Some(0), "{made:?}");
    (file, made.json())
}

fn verify(data: &Path, anchors: &[&Path], trust: &Path) -> Ended {
    let mut more = vec!["--trust", text(trust)];
    for anchor in anchors {
        more.extend(["--anchor", text(anchor)]);
    }
    on_folder(&["audit", "verify"], data, &more)
}

/// The same for a backup of the folder, which is made for it.
fn verify_backup(world: &World, data: &Path, anchors: &[&Path], trust: &Path) -> Ended {
    let name = data.file_name().unwrap().to_str().unwrap();
    let file = world.path(&format!("{name}.backup"));
    let made = on_folder(&["backup"], data, &[text(&file)]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let mut command = vec!["audit", "verify", "--output", "json", "--backup"];
    command.extend([text(&file), "--trust", text(trust)]);
    for anchor in anchors {
        command.extend(["--anchor", text(anchor)]);
    }
    run("", &command)
}

fn standings(ended: &Ended) -> Vec<Value> {
    let anchors = ended.json()["anchors"].clone();
    let anchors = anchors.as_array().unwrap();
    anchors
        .iter()
        .map(|anchor| anchor["standing"].clone())
        .collect()
}

/// Every decision of a log, with its time.
fn decisions(data: &Path) -> (Tip, Decisions) {
    let folder = Folder::look(data).unwrap();
    let mut all = Vec::new();
    let read = folder.commits(Position::FIRST, &mut |page| {
        let decoded = page
            .iter()
            .map(|commit| (commit.at(), commit.decode().unwrap().proposal));
        all.extend(decoded);
        ControlFlow::Continue(())
    });
    read.unwrap();
    (folder.tip(), all)
}

/// A whole log with the same id and these decisions: the chain and everything derived is computed anew.
fn forge(to: &Path, id: Tip, decisions: &[(Recorded, Proposal)]) {
    let options = Options {
        new_log: id.log,
        volume_bytes: 1 << 20,
        ..Options::default()
    };
    let (mut appender, reader, mut sealer) = SledLog::open(to, options).unwrap();
    let mut tip = Tip::empty(id.log, id.incarnation);
    for (at, proposal) in decisions {
        let (commit, next) = sequence(&tip, *at, proposal).unwrap();
        appender.append(&[commit]).unwrap();
        tip = next;
        while sealer.step().unwrap() != Stepped::Idle {}
    }
    drop((reader, sealer));
    appender.close().unwrap();
}

/// The last decision that is the only one of its stream: without it, no version is missing.
fn single(decisions: &[(Recorded, Proposal)]) -> usize {
    let is_single = |(_, proposal): &(Recorded, Proposal)| {
        let same = |(_, other): &&(Recorded, Proposal)| other.stream == proposal.stream;
        decisions.iter().filter(same).count() == 1
    };
    decisions.iter().rposition(is_single).unwrap()
}

fn edit(decisions: &mut [(Recorded, Proposal)]) {
    let (old, new) = EDITED;
    let bodies = decisions
        .iter_mut()
        .flat_map(|(_, proposal)| &mut proposal.events);
    let found = bodies.into_iter().find_map(|event| {
        let at = event.body.windows(old.len()).position(|part| part == old)?;
        Some(&mut event.body[at..at + old.len()])
    });
    found.unwrap().copy_from_slice(new);
}

fn insert(decisions: &mut Decisions) {
    let at = single(decisions);
    let (time, mut copy) = decisions[at].clone();
    let (tenant, kind) = (copy.stream.tenant().clone(), copy.stream.kind());
    copy.stream = StreamId::new(tenant, kind, StreamKey::Uuid(Uuid::from_u128(0xf0)));
    copy.command = CommandKey {
        id: Uuid::from_u128(0xf1),
        ..copy.command
    };
    decisions.insert(at, (time, copy));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_extends_its_anchors_and_whatever_replaced_it_does_not() {
    let mut world = world().await;
    let (private, public) = key(&world, "anchor.key");
    let (first, early) = anchor(&world, &world.data(), &private, "first.anchor");
    world.fill_volumes().await;
    let head = world.client.get("sam", "audit.head", json!({})).await;
    world.stop();
    let (second, late) = anchor(&world, &world.data(), &private, "second.anchor");
    assert!(early["size"].as_u64() < late["size"].as_u64());
    for field in ["origin", "size", "root"] {
        assert_eq!(head[field], late[field], "{field}");
    }
    let anchors: [&Path; 2] = [&first, &second];
    let whole = verify(&world.data(), &anchors, &public);
    assert_eq!(
        (whole.code, standings(&whole)),
        (Some(0), vec![json!("extends"); 2])
    );
    assert_eq!(whole.json()["tree"]["root"], late["root"]);

    let (tip, honest) = decisions(&world.data());
    let mut forgeries: Vec<(&str, &str, Decisions)> = Vec::new();
    let mut add = |name, standing, change: &dyn Fn(&mut Decisions)| {
        let mut changed = honest.clone();
        change(&mut changed);
        forgeries.push((name, standing, changed));
    };
    add("edited", "differs", &|all| edit(all));
    add("inserted", "differs", &|all| insert(all));
    add("swapped", "differs", &|all| {
        let at = single(all);
        all.swap(at - 1, at);
    });
    // What is dropped in the middle is made good at the end, or the log would only be shorter.
    add("dropped", "differs", &|all| {
        let dropped = all.remove(single(all));
        all.push(dropped);
    });
    add("shortened", "shorter", &|all| {
        all.pop();
    });
    for (name, standing, decisions) in forgeries {
        let folder = world.path(name);
        forge(&folder, tip, &decisions);
        let alone = on_folder(&["audit", "verify"], &folder, &[]);
        assert_eq!(alone.code, Some(0), "{name} is whole in itself: {alone:?}");
        let compared = verify(&folder, &[&second], &public);
        let found = (compared.code, standings(&compared));
        assert_eq!(
            found,
            (Some(4), vec![json!(standing)]),
            "{name}: {compared:?}"
        );
        let compared = verify_backup(&world, &folder, &[&second], &public);
        let of_backup = (compared.code, standings(&compared));
        assert_eq!(of_backup, found, "{name}: {compared:?}");
    }
    // The honest decisions give the honest log, so it is the changes that were found.
    let copy = world.path("copy");
    forge(&copy, tip, &honest);
    assert_eq!(verify(&copy, &anchors, &public).code, Some(0));
    let backup = verify_backup(&world, &copy, &anchors, &public);
    assert_eq!(backup.code, Some(0), "{backup:?}");
    assert_eq!(backup.json()["tree"], whole.json()["tree"]);
    let mut bytes = std::fs::read(world.path("copy.backup")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(world.path("copy.backup"), bytes).unwrap();
    let file = world.path("copy.backup");
    let damaged = run("", &["audit", "verify", "--backup", text(&file)]);
    assert_eq!(damaged.code, Some(4), "{damaged:?}");
    assert!(
        damaged.out.ends_with("The backup is NOT intact.\n"),
        "{damaged:?}"
    );

    let other = Tip::empty(
        plansync_log::LogId::new(Uuid::from_u128(5)),
        tip.incarnation,
    );
    forge(&world.path("other"), other, &honest);
    let compared = verify(&world.path("other"), &[&second], &public);
    assert_eq!(
        (compared.code, standings(&compared)),
        (Some(4), vec![json!("other_log")])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_restore_lost_is_not_called_tampered_with_and_a_later_anchor_confirms_it() {
    let mut world = world().await;
    let (private, public) = key(&world, "anchor.key");
    let (early, made) = anchor(&world, &world.data(), &private, "early.anchor");
    let edit = bulky_edit(SOURCE, 1);
    world.client.get("alice", "plan.edit", edit).await;
    let (late, _) = anchor(&world, &world.data(), &private, "late.anchor");
    let backup = world.path("log.backup");
    assert_eq!(
        on_folder(&["backup"], &world.data(), &[text(&backup)]).code,
        Some(0)
    );
    world.stop();
    let restored = world.path("restored");
    let to = made["size"].to_string();
    let keys = world.data().join("KEYS");
    let command = [
        "restore",
        text(&backup),
        "--to-position",
        &to,
        "--keys",
        text(&keys),
    ];
    let ended = on_folder(&command, &restored, &[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");

    let compared = verify(&restored, &[&early, &late], &public);
    let expected = vec![json!("extends"), json!("lost_by_restore")];
    assert_eq!((compared.code, standings(&compared)), (Some(5), expected));
    let engine = serve(&world.nats, &restored).await;
    world
        .client
        .get("alice", "plan.edit", bulky_edit(SOURCE, 2))
        .await;
    assert_eq!(engine.terminate(), Some(0));
    let (next, made) = anchor(&world, &restored, &private, "next.anchor");
    assert!(made["origin"].as_str().unwrap().ends_with("/2"), "{made}");
    let confirmed = verify(&restored, &[&early, &late, &next], &public);
    assert_eq!(confirmed.code, Some(0), "{confirmed:?}");
    // The log of the anchor's own incarnation is older than the anchor.
    let older = verify(&world.data(), &[&next], &public);
    assert_eq!(
        (older.code, standings(&older)),
        (Some(4), vec![json!("later_incarnation")])
    );
    // A backup has the tree of the log that was backed up.
    let file = world.path("of-backup.anchor");
    let of_backup = plainly(&[
        "audit",
        "anchor",
        "--backup",
        text(&backup),
        "--key",
        text(&private),
        "--to",
        text(&file),
    ]);
    assert_eq!(of_backup.code, Some(0), "{of_backup:?}");
    let lines = |file: &Path| std::fs::read_to_string(file).unwrap();
    assert_eq!(lines(&file), lines(&late));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_proven_without_the_others_and_no_changed_bit_is_accepted() {
    let mut world = world().await;
    let (private, public) = key(&world, "anchor.key");
    let (_, stranger) = key(&world, "other.key");
    let head = world.client.get("sam", "audit.head", json!({})).await;
    let size = head["size"].as_u64().unwrap();
    let (file, _) = anchor(&world, &world.data(), &private, "log.anchor");
    let position = (size / 2).to_string();
    let (proof, commit) = (world.path("a.tlog-proof"), world.path("a.commit"));
    let more = [
        "--anchor",
        text(&file),
        "--to",
        text(&proof),
        "--commit",
        text(&commit),
    ];
    let made = on_folder(&["audit", "prove", &position], &world.data(), &more);
    assert_eq!(made.code, Some(0), "{made:?}");
    let check = |trust: &Path| {
        let arguments = [
            "audit",
            "check-proof",
            text(&proof),
            "--commit",
            text(&commit),
        ];
        plainly(
            &[
                arguments.as_slice(),
                &["--trust", text(trust), "--output", "json"],
            ]
            .concat(),
        )
    };
    let checked = check(&public);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert_eq!(checked.json()["position"].to_string(), position);
    assert_eq!(check(&stranger).code, Some(4));

    // The engine proves the same.
    let body = json!({"position": size / 2, "size": size});
    let wire = world.client.get("sam", "audit.proof", body).await;
    assert_eq!(wire["root"], head["root"]);
    assert_eq!(wire["leaf_hash"], made.json()["leaf_hash"]);
    let written = std::fs::read_to_string(&proof).unwrap();
    for hash in wire["hashes"].as_array().unwrap() {
        assert!(
            written.contains(&format!("\n{}\n", hash.as_str().unwrap())),
            "{hash}"
        );
    }
    assert_consistent(&world, size).await;

    // A program that shares no code with this one accepts both, and neither with a bit changed.
    let verifier = concat!(env!("CARGO_MANIFEST_DIR"), "/anchors/verify.py");
    for files in [vec![&file], vec![&proof, &commit]] {
        let mut python = Command::new("python3");
        python
            .args([verifier, "--bits", "61"])
            .arg(&public)
            .args(files);
        match python.output() {
            Ok(output) => assert!(output.status.success(), "{output:?}"),
            Err(error) => skip(format!("anchors are not verified by Python: {error}")),
        }
    }

    let bytes = std::fs::read(&commit).unwrap();
    for at in [0, 8, 20, 60, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        std::fs::write(&commit, changed).unwrap();
        assert_eq!(check(&public).code, Some(4), "byte {at}");
    }
    world.stop();
}

/// The engine proves that earlier trees are the beginning of this one.
async fn assert_consistent(world: &World, size: u64) {
    use plansync_log::merkle::{Hash, TreeHead, check_consistency};

    let hash = |value: &Value| {
        let bytes = STANDARD.decode(value.as_str().unwrap()).unwrap();
        Hash::new(bytes.try_into().unwrap())
    };
    for old in [1, 2, size / 3, size - 1] {
        let ask = |body| world.client.get("sam", "audit.proof", body);
        let before = ask(json!({"position": 1, "size": old})).await;
        let proven = ask(json!({"old_size": old, "size": size})).await;
        let head = |size, reply: &Value| TreeHead {
            size,
            root: hash(&reply["root"]),
        };
        let hashes: Vec<Hash> = proven["hashes"]
            .as_array()
            .unwrap()
            .iter()
            .map(hash)
            .collect();
        check_consistency(&head(old, &before), &head(size, &proven), &hashes).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_keys_and_anchors_is_told() {
    let mut world = world().await;
    let (private, public) = key(&world, "anchor.key");
    let (_, stranger) = key(&world, "other.key");
    let (file, made) = anchor(&world, &world.data(), &private, "log.anchor");
    world.stop();
    let again = plainly(&["audit", "key", "a", "--to", text(&private)]);
    assert_eq!(again.code, Some(2), "{again:?}");
    // A verifier key of this name is there: no private key is written that has none.
    let half = world.path("half.key");
    std::fs::write(world.path("half.key.pub"), "mine").unwrap();
    let refused = plainly(&["audit", "key", "a", "--to", text(&half)]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused.err.contains("half.key.pub already exists"),
        "{refused:?}"
    );
    assert!(!half.exists());
    let bad_name = plainly(&["audit", "key", "a b", "--to", text(&world.path("k"))]);
    assert_eq!(bad_name.code, Some(2), "{bad_name:?}");
    let unknown = verify(&world.data(), &[&file], &stranger);
    assert_eq!(unknown.code, Some(4), "{unknown:?}");
    assert!(
        unknown.err.contains("no trusted key signed it"),
        "{unknown:?}"
    );
    let more = ["--anchor", text(&file)];
    let untrusted = on_folder(&["audit", "verify"], &world.data(), &more);
    assert_eq!(untrusted.code, Some(2), "{untrusted:?}");
    let secret = verify(&world.data(), &[&file], &private);
    assert_eq!(secret.code, Some(2), "{secret:?}");
    let witnessed = [
        "--anchor",
        text(&file),
        "--trust",
        text(&public),
        "--witnesses",
        "1",
    ];
    let witnessed = on_folder(&["audit", "verify"], &world.data(), &witnessed);
    assert_eq!(witnessed.code, Some(4), "{witnessed:?}");
    let beyond = (made["size"].as_u64().unwrap() + 1).to_string();
    let beyond = on_folder(&["audit", "prove", &beyond], &world.data(), &more);
    assert_eq!(beyond.code, Some(2), "{beyond:?}");
    let note = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, note.replace("plansync/", "plansynk/")).unwrap();
    let changed = verify(&world.data(), &[&file], &public);
    assert_eq!(changed.code, Some(4), "{changed:?}");
}
