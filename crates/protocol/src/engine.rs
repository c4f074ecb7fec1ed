//! How the engine stands: what is ready, what is wrong and what to do, and what it has counted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scalar::{Position, Time};
use crate::words::{EnginePart, Urgency};

/// Body of `engine.status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetEngineStatus {}

/// How the engine stands. Counts begin with 0 at its start. Its size does not grow with the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EngineStatusRecord {
    /// The version of plansync.
    pub version: String,
    /// When the engine was started.
    pub started_at: Time,
    /// When this was told.
    pub at: Time,
    /// Whether every part is ready.
    pub ready: bool,
    /// Every part, and whether it is ready.
    pub parts: Vec<PartStatus>,
    /// What is wrong, the most urgent first: at most 32.
    pub problems: Vec<EngineProblem>,
    /// The log.
    pub log: LogStatus,
    /// The publishing of events.
    pub events: EventsStatus,
    /// The requests.
    pub requests: RequestsStatus,
    /// The durable commands.
    pub commands: CommandsStatus,
    /// The synchronisations.
    pub syncs: SyncsStatus,
    /// What the engine holds of all tenants.
    pub held: HeldStatus,
    /// The process and its disk.
    pub process: ProcessStatus,
}

/// A part of the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartStatus {
    /// The part.
    pub part: EnginePart,
    /// Whether it is ready.
    pub ready: bool,
    /// How often it was not ready, since the start.
    pub failures: u64,
}

/// Something that is wrong with the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EngineProblem {
    /// How urgent it is.
    pub urgency: Urgency,
    /// The part that it concerns.
    pub part: EnginePart,
    /// What is wrong, what is not lost, and what to do.
    pub message: String,
}

/// The log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogStatus {
    /// The last position that is durable.
    pub position: Position,
    /// Commits that wait for the disk.
    pub queued: u64,
    /// The bytes of the disk that it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Sealed volumes.
    pub volumes_sealed: u64,
    /// Full volumes that wait to be sealed.
    pub volumes_full: u64,
    /// How long it took to flush the disk.
    pub flushes: Durations,
}

/// The publishing of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventsStatus {
    /// Durable commits whose events wait to be published. It is left out while that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<u64>,
    /// How long the oldest of these commits has waited, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind_ms: Option<u64>,
}

/// The requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestsStatus {
    /// Requests that were carried out.
    pub done: u64,
    /// Requests that were refused, for whatever reason.
    pub refused: u64,
    /// Those of them that were refused because the engine had too much to do.
    pub overloaded: u64,
    /// Requests that wait now.
    pub waiting: u64,
    /// Replies that wait for the disk now.
    pub replies_waiting: u64,
    /// How long requests took, from receiving them to sending the reply.
    pub took: Durations,
}

/// The durable commands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandsStatus {
    /// Commands that were accepted.
    pub accepted: u64,
    /// Commands that were rejected.
    pub rejected: u64,
}

/// The synchronisations of all tenants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncsStatus {
    /// Synchronisations that run now.
    pub running: u64,
    /// Synchronisations that wait now for earlier ones.
    pub waiting: u64,
    /// Synchronisations that were completed.
    pub completed: u64,
    /// Synchronisations that were cancelled.
    pub cancelled: u64,
    /// Learners that were done.
    pub learners_done: u64,
    /// Learners that wait now.
    pub learners_waiting: u64,
}

/// What the engine holds of all tenants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldStatus {
    /// Tenants.
    pub tenants: u64,
    /// Learners.
    pub learners: u64,
    /// Plans.
    pub plans: u64,
    /// Plans that are in memory.
    pub plans_resident: u64,
    /// Plans that were fetched from the log.
    pub plans_fetched: u64,
    /// Open records.
    pub open_records: u64,
}

/// The process and its disk. What this machine does not tell is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessStatus {
    /// The bytes of memory that it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Files and connections that it has open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_files: Option<u64>,
    /// How many it may have open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_files_max: Option<u64>,
    /// The free bytes of the disk with the data folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_free_bytes: Option<u64>,
    /// The size of that disk in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_bytes: Option<u64>,
}

/// How often something took so long, since the start.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Durations {
    /// Bounds in microseconds, rising.
    pub bounds_us: Vec<u64>,
    /// How often it took longer than the bound before and up to each bound; at the end, how often longer than the last.
    pub counts: Vec<u64>,
    /// The sum of all durations in microseconds.
    pub sum_us: u64,
}
