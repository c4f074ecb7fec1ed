"""The bodies and replies of all operations, and the bodies of all events.

Generated from proto-schemas/ by clients/generate; do not edit.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class ActorGetBody(TypedDict):
    """Body of `actor.get`."""


class ActorGetReply(TypedDict):
    """The actor who asks."""

    administrator: Actor
    """The administrator, or `system`."""
    can_sync: bool
    """Whether the actor may synchronise."""
    groups: GroupsViewed
    """The groups that the person may view."""
    name: str
    """The name of the person; `system` for `system`."""
    permissions: list[Permission]
    """The permissions of the person; none for `system`, which needs none."""


class AddComponent(TypedDict):
    """Adds a component that is not from the template."""

    attributes: ComponentAttributes
    """Its attributes; those that are left out have their default."""
    component: NotRequired[ComponentId | None]
    """Its id; if none is given, the engine makes one."""
    op: Literal['add']
    """Always `add`: it tells this form from the others."""
    programme: ProgrammeId
    """The programme it belongs to."""
    type: ComponentType
    """Its type, which never changes."""


class AddFromTemplate(TypedDict):
    """Adds a component of the template that the plan does not have."""

    attributes: NotRequired[AttributesOfPlanEditBody | None]
    """The attributes that differ from the template."""
    op: Literal['add']
    """Always `add`: it tells this form from the others."""
    programme: ProgrammeId
    """The programme whose template it is."""
    template: ComponentId
    """The id of the component in the template."""


class AdministratorGetBody(TypedDict):
    """Body of `administrator.get`."""

    administrator: AdministratorId
    """The id of the administrator."""


class AdministratorGetReply(TypedDict):
    """An administrator."""

    administrator: AdministratorId
    """The id of the administrator."""
    groups: GroupsViewed
    """The groups that the person may view."""
    name: str
    """The name of the person."""
    permissions: list[Permission]
    """The permissions of the person."""


class AdministratorListBody(TypedDict):
    """Body of `administrator.list`."""

    at: NotRequired[Position | None]
    """The position in the reply with the first page, which was held: this page then belongs to the same reading."""
    hold: NotRequired[bool | None]
    """Whether the list is held after the first page, so that the other pages can be asked for `at` the position of the
    reply.
    """
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    search: NotRequired[str | None]
    """A part of the name or the id. Case and accents are ignored."""


class AdministratorListReply(TypedDict):
    """Reply of `administrator.list`, by name, then id."""

    items: list[AdministratorRecord]
    """The items of this page."""
    position: NotRequired[PositionOfAdministratorListReply | None]
    """The position of the log at which the list was read, if it is held. The other pages are asked for with this value
    as `at`.
    """
    total: int
    """The number of items on all pages."""


class AdministratorName(TypedDict):
    """An actor and the actor's name."""

    administrator: Actor
    """The administrator, or `system`."""
    name: NotRequired[str | None]
    """The name of the person; null if there is no such administrator, or no longer."""


class AdministratorNamesBody(TypedDict):
    """Body of `administrator.names`."""

    administrators: list[Actor]
    """The actors; the name of `system` is `system`."""


class AdministratorNamesReply(TypedDict):
    """Reply of `administrator.names`: one item for each actor of the body, in the same order."""

    items: list[AdministratorName]
    """The names."""


class AdministratorPutBody(TypedDict):
    """Body of `administrator.put`."""

    administrator: AdministratorId
    """The id of the administrator."""
    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    groups: GroupsViewed
    """The groups that the person may view."""
    name: str
    """The name of the person."""
    permissions: list[PermissionOfAdministratorPutBody]
    """The permissions of the person."""


class AdministratorPutReply(TypedDict):
    """The reply of every `put` and `remove`."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfAdministratorPutReply
    """The position of the commit in the log."""


class AdministratorRecord(TypedDict):
    """An administrator."""

    administrator: AdministratorId
    """The id of the administrator."""
    groups: GroupsViewed
    """The groups that the person may view."""
    name: str
    """The name of the person."""
    permissions: list[Permission]
    """The permissions of the person."""


class AdministratorRemoval(TypedDict):
    """An administrator was removed."""

    administrator: AdministratorId
    """The administrator."""


class AdministratorRemoveBody(TypedDict):
    """Body of `administrator.remove`."""

    administrator: AdministratorId
    """The id of the administrator."""
    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """


class AdministratorRemoveReply(TypedDict):
    """The reply of every `put` and `remove`."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfAdministratorRemoveReply
    """The position of the commit in the log."""


class AffectedLearner(TypedDict):
    """What would happen to the plan of one learner."""

    applied: int
    """The number of components to which changes would be applied: created, updated and deleted ones."""
    created: int
    """The number of components that would be created."""
    deleted: int
    """The number of components that would be deleted."""
    learner: LearnerId
    """The learner whose plan it is."""
    name: NotRequired[str | None]
    """The name of the learner; null if the learner is not available."""
    programme: NotRequired[ProgrammeId | None]
    """The programme that is synchronised; null if the learner is not available."""
    skipped: int
    """The number of components that would be skipped."""
    source: NotRequired[bool]
    """Whether it is the plan of the source itself. It comes first, and is not counted among the learners of the
    preview.
    """
    unchanged: int
    """The number of components that already have these values."""
    updated: int
    """The number of components that would be updated."""
    warnings: list[AffectedWarning]
    """Warnings."""


class AffectedWarning(TypedDict):
    """A warning, and the number of components that it is about."""

    code: PairWarning
    """The kind of warning."""
    components: int
    """The number of components that it is about."""


class AttributeAfter(TypedDict):
    """An attribute and its new value."""

    after: AttributeValue
    """Its new value."""
    attribute: AttributeName
    """The name of the attribute."""


class AttributeChange(TypedDict):
    """An attribute before and after a change."""

    added: NotRequired[list[str] | None]
    """The elements that were added, if the attribute is replayed element by element."""
    after: AttributeValue
    """Its value after; null if the component no longer exists."""
    attribute: AttributeName
    """The name of the attribute."""
    before: AttributeValue
    """Its value before; null if the component did not exist."""
    removed: NotRequired[list[str] | None]
    """The elements that were removed."""


class AttributeOrigin(TypedDict):
    """An attribute at both points, and who set it."""

    added: NotRequired[list[str] | None]
    """The elements that were added, for criteria and documents of a component that exists at both points."""
    after: AttributeValue
    """Its value at the second point; null if the component does not exist."""
    attribute: AttributeName
    """The name of the attribute."""
    before: AttributeValue
    """Its value at the first point; null if the component did not exist."""
    origins: list[OriginOfAuditDiffReply]
    """The last commit between the points that set it. Empty if the component does not exist at the later point."""
    removed: NotRequired[list[str] | None]
    """The elements that were removed."""


class Attributes(TypedDict):
    """Attributes and their values."""

    completion_mode: NotRequired[Literal['learner', 'tutor', 'employer', 'automatic']]
    """Who completes the component."""
    criteria: NotRequired[list[str]]
    """The criteria that the component covers: a set, returned sorted."""
    delivery_via_employer: NotRequired[bool]
    """Whether the employer delivers the component."""
    delivery_via_organisation: NotRequired[bool]
    """Whether the organisation delivers the component."""
    documents: NotRequired[list[str]]
    """The ids of documents, each once, in the order given."""
    due_date: NotRequired[str | None]
    """The day by which the component is due; null if there is none. RFC 3339 full-date of the years 0001 to 9999."""
    evidence_required: NotRequired[bool]
    """Whether the learner has to submit evidence."""
    instructions: NotRequired[str]
    """What the learner has to do."""
    marking_aid_exercise: NotRequired[str | None]
    """The id of the Marking Aid exercise; null if there is none. Only in tenants with Marking Aid."""
    min_evidence: NotRequired[int]
    """How often evidence has to be submitted at least."""
    name: NotRequired[str]
    """The name of the component."""
    owner: NotRequired[str | None]
    """The administrator who is responsible for the component; null if nobody is. On plans only."""
    planned_for_qa: NotRequired[bool]
    """Whether the component is planned for quality assurance. On plans only."""
    review_at: NotRequired[str | None]
    """The time of the review's meeting; null if there is none. On plans, and for components of the type `review` only.
    RFC 3339 date-time of the years 0001 to 9999. Returned in UTC, with six digits of a second and `Z`. Any fraction
    is accepted (digits beyond a microsecond are cut off), and any offset; leap seconds (`:60`) and a space instead
    of `T` are refused.
    """
    review_type: NotRequired[str | None]
    """The type of the review; null if there is none. For components of the type `review` only."""


class AttributesOfPlanEditBody(TypedDict):
    """Attributes and their values."""

    completion_mode: NotRequired[Literal['learner', 'tutor', 'employer', 'automatic']]
    """Who completes the component."""
    criteria: NotRequired[list[str]]
    """The criteria that the component covers: a set, returned sorted."""
    delivery_via_employer: NotRequired[bool]
    """Whether the employer delivers the component."""
    delivery_via_organisation: NotRequired[bool]
    """Whether the organisation delivers the component."""
    documents: NotRequired[list[str]]
    """The ids of documents, each once, in the order given."""
    due_date: NotRequired[str | None]
    """The day by which the component is due; null if there is none. RFC 3339 full-date of the years 0001 to 9999."""
    evidence_required: NotRequired[bool]
    """Whether the learner has to submit evidence."""
    instructions: NotRequired[str]
    """What the learner has to do."""
    marking_aid_exercise: NotRequired[str | None]
    """The id of the Marking Aid exercise; null if there is none. Only in tenants with Marking Aid."""
    min_evidence: NotRequired[int]
    """How often evidence has to be submitted at least."""
    name: NotRequired[str]
    """The name of the component."""
    owner: NotRequired[str | None]
    """The administrator who is responsible for the component; null if nobody is. On plans only."""
    planned_for_qa: NotRequired[bool]
    """Whether the component is planned for quality assurance. On plans only."""
    review_at: NotRequired[str | None]
    """The time of the review's meeting; null if there is none. On plans, and for components of the type `review` only.
    RFC 3339 date-time of the years 0001 to 9999. Returned in UTC, with six digits of a second and `Z`. Any fraction
    is accepted (digits beyond a microsecond are cut off), and any offset; leap seconds (`:60`) and a space instead
    of `T` are refused.
    """
    review_type: NotRequired[str | None]
    """The type of the review; null if there is none. For components of the type `review` only."""


class AuditAdministratorPut(TypedDict):
    """An administrator was created or replaced."""

    data: AdministratorRecord
    kind: Literal['administrator.put']
    """Always `administrator.put`: it tells this form from the others."""


class AuditAdministratorRemoved(TypedDict):
    """An administrator was removed."""

    data: AdministratorRemoval
    kind: Literal['administrator.removed']
    """Always `administrator.removed`: it tells this form from the others."""


class AuditBlameBody(TypedDict):
    """Body of `audit.blame`."""

    after: NotRequired[PlanCursor | None]
    """The value `next` of the reply before, to continue after it."""
    at: NotRequired[PlanPoint | None]
    """The point; the present if none is given."""
    attribute: NotRequired[BlamedAttribute | None]
    """Only this attribute."""
    component: NotRequired[ComponentId | None]
    """Only this component, which may have been removed."""
    learner: LearnerId
    """The learner whose plan it is."""
    limit: NotRequired[PageSize | None]
    """The most items to return. 50 if none is given. There are fewer if they would be too large for one message."""


class AuditBlameReply(TypedDict):
    """Reply of `audit.blame`: the components in plan order, and for each the component itself, its attributes, and its
    progress and review. Progress that nobody recorded since the component was added is left out. Of a component
    that was removed, there is only `component`, with the value false.
    """

    items: list[BlamedField]
    """The items of this page."""
    learner: LearnerId
    """The learner whose plan it is."""
    next: NotRequired[PlanCursorOfAuditBlameReply | None]
    """Where to continue; left out if there is nothing more."""
    point: PointReached
    """The point."""
    position: PositionOfAuditBlameReply
    """The last position of the log that was visible."""


class AuditChangesBody(TypedDict):
    """Body of `audit.changes`. A change must pass every filter that is given."""

    after: NotRequired[ChangesCursor | None]
    """The value `next` of the reply before, to continue there."""
    component: NotRequired[ComponentId | None]
    """Only changes of this component."""
    from_time: Time
    """Only changes that were recorded at this time or later."""
    learner: NotRequired[LearnerId | None]
    """Only changes of this learner's plan."""
    limit: NotRequired[PageSize | None]
    """The most changes to return. 50 if none is given. A request reads a bounded part of the log, so there may be
    fewer, or none, although more follow.
    """
    programme: NotRequired[ProgrammeId | None]
    """Only changes of components of this programme."""
    to_time: Time
    """Only changes that were recorded before this time."""
    values: NotRequired[bool | None]
    """Whether each change has its values before and after the commit. Changes of progress are then listed, too."""


class AuditChangesReply(TypedDict):
    """Reply of `audit.changes`, by id of the learner and position. Progress is left out unless `values` is given.
    Changes that are recorded while the list is read are missing if their learner was passed already.
    """

    items: list[PlanContentChange]
    """The changes."""
    next: NotRequired[ChangesCursorOfAuditChangesReply | None]
    """Where to continue; left out if there is nothing more."""
    position: PositionOfAuditChangesReply
    """The last position of the log that was visible."""


class AuditCommandAccepted(TypedDict):
    """A durable command was carried out."""

    data: CommandAccepted
    kind: Literal['command.accepted']
    """Always `command.accepted`: it tells this form from the others."""


class AuditCommandRejected(TypedDict):
    """A durable command was refused."""

    data: CommandRejected
    kind: Literal['command.rejected']
    """Always `command.rejected`: it tells this form from the others."""


class AuditCommandUnchanged(TypedDict):
    """A command was carried out that changed nothing."""

    data: UnchangedCommand
    kind: Literal['command.unchanged']
    """Always `command.unchanged`: it tells this form from the others."""


class AuditCommit(TypedDict):
    """A commit: one decision, which was recorded completely or not at all."""

    at: Time
    """The time at which it was recorded."""
    by: Actor
    """The actor who asked for it."""
    chain: Digest
    """The hash of the log at its position."""
    command_id: CommandId
    """The id of the command that it answers. The engine derives one for what no client asked for by itself, such as
    one learner of a synchronisation.
    """
    correlation_id: CommandId
    """The id of the command that started the chain of causes."""
    events: list[AuditEvent]
    """What happened."""
    judged_at: PositionOfAuditLogReply
    """The position of the state on which it was decided."""
    position: PositionOfAuditLogReply
    """Its position in the log."""
    stream: AuditStream
    """Its stream."""
    version: VersionOfAuditLogReply
    """The version of the stream after it."""


class AuditCommitOfAuditShowReply(TypedDict):
    """A commit: one decision, which was recorded completely or not at all."""

    at: Time
    """The time at which it was recorded."""
    by: Actor
    """The actor who asked for it."""
    chain: Digest
    """The hash of the log at its position."""
    command_id: CommandId
    """The id of the command that it answers. The engine derives one for what no client asked for by itself, such as
    one learner of a synchronisation.
    """
    correlation_id: CommandId
    """The id of the command that started the chain of causes."""
    events: list[AuditEventOfAuditShowReply]
    """What happened."""
    judged_at: PositionOfAuditShowReply
    """The position of the state on which it was decided."""
    position: PositionOfAuditShowReply
    """Its position in the log."""
    stream: AuditStream
    """Its stream."""
    version: VersionOfAuditShowReply
    """The version of the stream after it."""


AuditDiffBody = TypedDict(
    "AuditDiffBody",
    {
        "after": 'NotRequired[DiffCursor | None]',
        "from": 'PlanPoint',
        "learner": 'LearnerId',
        "limit": 'NotRequired[PageSize | None]',
        "to": 'NotRequired[PlanPoint | None]',
    },
)
"""Body of `audit.diff`."""


AuditDiffReply = TypedDict(
    "AuditDiffReply",
    {
        "from": 'PointReachedOfAuditDiffReply',
        "items": 'list[AuditDifference]',
        "learner": 'LearnerId',
        "next": 'NotRequired[DiffCursorOfAuditDiffReply | None]',
        "position": 'PositionOfAuditDiffReply',
        "to": 'PointReachedOfAuditDiffReply',
    },
)
"""Reply of `audit.diff`: the net difference. What was changed and changed back in between is none. The items are in
the order of the plan at the second point; then the deleted ones, in the order that they had. The items applied to
the plan at the first point give the plan at the second one: delete the deleted components and take out those that
have a `place`; change the attributes of the others; then insert the components that have a `place` there, in this
order.
"""


class AuditDifference(TypedDict):
    """What differs of one component."""

    attributes: list[AttributeOrigin]
    """The attributes that differ. For a component that was created (null before) or deleted (null after): all
    attributes of its type.
    """
    change: Change
    """Whether it was created, updated or deleted."""
    component: ComponentId
    """The id of the component."""
    evidence: NotRequired[EvidenceOrigin | None]
    """How often evidence was submitted, if that differs; 0 on the side on which the component does not exist."""
    from_template: bool
    """Whether it comes from the template of the programme."""
    name: str
    """Its name; if it was deleted, its last name."""
    origins: list[OriginOfAuditDiffReply]
    """The commit that added or removed the component last, or else the last one that changed it. Empty if only
    calendar tasks differ, because the case owner does.
    """
    place: NotRequired[int | None]
    """Its place in the plan at the second point, from 0, if it was created, or stands elsewhere among the components
    that both have.
    """
    programme: ProgrammeId
    """The programme it belongs to."""
    review: NotRequired[ReviewOrigin | None]
    """Its review, if it differs; null on the side on which it has none."""
    status: NotRequired[StatusOrigin | None]
    """Its status, if it differs; null on the side on which the component does not exist."""
    tasks: TaskMoves
    """Calendar tasks that only the second point has, and open ones that it does not have any more."""
    type: ComponentType
    """Its type. If it is another one than before, attributes that only this type has are null unless they are listed,
    and those that it does not have are gone.
    """


class AuditEffects(TypedDict):
    """The commits to which a commit led."""

    count: int
    """Their number so far, without those whom the actor may not see."""
    end: NotRequired[AuditLink | None]
    """The end of the synchronisation, if the commit started one that has ended."""
    first: list[AuditLink]
    """The first of them, at most 50. `audit.trace` returns all."""


class AuditEngineStarted(TypedDict):
    """The engine was started by another version, with other rules or other limits than before."""

    data: EngineStart
    kind: Literal['engine.started']
    """Always `engine.started`: it tells this form from the others."""


class AuditEventOfAuditShowReplyAdministratorPutData(TypedDict):
    """An administrator was created or replaced."""

    data: AdministratorRecord
    kind: Literal['administrator.put']
    """Always `administrator.put`: it tells this form from the others."""


class AuditEventOfAuditShowReplyAdministratorRemovedData(TypedDict):
    """An administrator was removed."""

    data: AdministratorRemoval
    kind: Literal['administrator.removed']
    """Always `administrator.removed`: it tells this form from the others."""


class AuditEventOfAuditShowReplyCommandAcceptedData(TypedDict):
    """A durable command was carried out."""

    data: CommandAccepted
    kind: Literal['command.accepted']
    """Always `command.accepted`: it tells this form from the others."""


class AuditEventOfAuditShowReplyCommandRejectedData(TypedDict):
    """A durable command was refused."""

    data: CommandRejected
    kind: Literal['command.rejected']
    """Always `command.rejected`: it tells this form from the others."""


class AuditEventOfAuditShowReplyCommandUnchangedData(TypedDict):
    """A command was carried out that changed nothing."""

    data: UnchangedCommand
    kind: Literal['command.unchanged']
    """Always `command.unchanged`: it tells this form from the others."""


class AuditEventOfAuditShowReplyEngineStartedData(TypedDict):
    """The engine was started by another version, with other rules or other limits than before."""

    data: EngineStart
    kind: Literal['engine.started']
    """Always `engine.started`: it tells this form from the others."""


class AuditEventOfAuditShowReplyLearnerErasedData(TypedDict):
    """A learner was erased."""

    data: LearnerErased
    kind: Literal['learner.erased']
    """Always `learner.erased`: it tells this form from the others."""


class AuditEventOfAuditShowReplyLearnerErasureRequestedData(TypedDict):
    """The erasure of a learner was asked for."""

    data: LearnerNote
    kind: Literal['learner.erasure_requested']
    """Always `learner.erasure_requested`: it tells this form from the others."""


class AuditEventOfAuditShowReplyLearnerHeldData(TypedDict):
    """A legal hold was put on a learner, who cannot be erased while it stands."""

    data: LearnerNote
    kind: Literal['learner.held']
    """Always `learner.held`: it tells this form from the others."""


class AuditEventOfAuditShowReplyLearnerPutData(TypedDict):
    """A learner was created or replaced."""

    data: LearnerRecord
    kind: Literal['learner.put']
    """Always `learner.put`: it tells this form from the others."""


