//! The NATS transport: service endpoint, consumer of durable commands, and event relay.
//!
//! It handles subjects, streams, acknowledgements and reconnection. The content of messages is
//! handled by the service, to which bytes are passed through [`Handler`] and [`Outbox`]. It starts
//! no runtime and no thread of its own.

mod arrivals;
mod bridge;
mod checked_file;
mod client_connection;
mod command_intake;
mod command_queue;
mod commands;
mod condition;
mod connection;
mod connection_status;
mod connectivity;
mod cursor;
mod discovery;
mod endpoint;
mod endpoint_measures;
mod erasures;
mod event;
mod events;
mod examining;
mod filter;
mod gate;
mod giving_way;
mod headers;
mod held_back;
mod identity;
mod inbox;
mod intake;
mod lanes;
mod light_requests;
mod login;
mod message_trace;
mod permitted;
mod port;
mod publish;
mod published_spans;
mod relay;
mod replication;
mod replying;
mod report_limit;
mod request_measures;
mod resume;
mod settings;
mod single_engine;
mod stop;
mod stream_end;
mod stream_faults;
mod stream_monitor;
mod stream_use;
mod streams;
mod subscribers;
mod tenants;
mod trouble;
mod witness;

pub use bridge::{Bridge, BridgeError, JSON_EVENTS, Translate};
pub use client_connection::{ClientConnection, Denied, Disturbance, Disturbances};
pub use command_intake::CommandIntake;
pub use commands::{CommandConsumer, CommandsError};
pub use condition::Condition;
pub use connection::{
    ConnectError, Connection, check_addresses, connect, connect_patiently, without_secrets,
};
pub use connectivity::Connectivity;
pub use cursor::{CursorError, CursorFile};
pub use endpoint::{Endpoint, EndpointError};
pub use endpoint_measures::{EndpointMeasures, WaitingMeasured};
pub use erasures::PublishedErasure;
pub use event::Event;
pub use events::Publisher;
pub use examining::{
    Allowance, CertificatesFound, EngineFound, Examiner, Expiry, FlushFound, JetStreamFound,
    JetStreamServer, NoAnswer, Permission, Pinged, Role, ServerFound, StreamsFound, TimeFound,
    UserFound, Waiting, certificates,
};
pub use filter::{Fate, Fault, Filtered, FrameFilter, Notice, ProtocolError, UpstreamError};
pub use login::Login;
pub use permitted::NotPermitted;
pub use port::{EventStream, Handler, LogName, NotPlaced, Outbox, Placed};
pub use relay::{Relay, RelayError, Stepped};
pub use replication::{
    FollowFile, FollowFileError, JetStreamLeases, JetStreamLog, LogBase, LogStreamFound, LogWatch,
    ReplicationError, ReplicationStreams, Safety, ServersError, find_cursor,
};
pub use replying::Lease;
pub use request_measures::{OperationMeasured, StepsMeasured};
pub use resume::{Disagreement, End, Found, NewStream, PublishedEvent};
pub use single_engine::{AnotherEngine, refuse_another};
pub use stream_faults::StreamFault;
pub use stream_monitor::{ProblemChanges, StreamMonitor};
pub use streams::{
    COMMANDS, EVENTS, Sizes, StreamError, Streams, prepare, prepare_for_nodes, prepare_sized,
};
pub use subscribers::{
    Added, EventSource, Lag, NotASubscriber, StartAt, Subscriber, SubscriberError, SubscriberName,
    SubscriberRequest, Subscribers, UNACKNOWLEDGED_MAX,
};
pub use trouble::Trouble;
pub use witness::{ReadError, Witness, Witnesses};
