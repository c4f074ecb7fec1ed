//! A log that was restored, and the stream that its earlier incarnations wrote.

use plansync_nats::EVENTS;

use super::bench::{Bench, bench, drive, published, relay};
use super::fake::FakeLog;
use super::{plain, shared};

/// The names of the events in the stream, in its order.
async fn names(bench: &Bench) -> Vec<String> {
    let stream = plain(&bench.server).await.get_stream(EVENTS).await.unwrap();
    let state = stream.cached_info().state.clone();
    let mut names = Vec::new();
    for sequence in state.first_sequence..=state.last_sequence {
        let message = stream.get_raw_message(sequence).await.unwrap();
        names.push(message.headers.get("Nats-Msg-Id").unwrap().to_string());
    }
    names
}

/// Lets a log in a folder of its own publish what it has.
async fn publish(bench: &Bench, log: FakeLog) {
    let folder = tempfile::tempdir().unwrap();
    let log = shared(log);
    drive(&mut relay(&bench.server, &log, folder.path()).await).await;
}

/// Why a log in a folder of its own does not publish.
async fn refusal(bench: &Bench, log: FakeLog) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut relay = relay(&bench.server, &shared(log), folder.path()).await;
    relay.attach().await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_restored_log_goes_on_in_the_stream_under_its_new_name() {
    let bench = bench(10);
    drive(&mut bench.relay().await).await;
    publish(&bench, bench.log.restored(2, 13, 16)).await;
    assert_eq!(
        published(&bench.server).await,
        [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16]
    );
    let names = names(&bench).await;
    assert_eq!(
        names[6..],
        [
            "6c6f67.1/10",
            "6c6f67.1/11",
            "6c6f67.1/13",
            "6c6f67.2/14",
            "6c6f67.2/16"
        ]
    );
}

#[tokio::test]
async fn a_log_restored_to_an_earlier_point_goes_on_after_that_point() {
    let bench = bench(10);
    drive(&mut bench.relay().await).await;
    publish(&bench, bench.log.restored(2, 5, 8)).await;
    publish(&bench, bench.log.restored(2, 5, 10)).await;
    let names = names(&bench).await;
    assert_eq!(
        names[5..],
        [
            "6c6f67.1/8",
            "6c6f67.1/10",
            "6c6f67.2/7",
            "6c6f67.2/8",
            "6c6f67.2/10"
        ]
    );
}

#[tokio::test]
async fn a_backup_that_was_restored_twice_leaves_the_first_restore_behind() {
    let bench = bench(5);
    drive(&mut bench.relay().await).await;
    publish(&bench, bench.log.restored(2, 5, 8)).await;
    publish(&bench, bench.log.restored(3, 5, 7)).await;
    let names = names(&bench).await;
    assert_eq!(
        names[3..],
        ["6c6f67.1/5", "6c6f67.2/7", "6c6f67.2/8", "6c6f67.3/7"]
    );
}

#[tokio::test]
async fn a_restored_log_fills_an_empty_stream_under_the_names_of_old() {
    let bench = bench(0);
    publish(&bench, bench.log.restored(4, 4, 7)).await;
    let expected = [
        "6c6f67.1/1",
        "6c6f67.1/2",
        "6c6f67.1/4",
        "6c6f67.4/5",
        "6c6f67.4/7",
    ];
    assert_eq!(names(&bench).await, expected);
}

#[tokio::test]
async fn a_folder_that_was_not_used_last_is_refused() {
    let bench = bench(5);
    publish(&bench, bench.log.restored(2, 5, 8)).await;
    let refused = refusal(&bench, FakeLog::durable_to(20)).await;
    let expected = "the event stream was last written in incarnation 2 of this log, and this folder is in \
                    incarnation 1; start the engine on the folder that was used last, or restore a \
                    backup with `plansync restore --incarnation 3`";
    assert_eq!(refused, expected);
    let refused = refusal(&bench, bench.log.restored(2, 5, 7)).await;
    let shorter = "the event stream has position 8 of incarnation 2, but this log ends at 7 in that incarnation";
    assert!(refused.starts_with(shorter), "{refused}");
    let changed = FakeLog {
        chain: 0xcd,
        ..bench.log.restored(2, 5, 8)
    };
    let refused = refusal(&bench, changed).await;
    let differ = "the event stream and this log differ at position 8 (hash abab";
    assert!(refused.starts_with(differ), "{refused}");
}
