//! One example of each operation: a body as a person would send it, and a reply.
//!
//! Every operation of the table needs one: the schemas are described with the examples, and the tests
//! for malicious input start from them. Without its example, an operation does not compile here.

mod audit;
mod audit_plans;
mod engine;
mod plan;
mod record;
mod reference;
mod sync;

use plansync_protocol::Operation;
use serde_json::Value;

pub(crate) use plan::changes;
use reference::{component, learner};
use sync::{change_set, skipped};
pub(crate) use sync::{sync_record, sync_request};

pub(crate) const LEARNER: &str = "0190a1b2-0000-7000-8000-000000000001";
pub(crate) const PROGRAMME: &str = "0190a1b2-0000-7000-8000-000000000002";
pub(crate) const COMPONENT: &str = "0190a1b2-0000-7000-8000-000000000003";
pub(crate) const SESSION: &str = "0190a1b2-0000-7000-8000-000000000004";
pub(crate) const SYNC: &str = "0190a1b2-0000-7000-8000-000000000005";
pub(crate) const COMMAND: &str = "0190a1b2-0000-7000-8000-000000000006";
pub(crate) const EXERCISE: &str = "0190a1b2-0000-7000-8000-000000000007";

/// An operation with an example.
pub(crate) trait Example: Operation {
    /// The body in JSON.
    fn body() -> Value;

    /// The reply in JSON.
    fn reply() -> Value;
}

/// Gives examples: `Name: body => reply;`.
macro_rules! examples {
    ($($operation:ident: $body:expr => $reply:expr;)+) => {
        $(
            impl $crate::examples::Example for plansync_protocol::$operation {
                fn body() -> serde_json::Value {
                    $body
                }

                fn reply() -> serde_json::Value {
                    $reply
                }
            }
        )+
    };
}

use examples;

fn with(mut object: Value, key: &str, value: Value) -> Value {
    object[key] = value;
    object
}
