//! What a user lacks.

use std::path::Path;

use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;

use super::world::{configured, doctor};

const SECTION: &str = "permissions-are-wrong";

#[test]
fn another_user_than_the_engines_lacks_what_the_engine_needs() {
    let nats = NatsServer::start_with_tenants();
    let url = nats.url_of("northgate-alice");
    let told = doctor(&url, &["--inbox-prefix", "_INBOX.northgate-alice"]);
    told.finds(
        ("permissions.needed", "wrong"),
        SECTION,
        &[
            "publish $JS.API.STREAM.INFO.PLANSYNC_COMMANDS (the settings of the streams)",
            "the server does not tell about making its consumer",
            "subscribe plansync.v1.req.> (requests)",
            "connect as the engine's user",
        ],
    );
    told.finds(
        ("streams.commands", "not_checked"),
        SECTION,
        &["does not permit"],
    );
    told.finds(
        ("engine.answers", "not_checked"),
        SECTION,
        &["$SRV.PING.plansync"],
    );
    told.finds(
        ("clock.server", "not_checked"),
        SECTION,
        &["publish on $SYS.REQ.USER.INFO", "date --utc"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_acts_as_somebody_else_is_told() {
    let (nats, folder) = (
        NatsServer::start_with_tenants(),
        tempfile::tempdir().unwrap(),
    );
    let engine = Engine::start_at(&nats.url_of("plansync"), folder.path(), &[]).await;
    let url = nats.url_of("northgate-alice");
    let inbox = [
        "--inbox-prefix",
        "_INBOX.northgate-alice",
        "--tenant",
        "northgate",
    ];
    doctor(&url, &[&inbox[..], &["--as", "alice"]].concat()).are_ok(&["permissions.needed"]);
    let told = doctor(&url, &[&inbox[..], &["--as", "bob"]].concat());
    told.finds(
        ("permissions.needed", "wrong"),
        SECTION,
        &["publish plansync.v1.req.northgate.bob.> (requests)"],
    );
    let told = doctor(&url, &["--tenant", "northgate", "--as", "alice"]);
    told.finds(
        ("permissions.needed", "wrong"),
        SECTION,
        &["--inbox-prefix"],
    );
    assert_eq!(engine.terminate(), Some(0));
}

#[test]
fn what_the_server_tells_about_a_user_is_believed_where_trying_would_do_harm() {
    let folder = tempfile::tempdir().unwrap();
    let text = "jetstream { store_dir: $NATS_STORE }\n\
                accounts { A { jetstream: enabled, users: [{ user: ann, password: secret, \
                permissions: { publish: { deny: [\"plansync.v1.evt.>\"] } } }] } }\n";
    let nats = configured(folder.path(), text);
    let told = doctor(&nats.url_of("ann"), &[]);
    let words = ["needs: publish plansync.v1.evt.> (events)"];
    told.finds(("permissions.needed", "wrong"), SECTION, &words);
}

/// A server with one user, who may publish and subscribe to these subjects.
fn with_user(folder: &Path, publish: &[String], subscribe: &[String]) -> NatsServer {
    let text = format!(
        "jetstream {{ store_dir: $NATS_STORE }}\n\
         accounts {{ A {{ jetstream: enabled, users: [{{ user: ann, password: secret, \
         permissions: {{ publish: {publish:?}, subscribe: {subscribe:?} }} }}] }} }}\n"
    );
    configured(folder, &text)
}

/// The subjects that follow a verb in the list of what a user lacks.
fn listed(message: &str, verb: &str) -> Vec<String> {
    let (_, list) = message.split_once(" needs: ").unwrap();
    let subject = |entry: &str| Some(entry.strip_prefix(verb)?.split_once(" (")?.0.to_owned());
    list.split(", ").filter_map(subject).collect()
}

#[test]
fn a_user_who_was_given_exactly_what_is_listed_lacks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = || "_INBOX.>".to_owned();
    let told_by = || "$SYS.REQ.USER.INFO".to_owned();
    let nats = with_user(folder.path(), &[told_by()], &[inbox()]);
    let told = doctor(&nats.url_of("ann"), &[]);
    let message = told.of_check("permissions.needed")[0]["message"].clone();
    let message = message.as_str().unwrap();
    let (mut publish, mut subscribe) = (listed(message, "publish "), listed(message, "subscribe "));
    assert_eq!((publish.len(), subscribe.len()), (16, 2), "{message}");
    subscribe.push(inbox());
    let nats = with_user(folder.path(), &publish, &subscribe);
    let told = doctor(&nats.url_of("ann"), &[]);
    let state = told.state("permissions.needed");
    assert_eq!(
        state, "not_checked",
        "what the server does not tell is left open: {told:?}"
    );
    publish.push(told_by());
    let nats = with_user(folder.path(), &publish, &subscribe);
    doctor(&nats.url_of("ann"), &[]).are_ok(&["permissions.needed"]);
}
