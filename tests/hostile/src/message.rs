//! Messages of the protocol, as a transport hands them over: the first byte says for which operation,
//! the rest is the body.

use std::sync::{Arc, LazyLock};

use plansync_engine::{Config, Engine};
use plansync_log::memory::MemoryLog;
use plansync_log::{LogId, Position};
use plansync_protocol::{Encoding, OperationName};
use plansync_service::{Answer, Headers, Inbound, Place, RandomIds, Service, Verdict};
use serde_json::Value;
use uuid::Uuid;

/// What a body of a message may have, in bytes.
const BODY_BYTES_MAX: usize = 256 * 1024;

struct None;

impl Headers for None {
    fn get(&self, _name: &str) -> Option<&str> {
        Option::None
    }
}

fn service() -> Service {
    let log = MemoryLog::new(LogId::new(Uuid::from_u128(1)));
    let engine = Engine::open(Box::new(log.clone()), Arc::new(log), Config::default());
    let engine = engine.unwrap_or_else(|error| unreachable!("an empty log opens: {error}"));
    Service::new(engine, Encoding::Json, Arc::new(RandomIds))
}

/// One that knows no tenant: whatever it understands it refuses for that.
static NOBODYS: LazyLock<Service> = LazyLock::new(service);

fn taken_apart(bytes: &[u8]) -> Option<(OperationName, &[u8])> {
    let (first, body) = bytes.split_first()?;
    let operation = OperationName::ALL[usize::from(*first) % OperationName::ALL.len()];
    Some((operation, body))
}

/// A request is understood, or refused by the path of what is wrong with it.
///
/// # Panics
/// If a promise is broken.
pub fn request(bytes: &[u8]) {
    let Some((operation, body)) = taken_apart(bytes) else {
        return;
    };
    let answer = NOBODYS.request(Inbound {
        subject: &format!("plansync.v1.req.acme.ann.{operation}"),
        headers: &None,
        body,
    });
    refused(operation, body, &answer);
}

fn refused(operation: OperationName, body: &[u8], answer: &Answer) {
    let reply: Value = match answer.encoding {
        Encoding::Json => serde_json::from_slice(&answer.body).unwrap_or_default(),
        Encoding::MessagePack => rmp_serde::from_slice(&answer.body).unwrap_or_default(),
    };
    let error = &reply["error"];
    let code = error["code"].as_str().unwrap_or_default();
    let message = error["message"].as_str().unwrap_or_default();
    assert!(
        ["invalid_request", "tenant_not_found", "page_too_large"].contains(&code),
        "{operation} came to {reply}"
    );
    if code == "invalid_request" {
        assert!(!message.is_empty(), "{operation}: {reply}");
        let path = error["details"]["path"].as_str();
        let is_object = match Encoding::guess(body) {
            Encoding::Json => {
                serde_json::from_slice::<Value>(body).is_ok_and(|value| value.is_object())
            }
            // Its uuids are bytes, which no JSON value holds.
            Encoding::MessagePack => false,
        };
        let told = path.is_some() || body.len() > BODY_BYTES_MAX || names_a_field(message);
        assert!(
            told || !is_object,
            "{operation} does not say where: {reply}"
        );
    }
}

/// A field that is missing or too many is named in the message where it has no place to point to.
fn names_a_field(message: &str) -> bool {
    message.contains('`')
}

/// A durable command is decided once, whatever it is: what became of it is in the log, with its bytes
/// where they were not understood.
///
/// # Panics
/// If a promise is broken.
pub fn command(bytes: &[u8]) {
    let Some((operation, body)) = taken_apart(bytes) else {
        return;
    };
    let service = service();
    let inbound = Inbound {
        subject: &format!("plansync.v1.cmd.acme.system.{operation}"),
        headers: &None,
        body,
    };
    let place = Place {
        stream_created_ns: 1,
        sequence: 1,
    };
    let verdict = service.command(inbound, place);
    let Verdict::Settled { after } = verdict else {
        unreachable!("{operation} waits for something: {verdict:?}")
    };
    assert!(after > Position::ZERO, "{operation} left no trace");
    assert!(service.engine().settle(after).is_ok(), "it is not durable");
    let again = service.command(inbound, place);
    assert_eq!(again, verdict, "{operation} came to something else again");
    assert_eq!(service.engine().log().tip().position, after);
}