class AuditEventOfAuditShowReplyLearnerReleasedData(TypedDict):
    """The legal hold on a learner was lifted."""

    data: LearnerNote
    kind: Literal['learner.released']
    """Always `learner.released`: it tells this form from the others."""


class AuditEventOfAuditShowReplyPlanChangedData(TypedDict):
    """A plan was changed by hand or from a template."""

    data: PlanChangedOfAuditShowReply
    kind: Literal['plan.changed']
    """Always `plan.changed`: it tells this form from the others."""


class AuditEventOfAuditShowReplyProgrammePutData(TypedDict):
    """A programme was created or replaced."""

    data: ProgrammeChange
    kind: Literal['programme.put']
    """Always `programme.put`: it tells this form from the others."""


class AuditEventOfAuditShowReplyRecordClosedData(TypedDict):
    """A record was closed."""

    data: RecordEnded
    kind: Literal['record.closed']
    """Always `record.closed`: it tells this form from the others."""


class AuditEventOfAuditShowReplyRecordOpenedData(TypedDict):
    """A record was opened."""

    data: RecordMoved
    kind: Literal['record.opened']
    """Always `record.opened`: it tells this form from the others."""


class AuditEventOfAuditShowReplyRecordResumedData(TypedDict):
    """An open record was continued."""

    data: RecordResumption
    kind: Literal['record.resumed']
    """Always `record.resumed`: it tells this form from the others."""


class AuditEventOfAuditShowReplySyncCancelledData(TypedDict):
    """A synchronisation was cancelled."""

    data: SyncRecord
    kind: Literal['sync.cancelled']
    """Always `sync.cancelled`: it tells this form from the others."""


class AuditEventOfAuditShowReplySyncChunkData(TypedDict):
    """A part of what a synchronisation replays was recorded before its start."""

    data: SyncChunk
    kind: Literal['sync.chunk']
    """Always `sync.chunk`: it tells this form from the others."""


class AuditEventOfAuditShowReplySyncCompletedData(TypedDict):
    """A synchronisation has finished all learners."""

    data: SyncRecord
    kind: Literal['sync.completed']
    """Always `sync.completed`: it tells this form from the others."""


class AuditEventOfAuditShowReplySyncStartedData(TypedDict):
    """A synchronisation was accepted."""

    data: SyncAccepted
    kind: Literal['sync.started']
    """Always `sync.started`: it tells this form from the others."""


class AuditEventOfAuditShowReplySyncTargetData(TypedDict):
    """A synchronisation has finished one learner."""

    data: SyncTargetOfAuditShowReply
    kind: Literal['sync.target']
    """Always `sync.target`: it tells this form from the others."""


class AuditEventOfAuditShowReplyTemplatePutData(TypedDict):
    """Components were added to a template, or replaced there."""

    data: TemplateChange
    kind: Literal['template.put']
    """Always `template.put`: it tells this form from the others."""


class AuditEventOfAuditShowReplyTemplateRemovedData(TypedDict):
    """Components were removed from a template."""

    data: TemplateRemoval
    kind: Literal['template.removed']
    """Always `template.removed`: it tells this form from the others."""


class AuditEventOfAuditShowReplyTenantPutData(TypedDict):
    """The settings of the tenant were replaced."""

    data: TenantRecord
    kind: Literal['tenant.put']
    """Always `tenant.put`: it tells this form from the others."""


class AuditHeadBody(TypedDict):
    """Body of `audit.head`."""


class AuditHeadReply(TypedDict):
    """The head of the Merkle tree over the commits of the log (RFC 6962). It is not signed."""

    origin: str
    """The origin of the tree, as in the first line of a checkpoint: `plansync/`, the id of the log, `/`, and its
    incarnation.
    """
    position: PositionOfAuditHeadReply
    """The position of the log at which it was read."""
    root: Bytes
    """The root of the tree."""
    size: PositionOfAuditHeadReply
    """The number of commits in the tree, which is the position of the last one."""


class AuditLearnerErased(TypedDict):
    """A learner was erased."""

    data: LearnerErased
    kind: Literal['learner.erased']
    """Always `learner.erased`: it tells this form from the others."""


class AuditLearnerErasureRequested(TypedDict):
    """The erasure of a learner was asked for."""

    data: LearnerNote
    kind: Literal['learner.erasure_requested']
    """Always `learner.erasure_requested`: it tells this form from the others."""


class AuditLearnerHeld(TypedDict):
    """A legal hold was put on a learner, who cannot be erased while it stands."""

    data: LearnerNote
    kind: Literal['learner.held']
    """Always `learner.held`: it tells this form from the others."""


class AuditLearnerPut(TypedDict):
    """A learner was created or replaced."""

    data: LearnerRecord
    kind: Literal['learner.put']
    """Always `learner.put`: it tells this form from the others."""


class AuditLearnerReleased(TypedDict):
    """The legal hold on a learner was lifted."""

    data: LearnerNote
    kind: Literal['learner.released']
    """Always `learner.released`: it tells this form from the others."""


class AuditLink(TypedDict):
    """Another commit that a commit is connected with."""

    at: Time
    """The time at which it was recorded."""
    kinds: list[AuditKindOfAuditShowReply]
    """The kinds of its events."""
    position: PositionOfAuditShowReply
    """Its position."""
    stream: AuditStream
    """Its stream."""


class AuditLogBody(TypedDict):
    """Body of `audit.log`. A commit must pass every filter that is given."""

    after: NotRequired[Position | None]
    """The value `next` of the reply before, to continue after it."""
    by: NotRequired[Actor | None]
    """Only commits that this actor asked for."""
    command_id: NotRequired[CommandId | None]
    """Only commits to which this command led. An index finds them."""
    component: NotRequired[ComponentId | None]
    """Only commits that changed this component of the learner's plan, or in which a synchronisation decided about it.
    Given with `learner` only.
    """
    from_position: NotRequired[Position | None]
    """Only commits at this position or later."""
    from_time: NotRequired[Time | None]
    """Only commits recorded at this time or later."""
    kinds: NotRequired[list[AuditKind] | None]
    """Only commits with an event of one of these kinds; of any kind if it is empty."""
    learner: NotRequired[LearnerId | None]
    """Only commits about this learner: changes of the plan and of the learner's data, and results of synchronisations.
    An index finds them. Commits of records are listed with `records` only.
    """
    limit: NotRequired[PageSize | None]
    """The most commits to return. 50 if none is given. A request reads a bounded part of the log, so there may be
    fewer, or none, although more follow.
    """
    order: NotRequired[AuditOrder | None]
    """The order; `oldest_first` if none is given."""
    records: NotRequired[bool | None]
    """Whether to list commits of the learner's records, too. No index finds these: the log is read for them, as for a
    filter by actor.
    """
    sync: NotRequired[SyncId | None]
    """Only commits of this synchronisation: its parts, its start, its learners and its end. An index finds them."""
    to_position: NotRequired[Position | None]
    """Only commits at this position or earlier."""
    to_time: NotRequired[Time | None]
    """Only commits recorded before this time."""


class AuditLogReply(TypedDict):
    """Reply of `audit.log`."""

    items: list[AuditCommit]
    """The commits."""
    next: NotRequired[PositionOfAuditLogReply | None]
    """The position to continue after; left out if there is nothing more."""
    position: PositionOfAuditLogReply
    """The last position of the log that was visible."""
    scanned_to: PositionOfAuditLogReply
    """The position up to which the log was searched, in the order of the list."""


class AuditPlanBody(TypedDict):
    """Body of `audit.plan`."""

    after: NotRequired[PlanCursor | None]
    """The value `next` of the reply before, to continue after it."""
    at: NotRequired[PlanPoint | None]
    """The point to return; the present if none is given."""
    learner: LearnerId
    """The learner whose plan it is."""
    limit: NotRequired[PageSize | None]
    """The most components to return. 50 if none is given. There are fewer if they would be too large for one message."""


class AuditPlanChanged(TypedDict):
    """A plan was changed by hand or from a template."""

    data: PlanChangedOfAuditReadReply
    kind: Literal['plan.changed']
    """Always `plan.changed`: it tells this form from the others."""


class AuditPlanReply(TypedDict):
    """Reply of `audit.plan`, in plan order. At a version, it is what `plan.get` returns for that version. At a
    position or a time, open calendar tasks belong to whoever was the case owner then.
    """

    components: list[Component]
    """The components of this page."""
    learner: LearnerId
    """The learner whose plan it is."""
    next: NotRequired[PlanCursorOfAuditPlanReply | None]
    """Where to continue; left out if there is nothing more."""
    point: PointReachedOfAuditPlanReply
    """The point."""
    position: PositionOfAuditPlanReply
    """The last position of the log that was visible."""


class AuditProgrammePut(TypedDict):
    """A programme was created or replaced."""

    data: ProgrammeChange
    kind: Literal['programme.put']
    """Always `programme.put`: it tells this form from the others."""


class AuditProofBody(TypedDict):
    """Body of `audit.proof`. Either `position` or `old_size` must be given."""

    old_size: NotRequired[Position | None]
    """The size of an earlier tree, to prove that it is the beginning of the tree (a consistency proof)."""
    position: NotRequired[Position | None]
    """The position of a commit, to prove that it is in the tree (an inclusion proof)."""
    size: NotRequired[Position | None]
    """The size of the tree. All commits of the log if none is given."""


class AuditProofReply(TypedDict):
    """An inclusion proof or a consistency proof in the Merkle tree over the commits of the log (RFC 6962)."""

    hashes: list[Bytes]
    """The hashes of the proof, in the order of RFC 6962."""
    leaf_hash: NotRequired[Bytes | None]
    """For an inclusion proof, the hash of the leaf. Its index is the position of the commit, less one."""
    origin: str
    """The origin of the tree, as in `audit.head`."""
    position: PositionOfAuditProofReply
    """The position of the log at which it was read."""
    root: Bytes
    """The root of the tree."""
    size: PositionOfAuditProofReply
    """The size of the tree."""


AuditReadBody = TypedDict(
    "AuditReadBody",
    {
        "from": 'Position',
        "limit": 'NotRequired[ReadLimit | None]',
        "wait_ms": 'NotRequired[WaitMillis | None]',
    },
)
"""Body of `audit.read`."""


class AuditReadReply(TypedDict):
    """Reply of `audit.read`, in the order of the log."""

    items: list[ReplayedEvent]
    """The events."""
    next: PositionOfAuditReadReply
    """The position to continue from."""
    relayed: NotRequired[Relayed | None]
    """How far events are published; left out while that is not known, as without a connection to the stream."""
    tip: PositionOfAuditReadReply
    """The last position of the log that was visible."""


class AuditRecordClosed(TypedDict):
    """A record was closed."""

    data: RecordEnded
    kind: Literal['record.closed']
    """Always `record.closed`: it tells this form from the others."""


class AuditRecordOpened(TypedDict):
    """A record was opened."""

    data: RecordMoved
    kind: Literal['record.opened']
    """Always `record.opened`: it tells this form from the others."""


class AuditRecordResumed(TypedDict):
    """An open record was continued."""

    data: RecordResumption
    kind: Literal['record.resumed']
    """Always `record.resumed`: it tells this form from the others."""


class AuditShowBody(TypedDict):
    """Body of `audit.show`."""

    position: Position
    """The position of the commit."""


class AuditShowReply(TypedDict):
    """Reply of `audit.show`."""

    causes: list[AuditLink]
    """The commits that led to it, such as the start of the synchronisation."""
    changes: NotRequired[list[FrozenChange] | None]
    """What the synchronisation replays, if the commit started one."""
    commit: AuditCommitOfAuditShowReply
    """The commit."""
    decisions: NotRequired[list[PairOutcome] | None]
    """What the synchronisation decided, component by component, if the commit is that of one of its learners."""
    effects: AuditEffects
    """The commits to which it led."""
    position: PositionOfAuditShowReply
    """The last position of the log that was visible."""
    truncated: bool
    """Whether changes or decisions were left out because the reply would be too large; `sync.changes` and
    `sync.outcomes` return all.
    """


class AuditStream(TypedDict):
    """The stream of a commit: the one thing that the commit is about."""

    id: str
    """The id of the tenant (also for `engine`), administrator, learner, programme, learner whose plan it is, session,
    synchronisation or command. For a learner whom a synchronisation left unchanged: an id that is derived from
    both.
    """
    kind: StreamKind
    """What it is about."""


class AuditSyncCancelled(TypedDict):
    """A synchronisation was cancelled."""

    data: SyncRecord
    kind: Literal['sync.cancelled']
    """Always `sync.cancelled`: it tells this form from the others."""


class AuditSyncChunk(TypedDict):
    """A part of what a synchronisation replays was recorded before its start."""

    data: SyncChunk
    kind: Literal['sync.chunk']
    """Always `sync.chunk`: it tells this form from the others."""


class AuditSyncCompleted(TypedDict):
    """A synchronisation has finished all learners."""

    data: SyncRecord
    kind: Literal['sync.completed']
    """Always `sync.completed`: it tells this form from the others."""


class AuditSyncStarted(TypedDict):
    """A synchronisation was accepted."""

    data: SyncAccepted
    kind: Literal['sync.started']
    """Always `sync.started`: it tells this form from the others."""


class AuditSyncTarget(TypedDict):
    """A synchronisation has finished one learner."""

    data: SyncTargetOfAuditReadReply
    kind: Literal['sync.target']
    """Always `sync.target`: it tells this form from the others."""


class AuditTemplatePut(TypedDict):
    """Components were added to a template, or replaced there."""

    data: TemplateChange
    kind: Literal['template.put']
    """Always `template.put`: it tells this form from the others."""


class AuditTemplateRemoved(TypedDict):
    """Components were removed from a template."""

    data: TemplateRemoval
    kind: Literal['template.removed']
    """Always `template.removed`: it tells this form from the others."""


class AuditTenantPut(TypedDict):
    """The settings of the tenant were replaced."""

    data: TenantRecord
    kind: Literal['tenant.put']
    """Always `tenant.put`: it tells this form from the others."""


class AuditTraceBody(TypedDict):
    """Body of `audit.trace`."""

    after: NotRequired[Position | None]
    """The value `next` of the reply before, to continue after it."""
    command_id: CommandId
    """The id of the command."""
    limit: NotRequired[PageSize | None]
    """The most commits to return. 50 if none is given."""


class AuditTraceReply(TypedDict):
    """Reply of `audit.trace`: by position. Empty if no commit has this command."""

    items: list[TraceItem]
    """The commits."""
    next: NotRequired[PositionOfAuditTraceReply | None]
    """The position to continue after; left out if there is nothing more."""
    position: PositionOfAuditTraceReply
    """The last position of the log that was visible."""


AuditWhatIfBody = TypedDict(
    "AuditWhatIfBody",
    {
        "after": 'NotRequired[WhatIfCursor | None]',
        "judged_as": 'NotRequired[AdministratorId | None]',
        "limit": 'NotRequired[PageSize | None]',
        "statuses": 'NotRequired[list[Condition] | None]',
        "sync": 'SyncId',
        "with": 'NotRequired[list[PermissionOfAuditWhatIfBody] | None]',
        "without": 'NotRequired[list[PermissionOfAuditWhatIfBody] | None]',
    },
)
"""Body of `audit.what-if`. Without a change, nothing differs."""


class AuditWhatIfReply(TypedDict):
    """Reply of `audit.what-if`, by id of the learner and of the component: the components of learners about which the
    synchronisation would have decided otherwise. Each is decided on the plan, the records and the settings on which
    it was decided then. What was not decided, because the synchronisation did not reach the learner or failed, is
    left out. Nothing is written.
    """

    items: list[WhatIfDifference]
    """The differences."""
    judged_as: AdministratorId
    """The administrator for whom it was decided again."""
    next: NotRequired[WhatIfCursorOfAuditWhatIfReply | None]
    """Where to continue; left out if there is nothing more."""
    requested_by: AdministratorId
    """The administrator who started it."""
    state: SyncState
    """The state of the synchronisation. One that is running or was cancelled has not reached every learner."""
    sync: SyncId
    """The id of the synchronisation."""


class AuditWhyBody(TypedDict):
    """Body of `audit.why`."""

    after: NotRequired[ComponentId | None]
    """The value `next` of the reply before, to continue after it."""
    component: NotRequired[ComponentId | None]
    """Only this component."""
    learner: LearnerId
    """The learner."""
    limit: NotRequired[PageSize | None]
    """The most components to return. 50 if none is given. There are fewer if they would be too large for one message."""
    sync: SyncId
    """The id of the synchronisation."""


class AuditWhyReply(TypedDict):
    """Reply of `audit.why`, in the order of component ids. It is what was decided and recorded; nothing is decided
    again, so it does not change when permissions, enrolments or settings do.
    """

    cause: NotRequired[str | None]
    """The cause, if it failed."""
    excluded_by: list[Excluded]
    """Everything that left out a learner who was not selected."""
    items: list[DecidedComponent]
    """What was decided about each component."""
    judged_at: NotRequired[PositionOfAuditWhyReply | None]
    """The position of the log on which it was decided. For a learner who was not selected: the position at which the
    learners were chosen, which for a confirmed preview is that of the preview.
    """
    judged_on: NotRequired[JudgedOn | None]
    """The records at that position; left out if they did not matter."""
    learner: LearnerId
    """The learner."""
    listed: bool
    """Whether the learner was selected, or is the source whose plan is updated, too."""
    next: NotRequired[ComponentId | None]
    """Where to continue; left out if there is nothing more."""
    position: NotRequired[PositionOfAuditWhyReply | None]
    """The position of the commit with the decision; left out if there is none."""
    reached: Reached
    """How far the synchronisation came with the learner."""
    requested_by: AdministratorId
    """The administrator who started it."""
    sentence: str
    """The same in words."""
    source: NotRequired[bool]
    """Whether the learner is the source."""
    sync: SyncId
    """The id of the synchronisation."""


class BlamedField(TypedDict):
    """Who set one attribute last: the last commit after which its value was another than before. If a change was
    reversed, that is the reversal.
    """

    attribute: BlamedAttributeOfAuditBlameReply
    """What was set."""
    before: NotRequired[AttributeValue | None]
    """Its value before it was set; left out if it came with the component."""
    component: ComponentId
    """The id of the component."""
    name: str
    """Its name; if it was removed, its last name."""
    origins: list[Origin]
    """The commit that set it, and where a synchronisation got it from."""
    review: NotRequired[ReviewSide | None]
    """For `review`: the review."""
    review_before: NotRequired[ReviewSide | None]
    """For `review`: the review before it was set."""
    value: AttributeValue
    """Its value. For `component`: whether it is in the plan. For `review`: its status."""


class ChangeComponent(TypedDict):
    """Sets attributes of a component."""

    component: ComponentId
    """The id of the component."""
    op: Literal['change']
    """Always `change`: it tells this form from the others."""
    reason: NotRequired[str | None]
    """The reason. An administrator needs one to change a due date."""
    set: AttributesOfPlanEditBody
    """The attributes and their values."""


class ChangedValues(TypedDict):
    """A component before and after a commit: what differs. Of one that was added or removed, all attributes; they are
    null on the side where it is not there.
    """

    attributes: list[AttributeChange]
    """The attributes."""
    evidence: NotRequired[EvidenceDifference | None]
    """The number of pieces of evidence that were submitted."""
    review: NotRequired[ReviewDifference | None]
    """The review."""
    status: NotRequired[StatusDifference | None]
    """The progress."""


class ChangesCursor(TypedDict):
    """A place in a list of changes."""

    learner: LearnerId
    """The learner whose plan is read next."""
    skip: int
    """The number of its changes that were returned already."""
    version: Version
    """The version of the plan that is read next."""


class ChangesCursorOfAuditChangesReply(TypedDict):
    """A place in a list of changes."""

    learner: LearnerId
    """The learner whose plan is read next."""
    skip: int
    """The number of its changes that were returned already."""
    version: VersionOfAuditChangesReply
    """The version of the plan that is read next."""


class CommandAccepted(TypedDict):
    """Body of the event `command.accepted`: a durable command was carried out."""

    command_id: CommandId
    """The id of the command."""
    operation: str
    """The name of the operation."""
    reply: dict[str, Any]
    """The reply of the operation."""


class CommandRejected(TypedDict):
    """Body of the event `command.rejected`: a durable command was refused, and changed nothing."""

    bytes: NotRequired[Bytes | None]
    """The body of the command, if it could not be decoded. Only the audit tells it, until a learner is erased; earlier
    versions published it.
    """
    command_id: CommandId
    """The id of the command."""
    error: ErrorOfAuditShowReply
    """The refusal."""
    not_kept: NotRequired[NotKept | None]
    """Length and digest of the body instead, if it is not kept: bodies of more than 256 KiB, or of more than 8 MiB per
    tenant in all, are not.
    """
    operation: str
    """The operation, as it stands in the subject; it may not exist."""


