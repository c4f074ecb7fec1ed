//! Where all is well, that is said, and nothing is changed.

use plansync_tests::client::Client;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::run;
use plansync_tests::waiting::until;
use serde_json::json;

use super::world::{World, doctor};

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_that_is_well_is_said_to_be_and_is_not_changed() {
    let mut world = World::new().await;
    let status = || async {
        let told = world.client.get("system", "engine.status", json!({})).await;
        (told["log"]["position"].clone(), told["commands"].clone())
    };
    let consumer = "CONSUMER.INFO.PLANSYNC_COMMANDS.plansync-engine";
    let made = || async { world.api(consumer, &json!({})).await["created"].clone() };
    let events = async || {
        let told = world.client.get("system", "engine.status", json!({})).await;
        told["events"]["behind"].clone()
    };
    until(events, |behind| *behind == 0).await;
    let before = (
        status().await,
        world.stream_state("PLANSYNC_COMMANDS").await,
        world.stream_state("PLANSYNC_EVENTS").await,
        made().await,
    );
    let told = world.doctor();
    told.is_all_ok();
    assert_eq!(told.state("nats.sync_interval"), "not_checked");
    let after = (
        status().await,
        world.stream_state("PLANSYNC_COMMANDS").await,
        world.stream_state("PLANSYNC_EVENTS").await,
        made().await,
    );
    assert_eq!(before, after);
    let human = run(
        &world.nats.url(),
        &["doctor", "--data", world.data().to_str().unwrap()],
    );
    assert!(
        human
            .out
            .contains("\nok           engine.answers: an engine answers"),
        "{human:?}"
    );
    assert!(human.err.is_empty(), "{human:?}");
    world.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engines_user_and_a_client_of_the_recommended_layout_have_what_they_need() {
    let (nats, folder) = (
        NatsServer::start_with_tenants(),
        tempfile::tempdir().unwrap(),
    );
    let url = nats.url_of("plansync");
    let engine = Engine::start_at(&url, folder.path(), &[]).await;
    let system = Client::connect_as(&nats, "northgate-system").await;
    let settings = json!({"marking_aid": false, "owner_rule": "keep"});
    system.get("system", "tenant.put", settings).await;
    let told = doctor(&url, &["--data", folder.path().to_str().unwrap()]);
    told.is_all_ok();
    let engines = Client::connect_as(&nats, "plansync").await;
    let commands = async || {
        let context = async_nats::jetstream::new(engines.nats.clone());
        let stream = context.get_stream("PLANSYNC_COMMANDS").await.unwrap();
        stream.cached_info().state.last_sequence
    };
    let before = commands().await;
    let client = [
        "--tenant",
        "northgate",
        "--as",
        "system",
        "--inbox-prefix",
        "_INBOX.northgate-system",
    ];
    let told = doctor(&nats.url_of("northgate-system"), &client);
    told.are_ok(&[
        "nats.connection",
        "nats.jetstream",
        "permissions.needed",
        "permissions.optional",
        "engine.answers",
        "engine.version",
        "engine.ready",
    ]);
    let optional = told.of_check("permissions.optional")[0]["message"].to_string();
    assert!(
        optional.contains("permission for durable commands as well"),
        "{optional}"
    );
    assert!(optional.contains("none for events"), "{optional}");
    assert_eq!(told.state("streams.commands"), "not_checked");
    // The command that was tried is stored nowhere.
    assert_eq!(commands().await, before);
    assert_eq!(engine.terminate(), Some(0));
}
