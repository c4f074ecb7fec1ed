//! A log that is followed: commits come as they are recorded, and Ctrl-C ends it well.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use plansync_tests::binary::command;
use plansync_tests::college::target;
use plansync_tests::program::exit_code;
use serde_json::{Value, json};

use super::world::{World, due};

struct Followed {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Followed {
    fn start(world: &World, words: &[&str]) -> Self {
        let mut child = command()
            .arg("audit")
            .args(words)
            .args(["--tenant", "northgate", "--as", "system"])
            .env("NATS_URL", world.url())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn next(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    fn json(&mut self) -> Value {
        serde_json::from_str(&self.next()).unwrap()
    }

    fn interrupted(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-INT", &pid]).status().unwrap();
        assert!(told.success());
        exit_code(&mut self.child)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_later_is_shown_when_it_is() {
    let world = World::new(2, 2).await;
    let log = world.shown(&["log", "--output", "json"]);
    let tip = serde_json::from_str::<Value>(&log).unwrap()["position"]
        .as_u64()
        .unwrap();
    let from = tip.to_string();
    let mut commits = Followed::start(
        &world,
        &["log", "--follow", "--from", &from, "--output", "jsonl"],
    );
    let mut told = Followed::start(
        &world,
        &[
            "log",
            "--follow",
            "--from",
            &from,
            "--learner",
            "Target 0001",
        ],
    );
    let mut events = Followed::start(&world, &["read", "--follow", "--from", &from]);
    // The commit at the place itself is there already.
    assert_eq!(commits.json()["position"], tip);
    assert_eq!(events.json()["position"], tip);
    for day in 10..13 {
        let moved = json!([due(0, &format!("2026-12-{day}"), "Ill")]);
        world.edit("alice", target(1), moved).await;
        let commit = commits.json();
        assert_eq!(commit["events"][0]["kind"], "plan.changed");
        assert_eq!(events.json()["position"], commit["position"]);
        // The last learner of the college is this one: the first line is that of the plan's beginning.
        let mut line = told.next();
        while !line.contains(&format!("due date → 2026-12-{day}")) {
            line = told.next();
        }
        assert!(
            line.contains("alice  plan of Target 0001: “Activity 0000”: "),
            "{line}"
        );
    }
    for followed in [commits, told, events] {
        assert_eq!(followed.interrupted(), Some(0));
    }
}
