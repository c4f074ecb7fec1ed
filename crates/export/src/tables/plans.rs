//! Tables about plans: what they are, and every change that made them so.

use plansync_primitives::ids::{
    Actor, AdministratorId, ComponentId, LearnerId, ProgrammeId, ReviewId, SyncId, TaskId,
};
use plansync_protocol::{Position, Time, Version};

use super::{AttributeCells, table};
use crate::model::{Note, Word};

table! {
    /// The plans at the last position of the export.
    Plan in "plans", key ["learner"];
    /// The learner whose plan it is.
    learner: LearnerId => "learners",
    /// The version of the plan: the number of its commits.
    version: Version,
    /// The last commit of the plan.
    position: Position,
    /// When that was recorded.
    at: Time,
}

table! {
    /// The components of the plans at the last position of the export.
    Component in "components", key ["learner", "component"], index ["component"], ["programme"];
    /// The learner whose plan it is.
    learner: LearnerId => "plans",
    /// The id of the component, which is the same on every plan.
    component: ComponentId,
    /// The place in the plan, from 1.
    number: u64,
    /// The programme it belongs to.
    programme: ProgrammeId => "programmes",
    /// Its type.
    component_type: String,
    /// Whether it came from the template of its programme.
    from_template: bool,
    /// The progress.
    status: Word,
    /// The number of pieces of evidence that were submitted.
    evidence_submitted: u64,
    /// Its attributes.
    attributes: AttributeCells,
    /// The id of the review, if it has one.
    review: Option<ReviewId>,
    /// The progress of the review.
    review_status: Option<Word>,
    /// The time for which the review itself is scheduled.
    review_scheduled_at: Option<Time>,
    /// The commit that changed the component last.
    updated_position: Position,
    /// When that was recorded.
    updated_at: Time,
    /// Who asked for it.
    updated_by: Actor => "administrators",
}

table! {
    /// The calendar tasks of reviews.
    Task in "tasks", key ["learner", "component", "task"], refers ["learner", "component"] => "components";
    /// The learner whose plan it is.
    learner: LearnerId => "learners",
    /// The component.
    component: ComponentId,
    /// The id of the task.
    task: TaskId,
    /// Whose task it is: `learner` or `administrator`.
    assignee: Word,
    /// The administrator whose task it is.
    administrator: Option<AdministratorId> => "administrators",
    /// The time of the task.
    at: Time,
    /// Its status.
    status: Word,
}

table! {
    /// What each commit did to each component of a plan, by hand or by a synchronisation.
    Edit in "edits", key ["position", "component"], index ["learner", "component"], ["component"], ["sync"];
    /// The commit.
    position: Position => "commits",
    /// The component.
    component: ComponentId,
    /// The learner whose plan it is.
    learner: LearnerId => "learners",
    /// The version of the plan after it.
    version: Version,
    /// When it was recorded.
    at: Time,
    /// Who asked for it.
    actor: Actor => "administrators",
    /// `added`, `removed`, `due_date_moved`, `updated`, or `progress` (only status, evidence or review).
    change: Word,
    /// The name of the component; if it was removed, the last one.
    component_name: String,
    /// The programme it belongs to.
    programme: ProgrammeId => "programmes",
    /// Its type.
    component_type: String,
    /// The synchronisation that made the change; null if it was made by hand.
    sync: Option<SyncId> => "syncs",
    /// The reason for the due date; of a synchronisation, the one that was given at the source.
    reason: Option<Note>,
    /// The commit at the source for which the reason was given. With a filter, it may not be exported.
    reason_position: Option<Position>,
}

table! {
    /// The values that differ before and after an edit. Of a component that was added or removed, all its attributes.
    EditValue in "edit_values", key ["position", "component", "attribute"],
        refers ["position", "component"] => "edits", index ["attribute"];
    /// The commit.
    position: Position,
    /// The component.
    component: ComponentId,
    /// The attribute; also `status`, `evidence_submitted`, `review`, `review_status` and `review_scheduled_at`.
    attribute: Word,
    /// The value before: lists as JSON, `true` and `false`. Null if there was none.
    before: Option<String>,
    /// The value after.
    after: Option<String>,
}
