//! The houses: which crate may know which, and what every source file keeps to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which of our crates, and which guarded libraries, a crate may name.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("plansync-primitives", &[]),
    ("plansync-measures", &[]),
    ("plansync-traces", &[]),
    ("plansync-domain", &["plansync-primitives"]),
    ("plansync-log", &["plansync-measures"]),
    (
        "plansync-sled",
        &["plansync-log", "plansync-measures", "sled"],
    ),
    ("plansync-protocol", &["plansync-primitives"]),
    // It belongs to other people's programs, so it knows nothing of the engine.
    (
        "plansync-client",
        &["async-nats", "plansync-primitives", "plansync-protocol"],
    ),
    (
        "plansync-engine",
        &[
            "plansync-domain",
            "plansync-log",
            "plansync-measures",
            "plansync-traces",
        ],
    ),
    // It turns replies into tables, and knows nobody who answers.
    (
        "plansync-export",
        &["plansync-primitives", "plansync-protocol"],
    ),
    (
        "plansync-service",
        &[
            "plansync-domain",
            "plansync-engine",
            "plansync-log",
            "plansync-measures",
            "plansync-protocol",
            "plansync-traces",
        ],
    ),
    (
        "plansync-nats",
        &[
            "async-nats",
            "plansync-log",
            "plansync-measures",
            "plansync-service",
            "plansync-traces",
        ],
    ),
    (
        "plansync",
        &[
            "opentelemetry",
            "plansync-client",
            "plansync-domain",
            "plansync-engine",
            "plansync-export",
            "plansync-log",
            "plansync-measures",
            "plansync-nats",
            "plansync-protocol",
            "plansync-service",
            "plansync-sled",
            "plansync-traces",
        ],
    ),
    // It measures sled by itself beside the log, and a service that does nothing beside the engine.
    (
        "plansync-bench",
        &[
            "async-nats",
            "plansync",
            "plansync-domain",
            "plansync-engine",
            "plansync-log",
            "plansync-sled",
            "sled",
        ],
    ),
    // It shows what sled would lose without our journal, so it uses sled as we never do.
    (
        "plansync-powercut",
        &[
            "plansync-domain",
            "plansync-engine",
            "plansync-log",
            "plansync-sled",
            "sled",
        ],
    ),
];

/// Libraries that only the houses named above may name.
const GUARDED: &[&str] = &["sled", "async-nats", "opentelemetry"];

/// The crates that implement a log backend.
const BACKENDS: &[&str] = &["plansync-sled"];

const FILE_LINES_MAX: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let of = |package: &serde_json::Value| {
        let normal = |dependency: &&serde_json::Value| dependency["kind"].is_null();
        let all = package["dependencies"].as_array().unwrap();
        all.iter()
            .filter(normal)
            .map(|dependency| text(&dependency["name"]))
            .collect()
    };
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| (text(&package["name"]), of(package)))
        .collect()
}

#[test]
fn every_crate_of_the_product_is_listed() {
    for folder in std::fs::read_dir(root().join("crates")).unwrap() {
        let folder = folder.unwrap().file_name();
        let name = match folder.to_str().unwrap() {
            "cli" => "plansync".to_owned(),
            other => format!("plansync-{other}"),
        };
        let is_listed = MAY_KNOW.iter().any(|(listed, _)| *listed == name);
        assert!(is_listed, "{name} is missing in MAY_KNOW");
    }
}

#[test]
fn a_crate_knows_only_the_crates_it_may_know() {
    let all = dependencies();
    for (name, may_know) in MAY_KNOW {
        let ours =
            |known: &&String| known.starts_with("plansync") || GUARDED.contains(&known.as_str());
        let stray: Vec<_> = all[*name]
            .iter()
            .filter(ours)
            .filter(|known| !may_know.contains(&known.as_str()))
            .collect();
        assert_eq!(
            stray,
            Vec::<&String>::new(),
            "{name} names a crate it must not know"
        );
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "tests"] {
        sources(&root().join(folder), &mut found);
    }
    found
}

/// The file of the command line that chooses the log backend.
const CHOOSES_BACKEND: &str = "crates/cli/src/backend.rs";

#[test]
fn one_file_of_the_command_line_names_a_log_backend() {
    let mut found = Vec::new();
    sources(&root().join("crates/cli/src"), &mut found);
    let backends = BACKENDS.iter().map(|name| name.replace('-', "_"));
    let backends: Vec<_> = backends.collect();
    let names_one = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        backends.iter().any(|backend| text.contains(backend))
    };
    let naming: Vec<_> = found.into_iter().filter(names_one).collect();
    assert_eq!(naming, [root().join(CHOOSES_BACKEND)]);
}

#[test]
fn every_source_file_says_first_what_it_owns() {
    let silent: Vec<_> = all_sources()
        .into_iter()
        .filter(|path| !std::fs::read_to_string(path).unwrap().starts_with("//!"))
        .collect();
    assert_eq!(
        silent,
        Vec::<PathBuf>::new(),
        "these files do not open with `//!`"
    );
}

#[test]
fn no_source_file_is_too_long_to_read() {
    let long: Vec<_> = all_sources()
        .into_iter()
        .filter(|path| std::fs::read_to_string(path).unwrap().lines().count() > FILE_LINES_MAX)
        .collect();
    assert_eq!(
        long,
        Vec::<PathBuf>::new(),
        "these files have over {FILE_LINES_MAX} lines"
    );
}

#[test]
fn no_source_file_has_a_name_that_says_nothing() {
    let empty = [
        "util", "utils", "helper", "helpers", "common", "misc", "manager",
    ];
    let vague: Vec<_> = all_sources()
        .into_iter()
        .filter(|path| {
            path.file_stem()
                .is_some_and(|stem| empty.iter().any(|name| stem == *name))
        })
        .collect();
    assert_eq!(vague, Vec::<PathBuf>::new());
}

#[test]
fn every_file_of_this_suite_is_part_of_it() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite");
    let main = std::fs::read_to_string(suite.join("main.rs")).unwrap();
    let forgotten: Vec<_> = std::fs::read_dir(suite)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .filter(|name| name != "main" && !main.contains(&format!("mod {name};")))
        .collect();
    assert_eq!(
        forgotten,
        Vec::<String>::new(),
        "files that no test run would see"
    );
}
