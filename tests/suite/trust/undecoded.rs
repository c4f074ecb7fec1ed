//! Commands that cannot be decoded: whatever they say, and wherever, nothing of it is published, and nothing of it can
//! be read any more after an erasure.

use async_nats::HeaderMap;
use async_nats::jetstream;
use plansync_tests::college::{component, target};
use serde_json::{Value, json};

use super::erasure::{found_of, holds, log_of, messages};
use super::world::{World, names, world};

const PLANTED: &str = "Zq7Hildegunde";

/// Bodies with the planted text in every place where a decoder can meet it.
fn bodies() -> Vec<(&'static str, Value)> {
    let long = PLANTED.repeat(1_000);
    let quoted = format!("\"{PLANTED}\" `{PLANTED}` '{PLANTED}'");
    let half = format!("a\" {PLANTED}");
    let mut bodies = Vec::new();
    for operation in [
        "learner.put",
        "plan.edit",
        "sync.start",
        "template.put",
        "administrator.put",
    ] {
        for value in [PLANTED, &long, &quoted, &half] {
            bodies.push((operation, json!(value)));
            bodies.push((operation, json!([value])));
            bodies.push((operation, json!({ value: 1 })));
            for field in [
                "learner",
                "edits",
                "command_id",
                "components",
                "enrolments",
                "groups",
                "learners",
                "permissions",
            ] {
                bodies.push((operation, json!({ field: value })));
                bodies.push((operation, json!({ field: { value: value } })));
                bodies.push((operation, json!({ field: [{ value: value }] })));
            }
        }
    }
    for value in [PLANTED, &long, &quoted, &half] {
        let edits = [
            json!({"op": value}),
            json!({"op": "change", value: 1}),
            json!({"op": "change", "component": value}),
            json!({"op": "change", "component": component(0), "set": {value: 1}}),
            json!({"op": "change", "component": component(0), "set": {"due_date": value}}),
            json!({"op": "change", "component": component(0), "set": {"name": {value: value}}}),
            json!({"op": "change", "component": component(0), "set": {"criteria": value}}),
            json!({"op": "set_status", "component": component(0), "status": value}),
        ];
        let of_edit = |edit| ("plan.edit", json!({"learner": target(1), "edits": [edit]}));
        bodies.extend(edits.into_iter().map(of_edit));
        let record = json!({
            "learner": target(1), "name": "N", "case_owner": null, "groups": [], "tutors": [],
            "enrolments": [{"programme": target(0), "status": value}],
        });
        bodies.push(("learner.put", record));
    }
    bodies
}

async fn send(world: &World, operation: &str, header: Option<(&str, &str)>, body: &[u8]) {
    let mut headers = HeaderMap::new();
    if let Some((name, value)) = header {
        headers.insert(name, value);
    }
    let subject = format!("plansync.v1.cmd.northgate.system.{operation}");
    let context = jetstream::new(world.client.nats.clone());
    let sent = context.publish_with_headers(subject, headers, body.to_vec().into());
    sent.await.unwrap().await.unwrap();
}

/// Sends all of it; returns how many.
async fn send_all(world: &World) -> usize {
    let mut count = 0;
    let bare = format!("{{{PLANTED}: 1}}");
    let twice = format!("{{\"{PLANTED}\": 1, \"{PLANTED}\": 1}}");
    let open = format!("{{\"learner\": \"{PLANTED}");
    for body in [PLANTED, &bare, &twice, &open] {
        send(world, "learner.put", None, body.as_bytes()).await;
        count += 1;
    }
    for header in [("content-type", PLANTED), ("Nats-Msg-Id", PLANTED)] {
        for body in [&b""[..], b"{}"] {
            send(world, "learner.put", Some(header), body).await;
            count += usize::from(header.0 == "content-type");
        }
    }
    let packed = ("content-type", "application/msgpack");
    for (operation, body) in bodies() {
        send(world, operation, None, body.to_string().as_bytes()).await;
        let bytes = rmp_serde::to_vec_named(&body).unwrap();
        send(world, operation, Some(packed), &bytes).await;
        send(world, operation, Some(packed), &bytes[..bytes.len() - 1]).await;
        count += 3;
    }
    let binary = [&[0x81, 0xc4, 13][..], PLANTED.as_bytes(), &[0xc0]].concat();
    send(world, "learner.put", Some(packed), &binary).await;
    count + 1
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_an_undecoded_command_says_is_published_or_outlives_an_erasure() {
    let mut world = world().await;
    let sent = send_all(&world).await;
    world.client.drained().await;
    let edit =
        json!({"learner": target(1), "edits": [{"op": "remove", "component": component(3)}]});
    let last = world.client.get("system", "plan.edit", edit).await;
    names(&world.client, 1, &last).await;
    let events = messages(&world.client, "PLANSYNC_EVENTS").await;
    let rejected = events.iter().filter(|event| holds(event, ".rejected"));
    assert!(rejected.count() >= sent, "not all of {sent} were rejected");
    for event in &events {
        assert!(!holds(event, PLANTED), "{}", String::from_utf8_lossy(event));
        assert!(
            !holds(event, "Hildeg"),
            "{}",
            String::from_utf8_lossy(event)
        );
    }
    let erase = json!({"learner": target(0)});
    world.stop();
    let log = log_of(&world.data());
    assert!(log.contains(PLANTED), "the audit tells what was wrong");
    assert!(
        log.contains(&format!("\"path\":\"{PLANTED}")),
        "a path can repeat a key"
    );
    let held = erase["learner"].as_str().unwrap();
    let erased = plansync_tests::program::on_folder(&["erase", "--yes", held], &world.data(), &[]);
    assert_eq!(erased.code, Some(0), "{erased:?}");
    assert!(!log_of(&world.data()).contains(PLANTED));
    assert_eq!(found_of(&world.data(), &[PLANTED]), Vec::<String>::new());
}
