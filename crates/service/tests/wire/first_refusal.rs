//! The refusal of a durable command, asked for again while the log cannot be read.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use plansync_log::memory::MemoryLog;
use plansync_log::{
    CommandKey, Incarnations, Position, Read, ReadError, Sequenced, StreamId, Tip, Version,
};
use plansync_protocol::Encoding;
use serde_json::json;

use crate::typed;
use crate::world::{Given, World};

/// A log of which one read by position fails: after so many that do not.
struct Failing {
    log: MemoryLog,
    reads_left: Arc<AtomicUsize>,
}

/// No read fails.
const NEVER: usize = usize::MAX;

impl Read for Failing {
    fn tip(&self) -> Tip {
        self.log.tip()
    }

    fn incarnations(&self) -> Incarnations {
        self.log.incarnations()
    }

    fn read(&self, from: Position, count_max: usize) -> Result<Vec<Sequenced>, ReadError> {
        let left = self.reads_left.load(Ordering::Relaxed);
        if left == 0 {
            self.reads_left.store(NEVER, Ordering::Relaxed);
            return Err(ReadError::Unavailable {
                what: "a read".to_owned(),
                source: io::Error::other("the cable is loose"),
            });
        }
        if left != NEVER {
            self.reads_left.store(left - 1, Ordering::Relaxed);
        }
        self.log.read(from, count_max)
    }

    fn stream(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Sequenced>, ReadError> {
        self.log.stream(stream, from, count_max)
    }

    fn locate(&self, stream: &StreamId, version: Version) -> Result<Option<Position>, ReadError> {
        self.log.locate(stream, version)
    }

    fn stream_version(&self, stream: &StreamId) -> Result<Version, ReadError> {
        self.log.stream_version(stream)
    }

    fn command(&self, tenant: &str, command: CommandKey) -> Result<Option<Position>, ReadError> {
        self.log.command(tenant, command)
    }
}

#[test]
fn a_refusal_that_cannot_be_read_now_is_unavailable_and_told_later() {
    let reads_left = Arc::new(AtomicUsize::new(NEVER));
    let through = |log| -> Arc<dyn Read> {
        let reads_left = Arc::clone(&reads_left);
        Arc::new(Failing { log, reads_left })
    };
    let world = World::read_through(Encoding::Json, through);
    let put = json!({ "marking_aid": true, "owner_rule": "keep" });
    world.get("system", "tenant.put", &put);
    let remove = json!({
        "administrator": "nobody", "command_id": "00000000-0000-0000-0000-00000000e000",
    });
    let body = remove.to_string().into_bytes();
    world.give("system", "administrator.remove", Given(&[]), &body);
    let told = |reads: usize| {
        reads_left.store(reads, Ordering::Relaxed);
        let answer = world.send("system", "administrator.remove", Given(&[]), &body);
        typed::error(Encoding::Json, &answer.body)["error"]["code"].clone()
    };
    // The first read finds what was decided, the second why.
    let codes = [0, 1, NEVER].map(told);
    assert_eq!(
        codes,
        ["unavailable", "unavailable", "administrator_not_found"]
    );
}
