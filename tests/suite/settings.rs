//! The settings: options, variables and files, and which of them counts.

mod checking;
mod commands;
mod layers;
mod places;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use plansync_tests::program::{Ended, run_in};
use serde_json::Value;
use tempfile::TempDir;

/// The home of somebody who has no settings yet.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file that only its owner can use, and gives its path.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The user's settings file.
    fn settings(&self, content: &str) -> String {
        self.file("plansync/plansync.toml", content)
    }

    /// Runs the program in this home, with these in its environment.
    fn run(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Ended {
        let home = self.0.path().to_str().unwrap();
        let own = [
            ("XDG_CONFIG_HOME", home),
            ("PLANSYNC_CONFIG", ""),
            ("NATS_URL", ""),
        ];
        run_in(&[&own, environment].concat(), arguments)
    }

    /// What a command says that ends well and has nothing to complain about.
    #[track_caller]
    fn said(&self, environment: &[(&str, &str)], arguments: &[&str]) -> String {
        let ended = self.run(environment, arguments);
        assert_eq!((ended.code, &*ended.err), (Some(0), ""), "{ended:?}");
        ended.out
    }

    /// The settings in use.
    #[track_caller]
    fn shown(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Vec<Value> {
        let show = [&["config", "show", "--output", "json"], arguments].concat();
        let said = self.said(environment, &show);
        let shown: Value = serde_json::from_str(&said).unwrap();
        shown["items"].as_array().unwrap().clone()
    }

    /// One of them.
    #[track_caller]
    fn one(&self, key: &str, environment: &[(&str, &str)], arguments: &[&str]) -> Value {
        let shown = self.shown(environment, arguments);
        let one = shown.into_iter().find(|it| it["key"] == key);
        one.unwrap_or_else(|| panic!("no setting {key}"))
    }
}

/// A text of a setting that is shown.
fn text<'a>(shown: &'a Value, name: &str) -> &'a str {
    shown[name].as_str().unwrap_or_default()
}
