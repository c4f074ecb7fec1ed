//! The command line where things go wrong around it: paths, pipes, signals, limits, and text of
//! others.

mod ending;
mod folders;
mod sending;
mod watching;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use plansync_tests::client::Client;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long something that must happen is waited for.
const PATIENCE: Duration = Duration::from_mins(2);

struct World {
    nats: NatsServer,
    client: Client,
    data: TempDir,
    engine: Engine,
}

async fn world() -> World {
    let (nats, data) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let engine = Engine::start(&nats, data.path()).await;
    let client = Client::connect(&nats).await;
    client.get("system", "tenant.put", tenant()).await;
    World {
        nats,
        client,
        data,
        engine,
    }
}

fn tenant() -> Value {
    json!({ "marking_aid": false, "owner_rule": "keep" })
}

/// A folder with a log in it that nobody has open, and room beside it.
async fn log() -> (TempDir, PathBuf) {
    let World {
        data,
        engine,
        nats: _nats,
        client: _client,
    } = world().await;
    assert_eq!(engine.terminate(), Some(0));
    let around = tempfile::tempdir().unwrap();
    let folder = around.path().join("log");
    std::fs::rename(data.keep(), &folder).unwrap();
    (around, folder)
}

fn command(arguments: &[&str]) -> Command {
    let mut command = plansync_tests::binary::command();
    command.args(arguments).stdin(Stdio::null());
    command
}

fn json_of(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Waits until it is so.
#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn signal(pid: u32, signal: &str) {
    let sent = Command::new("kill")
        .args(["-s", signal, &pid.to_string()])
        .status();
    assert!(sent.unwrap().success());
}
