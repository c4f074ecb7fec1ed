//! The service: messages of the wire protocol in, answers and events out.
//!
//! A transport passes every message to a [`Service`] and sends what it returns. The service decodes the
//! body, gives ids to what the sender left without one, and calls the engine with commands and reads of
//! the domain. It encodes the result in the encoding of the request.
//!
//! - [`Service::request`] answers a request. The [`Answer`] must not be sent before the log is durable up to
//!   its position. [`Service::weight`] tells beforehand on which thread to call it, and
//!   [`Service::request_without_disk`] answers light requests on a thread that must not block.
//! - [`Service::awaited`] says of a request that asks for what the log does not have yet until when it is held back.
//! - [`Service::command`] decides a durable command. Its [`Verdict`] says when the message may be
//!   acknowledged.
//! - [`Service::events`] returns the events of a part of the log, for a relay that publishes them.
//!
//! Inside, the handlers of all operations are found through `catalogue.rs`: commands are in `ask/`, reads in
//! `answer/`. Closed lists of words are translated in `words.rs`. The crate opens no connection, waits for
//! nothing and decides no rule, so that it can be tested without NATS and stepped by the simulation.

mod answer;
mod ask;
mod awaited;
mod catalogue;
mod durable;
mod durable_measures;
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
pub use plansync_protocol::{ErrorCode, OperationName, Weight};

pub use awaited::Awaited;
pub use durable_measures::{DurableMeasured, DurableOutcome};
pub use message::{Answer, Headers, Inbound, Place, ServiceError, Verdict, one_value};
pub use outbox::{Batch, EventsError, Outbound};
pub use service::{Ids, Observer, RandomIds, Service, operation};
