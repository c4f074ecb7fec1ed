//! Messages converted from one encoding to the other through the types of the protocol.

use plansync_protocol::{
    EachOperation, Encoding, ErrorCode, ErrorReply, Operation, Word, decode_known,
    for_each_operation,
};
use serde_json::Value;

enum What<'a> {
    Body(&'a Value),
    Reply(&'a [u8]),
    PackedReply(&'a Value),
}

struct Find<'a> {
    name: &'a str,
    what: What<'a>,
    bytes: Vec<u8>,
    value: Value,
}

impl EachOperation for Find<'_> {
    fn operation<O: Operation>(&mut self) {
        if O::NAME.as_str() != self.name {
            return;
        }
        match self.what {
            What::Body(json) => {
                let body: O::Body = serde_json::from_value(json.clone()).unwrap();
                self.bytes = Encoding::MessagePack.encode(&body).unwrap();
            }
            What::PackedReply(json) => {
                let reply: O::Reply = serde_json::from_value(json.clone()).unwrap();
                self.bytes = Encoding::MessagePack.encode(&reply).unwrap();
            }
            What::Reply(bytes) => {
                let reply: O::Reply = decode_known(Encoding::MessagePack, bytes).unwrap();
                self.value = serde_json::to_value(&reply).unwrap();
            }
        }
    }
}

fn find(name: &str, what: What<'_>) -> (Vec<u8>, Value) {
    let mut find = Find {
        name,
        what,
        bytes: Vec::new(),
        value: Value::Null,
    };
    for_each_operation(&mut find);
    (find.bytes, find.value)
}

/// A body as MessagePack; bytes that say nothing for one that its operation would not take.
pub(crate) fn body(operation: &str, body: &Value) -> Vec<u8> {
    find(operation, What::Body(body)).0
}

/// A reply that is shown as JSON, in MessagePack.
pub(crate) fn packed_reply(operation: &str, reply: &Value) -> Vec<u8> {
    find(operation, What::PackedReply(reply)).0
}

/// A reply in MessagePack, shown as JSON.
pub(crate) fn reply(operation: &str, bytes: &[u8]) -> Value {
    find(operation, What::Reply(bytes)).1
}

/// An error reply, shown as JSON.
pub(crate) fn error(encoding: Encoding, bytes: &[u8]) -> Value {
    let reply: ErrorReply = decode_known(encoding, bytes).unwrap();
    serde_json::to_value(&reply).unwrap()
}

/// The number that belongs to an error's code.
pub(crate) fn number(error: &Value) -> u16 {
    ErrorCode::from_word(error["error"]["code"].as_str().unwrap())
        .unwrap()
        .number()
}
