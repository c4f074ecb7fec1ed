//! A disk that is really full, under the real engine and over NATS: a small file system of its own,
//! in a namespace that is gone with the process.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use async_nats::jetstream;
use futures_util::StreamExt as _;
use plansync_tests::client::Client;
use plansync_tests::college::{SOURCE, bulky_edit, found};
use plansync_tests::http::HttpPort;
use plansync_tests::nats::NatsServer;
use plansync_tests::skipping::skip;
use serde_json::{Value, json};

use super::world::{SMALL_VOLUMES, serve};

const DISK: &str = "PLANSYNC_FULL_DISK";
/// The exit code of the script where no file system can be mounted. A test that fails has another.
const SKIPPED: i32 = 77;
const SCRIPT: &str = r#"
in_a_namespace() { unshare --user --map-root-user --mount "$@"; }
in_a_namespace true || exit 77
in_a_namespace sh -c 'mount -t tmpfs -o size=24m none "$0" || exit 77; exec "$@"' "$@"
"#;
/// What is taken away at first, as far as there is so much, and given back when there is to be room.
const BALLAST_BYTES: usize = 12 << 20;

#[test]
fn a_full_disk_refuses_commands_loses_nothing_and_goes_on_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new("sh")
        .args(["-c", SCRIPT, "sh"])
        .arg(dir.path())
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "trust::full_disk::probe",
            "--ignored",
            "--nocapture",
        ])
        .env(DISK, dir.path())
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(SKIPPED) {
        return skip(format!(
            "no file system can be mounted here, so no disk can be full: {stderr}"
        ));
    }
    // A run that found no test to run succeeds as well.
    let has_passed = output.status.success() && stdout.contains("1 passed");
    assert!(has_passed, "{}: {stdout}{stderr}", output.status);
}

/// One disk and one learner, whose plan is edited in rounds.
struct Probe {
    nats: NatsServer,
    client: Client,
    disk: PathBuf,
    /// The versions that edits were acknowledged with.
    acknowledged: Vec<u64>,
    round: u64,
}

const PATIENCE: Duration = Duration::from_millis(700);

impl Probe {
    fn data(&self) -> PathBuf {
        self.disk.join("data")
    }

    fn fill(&self) {
        let mut ballast = std::fs::File::create(self.ballast()).unwrap();
        let piece = vec![1; 1 << 16];
        for _ in 0..BALLAST_BYTES / piece.len() {
            if ballast.write_all(&piece).is_err() {
                return;
            }
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.disk.join("ballast")
    }

    /// Edits until the engine refuses, and gives the refusal.
    async fn edit_until_refused(&mut self) -> Value {
        for _ in 0..2_000 {
            self.round += 1;
            let edit = bulky_edit(SOURCE, self.round);
            match self
                .client
                .try_ask("alice", "plan.edit", edit, PATIENCE)
                .await
            {
                Some(Ok(reply)) => self.acknowledged.push(reply["version"].as_u64().unwrap()),
                Some(Err((_, error))) => return error["error"].clone(),
                // It was decided before the disk was full, and is answered when there is room.
                None => {}
            }
        }
        panic!("the disk does not fill");
    }

    /// Edits until the engine takes it.
    async fn edit_until_taken(&mut self) {
        for _ in 0..100 {
            self.round += 1;
            let edit = bulky_edit(SOURCE, self.round);
            let asked = self
                .client
                .try_ask("alice", "plan.edit", edit, PATIENCE * 4);
            if let Some(Ok(reply)) = asked.await {
                self.acknowledged.push(reply["version"].as_u64().unwrap());
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("there is room, and the engine takes nothing");
    }

    /// Reads answer, and have everything that was acknowledged.
    async fn check_reads(&self) {
        let asked = json!({"learner": SOURCE, "page_size": 1});
        let plan = self.client.get("alice", "plan.get", asked.clone()).await;
        let last = *self.acknowledged.last().unwrap();
        assert!(plan["version"].as_u64().unwrap() >= last, "{plan} {last}");
        let history = self.client.get("alice", "plan.history", asked).await;
        assert_eq!(history["total"], plan["version"]);
    }

    /// How many durable commands wait.
    async fn waiting(&self) -> u64 {
        let context = jetstream::new(self.client.nats.clone());
        let stream = context.get_stream("PLANSYNC_COMMANDS").await.unwrap();
        stream.cached_info().state.messages
    }
}

async fn probe_on(disk: &Path) -> Probe {
    let nats = NatsServer::start();
    let client = Client::connect(&nats).await;
    Probe {
        nats,
        client,
        disk: disk.to_owned(),
        acknowledged: Vec::new(),
        round: 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test above, on a small file system"]
async fn probe() {
    let disk = PathBuf::from(std::env::var_os(DISK).unwrap());
    let mut probe = probe_on(&disk).await;
    let (http, engine) = HttpPort::serve_with(&probe.nats, &probe.data(), SMALL_VOLUMES).await;
    http.until_ready().await;
    found(&probe.client, 1, 0).await;
    probe.fill();

    let refusal = probe.edit_until_refused().await;
    assert_eq!(refusal["code"], "unavailable");
    let message = "the log cannot be used now, and nothing was changed (commits cannot be written to the disk, which may be full); send the command again later";
    assert_eq!(refusal["message"], message);
    assert_eq!(http.failing(), ["disk"]);
    let told = http.get("/readyz").body;
    assert!(told.contains("free up space on the disk"), "{told}");
    assert!(probe.acknowledged.len() > 50);
    probe.check_reads().await;
    // A durable command waits, and is not rejected.
    let mut told = probe.client.listen("command.>").await;
    let acknowledgements = "$JS.ACK.PLANSYNC_COMMANDS.plansync-engine.>";
    let mut acknowledgements = probe.client.nats.subscribe(acknowledgements).await.unwrap();
    let durable = bulky_edit(SOURCE, 1_000_000).to_string();
    probe
        .client
        .send("alice", "plan.edit", durable.as_bytes())
        .await;
    // The engine has it, could not decide on it, and keeps it.
    let said = acknowledgements.next().await.unwrap();
    assert_eq!(said.payload, "+WPI");
    assert_eq!(probe.waiting().await, 1);

    probe.make_room();
    probe.edit_until_taken().await;
    assert_eq!(told.next().await.0, "accepted");
    probe.check_reads().await;
    http.until_ready().await;
    let refusals = ["disk"];
    let metrics = http.metrics();
    assert!(metrics.number("plansync_part_failures_total", &refusals) >= 1.0);

    // Full again, and this time the engine is started again: full at first, then with room.
    probe.fill();
    probe.edit_until_refused().await;
    engine.kill();
    let engine = serve(&probe.nats, &probe.data()).await;
    probe.check_reads().await;
    probe.make_room();
    probe.edit_until_taken().await;
    probe.check_reads().await;
    assert_eq!(engine.terminate(), Some(0));
}
