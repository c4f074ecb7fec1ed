//! What is sent: numbers and names out of bounds, doubled fields, loads, ids of others.

use plansync_tests::program::{Ended, exit_code, run};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use uuid::Uuid;

use super::{World, command, tenant, world};

#[test]
fn what_no_number_or_name_can_be_is_refused_before_anything_is_done() {
    let wrong: [&[&str]; 8] = [
        &["load", "x", "--in-flight", "0"],
        &["load", "x", "--timeout", "0"],
        &["load", "x", "--timeout", "18446744073709551615"],
        &["serve", "--data", "x", "--components-max", "0"],
        &["serve", "--data", "x", "--learners-max", "-1"],
        &["watch", "--tenant", "a.b"],
        &["watch", "--tenant", "a", "--events", "a b"],
        &["request", "tenant.get", "--tenant", "a*", "--as", "x"],
    ];
    for arguments in wrong {
        let ended = run("nats://127.0.0.1:1", arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
    }
    let creds = run(
        "nats://127.0.0.1:1",
        &[
            "request",
            "tenant.get",
            "--tenant",
            "a",
            "--as",
            "x",
            "--nats-creds",
            "/nowhere",
        ],
    );
    assert_eq!(creds.code, Some(2), "{creds:?}");
}

#[tokio::test]
async fn an_empty_variable_is_not_set() {
    let world = world().await;
    let asked = |creds: &str| {
        command(&[
            "request",
            "tenant.get",
            "--tenant",
            "northgate",
            "--as",
            "system",
        ])
        .env("NATS_URL", world.nats.url())
        .env("NATS_CREDS", creds)
        .env("PLANSYNC_LOG", "")
        .output()
        .unwrap()
    };
    let output = asked("");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let url = command(&[
        "request",
        "tenant.get",
        "--tenant",
        "t",
        "--as",
        "a",
        "--timeout",
        "1",
    ])
    .env("NATS_URL", "")
    .output()
    .unwrap();
    // Whoever listens at the usual place, an empty address was not tried.
    assert_ne!(url.status.code(), Some(2), "{url:?}");
    let data = command(&["backup", "x"])
        .env("PLANSYNC_DATA", "")
        .output()
        .unwrap();
    let said = String::from_utf8(data.stderr).unwrap();
    assert!(
        said.contains("required") && said.contains("--data"),
        "{said}"
    );
}

#[tokio::test]
async fn a_field_that_is_given_twice_is_not_sent() {
    let world = world().await;
    let twice = r#"{"marking_aid": true, "owner_rule": "keep", "marking_aid": false}"#;
    let who = ["--tenant", "northgate", "--as", "system"];
    let asked = run(
        &world.nats.url(),
        &[&["request", "tenant.put", twice], &who[..]].concat(),
    );
    assert_eq!(asked.code, Some(2), "{asked:?}");
    assert!(
        asked.err.contains("\"marking_aid\" is given twice"),
        "{}",
        asked.err
    );
    let folder = tempfile::tempdir().unwrap();
    let good =
        json!({ "tenant": "second", "as": "system", "operation": "tenant.put", "body": tenant() });
    let line = format!(
        r#"{{"tenant": "northgate", "as": "system", "operation": "tenant.put", "body": {twice}}}"#
    );
    let loaded = load(
        &world,
        folder.path(),
        format!("{good}\n{line}\n").as_bytes(),
    );
    assert_eq!(loaded.code, Some(2), "{loaded:?}");
    let told =
        "nothing was sent: line 2 is not a valid request: the field \"marking_aid\" is given twice";
    let failure: Value = serde_json::from_str(&loaded.err).unwrap();
    let said = failure["error"]["message"].as_str().unwrap();
    assert!(said.starts_with(told), "{said}");
    let second = world.client.of_tenant("second");
    assert_eq!(
        second.refusal("system", "tenant.get", json!({})).await,
        "tenant_not_found"
    );
}

fn load(world: &World, folder: &Path, content: &[u8]) -> Ended {
    let file = folder.join("college.jsonl");
    std::fs::write(&file, content).unwrap();
    run(
        &world.nats.url(),
        &["load", file.to_str().unwrap(), "--output", "json"],
    )
}

#[tokio::test]
async fn a_load_is_known_by_its_content_and_not_by_its_name() {
    let world = world().await;
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str| {
        let body =
            json!({ "administrator": name, "name": name, "permissions": [], "groups": "all" });
        json!({ "tenant": "northgate", "as": "system", "operation": "administrator.put", "body": body })
    };
    let (ann, bob) = (put("ann").to_string(), put("bob").to_string());
    let both = format!("\u{feff}{ann}\r\n\n{bob}");
    let tally = |ended: &Ended| {
        let said = ended.json();
        [&said["done"], &said["repeated"]].map(|count| count.as_u64().unwrap())
    };
    let first = load(&world, folder.path(), both.as_bytes());
    assert_eq!(tally(&first), [2, 0], "{first:?}");
    assert_eq!(tally(&load(&world, folder.path(), both.as_bytes())), [2, 2]);
    // Another file of that name does all that it says.
    assert_eq!(tally(&load(&world, folder.path(), ann.as_bytes())), [1, 0]);
    // A mended one goes on with the batch of the first.
    let batch = first.json()["batch"].as_str().unwrap().to_owned();
    let file = folder.path().join("mended");
    std::fs::write(&file, format!("{ann}\n{}", put("cas"))).unwrap();
    let arguments = [
        "load",
        file.to_str().unwrap(),
        "--output",
        "json",
        "--batch",
        &batch,
    ];
    assert_eq!(tally(&run(&world.nats.url(), &arguments)), [2, 1]);
    let mut broken = format!("{ann}\n").into_bytes();
    broken.extend(b"{\"tenant\": \"\xff\"}\n");
    let refused = load(&world, folder.path(), &broken);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.err.contains("line 2 is not UTF-8"),
        "{}",
        refused.err
    );
}

