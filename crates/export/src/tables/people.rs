//! Tables about who is there: settings, administrators, programmes with their templates, and learners.

use plansync_primitives::ids::{AdministratorId, ComponentId, Group, LearnerId, ProgrammeId};
use plansync_protocol::{Position, Time};

use super::{AttributeCells, table};
use crate::model::{Id, PersonName, Word};

table! {
    /// The settings of the tenant, as they were put.
    Settings in "settings", key ["position"];
    /// The commit that put them.
    position: Position,
    /// When they were put.
    at: Time,
    /// Whether the tenant uses Marking Aid exercises.
    marking_aid: bool,
    /// What a synchronisation does with an owner who is the case owner.
    owner_rule: Word,
    /// After how many hours an unused record is closed.
    record_idle_hours: u64,
}

table! {
    /// Administrators at the last position of the export, those who were removed among them.
    Administrator in "administrators", key ["administrator"];
    /// The id of the administrator.
    administrator: Id,
    /// `current`, `removed`, `unknown` (named by somebody and never put), or `system` (imports and other programs).
    standing: Word,
    /// The name; null if it is not known.
    name: Option<PersonName>,
    /// Whether the administrator may view all groups.
    views_all_groups: Option<bool>,
    /// The commit that put or removed the administrator last.
    position: Option<Position>,
}

table! {
    /// The permissions that administrators hold at the last position of the export.
    HeldPermission in "permissions", key ["administrator", "permission"];
    /// The administrator.
    administrator: AdministratorId => "administrators",
    /// The permission.
    permission: Word,
}

table! {
    /// The groups that administrators may view, unless they view all.
    ViewedGroup in "administrator_groups", key ["administrator", "group_id"];
    /// The administrator.
    administrator: AdministratorId => "administrators",
    /// The group.
    group_id: Group,
}

table! {
    /// Delivery programmes and their parts, at the last position of the export.
    Programme in "programmes", key ["programme"];
    /// The id of the programme.
    programme: ProgrammeId,
    /// Whether it was ever put; a programme that is only named by an enrolment need not be.
    is_known: bool,
    /// The name.
    name: Option<String>,
    /// The programme of which it is a part.
    parent: Option<ProgrammeId> => "programmes",
    /// The commit that put it last.
    position: Option<Position>,
}

table! {
    /// The components of the programmes' templates, at the last position of the export.
    TemplateComponent in "templates", key ["programme", "component"];
    /// The programme whose template it is.
    programme: ProgrammeId => "programmes",
    /// The id of the component, which is the same on every plan.
    component: ComponentId,
    /// Its type.
    component_type: String,
    /// The commit that put it last.
    position: Position,
    /// Its attributes; null for the default.
    attributes: AttributeCells,
}

table! {
    /// Learners at the last position of the export.
    Learner in "learners", key ["learner"];
    /// The id of the learner.
    learner: LearnerId,
    /// Whether the learner was ever put; somebody may have named another id in a synchronisation.
    is_known: bool,
    /// The name; null if it is not known, or if it was erased, also after the last position of the export.
    name: Option<PersonName>,
    /// The case owner.
    case_owner: Option<AdministratorId> => "administrators",
    /// The commit that put the learner last, or by which the learner was erased.
    position: Option<Position>,
    /// Whether the learner was erased up to the last position of the export. The name and the enrolments are gone then. Null if the learner was never put.
    is_erased: Option<bool>,
}

table! {
    /// The groups of learners.
    LearnerGroup in "learner_groups", key ["learner", "group_id"];
    /// The learner.
    learner: LearnerId => "learners",
    /// The group.
    group_id: Group,
}

table! {
    /// The tutors of learners.
    Tutor in "tutors", key ["learner", "administrator"];
    /// The learner.
    learner: LearnerId => "learners",
    /// The tutor.
    administrator: AdministratorId => "administrators",
}

table! {
    /// The programmes on which learners are enrolled. A learner who was erased has no enrolments.
    Enrolment in "enrolments", key ["learner", "programme"], index ["programme"];
    /// The learner.
    learner: LearnerId => "learners",
    /// The programme.
    programme: ProgrammeId => "programmes",
    /// The place in the list of the learner's enrolments, from 1.
    number: u64,
    /// The status of the enrolment.
    status: Word,
}