class CommandsStatus(TypedDict):
    """The durable commands."""

    accepted: int
    """Commands that were accepted."""
    rejected: int
    """Commands that were rejected."""


class Component(TypedDict):
    """One component of a plan."""

    attributes: Attributes
    """All attributes of its type."""
    component: ComponentId
    """Its id; the same on every plan that has it."""
    evidence_submitted: int
    """How often evidence was submitted."""
    from_template: bool
    """Whether it comes from the template of the programme."""
    last_updated: LastUpdatedOfPlanGetReply
    """The commit that last changed it."""
    programme: ProgrammeId
    """The programme it belongs to."""
    review: NotRequired[Review | None]
    """Its review; null if its type has none."""
    status: Status
    """Its status."""
    type: ComponentType
    """Its type."""


class ComponentAttributes(TypedDict):
    """The attributes of a component that is added; it needs a name."""

    completion_mode: NotRequired[Literal['learner', 'tutor', 'employer', 'automatic']]
    """Who completes the component."""
    criteria: NotRequired[list[str]]
    """The criteria that the component covers: a set, returned sorted."""
    delivery_via_employer: NotRequired[bool]
    """Whether the employer delivers the component."""
    delivery_via_organisation: NotRequired[bool]
    """Whether the organisation delivers the component."""
    documents: NotRequired[list[str]]
    """The ids of documents, each once, in the order given."""
    due_date: NotRequired[str | None]
    """The day by which the component is due; null if there is none. RFC 3339 full-date of the years 0001 to 9999."""
    evidence_required: NotRequired[bool]
    """Whether the learner has to submit evidence."""
    instructions: NotRequired[str]
    """What the learner has to do."""
    marking_aid_exercise: NotRequired[str | None]
    """The id of the Marking Aid exercise; null if there is none. Only in tenants with Marking Aid."""
    min_evidence: NotRequired[int]
    """How often evidence has to be submitted at least."""
    name: str
    """The name of the component."""
    owner: NotRequired[str | None]
    """The administrator who is responsible for the component; null if nobody is. On plans only."""
    planned_for_qa: NotRequired[bool]
    """Whether the component is planned for quality assurance. On plans only."""
    review_at: NotRequired[str | None]
    """The time of the review's meeting; null if there is none. On plans, and for components of the type `review` only.
    RFC 3339 date-time of the years 0001 to 9999. Returned in UTC, with six digits of a second and `Z`. Any fraction
    is accepted (digits beyond a microsecond are cut off), and any offset; leap seconds (`:60`) and a space instead
    of `T` are refused.
    """
    review_type: NotRequired[str | None]
    """The type of the review; null if there is none. For components of the type `review` only."""


class ComponentChange(TypedDict):
    """What an edit changed in one component."""

    attributes: list[AttributeAfter]
    """The attributes that were set."""
    change: Change
    """Whether it was created, updated or deleted."""
    component: ComponentId
    """The id of the component."""
    evidence: NotRequired[int | None]
    """How often evidence had been submitted after it."""
    reason: NotRequired[str | None]
    """The reason for a changed date; empty if it was erased. Published events have none."""
    review_status: NotRequired[ReviewStatus | None]
    """The review status that was set."""
    status: NotRequired[Status | None]
    """The status that was set."""
    template_version: NotRequired[VersionOfAuditLogReply | None]
    """The version of the template from which a component was added again."""


class ComponentChangeOfAuditReadReply(TypedDict):
    """What an edit changed in one component."""

    attributes: list[AttributeAfter]
    """The attributes that were set."""
    change: Change
    """Whether it was created, updated or deleted."""
    component: ComponentId
    """The id of the component."""
    evidence: NotRequired[int | None]
    """How often evidence had been submitted after it."""
    reason: NotRequired[str | None]
    """The reason for a changed date; empty if it was erased. Published events have none."""
    review_status: NotRequired[ReviewStatus | None]
    """The review status that was set."""
    status: NotRequired[Status | None]
    """The status that was set."""
    template_version: NotRequired[VersionOfAuditReadReply | None]
    """The version of the template from which a component was added again."""


class ComponentChangeOfAuditShowReply(TypedDict):
    """What an edit changed in one component."""

    attributes: list[AttributeAfter]
    """The attributes that were set."""
    change: Change
    """Whether it was created, updated or deleted."""
    component: ComponentId
    """The id of the component."""
    evidence: NotRequired[int | None]
    """How often evidence had been submitted after it."""
    reason: NotRequired[str | None]
    """The reason for a changed date; empty if it was erased. Published events have none."""
    review_status: NotRequired[ReviewStatus | None]
    """The review status that was set."""
    status: NotRequired[Status | None]
    """The status that was set."""
    template_version: NotRequired[VersionOfAuditShowReply | None]
    """The version of the template from which a component was added again."""


class ComponentChangeOfEventPlanChanged(TypedDict):
    """What an edit changed in one component."""

    attributes: list[AttributeAfter]
    """The attributes that were set."""
    change: Change
    """Whether it was created, updated or deleted."""
    component: ComponentId
    """The id of the component."""
    evidence: NotRequired[int | None]
    """How often evidence had been submitted after it."""
    reason: NotRequired[str | None]
    """The reason for a changed date; empty if it was erased. Published events have none."""
    review_status: NotRequired[ReviewStatus | None]
    """The review status that was set."""
    status: NotRequired[Status | None]
    """The status that was set."""
    template_version: NotRequired[VersionOfEventPlanChanged | None]
    """The version of the template from which a component was added again."""


class ComponentChangeOfPlanHistoryReply(TypedDict):
    """What an edit changed in one component."""

    attributes: list[AttributeAfter]
    """The attributes that were set."""
    change: Change
    """Whether it was created, updated or deleted."""
    component: ComponentId
    """The id of the component."""
    evidence: NotRequired[int | None]
    """How often evidence had been submitted after it."""
    reason: NotRequired[str | None]
    """The reason for a changed date; empty if it was erased. Published events have none."""
    review_status: NotRequired[ReviewStatus | None]
    """The review status that was set."""
    status: NotRequired[Status | None]
    """The status that was set."""
    template_version: NotRequired[VersionOfPlanHistoryReply | None]
    """The version of the template from which a component was added again."""


class ComponentDecision(TypedDict):
    """A decision about a component."""

    action: Action
    """What the synchronisation does with it."""
    missing_permissions: list[Permission]
    """The permissions that are missing."""
    outcome: Outcome
    """The outcome."""
    reason: NotRequired[Reason | None]
    """Why it is skipped."""
    sentence: str
    """The decision in words."""
    warnings: list[Warning]
    """Warnings."""


class ComponentDifference(TypedDict):
    """What a commit changed in one component."""

    attributes: list[AttributeChange]
    """The attributes that differ. For a component that was created (null before) or deleted (null after): all
    attributes of its type.
    """
    change: Change
    """Whether it was created, updated or deleted."""
    component: ComponentId
    """The id of the component."""
    evidence: NotRequired[EvidenceDifference | None]
    """How often evidence was submitted, if that differs; 0 on the side on which the component does not exist."""
    name: str
    """Its name; if it was deleted, its last name."""
    reason: NotRequired[str | None]
    """The reason for a changed date. For a due date that was synchronised: the reason given for the edit at the
    source. Empty if it was erased.
    """
    review: NotRequired[ReviewDifference | None]
    """Its review, if it differs; null on the side on which it has none."""
    status: NotRequired[StatusDifference | None]
    """Its status, if it differs; null on the side on which the component does not exist."""
    tasks: TaskMoves
    """Its calendar tasks."""


class Confirm(TypedDict):
    """A preview, identified by position and digest of its reply."""

    digest: Digest
    """Its digest: of the request without `confirm`, and of the changes that it would replay."""
    position: PositionOfAuditLogReply
    """The position of the log at which it was evaluated."""


class ConfirmOfAuditReadReply(TypedDict):
    """A preview, identified by position and digest of its reply."""

    digest: Digest
    """Its digest: of the request without `confirm`, and of the changes that it would replay."""
    position: PositionOfAuditReadReply
    """The position of the log at which it was evaluated."""


class ConfirmOfAuditShowReply(TypedDict):
    """A preview, identified by position and digest of its reply."""

    digest: Digest
    """Its digest: of the request without `confirm`, and of the changes that it would replay."""
    position: PositionOfAuditShowReply
    """The position of the log at which it was evaluated."""


class ConfirmOfEventSyncStarted(TypedDict):
    """A preview, identified by position and digest of its reply."""

    digest: Digest
    """Its digest: of the request without `confirm`, and of the changes that it would replay."""
    position: PositionOfEventSyncStarted
    """The position of the log at which it was evaluated."""


class ConfirmOfSyncAffectedBody(TypedDict):
    """A preview, identified by position and digest of its reply."""

    digest: Digest
    """Its digest: of the request without `confirm`, and of the changes that it would replay."""
    position: Position
    """The position of the log at which it was evaluated."""


class ConfirmOfSyncExplainBody(TypedDict):
    """A preview, identified by position and digest of its reply."""

    digest: Digest
    """Its digest: of the request without `confirm`, and of the changes that it would replay."""
    position: Position
    """The position of the log at which it was evaluated."""


class ConfirmOfSyncPreviewBody(TypedDict):
    """A preview, identified by position and digest of its reply."""

    digest: Digest
    """Its digest: of the request without `confirm`, and of the changes that it would replay."""
    position: Position
    """The position of the log at which it was evaluated."""


class ConfirmOfSyncStartBody(TypedDict):
    """A preview, identified by position and digest of its reply."""

    digest: Digest
    """Its digest: of the request without `confirm`, and of the changes that it would replay."""
    position: Position
    """The position of the log at which it was evaluated."""


class DecidedComponent(TypedDict):
    """What was decided about one component."""

    action: Action
    """What the synchronisation does with it."""
    component: ComponentId
    """The id of the component."""
    missing_permissions: list[Permission]
    """The permissions that were missing."""
    name: str
    """Its name at the source."""
    outcome: Outcome
    """The outcome."""
    reason: NotRequired[Reason | None]
    """Why it was skipped."""
    sentence: str
    """The decision in words."""
    status: NotRequired[Status | None]
    """The status that it had in the learner's plan; left out if the plan did not have it."""
    warnings: list[Warning]
    """Warnings."""


class Details(TypedDict):
    """What a program may need in addition to the code."""

    page_size: NotRequired[int | None]
    """The largest page size with which every page of this list fits."""
    path: NotRequired[str | None]
    """The path of the field at fault, such as `edits[3].set.name`."""
    reason: NotRequired[DetailReason | None]
    """Which permission is missing, or why a session is no longer open."""
    replaced_by: NotRequired[SessionId | None]
    """The session that replaced the one that is no longer open."""
    retry_after_ms: NotRequired[int | None]
    """How long to wait before sending it again, in milliseconds."""
    version: NotRequired[VersionOfAuditLogReply | None]
    """The version of the plan."""


class DetailsOfAuditReadReply(TypedDict):
    """What a program may need in addition to the code."""

    page_size: NotRequired[int | None]
    """The largest page size with which every page of this list fits."""
    path: NotRequired[str | None]
    """The path of the field at fault, such as `edits[3].set.name`."""
    reason: NotRequired[DetailReason | None]
    """Which permission is missing, or why a session is no longer open."""
    replaced_by: NotRequired[SessionId | None]
    """The session that replaced the one that is no longer open."""
    retry_after_ms: NotRequired[int | None]
    """How long to wait before sending it again, in milliseconds."""
    version: NotRequired[VersionOfAuditReadReply | None]
    """The version of the plan."""


class DetailsOfAuditShowReply(TypedDict):
    """What a program may need in addition to the code."""

    page_size: NotRequired[int | None]
    """The largest page size with which every page of this list fits."""
    path: NotRequired[str | None]
    """The path of the field at fault, such as `edits[3].set.name`."""
    reason: NotRequired[DetailReason | None]
    """Which permission is missing, or why a session is no longer open."""
    replaced_by: NotRequired[SessionId | None]
    """The session that replaced the one that is no longer open."""
    retry_after_ms: NotRequired[int | None]
    """How long to wait before sending it again, in milliseconds."""
    version: NotRequired[VersionOfAuditShowReply | None]
    """The version of the plan."""


class DetailsOfError(TypedDict):
    """What a program may need in addition to the code."""

    page_size: NotRequired[int | None]
    """The largest page size with which every page of this list fits."""
    path: NotRequired[str | None]
    """The path of the field at fault, such as `edits[3].set.name`."""
    reason: NotRequired[DetailReason | None]
    """Which permission is missing, or why a session is no longer open."""
    replaced_by: NotRequired[SessionId | None]
    """The session that replaced the one that is no longer open."""
    retry_after_ms: NotRequired[int | None]
    """How long to wait before sending it again, in milliseconds."""
    version: NotRequired[VersionOfError | None]
    """The version of the plan."""


class DetailsOfEventCommandRejected(TypedDict):
    """What a program may need in addition to the code."""

    page_size: NotRequired[int | None]
    """The largest page size with which every page of this list fits."""
    path: NotRequired[str | None]
    """The path of the field at fault, such as `edits[3].set.name`."""
    reason: NotRequired[DetailReason | None]
    """Which permission is missing, or why a session is no longer open."""
    replaced_by: NotRequired[SessionId | None]
    """The session that replaced the one that is no longer open."""
    retry_after_ms: NotRequired[int | None]
    """How long to wait before sending it again, in milliseconds."""
    version: NotRequired[VersionOfEventCommandRejected | None]
    """The version of the plan."""


DiffCursor = TypedDict(
    "DiffCursor",
    {
        "from": 'Version',
        "skip": 'int',
        "to": 'Version',
    },
)
"""A place in a list of differences."""


DiffCursorOfAuditDiffReply = TypedDict(
    "DiffCursorOfAuditDiffReply",
    {
        "from": 'VersionOfAuditDiffReply',
        "skip": 'int',
        "to": 'VersionOfAuditDiffReply',
    },
)
"""A place in a list of differences."""


class Durations(TypedDict):
    """How often something took so long, since the start."""

    bounds_us: list[int]
    """Bounds in microseconds, rising."""
    counts: list[int]
    """How often it took longer than the bound before and up to each bound; at the end, how often longer than the last."""
    sum_us: int
    """The sum of all durations in microseconds."""


class EngineLimits(TypedDict):
    """The limits that an engine was started with. One that a later version added is 0 in an earlier start."""

    components: int
    """The largest number of components in one synchronisation."""
    learners: int
    """The largest number of learners in one synchronisation."""
    open_records: int
    """The largest number of records that one administrator may have open."""
    running_syncs: int
    """The largest number of running synchronisations of one administrator."""
    tenant_running_syncs: int
    """The largest number of running synchronisations of one tenant."""


class EngineProblem(TypedDict):
    """Something that is wrong with the engine."""

    message: str
    """What is wrong, what is not lost, and what to do."""
    part: EnginePart
    """The part that it concerns."""
    urgency: Urgency
    """How urgent it is."""


class EngineStart(TypedDict):
    """A start of the engine whose values differ from those of the start before. What follows was decided by these."""

    fold: int
    """The number of the rules by which commands are decided and plans are computed. It is raised when they change."""
    limits: EngineLimits
    """The limits that the engine was started with."""
    version: str
    """The version of plansync."""


class EngineStatusBody(TypedDict):
    """Body of `engine.status`."""


class EngineStatusReply(TypedDict):
    """How the engine stands. Counts begin with 0 at its start. Its size does not grow with the data."""

    at: Time
    """When this was told."""
    commands: CommandsStatus
    """The durable commands."""
    events: EventsStatus
    """The publishing of events."""
    held: HeldStatus
    """What the engine holds of all tenants."""
    log: LogStatus
    """The log."""
    parts: list[PartStatus]
    """Every part, and whether it is ready."""
    problems: list[EngineProblem]
    """What is wrong, the most urgent first: at most 32."""
    process: ProcessStatus
    """The process and its disk."""
    ready: bool
    """Whether every part is ready."""
    requests: RequestsStatus
    """The requests."""
    started_at: Time
    """When the engine was started."""
    syncs: SyncsStatus
    """The synchronisations."""
    version: str
    """The version of plansync."""


class Enrolment(TypedDict):
    """The enrolment of a learner on a programme."""

    programme: ProgrammeId
    """The id of the programme; the programme need not exist yet."""
    status: ProgrammeStatus
    """The status of the enrolment."""


class EnrolmentOfLearnerPutBody(TypedDict):
    """The enrolment of a learner on a programme."""

    programme: ProgrammeId
    """The id of the programme; the programme need not exist yet."""
    status: ProgrammeStatus
    """The status of the enrolment."""


class Error(TypedDict):
    """A refusal."""

    code: ErrorCode
    """The kind of refusal, for programs."""
    details: NotRequired[DetailsOfAuditReadReply | None]
    """Details for programs."""
    message: str
    """What happened and what to do, for people."""


class ErrorOfAuditShowReply(TypedDict):
    """A refusal."""

    code: ErrorCode
    """The kind of refusal, for programs."""
    details: NotRequired[DetailsOfAuditShowReply | None]
    """Details for programs."""
    message: str
    """What happened and what to do, for people."""


class ErrorOfError(TypedDict):
    """A refusal."""

    code: ErrorCode
    """The kind of refusal, for programs."""
    details: NotRequired[DetailsOfError | None]
    """Details for programs."""
    message: str
    """What happened and what to do, for people."""


class ErrorOfEventCommandRejected(TypedDict):
    """A refusal."""

    code: ErrorCode
    """The kind of refusal, for programs."""
    details: NotRequired[DetailsOfEventCommandRejected | None]
    """Details for programs."""
    message: str
    """What happened and what to do, for people."""


class ErrorReply(TypedDict):
    """The body of an error reply."""

    error: ErrorOfError
    """The refusal."""


class EventCommandAccepted(TypedDict):
    """Body of the event `command.accepted`: a durable command was carried out."""

    command_id: CommandId
    """The id of the command."""
    operation: str
    """The name of the operation."""
    reply: dict[str, Any]
    """The reply of the operation."""


class EventCommandRejected(TypedDict):
    """Body of the event `command.rejected`: a durable command was refused, and changed nothing."""

    bytes: NotRequired[Bytes | None]
    """The body of the command, if it could not be decoded. Only the audit tells it, until a learner is erased; earlier
    versions published it.
    """
    command_id: CommandId
    """The id of the command."""
    error: ErrorOfEventCommandRejected
    """The refusal."""
    not_kept: NotRequired[NotKept | None]
    """Length and digest of the body instead, if it is not kept: bodies of more than 256 KiB, or of more than 8 MiB per
    tenant in all, are not.
    """
    operation: str
    """The operation, as it stands in the subject; it may not exist."""


class EventLearnerErased(TypedDict):
    """Body of the event `learner.erased`: nobody can read the learner's name and the reasons given for their due dates
    any more, nor the searches that found them.
    """

    learner: LearnerId
    """The id of the learner."""
    searches: int
    """How many synchronisations lost the text of their search."""


class EventPlanChanged(TypedDict):
    """Body of the event `plan.changed`: a plan was changed by hand or from a template."""

    changes: list[PlanChangeOfEventPlanChanged]
    """What was changed."""
    learner: LearnerId
    """The learner whose plan it is."""
    version: VersionOfEventPlanChanged
    """The version of the plan after it."""


class EventRecordClosed(TypedDict):
    """Body of the event `record.closed`. There is no such event if the administrator opened the same record again: the
    event `record.opened` of the new session names the closed one as `replaced`.
    """

    administrator: AdministratorId
    """The administrator who had it open."""
    learner: LearnerId
    """The learner whose record it is."""
    reason: NotRequired[CloseReason]
    """Why it was closed. Events of early versions have no reason; they closed records only on request."""
    session: SessionId
    """The id of the session."""


class EventRecordOpened(TypedDict):
    """Body of the event `record.opened`."""

    administrator: AdministratorId
    """The administrator who opened it."""
    learner: LearnerId
    """The learner whose record it is."""
    replaced: NotRequired[SessionId | None]
    """The session that was closed because this one was opened."""
    session: SessionId
    """The id of the session."""


class EventSyncCancelled(TypedDict):
    """Reply of `sync.get`."""

    components: int
    """The number of components."""
    created: int
    """How many components were created."""
    deleted: int
    """How many components were deleted."""
    done: int
    """How many learners are finished."""
    finished_at: NotRequired[Time | None]
    """The time at which it ended."""
    learners: int
    """The number of learners; the source, whose own plan a synchronisation of the type `selected_attributes` updates,
    too, is none of them.
    """
    pairs: PairCounts
    """The numbers of outcomes so far, of the learners' plans only. `sync.outcomes` lists those of the source's own
    plan.
    """
    programme: ProgrammeId
    """The programme whose components are synchronised."""
    requested_by: Actor
    """The actor who asked for it."""
    source: SyncSource
    """The source of the changes."""
    started_at: Time
    """The time at which it was accepted."""
    state: SyncState
    """Its state."""
    sync: SyncId
    """The id of the synchronisation."""
    type: SyncType
    """The type of the synchronisation."""
    updated: int
    """How many components were updated."""


