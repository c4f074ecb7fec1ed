//! Messages from one encoding to the other, through the types of the protocol.

use plansync_protocol::{
    EachOperation, Encoding, ErrorReply, Operation, decode_known, for_each_operation,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

enum What<'a> {
    Body(&'a Value),
    Reply(&'a [u8]),
    Accepted(&'a [u8]),
}

struct Find<'a> {
    name: &'a str,
    what: What<'a>,
    body: Option<Vec<u8>>,
    value: Value,
}

impl EachOperation for Find<'_> {
    fn operation<O: Operation>(&mut self) {
        if O::NAME.as_str() != self.name {
            return;
        }
        match self.what {
            What::Body(json) => {
                let body = serde_json::from_value::<O::Body>(json.clone());
                let encode = |body| Encoding::MessagePack.encode(&body).unwrap();
                self.body = body.ok().map(encode);
            }
            What::Reply(bytes) => {
                self.value = shown::<O::Reply>(Encoding::MessagePack, bytes);
            }
            What::Accepted(bytes) => {
                type Told<R> = plansync_protocol::event::CommandAccepted<R>;
                self.value = shown::<Told<O::Reply>>(Encoding::MessagePack, bytes);
            }
        }
    }
}

fn find<'a>(name: &'a str, what: What<'a>) -> Find<'a> {
    let mut find = Find {
        name,
        what,
        body: None,
        value: Value::Null,
    };
    for_each_operation(&mut find);
    find
}

/// A message as JSON, whatever it came in.
pub(super) fn shown<T: DeserializeOwned + Serialize>(encoding: Encoding, bytes: &[u8]) -> Value {
    let message: T = decode_known(encoding, bytes).unwrap();
    serde_json::to_value(&message).unwrap()
}

/// A body as MessagePack; none of one that its operation would not take.
pub(super) fn packed(operation: &str, body: &Value) -> Option<Vec<u8>> {
    find(operation, What::Body(body)).body
}

/// A reply, shown as JSON.
pub(super) fn reply(operation: &str, encoding: Encoding, bytes: &[u8]) -> Value {
    match encoding {
        Encoding::Json => serde_json::from_slice(bytes).unwrap(),
        Encoding::MessagePack => find(operation, What::Reply(bytes)).value,
    }
}

/// What a durable command was answered with, shown as JSON.
pub(super) fn accepted(operation: &str, encoding: Encoding, bytes: &[u8]) -> Value {
    match encoding {
        Encoding::Json => serde_json::from_slice(bytes).unwrap(),
        Encoding::MessagePack => find(operation, What::Accepted(bytes)).value,
    }
}

/// An error reply, shown as JSON.
pub(super) fn error(encoding: Encoding, bytes: &[u8]) -> Value {
    shown::<ErrorReply>(encoding, bytes)
}
