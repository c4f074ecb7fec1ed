//! Servers that lack something.

use super::world::{World, configured, doctor};

#[test]
fn a_server_without_jetstream_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let nats = configured(folder.path(), "max_payload: 1MB\n");
    let told = doctor(&nats.url(), &[]);
    told.are_ok(&["nats.connection", "nats.version"]);
    let section = "jetstream-is-off";
    told.finds(
        ("nats.jetstream", "wrong"),
        section,
        &["jetstream: enabled"],
    );
    for name in [
        "nats.limits",
        "streams.commands",
        "streams.events",
        "streams.consumer",
    ] {
        told.finds((name, "not_checked"), section, &[]);
    }
}

#[test]
fn a_server_that_takes_small_messages_only_or_stores_little_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let section = "the-nats-server-does-not-meet-the-requirements";
    let jetstream = "jetstream { store_dir: $NATS_STORE }\n";
    let nats = configured(folder.path(), &format!("{jetstream}max_payload: 512KB\n"));
    let told = doctor(&nats.url(), &[]);
    told.finds(
        ("nats.limits", "wrong"),
        section,
        &["524288", "max_payload: 1MB"],
    );
    let account = "accounts { A { users: [{ user: ann, password: secret }], \
                   jetstream { max_file: 100MB, max_mem: 1MB, max_streams: 1 } } }\n";
    let nats = configured(folder.path(), &format!("{jetstream}{account}"));
    let told = doctor(&nats.url_of("ann"), &[]);
    told.finds(("nats.limits", "wrong"), section, &["may have 1 stream,"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_storage_is_nearly_all_reserved_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let text = "jetstream { store_dir: $NATS_STORE }\n\
                accounts { A { users: [{ user: ann, password: secret }], \
                jetstream { max_file: 100MB, max_mem: 1MB } } }\n";
    let nats = configured(folder.path(), text);
    let url = nats.url_of("ann");
    doctor(&url, &[]).are_ok(&["nats.limits"]);
    let options = async_nats::ConnectOptions::with_user_and_password("ann".into(), "secret".into());
    let client = options.connect(nats.url()).await.unwrap();
    let stream = async_nats::jetstream::stream::Config {
        name: "LARGE".to_owned(),
        max_bytes: 95 << 20,
        ..Default::default()
    };
    let context = async_nats::jetstream::new(client);
    context.create_stream(stream).await.unwrap();
    let section = "the-nats-server-does-not-meet-the-requirements";
    let told = tokio::task::spawn_blocking(move || doctor(&url, &[]))
        .await
        .unwrap();
    told.finds(("nats.limits", "warning"), section, &["raise the storage"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_in_the_system_account_is_told_how_soon_the_server_flushes() {
    let folder = tempfile::tempdir().unwrap();
    let users = "accounts { S { users: [{ user: sys, password: secret }] } }\nsystem_account: S\n";
    for (setting, state, word) in [
        ("sync_interval: always", "ok", "before it acknowledges"),
        ("sync_interval: 10m", "warning", "`always` is the safest"),
    ] {
        let jetstream = format!("jetstream {{ store_dir: $NATS_STORE, {setting} }}\n");
        let nats = configured(folder.path(), &format!("{jetstream}{users}"));
        let url = nats.url_of("sys");
        let told = tokio::task::spawn_blocking(move || doctor(&url, &[]))
            .await
            .unwrap();
        assert_eq!(told.state("nats.sync_interval"), state);
        let said = format!("{:?}", told.of_check("nats.sync_interval"));
        assert!(said.contains(word), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_engine_that_is_told_and_its_folder_is_read() {
    let mut world = World::new().await;
    world.stop();
    let told = world.doctor();
    let section = "no-engine-answers";
    told.finds(
        ("engine.answers", "wrong"),
        section,
        &["systemctl start plansync"],
    );
    told.finds(("engine.version", "not_checked"), section, &[]);
    told.finds(("engine.ready", "not_checked"), section, &[]);
    told.are_ok(&[
        "nats.connection",
        "streams.commands",
        "streams.events",
        "data.log",
        "data.keys",
    ]);
    // A folder that a process has open, though nobody answers here.
    let elsewhere = plansync_tests::nats::NatsServer::start();
    let data = world.data();
    let data = data.to_str().unwrap();
    let _engine = plansync_tests::engine::Engine::start(&elsewhere, world.data().as_path()).await;
    let told = doctor(&world.nats.url(), &["--data", data]);
    told.finds(
        ("engine.answers", "wrong"),
        section,
        &["has the data folder open"],
    );
    // The streams on this server are those of the same log.
    told.are_ok(&["streams.commands", "data.log"]);
}
