//! Tables about the log: the export itself, commits, events, results of commands, and records that were open.

use plansync_primitives::ids::{Actor, AdministratorId, CommandId, LearnerId, SessionId};
use plansync_protocol::{Digest, Position, Time, Version};

use super::table;
use crate::model::{Id, Json, Note, Word};

table! {
    /// What the export is of: the tenant, the log, the last position that was read, and the filters that were given.
    Fact in "export", key ["name"];
    /// What is said.
    name: String,
    /// The value.
    value: String,
}

table! {
    /// Every column of every table, with its meaning.
    DictionaryEntry in "dictionary", key ["table_name", "number"];
    /// The name of the table.
    table_name: String,
    /// The place of the column in the table, from 1.
    number: u64,
    /// The name of the column.
    column_name: String,
    /// What it holds: `id`, `word`, `name` (of a person), `note`, `text`, `integer`, `boolean` (1 and 0 in SQLite), `date`, `time` (RFC 3339, UTC), `json` or `digest` (hexadecimal).
    kind: String,
    /// Whether it may be null.
    is_optional: bool,
    /// Whether it is part of the key of the table.
    is_key: bool,
    /// The table to which it refers.
    refers_to: Option<String>,
    /// What it says.
    about: String,
}

table! {
    /// The words that are used in other tables, with their meaning.
    Code in "codes", key ["list", "code"];
    /// The list, such as `reason`.
    list: String,
    /// The word.
    code: String,
    /// What it means.
    meaning: String,
}

table! {
    /// The commits: each is one decision, which was recorded completely or not at all.
    Commit in "commits", key ["position"], index ["actor"], ["correlation_id"], ["stream_kind", "stream_id"];
    /// Its position in the log, which begins with 1.
    position: Position,
    /// The time at which it was recorded. Times never decrease along the log.
    at: Time,
    /// Who asked for it: an administrator, or `system`.
    actor: Actor => "administrators",
    /// The id of the command that it answers. The engine derives one for what no client asked for by itself, such as one learner of a synchronisation.
    command_id: CommandId,
    /// The id of the command that started the chain of causes.
    correlation_id: CommandId,
    /// The position of the state on which it was decided.
    judged_at: Position,
    /// What it is about: `tenant`, `administrator`, `learner`, `programme`, `plan`, `record`, `sync`, `target` (a learner whom a synchronisation left unchanged) or `command`.
    stream_kind: Word,
    /// The id of that. Of a `target`, an id that is derived from synchronisation and learner.
    stream_id: Id,
    /// The number of the commit within its stream.
    version: Version,
    /// The hash of the whole log up to this commit.
    chain: Digest,
}

table! {
    /// What the commits did, in full.
    Event in "events", key ["position", "number"], index ["kind"];
    /// The commit.
    position: Position => "commits",
    /// The number of the event within its commit, from 1.
    number: u64,
    /// Its kind, such as `plan.changed`. Later versions have further kinds.
    kind: String,
    /// The event as it is published, or as `audit.log` returns it: see `proto-schemas`.
    data: Json,
}

table! {
    /// What became of commands that led to no other commit of their own: those that changed nothing, and durable commands.
    CommandOutcome in "commands", key ["position"], index ["command_id"];
    /// The commit with the result.
    position: Position => "commits",
    /// The id of the command.
    command_id: CommandId,
    /// The operation; null if the command changed nothing and was no durable command.
    operation: Option<String>,
    /// `unchanged`, `accepted` or `rejected`.
    outcome: Word,
    /// Why it was rejected: a code of errors.
    code: Option<Word>,
    /// The same in words.
    message: Option<Note>,
}

table! {
    /// Records that administrators had open.
    RecordSession in "records", key ["session"], index ["learner"], ["administrator"];
    /// The id of the session.
    session: SessionId,
    /// The learner whose record it is.
    learner: LearnerId => "learners",
    /// The administrator who had it open.
    administrator: AdministratorId => "administrators",
    /// The commit that opened it; null if that is not exported.
    opened_position: Option<Position> => "commits",
    /// When it was opened.
    opened_at: Option<Time>,
    /// The commit that closed it; null if it is open, or if that is not exported.
    closed_position: Option<Position> => "commits",
    /// When it was closed.
    closed_at: Option<Time>,
    /// Why it was closed: `closed` (on request), `idle`, `displaced` (too many were open) or `replaced` (the administrator opened the same record again).
    close_reason: Option<Word>,
    /// The session for which it was closed.
    replaced_by: Option<SessionId>,
}

table! {
    /// Of a dossier, the proof that each commit is in the log: an inclusion proof in the Merkle tree of RFC 6962. Empty in other exports.
    Proof in "proofs", key ["position"];
    /// The commit. The index of its leaf is the position, less one.
    position: Position => "commits",
    /// The hash of the leaf: SHA-256 of a zero byte and the stored bytes of the commit.
    leaf_hash: Digest,
    /// The hashes of the proof, in hexadecimal digits. The tree is that of `tree_size` and `tree_root` in the table `export`.
    hashes: Json,
}
