//! The client crate against a real server and a real engine, and against services and publishers that do not behave.

mod arguments;
mod calls;
mod closing;
mod durable;
mod events;
mod examples;
mod hostile;
mod ledger;
mod lists;
mod replay;
mod world;
