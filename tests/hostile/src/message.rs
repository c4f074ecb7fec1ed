//! Messages of the protocol, as a transport hands them over: the first byte says for which operation,
//! the rest is the body.

use std::sync::{Arc, LazyLock};

use plansync_engine::{Config, Engine, EventBodies};
use plansync_log::memory::MemoryLog;
use plansync_log::{Bodies as _, LogId, Position};
use plansync_protocol::{Encoding, OperationName};
use plansync_service::{Answer, Headers, Inbound, Place, RandomIds, Service, Verdict};
use serde_json::Value;
use uuid::Uuid;

/// What a body of a message may have, in bytes.
const BODY_BYTES_MAX: usize = 256 * 1024;

struct None;

impl Headers for None {
    fn values(&self, _name: &str) -> Vec<&str> {
        Vec::new()
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
/// If a guarantee is broken.
pub fn request(bytes: &[u8]) {
    let Some((operation, body)) = taken_apart(bytes) else {
        return;
    };
    let answer = asked(operation, &None, body);
    let code = refused(operation, body, &answer);
    if code == "tenant_not_found" {
        ends_with_its_value(operation, body);
    }
    let contradicted = asked(operation, &Contradiction, body);
    let code = refused(operation, body, &contradicted);
    assert_eq!(code, "unsupported_media_type", "{operation}");
}

/// The code and the message of the refusal that a body comes to: `tenant_not_found` if every field is as it
/// should be.
///
/// # Panics
/// If a guarantee is broken.
pub fn refusal(operation: OperationName, body: &[u8]) -> (String, String) {
    let answer = asked(operation, &None, body);
    let code = refused(operation, body, &answer);
    let message = answer.error.map(|error| error.text);
    (code, message.unwrap_or_default())
}

fn asked(operation: OperationName, headers: &dyn Headers, body: &[u8]) -> Answer {
    let answer = NOBODYS.request(Inbound {
        subject: &format!("plansync.v1.req.acme.ann.{operation}"),
        headers,
        body,
    });
    let text = answer.error.as_ref().map(|error| error.text.as_str());
    let printable = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    assert!(text.is_some_and(printable), "{operation}: {text:?}");
    answer
}

/// What was understood is not understood with anything behind it, be it only the head of a value.
fn ends_with_its_value(operation: OperationName, body: &[u8]) {
    for after in TRAILING {
        let body = [body, after].concat();
        let answer = asked(operation, &None, &body);
        let code = refused(operation, &body, &answer);
        assert_eq!(code, "invalid_request", "{operation} with {after:x?}");
    }
}

/// Heads of lists and maps, with and without their lengths, and whole values: none may follow a body
/// of either encoding.
const TRAILING: [&[u8]; 8] = [
    &[0x91],
    &[0x81],
    &[0x92],
    &[0xdc, 0x00, 0x01],
    &[0xdd],
    &[0xc7],
    &[0xc0],
    b"{}",
];

/// A message that says of its body two different things.
struct Contradiction;

impl Headers for Contradiction {
    fn values(&self, name: &str) -> Vec<&str> {
        if name.eq_ignore_ascii_case("content-type") {
            vec!["application/json", "application/msgpack"]
        } else {
            Vec::new()
        }
    }
}

/// The code of a refusal, which is one of those that a message can come to.
fn refused(operation: OperationName, body: &[u8], answer: &Answer) -> String {
    let reply: Value = match answer.encoding {
        Encoding::Json => serde_json::from_slice(&answer.body).unwrap_or_default(),
        Encoding::MessagePack => rmp_serde::from_slice(&answer.body).unwrap_or_default(),
    };
    let error = &reply["error"];
    let code = error["code"].as_str().unwrap_or_default();
    let message = error["message"].as_str().unwrap_or_default();
    assert!(
        [
            "invalid_request",
            "tenant_not_found",
            "page_too_large",
            "unsupported_media_type",
        ]
        .contains(&code),
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
    code.to_owned()
}

/// A field that is missing or too many is named in the message where it has no place to point to.
fn names_a_field(message: &str) -> bool {
    message.contains('`')
}

/// A durable command is decided once, whatever it is: what became of it is in the log, with its bytes
/// where they were not understood.
///
/// # Panics
/// If a guarantee is broken.
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
    let commits = service.engine().log().read(Position::FIRST, usize::MAX);
    for commit in commits.unwrap_or_default() {
        let read = commit.decode().map(|commit| EventBodies.read(&commit));
        assert_eq!(
            read,
            Ok(Ok(Vec::new())),
            "{operation} was recorded otherwise"
        );
    }
    let again = service.command(inbound, place);
    assert_eq!(again, verdict, "{operation} came to something else again");
    assert_eq!(service.engine().log().tip().position, after);
}
