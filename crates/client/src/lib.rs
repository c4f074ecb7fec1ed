//! The client of plansync: typed operations, durable commands, lists and
//! events over NATS.
//!
//! plansync keeps learning plans and synchronises changes between them. Programs send it requests and commands over
//! NATS and receive events; this crate does that so that a command is carried out once and an event is processed
//! once, whatever is interrupted meanwhile.
//!
//! # In five minutes
//!
//! `plansync dev` starts a NATS server and the engine on `nats://127.0.0.1:4222`. A program needs `plansync-client`,
//! `futures-util` for streams, and `tokio`:
//!
//! ```no_run
//! use futures_util::{TryStreamExt as _, pin_mut};
//! use plansync_client::protocol::{LearnerFind, LearnerPut, TenantPut};
//! use plansync_client::async_nats::ConnectOptions;
//! use plansync_client::{Checkpoint, Client, EventBody, NewConsumer, Start, body, json};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     // The subject of a message says who speaks: an actor of a tenant. `system` writes reference data.
//!     let (tenant, system) = ("northgate".parse()?, "system".parse()?);
//!     let client = Client::connect("nats://127.0.0.1:4222", ConnectOptions::new(), tenant, system).await?;
//!
//!     // Operations are types. Their bodies have the form that `proto-schemas/` documents.
//!     let settings = json!({ "marking_aid": false, "owner_rule": "keep" });
//!     client.call::<TenantPut>(body::<TenantPut>(settings)?).await?;
//!
//!     // A durable command is stored, also while the engine is down, and carried out later.
//!     let learner = body::<LearnerPut>(json!({
//!         "learner": "0190a1b2-0000-7000-8000-000000000001", "name": "Ann Smith",
//!         "case_owner": null, "groups": [], "tutors": [], "enrolments": [],
//!     }))?;
//!     let stored = client.durable::<LearnerPut>(learner).await?;
//!     println!("recorded at position {}", stored.position.0);
//!
//!     // A list is a stream of its items, all of one state.
//!     let found = client.list::<LearnerFind>(body::<LearnerFind>(json!({ "search": "ann" }))?);
//!     pin_mut!(found);
//!     while let Some(learner) = found.try_next().await? {
//!         println!("{} {}", learner.learner, learner.name);
//!     }
//!
//!     // Events come in order. A checkpoint that is kept beside the data tells repetitions.
//!     let mut checkpoint: Option<Checkpoint> = None;
//!     let consumer = NewConsumer::new("northgate-outcomes", Start::Beginning);
//!     let mut events = client.events().matching("command.>").make_durable(consumer).await?;
//!     loop {
//!         let delivery = events.next().await?;
//!         if !checkpoint.is_some_and(|checkpoint| checkpoint.covers_event(&delivery.event)) {
//!             if let EventBody::CommandAccepted(accepted) = &delivery.event.body {
//!                 println!("{} was carried out", accepted.operation);
//!             }
//!             checkpoint = delivery.event.checkpoint();
//!         }
//!         delivery.ack().await?;
//!     }
//! }
//! ```
//!
//! # What is guaranteed
//!
//! - **A command is carried out once.** Each command has an id, which stays the same over all attempts
//!   ([`Client::call`], [`RetryPolicy`]). An error names the id if the command may have been carried out
//!   ([`Error::command`]).
//! - **A durable command is not lost.** [`Client::durable`] returns its outcome; [`Client::submit`] only stores it,
//!   and [`Client::store_durable`] stores it and lets its outcome be awaited later.
//! - **A list has each item once.** [`Client::list`] reads lists from one state where the service holds them.
//! - **An event is processed once**, in order, by a subscriber that stores the [`Checkpoint`] together with its data
//!   ([`Events::process`], [`Processor`]). [`EventsBuilder::replay`] reads the history and goes over into live events.
//! - **Nothing that is received ends the client.** A malformed reply is [`Error::Decode`]; a malformed or unknown event is
//!   [`EventBody::Unknown`], with its bytes and headers.
//!
//! # What the connection decides
//!
//! The connection is made by [`Client::connect`], or by the caller with [`async_nats`], which this crate shows again. Its
//! inbox prefix has to begin with `_INBOX.`: the service answers no others. A NATS user whose permissions name a prefix
//! sets it with [`custom_inbox_prefix`](async_nats::ConnectOptions::custom_inbox_prefix). What the user may not send is
//! [`Error::Forbidden`] if the connection has [`ServerErrors`], and a time-out otherwise.
//!
//! A message whose *frame* is malformed (a header without colon, a carriage return in a value, a subject that is not
//! UTF-8) does not reach this crate: async-nats 0.51 drops the connection, or ends it for good, before it delivers such
//! a message. If it was dropped, the client continues after the library has reconnected. If the connection was
//! ended for good, every call fails with [`Error::Transport`] or [`Error::Timeout`], and the program has to connect
//! again. Only whoever may publish on the subjects that a connection receives can send such a message: do not let
//! strangers publish on `plansync.v1.evt.>` or on inboxes. `deploy/nats` in the repository of plansync shows an
//! arrangement of accounts with this property.
//!
//! # Messages as bytes
//!
//! Programs that do not know the operation when they are compiled use [`exchange`].

mod call;
mod checkpoint;
mod client;
mod connecting;
mod durable;
mod error;
mod event;
mod events;
pub mod exchange;
mod link;
mod paging;
mod processing;
mod retry;
mod server_errors;

pub use async_nats;
pub use plansync_primitives::{ids, time};
pub use plansync_protocol as protocol;
pub use serde_json::json;

pub use call::{Command, body};
pub use checkpoint::Checkpoint;
pub use client::Client;
pub use durable::{Durability, DurableCommand, Submitted};
pub use error::{Error, Unavailable, UnknownRefusal};
pub use event::{CommandReply, Event, EventBody, EventId, NoEventId, Origin, Unknown};
pub use events::{Delivery, Events, EventsBuilder, NewConsumer, STREAM, Start};
pub use processing::{ProcessError, Processor};
pub use retry::RetryPolicy;
pub use server_errors::ServerErrors;

/// The program in the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
