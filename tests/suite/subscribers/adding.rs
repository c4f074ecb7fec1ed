//! What `plansync subscriber add` refuses before it changes anything.

use super::stage::{Stage, WAREHOUSE};

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_belongs_to_another_is_refused() {
    let stage = Stage::set(&["--events", "json"]).await;
    stage.done(&["add", WAREHOUSE, "--tenant", "northgate"]);
    stage.events("southgate", 1).await;
    stage
        .stored("PLANSYNC_EVENTS", "plansync.v1.evt.southgate.>", 1)
        .await;
    for (name, by) in [
        ("PLANSYNC", "the account PLANSYNC"),
        ("plansync", "the account PLANSYNC"),
        ("CLIENTS", "the account CLIENTS"),
        ("EVENTS", "the account EVENTS"),
        ("plansync-bridge", "the account plansync-bridge"),
        ("northgate", "the tenant northgate"),
        ("northgate-events", "northgate-events"),
        ("southgate", "the tenant southgate"),
        ("southgate-events", "southgate-events"),
        ("southgate-system", "southgate-system"),
        ("NORTHGATE_warehouse", "the subscriber northgate-warehouse"),
    ] {
        let ended = stage.subscriber(&["add", name, "--tenant", "northgate"]);
        assert_eq!(ended.code, Some(2), "{name}: {ended:?}");
        let told = format!("the name {name} belongs to {by}");
        assert!(ended.err.contains(&told), "{name}: {ended:?}");
    }
    let hub = [
        "add",
        "hub",
        "--tenant",
        "northgate",
        "--engine-account",
        "HUB",
    ];
    assert_eq!(stage.subscriber(&hub).code, Some(2));
    assert_eq!(stage.done(&["list"])["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_without_events_is_told_so_that_a_mistyped_name_is_seen() {
    let stage = Stage::set(&["--events", "json"]).await;
    stage.events("southgate", 1).await;
    stage
        .stored("PLANSYNC_EVENTS", "plansync.v1.evt.southgate.>", 1)
        .await;
    let known = stage.done(&["add", "south-mail", "--tenant", "southgate"]);
    assert_eq!(known["tenant_has_events"], true);
    let mistyped = stage.done(&["add", "suth-mail", "--tenant", "suthgate"]);
    assert_eq!(mistyped["tenant_has_events"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_leaves_everything_as_it_is() {
    let stage = Stage::set(&["--events", "json"]).await;
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let add = |path: &str| {
        let arguments = ["add", WAREHOUSE, "--tenant", "northgate", "--write", path];
        stage.subscriber(&arguments)
    };
    for path in [
        "/dev/full",
        "/dev/zero",
        &inside("missing/a.conf"),
        &inside(""),
    ] {
        let ended = add(path);
        assert_eq!(ended.code, Some(2), "{path}: {ended:?}");
    }
    assert_eq!(stage.done(&["list"])["total"], 0);
    // The file is removed again if the subscriber cannot be added.
    let path = inside("a.conf");
    stage.done(&["add", WAREHOUSE, "--tenant", "northgate", "--kinds", "sync"]);
    assert_eq!(add(&path).code, Some(2));
    assert!(!std::path::Path::new(&path).exists());
    stage.done(&["remove", WAREHOUSE, "--yes"]);
    assert_eq!(add(&path).code, Some(0));
    assert!(std::path::Path::new(&path).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_the_server_cannot_store_is_refused() {
    let stage = Stage::set(&["--events", "json"]).await;
    for time in [
        "0001-01-01T00:00:00Z",
        "1600-01-01T00:00:00Z",
        "2300-01-01T00:00:00Z",
    ] {
        let add = ["add", WAREHOUSE, "--tenant", "northgate", "--from", time];
        let ended = stage.subscriber(&add);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains("the years 1678 to 2261"), "{ended:?}");
    }
    assert_eq!(stage.done(&["list"])["total"], 0);
}
