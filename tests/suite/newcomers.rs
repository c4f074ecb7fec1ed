//! What a newcomer reads names the same tenant everywhere, so that a command of one page works after those of another.

use std::path::{Path, PathBuf};

/// The tenants of the documentation, and where each may be named.
const TENANTS: [(&str, &[&str]); 3] = [
    // Everywhere.
    ("northgate", &[""]),
    // The second tenant of a server with several accounts.
    ("southgate", &["docs/nats.md", "deploy/nats/"]),
    // The college that `plansync load --template` makes, so that it is not mixed with another one.
    (
        "example-college",
        &["README.md", "crates/cli/src/commands/load"],
    ),
];

/// What stands before the name of a tenant.
const BEFORE: [&str; 6] = [
    "--tenant ",
    "PLANSYNC_TENANT=",
    "tenant=\"",
    "tenant: \"",
    "\"tenant\": \"",
    "\\\"tenant\\\": \\\"",
];

/// The folders and files that newcomers read; of the command line, the texts of its commands.
const READ: [&str; 8] = [
    "README.md",
    "docs",
    "deploy/nats",
    "proto-schemas/README.md",
    "crates/cli/src/commands",
    "crates/client/README.md",
    "crates/protocol/README.md",
    "clients",
];

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_file() {
        found.push(path.to_owned());
        return;
    }
    for entry in std::fs::read_dir(path).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // Scenarios of tests have names of their own; installed packages are not ours.
        let is_read = ![
            "node_modules",
            "conformance",
            "tests",
            "test",
            "demo",
            "target",
        ]
        .contains(&&*name);
        if is_read && !name.starts_with('.') {
            files(&path, found);
        }
    }
}

/// The tenants that a text names.
fn named(text: &str) -> Vec<&str> {
    let after = BEFORE.iter().flat_map(|before| text.split(before).skip(1));
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let names = after.map(|rest| &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())]);
    // `--tenant TENANT` is a placeholder.
    let is_given = |name: &&str| !name.is_empty() && !name.chars().all(|c| c.is_ascii_uppercase());
    names.filter(is_given).collect()
}

#[test]
fn the_tenant_is_called_the_same_in_everything_that_a_newcomer_reads() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for path in READ {
        assert!(root.join(path).exists(), "{path}");
        files(&root.join(path), &mut found);
    }
    let mut count = 0;
    for path in found {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let shown = path.strip_prefix(&root).unwrap().display().to_string();
        // Tests in a file come last.
        let text = text.split("#[cfg(test)]").next().unwrap();
        for name in named(text) {
            count += 1;
            let places = TENANTS.iter().find(|(tenant, _)| *tenant == name);
            let may = places
                .is_some_and(|(_, places)| places.iter().any(|place| shown.starts_with(place)));
            assert!(
                may,
                "{shown} names the tenant `{name}`; documentation uses `northgate`"
            );
        }
    }
    assert!(count > 40, "{count}");
}
