//! A relay between a made-up log and a real stream, and what came of it.

use std::path::Path;
use std::sync::Arc;

use plansync_log::Position;
use plansync_nats::{CursorFile, EVENTS, NewStream, Publisher, Relay, Stepped};
use plansync_tests::nats::NatsServer;
use tempfile::TempDir;

use super::fake::FakeLog;
use super::{plain, prepared, shared};

pub(super) async fn relay(
    server: &NatsServer,
    log: &Arc<FakeLog>,
    folder: &Path,
) -> Relay<FakeLog> {
    let file = CursorFile::in_folder(folder);
    Relay::new(
        Publisher::new(prepared(server).await),
        Arc::clone(log),
        file,
        NewStream::Everything,
    )
}

/// Steps until there is nothing left to do.
pub(super) async fn drive(relay: &mut Relay<FakeLog>) {
    for _ in 0..500 {
        match relay.step().await.unwrap() {
            Stepped::Idle => return,
            Stepped::Published { .. } => {}
            Stepped::Away { .. } => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    }
    panic!("the relay does not come to rest");
}

/// The positions in the stream, in its order.
pub(super) async fn published(server: &NatsServer) -> Vec<u64> {
    let stream = plain(server).await.get_stream(EVENTS).await.unwrap();
    let state = stream.cached_info().state.clone();
    let mut positions = Vec::new();
    for sequence in state.first_sequence..=state.last_sequence {
        let message = stream.get_raw_message(sequence).await.unwrap();
        positions.push(
            String::from_utf8(message.payload.to_vec())
                .unwrap()
                .parse()
                .unwrap(),
        );
    }
    positions
}

pub(super) struct Bench {
    pub(super) server: NatsServer,
    pub(super) log: Arc<FakeLog>,
    pub(super) folder: TempDir,
}

pub(super) fn bench(durable_to: u64) -> Bench {
    Bench {
        server: NatsServer::start(),
        log: shared(FakeLog::durable_to(durable_to)),
        folder: tempfile::tempdir().unwrap(),
    }
}

impl Bench {
    pub(super) async fn relay(&self) -> Relay<FakeLog> {
        relay(&self.server, &self.log, self.folder.path()).await
    }

    pub(super) fn grow(&self, position: u64) {
        self.log.durable.send_replace(Position::new(position));
    }
}
