//! A month of random operations, and then every commit is read back.
//!
//! Each day a random history of a college goes over the wire: requests and durable commands, in JSON
//! and in MessagePack, each answered as the model answers. At night the engine is stopped or killed,
//! and starts again with events in the other encoding. At the end the folder and the stream are
//! verified, and every version of every plan, every sync, every open record and every event is read
//! back and held against the model; then once more from an engine that has only the commits.
//!
//! `PLANSYNC_MONTH_DAYS` says how many days (2), `PLANSYNC_MONTH_SEED` which history is the first (0).

mod college;
mod events;
mod read_back;
mod renamed;
mod typed;
mod wire;

use plansync_model::histories::generate;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::run;

use crate::ALONE;
use crate::kills::setting;
use college::College;
use wire::Wire;

const TENANTS: [&str; 2] = ["acme", "birch"];
const DAYS: u64 = 2;

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_random_operations_after_which_every_commit_is_read_back() {
    let _alone = ALONE.lock().await;
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let (days, seed) = (
        setting("PLANSYNC_MONTH_DAYS", DAYS),
        setting("PLANSYNC_MONTH_SEED", 0),
    );
    let mut engine = start(&nats, data.path(), 0).await;
    let wire = Wire::connect(&nats).await;
    let mut colleges = TENANTS.map(College::new);
    for day in 0..days {
        for (place, college) in colleges.iter_mut().enumerate() {
            let number = seed + day * 2 + u64::try_from(place).unwrap();
            let history = renamed::history(generate(number), day);
            for (index, step) in history.iter().enumerate() {
                college.step(&wire, step).await.unwrap_or_else(|what| {
                    panic!("day {day}, seed {number}, {index} {step}: {what}")
                });
            }
        }
        if day % 2 == 0 {
            engine.kill();
        } else {
            assert_eq!(engine.terminate(), Some(0));
        }
        engine = start(&nats, data.path(), day + 1).await;
    }
    let mut told = events::Told::default();
    for college in &mut colleges {
        let read = read_back::all(&wire, college).await;
        println!("{} after {days} days: {read:?}", college.tenant);
        events::settled(&wire, college).await;
    }
    told.read(&wire).await;
    for college in &colleges {
        told.check(college);
    }
    println!("{} events: {:?}", told.count(), told.kinds());
    assert_eq!(engine.terminate(), Some(0));

    let (folder, url) = (data.path().to_str().unwrap(), nats.url());
    let verified = run(
        &url,
        &["audit", "verify", "--data", folder, "--nats-url", &url],
    );
    assert_eq!(verified.code, Some(0), "{verified:?}");
    let reindexed = run(&url, &["audit", "reindex", "--data", folder]);
    assert_eq!(reindexed.code, Some(0), "{reindexed:?}");
    let engine = start(&nats, data.path(), days).await;
    for college in &mut colleges {
        read_back::all(&wire, college).await;
    }
    assert_eq!(engine.terminate(), Some(0));
}

/// An engine with the bounds of the model; every second one tells events in JSON.
async fn start(nats: &NatsServer, data: &std::path::Path, night: u64) -> Engine {
    let components = college::LIMITS.components.to_string();
    let learners = college::LIMITS.learners.to_string();
    let events = if night.is_multiple_of(2) {
        "msgpack"
    } else {
        "json"
    };
    let bounds = ["--components-max", &components, "--learners-max", &learners];
    let arguments = [&bounds[..], &["--events", events]].concat();
    Engine::start_with(nats, data, &arguments).await
}
