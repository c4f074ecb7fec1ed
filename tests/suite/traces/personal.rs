//! No log line and no span has a name, a reason, a search, a title, or whatever else people write: at the most detailed
//! level, in both formats, over everything that an engine does, and whatever strangers send.

use plansync_tests::collector::{Collector, Manners};
use plansync_tests::college::{
    ALL_PERMISSIONS, PROGRAMME, SOURCE, component, found, open_source, target,
};
use plansync_tests::program::run;
use plansync_tests::raw::Raw;
use serde_json::{Value, json};

use super::world::{World, body, sampled};

const NAME: &str = "Zebedee Quillfeather";
const REASON: &str = "awaits Zebsurgery in spring";
const SEARCH: &str = "zebedee quillf";
const TITLE: &str = "Zebtitle of an activity";
const IMPORTED: &str = "Zebimported Learner";
/// In what is no command, and in subjects, headers and names of actors.
const STRANGE: &str = "Zebstrange";
/// The beginning of every planted text, however it is written.
const PLANTED: &[u8] = b"zeb";

/// The lines that must be there, of each thing that is done: otherwise nothing would be shown by what is not.
const DONE: [&str; 12] = [
    "learner.put",
    "plan.edit",
    "sync.start",
    "learner.erase",
    "not_permitted",
    "invalid_request",
    "a durable command was settled",
    "a synchronisation is at work",
    "a synchronisation has ended",
    "the keys of a learner's texts are destroyed",
    "events were published",
    "plansync is ready",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_line_of_the_log_and_no_span_has_text_about_persons() {
    for format in ["text", "json"] {
        let collector = Collector::start(Manners::Takes);
        let url = collector.url();
        let arguments = [
            "--otlp",
            &url,
            "--trace-ratio",
            "1",
            "--log-format",
            format,
            // Somebody asks for everything, by every name.
            "--log-level",
            "trace,async_nats=trace,async_nats::connection=trace,hyper=trace,h2=trace,rustls=trace",
        ];
        let mut world = World::start(&arguments).await;
        found(&world.client, 3, 2).await;
        import(&world);
        work(&world).await;
        strange_requests(&world).await;
        strange_commands(&world).await;
        strange_bytes(&world);
        // A request that is answered shows that what came before was taken.
        world.client.get("system", "tenant.get", json!({})).await;
        collector.until(|spans| spans.len() > 100).await;
        world.engine.take().unwrap().kill();
        let missent = json!({"learner": STRANGE});
        world
            .client
            .send("system", "learner.put", missent.to_string().as_bytes())
            .await;
        world.start_again(&arguments).await;
        erase(&world).await;
        world.client.drained().await;
        world.end();
        assert_clean(&world.log(), format);
        for sent in collector.bodies() {
            assert!(!holds(&sent), "{}", String::from_utf8_lossy(&sent));
        }
    }
}

fn holds(bytes: &[u8]) -> bool {
    let mut windows = bytes.windows(PLANTED.len());
    windows.any(|window| window.eq_ignore_ascii_case(PLANTED))
}

fn assert_clean(log: &str, format: &str) {
    let planted: Vec<_> = log.lines().filter(|line| holds(line.as_bytes())).collect();
    assert_eq!(planted, Vec::<&str>::new(), "{format}");
    for done in DONE {
        assert!(log.contains(done), "{format}: nothing of `{done}` in {log}");
    }
    assert_eq!(log.matches("plansync is ready").count(), 2, "{log}");
    if format == "json" {
        for line in log.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let target = line["target"].as_str().unwrap();
            let level = line["level"].as_str().unwrap();
            let is_ours = target.starts_with("plansync");
            assert!(is_ours || !["DEBUG", "TRACE"].contains(&level), "{line}");
        }
        assert!(log.contains("\"trace_id\":\""), "{log}");
    }
}

/// Imports, as a program does it.
fn import(world: &World) {
    let file = world.path().join("operations.jsonl");
    let records = (0..3).map(|number: u128| {
        let record = json!({
            "learner": target(100 + number), "name": IMPORTED, "case_owner": "sam", "groups": [], "tutors": [],
            "enrolments": [{"programme": PROGRAMME, "status": "active"}],
        });
        json!({"operation": "learner.put", "body": record}).to_string()
    });
    std::fs::write(&file, records.collect::<Vec<_>>().join("\n")).unwrap();
    let load = [
        "load",
        file.to_str().unwrap(),
        "--tenant",
        "northgate",
        "--as",
        "system",
    ];
    let loaded = run(&world.nats.url(), &load);
    assert_eq!(loaded.code, Some(0), "{loaded:?}");
}