#[tokio::test]
async fn a_durable_command_whose_id_is_anothers_is_refused() {
    let world = world().await;
    let id = Uuid::new_v4();
    let ask = |operation: &str, body: Value| {
        let body = body.to_string();
        let who = ["--tenant", "northgate", "--as", "system"];
        let how = ["--durable", "--output", "json"];
        run(
            &world.nats.url(),
            &[&["request", operation, &body], &who[..], &how].concat(),
        )
    };
    let put = |aid: bool| json!({ "marking_aid": aid, "owner_rule": "keep", "command_id": id });
    let first = ask("tenant.put", put(true));
    assert_eq!(first.code, Some(0), "{first:?}");
    let again = ask("tenant.put", put(true));
    assert_eq!((again.code, again.json()), (Some(0), first.json()));
    let other = ask("tenant.put", put(false));
    assert_eq!(other.code, Some(1), "{other:?}");
    assert_eq!(other.json()["error"]["code"], "command_id_reused");
    // The id of a command that was a request leaves no event to be mistaken.
    let asked = Uuid::new_v4();
    let body = json!({ "marking_aid": false, "owner_rule": "keep", "command_id": asked });
    world.client.get("system", "tenant.put", body).await;
    let body = json!({ "marking_aid": true, "owner_rule": "keep", "command_id": asked });
    let other = ask("tenant.put", body);
    assert_eq!(other.code, Some(1), "{other:?}");
    assert_eq!(other.json()["error"]["code"], "command_id_reused");
}

#[tokio::test]
async fn a_body_that_is_no_text_or_too_large_is_not_understood() {
    let mut asked = command(&["request", "tenant.put", "-", "--tenant", "t", "--as", "a"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    asked
        .stdin
        .take()
        .unwrap()
        .write_all(b"{\"a\": \"\xff\"}")
        .unwrap();
    assert_eq!(exit_code(&mut asked), Some(2));
    let endless = run(
        "nats://127.0.0.1:1",
        &[
            "request",
            "tenant.put",
            "@/dev/zero",
            "--tenant",
            "t",
            "--as",
            "a",
        ],
    );
    assert_eq!(endless.code, Some(2), "{endless:?}");
}
