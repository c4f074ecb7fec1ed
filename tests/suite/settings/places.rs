//! Which files count, and the commands that do without them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::{Home, text};

#[test]
fn a_named_file_is_the_only_one() {
    let home = Home::new();
    home.settings("[client]\ntenant = \"own\"\n");
    let named = home.file("other.toml", "[client]\nactor = \"alice\"\n");
    let tenant = |environment: &[(&str, &str)], options: &[&str]| {
        let one = home.one("client.tenant", environment, options);
        text(&one, "value").to_owned()
    };
    assert_eq!(tenant(&[], &[]), "own");
    assert_eq!(tenant(&[], &["--config", &named]), "");
    assert_eq!(tenant(&[("PLANSYNC_CONFIG", &named)], &[]), "");
    assert_eq!(tenant(&[("PLANSYNC_CONFIG", "/dev/null")], &[]), "");
    let own = home.path("plansync/plansync.toml");
    let own = ["--config", own.to_str().unwrap()];
    assert_eq!(tenant(&[("PLANSYNC_CONFIG", &named)], &own), "own");
}

#[test]
fn a_path_in_a_file_starts_in_its_folder() {
    let home = Home::new();
    let file = home.file(
        "a/x.toml",
        "[nats]\ncreds = \"b/c.creds\"\ntls_ca = \"~/ca\"\nnkey = \"\"\n",
    );
    let ended = home.run(&[], &["config", "check", &file]);
    assert!(
        ended.out.contains(":4:8: `nkey` cannot be ``: it is empty"),
        "{ended:?}"
    );
    let file = home.file(
        "a/x.toml",
        "[nats]\ncreds = \"b/c.creds\"\ntls_ca = \"~/ca\"\n",
    );
    let value = |key| {
        let one = home.one(key, &[("HOME", "/home/ann")], &["--config", &file]);
        text(&one, "value").to_owned()
    };
    assert_eq!(
        value("nats.creds"),
        home.path("a/b/c.creds").to_str().unwrap()
    );
    assert_eq!(value("nats.tls_ca"), "/home/ann/ca");
}

#[test]
fn init_writes_a_file_that_check_accepts_and_that_changes_nothing() {
    let home = Home::new();
    let before = home.shown(&[], &[]);
    let said = home.said(&[], &["config", "init"]);
    assert!(said.starts_with("Wrote "), "{said}");
    let path = home.path("plansync/plansync.toml");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    home.said(&[], &["config", "check"]);
    assert_eq!(home.shown(&[], &[]), before);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(home.said(&[], &["config", "init", "-"]), text);
    // It is never overwritten unless that is asked for, and then it is said.
    fs::write(&path, "[client]\n").unwrap();
    let refused = home.run(&[], &["config", "init"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("already exists"), "{refused:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "[client]\n");
    let said = home.said(&[], &["config", "init", "--replace"]);
    assert!(said.starts_with("Replaced "), "{said}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    let other = home.path("new/folder/x.toml");
    home.said(&[], &["config", "init", other.to_str().unwrap()]);
    assert_eq!(fs::read_to_string(other).unwrap(), text);
}

#[test]
fn every_setting_of_the_sample_is_accepted_when_it_is_no_comment() {
    let home = Home::new();
    let sample = home.said(&[], &["config", "init", "-"]);
    let is_setting = |line: &&str| {
        let name = line
            .strip_prefix("# ")
            .and_then(|line| line.split_once(" = "));
        name.is_some_and(|(name, _)| !name.contains(' '))
    };
    let settings: Vec<_> = sample.lines().filter(is_setting).collect();
    assert_eq!(settings.len(), home.shown(&[], &[]).len(), "{settings:?}");
    for setting in settings {
        let file = home.file("x.toml", sample.replace(setting, &setting[2..]));
        home.said(&[], &["config", "check", &file]);
    }
}

#[test]
fn a_wrong_file_keeps_nobody_from_help_completion_and_correcting_it() {
    let home = Home::new();
    home.settings("[engine\n");
    for words in [
        &["--help"][..],
        &["serve", "--help"],
        &["--version"],
        &["--protocol-version"],
        &["completions", "bash"],
        &["config", "init", "-"],
    ] {
        home.said(&[], words);
    }
    let ended = home.run(&[], &["config", "check"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    let completed = home.run(
        &[("PLANSYNC_COMPLETE", "fish")],
        &["--", "plansync", "config", "c"],
    );
    assert_eq!(
        (completed.code, &*completed.err),
        (Some(0), ""),
        "{completed:?}"
    );
    assert!(completed.out.starts_with("check"), "{completed:?}");
}
