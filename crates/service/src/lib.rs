//! Bytes in, bytes out: messages of the wire protocol become commands and reads of the engine, and
//! what the engine says becomes replies and events.
//!
//! Owns the translation between the two vocabularies and the identity of commands. It opens no
//! connection, waits for nothing and decides no rule.

mod answer;
mod ask;
mod catalogue;
mod durable;
mod event;
mod incoming;
mod message;
mod outbox;
mod recorded;
mod refusal;
mod reply;
mod request;
mod service;
mod words;

pub use plansync_engine::NeedsDisk;

pub use message::{Answer, Headers, Inbound, Place, ServiceError, Verdict, Weight};
pub use outbox::{Batch, EventsError, Outbound};
pub use service::{Ids, RandomIds, Service};
