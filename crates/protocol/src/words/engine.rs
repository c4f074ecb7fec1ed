//! Words about the engine itself.

use super::words;

words! {
    /// A part of the engine, or something that it needs.
    EnginePart {
        /// The connection to the NATS server.
        Nats = "nats",
        /// The log: it takes commits.
        Log = "log",
        /// The disk with the data folder.
        Disk = "disk",
        /// The JetStream streams of commands and events, and their settings.
        Streams = "streams",
        /// The consumer of durable commands.
        Consumer = "consumer",
        /// The relay, which publishes events.
        Relay = "relay",
        /// The process: files that it has open, and requests that wait for it.
        Process = "process",
    }
}

words! {
    /// How urgent a problem of the engine is.
    Urgency {
        /// The engine is not ready: something does not work now.
        NotReady = "not_ready",
        /// Everything works, but will not for long, or works slowly.
        Warning = "warning",
    }
}
