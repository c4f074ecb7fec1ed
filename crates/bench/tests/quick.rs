//! The benchmark goes through, small, and every figure of every workload is there.

#![allow(clippy::unwrap_used)]

use std::process::Command;

use serde_json::Value as Json;

#[test]
fn every_workload_gives_its_figures() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("figures.json");
    let ran = Command::new(env!("CARGO_BIN_EXE_plansync-bench"))
        .args(["--quick", "--no-peers", "--json"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
    let text = std::fs::read_to_string(file).unwrap();
    let json: Json = serde_json::from_str(&text).unwrap();
    let figures = json["figures"].as_array().unwrap();
    let list = Command::new(env!("CARGO_BIN_EXE_plansync-bench"))
        .arg("--list")
        .output()
        .unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let names = list
        .lines()
        .filter_map(|line| line.split_ascii_whitespace().next());
    for name in names.filter(|name| *name != "postgres") {
        assert!(
            figures.iter().any(|figure| figure["workload"] == name),
            "{name}: none"
        );
    }
    for figure in figures {
        let is_lag = figure["unit"] == "s";
        let p50 = figure["p50"].as_f64().unwrap();
        assert!(p50 > 0.0 || (is_lag && p50 >= 0.0), "{figure}");
    }
}

#[test]
fn an_unknown_workload_is_named() {
    let ran = Command::new(env!("CARGO_BIN_EXE_plansync-bench"))
        .args(["--only", "nonsense"])
        .output()
        .unwrap();
    assert!(!ran.status.success());
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(
        said.contains("there is no workload nonsense; --list names them"),
        "{said}"
    );
}
