//! Tables about synchronisations: what they replayed, to whom, and what was decided about each component.

use plansync_primitives::ids::{Actor, ComponentId, LearnerId, ProgrammeId, SessionId, SyncId};
use plansync_protocol::{Digest, Position, Time, Version};

use super::table;
use crate::model::{Json, Note, Word};

table! {
    /// Synchronisations, as they were at the last position of the export.
    Sync in "syncs", key ["sync"], index ["source"], ["programme"], ["requested_by"];
    /// The id of the synchronisation.
    sync: SyncId,
    /// `running`, `completed` or `cancelled`.
    state: Word,
    /// What is replayed: `changes_only`, `all_attributes` or `selected_attributes`.
    sync_type: Word,
    /// The learner whose plan is the source.
    source: LearnerId => "learners",
    /// The session in which it was asked for.
    session: SessionId,
    /// The programme.
    programme: ProgrammeId => "programmes",
    /// Who asked for it.
    requested_by: Actor => "administrators",
    /// The commit that started it.
    started_position: Position => "commits",
    /// When it was started.
    started_at: Time,
    /// The commit that completed or cancelled it.
    ended_position: Option<Position> => "commits",
    /// When it ended.
    ended_at: Option<Time>,
    /// The number of components.
    components: u64,
    /// The number of learners.
    learners: u64,
    /// The number of pairs of component and learner that were applied, when it ended. Null while it runs.
    applied: Option<u64>,
    /// The number of pairs that already had these values.
    unchanged: Option<u64>,
    /// The number of pairs that were skipped.
    skipped: Option<u64>,
    /// The number of applied pairs that created a component.
    created: Option<u64>,
    /// The number of applied pairs that updated one.
    updated: Option<u64>,
    /// The number of applied pairs that deleted one.
    deleted: Option<u64>,
    /// The digest of the request and of the changes.
    digest: Digest,
    /// The request as it was sent: components, learners, statuses.
    request: Json,
}

table! {
    /// What each synchronisation replays, as it was fixed when it was started.
    Change in "change_sets", key ["sync", "component"];
    /// The synchronisation.
    sync: SyncId => "syncs",
    /// The component.
    component: ComponentId,
    /// Its name at the source.
    name: String,
    /// `created`, `updated`, `deleted` or `overwrite`; null if there is nothing to replay.
    change: Option<Word>,
}

table! {
    /// The values that a synchronisation replays.
    ChangeValue in "change_set_values", key ["sync", "component", "attribute"],
        refers ["sync", "component"] => "change_sets";
    /// The synchronisation.
    sync: SyncId,
    /// The component.
    component: ComponentId,
    /// The attribute.
    attribute: Word,
    /// The value before the change at the source.
    before: Option<String>,
    /// The value that is replayed.
    after: Option<String>,
    /// The elements that were added to a list.
    added: Option<Json>,
    /// The elements that were removed from a list.
    removed: Option<Json>,
}

table! {
    /// The learners that a synchronisation has finished, one commit for each.
    Target in "targets", key ["position"], index ["sync", "learner"], ["learner"];
    /// The commit.
    position: Position => "commits",
    /// The synchronisation.
    sync: SyncId => "syncs",
    /// The learner.
    learner: LearnerId => "learners",
    /// The version of the plan after it; null if the plan was not changed.
    version: Option<Version>,
    /// The number of components to which changes were applied.
    applied: u64,
    /// The number of components that already had these values.
    unchanged: u64,
    /// The number of components that were skipped.
    skipped: u64,
}

table! {
    /// What was decided about each component for each learner of a synchronisation.
    Outcome in "outcomes", key ["sync", "learner", "component"], refers ["sync", "component"] => "change_sets",
        index ["learner"], ["reason"];
    /// The synchronisation.
    sync: SyncId => "syncs",
    /// The learner.
    learner: LearnerId => "learners",
    /// The component.
    component: ComponentId,
    /// What the synchronisation does with it: `synchronise`, `create` or `delete`.
    action: Word,
    /// `applied`, `unchanged` or `skipped`.
    outcome: Word,
    /// Why it was skipped: see the table `codes`.
    reason: Option<Word>,
    /// What happened if it failed.
    cause: Option<Note>,
    /// Whether the learner is the source, which `selected_attributes` updates, too.
    is_source: bool,
    /// The commit of the learner; null if the synchronisation was cancelled before it.
    position: Option<Position> => "commits",
}

table! {
    /// The warnings of outcomes.
    OutcomeWarning in "outcome_warnings", key ["sync", "learner", "component", "code"],
        refers ["sync", "learner", "component"] => "outcomes";
    /// The synchronisation.
    sync: SyncId,
    /// The learner.
    learner: LearnerId => "learners",
    /// The component.
    component: ComponentId,
    /// The warning: see the table `codes`.
    code: Word,
    /// The number of calendar tasks that were cancelled.
    tasks: Option<u64>,
    /// The number of calendar tasks that were made.
    made: Option<u64>,
    /// The number of pieces of evidence.
    evidence: Option<u64>,
    /// The permission that was missing: a reason of outcomes.
    reason: Option<Word>,
}
