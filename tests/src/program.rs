//! The program as people and scripts run it: what it said, and how it ended.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::binary::{command, plansync};

/// What a command said and how it ended.
#[derive(Debug, PartialEq)]
pub struct Ended {
    /// The exit code, if it ended by itself.
    pub code: Option<i32>,
    /// What it wrote to the standard output.
    pub out: String,
    /// What it wrote to the error stream.
    pub err: String,
}

/// Runs the program to its end, with this NATS in its environment.
///
/// # Panics
/// If it cannot be started, or does not write text.
pub fn run(url: &str, arguments: &[&str]) -> Ended {
    run_in(&[("NATS_URL", url)], arguments)
}

/// Runs the program to its end, with these in its environment and nobody at its standard input.
///
/// # Panics
/// If it cannot be started, or does not write text.
pub fn run_in(environment: &[(&str, &str)], arguments: &[&str]) -> Ended {
    ended(command().args(arguments), environment)
}

/// Pastes a line into a shell that finds the program as `plansync`.
///
/// # Panics
/// If there is no shell, or it does not write text.
pub fn paste(environment: &[(&str, &str)], line: &str) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(plansync(), folder.path().join("plansync")).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", folder.path().display());
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).env("PATH", path);
    ended(&mut shell, environment)
}

fn ended(command: &mut Command, environment: &[(&str, &str)]) -> Ended {
    let output = command
        .env_remove("PLANSYNC_TENANT")
        .env_remove("PLANSYNC_ACTOR")
        .env("PLANSYNC_CONFIG", "/dev/null")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Waits until a program has ended by itself, for at most two minutes, and gives its exit code, which
/// it does not have if a signal ended it.
///
/// # Panics
/// If it does not end in time. It is killed then.
pub fn exit_code(child: &mut Child) -> Option<i32> {
    let until = Instant::now() + Duration::from_mins(2);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if Instant::now() > until {
            child.kill().unwrap();
            panic!("the program does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Runs a command that needs no NATS and writes JSON.
///
/// # Panics
/// If it cannot be started, or does not write text.
pub fn on_folder(command: &[&str], folder: &Path, more: &[&str]) -> Ended {
    let folder = folder.to_str().unwrap();
    let json = ["--data", folder, "--output", "json"];
    run("nats://nowhere.invalid", &[command, &json, more].concat())
}

impl Ended {
    /// The one JSON value that it wrote.
    ///
    /// # Panics
    /// If that is none.
    pub fn json(&self) -> Value {
        match serde_json::from_str(&self.out) {
            Ok(json) => json,
            Err(error) => panic!("{error}: {self:?}"),
        }
    }
}
