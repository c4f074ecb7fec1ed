//! The engine and its clients by a settings file alone.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use plansync_tests::binary::command;
use plansync_tests::engine::{Engine, wait_until_ready};
use plansync_tests::nats::NatsServer;
use serde_json::json;

use super::Home;

/// Starts an engine in this home with nothing on its command line.
async fn serve(home: &Home, nats: &NatsServer, environment: &[(&str, &str)]) -> Engine {
    let child = command()
        .arg("serve")
        .env("XDG_CONFIG_HOME", home.path(""))
        .env("PLANSYNC_CONFIG", "")
        .env("NATS_URL", "")
        .env("PLANSYNC_DATA", "")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .spawn();
    let engine = Engine::of(child.unwrap());
    wait_until_ready(&nats.url()).await;
    engine
}

fn settings(home: &Home, nats: &NatsServer, more: &str) -> String {
    let url = nats.url();
    home.settings(&format!(
        "[engine]\ndata = \"data\"\ncomponents_max = 2\n[client]\ntenant = \"acme\"\nactor = \"system\"\n\
         [nats]\nurl = \"{url}\"\n{more}"
    ))
}

const PUT: [&str; 3] = [
    "request",
    "tenant.put",
    r#"{"marking_aid": false, "owner_rule": "keep"}"#,
];

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_and_its_clients_need_nothing_but_the_file() {
    let (home, nats) = (Home::new(), NatsServer::start());
    settings(&home, &nats, "");
    let engine = serve(&home, &nats, &[]).await;
    assert!(home.path("plansync/data").is_dir(), "relative to the file");
    home.said(&[], &PUT);
    let asked = ["request", "tenant.get", "--output", "json"];
    let got: serde_json::Value = serde_json::from_str(&home.said(&[], &asked)).unwrap();
    assert_eq!(got["owner_rule"], "keep");
    // The variable is stronger than the file, and the option than both.
    let other = [("PLANSYNC_TENANT", "other")];
    let refused = home.run(&other, &["request", "tenant.get"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    home.said(&other, &["request", "tenant.get", "--tenant", "acme"]);
    let who = ["request", "tenant.get", "--as", "nobody"];
    assert_eq!(home.run(&[], &who).code, Some(1));
    let json = home.run(&[("PLANSYNC_OUTPUT", "json")], &["request", "tenant.get"]);
    assert_eq!(json.json()["owner_rule"], json!("keep"));
    let alice = ["administrator", "put", "alice", "--name", "Alice Moreau"];
    home.said(&[], &alice);
    let typed = ["--", "plansync", "administrator", "show", "Ali"];
    let completed = home.said(&[("PLANSYNC_COMPLETE", "fish")], &typed);
    assert!(completed.starts_with("Alice Moreau"), "{completed}");
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_uses_a_context_of_its_file_and_no_other() {
    let (home, nats) = (Home::new(), NatsServer::start());
    let context = |name: &str, url: &str| {
        home.file(
            &format!("nats/context/{name}.json"),
            json!({ "url": url }).to_string(),
        );
    };
    context("here", &nats.url());
    context("away", "nats://127.0.0.1:1");
    home.file("nats/context.txt", "away");
    home.settings("[engine]\ndata = \"data\"\n[nats]\ncontext = \"here\"\n");
    let engine = serve(&home, &nats, &[("NATS_CONTEXT", "away")]).await;
    assert_eq!(engine.terminate(), Some(0));
    // Without a context in the file: the address of the file.
    settings(&home, &nats, "");
    let engine = serve(&home, &nats, &[("NATS_CONTEXT", "away")]).await;
    // A client uses the context that its variable names, which takes the place of the file's address.
    let away = home.run(&[("NATS_CONTEXT", "away")], &PUT);
    assert_eq!(away.code, Some(3), "{away:?}");
    home.said(&[("NATS_CONTEXT", "here")], &PUT);
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_the_format_of_the_file_and_its_warnings() {
    let (home, nats) = (Home::new(), NatsServer::start());
    let more = "[logging]\nformat = \"json\"\nlevel = \"warn\"\n";
    let user = "user = \"ann\"\npassword = \"x\"\n";
    let file = settings(&home, &nats, &format!("{user}{more}"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let child = command()
        .args(["serve", "--config", &file])
        .env("NATS_URL", "")
        .env("PLANSYNC_LOG", "")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until_ready(&nats.url()).await;
    let pid = child.id().to_string();
    let killed = std::process::Command::new("kill").arg(pid).status();
    assert!(killed.unwrap().success());
    let output = child.wait_with_output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    let lines = log.lines().map(serde_json::from_str::<serde_json::Value>);
    let lines: Vec<_> = lines.map(Result::unwrap).collect();
    let mut warnings = lines.iter().filter(|it| it["level"] == "WARN");
    let is_told = |it: &serde_json::Value| it["fields"].to_string().contains("chmod o-r");
    assert!(warnings.any(is_told), "{log}");
    assert!(lines.iter().all(|it| it["level"] != "INFO"), "{log}");
}

#[test]
fn a_wrong_filter_of_the_log_is_refused_by_every_layer() {
    let home = Home::new();
    let serve = ["serve", "--data", "/nowhere"];
    let typed = home.run(&[], &[&serve[..], &["--log-level", "a=b=c"]].concat());
    let variable = home.run(&[("PLANSYNC_LOG", "a=b=c")], &serve);
    home.settings("[logging]\nlevel = \"a=b=c\"\n");
    let file = home.run(&[], &serve);
    for (ended, named) in [
        (typed, "--log-level"),
        (variable, "PLANSYNC_LOG"),
        (file, "plansync.toml:2:9"),
    ] {
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains(named), "{ended:?}");
    }
}

#[test]
fn whoever_gives_a_login_by_two_variables_is_told_their_names() {
    let home = Home::new();
    let variables = [("NATS_USER", "ann"), ("NATS_TOKEN", "secret")];
    let ended = home.run(&variables, &["ping"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    for told in [
        "The variable NATS_USER gives `--nats-user`.",
        "The variable NATS_TOKEN gives `--nats-token`.",
        "unset it (`unset NATS_",
    ] {
        assert!(ended.err.contains(told), "{told}: {ended:?}");
    }
    assert!(!ended.err.contains("secret"), "{ended:?}");
    let typed = home.run(&variables[1..], &["ping", "--nats-user", "ann"]);
    assert!(
        typed.err.contains("The variable NATS_TOKEN gives"),
        "{typed:?}"
    );
    assert!(!typed.err.contains("NATS_USER gives"), "{typed:?}");
    let neither = home.run(&[], &["ping", "--nats-user", "ann", "--nats-token", "x"]);
    assert_eq!(neither.code, Some(2), "{neither:?}");
    assert!(!neither.err.contains("variable"), "{neither:?}");
}

#[test]
fn an_engine_without_a_data_folder_is_told_where_it_can_be_given() {
    let home = Home::new();
    let hint = "To omit `--data`, set PLANSYNC_DATA, or `data` in [engine] of a settings file.";
    let ended = home.run(&[], &["serve"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains(hint), "{ended:?}");
    let ended = home.run(&[], &["serve", "--output", "json"]);
    assert!(ended.err.contains(hint), "{ended:?}");
}