class EventSyncCompleted(TypedDict):
    """Reply of `sync.get`."""

    components: int
    """The number of components."""
    created: int
    """How many components were created."""
    deleted: int
    """How many components were deleted."""
    done: int
    """How many learners are finished."""
    finished_at: NotRequired[Time | None]
    """The time at which it ended."""
    learners: int
    """The number of learners; the source, whose own plan a synchronisation of the type `selected_attributes` updates,
    too, is none of them.
    """
    pairs: PairCounts
    """The numbers of outcomes so far, of the learners' plans only. `sync.outcomes` lists those of the source's own
    plan.
    """
    programme: ProgrammeId
    """The programme whose components are synchronised."""
    requested_by: Actor
    """The actor who asked for it."""
    source: SyncSource
    """The source of the changes."""
    started_at: Time
    """The time at which it was accepted."""
    state: SyncState
    """Its state."""
    sync: SyncId
    """The id of the synchronisation."""
    type: SyncType
    """The type of the synchronisation."""
    updated: int
    """How many components were updated."""


class EventSyncStarted(TypedDict):
    """Body of the event `sync.started`."""

    components: int
    """The number of components."""
    digest: Digest
    """A digest of the request and of the changes that it replays."""
    learners: int
    """The number of learners."""
    request: SyncRequestOfEventSyncStarted
    """The request."""
    search_left_out: NotRequired[bool]
    """Whether the text that the request searches for was left out of it: the audit shows it to those who see every
    learner, and to the administrator who made the request. Events always have it.
    """
    source: SyncSource
    """The source of the changes."""
    sync: SyncId
    """The id of the synchronisation."""


class EventSyncTarget(TypedDict):
    """Body of the event `sync.target`: a synchronisation has finished one learner."""

    applied: int
    """The number of components to which changes were applied."""
    created: NotRequired[list[ComponentId]]
    """The components that were created, by id. The event has at most 256 ids in all: first those of components, in
    this order of fields, then those of tasks.
    """
    deleted: NotRequired[list[ComponentId]]
    """The components that were deleted, by id."""
    learner: LearnerId
    """The learner whose plan it is."""
    skipped: dict[str, int]
    """The numbers of components that were skipped, by the reasons of `sync.outcomes`."""
    sync: SyncId
    """The id of the synchronisation."""
    tasks: NotRequired[TaskMoves]
    """The calendar tasks, in the order of their components."""
    truncated: NotRequired[bool]
    """Whether ids were left out; `plan.change` and `sync.outcomes` return all."""
    unchanged: int
    """The number of components that already had these values."""
    updated: NotRequired[list[ComponentId]]
    """The components that were updated, by id."""
    version: NotRequired[VersionOfEventSyncTarget | None]
    """The version of the plan after it, if the plan was changed."""
    warnings: dict[str, int]
    """The numbers of components with a warning, by the codes of `sync.outcomes`."""


class EventsStatus(TypedDict):
    """The publishing of events."""

    behind: NotRequired[int | None]
    """Durable commits whose events wait to be published. It is left out while that is not known."""
    behind_ms: NotRequired[int | None]
    """How long the oldest of these commits has waited, in milliseconds."""


class EvidenceDifference(TypedDict):
    """How often evidence was submitted, before and after."""

    after: int
    """After the commit."""
    before: int
    """Before the commit."""


class EvidenceOrigin(TypedDict):
    """How often evidence was submitted at both points, and by whom."""

    after: int
    """At the second point."""
    before: int
    """At the first point."""
    origins: list[OriginOfAuditDiffReply]
    """The last commit between the points that submitted some; empty if it came or went with the component."""


class Excluded(TypedDict):
    """One thing that left a learner out."""

    rule: SelectionRule
    """The rule or filter."""
    sentence: str
    """The same in words."""


class ExplainedPair(TypedDict):
    """What would happen to the component in the plan of one learner."""

    action: Action
    """What the synchronisation does with the component."""
    changes: list[PairChange]
    """The attributes that would change in the plan of the learner."""
    learner: LearnerId
    """The learner whose plan it is."""
    name: NotRequired[str | None]
    """The name of the learner; null if the learner is not available."""
    outcome: Outcome
    """The outcome."""
    programme: NotRequired[ProgrammeId | None]
    """The programme that is synchronised; null if the learner is not available."""
    reason: NotRequired[Reason | None]
    """Why it would be skipped."""
    source: NotRequired[bool]
    """Whether it is the plan of the source itself. It comes first."""
    warnings: list[Warning]
    """Warnings."""


class FilterValue(TypedDict):
    """A value of a filter."""

    count: int
    """The number of components or learners with this value."""
    name: NotRequired[str | None]
    """The name of a tutor who exists."""
    value: str
    """The value."""


class FoundEnrolment(TypedDict):
    """The enrolment of a learner, with the name of the programme."""

    name: str
    """The name of the programme."""
    programme: ProgrammeId
    """The id of the programme."""
    status: ProgrammeStatus
    """The status of the enrolment."""


class FoundLearner(TypedDict):
    """A learner whom the actor may see."""

    learner: LearnerId
    """The id of the learner."""
    name: str
    """The name of the learner; empty if the learner was erased."""
    programmes: list[FoundEnrolment]
    """The enrolments of the learner on programmes that exist."""


class FrozenAttribute(TypedDict):
    """A value that is replayed."""

    added: NotRequired[list[str] | None]
    """The elements to add, if the attribute is replayed element by element."""
    after: AttributeValue
    """The value that the target gets."""
    attribute: AttributeName
    """The name of the attribute."""
    before: NotRequired[AttributeValue | None]
    """The value at the source when the record was opened, if a recent change is replayed."""
    removed: NotRequired[list[str] | None]
    """The elements to remove."""


class FrozenChange(TypedDict):
    """The changes of one component that are replayed."""

    attributes: list[FrozenAttribute]
    """The values that are replayed."""
    change: NotRequired[Replay | None]
    """How it is replayed; null if there is nothing to replay."""
    component: ComponentId
    """The id of the component."""
    name: str
    """Its name at the source; if it was deleted there, its last name."""


class HeldStatus(TypedDict):
    """What the engine holds of all tenants."""

    learners: int
    """Learners."""
    open_records: int
    """Open records."""
    plans: int
    """Plans."""
    plans_fetched: int
    """Plans that were fetched from the log."""
    plans_resident: int
    """Plans that are in memory."""
    tenants: int
    """Tenants."""


class Instantiated(TypedDict):
    """What an instantiation added."""

    added: int
    """The number of components that were added."""
    programme: ProgrammeId
    """The programme whose template it is."""
    template_version: VersionOfAuditLogReply
    """The version of the template."""


class InstantiatedChange(TypedDict):
    """To several components, from a template."""

    instantiated: InstantiatedOfAuditReadReply
    """The programme and the number of components."""


class InstantiatedOfAuditReadReply(TypedDict):
    """What an instantiation added."""

    added: int
    """The number of components that were added."""
    programme: ProgrammeId
    """The programme whose template it is."""
    template_version: VersionOfAuditReadReply
    """The version of the template."""


class InstantiatedOfAuditShowReply(TypedDict):
    """What an instantiation added."""

    added: int
    """The number of components that were added."""
    programme: ProgrammeId
    """The programme whose template it is."""
    template_version: VersionOfAuditShowReply
    """The version of the template."""


class InstantiatedOfEventPlanChanged(TypedDict):
    """What an instantiation added."""

    added: int
    """The number of components that were added."""
    programme: ProgrammeId
    """The programme whose template it is."""
    template_version: VersionOfEventPlanChanged
    """The version of the template."""


class InstantiatedOfPlanHistoryReply(TypedDict):
    """What an instantiation added."""

    added: int
    """The number of components that were added."""
    programme: ProgrammeId
    """The programme whose template it is."""
    template_version: VersionOfPlanHistoryReply
    """The version of the template."""


class JudgedOn(TypedDict):
    """The records on which a synchronisation decided."""

    case_owner: NotRequired[AdministratorId | None]
    """The case owner of the learner, if there was one."""
    enrolments: list[Enrolment]
    """The enrolments of the learner."""
    groups: list[Group]
    """The groups of the learner."""
    groups_viewed: NotRequired[GroupsViewed | None]
    """The groups that this administrator could view; left out if the administrator had been removed."""
    marking_aid: bool
    """Whether the tenant used Marking Aid exercises."""
    owner_rule: OwnerRule
    """What happened to an owner who was the case owner."""
    permissions: NotRequired[list[Permission] | None]
    """The permissions of the administrator who started it; left out if the administrator had been removed."""
    plan_version: VersionOfAuditWhyReply
    """The version of the learner's plan."""


class LastUpdated(TypedDict):
    """The commit that last changed something."""

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    position: PositionOfAuditPlanReply
    """The position of the commit in the log."""


class LastUpdatedOfPlanGetReply(TypedDict):
    """The commit that last changed something."""

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    position: PositionOfPlanGetReply
    """The position of the commit in the log."""


class LastUpdatedOfRecordChangesReply(TypedDict):
    """The commit that last changed something."""

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    position: PositionOfRecordChangesReply
    """The position of the commit in the log."""


class LastUpdatedOfSyncComponentsReply(TypedDict):
    """The commit that last changed something."""

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    position: PositionOfSyncComponentsReply
    """The position of the commit in the log."""


class LastUpdatedOfSyncPreviewReply(TypedDict):
    """The commit that last changed something."""

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    position: PositionOfSyncPreviewReply
    """The position of the commit in the log."""


class LearnerEraseBody(TypedDict):
    """Body of `learner.erase`."""

    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    learner: LearnerId
    """The id of the learner."""


class LearnerEraseReply(TypedDict):
    """The reply of every `put` and `remove`."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfLearnerEraseReply
    """The position of the commit in the log."""


class LearnerErased(TypedDict):
    """Body of the event `learner.erased`: nobody can read the learner's name and the reasons given for their due dates
    any more, nor the searches that found them.
    """

    learner: LearnerId
    """The id of the learner."""
    searches: int
    """How many synchronisations lost the text of their search."""


LearnerFilter = TypedDict(
    "LearnerFilter",
    {
        "except": 'NotRequired[list[LearnerId] | None]',
        "groups": 'NotRequired[list[Group] | None]',
        "programme_statuses": 'NotRequired[list[ProgrammeStatus] | None]',
        "search": 'NotRequired[str | None]',
        "tutors": 'NotRequired[list[AdministratorId] | None]',
    },
)
"""A filter of learners. A learner passes if one value of every given field applies; an empty filter lets everybody
pass.
"""


LearnerFilterOfSyncAffectedBody = TypedDict(
    "LearnerFilterOfSyncAffectedBody",
    {
        "except": 'NotRequired[list[LearnerId] | None]',
        "groups": 'NotRequired[list[Group] | None]',
        "programme_statuses": 'NotRequired[list[ProgrammeStatus] | None]',
        "search": 'NotRequired[str | None]',
        "tutors": 'NotRequired[list[AdministratorId] | None]',
    },
)
"""A filter of learners. A learner passes if one value of every given field applies; an empty filter lets everybody
pass.
"""


LearnerFilterOfSyncExplainBody = TypedDict(
    "LearnerFilterOfSyncExplainBody",
    {
        "except": 'NotRequired[list[LearnerId] | None]',
        "groups": 'NotRequired[list[Group] | None]',
        "programme_statuses": 'NotRequired[list[ProgrammeStatus] | None]',
        "search": 'NotRequired[str | None]',
        "tutors": 'NotRequired[list[AdministratorId] | None]',
    },
)
"""A filter of learners. A learner passes if one value of every given field applies; an empty filter lets everybody
pass.
"""


LearnerFilterOfSyncPreviewBody = TypedDict(
    "LearnerFilterOfSyncPreviewBody",
    {
        "except": 'NotRequired[list[LearnerId] | None]',
        "groups": 'NotRequired[list[Group] | None]',
        "programme_statuses": 'NotRequired[list[ProgrammeStatus] | None]',
        "search": 'NotRequired[str | None]',
        "tutors": 'NotRequired[list[AdministratorId] | None]',
    },
)
"""A filter of learners. A learner passes if one value of every given field applies; an empty filter lets everybody
pass.
"""


LearnerFilterOfSyncStartBody = TypedDict(
    "LearnerFilterOfSyncStartBody",
    {
        "except": 'NotRequired[list[LearnerId] | None]',
        "groups": 'NotRequired[list[Group] | None]',
        "programme_statuses": 'NotRequired[list[ProgrammeStatus] | None]',
        "search": 'NotRequired[str | None]',
        "tutors": 'NotRequired[list[AdministratorId] | None]',
    },
)
"""A filter of learners. A learner passes if one value of every given field applies; an empty filter lets everybody
pass.
"""


class LearnerFindBody(TypedDict):
    """Body of `learner.find`."""

    at: NotRequired[Position | None]
    """The position in the reply with the first page, which was held: this page then belongs to the same reading."""
    hold: NotRequired[bool | None]
    """Whether the list is held after the first page, so that the other pages can be asked for `at` the position of the
    reply.
    """
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    programme: NotRequired[ProgrammeId | None]
    """Only learners who are enrolled on this programme, whatever the status of the enrolment."""
    search: NotRequired[str | None]
    """A part of the name. Case and accents are ignored."""


class LearnerFindReply(TypedDict):
    """Reply of `learner.find`, by name, then id."""

    items: list[FoundLearner]
    """The items of this page."""
    position: NotRequired[PositionOfLearnerFindReply | None]
    """The position of the log at which the list was read, if it is held. The other pages are asked for with this value
    as `at`.
    """
    total: int
    """The number of items on all pages."""


class LearnerGetBody(TypedDict):
    """Body of `learner.get`."""

    learner: LearnerId
    """The id of the learner."""


class LearnerGetReply(TypedDict):
    """A learner."""

    case_owner: NotRequired[AdministratorId | None]
    """The case owner of the learner, if there is one."""
    enrolments: list[Enrolment]
    """The enrolments of the learner."""
    erased: NotRequired[bool]
    """Whether the learner was erased: there is no name, and there are no enrolments any more."""
    groups: list[Group]
    """The groups of the learner. Only administrators who may view all of them see the learner."""
    learner: LearnerId
    """The id of the learner."""
    name: str
    """The name of the learner; empty if the learner was erased."""
    tutors: list[AdministratorId]
    """The tutors of the learner."""


class LearnerHoldBody(TypedDict):
    """Body of `learner.hold`."""

    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    learner: LearnerId
    """The id of the learner."""


class LearnerHoldReply(TypedDict):
    """The reply of every `put` and `remove`."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfLearnerHoldReply
    """The position of the commit in the log."""


class LearnerListBody(TypedDict):
    """Body of `learner.list`. A learner is listed if one value of every given filter applies."""

    at: NotRequired[Position | None]
    """The position in the reply with the first page, which was held: this page then belongs to the same reading."""
    groups: NotRequired[list[Group] | None]
    """Only learners in one of these groups."""
    hold: NotRequired[bool | None]
    """Whether the list is held after the first page, so that the other pages can be asked for `at` the position of the
    reply.
    """
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    programme: NotRequired[ProgrammeId | None]
    """Only learners who are enrolled on this programme."""
    programme_statuses: NotRequired[list[ProgrammeStatus] | None]
    """Only learners with an enrolment (on that programme, if one is given) of one of these statuses."""
    search: NotRequired[str | None]
    """A part of the name. Case and accents are ignored."""
    tutors: NotRequired[list[AdministratorId] | None]
    """Only learners with one of these tutors."""


class LearnerListReply(TypedDict):
    """Reply of `learner.list`, by name, then id."""

    items: list[LearnerRecord]
    """The items of this page."""
    position: NotRequired[PositionOfLearnerListReply | None]
    """The position of the log at which the list was read, if it is held. The other pages are asked for with this value
    as `at`.
    """
    total: int
    """The number of items on all pages."""


class LearnerNote(TypedDict):
    """A learner, about whom a commit says no more than its kind."""

    learner: LearnerId
    """The id of the learner."""


class LearnerPutBody(TypedDict):
    """Body of `learner.put`."""

    case_owner: AdministratorId | None
    """The case owner of the learner, if there is one."""
    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    enrolments: list[EnrolmentOfLearnerPutBody]
    """The enrolments of the learner, each programme at most once."""
    groups: list[Group]
    """The groups of the learner. Only administrators who may view all of them see the learner."""
    learner: LearnerId
    """The id of the learner."""
    name: str
    """The name of the learner."""
    tutors: list[AdministratorId]
    """The tutors of the learner."""


class LearnerPutReply(TypedDict):
    """The reply of every `put` and `remove`."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfLearnerPutReply
    """The position of the commit in the log."""


class LearnerRecord(TypedDict):
    """A learner."""

    case_owner: NotRequired[AdministratorId | None]
    """The case owner of the learner, if there is one."""
    enrolments: list[Enrolment]
    """The enrolments of the learner."""
    erased: NotRequired[bool]
    """Whether the learner was erased: there is no name, and there are no enrolments any more."""
    groups: list[Group]
    """The groups of the learner. Only administrators who may view all of them see the learner."""
    learner: LearnerId
    """The id of the learner."""
    name: str
    """The name of the learner; empty if the learner was erased."""
    tutors: list[AdministratorId]
    """The tutors of the learner."""


class LearnerReleaseBody(TypedDict):
    """Body of `learner.release`."""

    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    learner: LearnerId
    """The id of the learner."""


class LearnerReleaseReply(TypedDict):
    """The reply of every `put` and `remove`."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfLearnerReleaseReply
    """The position of the commit in the log."""


class LogStatus(TypedDict):
    """The log."""

    bytes: NotRequired[int | None]
    """The bytes of the disk that it takes."""
    flushes: Durations
    """How long it took to flush the disk."""
    position: PositionOfEngineStatusReply
    """The last position that is durable."""
    queued: int
    """Commits that wait for the disk."""
    volumes_full: int
    """Full volumes that wait to be sealed."""
    volumes_sealed: int
    """Sealed volumes."""


class NotKept(TypedDict):
    """The body of a command that is not kept."""

    digest: Digest
    """Its SHA-256."""
    length: int
    """Its length in bytes."""


class Origin(TypedDict):
    """A commit that set something in a plan. Where a list of these is returned, the first is the commit in the plan
    itself. If it is of a synchronisation, the next one is the commit in the plan of the source whose value was
    synchronised, and so on, through up to 16 synchronisations. The list ends early where the source is a learner
    whom the reader may not see, or where the value came from a template.
    """

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    command_id: CommandId
    """The id of the command that caused it."""
    kind: OriginKind
    """How it was set."""
    learner: LearnerId
    """The learner whose plan it is."""
    position: PositionOfAuditBlameReply
    """The position of the commit in the log."""
    reason: NotRequired[str | None]
    """The reason that was given for the edit; empty if it was erased."""
    sync: NotRequired[OriginSync | None]
    """The synchronisation, if it was one."""
    template: NotRequired[OriginTemplate | None]
    """The template, if the value came from one."""
    version: VersionOfAuditBlameReply
    """The version that the commit gave to the plan."""


class OriginOfAuditChangesReply(TypedDict):
    """A commit that set something in a plan. Where a list of these is returned, the first is the commit in the plan
    itself. If it is of a synchronisation, the next one is the commit in the plan of the source whose value was
    synchronised, and so on, through up to 16 synchronisations. The list ends early where the source is a learner
    whom the reader may not see, or where the value came from a template.
    """

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    command_id: CommandId
    """The id of the command that caused it."""
    kind: OriginKind
    """How it was set."""
    learner: LearnerId
    """The learner whose plan it is."""
    position: PositionOfAuditChangesReply
    """The position of the commit in the log."""
    reason: NotRequired[str | None]
    """The reason that was given for the edit; empty if it was erased."""
    sync: NotRequired[OriginSyncOfAuditChangesReply | None]
    """The synchronisation, if it was one."""
    template: NotRequired[OriginTemplateOfAuditChangesReply | None]
    """The template, if the value came from one."""
    version: VersionOfAuditChangesReply
    """The version that the commit gave to the plan."""


class OriginOfAuditDiffReply(TypedDict):
    """A commit that set something in a plan. Where a list of these is returned, the first is the commit in the plan
    itself. If it is of a synchronisation, the next one is the commit in the plan of the source whose value was
    synchronised, and so on, through up to 16 synchronisations. The list ends early where the source is a learner
    whom the reader may not see, or where the value came from a template.
    """

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    command_id: CommandId
    """The id of the command that caused it."""
    kind: OriginKind
    """How it was set."""
    learner: LearnerId
    """The learner whose plan it is."""
    position: PositionOfAuditDiffReply
    """The position of the commit in the log."""
    reason: NotRequired[str | None]
    """The reason that was given for the edit; empty if it was erased."""
    sync: NotRequired[OriginSyncOfAuditDiffReply | None]
    """The synchronisation, if it was one."""
    template: NotRequired[OriginTemplateOfAuditDiffReply | None]
    """The template, if the value came from one."""
    version: VersionOfAuditDiffReply
    """The version that the commit gave to the plan."""


