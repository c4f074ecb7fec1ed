//! What a user lacks.

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
            "publish $JS.ACK.PLANSYNC_COMMANDS.plansync-engine.>",
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
    told.finds(("clock.server", "not_checked"), "the-clock-was-ahead", &[]);
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
