//! The engine is killed at random moments under everybody's hands: `PLANSYNC_KILLS` times (20).

use std::time::Duration;

use plansync_tests::client::Client;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::run;

use crate::ALONE;
use crate::school::School;

const KILLS: u64 = 20;

pub(super) fn setting(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap())
}

/// Moments that are spread without being the same each time the suite runs.
pub(super) fn moment(number: u64, below: u64) -> Duration {
    let salt = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let salt = u64::from(salt.unwrap().subsec_nanos());
    let mixed =
        (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    Duration::from_millis((mixed >> 33) % below)
}

#[tokio::test(flavor = "multi_thread")]
async fn i2_i3_killed_again_and_again_it_loses_nothing_and_does_nothing_twice() {
    let _alone = ALONE.lock().await;
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(&nats, data.path()).await;
    let client = Client::connect(&nats).await;
    let school = School::open(&client).await;
    let kills = setting("PLANSYNC_KILLS", KILLS);
    for kill in 0..kills {
        tokio::time::sleep(moment(kill, 400)).await;
        engine.kill();
        engine = Engine::start(&nats, data.path()).await;
    }
    let memory = school.close().await;
    let accounts = memory.account(&client).await;
    assert!(
        accounts.syncs > 0 && accounts.events > accounts.commands,
        "{accounts:?}"
    );
    println!("{kills} kills: {accounts:?}");
    assert_eq!(engine.terminate(), Some(0));
    let folder = data.path().to_str().unwrap();
    let url = nats.url();
    let verified = run(
        &url,
        &["audit", "verify", "--data", folder, "--nats-url", &url],
    );
    assert_eq!(verified.code, Some(0), "{verified:?}");
}