class OriginSync(TypedDict):
    """The synchronisation that set something."""

    accepted_at: PositionOfAuditBlameReply
    """The position of the commit that accepted it."""
    requested_by: AdministratorId
    """The administrator who started it."""
    session: NotRequired[SessionId | None]
    """The session in which it was started."""
    source: NotRequired[LearnerId | None]
    """The learner whose plan is the source; left out, with the two fields below, if the reader may not see this
    learner.
    """
    source_version: NotRequired[VersionOfAuditBlameReply | None]
    """The version of the source's plan that was synchronised."""
    sync: SyncId
    """The id of the synchronisation."""


class OriginSyncOfAuditChangesReply(TypedDict):
    """The synchronisation that set something."""

    accepted_at: PositionOfAuditChangesReply
    """The position of the commit that accepted it."""
    requested_by: AdministratorId
    """The administrator who started it."""
    session: NotRequired[SessionId | None]
    """The session in which it was started."""
    source: NotRequired[LearnerId | None]
    """The learner whose plan is the source; left out, with the two fields below, if the reader may not see this
    learner.
    """
    source_version: NotRequired[VersionOfAuditChangesReply | None]
    """The version of the source's plan that was synchronised."""
    sync: SyncId
    """The id of the synchronisation."""


class OriginSyncOfAuditDiffReply(TypedDict):
    """The synchronisation that set something."""

    accepted_at: PositionOfAuditDiffReply
    """The position of the commit that accepted it."""
    requested_by: AdministratorId
    """The administrator who started it."""
    session: NotRequired[SessionId | None]
    """The session in which it was started."""
    source: NotRequired[LearnerId | None]
    """The learner whose plan is the source; left out, with the two fields below, if the reader may not see this
    learner.
    """
    source_version: NotRequired[VersionOfAuditDiffReply | None]
    """The version of the source's plan that was synchronised."""
    sync: SyncId
    """The id of the synchronisation."""


class OriginTemplate(TypedDict):
    """The template that a value came from."""

    programme: ProgrammeId
    """The programme whose template it is."""
    put: NotRequired[TemplatePutBy | None]
    """The commit that put the component into the template as it was in that version."""
    version: VersionOfAuditBlameReply
    """The version of the template."""


class OriginTemplateOfAuditChangesReply(TypedDict):
    """The template that a value came from."""

    programme: ProgrammeId
    """The programme whose template it is."""
    put: NotRequired[TemplatePutByOfAuditChangesReply | None]
    """The commit that put the component into the template as it was in that version."""
    version: VersionOfAuditChangesReply
    """The version of the template."""


class OriginTemplateOfAuditDiffReply(TypedDict):
    """The template that a value came from."""

    programme: ProgrammeId
    """The programme whose template it is."""
    put: NotRequired[TemplatePutByOfAuditDiffReply | None]
    """The commit that put the component into the template as it was in that version."""
    version: VersionOfAuditDiffReply
    """The version of the template."""


class PairChange(TypedDict):
    """An attribute of a component in the plan of a learner, before and after."""

    after: AttributeValue
    """Its value afterwards; null if the component would be deleted."""
    attribute: AttributeName
    """The name of the attribute."""
    before: AttributeValue
    """Its current value; null if the plan does not have the component."""


class PairCounts(TypedDict):
    """The numbers of components by outcome."""

    applied: int
    """Changes were applied."""
    skipped: int
    """The component was skipped."""
    unchanged: int
    """The component already had these values."""


class PairOutcome(TypedDict):
    """The outcome of one component in the plan of one learner."""

    action: Action
    """What the synchronisation does with the component."""
    cause: NotRequired[str | None]
    """The cause, if it failed."""
    component: ComponentId
    """The id of the component."""
    learner: LearnerId
    """The learner whose plan it is."""
    outcome: Outcome
    """The outcome."""
    reason: NotRequired[Reason | None]
    """Why it was skipped."""
    source: NotRequired[bool]
    """Whether it is the plan of the source itself."""
    warnings: list[Warning]
    """Warnings."""


class PartStatus(TypedDict):
    """A part of the engine."""

    failures: int
    """How often it was not ready, since the start."""
    part: EnginePart
    """The part."""
    ready: bool
    """Whether it is ready."""


class PlanChangeBody(TypedDict):
    """Body of `plan.change`."""

    learner: LearnerId
    """The learner whose plan it is."""
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    version: Version
    """The version that the commit gave to the plan, from 1."""


class PlanChangeOfAuditShowReplyInstantiated(TypedDict):
    """To several components, from a template."""

    instantiated: InstantiatedOfAuditShowReply
    """The programme and the number of components."""


class PlanChangeOfAuditShowReplySynchronised(TypedDict):
    """To several components, by a synchronisation."""

    synchronised: Synchronised
    """The numbers of components by outcome."""


class PlanChangeOfEventPlanChangedInstantiated(TypedDict):
    """To several components, from a template."""

    instantiated: InstantiatedOfEventPlanChanged
    """The programme and the number of components."""


class PlanChangeOfEventPlanChangedSynchronised(TypedDict):
    """To several components, by a synchronisation."""

    synchronised: Synchronised
    """The numbers of components by outcome."""


class PlanChangeOfPlanHistoryReplyInstantiated(TypedDict):
    """To several components, from a template."""

    instantiated: InstantiatedOfPlanHistoryReply
    """The programme and the number of components."""


class PlanChangeOfPlanHistoryReplySynchronised(TypedDict):
    """To several components, by a synchronisation."""

    synchronised: Synchronised
    """The numbers of components by outcome."""


class PlanChangeReply(TypedDict):
    """Reply of `plan.change`: the components in plan order, then the deleted ones. The same request always has the
    same reply.
    """

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    changes: list[ComponentDifference]
    """The components of this page."""
    command_id: CommandId
    """The id of the command that caused it."""
    position: PositionOfPlanChangeReply
    """The position of the commit in the log."""
    reason: NotRequired[str | None]
    """The reason that was given, if it is the same for all components that have one; empty if it was erased."""
    sync: NotRequired[SyncId | None]
    """The synchronisation that made the commit; null if it was made by hand."""
    total: int
    """The number of changed components on all pages."""
    version: VersionOfPlanChangeReply
    """The version that the commit gave to the plan."""


class PlanChanged(TypedDict):
    """Body of the event `plan.changed`: a plan was changed by hand or from a template."""

    changes: list[PlanChange]
    """What was changed."""
    learner: LearnerId
    """The learner whose plan it is."""
    version: VersionOfAuditLogReply
    """The version of the plan after it."""


class PlanChangedOfAuditReadReply(TypedDict):
    """Body of the event `plan.changed`: a plan was changed by hand or from a template."""

    changes: list[PlanChange]
    """What was changed."""
    learner: LearnerId
    """The learner whose plan it is."""
    version: VersionOfAuditReadReply
    """The version of the plan after it."""


class PlanChangedOfAuditShowReply(TypedDict):
    """Body of the event `plan.changed`: a plan was changed by hand or from a template."""

    changes: list[PlanChangeOfAuditShowReply]
    """What was changed."""
    learner: LearnerId
    """The learner whose plan it is."""
    version: VersionOfAuditShowReply
    """The version of the plan after it."""


class PlanCommit(TypedDict):
    """One commit in a plan."""

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    changes: list[PlanChangeOfPlanHistoryReply]
    """What it changed."""
    command_id: CommandId
    """The id of the command that caused it."""
    position: PositionOfPlanHistoryReply
    """The position of the commit in the log."""
    sync: NotRequired[SyncId | None]
    """The synchronisation that made the commit; null if it was made by hand."""
    version: VersionOfPlanHistoryReply
    """The version that it gave to the plan."""


class PlanContentChange(TypedDict):
    """What one commit did to a component of a plan."""

    at: Time
    """The time at which the commit was recorded."""
    attributes: list[AttributeName]
    """The attributes that changed, if it was neither added nor removed."""
    by: Actor
    """The actor who asked for it."""
    change: ContentChange
    """What happened. A commit that moves a due date and changes more is `due_date_moved`."""
    component: ComponentId
    """The id of the component."""
    due_date_after: NotRequired[AttributeValue | None]
    """The due date after, if it differs."""
    due_date_before: NotRequired[AttributeValue | None]
    """The due date before, if it differs."""
    learner: LearnerId
    """The learner whose plan it is."""
    name: str
    """Its name; if it was removed, its last name."""
    position: PositionOfAuditChangesReply
    """The position of the commit in the log."""
    programme: ProgrammeId
    """The programme it belongs to."""
    reason: NotRequired[str | None]
    """The reason that was given for the due date; if it was synchronised, the reason given at the source. Empty if it
    was erased.
    """
    reason_from: NotRequired[OriginOfAuditChangesReply | None]
    """The commit at the source for which the reason was given, if the due date was synchronised."""
    sync: NotRequired[SyncId | None]
    """The synchronisation that made it; null if it was made by hand."""
    type: ComponentType
    """Its type."""
    values: NotRequired[ChangedValues | None]
    """What it was before and after the commit, if `values` is given."""
    version: VersionOfAuditChangesReply
    """The version that the commit gave to the plan."""


class PlanCursor(TypedDict):
    """A place in a list about one version of a plan."""

    skip: int
    """The number of items before the place."""
    version: Version
    """The version of the plan that the list is about."""


class PlanCursorOfAuditBlameReply(TypedDict):
    """A place in a list about one version of a plan."""

    skip: int
    """The number of items before the place."""
    version: VersionOfAuditBlameReply
    """The version of the plan that the list is about."""


class PlanCursorOfAuditPlanReply(TypedDict):
    """A place in a list about one version of a plan."""

    skip: int
    """The number of items before the place."""
    version: VersionOfAuditPlanReply
    """The version of the plan that the list is about."""


class PlanEditBody(TypedDict):
    """Body of `plan.edit`: all edits are applied, or none."""

    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    edits: list[Edit]
    """The edits, in order; each works on the result of those before it. They are refused if their changes take more
    than 1,000,000 bytes of JSON, because these are published in one event.
    """
    expected_version: NotRequired[Version | None]
    """The version that the plan must have. With any other version, the edits are refused with `version_conflict`."""
    learner: LearnerId
    """The learner whose plan it is."""


class PlanEditReply(TypedDict):
    """Reply of `plan.edit`."""

    added: list[ComponentId]
    """The ids of the added components, in the order of the edits."""
    changed: bool
    """Whether the plan was changed."""
    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfPlanEditReply
    """The position of the commit in the log."""
    version: VersionOfPlanEditReply
    """The version of the plan after it."""


class PlanGetBody(TypedDict):
    """Body of `plan.get`."""

    at_version: NotRequired[Version | None]
    """The version of the plan to return; the current one if none is given."""
    learner: LearnerId
    """The learner whose plan it is."""
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""


class PlanGetReply(TypedDict):
    """Reply of `plan.get`, in plan order."""

    components: list[Component]
    """The components of this page."""
    learner: LearnerId
    """The learner whose plan it is."""
    total: int
    """The number of components on all pages."""
    version: VersionOfPlanGetReply
    """The version that is returned."""


class PlanHistoryBody(TypedDict):
    """Body of `plan.history`."""

    from_version: NotRequired[Version | None]
    """The first version to return; 1 if none is given."""
    learner: LearnerId
    """The learner whose plan it is."""
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""


class PlanHistoryReply(TypedDict):
    """Reply of `plan.history`, oldest first."""

    items: list[PlanCommit]
    """The items of this page."""
    total: int
    """The number of items on all pages."""


class PlanInstantiateBody(TypedDict):
    """Body of `plan.instantiate`: adds the components of a template that the plan does not have."""

    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    learner: LearnerId
    """The learner whose plan it is."""
    programme: ProgrammeId
    """The programme whose template it is; the learner must be enrolled on it."""


class PlanInstantiateReply(TypedDict):
    """Reply of `plan.instantiate`."""

    added: int
    """The number of components that were added."""
    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfPlanInstantiateReply
    """The position of the commit in the log."""
    version: VersionOfPlanInstantiateReply
    """The version of the plan after it."""


class PlanPoint(TypedDict):
    """A point in the history of a plan: exactly one of the three is given. A position or a time means the last commit
    of the plan that is not after it.
    """

    position: NotRequired[Position | None]
    """A position in the log."""
    time: NotRequired[Time | None]
    """A time. Recorded times never decrease along the log."""
    version: NotRequired[Version | None]
    """The version of the plan; 0 is the plan before its first commit."""


class PointReached(TypedDict):
    """The commit that made a plan what it was at a point."""

    at: NotRequired[Time | None]
    """The time at which it was recorded; null if there was none."""
    position: PositionOfAuditBlameReply
    """The position of the commit; 0 if there was none."""
    version: VersionOfAuditBlameReply
    """The version of the plan; 0 if it had no commit yet."""


class PointReachedOfAuditDiffReply(TypedDict):
    """The commit that made a plan what it was at a point."""

    at: NotRequired[Time | None]
    """The time at which it was recorded; null if there was none."""
    position: PositionOfAuditDiffReply
    """The position of the commit; 0 if there was none."""
    version: VersionOfAuditDiffReply
    """The version of the plan; 0 if it had no commit yet."""


class PointReachedOfAuditPlanReply(TypedDict):
    """The commit that made a plan what it was at a point."""

    at: NotRequired[Time | None]
    """The time at which it was recorded; null if there was none."""
    position: PositionOfAuditPlanReply
    """The position of the commit; 0 if there was none."""
    version: VersionOfAuditPlanReply
    """The version of the plan; 0 if it had no commit yet."""


class ProcessStatus(TypedDict):
    """The process and its disk. What this machine does not tell is left out."""

    disk_bytes: NotRequired[int | None]
    """The size of that disk in bytes."""
    disk_free_bytes: NotRequired[int | None]
    """The free bytes of the disk with the data folder."""
    memory_bytes: NotRequired[int | None]
    """The bytes of memory that it takes."""
    open_files: NotRequired[int | None]
    """Files and connections that it has open."""
    open_files_max: NotRequired[int | None]
    """How many it may have open."""


class ProgrammeChange(TypedDict):
    """A programme as it was put."""

    name: str
    """Its name."""
    parent: NotRequired[ProgrammeId | None]
    """The programme of which this one is a part."""
    programme: ProgrammeId
    """The id of the programme."""


class ProgrammeChoice(TypedDict):
    """A programme that exists and on which the learner is enrolled."""

    name: str
    """Its name."""
    preselected: bool
    """Whether it is the preselected one."""
    programme: ProgrammeId
    """The id of the programme."""


class ProgrammeGetBody(TypedDict):
    """Body of `programme.get`."""

    programme: ProgrammeId
    """The id of the programme."""


class ProgrammeGetReply(TypedDict):
    """A programme."""

    name: str
    """Its name."""
    parent: NotRequired[ProgrammeId | None]
    """The programme of which this one is a part."""
    programme: ProgrammeId
    """The id of the programme."""
    template_components: int
    """The number of components in its template."""


class ProgrammeListBody(TypedDict):
    """Body of `programme.list`."""

    at: NotRequired[Position | None]
    """The position in the reply with the first page, which was held: this page then belongs to the same reading."""
    hold: NotRequired[bool | None]
    """Whether the list is held after the first page, so that the other pages can be asked for `at` the position of the
    reply.
    """
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    search: NotRequired[str | None]
    """A part of the name. Case and accents are ignored."""


class ProgrammeListReply(TypedDict):
    """Reply of `programme.list`, by name, then id."""

    items: list[ProgrammeRecord]
    """The items of this page."""
    position: NotRequired[PositionOfProgrammeListReply | None]
    """The position of the log at which the list was read, if it is held. The other pages are asked for with this value
    as `at`.
    """
    total: int
    """The number of items on all pages."""


class ProgrammePutBody(TypedDict):
    """Body of `programme.put`."""

    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    name: str
    """Its name."""
    parent: ProgrammeId | None
    """The programme of which this one is a part."""
    programme: ProgrammeId
    """The id of the programme."""


class ProgrammePutReply(TypedDict):
    """The reply of every `put` and `remove`."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfProgrammePutReply
    """The position of the commit in the log."""


class ProgrammeRecord(TypedDict):
    """A programme."""

    name: str
    """Its name."""
    parent: NotRequired[ProgrammeId | None]
    """The programme of which this one is a part."""
    programme: ProgrammeId
    """The id of the programme."""
    template_components: int
    """The number of components in its template."""


class RecentChange(TypedDict):
    """The recent change of one component."""

    attributes: list[AttributeChange]
    """The attributes that differ."""
    change: Change
    """Whether it was created, updated or deleted."""
    component: ComponentId
    """The id of the component."""
    last_updated: LastUpdatedOfRecordChangesReply
    """The commit that last changed it."""
    name: str
    """Its name; if it was deleted, its last name."""
    preselected: bool
    """Whether it is preselected."""


class Record(TypedDict):
    """An open record."""

    learner: LearnerId
    """The learner whose record it is."""
    marker: VersionOfRecordListReply
    """The version of the plan after which changes are recent changes."""
    opened_at: Time
    """The time at which it was opened."""
    programmes: NotRequired[list[ProgrammeChoice]]
    """The programmes to choose from, as they are now."""
    session: SessionId
    """The id of the session."""


class RecordChangesBody(TypedDict):
    """Body of `record.changes`."""

    at: NotRequired[Position | None]
    """The position in the reply with the first page, which was held: this page then belongs to the same reading."""
    hold: NotRequired[bool | None]
    """Whether the list is held after the first page, so that the other pages can be asked for `at` the position of the
    reply.
    """
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    session: SessionId
    """The id of the session."""


class RecordChangesReply(TypedDict):
    """Reply of `record.changes`, in plan order."""

    changes: list[RecentChange]
    """The items of this page."""
    position: NotRequired[PositionOfRecordChangesReply | None]
    """The position of the log at which the list was read, if it is held. The other pages are asked for with this value
    as `at`.
    """
    total: int
    """The number of items on all pages."""


class RecordCloseBody(TypedDict):
    """Body of `record.close`."""

    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    session: SessionId
    """The id of the session."""


class RecordCloseReply(TypedDict):
    """Reply of `record.close`."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""


class RecordEnded(TypedDict):
    """Body of the event `record.closed`. There is no such event if the administrator opened the same record again: the
    event `record.opened` of the new session names the closed one as `replaced`.
    """

    administrator: AdministratorId
    """The administrator who had it open."""
    learner: LearnerId
    """The learner whose record it is."""
    reason: NotRequired[CloseReason]
    """Why it was closed. Events of early versions have no reason; they closed records only on request."""
    session: SessionId
    """The id of the session."""


class RecordListBody(TypedDict):
    """Body of `record.list`."""

    at: NotRequired[Position | None]
    """The position in the reply with the first page, which was held: this page then belongs to the same reading."""
    hold: NotRequired[bool | None]
    """Whether the list is held after the first page, so that the other pages can be asked for `at` the position of the
    reply.
    """
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""


class RecordListReply(TypedDict):
    """Reply of `record.list`: the records that the actor has open, oldest first."""

    items: list[Record]
    """The items of this page."""
    position: NotRequired[PositionOfRecordListReply | None]
    """The position of the log at which the list was read, if it is held. The other pages are asked for with this value
    as `at`.
    """
    total: int
    """The number of items on all pages."""


class RecordMoved(TypedDict):
    """Body of the event `record.opened`."""

    administrator: AdministratorId
    """The administrator who opened it."""
    learner: LearnerId
    """The learner whose record it is."""
    replaced: NotRequired[SessionId | None]
    """The session that was closed because this one was opened."""
    session: SessionId
    """The id of the session."""


class RecordOpenBody(TypedDict):
    """Body of `record.open`."""

    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    learner: LearnerId
    """The learner whose record it is."""
    resume: NotRequired[bool | None]
    """Whether to continue the session that the actor has open for this learner, if there is one; `session` is then
    ignored. Otherwise that session is closed and a new one is opened.
    """
    session: NotRequired[SessionId | None]
    """The id of the session; if none is given, the engine makes one."""


class RecordOpenReply(TypedDict):
    """Reply of `record.open`."""

    can_sync: bool
    """Whether the administrator may synchronise."""
    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    marker: VersionOfRecordOpenReply
    """The version of the plan after which changes are recent changes."""
    programmes: list[ProgrammeChoice]
    """The programmes that can be chosen."""
    resumed: NotRequired[bool]
    """Whether the session had been open before and continues."""
    session: SessionId
    """The id of the session."""


class RecordResumption(TypedDict):
    """An open record was continued."""

    administrator: AdministratorId
    """The administrator who has it open."""
    learner: LearnerId
    """The learner whose record it is."""
    session: SessionId
    """The id of the session, which stays open."""


