//! What the configurations themselves refuse, and the contexts that belong to their users.

use std::process::Command;

use plansync_tests::cluster::copy;
use plansync_tests::nats::{NatsServer, deployed};
use plansync_tests::socket::Socket;
use serde_json::Value;

/// The users of `tenants.conf`.
const USERS: [&str; 9] = [
    "northgate-alice",
    "northgate-events",
    "northgate-system",
    "northgate-warehouse",
    "plansync",
    "plansync-bridge",
    "southgate-bob",
    "southgate-reports",
    "southgate-system",
];

/// What the server says of a configuration in which something was replaced; nothing if it takes it.
fn complaint(file: &str, found: &str, replacement: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    copy(&deployed("."), folder.path());
    let path = folder.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(found), "{file} has no {found}");
    std::fs::write(&path, text.replace(found, replacement)).unwrap();
    let mut command = Command::new(plansync::nats_server::find_or_install().unwrap());
    for user in USERS {
        let variable = user.to_uppercase().replace('-', "_");
        command.env(format!("{variable}_PASSWORD"), "secret");
    }
    let output = command
        .env("NATS_STORE", folder.path().join("store"))
        .args(["-t", "--config"])
        .arg(folder.path().join("tenants.conf"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (!output.status.success()).then_some(said)
}

#[test]
fn an_account_that_imports_what_is_anothers_is_refused_by_the_server() {
    let (tenant, subscriber) = (
        "tenants/southgate.conf",
        "subscribers/southgate-reports.conf",
    );
    assert_eq!(complaint(tenant, "southgate", "southgate"), None);
    for (file, own, others) in [
        (
            tenant,
            "plansync.v1.req.southgate.>\" }",
            "plansync.v1.req.northgate.>\" }",
        ),
        (
            tenant,
            "plansync.v1.cmd.southgate.>\" }",
            "plansync.v1.cmd.northgate.>\" }",
        ),
        (
            tenant,
            "plansync.v1.cmd.southgate.>\" }",
            "plansync.v1.cmd.>\" }",
        ),
        (
            subscriber,
            "NEXT.PLANSYNC_EVENTS_JSON.southgate-reports\" }",
            "NEXT.PLANSYNC_EVENTS.northgate-warehouse\" }",
        ),
        (
            subscriber,
            "INFO.PLANSYNC_EVENTS_JSON.southgate-reports\" }",
            "INFO.PLANSYNC_EVENTS.northgate-warehouse\" }",
        ),
        (
            subscriber,
            "ACK.PLANSYNC_EVENTS_JSON.southgate-reports.>\" }",
            "ACK.PLANSYNC_EVENTS.northgate-warehouse.>\" }",
        ),
        (
            subscriber,
            "$JS.ACK.PLANSYNC_EVENTS_JSON.southgate-reports.>\" }",
            "$JS.API.STREAM.PURGE.PLANSYNC_EVENTS\" }",
        ),
        // What only the bridge may import.
        (
            subscriber,
            "$JS.ACK.PLANSYNC_EVENTS_JSON.southgate-reports.>\" }",
            "$JS.API.STREAM.MSG.GET.PLANSYNC_EVENTS\" }",
        ),
        (
            tenant,
            "plansync.v1.cmd.southgate.>\" }",
            "plansync.v1.evtjson.southgate.>\" }",
        ),
        (
            "bridge.conf",
            "$JS.API.STREAM.MSG.GET.PLANSYNC_EVENTS\" }",
            "$JS.API.CONSUMER.MSG.NEXT.PLANSYNC_EVENTS.northgate-warehouse\" }",
        ),
    ] {
        let said = complaint(file, own, others).unwrap_or_else(|| panic!("{others} was imported"));
        assert!(said.contains("import"), "{others}: {said}");
    }
}

#[test]
fn there_is_a_context_for_each_user_with_the_inbox_that_it_may_use() {
    let nats = NatsServer::start_with_tenants();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(deployed("contexts")).unwrap() {
        let path = entry.unwrap().path();
        let context: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let user = context["user"].as_str().unwrap().to_owned();
        assert_eq!(path.file_stem().unwrap().to_str(), Some(user.as_str()));
        assert_eq!(context["password"], Value::Null, "no password is shipped");
        let mut socket = Socket::connect(&nats.url_of(&user));
        let heard = match context["inbox_prefix"].as_str() {
            Some(inbox) => format!("{inbox}.>"),
            None if user.ends_with("-events") => "plansync.v1.evt.northgate.>".to_owned(),
            None => "_INBOX.>".to_owned(),
        };
        let said = socket.say(&format!("SUB {heard} 1"));
        assert!(!said.contains("-ERR"), "{user}: {said}");
        found.push(user);
    }
    found.sort();
    assert_eq!(found, USERS);
}
