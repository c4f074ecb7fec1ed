//! What a hostile server or a hostile client says does nothing to a terminal.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use futures_util::StreamExt as _;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::run;
use serde_json::json;

use super::world::World;

/// Clears the screen, and turns the direction of text around.
const ESCAPE: &str = "\u{1b}[2J\u{202e}";

/// The same as it is shown.
const SHOWN: &str = "\\u{1b}[2J\\u{202e}";

fn is_escaped(text: &str) {
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text:?}");
}

/// The lines about a check have what was sent, escaped.
#[track_caller]
fn shows_escaped(out: &str, check: &str) {
    let (_, after) = out.split_once(&format!("{check}: ")).unwrap();
    let line = after.lines().next().unwrap();
    assert!(line.contains(SHOWN), "{check}: {line}");
}

#[test]
fn the_version_and_the_refusal_of_a_server_are_escaped() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let info = json!({
                "server_id": "x", "version": format!("2.15.0{ESCAPE}"), "max_payload": 1_048_576, "proto": 1,
                "headers": true,
            });
            let _ = stream.write_all(format!("INFO {info}\r\n").as_bytes());
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
                if line.starts_with("PING") {
                    let _ = stream.write_all(format!("PONG\r\n-ERR '{ESCAPE}'\r\n").as_bytes());
                }
                line.clear();
            }
        }
    });
    let ended = run(&format!("nats://{address}"), &["doctor"]);
    assert!(matches!(ended.code, Some(0 | 1)), "{ended:?}");
    shows_escaped(&ended.out, "nats.version");
    is_escaped(&ended.out);
    is_escaped(&ended.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clients_answer_in_the_place_of_an_engine_is_escaped_and_bounded() {
    let nats = NatsServer::start();
    let client = async_nats::connect(nats.url()).await.unwrap();
    let mut asked = client.subscribe(">").await.unwrap();
    client.flush().await.unwrap();
    tokio::spawn(async move {
        while let Some(message) = asked.next().await {
            let Some(reply) = message.reply else { continue };
            let long = ESCAPE.repeat(20_000);
            let body = if message.subject.starts_with("$SRV.PING") {
                json!({"id": long, "version": long})
            } else {
                json!({"error": {"code": long, "message": long}})
            };
            let _ = client.publish(reply, body.to_string().into()).await;
        }
    });
    let url = nats.url();
    let asked = tokio::task::spawn_blocking(move || run(&url, &["doctor"]));
    let ended = asked.await.unwrap();
    assert!(matches!(ended.code, Some(0 | 1)), "{ended:?}");
    shows_escaped(&ended.out, "engine.answers");
    is_escaped(&ended.out);
    is_escaped(&ended.err);
    assert!(ended.out.len() < 32_768, "{} bytes", ended.out.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enormous_reply_in_the_place_of_an_engine_is_shown_in_a_few_lines() {
    let mut world = World::new().await;
    let mut status = world.client.get("system", "engine.status", json!({})).await;
    world.stop();
    let part = status["parts"][0].clone();
    status["parts"] = json!(vec![part; 10_000]);
    status["version"] = json!(ESCAPE.repeat(1_000));
    let client = async_nats::connect(world.nats.url()).await.unwrap();
    let subject = "plansync.v1.req.*.system.engine.status";
    let mut asked = client.subscribe(subject).await.unwrap();
    client.flush().await.unwrap();
    tokio::spawn(async move {
        while let Some(message) = asked.next().await {
            let reply = message.reply.unwrap();
            client
                .publish(reply, status.to_string().into())
                .await
                .unwrap();
        }
    });
    let url = world.nats.url();
    let asked = tokio::task::spawn_blocking(move || run(&url, &["doctor"]));
    let ended = asked.await.unwrap();
    shows_escaped(&ended.out, "engine.answers");
    is_escaped(&ended.out);
    let told = "engine.ready: every part of the engine is ready (nats)";
    assert!(ended.out.contains(told), "{}", ended.out);
    assert!(ended.out.len() < 32_768, "{} bytes", ended.out.len());
}
