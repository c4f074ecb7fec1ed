//! Where the built `plansync` is. It is built once more here, which costs nothing where it is
//! fresh: `cargo test -p plansync-tests` alone would not build another package's binary.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The path of the `plansync` binary of this workspace.
///
/// # Panics
/// If it cannot be built.
pub fn plansync() -> &'static PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(build)
}

fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--package", "plansync", "--bin", "plansync"])
        .args(["--message-format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "the binary does not build:\n{errors}"
    );
    let messages = String::from_utf8(output.stdout).unwrap();
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .unwrap()
}
