//! The transport: service endpoint, command consumer and event relay over NATS.
//!
//! Owns subjects on the wire, streams, acknowledgements and reconnection. Refuses to know what a
//! message says: bytes go in and out through [`Handler`] and [`Outbox`]. It starts no runtime and
//! no thread of its own; whoever wires it does.

mod client;
mod commands;
mod connection;
mod cursor;
mod discovery;
mod endpoint;
mod events;
mod gate;
mod headers;
mod intake;
mod look;
mod port;
mod publish;
mod relay;
mod resume;
mod stop;
mod streams;
mod witness;

pub use client::{Client, ClientError, Event, Request, Response, Stored, Watch, WatchFrom};
pub use commands::{CommandConsumer, CommandsError};
pub use connection::{ConnectError, Connection, connect, connect_patiently};
pub use cursor::{CursorError, CursorFile};
pub use discovery::{AnotherServes, refuse_another};
pub use endpoint::{Endpoint, EndpointError};
pub use events::Publisher;
pub use port::{EventStream, Handler, LogName, NotPlaced, Outbox, Placed};
pub use relay::{Relay, RelayError, Stepped};
pub use resume::{Disagreement, End, Found, NewStream, PublishedEvent};
pub use streams::{COMMANDS, EVENTS, StreamError, Streams, prepare};
pub use witness::{Witness, Witnesses};