/// Edits, searches, syncs and refusals.
async fn work(world: &World) {
    let client = &world.client;
    let record = json!({
        "learner": target(0), "name": NAME, "case_owner": "sam", "groups": [], "tutors": [],
        "enrolments": [{"programme": PROGRAMME, "status": "active"}],
    });
    client.get("system", "learner.put", record).await;
    let administrator = json!({
        "administrator": "alice", "name": NAME, "permissions": ALL_PERMISSIONS, "groups": "all",
    });
    client
        .get("system", "administrator.put", administrator)
        .await;
    let edits = json!([{
        "op": "change", "component": component(0), "set": {"due_date": "2027-03-01"}, "reason": REASON,
    }]);
    client
        .get(
            "alice",
            "plan.edit",
            json!({"learner": target(0), "edits": edits}),
        )
        .await;
    let session = open_source(client, "alice").await;
    let edits = json!([{"op": "change", "component": component(1), "set": {"name": TITLE}}]);
    client
        .get(
            "alice",
            "plan.edit",
            json!({"learner": SOURCE, "edits": edits}),
        )
        .await;
    let found = client
        .get("alice", "learner.find", json!({"search": SEARCH}))
        .await;
    assert_eq!(found["total"], 1, "{found}");
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": "recent", "learners": {"search": SEARCH},
    });
    client.get("alice", "sync.preview", request.clone()).await;
    let context = sampled(0xabc, 1);
    let reply = world
        .ask(
            "alice",
            "sync.start",
            &request,
            &[("traceparent", &context)],
        )
        .await;
    client.finished("alice", &body(&reply)["sync"]).await;
    let administrator = json!({
        "administrator": STRANGE, "name": NAME, "permissions": [], "groups": "all",
    });
    let refused = client.refusal("alice", "administrator.put", administrator);
    assert_eq!(refused.await, "not_permitted");
    let again = json!({"programme": PROGRAMME, "name": TITLE, "parent": PROGRAMME});
    client.refusal("system", "programme.put", again).await;
}

/// Requests that nobody can answer, with texts in every place.
async fn strange_requests(world: &World) {
    let nats = &world.client.nats;
    let edit = json!({"learner": STRANGE, "edits": [{"op": STRANGE, STRANGE: STRANGE}]});
    for subject in [
        format!("plansync.v1.req.northgate.alice.{STRANGE}"),
        format!("plansync.v1.req.northgate.alice.plan.{STRANGE}"),
        format!("plansync.v1.req.northgate.{STRANGE}.plan.edit"),
        format!("plansync.v1.req.{STRANGE}.system.plan.edit"),
        format!("plansync.v1.req.{STRANGE}$.{STRANGE}$.{STRANGE}"),
        "plansync.v1.req.northgate.alice.plan.edit".to_owned(),
    ] {
        for body in [
            edit.to_string(),
            format!("{{\"{STRANGE}"),
            STRANGE.to_owned(),
        ] {
            let asked = nats.request(subject.clone(), body.into()).await.unwrap();
            assert!(
                String::from_utf8_lossy(&asked.payload).contains("error"),
                "{subject}"
            );
        }
    }
    let mut headers = async_nats::HeaderMap::new();
    for name in [
        "traceparent",
        "tracestate",
        "content-type",
        "Nats-Msg-Id",
        STRANGE,
    ] {
        headers.append(name, STRANGE);
        headers.append(name, format!("{STRANGE} {NAME}"));
    }
    let subject = "plansync.v1.req.northgate.alice.plan.get";
    nats.request_with_headers(subject, headers, edit.to_string().into())
        .await
        .unwrap();
    // Replies that may not be sent there.
    for reply in [format!("{STRANGE}box.1"), format!("{STRANGE}.{STRANGE}")] {
        nats.publish_with_reply(subject, reply, edit.to_string().into())
            .await
            .unwrap();
    }
    nats.publish(subject, STRANGE.into()).await.unwrap();
    nats.flush().await.unwrap();
}

/// The same as durable commands.
async fn strange_commands(world: &World) {
    let edit = json!({"learner": STRANGE, "edits": [{"op": STRANGE}]}).to_string();
    for (actor, operation) in [
        ("alice", "plan.edit".to_owned()),
        ("alice", STRANGE.to_owned()),
        ("alice", format!("plan.{STRANGE}")),
        ("alice", "plan.get".to_owned()),
        (STRANGE, "plan.edit".to_owned()),
        (&format!("{STRANGE}$"), STRANGE.to_owned()),
    ] {
        for body in [edit.as_bytes(), STRANGE.as_bytes(), b"{\"Zeb"] {
            world.client.send(actor, &operation, body).await;
        }
    }
    let strangers = world.client.of_tenant(STRANGE);
    strangers
        .send("system", "learner.put", edit.as_bytes())
        .await;
    let nobodys = world.client.of_tenant(&format!("{STRANGE}$"));
    nobodys.send("system", "learner.put", edit.as_bytes()).await;
}

/// What no client library sends.
fn strange_bytes(world: &World) {
    let mut raw = Raw::connect(&world.nats.url(), "_INBOX.raw");
    let subject = format!("plansync.v1.req.northgate.alice.{STRANGE}\u{e9}");
    raw.ask(subject.as_bytes(), None, STRANGE.as_bytes());
    let headers = format!("NATS/1.0\r\n{STRANGE}: a\u{0}{STRANGE}\r\n\r\n");
    raw.ask(
        b"plansync.v1.req.northgate.alice.plan.edit",
        Some(headers.as_bytes()),
        STRANGE.as_bytes(),
    );
    for subject in [
        format!("plansync.v1.cmd.northgate.alice.{STRANGE}\u{e9}"),
        "plansync.v1.cmd.northgate.alice.plan.edit".to_owned(),
    ] {
        raw.publish(
            subject.as_bytes(),
            b"",
            Some(headers.as_bytes()),
            STRANGE.as_bytes(),
        );
    }
    // Without a reply, it is ignored.
    raw.publish(
        b"plansync.v1.req.northgate.alice.plan.edit",
        b"",
        Some(headers.as_bytes()),
        b"",
    );
    raw.settle();
}

async fn erase(world: &World) {
    let erase = json!({"learner": target(0)});
    world.client.get("system", "learner.erase", erase).await;
    let plan = json!({"learner": target(0)});
    world.client.get("system", "plan.get", plan).await;
}
