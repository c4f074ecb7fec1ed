//! The binary, as people and scripts run it.

use std::path::Path;

use futures_util::StreamExt as _;
use plansync_tests::binary::command;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::{Ended, run};
use serde_json::{Value, json};
use tempfile::TempDir;

struct World {
    nats: NatsServer,
    data: TempDir,
    engine: Engine,
}

async fn world() -> World {
    let (nats, data) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let engine = Engine::start(&nats, data.path()).await;
    World { nats, data, engine }
}

impl World {
    fn request(&self, operation: &str, body: &Value, actor: &str, more: &[&str]) -> Ended {
        let body = body.to_string();
        let asked = [
            "request", operation, &body, "--tenant", "acme", "--as", actor, "--output", "json",
        ];
        run(&self.nats.url(), &[&asked, more].concat())
    }
}

fn tenant() -> Value {
    json!({ "marking_aid": false, "owner_rule": "keep" })
}

#[test]
fn the_demo_shows_only_what_is_so_and_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let output = command()
        .args(["demo", "--output", "json"])
        .env("TMPDIR", temporary.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["so"], true);
    let left: Vec<_> = std::fs::read_dir(temporary.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_second_engine_on_a_folder_is_refused_and_a_first_one_ends_well() {
    let world = world().await;
    let data = world.data.path().to_str().unwrap();
    let second = run(&world.nats.url(), &["serve", "--data", data]);
    assert_eq!(second.code, Some(4), "{second:?}");
    let expected = format!(
        "plansync: the log in {data} is in use by another process; stop that process first\n"
    );
    assert!(second.err.ends_with(&expected), "{}", second.err);
    assert_eq!(world.engine.terminate(), Some(0));
}

#[tokio::test]
async fn an_engine_that_is_asked_to_end_while_nats_is_away_ends_well() {
    let World {
        nats,
        data: _data,
        engine,
    } = world().await;
    drop(nats);
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test]
async fn the_exit_code_says_how_a_request_ended() {
    let world = world().await;
    let put = world.request("tenant.put", &tenant(), "system", &[]);
    assert_eq!((put.code, put.json()), (Some(0), json!({ "position": 1 })));
    let refused = world.request("tenant.put", &tenant(), "alice", &[]);
    assert_eq!(refused.code, Some(1));
    assert_eq!(refused.json()["error"]["code"], "unknown_actor");
    let unread = run(
        &world.nats.url(),
        &["request", "tenant.get", "[", "--tenant", "t", "--as", "a"],
    );
    assert_eq!(unread.code, Some(2), "{unread:?}");
    let url = world.nats.url();
    drop(world);
    let away = run(
        &url,
        &[
            "request",
            "tenant.get",
            "--tenant",
            "acme",
            "--as",
            "system",
        ],
    );
    assert_eq!(away.code, Some(3), "{away:?}");
}

/// Answers each request with the next of these bodies, and returns the requests.
async fn serve(
    nats: &NatsServer,
    replies: Vec<Value>,
) -> tokio::task::JoinHandle<Vec<async_nats::Message>> {
    let service = async_nats::connect(nats.url()).await.unwrap();
    let mut requests = service.subscribe("plansync.v1.req.>").await.unwrap();
    service.flush().await.unwrap();
    tokio::spawn(async move {
        let mut asked = Vec::new();
        for body in replies {
            let request = requests.next().await.unwrap();
            let mut headers = async_nats::HeaderMap::new();
            headers.insert("content-type", "application/json");
            if body["error"].is_object() {
                headers.insert("Nats-Service-Error-Code", "503");
            }
            let reply = request.reply.clone().unwrap();
            let sent = service.publish_with_headers(reply, headers, body.to_string().into());
            sent.await.unwrap();
            asked.push(request);
        }
        service.flush().await.unwrap();
        asked
    })
}

fn refusal(code: &str) -> Value {
    json!({ "error": { "code": code, "message": "not now" } })
}

const PUT: [&str; 7] = [
    "request",
    "tenant.put",
    r#"{"marking_aid": false, "owner_rule": "keep"}"#,
    "--tenant",
    "acme",
    "--as",
    "system",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_a_busy_service_refuses_is_sent_again_under_the_same_id() {
    let nats = NatsServer::start();
    let replies = vec![
        refusal("overloaded"),
        refusal("unavailable"),
        json!({ "position": 7 }),
    ];
    let served = serve(&nats, replies).await;
    let put = run(&nats.url(), &[&PUT[..], &["--output", "json"]].concat());
    assert_eq!((put.code, put.json()), (Some(0), json!({ "position": 7 })));
    let asked = served.await.unwrap();
    let bodies: Vec<Value> = asked
        .iter()
        .map(|request| serde_json::from_slice(&request.payload).unwrap())
        .collect();
    assert!(bodies[0]["command_id"].is_string(), "{bodies:?}");
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stays_busy_and_a_refusal_of_a_later_version_are_refusals() {
    let nats = NatsServer::start();
    let served = serve(&nats, vec![refusal("overloaded"); 5]).await;
    let busy = run(&nats.url(), &[&PUT[..], &["--output", "json"]].concat());
    assert_eq!(busy.code, Some(1), "{busy:?}");
    assert_eq!(busy.json()["error"]["code"], "overloaded");
    assert_eq!(served.await.unwrap().len(), 5);
    let served = serve(&nats, vec![refusal("merged"); 2]).await;
    let later = run(&nats.url(), &[&PUT[..], &["--output", "json"]].concat());
    assert_eq!(later.code, Some(1), "{later:?}");
    assert_eq!(later.json()["error"]["code"], "merged");
    let later = run(&nats.url(), &PUT);
    assert_eq!(later.code, Some(1), "{later:?}");
    assert_eq!(later.err, "plansync: merged: not now\n");
    assert_eq!(served.await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_without_an_answer_is_named_by_its_id() {
    let nats = NatsServer::start();
    let service = async_nats::connect(nats.url()).await.unwrap();
    let mut requests = service.subscribe("plansync.v1.req.>").await.unwrap();
    service.flush().await.unwrap();
    let put = run(&nats.url(), &[&PUT[..], &["--timeout", "1"]].concat());
    assert_eq!(put.code, Some(3), "{put:?}");
    let request = requests.next().await.unwrap();
    let body: Value = serde_json::from_slice(&request.payload).unwrap();
    let expected = format!(
        "plansync: the service did not answer within 1 s; the command {} may still be carried out",
        body["command_id"].as_str().unwrap()
    );
    assert!(put.err.starts_with(&expected), "{}", put.err);
}

#[tokio::test]
async fn a_durable_request_waits_for_what_becomes_of_it() {
    let world = world().await;
    let put = world.request("tenant.put", &tenant(), "system", &["--durable"]);
    assert_eq!((put.code, put.json()), (Some(0), json!({ "position": 1 })));
    let unread = world.request(
        "tenant.put",
        &json!({ "what": 1 }),
        "system",
        &["--durable"],
    );
    assert_eq!(unread.code, Some(1), "{unread:?}");
    // The event that tells it cannot be erased, so it repeats nothing of the command.
    let error = &unread.json()["error"];
    assert_eq!(error["code"], "invalid_request");
    assert!(error["message"].as_str().unwrap().contains("audit.read"));
    assert!(!error.to_string().contains("what\""), "{error}");
}

fn write_load(folder: &Path, lines: &[Value]) -> String {
    let file = folder.join("college.jsonl");
    let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
    let text = lines.join("\n");
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_load_that_is_started_again_does_nothing_twice() {
    let world = world().await;
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str| {
        let body =
            json!({ "administrator": name, "name": name, "permissions": [], "groups": "all" });
        json!({ "tenant": "acme", "as": "system", "operation": "administrator.put", "body": body })
    };
    let first =
        json!({ "tenant": "acme", "as": "system", "operation": "tenant.put", "body": tenant() });
    let who = json!({ "tenant": "acme", "as": "ann", "operation": "actor.get" });
    let file = write_load(folder.path(), &[first, put("ann"), put("bob"), who]);
    let load = |file: &str| run(&world.nats.url(), &["load", file, "--output", "json"]);
    let tally = |ended: &Ended| {
        let json = ended.json();
        (
            json["done"].clone(),
            json["repeated"].clone(),
            json["refused"].clone(),
        )
    };
    let once = load(&file);
    assert_eq!(
        (once.code, tally(&once)),
        (Some(0), (json!(4), json!(0), json!(0))),
        "{once:?}"
    );
    let again = load(&file);
    assert_eq!(
        (again.code, tally(&again)),
        (Some(0), (json!(4), json!(3), json!(0)))
    );
    let wrong =
        json!({ "tenant": "acme", "as": "ann", "operation": "tenant.put", "body": tenant() });
    let refused = load(&write_load(folder.path(), &[put("ann"), wrong]));
    assert_eq!(refused.code, Some(1));
    let error: Value = serde_json::from_str(&refused.err).unwrap();
    let error = &error["error"];
    assert_eq!(
        (&error["code"], &error["line"]),
        (&json!("not_permitted"), &json!(2))
    );
}