class Relayed(TypedDict):
    """How far events are published."""

    position: PositionOfAuditReadReply
    """The events of all commits up to this position are published."""
    stream_sequence: int
    """The last sequence of the stream `PLANSYNC_EVENTS` then. A consumer that starts at the next sequence receives
    every event after `position`; it may receive earlier ones once more.
    """


class RemoveComponent(TypedDict):
    """Removes a component."""

    component: ComponentId
    """The id of the component."""
    op: Literal['remove']
    """Always `remove`: it tells this form from the others."""


class ReplayedEvent(TypedDict):
    """One event of the log, with the attributes of a published event. Events that are not published, such as those of
    reference data, have the same attributes.
    """

    actor: Actor
    """The actor who asked for it."""
    chain: Digest
    """The hash of the log at its position."""
    correlation_id: CommandId
    """The id of the command that caused it."""
    event: AuditEvent
    """Its kind and its data. If it is published, the data are the body of the published event."""
    id: str
    """The same in every delivery, also of the published event: `<log id>.<incarnation>/<position>`."""
    position: PositionOfAuditReadReply
    """The position of its commit in the log."""
    source: str
    """`/plansync/<tenant>`."""
    subject: str
    """The id of what it is about."""
    time: Time
    """The time at which it was recorded."""
    traceparent: NotRequired[str | None]
    """The W3C trace context of the request, if it had one."""
    type: str
    """`plansync.v1.<kind>`."""


class RequestsStatus(TypedDict):
    """The requests."""

    done: int
    """Requests that were carried out."""
    overloaded: int
    """Those of them that were refused because the engine had too much to do."""
    refused: int
    """Requests that were refused, for whatever reason."""
    replies_waiting: int
    """Replies that wait for the disk now."""
    took: Durations
    """How long requests took, from receiving them to sending the reply."""
    waiting: int
    """Requests that wait now."""


class Review(TypedDict):
    """The review of a component."""

    review: ReviewId
    """Its id."""
    review_at: NotRequired[Time | None]
    """The time of its meeting."""
    status: ReviewStatus
    """Its status."""
    tasks: list[Task]
    """Its calendar tasks, oldest first."""


class ReviewDifference(TypedDict):
    """A review before and after."""

    after: NotRequired[ReviewSide | None]
    """After the commit."""
    before: NotRequired[ReviewSide | None]
    """Before the commit."""


class ReviewOrigin(TypedDict):
    """A review at both points, and who changed it."""

    after: NotRequired[ReviewSide | None]
    """At the second point."""
    before: NotRequired[ReviewSide | None]
    """At the first point."""
    origins: list[OriginOfAuditDiffReply]
    """The last commit between the points that changed it; empty if the component does not exist at the later one."""


class ReviewSide(TypedDict):
    """A review on one side of a commit."""

    review: ReviewId
    """Its id."""
    review_at: NotRequired[Time | None]
    """The time of its meeting."""
    status: ReviewStatus
    """Its state."""


class SetComponentStatus(TypedDict):
    """Sets the status of a component."""

    component: ComponentId
    """The id of the component."""
    op: Literal['set_status']
    """Always `set_status`: it tells this form from the others."""
    status: Status
    """Its new status."""


class SetReviewStatus(TypedDict):
    """Sets the status of a component's review."""

    component: ComponentId
    """The id of the component."""
    op: Literal['set_review_status']
    """Always `set_review_status`: it tells this form from the others."""
    status: ReviewStatus
    """Its new status."""


class SourceOutcome(TypedDict):
    """The outcome for a component in the plan of the source itself."""

    outcome: Outcome
    """The outcome."""
    reason: NotRequired[Reason | None]
    """Why it would be skipped."""


class StatusDifference(TypedDict):
    """A status before and after."""

    after: NotRequired[Status | None]
    """After the commit."""
    before: NotRequired[Status | None]
    """Before the commit."""


class StatusOrigin(TypedDict):
    """A status at both points, and who set it."""

    after: NotRequired[Status | None]
    """At the second point."""
    before: NotRequired[Status | None]
    """At the first point."""
    origins: list[OriginOfAuditDiffReply]
    """The last commit between the points that set it; empty if it came or went with the component."""


class SubmitEvidence(TypedDict):
    """Records that evidence was submitted."""

    component: ComponentId
    """The id of the component."""
    op: Literal['submit_evidence']
    """Always `submit_evidence`: it tells this form from the others."""


class SummaryProgramme(TypedDict):
    """The programme of a synchronisation."""

    name: str
    """Its name."""
    programme: ProgrammeId
    """The id of the programme."""


class SummaryRow(TypedDict):
    """One component and what would happen to it."""

    action: Action
    """What the synchronisation does with the component."""
    component: ComponentId
    """The id of the component."""
    last_updated: NotRequired[LastUpdatedOfSyncPreviewReply | None]
    """The commit that last changed the component at the source."""
    name: str
    """Its name."""
    not_synchronised: int
    """The number of learners for whom it would be skipped."""
    source: NotRequired[SourceOutcome | None]
    """The outcome for the component of the source itself, if the synchronisation updates its source too. It is in none
    of the counts.
    """
    synchronised: int
    """The number of learners for whom it is synchronised, including those with the same values."""
    type: ComponentType
    """Its type."""
    unchanged: int
    """The number of learners for whom nothing would change."""


class SummaryWarningCount(TypedDict):
    """A warning about the whole synchronisation."""

    code: SummaryWarning
    """The kind of warning, for programs."""
    components: int
    """The number of components that it is about."""
    learners: int
    """The number of learners that it is about."""
    message: str
    """The warning as a sentence, for people."""


class SyncAccepted(TypedDict):
    """Body of the event `sync.started`."""

    components: int
    """The number of components."""
    digest: Digest
    """A digest of the request and of the changes that it replays."""
    learners: int
    """The number of learners."""
    request: SyncRequestOfAuditShowReply
    """The request."""
    search_left_out: NotRequired[bool]
    """Whether the text that the request searches for was left out of it: the audit shows it to those who see every
    learner, and to the administrator who made the request. Events always have it.
    """
    source: SyncSource
    """The source of the changes."""
    sync: SyncId
    """The id of the synchronisation."""


class SyncAffectedBody(TypedDict):
    """Body of `sync.affected`: a request."""

    attributes: NotRequired[list[AttributeNameOfSyncAffectedBody] | None]
    """For `selected_attributes`: the attributes to replay."""
    components: ComponentChoice
    """The components to synchronise."""
    confirm: NotRequired[ConfirmOfSyncAffectedBody | None]
    """The preview that is confirmed: nothing happens that it did not show."""
    learners: LearnerChoice
    """The learners to whose plans the changes are applied."""
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    programme: ProgrammeId
    """The programme whose components are synchronised."""
    session: SessionId
    """The session whose recent changes are synchronised."""
    statuses: NotRequired[list[Condition] | None]
    """Only components of the learners in one of these statuses; in any status if it is empty."""
    type: NotRequired[SyncType | None]
    """The type of synchronisation; `changes_only` if none is given."""


class SyncAffectedReply(TypedDict):
    """Reply of `sync.affected`, by name and id of the learners; learners who are not available come last."""

    digest: Digest
    """A digest of the request and of the changes that it would replay."""
    items: list[AffectedLearner]
    """The items of this page."""
    position: PositionOfSyncAffectedReply
    """The position of the log at which it was evaluated."""
    total: int
    """The number of learners on all pages."""


class SyncCancelBody(TypedDict):
    """Body of `sync.cancel`."""

    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    sync: SyncId
    """The id of the synchronisation."""


class SyncCancelReply(TypedDict):
    """Reply of `sync.cancel`."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    state: SyncState
    """Its state."""


class SyncChangesBody(TypedDict):
    """Body of `sync.changes`."""

    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    sync: SyncId
    """The id of the synchronisation."""


class SyncChangesReply(TypedDict):
    """Reply of `sync.changes`, by id of the component."""

    digest: Digest
    """The digest of the request and of the whole change set; the same as in the preview."""
    items: list[FrozenChange]
    """The items of this page."""
    total: int
    """The number of items on all pages."""


class SyncChunk(TypedDict):
    """A part of what a synchronisation replays, if that is too large for one commit. It has no effect unless the
    synchronisation was started after it.
    """

    entries: list[FrozenChange]
    """What is replayed, by id of the component."""
    index: int
    """The number of the part, from 0. Part 0 discards the parts of an earlier attempt."""
    sync: SyncId
    """The id of the synchronisation."""


class SyncComponent(TypedDict):
    """A component that can be chosen."""

    change: NotRequired[Change | None]
    """Its recent change, if it has one."""
    component: ComponentId
    """The id of the component."""
    last_updated: LastUpdatedOfSyncComponentsReply
    """The commit that last changed it."""
    name: str
    """Its name; if it was deleted, its last name."""
    preselected: bool
    """Whether it is preselected."""
    status: Status
    """Its status at the source; if it was deleted, its last status."""
    type: ComponentType
    """Its type."""


class SyncComponentsBody(TypedDict):
    """Body of `sync.components`."""

    at: NotRequired[Position | None]
    """The position in the reply with the first page, which was held: this page then belongs to the same reading."""
    hold: NotRequired[bool | None]
    """Whether the list is held after the first page, so that the other pages can be asked for `at` the position of the
    reply.
    """
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    programme: ProgrammeId
    """The programme whose components are listed."""
    search: NotRequired[str | None]
    """A part of the name. Case and accents are ignored."""
    session: SessionId
    """The id of the session."""
    types: NotRequired[list[ComponentType] | None]
    """Only components of these types."""


class SyncComponentsReply(TypedDict):
    """Reply of `sync.components`, in plan order."""

    items: list[SyncComponent]
    """The items of this page."""
    position: NotRequired[PositionOfSyncComponentsReply | None]
    """The position of the log at which the list was read, if it is held. The other pages are asked for with this value
    as `at`.
    """
    recent: int
    """How many components of the programme have recent changes."""
    total: int
    """The number of items on all pages."""


class SyncExplainBody(TypedDict):
    """Body of `sync.explain`: a request, and one component of it."""

    attributes: NotRequired[list[AttributeNameOfSyncExplainBody] | None]
    """For `selected_attributes`: the attributes to replay."""
    component: ComponentId
    """The id of one of the selected components."""
    components: ComponentChoice
    """The components to synchronise."""
    confirm: NotRequired[ConfirmOfSyncExplainBody | None]
    """The preview that is confirmed: nothing happens that it did not show."""
    learners: LearnerChoiceOfSyncExplainBody
    """The learners to whose plans the changes are applied."""
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    programme: ProgrammeId
    """The programme whose components are synchronised."""
    session: SessionId
    """The session whose recent changes are synchronised."""
    side: Side
    """Whether to return the learners for whom it is synchronised, or the others."""
    statuses: NotRequired[list[Condition] | None]
    """Only components of the learners in one of these statuses; in any status if it is empty."""
    type: NotRequired[SyncType | None]
    """The type of synchronisation; `changes_only` if none is given."""


class SyncExplainReply(TypedDict):
    """Reply of `sync.explain`, by name and id of the learners."""

    digest: Digest
    """A digest of the request and of the changes that it would replay."""
    items: list[ExplainedPair]
    """The items of this page."""
    position: PositionOfSyncExplainReply
    """The position of the log at which it was evaluated."""
    total: int
    """The number of learners on all pages."""


class SyncFiltersBody(TypedDict):
    """Body of `sync.filters`."""

    at: NotRequired[Position | None]
    """The position in the reply with the first page, which was held: this page then belongs to the same reading."""
    field: FilterField
    """The filter whose values are listed."""
    hold: NotRequired[bool | None]
    """Whether the list is held after the first page, so that the other pages can be asked for `at` the position of the
    reply.
    """
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    programme: ProgrammeId
    """The programme."""
    search: NotRequired[str | None]
    """A part of the value; case is ignored, and a space matches `_` and `-`. For tutors also a part of the name."""
    session: SessionId
    """The id of the session."""


class SyncFiltersReply(TypedDict):
    """Reply of `sync.filters`, by value."""

    items: list[FilterValue]
    """The items of this page."""
    position: NotRequired[PositionOfSyncFiltersReply | None]
    """The position of the log at which the list was read, if it is held. The other pages are asked for with this value
    as `at`.
    """
    total: int
    """The number of items on all pages."""


class SyncGetBody(TypedDict):
    """Body of `sync.get`."""

    sync: SyncId
    """The id of the synchronisation."""


class SyncGetReply(TypedDict):
    """Reply of `sync.get`."""

    components: int
    """The number of components."""
    created: int
    """How many components were created."""
    deleted: int
    """How many components were deleted."""
    done: int
    """How many learners are finished."""
    finished_at: NotRequired[Time | None]
    """The time at which it ended."""
    learners: int
    """The number of learners; the source, whose own plan a synchronisation of the type `selected_attributes` updates,
    too, is none of them.
    """
    pairs: PairCounts
    """The numbers of outcomes so far, of the learners' plans only. `sync.outcomes` lists those of the source's own
    plan.
    """
    programme: ProgrammeId
    """The programme whose components are synchronised."""
    requested_by: Actor
    """The actor who asked for it."""
    source: SyncSource
    """The source of the changes."""
    started_at: Time
    """The time at which it was accepted."""
    state: SyncState
    """Its state."""
    sync: SyncId
    """The id of the synchronisation."""
    type: SyncType
    """The type of the synchronisation."""
    updated: int
    """How many components were updated."""


class SyncLearner(TypedDict):
    """A learner that can be chosen."""

    case_owner: NotRequired[AdministratorId | None]
    """The case owner of the learner, if there is one."""
    groups: list[Group]
    """The groups of the learner."""
    learner: LearnerId
    """The id of the learner."""
    name: str
    """The name of the learner."""
    programme_status: ProgrammeStatus
    """The status of the enrolment."""
    tutors: list[AdministratorId]
    """The tutors of the learner."""


class SyncLearnersBody(TypedDict):
    """Body of `sync.learners`. A learner is listed if one value of every given filter applies."""

    at: NotRequired[Position | None]
    """The position in the reply with the first page, which was held: this page then belongs to the same reading."""
    groups: NotRequired[list[Group] | None]
    """Only learners in one of these groups."""
    hold: NotRequired[bool | None]
    """Whether the list is held after the first page, so that the other pages can be asked for `at` the position of the
    reply.
    """
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    programme: ProgrammeId
    """The programme whose learners are listed."""
    programme_statuses: NotRequired[list[ProgrammeStatus] | None]
    """Only learners whose enrolment has one of these statuses."""
    search: NotRequired[str | None]
    """A part of the name. Case and accents are ignored."""
    session: SessionId
    """The id of the session."""
    tutors: NotRequired[list[AdministratorId] | None]
    """Only learners with one of these tutors."""


class SyncLearnersReply(TypedDict):
    """Reply of `sync.learners`, by name and id."""

    items: list[SyncLearner]
    """The items of this page."""
    position: NotRequired[PositionOfSyncLearnersReply | None]
    """The position of the log at which the list was read, if it is held. The other pages are asked for with this value
    as `at`.
    """
    total: int
    """The number of items on all pages."""


class SyncListBody(TypedDict):
    """Body of `sync.list`."""

    at: NotRequired[Position | None]
    """The position in the reply with the first page, which was held: this page then belongs to the same reading."""
    hold: NotRequired[bool | None]
    """Whether the list is held after the first page, so that the other pages can be asked for `at` the position of the
    reply.
    """
    learner: NotRequired[LearnerId | None]
    """Only synchronisations whose source is this learner."""
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    requested_by: NotRequired[AdministratorId | None]
    """Only synchronisations that this administrator started."""


class SyncListReply(TypedDict):
    """Reply of `sync.list`, newest first."""

    items: list[SyncRecord]
    """The items of this page."""
    position: NotRequired[PositionOfSyncListReply | None]
    """The position of the log at which the list was read, if it is held. The other pages are asked for with this value
    as `at`.
    """
    total: int
    """The number of items on all pages."""


class SyncOutcomesBody(TypedDict):
    """Body of `sync.outcomes`."""

    at: NotRequired[Position | None]
    """The position in the reply with the first page, which was held: this page then belongs to the same reading."""
    component: NotRequired[ComponentId | None]
    """Only outcomes of this component."""
    hold: NotRequired[bool | None]
    """Whether the list is held after the first page, so that the other pages can be asked for `at` the position of the
    reply.
    """
    learner: NotRequired[LearnerId | None]
    """Only outcomes of this learner."""
    outcome: NotRequired[Outcome | None]
    """Only these outcomes."""
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    reason: NotRequired[ReasonOfSyncOutcomesBody | None]
    """Only components that were skipped for this reason."""
    sync: SyncId
    """The id of the synchronisation."""


class SyncOutcomesReply(TypedDict):
    """Reply of `sync.outcomes`, by id of the learner and id of the component."""

    items: list[PairOutcome]
    """The items of this page."""
    position: NotRequired[PositionOfSyncOutcomesReply | None]
    """The position of the log at which the list was read, if it is held. The other pages are asked for with this value
    as `at`.
    """
    total: int
    """The number of items on all pages."""


class SyncPreviewBody(TypedDict):
    """Body of `sync.preview`."""

    attributes: NotRequired[list[AttributeNameOfSyncPreviewBody] | None]
    """For `selected_attributes`: the attributes to replay."""
    components: ComponentChoice
    """The components to synchronise."""
    confirm: NotRequired[ConfirmOfSyncPreviewBody | None]
    """The preview that is confirmed: nothing happens that it did not show."""
    learners: LearnerChoiceOfSyncPreviewBody
    """The learners to whose plans the changes are applied."""
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    programme: ProgrammeId
    """The programme whose components are synchronised."""
    session: SessionId
    """The session whose recent changes are synchronised."""
    statuses: NotRequired[list[Condition] | None]
    """Only components of the learners in one of these statuses; in any status if it is empty."""
    type: NotRequired[SyncType | None]
    """The type of synchronisation; `changes_only` if none is given."""


class SyncPreviewReply(TypedDict):
    """Reply of `sync.preview`."""

    all_statuses: NotRequired[bool]
    """Whether the request has no conditions, so that the status of a component does not matter."""
    attributes: NotRequired[list[AttributeName]]
    """For `selected_attributes`: the attributes that are replayed."""
    components: int
    """The number of components."""
    digest: Digest
    """A digest of the request and of the changes that it would replay."""
    learners: int
    """The number of learners."""
    pairs: PairCounts
    """The numbers of outcomes."""
    position: PositionOfSyncPreviewReply
    """The position of the log at which it was evaluated."""
    programme: SummaryProgramme
    """The programme whose components are synchronised."""
    rows: list[SummaryRow]
    """The rows of this page, in plan order."""
    statuses: list[Condition]
    """The conditions on the status of components: those of the request, or every status if it has none."""
    total: int
    """The number of rows on all pages."""
    type: SyncType
    """The type of synchronisation."""
    warnings: list[SummaryWarningCount]
    """Warnings."""


class SyncRecord(TypedDict):
    """Reply of `sync.get`."""

    components: int
    """The number of components."""
    created: int
    """How many components were created."""
    deleted: int
    """How many components were deleted."""
    done: int
    """How many learners are finished."""
    finished_at: NotRequired[Time | None]
    """The time at which it ended."""
    learners: int
    """The number of learners; the source, whose own plan a synchronisation of the type `selected_attributes` updates,
    too, is none of them.
    """
    pairs: PairCounts
    """The numbers of outcomes so far, of the learners' plans only. `sync.outcomes` lists those of the source's own
    plan.
    """
    programme: ProgrammeId
    """The programme whose components are synchronised."""
    requested_by: Actor
    """The actor who asked for it."""
    source: SyncSource
    """The source of the changes."""
    started_at: Time
    """The time at which it was accepted."""
    state: SyncState
    """Its state."""
    sync: SyncId
    """The id of the synchronisation."""
    type: SyncType
    """The type of the synchronisation."""
    updated: int
    """How many components were updated."""


class SyncRequest(TypedDict):
    """A request for a synchronisation."""

    attributes: NotRequired[list[AttributeName] | None]
    """For `selected_attributes`: the attributes to replay."""
    components: ComponentChoice
    """The components to synchronise."""
    confirm: NotRequired[ConfirmOfAuditReadReply | None]
    """The preview that is confirmed: nothing happens that it did not show."""
    learners: LearnerChoice
    """The learners to whose plans the changes are applied."""
    programme: ProgrammeId
    """The programme whose components are synchronised."""
    session: SessionId
    """The session whose recent changes are synchronised."""
    statuses: NotRequired[list[Condition] | None]
    """Only components of the learners in one of these statuses; in any status if it is empty."""
    type: NotRequired[SyncType | None]
    """The type of synchronisation; `changes_only` if none is given."""


class SyncRequestOfAuditShowReply(TypedDict):
    """A request for a synchronisation."""

    attributes: NotRequired[list[AttributeName] | None]
    """For `selected_attributes`: the attributes to replay."""
    components: ComponentChoice
    """The components to synchronise."""
    confirm: NotRequired[ConfirmOfAuditShowReply | None]
    """The preview that is confirmed: nothing happens that it did not show."""
    learners: LearnerChoice
    """The learners to whose plans the changes are applied."""
    programme: ProgrammeId
    """The programme whose components are synchronised."""
    session: SessionId
    """The session whose recent changes are synchronised."""
    statuses: NotRequired[list[Condition] | None]
    """Only components of the learners in one of these statuses; in any status if it is empty."""
    type: NotRequired[SyncType | None]
    """The type of synchronisation; `changes_only` if none is given."""


class SyncRequestOfEventSyncStarted(TypedDict):
    """A request for a synchronisation."""

    attributes: NotRequired[list[AttributeName] | None]
    """For `selected_attributes`: the attributes to replay."""
    components: ComponentChoice
    """The components to synchronise."""
    confirm: NotRequired[ConfirmOfEventSyncStarted | None]
    """The preview that is confirmed: nothing happens that it did not show."""
    learners: LearnerChoice
    """The learners to whose plans the changes are applied."""
    programme: ProgrammeId
    """The programme whose components are synchronised."""
    session: SessionId
    """The session whose recent changes are synchronised."""
    statuses: NotRequired[list[Condition] | None]
    """Only components of the learners in one of these statuses; in any status if it is empty."""
    type: NotRequired[SyncType | None]
    """The type of synchronisation; `changes_only` if none is given."""


class SyncSource(TypedDict):
    """The source of a synchronisation."""

    learner: LearnerId
    """The learner whose plan it is."""
    session: SessionId
    """The session in which they were made."""


class SyncStartBody(TypedDict):
    """Body of `sync.start`."""

    attributes: NotRequired[list[AttributeNameOfSyncStartBody] | None]
    """For `selected_attributes`: the attributes to replay."""
    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    components: ComponentChoice
    """The components to synchronise."""
    confirm: NotRequired[ConfirmOfSyncStartBody | None]
    """The preview that is confirmed: nothing happens that it did not show."""
    learners: LearnerChoiceOfSyncStartBody
    """The learners to whose plans the changes are applied."""
    programme: ProgrammeId
    """The programme whose components are synchronised."""
    session: SessionId
    """The session whose recent changes are synchronised."""
    statuses: NotRequired[list[Condition] | None]
    """Only components of the learners in one of these statuses; in any status if it is empty."""
    sync: NotRequired[SyncId | None]
    """The id of the synchronisation; if none is given, the engine makes one."""
    type: NotRequired[SyncType | None]
    """The type of synchronisation; `changes_only` if none is given."""


class SyncStartReply(TypedDict):
    """Reply of `sync.start`. The synchronisation continues after it."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfSyncStartReply
    """The position in the log at which it was accepted."""
    sync: SyncId
    """The id of the synchronisation."""


