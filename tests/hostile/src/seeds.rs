//! Valid bytes to begin with: the published examples of every message, and the log that a random
//! history leaves.

use std::sync::Arc;

use plansync_engine::{Config, Engine};
use plansync_log::memory::MemoryLog;
use plansync_log::{LogId, Position, Read as _};
use plansync_model::histories::{Step, generate};
use plansync_protocol::{Encoding, OperationName};
use plansync_service::{Headers, Inbound, RandomIds, Service};
use serde_json::Value;
use uuid::Uuid;

const ARCHIVE: &[u8] = include_bytes!("../../../crates/log/tests/golden/format-1.archive");
const BACKUP: &[u8] = include_bytes!("../../../crates/sled/tests/golden/format-1.backup");
/// Messages of the stream of a replicated log, and of its leases.
const REPLICATED: [&[u8]; 3] = [
    include_bytes!("../../../crates/log/tests/golden/format-1.record"),
    include_bytes!("../../../crates/log/tests/golden/format-1.barrier"),
    include_bytes!("../../../crates/log/tests/golden/format-1.lease"),
];
/// Keys, checkpoints and a proof, one of which has the signature of a witness.
const ANCHORS: [&[u8]; 5] = [
    include_bytes!("../../../crates/log/tests/golden/anchors/old.anchor"),
    include_bytes!("../../../crates/log/tests/golden/anchors/new.anchor"),
    include_bytes!("../../../crates/log/tests/golden/anchors/933.tlog-proof"),
    b"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    b"PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
];
/// Histories whose commands and commits are seeds.
const HISTORIES: u64 = 3;

struct None;

impl Headers for None {
    fn values(&self, _name: &str) -> Vec<&str> {
        Vec::new()
    }
}

/// What a server sends: the first byte says in which pieces.
const FRAMES: [&[u8]; 6] = [
    b"\xffINFO {\"server_id\":\"x\",\"tls_required\":true,\"connect_urls\":[\"a:1\"]}\r\nPONG\r\n",
    b"\x05PING\r\n+OK\r\n-ERR 'Permissions Violation for \"\xc3\xa9\"'\r\n",
    b"\xffMSG plansync.v1.req.t.a.plan.get 7 _INBOX.x 4\r\nMSG \r\nPING\r\n",
    b"\xffHMSG plansync.v1.req.t.a.plan.get 7 _INBOX.x 20 22\r\nNATS/1.0\r\nA: b\rc\r\n\r\n{}\r\n",
    b"\x07HMSG plansync.v1.cmd.t.a.x 2 $JS.ACK.S.C.1.2.3.4.5 18 20\r\nNATS/1.0\r\nA: b\r\n\r\n{}\r\n",
    b"\x01HMSG _INBOX.me.1 3 28 28\r\nNATS/1.0 404 No Messages\r\n\r\n\r\nMSG a\xe2\x80\x832 1 0\r\n\r\n",
];

/// The seeds of a decoder; none for a name that no decoder has.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "request" => messages(|_| true),
        "command" => messages(OperationName::is_command),
        "record" => records(),
        "archive" => vec![ARCHIVE.to_vec(), BACKUP.to_vec()],
        "anchor" => ANCHORS.iter().map(|text| text.to_vec()).collect(),
        "keys" => crate::keys::seeds(),
        "replicated" => REPLICATED.iter().map(|message| message.to_vec()).collect(),
        "frames" => FRAMES.iter().map(|frames| frames.to_vec()).collect(),
        _unknown => Vec::new(),
    }
}

/// The published example of each operation, in both encodings, and the commands of a few histories.
fn messages(wanted: impl Fn(OperationName) -> bool) -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto-schemas/golden");
    let mut seeds = Vec::new();
    for (number, operation) in (0_u8..).zip(OperationName::ALL.iter().copied()) {
        if !wanted(operation) {
            continue;
        }
        let path = format!("{folder}/{operation}.json");
        let example = std::fs::read(path).unwrap_or_default();
        let example: Value = serde_json::from_slice(&example).unwrap_or_default();
        let body = &example["body"];
        let json = body["json"].to_string().into_bytes();
        let packed = body["msgpack"].as_str().and_then(from_hex);
        for body in [Some(json), packed].into_iter().flatten() {
            seeds.push([vec![number], body].concat());
        }
    }
    for step in (0..HISTORIES).flat_map(generate) {
        if let Step::Ask(_, ask) = step
            && let Some(operation) = OperationName::parse(ask.operation())
            && let Some(number) = OperationName::ALL.iter().position(|one| *one == operation)
        {
            let number = u8::try_from(number).unwrap_or_default();
            let body = serde_json::to_vec(&ask).unwrap_or_default();
            seeds.push([vec![number], body].concat());
        }
    }
    seeds
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.map(byte).collect()
}

/// Every commit that a few histories leave in the log.
fn records() -> Vec<Vec<u8>> {
    (0..HISTORIES).flat_map(history).collect()
}

fn history(seed: u64) -> Vec<Vec<u8>> {
    let log = MemoryLog::new(LogId::new(Uuid::from_u128(1)));
    let opened = Engine::open(
        Box::new(log.clone()),
        Arc::new(log.clone()),
        Config::default(),
    );
    let Ok(engine) = opened else {
        return Vec::new();
    };
    let service = Service::new(engine, Encoding::Json, Arc::new(RandomIds));
    for step in generate(seed) {
        if let Step::Ask(actor, ask) = step {
            let body = serde_json::to_vec(&ask).unwrap_or_default();
            let _answer = service.request(Inbound {
                subject: &format!("plansync.v1.req.acme.{actor}.{}", ask.operation()),
                headers: &None,
                body: &body,
            });
        }
        let _done = service.engine().work_step();
        let _wrote = service.engine().write_step();
    }
    let commits = log.read(Position::ZERO, usize::MAX).unwrap_or_default();
    commits
        .iter()
        .map(|commit| commit.stored().to_vec())
        .collect()
}