class SyncTarget(TypedDict):
    """Body of the event `sync.target`: a synchronisation has finished one learner."""

    applied: int
    """The number of components to which changes were applied."""
    created: NotRequired[list[ComponentId]]
    """The components that were created, by id. The event has at most 256 ids in all: first those of components, in
    this order of fields, then those of tasks.
    """
    deleted: NotRequired[list[ComponentId]]
    """The components that were deleted, by id."""
    learner: LearnerId
    """The learner whose plan it is."""
    skipped: dict[str, int]
    """The numbers of components that were skipped, by the reasons of `sync.outcomes`."""
    sync: SyncId
    """The id of the synchronisation."""
    tasks: NotRequired[TaskMoves]
    """The calendar tasks, in the order of their components."""
    truncated: NotRequired[bool]
    """Whether ids were left out; `plan.change` and `sync.outcomes` return all."""
    unchanged: int
    """The number of components that already had these values."""
    updated: NotRequired[list[ComponentId]]
    """The components that were updated, by id."""
    version: NotRequired[VersionOfAuditLogReply | None]
    """The version of the plan after it, if the plan was changed."""
    warnings: dict[str, int]
    """The numbers of components with a warning, by the codes of `sync.outcomes`."""


class SyncTargetOfAuditReadReply(TypedDict):
    """Body of the event `sync.target`: a synchronisation has finished one learner."""

    applied: int
    """The number of components to which changes were applied."""
    created: NotRequired[list[ComponentId]]
    """The components that were created, by id. The event has at most 256 ids in all: first those of components, in
    this order of fields, then those of tasks.
    """
    deleted: NotRequired[list[ComponentId]]
    """The components that were deleted, by id."""
    learner: LearnerId
    """The learner whose plan it is."""
    skipped: dict[str, int]
    """The numbers of components that were skipped, by the reasons of `sync.outcomes`."""
    sync: SyncId
    """The id of the synchronisation."""
    tasks: NotRequired[TaskMoves]
    """The calendar tasks, in the order of their components."""
    truncated: NotRequired[bool]
    """Whether ids were left out; `plan.change` and `sync.outcomes` return all."""
    unchanged: int
    """The number of components that already had these values."""
    updated: NotRequired[list[ComponentId]]
    """The components that were updated, by id."""
    version: NotRequired[VersionOfAuditReadReply | None]
    """The version of the plan after it, if the plan was changed."""
    warnings: dict[str, int]
    """The numbers of components with a warning, by the codes of `sync.outcomes`."""


class SyncTargetOfAuditShowReply(TypedDict):
    """Body of the event `sync.target`: a synchronisation has finished one learner."""

    applied: int
    """The number of components to which changes were applied."""
    created: NotRequired[list[ComponentId]]
    """The components that were created, by id. The event has at most 256 ids in all: first those of components, in
    this order of fields, then those of tasks.
    """
    deleted: NotRequired[list[ComponentId]]
    """The components that were deleted, by id."""
    learner: LearnerId
    """The learner whose plan it is."""
    skipped: dict[str, int]
    """The numbers of components that were skipped, by the reasons of `sync.outcomes`."""
    sync: SyncId
    """The id of the synchronisation."""
    tasks: NotRequired[TaskMoves]
    """The calendar tasks, in the order of their components."""
    truncated: NotRequired[bool]
    """Whether ids were left out; `plan.change` and `sync.outcomes` return all."""
    unchanged: int
    """The number of components that already had these values."""
    updated: NotRequired[list[ComponentId]]
    """The components that were updated, by id."""
    version: NotRequired[VersionOfAuditShowReply | None]
    """The version of the plan after it, if the plan was changed."""
    warnings: dict[str, int]
    """The numbers of components with a warning, by the codes of `sync.outcomes`."""


class Synchronised(TypedDict):
    """The outcomes of a synchronisation in this plan."""

    applied: int
    """The number of components to which changes were applied."""
    created: NotRequired[int]
    """How many of the applied components were created; `plan.change` returns which, and what differs."""
    deleted: NotRequired[int]
    """How many were deleted."""
    skipped: int
    """The number of components that were skipped."""
    unchanged: int
    """The number of components that already had these values."""
    updated: NotRequired[int]
    """How many were updated."""


class SynchronisedChange(TypedDict):
    """To several components, by a synchronisation."""

    synchronised: Synchronised
    """The numbers of components by outcome."""


class SyncsStatus(TypedDict):
    """The synchronisations of all tenants."""

    cancelled: int
    """Synchronisations that were cancelled."""
    completed: int
    """Synchronisations that were completed."""
    learners_done: int
    """Learners that were done."""
    learners_waiting: int
    """Learners that wait now."""
    running: int
    """Synchronisations that run now."""
    waiting: int
    """Synchronisations that wait now for earlier ones."""


class Task(TypedDict):
    """A calendar task of a review."""

    assignee: Assignee
    """The person whose task it is."""
    at: Time
    """The time at which it is due."""
    status: TaskStatus
    """Its status."""
    task: TaskId
    """Its id."""


class TaskMoves(TypedDict):
    """Calendar tasks that were created, and open ones that were cancelled."""

    cancelled: list[TaskId]
    """The open tasks that were cancelled."""
    made: list[TaskId]
    """The tasks that were created."""


class TemplateAttributes(TypedDict):
    """The attributes of a component of a template; it needs a name."""

    completion_mode: NotRequired[Literal['learner', 'tutor', 'employer', 'automatic']]
    """Who completes the component."""
    criteria: NotRequired[list[str]]
    """The criteria that the component covers: a set, returned sorted."""
    delivery_via_employer: NotRequired[bool]
    """Whether the employer delivers the component."""
    delivery_via_organisation: NotRequired[bool]
    """Whether the organisation delivers the component."""
    documents: NotRequired[list[str]]
    """The ids of documents, each once, in the order given."""
    due_date: NotRequired[str | None]
    """The day by which the component is due; null if there is none. RFC 3339 full-date of the years 0001 to 9999."""
    evidence_required: NotRequired[bool]
    """Whether the learner has to submit evidence."""
    instructions: NotRequired[str]
    """What the learner has to do."""
    marking_aid_exercise: NotRequired[str | None]
    """The id of the Marking Aid exercise; null if there is none. Only in tenants with Marking Aid."""
    min_evidence: NotRequired[int]
    """How often evidence has to be submitted at least."""
    name: str
    """The name of the component."""
    review_type: NotRequired[str | None]
    """The type of the review; null if there is none. For components of the type `review` only."""


class TemplateAttributesOfTemplatePutBody(TypedDict):
    """The attributes of a component of a template; it needs a name."""

    completion_mode: NotRequired[Literal['learner', 'tutor', 'employer', 'automatic']]
    """Who completes the component."""
    criteria: NotRequired[list[str]]
    """The criteria that the component covers: a set, returned sorted."""
    delivery_via_employer: NotRequired[bool]
    """Whether the employer delivers the component."""
    delivery_via_organisation: NotRequired[bool]
    """Whether the organisation delivers the component."""
    documents: NotRequired[list[str]]
    """The ids of documents, each once, in the order given."""
    due_date: NotRequired[str | None]
    """The day by which the component is due; null if there is none. RFC 3339 full-date of the years 0001 to 9999."""
    evidence_required: NotRequired[bool]
    """Whether the learner has to submit evidence."""
    instructions: NotRequired[str]
    """What the learner has to do."""
    marking_aid_exercise: NotRequired[str | None]
    """The id of the Marking Aid exercise; null if there is none. Only in tenants with Marking Aid."""
    min_evidence: NotRequired[int]
    """How often evidence has to be submitted at least."""
    name: str
    """The name of the component."""
    review_type: NotRequired[str | None]
    """The type of the review; null if there is none. For components of the type `review` only."""


class TemplateChange(TypedDict):
    """The components that were put into a template. The version of the template increased by one."""

    components: list[TemplateComponent]
    """The components, as they were put."""
    programme: ProgrammeId
    """The programme whose template it is."""


class TemplateComponent(TypedDict):
    """A component of a template."""

    attributes: TemplateAttributes
    """Its attributes; those that are left out have their default."""
    component: ComponentId
    """Its id; the same on every plan that has it."""
    type: ComponentType
    """Its type, which never changes."""


class TemplateComponentOfTemplatePutBody(TypedDict):
    """A component of a template."""

    attributes: TemplateAttributesOfTemplatePutBody
    """Its attributes; those that are left out have their default."""
    component: ComponentId
    """Its id; the same on every plan that has it."""
    type: ComponentType
    """Its type, which never changes."""


class TemplateGetBody(TypedDict):
    """Body of `template.get`."""

    at: NotRequired[Position | None]
    """The position in the reply with the first page, which was held: this page then belongs to the same reading."""
    hold: NotRequired[bool | None]
    """Whether the list is held after the first page, so that the other pages can be asked for `at` the position of the
    reply.
    """
    page: NotRequired[PageNumber | None]
    """The number of the page, from 1. The first page if none is given."""
    page_size: NotRequired[PageSize | None]
    """The most items that the page may have. 50 if none is given."""
    programme: ProgrammeId
    """The programme whose template it is."""


class TemplateGetReply(TypedDict):
    """Reply of `template.get`, in the order in which the components were added."""

    components: list[TemplateComponent]
    """The items of this page."""
    position: NotRequired[PositionOfTemplateGetReply | None]
    """The position of the log at which the list was read, if it is held. The other pages are asked for with this value
    as `at`.
    """
    total: int
    """The number of items on all pages."""
    version: VersionOfTemplateGetReply
    """The version of the template."""


class TemplatePutBody(TypedDict):
    """Body of `template.put`: adds components to a template, or replaces them there."""

    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    components: list[TemplateComponentOfTemplatePutBody]
    """The components."""
    programme: ProgrammeId
    """The programme whose template it is."""


class TemplatePutBy(TypedDict):
    """A commit that put a component into a template."""

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    command_id: CommandId
    """The id of the command that caused it."""
    position: PositionOfAuditBlameReply
    """The position of the commit in the log."""
    version: VersionOfAuditBlameReply
    """The version that the commit gave to the template."""


class TemplatePutByOfAuditChangesReply(TypedDict):
    """A commit that put a component into a template."""

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    command_id: CommandId
    """The id of the command that caused it."""
    position: PositionOfAuditChangesReply
    """The position of the commit in the log."""
    version: VersionOfAuditChangesReply
    """The version that the commit gave to the template."""


class TemplatePutByOfAuditDiffReply(TypedDict):
    """A commit that put a component into a template."""

    at: Time
    """The time at which the commit was recorded."""
    by: Actor
    """The actor who asked for it."""
    command_id: CommandId
    """The id of the command that caused it."""
    position: PositionOfAuditDiffReply
    """The position of the commit in the log."""
    version: VersionOfAuditDiffReply
    """The version that the commit gave to the template."""


class TemplatePutReply(TypedDict):
    """The reply of every `put` and `remove`."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfTemplatePutReply
    """The position of the commit in the log."""


class TemplateRemoval(TypedDict):
    """The components that were removed from a template. The version of the template increased by one."""

    components: list[ComponentId]
    """The ids of the components."""
    programme: ProgrammeId
    """The programme whose template it is."""


class TemplateRemoveBody(TypedDict):
    """Body of `template.remove`: removes components from a template. Plans keep them."""

    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    components: list[ComponentId]
    """The ids of the components to remove."""
    programme: ProgrammeId
    """The programme whose template it is."""


class TemplateRemoveReply(TypedDict):
    """The reply of every `put` and `remove`."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfTemplateRemoveReply
    """The position of the commit in the log."""


class TenantGetBody(TypedDict):
    """Body of `tenant.get`."""


class TenantGetReply(TypedDict):
    """The settings of a tenant."""

    marking_aid: bool
    """Whether Marking Aid exercises can be used."""
    owner_rule: OwnerRule
    """What a synchronisation does with an owner who is the case owner of the source learner."""
    record_idle_hours: IdleHours
    """After how many hours without use a record is closed."""


class TenantPutBody(TypedDict):
    """Body of `tenant.put`."""

    command_id: NotRequired[CommandId | None]
    """The id of the command. A command that is sent again with the same id changes nothing and gets its first answer.
    If it is left out, the header `Nats-Msg-Id` names the command.
    """
    marking_aid: bool
    """Whether Marking Aid exercises can be used."""
    owner_rule: OwnerRule
    """What a synchronisation does with an owner who is the case owner of the source learner."""
    record_idle_hours: NotRequired[IdleHours | None]
    """After how many hours without use a record is closed. 24 if none is given."""


class TenantPutReply(TypedDict):
    """The reply of every `put` and `remove`."""

    duplicate: NotRequired[bool]
    """Whether the command had been sent before, so that this is its first answer again."""
    position: PositionOfTenantPutReply
    """The position of the commit in the log."""


class TenantRecord(TypedDict):
    """The settings of a tenant."""

    marking_aid: bool
    """Whether Marking Aid exercises can be used."""
    owner_rule: OwnerRule
    """What a synchronisation does with an owner who is the case owner of the source learner."""
    record_idle_hours: IdleHours
    """After how many hours without use a record is closed."""


class TraceItem(TypedDict):
    """A commit to which a command led."""

    at: Time
    """The time at which it was recorded."""
    by: Actor
    """The actor who asked for it."""
    cause: NotRequired[PositionOfAuditTraceReply | None]
    """The position of the commit that led to it; left out for the commit of the command itself."""
    correlation_id: CommandId
    """The id of the command that started its chain of causes; another one than that of the request if a second command
    took part, such as one that cancelled a synchronisation.
    """
    depth: int
    """How many commits are between it and the command: 0 for the commit of the command itself."""
    kinds: list[AuditKindOfAuditTraceReply]
    """The kinds of its events."""
    position: PositionOfAuditTraceReply
    """Its position."""
    stream: AuditStream
    """Its stream."""


class UnchangedCommand(TypedDict):
    """A command was carried out that changed nothing."""

    command_id: CommandId
    """The id of the command."""
    reply: dict[str, Any]
    """The reply of the operation."""


class Warning(TypedDict):
    """A warning about one component in the plan of one learner."""

    code: PairWarning
    """The kind of warning."""
    evidence: NotRequired[int | None]
    """For `evidence_deleted`: how many pieces of evidence were deleted."""
    made: NotRequired[int | None]
    """For `review_recreated`: how many calendar tasks were created, if that was recorded."""
    reason: NotRequired[Reason | None]
    """For `rest_not_permitted`: why the other attributes were not changed."""
    tasks: NotRequired[int | None]
    """For `review_recreated` and `tasks_cancelled`: how many open calendar tasks were cancelled."""


class WhatIfCursor(TypedDict):
    """A place in a list of differences."""

    component: NotRequired[ComponentId | None]
    """The component of the learner that was returned last; left out if none was."""
    learner: LearnerId
    """The learner who is next."""


class WhatIfCursorOfAuditWhatIfReply(TypedDict):
    """A place in a list of differences."""

    component: NotRequired[ComponentId | None]
    """The component of the learner that was returned last; left out if none was."""
    learner: LearnerId
    """The learner who is next."""


class WhatIfDifference(TypedDict):
    """A component of a learner about which the synchronisation would have decided otherwise."""

    component: ComponentId
    """The id of the component."""
    hypothetical: ComponentDecision
    """What would have been decided."""
    judged_at: PositionOfAuditWhatIfReply
    """The position of the log on which both were decided."""
    learner: LearnerId
    """The learner."""
    name: str
    """Its name at the source."""
    position: PositionOfAuditWhatIfReply
    """The position of the commit with the recorded decision."""
    recorded: ComponentDecision
    """What was decided and recorded."""
    status: NotRequired[Status | None]
    """The status that it had in the learner's plan; left out if the plan did not have it."""

Action: TypeAlias = "Literal['synchronise', 'create', 'delete']"
"""What a synchronisation does with a component in the plan of a learner. Each word is explained in docs/codes.md."""
Actor: TypeAlias = "str"
"""The id of an administrator, or `system`: the actor of programs that load data."""
AdministratorId: TypeAlias = "str"
"""An administrator. `system` and `learner` are reserved."""
Assignee: TypeAlias = "Literal['learner'] | AdministratorId"
"""The person whose task it is: the learner, or an administrator by id."""
AttributeName: TypeAlias = "Literal['name', 'due_date', 'completion_mode', 'criteria', 'instructions', 'evidence_required', 'min_evidence', 'documents', 'delivery_via_organisation', 'delivery_via_employer', 'marking_aid_exercise', 'planned_for_qa', 'review_type', 'review_at', 'owner'] | str"
"""The name of an attribute. Replies list attributes in this order. Each word is explained in docs/codes.md. Later
versions may have others.
"""
AttributeNameOfSyncAffectedBody: TypeAlias = "Literal['name', 'due_date', 'completion_mode', 'criteria', 'instructions', 'evidence_required', 'min_evidence', 'documents', 'delivery_via_organisation', 'delivery_via_employer', 'marking_aid_exercise', 'planned_for_qa', 'review_type', 'review_at', 'owner']"
"""The name of an attribute. Replies list attributes in this order. Each word is explained in docs/codes.md."""
AttributeNameOfSyncExplainBody: TypeAlias = "Literal['name', 'due_date', 'completion_mode', 'criteria', 'instructions', 'evidence_required', 'min_evidence', 'documents', 'delivery_via_organisation', 'delivery_via_employer', 'marking_aid_exercise', 'planned_for_qa', 'review_type', 'review_at', 'owner']"
"""The name of an attribute. Replies list attributes in this order. Each word is explained in docs/codes.md."""
AttributeNameOfSyncPreviewBody: TypeAlias = "Literal['name', 'due_date', 'completion_mode', 'criteria', 'instructions', 'evidence_required', 'min_evidence', 'documents', 'delivery_via_organisation', 'delivery_via_employer', 'marking_aid_exercise', 'planned_for_qa', 'review_type', 'review_at', 'owner']"
"""The name of an attribute. Replies list attributes in this order. Each word is explained in docs/codes.md."""
AttributeNameOfSyncStartBody: TypeAlias = "Literal['name', 'due_date', 'completion_mode', 'criteria', 'instructions', 'evidence_required', 'min_evidence', 'documents', 'delivery_via_organisation', 'delivery_via_employer', 'marking_aid_exercise', 'planned_for_qa', 'review_type', 'review_at', 'owner']"
"""The name of an attribute. Replies list attributes in this order. Each word is explained in docs/codes.md."""
AttributeValue: TypeAlias = "None | bool | int | str | list[str]"
"""The value of an attribute; which type it has, the name of the attribute says."""
AuditEvent: TypeAlias = "AuditTenantPut | AuditAdministratorPut | AuditAdministratorRemoved | AuditLearnerPut | AuditLearnerHeld | AuditLearnerReleased | AuditLearnerErasureRequested | AuditLearnerErased | AuditProgrammePut | AuditTemplatePut | AuditTemplateRemoved | AuditPlanChanged | AuditRecordOpened | AuditRecordResumed | AuditRecordClosed | AuditSyncChunk | AuditSyncStarted | AuditSyncTarget | AuditSyncCompleted | AuditSyncCancelled | AuditCommandUnchanged | AuditCommandAccepted | AuditCommandRejected | AuditEngineStarted"
"""An event of a commit: its kind and its data. Later versions may have further kinds."""
AuditEventOfAuditShowReply: TypeAlias = "AuditEventOfAuditShowReplyTenantPutData | AuditEventOfAuditShowReplyAdministratorPutData | AuditEventOfAuditShowReplyAdministratorRemovedData | AuditEventOfAuditShowReplyLearnerPutData | AuditEventOfAuditShowReplyLearnerHeldData | AuditEventOfAuditShowReplyLearnerReleasedData | AuditEventOfAuditShowReplyLearnerErasureRequestedData | AuditEventOfAuditShowReplyLearnerErasedData | AuditEventOfAuditShowReplyProgrammePutData | AuditEventOfAuditShowReplyTemplatePutData | AuditEventOfAuditShowReplyTemplateRemovedData | AuditEventOfAuditShowReplyPlanChangedData | AuditEventOfAuditShowReplyRecordOpenedData | AuditEventOfAuditShowReplyRecordResumedData | AuditEventOfAuditShowReplyRecordClosedData | AuditEventOfAuditShowReplySyncChunkData | AuditEventOfAuditShowReplySyncStartedData | AuditEventOfAuditShowReplySyncTargetData | AuditEventOfAuditShowReplySyncCompletedData | AuditEventOfAuditShowReplySyncCancelledData | AuditEventOfAuditShowReplyCommandUnchangedData | AuditEventOfAuditShowReplyCommandAcceptedData | AuditEventOfAuditShowReplyCommandRejectedData | AuditEventOfAuditShowReplyEngineStartedData"
"""An event of a commit: its kind and its data. Later versions may have further kinds."""
AuditKind: TypeAlias = "Literal['tenant.put', 'administrator.put', 'administrator.removed', 'learner.put', 'learner.held', 'learner.released', 'learner.erasure_requested', 'learner.erased', 'programme.put', 'template.put', 'template.removed', 'plan.changed', 'record.opened', 'record.resumed', 'record.closed', 'sync.chunk', 'sync.started', 'sync.target', 'sync.completed', 'sync.cancelled', 'command.unchanged', 'command.accepted', 'command.rejected', 'engine.started']"
"""The kind of an event of a commit. Each word is explained in docs/codes.md."""
AuditKindOfAuditShowReply: TypeAlias = "Literal['tenant.put', 'administrator.put', 'administrator.removed', 'learner.put', 'learner.held', 'learner.released', 'learner.erasure_requested', 'learner.erased', 'programme.put', 'template.put', 'template.removed', 'plan.changed', 'record.opened', 'record.resumed', 'record.closed', 'sync.chunk', 'sync.started', 'sync.target', 'sync.completed', 'sync.cancelled', 'command.unchanged', 'command.accepted', 'command.rejected', 'engine.started'] | str"
"""The kind of an event of a commit. Each word is explained in docs/codes.md. Later versions may have others."""
AuditKindOfAuditTraceReply: TypeAlias = "Literal['tenant.put', 'administrator.put', 'administrator.removed', 'learner.put', 'learner.held', 'learner.released', 'learner.erasure_requested', 'learner.erased', 'programme.put', 'template.put', 'template.removed', 'plan.changed', 'record.opened', 'record.resumed', 'record.closed', 'sync.chunk', 'sync.started', 'sync.target', 'sync.completed', 'sync.cancelled', 'command.unchanged', 'command.accepted', 'command.rejected', 'engine.started'] | str"
"""The kind of an event of a commit. Each word is explained in docs/codes.md. Later versions may have others."""
AuditOrder: TypeAlias = "Literal['oldest_first', 'newest_first']"
"""The order of a list of commits. Each word is explained in docs/codes.md."""
BlamedAttribute: TypeAlias = "Literal['component', 'name', 'due_date', 'completion_mode', 'criteria', 'instructions', 'evidence_required', 'min_evidence', 'documents', 'delivery_via_organisation', 'delivery_via_employer', 'marking_aid_exercise', 'planned_for_qa', 'review_type', 'review_at', 'owner', 'status', 'evidence_submitted', 'review']"
"""What somebody set: the component itself, an attribute, its progress or its review. Each word is explained in
docs/codes.md.
"""
BlamedAttributeOfAuditBlameReply: TypeAlias = "Literal['component', 'name', 'due_date', 'completion_mode', 'criteria', 'instructions', 'evidence_required', 'min_evidence', 'documents', 'delivery_via_organisation', 'delivery_via_employer', 'marking_aid_exercise', 'planned_for_qa', 'review_type', 'review_at', 'owner', 'status', 'evidence_submitted', 'review'] | str"
"""What somebody set: the component itself, an attribute, its progress or its review. Each word is explained in
docs/codes.md. Later versions may have others.
"""
Bytes: TypeAlias = "str"
"""Bytes, in base64; in MessagePack they are `bin`."""
Change: TypeAlias = "Literal['created', 'updated', 'deleted']"
"""How a component differs from what it was, or how an edit changed it. Each word is explained in docs/codes.md."""
CloseReason: TypeAlias = "Literal['closed', 'idle', 'displaced'] | str"
"""Why a record was closed. Each word is explained in docs/codes.md. Later versions may have others."""
CommandId: TypeAlias = "str"
"""A command, as its sender named it. Ids are unique within a tenant. A uuid; in MessagePack 16 bytes."""
ComponentChoice: TypeAlias = "Literal['recent', 'all'] | list[ComponentId]"
"""The components to synchronise: `recent` (the preselected ones: those with recent changes that were not synchronised
yet), `all` components of the programme, or a list.
"""
ComponentId: TypeAlias = "str"
"""A component (activity). It has the same id on every plan that has it. A uuid; in MessagePack 16 bytes."""
ComponentType: TypeAlias = "str"
"""The type of a component: `assignment`, `exam`, `review`, …"""
Condition: TypeAlias = "Literal['not_started', 'in_progress', 'submitted', 'returned', 'completed', 'planned_for_qa']"
"""A condition on the component in a learner's plan: its status, or that it is planned for QA. Each word is explained
in docs/codes.md.
"""
ContentChange: TypeAlias = "Literal['added', 'removed', 'due_date_moved', 'updated', 'progress']"
"""What happened to a component. Each word is explained in docs/codes.md."""
DetailReason: TypeAlias = "PermissionReason | SessionEnd"
"""The reason for a code: which permission is missing, or why a session is no longer open."""
Digest: TypeAlias = "str"
"""A SHA-256 digest: 64 lower-case hexadecimal digits."""
Edit: TypeAlias = "AddComponent | AddFromTemplate | ChangeComponent | RemoveComponent | SetComponentStatus | SubmitEvidence | SetReviewStatus"
"""One edit of a plan."""
EnginePart: TypeAlias = "Literal['nats', 'log', 'disk', 'streams', 'consumer', 'relay', 'process']"
"""A part of the engine, or something that it needs. Each word is explained in docs/codes.md."""
ErrorCode: TypeAlias = "Literal['invalid_request', 'page_too_large', 'unknown_actor', 'not_permitted', 'sync_not_permitted', 'unknown_operation', 'tenant_not_found', 'administrator_not_found', 'learner_not_available', 'component_not_found', 'programme_not_found', 'session_not_open', 'sync_not_found', 'version_conflict', 'command_id_reused', 'source_changed', 'reading_expired', 'component_exists', 'session_exists', 'sync_exists', 'unsupported_media_type', 'too_many_components', 'too_many_learners', 'nothing_selected', 'no_recent_changes', 'attribute_not_allowed', 'reason_required', 'overloaded', 'internal', 'log_damaged', 'unavailable', 'learner_erased', 'learner_held'] | str"
"""The kind of a refusal. A program decides by it what to do. Each word is explained in docs/codes.md. Later versions
may have others.
"""
FilterField: TypeAlias = "Literal['type', 'programme_status', 'group', 'tutor']"
"""A filter whose values `sync.filters` lists. Each word is explained in docs/codes.md."""
Group: TypeAlias = "str"
"""A group of learners. Administrators see the learners of the groups that they may view."""
GroupsViewed: TypeAlias = "Literal['all'] | list[Group]"
"""The groups that an administrator may view: `all`, or a list. A learner is visible if all groups of the learner are
among them.
"""
IdleHours: TypeAlias = "int"
"""The hours after which an unused record is closed."""
LearnerChoice: TypeAlias = "Literal['all'] | list[LearnerId] | LearnerFilterOfSyncAffectedBody"
"""The learners to synchronise to: `all` who can be chosen, a list, or a filter."""
LearnerChoiceOfSyncExplainBody: TypeAlias = "Literal['all'] | list[LearnerId] | LearnerFilterOfSyncExplainBody"
"""The learners to synchronise to: `all` who can be chosen, a list, or a filter."""
LearnerChoiceOfSyncPreviewBody: TypeAlias = "Literal['all'] | list[LearnerId] | LearnerFilterOfSyncPreviewBody"
"""The learners to synchronise to: `all` who can be chosen, a list, or a filter."""
LearnerChoiceOfSyncStartBody: TypeAlias = "Literal['all'] | list[LearnerId] | LearnerFilterOfSyncStartBody"
"""The learners to synchronise to: `all` who can be chosen, a list, or a filter."""
LearnerId: TypeAlias = "str"
"""A learner, and the learner's plan. A uuid; in MessagePack 16 bytes."""
OriginKind: TypeAlias = "Literal['edit', 'template', 'sync']"
"""How a commit set something: by hand, from a template or by a synchronisation. Each word is explained in
docs/codes.md.
"""
Outcome: TypeAlias = "Literal['applied', 'unchanged', 'skipped']"
"""The outcome of one component in the plan of one learner. Each word is explained in docs/codes.md."""
OwnerRule: TypeAlias = "Literal['keep', 'follow_case_owner']"
"""What a synchronisation does with the owner of a component, if the owner at the source is the case owner of the
source learner. Each word is explained in docs/codes.md.
"""
PageNumber: TypeAlias = "int"
"""The number of a page, from 1."""
PageSize: TypeAlias = "int"
"""The most items that a page may have."""
PairWarning: TypeAlias = "Literal['review_recreated', 'review_type_kept', 'completed_review_kept', 'marking_aid_evidence', 'tasks_cancelled', 'evidence_deleted', 'finished_deleted', 'rest_not_permitted'] | str"
"""A warning about a component in the plan of a learner. Each word is explained in docs/codes.md. Later versions may
have others.
"""
Permission: TypeAlias = "Literal['supervisor', 'compliance_qa', 'internal_verifier', 'advanced_delivery_add', 'advanced_delivery_edit', 'advanced_delivery_delete', 'edit_delete_finished'] | str"
"""A permission of an administrator. Each word is explained in docs/codes.md. Later versions may have others."""
PermissionOfAdministratorPutBody: TypeAlias = "Literal['supervisor', 'compliance_qa', 'internal_verifier', 'advanced_delivery_add', 'advanced_delivery_edit', 'advanced_delivery_delete', 'edit_delete_finished']"
"""A permission of an administrator. Each word is explained in docs/codes.md."""
PermissionOfAuditWhatIfBody: TypeAlias = "Literal['supervisor', 'compliance_qa', 'internal_verifier', 'advanced_delivery_add', 'advanced_delivery_edit', 'advanced_delivery_delete', 'edit_delete_finished']"
"""A permission of an administrator. Each word is explained in docs/codes.md."""
PermissionReason: TypeAlias = "Literal['system_only', 'administrator_only', 'read_not_permitted', 'add_not_permitted', 'edit_not_permitted', 'edit_finished_not_permitted', 'delete_not_permitted', 'delete_finished_not_permitted'] | str"
"""Which permission is missing: `details.reason` of `not_permitted`. Each word is explained in docs/codes.md. Later
versions may have others.
"""
PlanChange: TypeAlias = "ComponentChangeOfAuditReadReply | InstantiatedChange | SynchronisedChange"
"""One change that a commit made in a plan."""
PlanChangeOfAuditShowReply: TypeAlias = "ComponentChangeOfAuditShowReply | PlanChangeOfAuditShowReplyInstantiated | PlanChangeOfAuditShowReplySynchronised"
"""One change that a commit made in a plan."""
PlanChangeOfEventPlanChanged: TypeAlias = "ComponentChangeOfEventPlanChanged | PlanChangeOfEventPlanChangedInstantiated | PlanChangeOfEventPlanChangedSynchronised"
"""One change that a commit made in a plan."""
PlanChangeOfPlanHistoryReply: TypeAlias = "ComponentChangeOfPlanHistoryReply | PlanChangeOfPlanHistoryReplyInstantiated | PlanChangeOfPlanHistoryReplySynchronised"
"""One change that a commit made in a plan."""
Position: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAdministratorListReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAdministratorPutReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAdministratorRemoveReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAuditBlameReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAuditChangesReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAuditDiffReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAuditHeadReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAuditLogReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAuditPlanReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAuditProofReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAuditReadReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAuditShowReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAuditTraceReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAuditWhatIfReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfAuditWhyReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfEngineStatusReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfEventSyncStarted: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfLearnerEraseReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfLearnerFindReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfLearnerHoldReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfLearnerListReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfLearnerPutReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfLearnerReleaseReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfPlanChangeReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfPlanEditReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfPlanGetReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfPlanHistoryReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfPlanInstantiateReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfProgrammeListReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfProgrammePutReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfRecordChangesReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfRecordListReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfSyncAffectedReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfSyncComponentsReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfSyncExplainReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfSyncFiltersReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfSyncLearnersReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfSyncListReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfSyncOutcomesReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfSyncPreviewReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfSyncStartReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfTemplateGetReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfTemplatePutReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfTemplateRemoveReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
PositionOfTenantPutReply: TypeAlias = "int"
"""A position in the log; the first commit has position 1."""
ProgrammeId: TypeAlias = "str"
"""A delivery programme, or a subprogramme of one. A uuid; in MessagePack 16 bytes."""
ProgrammeStatus: TypeAlias = "Literal['active', 'on_break', 'completed', 'withdrawn', 'expired', 'cancelled', 'archived', 'pending_change_of_programme']"
"""The status of a learner's enrolment on a programme. Each word is explained in docs/codes.md."""
Reached: TypeAlias = "Literal['not_selected', 'waiting', 'cancelled', 'judged']"
"""How far a synchronisation came with a learner. Each word is explained in docs/codes.md."""
ReadLimit: TypeAlias = "int"
"""The largest number of events in a reply."""
Reason: TypeAlias = "Literal['cancelled', 'learner_not_available', 'learner_erased', 'is_source', 'not_on_programme', 'programme_status_excluded', 'changed_since_preview', 'no_recent_change', 'no_template', 'missing_on_target', 'already_absent', 'type_mismatch', 'status_not_selected', 'add_not_permitted', 'edit_not_permitted', 'edit_finished_not_permitted', 'delete_not_permitted', 'delete_finished_not_permitted', 'limit_exceeded', 'failed'] | str"
"""Why a component was skipped in the plan of a learner. If several reasons apply, it is the first one of this list. A
component that the plan already has as it should be is `unchanged`, even if one of the last seven applies. Each word
is explained in docs/codes.md. Later versions may have others.
"""
ReasonOfSyncOutcomesBody: TypeAlias = "Literal['cancelled', 'learner_not_available', 'learner_erased', 'is_source', 'not_on_programme', 'programme_status_excluded', 'changed_since_preview', 'no_recent_change', 'no_template', 'missing_on_target', 'already_absent', 'type_mismatch', 'status_not_selected', 'add_not_permitted', 'edit_not_permitted', 'edit_finished_not_permitted', 'delete_not_permitted', 'delete_finished_not_permitted', 'limit_exceeded', 'failed']"
"""Why a component was skipped in the plan of a learner. If several reasons apply, it is the first one of this list. A
component that the plan already has as it should be is `unchanged`, even if one of the last seven applies. Each word
is explained in docs/codes.md.
"""
Replay: TypeAlias = "Literal['created', 'updated', 'deleted', 'overwrite']"
"""How a component is replayed. Each word is explained in docs/codes.md."""
ReviewId: TypeAlias = "str"
"""The review of a component. A review that is created anew has another id. A uuid; in MessagePack 16 bytes."""
ReviewStatus: TypeAlias = "Literal['not_scheduled', 'scheduled', 'in_progress', 'completed']"
"""The status of a review. Each word is explained in docs/codes.md."""
SelectionRule: TypeAlias = "Literal['not_listed', 'unknown', 'not_visible', 'source', 'not_on_programme', 'programme_status_excluded', 'programme_statuses', 'groups', 'tutors', 'search', 'search_erased', 'except'] | str"
"""What left a learner out of a synchronisation. Each word is explained in docs/codes.md. Later versions may have
others.
"""
SessionEnd: TypeAlias = "Literal['closed', 'idle', 'displaced', 'replaced'] | str"
"""Why a record session ended: `details.reason` of `session_not_open`. Each word is explained in docs/codes.md. Later
versions may have others.
"""
SessionId: TypeAlias = "str"
"""A record session: the time during which an administrator has a learner's record open. A uuid; in MessagePack 16
bytes.
"""
Side: TypeAlias = "Literal['synchronised', 'not_synchronised']"
"""The learners for whom a component is synchronised, or those for whom it is not. Each word is explained in
docs/codes.md.
"""
Status: TypeAlias = "Literal['not_started', 'in_progress', 'submitted', 'returned', 'completed']"
"""The status of a component. Each word is explained in docs/codes.md."""
StreamKind: TypeAlias = "Literal['tenant', 'administrator', 'learner', 'programme', 'plan', 'record', 'sync', 'target', 'command', 'engine'] | str"
"""What a stream of the log is about. Each word is explained in docs/codes.md. Later versions may have others."""
SummaryWarning: TypeAlias = "Literal['some_not_synchronised', 'review_recreated', 'review_type_kept', 'completed_review_kept', 'marking_aid_evidence', 'tasks_cancelled', 'evidence_deleted', 'finished_deleted', 'rest_not_permitted', 'source_will_be_updated'] | str"
"""A warning of a preview about the whole synchronisation, with the numbers of learners and components. Each word is
explained in docs/codes.md. Later versions may have others.
"""
SyncId: TypeAlias = "str"
"""A synchronisation. A uuid; in MessagePack 16 bytes."""
SyncState: TypeAlias = "Literal['running', 'completed', 'cancelled']"
"""The state of a synchronisation. Each word is explained in docs/codes.md."""
SyncType: TypeAlias = "Literal['changes_only', 'all_attributes', 'selected_attributes']"
"""The three types of synchronisation. Each word is explained in docs/codes.md."""
TaskId: TypeAlias = "str"
"""A calendar task of a review. A uuid; in MessagePack 16 bytes."""
TaskStatus: TypeAlias = "Literal['open', 'done', 'cancelled']"
"""The status of a calendar task. Each word is explained in docs/codes.md."""
Time: TypeAlias = "str"
"""RFC 3339 date-time of the years 0001 to 9999. Returned in UTC, with six digits of a second and `Z`. Any fraction is
accepted (digits beyond a microsecond are cut off), and any offset; leap seconds (`:60`) and a space instead of `T`
are refused.
"""
Urgency: TypeAlias = "Literal['not_ready', 'warning']"
"""How urgent a problem of the engine is. Each word is explained in docs/codes.md."""
Version: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfAuditBlameReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfAuditChangesReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfAuditDiffReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfAuditLogReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfAuditPlanReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfAuditReadReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfAuditShowReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfAuditWhyReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfError: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfEventCommandRejected: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfEventPlanChanged: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfEventSyncTarget: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfPlanChangeReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfPlanEditReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfPlanGetReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfPlanHistoryReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfPlanInstantiateReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfRecordListReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfRecordOpenReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
VersionOfTemplateGetReply: TypeAlias = "int"
"""The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet."""
WaitMillis: TypeAlias = "int"
"""A time to wait, in milliseconds."""
