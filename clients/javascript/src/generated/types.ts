// The bodies and replies of all operations, and the bodies of all events.
//
// Generated from proto-schemas/ by clients/generate; do not edit.

/** What a synchronisation does with a component in the plan of a learner. Each word is explained in docs/codes.md. */
export type Action = "synchronise" | "create" | "delete";

/** The id of an administrator, or `system`: the actor of programs that load data. */
export type Actor = string;

/** Body of `actor.get`. */
export type ActorGetBody = { [key: string]: never };

/** The actor who asks. */
export interface ActorGetReply {
  /** The administrator, or `system`. */
  administrator: Actor;
  /** Whether the actor may synchronise. */
  can_sync: boolean;
  /** The groups that the person may view. */
  groups: GroupsViewed;
  /** The name of the person; `system` for `system`. */
  name: string;
  /** The permissions of the person; none for `system`, which needs none. */
  permissions: Array<Permission>;
}

/** Adds a component that is not from the template. */
export interface AddComponent {
  /** Its attributes; those that are left out have their default. */
  attributes: ComponentAttributes;
  /** Its id; if none is given, the engine makes one. */
  component?: ComponentId | null;
  /** Always `add`: it tells this form from the others. */
  op: "add";
  /** The programme it belongs to. */
  programme: ProgrammeId;
  /** Its type, which never changes. */
  type: ComponentType;
}

/** Adds a component of the template that the plan does not have. */
export interface AddFromTemplate {
  /** The attributes that differ from the template. */
  attributes?: AttributesOfPlanEditBody | null;
  /** Always `add`: it tells this form from the others. */
  op: "add";
  /** The programme whose template it is. */
  programme: ProgrammeId;
  /** The id of the component in the template. */
  template: ComponentId;
}

/** Body of `administrator.get`. */
export interface AdministratorGetBody {
  /** The id of the administrator. */
  administrator: AdministratorId;
}

/** An administrator. */
export interface AdministratorGetReply {
  /** The id of the administrator. */
  administrator: AdministratorId;
  /** The groups that the person may view. */
  groups: GroupsViewed;
  /** The name of the person. */
  name: string;
  /** The permissions of the person. */
  permissions: Array<Permission>;
}

/** An administrator. `system` and `learner` are reserved. */
export type AdministratorId = string;

/** Body of `administrator.list`. */
export interface AdministratorListBody {
  /** The position in the reply with the first page, which was held: this page then belongs to the same reading. */
  at?: Position | null;
  /**
   * Whether the list is held after the first page, so that the other pages can be asked for `at` the position of
   * the reply.
   */
  hold?: boolean | null;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** A part of the name or the id. Case and accents are ignored. */
  search?: string | null;
}

/** Reply of `administrator.list`, by name, then id. */
export interface AdministratorListReply {
  /** The items of this page. */
  items: Array<AdministratorRecord>;
  /**
   * The position of the log at which the list was read, if it is held. The other pages are asked for with this
   * value as `at`.
   */
  position?: PositionOfAdministratorListReply | null;
  /** The number of items on all pages. */
  total: number;
}

/** An actor and the actor's name. */
export interface AdministratorName {
  /** The administrator, or `system`. */
  administrator: Actor;
  /** The name of the person; null if there is no such administrator, or no longer. */
  name?: string | null;
}

/** Body of `administrator.names`. */
export interface AdministratorNamesBody {
  /** The actors; the name of `system` is `system`. */
  administrators: Array<Actor>;
}

/** Reply of `administrator.names`: one item for each actor of the body, in the same order. */
export interface AdministratorNamesReply {
  /** The names. */
  items: Array<AdministratorName>;
}

/** Body of `administrator.put`. */
export interface AdministratorPutBody {
  /** The id of the administrator. */
  administrator: AdministratorId;
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** The groups that the person may view. */
  groups: GroupsViewed;
  /** The name of the person. */
  name: string;
  /** The permissions of the person. */
  permissions: Array<PermissionOfAdministratorPutBody>;
}

/** The reply of every `put` and `remove`. */
export interface AdministratorPutReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position of the commit in the log. */
  position: PositionOfAdministratorPutReply;
}

/** An administrator. */
export interface AdministratorRecord {
  /** The id of the administrator. */
  administrator: AdministratorId;
  /** The groups that the person may view. */
  groups: GroupsViewed;
  /** The name of the person. */
  name: string;
  /** The permissions of the person. */
  permissions: Array<Permission>;
}

/** An administrator was removed. */
export interface AdministratorRemoval {
  /** The administrator. */
  administrator: AdministratorId;
}

/** Body of `administrator.remove`. */
export interface AdministratorRemoveBody {
  /** The id of the administrator. */
  administrator: AdministratorId;
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
}

/** The reply of every `put` and `remove`. */
export interface AdministratorRemoveReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position of the commit in the log. */
  position: PositionOfAdministratorRemoveReply;
}

/** What would happen to the plan of one learner. */
export interface AffectedLearner {
  /** The number of components to which changes would be applied: created, updated and deleted ones. */
  applied: number;
  /** The number of components that would be created. */
  created: number;
  /** The number of components that would be deleted. */
  deleted: number;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The name of the learner; null if the learner is not available. */
  name?: string | null;
  /** The programme that is synchronised; null if the learner is not available. */
  programme?: ProgrammeId | null;
  /** The number of components that would be skipped. */
  skipped: number;
  /**
   * Whether it is the plan of the source itself. It comes first, and is not counted among the learners of the
   * preview.
   */
  source?: boolean;
  /** The number of components that already have these values. */
  unchanged: number;
  /** The number of components that would be updated. */
  updated: number;
  /** Warnings. */
  warnings: Array<AffectedWarning>;
}

/** A warning, and the number of components that it is about. */
export interface AffectedWarning {
  /** The kind of warning. */
  code: PairWarning;
  /** The number of components that it is about. */
  components: number;
}

/** The person whose task it is: the learner, or an administrator by id. */
export type Assignee = "learner" | AdministratorId;

/** An attribute and its new value. */
export interface AttributeAfter {
  /** Its new value. */
  after: AttributeValue;
  /** The name of the attribute. */
  attribute: AttributeName;
}

/** An attribute before and after a change. */
export interface AttributeChange {
  /** The elements that were added, if the attribute is replayed element by element. */
  added?: Array<string> | null;
  /** Its value after; null if the component no longer exists. */
  after: AttributeValue;
  /** The name of the attribute. */
  attribute: AttributeName;
  /** Its value before; null if the component did not exist. */
  before: AttributeValue;
  /** The elements that were removed. */
  removed?: Array<string> | null;
}

/**
 * The name of an attribute. Replies list attributes in this order. Each word is explained in docs/codes.md. Later
 * versions may have others.
 */
export type AttributeName = "name" | "due_date" | "completion_mode" | "criteria" | "instructions" | "evidence_required" | "min_evidence" | "documents" | "delivery_via_organisation" | "delivery_via_employer" | "marking_aid_exercise" | "planned_for_qa" | "review_type" | "review_at" | "owner" | (string & {});

/** The name of an attribute. Replies list attributes in this order. Each word is explained in docs/codes.md. */
export type AttributeNameOfSyncAffectedBody = "name" | "due_date" | "completion_mode" | "criteria" | "instructions" | "evidence_required" | "min_evidence" | "documents" | "delivery_via_organisation" | "delivery_via_employer" | "marking_aid_exercise" | "planned_for_qa" | "review_type" | "review_at" | "owner";

/** The name of an attribute. Replies list attributes in this order. Each word is explained in docs/codes.md. */
export type AttributeNameOfSyncExplainBody = "name" | "due_date" | "completion_mode" | "criteria" | "instructions" | "evidence_required" | "min_evidence" | "documents" | "delivery_via_organisation" | "delivery_via_employer" | "marking_aid_exercise" | "planned_for_qa" | "review_type" | "review_at" | "owner";

/** The name of an attribute. Replies list attributes in this order. Each word is explained in docs/codes.md. */
export type AttributeNameOfSyncPreviewBody = "name" | "due_date" | "completion_mode" | "criteria" | "instructions" | "evidence_required" | "min_evidence" | "documents" | "delivery_via_organisation" | "delivery_via_employer" | "marking_aid_exercise" | "planned_for_qa" | "review_type" | "review_at" | "owner";

/** The name of an attribute. Replies list attributes in this order. Each word is explained in docs/codes.md. */
export type AttributeNameOfSyncStartBody = "name" | "due_date" | "completion_mode" | "criteria" | "instructions" | "evidence_required" | "min_evidence" | "documents" | "delivery_via_organisation" | "delivery_via_employer" | "marking_aid_exercise" | "planned_for_qa" | "review_type" | "review_at" | "owner";

/** An attribute at both points, and who set it. */
export interface AttributeOrigin {
  /** The elements that were added, for criteria and documents of a component that exists at both points. */
  added?: Array<string> | null;
  /** Its value at the second point; null if the component does not exist. */
  after: AttributeValue;
  /** The name of the attribute. */
  attribute: AttributeName;
  /** Its value at the first point; null if the component did not exist. */
  before: AttributeValue;
  /** The last commit between the points that set it. Empty if the component does not exist at the later point. */
  origins: Array<OriginOfAuditDiffReply>;
  /** The elements that were removed. */
  removed?: Array<string> | null;
}

/** The value of an attribute; which type it has, the name of the attribute says. */
export type AttributeValue = null | boolean | number | string | Array<string>;

/** Attributes and their values. */
export interface Attributes {
  /** Who completes the component. */
  completion_mode?: "learner" | "tutor" | "employer" | "automatic";
  /** The criteria that the component covers: a set, returned sorted. */
  criteria?: Array<string>;
  /** Whether the employer delivers the component. */
  delivery_via_employer?: boolean;
  /** Whether the organisation delivers the component. */
  delivery_via_organisation?: boolean;
  /** The ids of documents, each once, in the order given. */
  documents?: Array<string>;
  /** The day by which the component is due; null if there is none. RFC 3339 full-date of the years 0001 to 9999. */
  due_date?: string | null;
  /** Whether the learner has to submit evidence. */
  evidence_required?: boolean;
  /** What the learner has to do. */
  instructions?: string;
  /** The id of the Marking Aid exercise; null if there is none. Only in tenants with Marking Aid. */
  marking_aid_exercise?: string | null;
  /** How often evidence has to be submitted at least. */
  min_evidence?: number;
  /** The name of the component. */
  name?: string;
  /** The administrator who is responsible for the component; null if nobody is. On plans only. */
  owner?: string | null;
  /** Whether the component is planned for quality assurance. On plans only. */
  planned_for_qa?: boolean;
  /**
   * The time of the review's meeting; null if there is none. On plans, and for components of the type `review`
   * only. RFC 3339 date-time of the years 0001 to 9999. Returned in UTC, with six digits of a second and `Z`. Any
   * fraction is accepted (digits beyond a microsecond are cut off), and any offset; leap seconds (`:60`) and a
   * space instead of `T` are refused.
   */
  review_at?: string | null;
  /** The type of the review; null if there is none. For components of the type `review` only. */
  review_type?: string | null;
}

/** Attributes and their values. */
export interface AttributesOfPlanEditBody {
  /** Who completes the component. */
  completion_mode?: "learner" | "tutor" | "employer" | "automatic";
  /** The criteria that the component covers: a set, returned sorted. */
  criteria?: Array<string>;
  /** Whether the employer delivers the component. */
  delivery_via_employer?: boolean;
  /** Whether the organisation delivers the component. */
  delivery_via_organisation?: boolean;
  /** The ids of documents, each once, in the order given. */
  documents?: Array<string>;
  /** The day by which the component is due; null if there is none. RFC 3339 full-date of the years 0001 to 9999. */
  due_date?: string | null;
  /** Whether the learner has to submit evidence. */
  evidence_required?: boolean;
  /** What the learner has to do. */
  instructions?: string;
  /** The id of the Marking Aid exercise; null if there is none. Only in tenants with Marking Aid. */
  marking_aid_exercise?: string | null;
  /** How often evidence has to be submitted at least. */
  min_evidence?: number;
  /** The name of the component. */
  name?: string;
  /** The administrator who is responsible for the component; null if nobody is. On plans only. */
  owner?: string | null;
  /** Whether the component is planned for quality assurance. On plans only. */
  planned_for_qa?: boolean;
  /**
   * The time of the review's meeting; null if there is none. On plans, and for components of the type `review`
   * only. RFC 3339 date-time of the years 0001 to 9999. Returned in UTC, with six digits of a second and `Z`. Any
   * fraction is accepted (digits beyond a microsecond are cut off), and any offset; leap seconds (`:60`) and a
   * space instead of `T` are refused.
   */
  review_at?: string | null;
  /** The type of the review; null if there is none. For components of the type `review` only. */
  review_type?: string | null;
}

/** An administrator was created or replaced. */
export interface AuditAdministratorPut {
  data: AdministratorRecord;
  /** Always `administrator.put`: it tells this form from the others. */
  kind: "administrator.put";
}

/** An administrator was removed. */
export interface AuditAdministratorRemoved {
  data: AdministratorRemoval;
  /** Always `administrator.removed`: it tells this form from the others. */
  kind: "administrator.removed";
}

/** Body of `audit.blame`. */
export interface AuditBlameBody {
  /** The value `next` of the reply before, to continue after it. */
  after?: PlanCursor | null;
  /** The point; the present if none is given. */
  at?: PlanPoint | null;
  /** Only this attribute. */
  attribute?: BlamedAttribute | null;
  /** Only this component, which may have been removed. */
  component?: ComponentId | null;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The most items to return. 50 if none is given. There are fewer if they would be too large for one message. */
  limit?: PageSize | null;
}

/**
 * Reply of `audit.blame`: the components in plan order, and for each the component itself, its attributes, and its
 * progress and review. Progress that nobody recorded since the component was added is left out. Of a component
 * that was removed, there is only `component`, with the value false.
 */
export interface AuditBlameReply {
  /** The items of this page. */
  items: Array<BlamedField>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** Where to continue; left out if there is nothing more. */
  next?: PlanCursorOfAuditBlameReply | null;
  /** The point. */
  point: PointReached;
  /** The last position of the log that was visible. */
  position: PositionOfAuditBlameReply;
}

/** Body of `audit.changes`. A change must pass every filter that is given. */
export interface AuditChangesBody {
  /** The value `next` of the reply before, to continue there. */
  after?: ChangesCursor | null;
  /** Only changes of this component. */
  component?: ComponentId | null;
  /** Only changes that were recorded at this time or later. */
  from_time: Time;
  /** Only changes of this learner's plan. */
  learner?: LearnerId | null;
  /**
   * The most changes to return. 50 if none is given. A request reads a bounded part of the log, so there may be
   * fewer, or none, although more follow.
   */
  limit?: PageSize | null;
  /** Only changes of components of this programme. */
  programme?: ProgrammeId | null;
  /** Only changes that were recorded before this time. */
  to_time: Time;
  /** Whether each change has its values before and after the commit. Changes of progress are then listed, too. */
  values?: boolean | null;
}

/**
 * Reply of `audit.changes`, by id of the learner and position. Progress is left out unless `values` is given.
 * Changes that are recorded while the list is read are missing if their learner was passed already.
 */
export interface AuditChangesReply {
  /** The changes. */
  items: Array<PlanContentChange>;
  /** Where to continue; left out if there is nothing more. */
  next?: ChangesCursorOfAuditChangesReply | null;
  /** The last position of the log that was visible. */
  position: PositionOfAuditChangesReply;
}

/** A durable command was carried out. */
export interface AuditCommandAccepted {
  data: CommandAccepted;
  /** Always `command.accepted`: it tells this form from the others. */
  kind: "command.accepted";
}

/** A durable command was refused. */
export interface AuditCommandRejected {
  data: CommandRejected;
  /** Always `command.rejected`: it tells this form from the others. */
  kind: "command.rejected";
}

/** A command was carried out that changed nothing. */
export interface AuditCommandUnchanged {
  data: UnchangedCommand;
  /** Always `command.unchanged`: it tells this form from the others. */
  kind: "command.unchanged";
}

/** A commit: one decision, which was recorded completely or not at all. */
export interface AuditCommit {
  /** The time at which it was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The hash of the log at its position. */
  chain: Digest;
  /**
   * The id of the command that it answers. The engine derives one for what no client asked for by itself, such as
   * one learner of a synchronisation.
   */
  command_id: CommandId;
  /** The id of the command that started the chain of causes. */
  correlation_id: CommandId;
  /** What happened. */
  events: Array<AuditEvent>;
  /** The position of the state on which it was decided. */
  judged_at: PositionOfAuditLogReply;
  /** Its position in the log. */
  position: PositionOfAuditLogReply;
  /** Its stream. */
  stream: AuditStream;
  /** The version of the stream after it. */
  version: VersionOfAuditLogReply;
}

/** A commit: one decision, which was recorded completely or not at all. */
export interface AuditCommitOfAuditShowReply {
  /** The time at which it was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The hash of the log at its position. */
  chain: Digest;
  /**
   * The id of the command that it answers. The engine derives one for what no client asked for by itself, such as
   * one learner of a synchronisation.
   */
  command_id: CommandId;
  /** The id of the command that started the chain of causes. */
  correlation_id: CommandId;
  /** What happened. */
  events: Array<AuditEventOfAuditShowReply>;
  /** The position of the state on which it was decided. */
  judged_at: PositionOfAuditShowReply;
  /** Its position in the log. */
  position: PositionOfAuditShowReply;
  /** Its stream. */
  stream: AuditStream;
  /** The version of the stream after it. */
  version: VersionOfAuditShowReply;
}

/** Body of `audit.diff`. */
export interface AuditDiffBody {
  /** The value `next` of the reply before, to continue after it. */
  after?: DiffCursor | null;
  /** The first point. */
  from: PlanPoint;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /**
   * The most components to return. 50 if none is given. There are fewer if they would be too large for one
   * message.
   */
  limit?: PageSize | null;
  /**
   * The second point; the present if none is given. It may be before the first one: the difference then leads
   * back.
   */
  to?: PlanPoint | null;
}

/**
 * Reply of `audit.diff`: the net difference. What was changed and changed back in between is none. The items are
 * in the order of the plan at the second point; then the deleted ones, in the order that they had. The items
 * applied to the plan at the first point give the plan at the second one: delete the deleted components and take
 * out those that have a `place`; change the attributes of the others; then insert the components that have a
 * `place` there, in this order.
 */
export interface AuditDiffReply {
  /** The first point. */
  from: PointReachedOfAuditDiffReply;
  /** The components of this page. */
  items: Array<AuditDifference>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** Where to continue; left out if there is nothing more. */
  next?: DiffCursorOfAuditDiffReply | null;
  /** The last position of the log that was visible. */
  position: PositionOfAuditDiffReply;
  /** The second point. */
  to: PointReachedOfAuditDiffReply;
}

/** What differs of one component. */
export interface AuditDifference {
  /**
   * The attributes that differ. For a component that was created (null before) or deleted (null after): all
   * attributes of its type.
   */
  attributes: Array<AttributeOrigin>;
  /** Whether it was created, updated or deleted. */
  change: Change;
  /** The id of the component. */
  component: ComponentId;
  /** How often evidence was submitted, if that differs; 0 on the side on which the component does not exist. */
  evidence?: EvidenceOrigin | null;
  /** Whether it comes from the template of the programme. */
  from_template: boolean;
  /** Its name; if it was deleted, its last name. */
  name: string;
  /**
   * The commit that added or removed the component last, or else the last one that changed it. Empty if only
   * calendar tasks differ, because the case owner does.
   */
  origins: Array<OriginOfAuditDiffReply>;
  /**
   * Its place in the plan at the second point, from 0, if it was created, or stands elsewhere among the components
   * that both have.
   */
  place?: number | null;
  /** The programme it belongs to. */
  programme: ProgrammeId;
  /** Its review, if it differs; null on the side on which it has none. */
  review?: ReviewOrigin | null;
  /** Its status, if it differs; null on the side on which the component does not exist. */
  status?: StatusOrigin | null;
  /** Calendar tasks that only the second point has, and open ones that it does not have any more. */
  tasks: TaskMoves;
  /**
   * Its type. If it is another one than before, attributes that only this type has are null unless they are
   * listed, and those that it does not have are gone.
   */
  type: ComponentType;
}

/** The commits to which a commit led. */
export interface AuditEffects {
  /** Their number so far, without those whom the actor may not see. */
  count: number;
  /** The end of the synchronisation, if the commit started one that has ended. */
  end?: AuditLink | null;
  /** The first of them, at most 50. `audit.trace` returns all. */
  first: Array<AuditLink>;
}

/** The engine was started by another version, with other rules or other limits than before. */
export interface AuditEngineStarted {
  data: EngineStart;
  /** Always `engine.started`: it tells this form from the others. */
  kind: "engine.started";
}

/** An event of a commit: its kind and its data. Later versions may have further kinds. */
export type AuditEvent = AuditTenantPut | AuditAdministratorPut | AuditAdministratorRemoved | AuditLearnerPut | AuditLearnerHeld | AuditLearnerReleased | AuditLearnerErasureRequested | AuditLearnerErased | AuditProgrammePut | AuditTemplatePut | AuditTemplateRemoved | AuditPlanChanged | AuditRecordOpened | AuditRecordResumed | AuditRecordClosed | AuditSyncChunk | AuditSyncStarted | AuditSyncTarget | AuditSyncCompleted | AuditSyncCancelled | AuditCommandUnchanged | AuditCommandAccepted | AuditCommandRejected | AuditEngineStarted;

/** An event of a commit: its kind and its data. Later versions may have further kinds. */
export type AuditEventOfAuditShowReply = AuditEventOfAuditShowReplyTenantPutData | AuditEventOfAuditShowReplyAdministratorPutData | AuditEventOfAuditShowReplyAdministratorRemovedData | AuditEventOfAuditShowReplyLearnerPutData | AuditEventOfAuditShowReplyLearnerHeldData | AuditEventOfAuditShowReplyLearnerReleasedData | AuditEventOfAuditShowReplyLearnerErasureRequestedData | AuditEventOfAuditShowReplyLearnerErasedData | AuditEventOfAuditShowReplyProgrammePutData | AuditEventOfAuditShowReplyTemplatePutData | AuditEventOfAuditShowReplyTemplateRemovedData | AuditEventOfAuditShowReplyPlanChangedData | AuditEventOfAuditShowReplyRecordOpenedData | AuditEventOfAuditShowReplyRecordResumedData | AuditEventOfAuditShowReplyRecordClosedData | AuditEventOfAuditShowReplySyncChunkData | AuditEventOfAuditShowReplySyncStartedData | AuditEventOfAuditShowReplySyncTargetData | AuditEventOfAuditShowReplySyncCompletedData | AuditEventOfAuditShowReplySyncCancelledData | AuditEventOfAuditShowReplyCommandUnchangedData | AuditEventOfAuditShowReplyCommandAcceptedData | AuditEventOfAuditShowReplyCommandRejectedData | AuditEventOfAuditShowReplyEngineStartedData;

/** An administrator was created or replaced. */
export interface AuditEventOfAuditShowReplyAdministratorPutData {
  data: AdministratorRecord;
  /** Always `administrator.put`: it tells this form from the others. */
  kind: "administrator.put";
}

/** An administrator was removed. */
export interface AuditEventOfAuditShowReplyAdministratorRemovedData {
  data: AdministratorRemoval;
  /** Always `administrator.removed`: it tells this form from the others. */
  kind: "administrator.removed";
}

/** A durable command was carried out. */
export interface AuditEventOfAuditShowReplyCommandAcceptedData {
  data: CommandAccepted;
  /** Always `command.accepted`: it tells this form from the others. */
  kind: "command.accepted";
}

/** A durable command was refused. */
export interface AuditEventOfAuditShowReplyCommandRejectedData {
  data: CommandRejected;
  /** Always `command.rejected`: it tells this form from the others. */
  kind: "command.rejected";
}

/** A command was carried out that changed nothing. */
export interface AuditEventOfAuditShowReplyCommandUnchangedData {
  data: UnchangedCommand;
  /** Always `command.unchanged`: it tells this form from the others. */
  kind: "command.unchanged";
}

/** The engine was started by another version, with other rules or other limits than before. */
export interface AuditEventOfAuditShowReplyEngineStartedData {
  data: EngineStart;
  /** Always `engine.started`: it tells this form from the others. */
  kind: "engine.started";
}

/** A learner was erased. */
export interface AuditEventOfAuditShowReplyLearnerErasedData {
  data: LearnerErased;
  /** Always `learner.erased`: it tells this form from the others. */
  kind: "learner.erased";
}

/** The erasure of a learner was asked for. */
export interface AuditEventOfAuditShowReplyLearnerErasureRequestedData {
  data: LearnerNote;
  /** Always `learner.erasure_requested`: it tells this form from the others. */
  kind: "learner.erasure_requested";
}

/** A legal hold was put on a learner, who cannot be erased while it stands. */
export interface AuditEventOfAuditShowReplyLearnerHeldData {
  data: LearnerNote;
  /** Always `learner.held`: it tells this form from the others. */
  kind: "learner.held";
}

/** A learner was created or replaced. */
export interface AuditEventOfAuditShowReplyLearnerPutData {
  data: LearnerRecord;
  /** Always `learner.put`: it tells this form from the others. */
  kind: "learner.put";
}

/** The legal hold on a learner was lifted. */
export interface AuditEventOfAuditShowReplyLearnerReleasedData {
  data: LearnerNote;
  /** Always `learner.released`: it tells this form from the others. */
  kind: "learner.released";
}

/** A plan was changed by hand or from a template. */
export interface AuditEventOfAuditShowReplyPlanChangedData {
  data: PlanChangedOfAuditShowReply;
  /** Always `plan.changed`: it tells this form from the others. */
  kind: "plan.changed";
}

/** A programme was created or replaced. */
export interface AuditEventOfAuditShowReplyProgrammePutData {
  data: ProgrammeChange;
  /** Always `programme.put`: it tells this form from the others. */
  kind: "programme.put";
}

/** A record was closed. */
export interface AuditEventOfAuditShowReplyRecordClosedData {
  data: RecordEnded;
  /** Always `record.closed`: it tells this form from the others. */
  kind: "record.closed";
}

/** A record was opened. */
export interface AuditEventOfAuditShowReplyRecordOpenedData {
  data: RecordMoved;
  /** Always `record.opened`: it tells this form from the others. */
  kind: "record.opened";
}

/** An open record was continued. */
export interface AuditEventOfAuditShowReplyRecordResumedData {
  data: RecordResumption;
  /** Always `record.resumed`: it tells this form from the others. */
  kind: "record.resumed";
}

/** A synchronisation was cancelled. */
export interface AuditEventOfAuditShowReplySyncCancelledData {
  data: SyncRecord;
  /** Always `sync.cancelled`: it tells this form from the others. */
  kind: "sync.cancelled";
}

/** A part of what a synchronisation replays was recorded before its start. */
export interface AuditEventOfAuditShowReplySyncChunkData {
  data: SyncChunk;
  /** Always `sync.chunk`: it tells this form from the others. */
  kind: "sync.chunk";
}

/** A synchronisation has finished all learners. */
export interface AuditEventOfAuditShowReplySyncCompletedData {
  data: SyncRecord;
  /** Always `sync.completed`: it tells this form from the others. */
  kind: "sync.completed";
}

/** A synchronisation was accepted. */
export interface AuditEventOfAuditShowReplySyncStartedData {
  data: SyncAccepted;
  /** Always `sync.started`: it tells this form from the others. */
  kind: "sync.started";
}

/** A synchronisation has finished one learner. */
export interface AuditEventOfAuditShowReplySyncTargetData {
  data: SyncTargetOfAuditShowReply;
  /** Always `sync.target`: it tells this form from the others. */
  kind: "sync.target";
}

/** Components were added to a template, or replaced there. */
export interface AuditEventOfAuditShowReplyTemplatePutData {
  data: TemplateChange;
  /** Always `template.put`: it tells this form from the others. */
  kind: "template.put";
}

/** Components were removed from a template. */
export interface AuditEventOfAuditShowReplyTemplateRemovedData {
  data: TemplateRemoval;
  /** Always `template.removed`: it tells this form from the others. */
  kind: "template.removed";
}

/** The settings of the tenant were replaced. */
export interface AuditEventOfAuditShowReplyTenantPutData {
  data: TenantRecord;
  /** Always `tenant.put`: it tells this form from the others. */
  kind: "tenant.put";
}

/** Body of `audit.head`. */
export type AuditHeadBody = { [key: string]: never };

/** The head of the Merkle tree over the commits of the log (RFC 6962). It is not signed. */
export interface AuditHeadReply {
  /**
   * The origin of the tree, as in the first line of a checkpoint: `plansync/`, the id of the log, `/`, and its
   * incarnation.
   */
  origin: string;
  /** The position of the log at which it was read. */
  position: PositionOfAuditHeadReply;
  /** The root of the tree. */
  root: Bytes;
  /** The number of commits in the tree, which is the position of the last one. */
  size: PositionOfAuditHeadReply;
}

/** The kind of an event of a commit. Each word is explained in docs/codes.md. */
export type AuditKind = "tenant.put" | "administrator.put" | "administrator.removed" | "learner.put" | "learner.held" | "learner.released" | "learner.erasure_requested" | "learner.erased" | "programme.put" | "template.put" | "template.removed" | "plan.changed" | "record.opened" | "record.resumed" | "record.closed" | "sync.chunk" | "sync.started" | "sync.target" | "sync.completed" | "sync.cancelled" | "command.unchanged" | "command.accepted" | "command.rejected" | "engine.started";

/** The kind of an event of a commit. Each word is explained in docs/codes.md. Later versions may have others. */
export type AuditKindOfAuditShowReply = "tenant.put" | "administrator.put" | "administrator.removed" | "learner.put" | "learner.held" | "learner.released" | "learner.erasure_requested" | "learner.erased" | "programme.put" | "template.put" | "template.removed" | "plan.changed" | "record.opened" | "record.resumed" | "record.closed" | "sync.chunk" | "sync.started" | "sync.target" | "sync.completed" | "sync.cancelled" | "command.unchanged" | "command.accepted" | "command.rejected" | "engine.started" | (string & {});

/** The kind of an event of a commit. Each word is explained in docs/codes.md. Later versions may have others. */
export type AuditKindOfAuditTraceReply = "tenant.put" | "administrator.put" | "administrator.removed" | "learner.put" | "learner.held" | "learner.released" | "learner.erasure_requested" | "learner.erased" | "programme.put" | "template.put" | "template.removed" | "plan.changed" | "record.opened" | "record.resumed" | "record.closed" | "sync.chunk" | "sync.started" | "sync.target" | "sync.completed" | "sync.cancelled" | "command.unchanged" | "command.accepted" | "command.rejected" | "engine.started" | (string & {});

/** A learner was erased. */
export interface AuditLearnerErased {
  data: LearnerErased;
  /** Always `learner.erased`: it tells this form from the others. */
  kind: "learner.erased";
}

/** The erasure of a learner was asked for. */
export interface AuditLearnerErasureRequested {
  data: LearnerNote;
  /** Always `learner.erasure_requested`: it tells this form from the others. */
  kind: "learner.erasure_requested";
}

/** A legal hold was put on a learner, who cannot be erased while it stands. */
export interface AuditLearnerHeld {
  data: LearnerNote;
  /** Always `learner.held`: it tells this form from the others. */
  kind: "learner.held";
}

/** A learner was created or replaced. */
export interface AuditLearnerPut {
  data: LearnerRecord;
  /** Always `learner.put`: it tells this form from the others. */
  kind: "learner.put";
}

/** The legal hold on a learner was lifted. */
export interface AuditLearnerReleased {
  data: LearnerNote;
  /** Always `learner.released`: it tells this form from the others. */
  kind: "learner.released";
}

/** Another commit that a commit is connected with. */
export interface AuditLink {
  /** The time at which it was recorded. */
  at: Time;
  /** The kinds of its events. */
  kinds: Array<AuditKindOfAuditShowReply>;
  /** Its position. */
  position: PositionOfAuditShowReply;
  /** Its stream. */
  stream: AuditStream;
}

/** Body of `audit.log`. A commit must pass every filter that is given. */
export interface AuditLogBody {
  /** The value `next` of the reply before, to continue after it. */
  after?: Position | null;
  /** Only commits that this actor asked for. */
  by?: Actor | null;
  /** Only commits to which this command led. An index finds them. */
  command_id?: CommandId | null;
  /**
   * Only commits that changed this component of the learner's plan, or in which a synchronisation decided about
   * it. Given with `learner` only.
   */
  component?: ComponentId | null;
  /** Only commits at this position or later. */
  from_position?: Position | null;
  /** Only commits recorded at this time or later. */
  from_time?: Time | null;
  /** Only commits with an event of one of these kinds; of any kind if it is empty. */
  kinds?: Array<AuditKind> | null;
  /**
   * Only commits about this learner: changes of the plan and of the learner's data, and results of
   * synchronisations. An index finds them. Commits of records are listed with `records` only.
   */
  learner?: LearnerId | null;
  /**
   * The most commits to return. 50 if none is given. A request reads a bounded part of the log, so there may be
   * fewer, or none, although more follow.
   */
  limit?: PageSize | null;
  /** The order; `oldest_first` if none is given. */
  order?: AuditOrder | null;
  /**
   * Whether to list commits of the learner's records, too. No index finds these: the log is read for them, as for
   * a filter by actor.
   */
  records?: boolean | null;
  /** Only commits of this synchronisation: its parts, its start, its learners and its end. An index finds them. */
  sync?: SyncId | null;
  /** Only commits at this position or earlier. */
  to_position?: Position | null;
  /** Only commits recorded before this time. */
  to_time?: Time | null;
}

/** Reply of `audit.log`. */
export interface AuditLogReply {
  /** The commits. */
  items: Array<AuditCommit>;
  /** The position to continue after; left out if there is nothing more. */
  next?: PositionOfAuditLogReply | null;
  /** The last position of the log that was visible. */
  position: PositionOfAuditLogReply;
  /** The position up to which the log was searched, in the order of the list. */
  scanned_to: PositionOfAuditLogReply;
}

/** The order of a list of commits. Each word is explained in docs/codes.md. */
export type AuditOrder = "oldest_first" | "newest_first";

/** Body of `audit.plan`. */
export interface AuditPlanBody {
  /** The value `next` of the reply before, to continue after it. */
  after?: PlanCursor | null;
  /** The point to return; the present if none is given. */
  at?: PlanPoint | null;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /**
   * The most components to return. 50 if none is given. There are fewer if they would be too large for one
   * message.
   */
  limit?: PageSize | null;
}

/** A plan was changed by hand or from a template. */
export interface AuditPlanChanged {
  data: PlanChangedOfAuditReadReply;
  /** Always `plan.changed`: it tells this form from the others. */
  kind: "plan.changed";
}

/**
 * Reply of `audit.plan`, in plan order. At a version, it is what `plan.get` returns for that version. At a
 * position or a time, open calendar tasks belong to whoever was the case owner then.
 */
export interface AuditPlanReply {
  /** The components of this page. */
  components: Array<Component>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** Where to continue; left out if there is nothing more. */
  next?: PlanCursorOfAuditPlanReply | null;
  /** The point. */
  point: PointReachedOfAuditPlanReply;
  /** The last position of the log that was visible. */
  position: PositionOfAuditPlanReply;
}

/** A programme was created or replaced. */
export interface AuditProgrammePut {
  data: ProgrammeChange;
  /** Always `programme.put`: it tells this form from the others. */
  kind: "programme.put";
}

/** Body of `audit.proof`. Either `position` or `old_size` must be given. */
export interface AuditProofBody {
  /** The size of an earlier tree, to prove that it is the beginning of the tree (a consistency proof). */
  old_size?: Position | null;
  /** The position of a commit, to prove that it is in the tree (an inclusion proof). */
  position?: Position | null;
  /** The size of the tree. All commits of the log if none is given. */
  size?: Position | null;
}

/** An inclusion proof or a consistency proof in the Merkle tree over the commits of the log (RFC 6962). */
export interface AuditProofReply {
  /** The hashes of the proof, in the order of RFC 6962. */
  hashes: Array<Bytes>;
  /** For an inclusion proof, the hash of the leaf. Its index is the position of the commit, less one. */
  leaf_hash?: Bytes | null;
  /** The origin of the tree, as in `audit.head`. */
  origin: string;
  /** The position of the log at which it was read. */
  position: PositionOfAuditProofReply;
  /** The root of the tree. */
  root: Bytes;
  /** The size of the tree. */
  size: PositionOfAuditProofReply;
}

/** Body of `audit.read`. */
export interface AuditReadBody {
  /** The first position to read: 1 for the whole log, then the value `next` of the reply before. */
  from: Position;
  /**
   * The most events to return. 500 if none is given. A request reads a bounded part of the log, so there may be
   * fewer, or none, although more follow: `next` is after `tip` only at the end.
   */
  limit?: ReadLimit | null;
  /**
   * How long to wait, in milliseconds, if there is nothing at this position yet. The reply comes as soon as the
   * log has grown, also if the commit belongs to another tenant; it then has no events. 0 if none is given.
   */
  wait_ms?: WaitMillis | null;
}

/** Reply of `audit.read`, in the order of the log. */
export interface AuditReadReply {
  /** The events. */
  items: Array<ReplayedEvent>;
  /** The position to continue from. */
  next: PositionOfAuditReadReply;
  /** How far events are published; left out while that is not known, as without a connection to the stream. */
  relayed?: Relayed | null;
  /** The last position of the log that was visible. */
  tip: PositionOfAuditReadReply;
}

/** A record was closed. */
export interface AuditRecordClosed {
  data: RecordEnded;
  /** Always `record.closed`: it tells this form from the others. */
  kind: "record.closed";
}

/** A record was opened. */
export interface AuditRecordOpened {
  data: RecordMoved;
  /** Always `record.opened`: it tells this form from the others. */
  kind: "record.opened";
}

/** An open record was continued. */
export interface AuditRecordResumed {
  data: RecordResumption;
  /** Always `record.resumed`: it tells this form from the others. */
  kind: "record.resumed";
}

/** Body of `audit.show`. */
export interface AuditShowBody {
  /** The position of the commit. */
  position: Position;
}

/** Reply of `audit.show`. */
export interface AuditShowReply {
  /** The commits that led to it, such as the start of the synchronisation. */
  causes: Array<AuditLink>;
  /** What the synchronisation replays, if the commit started one. */
  changes?: Array<FrozenChange> | null;
  /** The commit. */
  commit: AuditCommitOfAuditShowReply;
  /** What the synchronisation decided, component by component, if the commit is that of one of its learners. */
  decisions?: Array<PairOutcome> | null;
  /** The commits to which it led. */
  effects: AuditEffects;
  /** The last position of the log that was visible. */
  position: PositionOfAuditShowReply;
  /**
   * Whether changes or decisions were left out because the reply would be too large; `sync.changes` and
   * `sync.outcomes` return all.
   */
  truncated: boolean;
}

/** The stream of a commit: the one thing that the commit is about. */
export interface AuditStream {
  /**
   * The id of the tenant (also for `engine`), administrator, learner, programme, learner whose plan it is,
   * session, synchronisation or command. For a learner whom a synchronisation left unchanged: an id that is
   * derived from both.
   */
  id: string;
  /** What it is about. */
  kind: StreamKind;
}

/** A synchronisation was cancelled. */
export interface AuditSyncCancelled {
  data: SyncRecord;
  /** Always `sync.cancelled`: it tells this form from the others. */
  kind: "sync.cancelled";
}

/** A part of what a synchronisation replays was recorded before its start. */
export interface AuditSyncChunk {
  data: SyncChunk;
  /** Always `sync.chunk`: it tells this form from the others. */
  kind: "sync.chunk";
}

/** A synchronisation has finished all learners. */
export interface AuditSyncCompleted {
  data: SyncRecord;
  /** Always `sync.completed`: it tells this form from the others. */
  kind: "sync.completed";
}

/** A synchronisation was accepted. */
export interface AuditSyncStarted {
  data: SyncAccepted;
  /** Always `sync.started`: it tells this form from the others. */
  kind: "sync.started";
}

/** A synchronisation has finished one learner. */
export interface AuditSyncTarget {
  data: SyncTargetOfAuditReadReply;
  /** Always `sync.target`: it tells this form from the others. */
  kind: "sync.target";
}

/** Components were added to a template, or replaced there. */
export interface AuditTemplatePut {
  data: TemplateChange;
  /** Always `template.put`: it tells this form from the others. */
  kind: "template.put";
}

/** Components were removed from a template. */
export interface AuditTemplateRemoved {
  data: TemplateRemoval;
  /** Always `template.removed`: it tells this form from the others. */
  kind: "template.removed";
}

/** The settings of the tenant were replaced. */
export interface AuditTenantPut {
  data: TenantRecord;
  /** Always `tenant.put`: it tells this form from the others. */
  kind: "tenant.put";
}

/** Body of `audit.trace`. */
export interface AuditTraceBody {
  /** The value `next` of the reply before, to continue after it. */
  after?: Position | null;
  /** The id of the command. */
  command_id: CommandId;
  /** The most commits to return. 50 if none is given. */
  limit?: PageSize | null;
}

/** Reply of `audit.trace`: by position. Empty if no commit has this command. */
export interface AuditTraceReply {
  /** The commits. */
  items: Array<TraceItem>;
  /** The position to continue after; left out if there is nothing more. */
  next?: PositionOfAuditTraceReply | null;
  /** The last position of the log that was visible. */
  position: PositionOfAuditTraceReply;
}

/** Body of `audit.what-if`. Without a change, nothing differs. */
export interface AuditWhatIfBody {
  /** The value `next` of the reply before, to continue there. */
  after?: WhatIfCursor | null;
  /**
   * The administrator who starts it instead, with the permissions and groups of that time. The administrator who
   * started it if none is given.
   */
  judged_as?: AdministratorId | null;
  /**
   * The most differences to return. 50 if none is given. A request decides about a bounded number of learners, so
   * there may be fewer, or none, although more follow.
   */
  limit?: PageSize | null;
  /**
   * Only components of the learners in one of these statuses, in place of the conditions of the request; in any
   * status if it is empty. The conditions of the request if it is left out.
   */
  statuses?: Array<Condition> | null;
  /** The id of the synchronisation. */
  sync: SyncId;
  /** Permissions that this administrator has in addition. */
  with?: Array<PermissionOfAuditWhatIfBody> | null;
  /** Permissions that this administrator does not have. One that is also in `with` is taken away. */
  without?: Array<PermissionOfAuditWhatIfBody> | null;
}

/**
 * Reply of `audit.what-if`, by id of the learner and of the component: the components of learners about which the
 * synchronisation would have decided otherwise. Each is decided on the plan, the records and the settings on which
 * it was decided then. What was not decided, because the synchronisation did not reach the learner or failed, is
 * left out. Nothing is written.
 */
export interface AuditWhatIfReply {
  /** The differences. */
  items: Array<WhatIfDifference>;
  /** The administrator for whom it was decided again. */
  judged_as: AdministratorId;
  /** Where to continue; left out if there is nothing more. */
  next?: WhatIfCursorOfAuditWhatIfReply | null;
  /** The administrator who started it. */
  requested_by: AdministratorId;
  /** The state of the synchronisation. One that is running or was cancelled has not reached every learner. */
  state: SyncState;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/** Body of `audit.why`. */
export interface AuditWhyBody {
  /** The value `next` of the reply before, to continue after it. */
  after?: ComponentId | null;
  /** Only this component. */
  component?: ComponentId | null;
  /** The learner. */
  learner: LearnerId;
  /**
   * The most components to return. 50 if none is given. There are fewer if they would be too large for one
   * message.
   */
  limit?: PageSize | null;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/**
 * Reply of `audit.why`, in the order of component ids. It is what was decided and recorded; nothing is decided
 * again, so it does not change when permissions, enrolments or settings do.
 */
export interface AuditWhyReply {
  /** The cause, if it failed. */
  cause?: string | null;
  /** Everything that left out a learner who was not selected. */
  excluded_by: Array<Excluded>;
  /** What was decided about each component. */
  items: Array<DecidedComponent>;
  /**
   * The position of the log on which it was decided. For a learner who was not selected: the position at which the
   * learners were chosen, which for a confirmed preview is that of the preview.
   */
  judged_at?: PositionOfAuditWhyReply | null;
  /** The records at that position; left out if they did not matter. */
  judged_on?: JudgedOn | null;
  /** The learner. */
  learner: LearnerId;
  /** Whether the learner was selected, or is the source whose plan is updated, too. */
  listed: boolean;
  /** Where to continue; left out if there is nothing more. */
  next?: ComponentId | null;
  /** The position of the commit with the decision; left out if there is none. */
  position?: PositionOfAuditWhyReply | null;
  /** How far the synchronisation came with the learner. */
  reached: Reached;
  /** The administrator who started it. */
  requested_by: AdministratorId;
  /** The same in words. */
  sentence: string;
  /** Whether the learner is the source. */
  source?: boolean;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/**
 * What somebody set: the component itself, an attribute, its progress or its review. Each word is explained in
 * docs/codes.md.
 */
export type BlamedAttribute = "component" | "name" | "due_date" | "completion_mode" | "criteria" | "instructions" | "evidence_required" | "min_evidence" | "documents" | "delivery_via_organisation" | "delivery_via_employer" | "marking_aid_exercise" | "planned_for_qa" | "review_type" | "review_at" | "owner" | "status" | "evidence_submitted" | "review";

/**
 * What somebody set: the component itself, an attribute, its progress or its review. Each word is explained in
 * docs/codes.md. Later versions may have others.
 */
export type BlamedAttributeOfAuditBlameReply = "component" | "name" | "due_date" | "completion_mode" | "criteria" | "instructions" | "evidence_required" | "min_evidence" | "documents" | "delivery_via_organisation" | "delivery_via_employer" | "marking_aid_exercise" | "planned_for_qa" | "review_type" | "review_at" | "owner" | "status" | "evidence_submitted" | "review" | (string & {});

/**
 * Who set one attribute last: the last commit after which its value was another than before. If a change was
 * reversed, that is the reversal.
 */
export interface BlamedField {
  /** What was set. */
  attribute: BlamedAttributeOfAuditBlameReply;
  /** Its value before it was set; left out if it came with the component. */
  before?: AttributeValue | null;
  /** The id of the component. */
  component: ComponentId;
  /** Its name; if it was removed, its last name. */
  name: string;
  /** The commit that set it, and where a synchronisation got it from. */
  origins: Array<Origin>;
  /** For `review`: the review. */
  review?: ReviewSide | null;
  /** For `review`: the review before it was set. */
  review_before?: ReviewSide | null;
  /** Its value. For `component`: whether it is in the plan. For `review`: its status. */
  value: AttributeValue;
}

/** Bytes, in base64; in MessagePack they are `bin`. */
export type Bytes = string;

/** How a component differs from what it was, or how an edit changed it. Each word is explained in docs/codes.md. */
export type Change = "created" | "updated" | "deleted";

/** Sets attributes of a component. */
export interface ChangeComponent {
  /** The id of the component. */
  component: ComponentId;
  /** Always `change`: it tells this form from the others. */
  op: "change";
  /** The reason. An administrator needs one to change a due date. */
  reason?: string | null;
  /** The attributes and their values. */
  set: AttributesOfPlanEditBody;
}

/**
 * A component before and after a commit: what differs. Of one that was added or removed, all attributes; they are
 * null on the side where it is not there.
 */
export interface ChangedValues {
  /** The attributes. */
  attributes: Array<AttributeChange>;
  /** The number of pieces of evidence that were submitted. */
  evidence?: EvidenceDifference | null;
  /** The review. */
  review?: ReviewDifference | null;
  /** The progress. */
  status?: StatusDifference | null;
}

/** A place in a list of changes. */
export interface ChangesCursor {
  /** The learner whose plan is read next. */
  learner: LearnerId;
  /** The number of its changes that were returned already. */
  skip: number;
  /** The version of the plan that is read next. */
  version: Version;
}

/** A place in a list of changes. */
export interface ChangesCursorOfAuditChangesReply {
  /** The learner whose plan is read next. */
  learner: LearnerId;
  /** The number of its changes that were returned already. */
  skip: number;
  /** The version of the plan that is read next. */
  version: VersionOfAuditChangesReply;
}

/** Why a record was closed. Each word is explained in docs/codes.md. Later versions may have others. */
export type CloseReason = "closed" | "idle" | "displaced" | (string & {});

/** Body of the event `command.accepted`: a durable command was carried out. */
export interface CommandAccepted {
  /** The id of the command. */
  command_id: CommandId;
  /** The name of the operation. */
  operation: string;
  /** The reply of the operation. */
  reply: { [key: string]: unknown };
}

/** A command, as its sender named it. Ids are unique within a tenant. A uuid; in MessagePack 16 bytes. */
export type CommandId = string;

/** Body of the event `command.rejected`: a durable command was refused, and changed nothing. */
export interface CommandRejected {
  /**
   * The body of the command, if it could not be decoded. Only the audit tells it, until a learner is erased;
   * earlier versions published it.
   */
  bytes?: Bytes | null;
  /** The id of the command. */
  command_id: CommandId;
  /** The refusal. */
  error: ErrorOfAuditShowReply;
  /**
   * Length and digest of the body instead, if it is not kept: bodies of more than 256 KiB, or of more than 8 MiB
   * per tenant in all, are not.
   */
  not_kept?: NotKept | null;
  /** The operation, as it stands in the subject; it may not exist. */
  operation: string;
}

/** The durable commands. */
export interface CommandsStatus {
  /** Commands that were accepted. */
  accepted: number;
  /** Commands that were rejected. */
  rejected: number;
}

/** One component of a plan. */
export interface Component {
  /** All attributes of its type. */
  attributes: Attributes;
  /** Its id; the same on every plan that has it. */
  component: ComponentId;
  /** How often evidence was submitted. */
  evidence_submitted: number;
  /** Whether it comes from the template of the programme. */
  from_template: boolean;
  /** The commit that last changed it. */
  last_updated: LastUpdatedOfPlanGetReply;
  /** The programme it belongs to. */
  programme: ProgrammeId;
  /** Its review; null if its type has none. */
  review?: Review | null;
  /** Its status. */
  status: Status;
  /** Its type. */
  type: ComponentType;
}

/** The attributes of a component that is added; it needs a name. */
export interface ComponentAttributes {
  /** Who completes the component. */
  completion_mode?: "learner" | "tutor" | "employer" | "automatic";
  /** The criteria that the component covers: a set, returned sorted. */
  criteria?: Array<string>;
  /** Whether the employer delivers the component. */
  delivery_via_employer?: boolean;
  /** Whether the organisation delivers the component. */
  delivery_via_organisation?: boolean;
  /** The ids of documents, each once, in the order given. */
  documents?: Array<string>;
  /** The day by which the component is due; null if there is none. RFC 3339 full-date of the years 0001 to 9999. */
  due_date?: string | null;
  /** Whether the learner has to submit evidence. */
  evidence_required?: boolean;
  /** What the learner has to do. */
  instructions?: string;
  /** The id of the Marking Aid exercise; null if there is none. Only in tenants with Marking Aid. */
  marking_aid_exercise?: string | null;
  /** How often evidence has to be submitted at least. */
  min_evidence?: number;
  /** The name of the component. */
  name: string;
  /** The administrator who is responsible for the component; null if nobody is. On plans only. */
  owner?: string | null;
  /** Whether the component is planned for quality assurance. On plans only. */
  planned_for_qa?: boolean;
  /**
   * The time of the review's meeting; null if there is none. On plans, and for components of the type `review`
   * only. RFC 3339 date-time of the years 0001 to 9999. Returned in UTC, with six digits of a second and `Z`. Any
   * fraction is accepted (digits beyond a microsecond are cut off), and any offset; leap seconds (`:60`) and a
   * space instead of `T` are refused.
   */
  review_at?: string | null;
  /** The type of the review; null if there is none. For components of the type `review` only. */
  review_type?: string | null;
}

/** What an edit changed in one component. */
export interface ComponentChange {
  /** The attributes that were set. */
  attributes: Array<AttributeAfter>;
  /** Whether it was created, updated or deleted. */
  change: Change;
  /** The id of the component. */
  component: ComponentId;
  /** How often evidence had been submitted after it. */
  evidence?: number | null;
  /** The reason for a changed date; empty if it was erased. Published events have none. */
  reason?: string | null;
  /** The review status that was set. */
  review_status?: ReviewStatus | null;
  /** The status that was set. */
  status?: Status | null;
  /** The version of the template from which a component was added again. */
  template_version?: VersionOfAuditLogReply | null;
}

/** What an edit changed in one component. */
export interface ComponentChangeOfAuditReadReply {
  /** The attributes that were set. */
  attributes: Array<AttributeAfter>;
  /** Whether it was created, updated or deleted. */
  change: Change;
  /** The id of the component. */
  component: ComponentId;
  /** How often evidence had been submitted after it. */
  evidence?: number | null;
  /** The reason for a changed date; empty if it was erased. Published events have none. */
  reason?: string | null;
  /** The review status that was set. */
  review_status?: ReviewStatus | null;
  /** The status that was set. */
  status?: Status | null;
  /** The version of the template from which a component was added again. */
  template_version?: VersionOfAuditReadReply | null;
}

/** What an edit changed in one component. */
export interface ComponentChangeOfAuditShowReply {
  /** The attributes that were set. */
  attributes: Array<AttributeAfter>;
  /** Whether it was created, updated or deleted. */
  change: Change;
  /** The id of the component. */
  component: ComponentId;
  /** How often evidence had been submitted after it. */
  evidence?: number | null;
  /** The reason for a changed date; empty if it was erased. Published events have none. */
  reason?: string | null;
  /** The review status that was set. */
  review_status?: ReviewStatus | null;
  /** The status that was set. */
  status?: Status | null;
  /** The version of the template from which a component was added again. */
  template_version?: VersionOfAuditShowReply | null;
}

/** What an edit changed in one component. */
export interface ComponentChangeOfEventPlanChanged {
  /** The attributes that were set. */
  attributes: Array<AttributeAfter>;
  /** Whether it was created, updated or deleted. */
  change: Change;
  /** The id of the component. */
  component: ComponentId;
  /** How often evidence had been submitted after it. */
  evidence?: number | null;
  /** The reason for a changed date; empty if it was erased. Published events have none. */
  reason?: string | null;
  /** The review status that was set. */
  review_status?: ReviewStatus | null;
  /** The status that was set. */
  status?: Status | null;
  /** The version of the template from which a component was added again. */
  template_version?: VersionOfEventPlanChanged | null;
}

/** What an edit changed in one component. */
export interface ComponentChangeOfPlanHistoryReply {
  /** The attributes that were set. */
  attributes: Array<AttributeAfter>;
  /** Whether it was created, updated or deleted. */
  change: Change;
  /** The id of the component. */
  component: ComponentId;
  /** How often evidence had been submitted after it. */
  evidence?: number | null;
  /** The reason for a changed date; empty if it was erased. Published events have none. */
  reason?: string | null;
  /** The review status that was set. */
  review_status?: ReviewStatus | null;
  /** The status that was set. */
  status?: Status | null;
  /** The version of the template from which a component was added again. */
  template_version?: VersionOfPlanHistoryReply | null;
}

/**
 * The components to synchronise: `recent` (the preselected ones: those with recent changes that were not
 * synchronised yet), `all` components of the programme, or a list.
 */
export type ComponentChoice = "recent" | "all" | Array<ComponentId>;

/** A decision about a component. */
export interface ComponentDecision {
  /** What the synchronisation does with it. */
  action: Action;
  /** The permissions that are missing. */
  missing_permissions: Array<Permission>;
  /** The outcome. */
  outcome: Outcome;
  /** Why it is skipped. */
  reason?: Reason | null;
  /** The decision in words. */
  sentence: string;
  /** Warnings. */
  warnings: Array<Warning>;
}

/** What a commit changed in one component. */
export interface ComponentDifference {
  /**
   * The attributes that differ. For a component that was created (null before) or deleted (null after): all
   * attributes of its type.
   */
  attributes: Array<AttributeChange>;
  /** Whether it was created, updated or deleted. */
  change: Change;
  /** The id of the component. */
  component: ComponentId;
  /** How often evidence was submitted, if that differs; 0 on the side on which the component does not exist. */
  evidence?: EvidenceDifference | null;
  /** Its name; if it was deleted, its last name. */
  name: string;
  /**
   * The reason for a changed date. For a due date that was synchronised: the reason given for the edit at the
   * source. Empty if it was erased.
   */
  reason?: string | null;
  /** Its review, if it differs; null on the side on which it has none. */
  review?: ReviewDifference | null;
  /** Its status, if it differs; null on the side on which the component does not exist. */
  status?: StatusDifference | null;
  /** Its calendar tasks. */
  tasks: TaskMoves;
}

/** A component (activity). It has the same id on every plan that has it. A uuid; in MessagePack 16 bytes. */
export type ComponentId = string;

/** The type of a component: `assignment`, `exam`, `review`, … */
export type ComponentType = string;

/**
 * A condition on the component in a learner's plan: its status, or that it is planned for QA. Each word is
 * explained in docs/codes.md.
 */
export type Condition = "not_started" | "in_progress" | "submitted" | "returned" | "completed" | "planned_for_qa";

/** A preview, identified by position and digest of its reply. */
export interface Confirm {
  /** Its digest: of the request without `confirm`, and of the changes that it would replay. */
  digest: Digest;
  /** The position of the log at which it was evaluated. */
  position: PositionOfAuditLogReply;
}

/** A preview, identified by position and digest of its reply. */
export interface ConfirmOfAuditReadReply {
  /** Its digest: of the request without `confirm`, and of the changes that it would replay. */
  digest: Digest;
  /** The position of the log at which it was evaluated. */
  position: PositionOfAuditReadReply;
}

/** A preview, identified by position and digest of its reply. */
export interface ConfirmOfAuditShowReply {
  /** Its digest: of the request without `confirm`, and of the changes that it would replay. */
  digest: Digest;
  /** The position of the log at which it was evaluated. */
  position: PositionOfAuditShowReply;
}

/** A preview, identified by position and digest of its reply. */
export interface ConfirmOfEventSyncStarted {
  /** Its digest: of the request without `confirm`, and of the changes that it would replay. */
  digest: Digest;
  /** The position of the log at which it was evaluated. */
  position: PositionOfEventSyncStarted;
}

/** A preview, identified by position and digest of its reply. */
export interface ConfirmOfSyncAffectedBody {
  /** Its digest: of the request without `confirm`, and of the changes that it would replay. */
  digest: Digest;
  /** The position of the log at which it was evaluated. */
  position: Position;
}

/** A preview, identified by position and digest of its reply. */
export interface ConfirmOfSyncExplainBody {
  /** Its digest: of the request without `confirm`, and of the changes that it would replay. */
  digest: Digest;
  /** The position of the log at which it was evaluated. */
  position: Position;
}

/** A preview, identified by position and digest of its reply. */
export interface ConfirmOfSyncPreviewBody {
  /** Its digest: of the request without `confirm`, and of the changes that it would replay. */
  digest: Digest;
  /** The position of the log at which it was evaluated. */
  position: Position;
}

/** A preview, identified by position and digest of its reply. */
export interface ConfirmOfSyncStartBody {
  /** Its digest: of the request without `confirm`, and of the changes that it would replay. */
  digest: Digest;
  /** The position of the log at which it was evaluated. */
  position: Position;
}

/** What happened to a component. Each word is explained in docs/codes.md. */
export type ContentChange = "added" | "removed" | "due_date_moved" | "updated" | "progress";

/** What was decided about one component. */
export interface DecidedComponent {
  /** What the synchronisation does with it. */
  action: Action;
  /** The id of the component. */
  component: ComponentId;
  /** The permissions that were missing. */
  missing_permissions: Array<Permission>;
  /** Its name at the source. */
  name: string;
  /** The outcome. */
  outcome: Outcome;
  /** Why it was skipped. */
  reason?: Reason | null;
  /** The decision in words. */
  sentence: string;
  /** The status that it had in the learner's plan; left out if the plan did not have it. */
  status?: Status | null;
  /** Warnings. */
  warnings: Array<Warning>;
}

/** The reason for a code: which permission is missing, or why a session is no longer open. */
export type DetailReason = PermissionReason | SessionEnd;

/** What a program may need in addition to the code. */
export interface Details {
  /** The largest page size with which every page of this list fits. */
  page_size?: number | null;
  /** The path of the field at fault, such as `edits[3].set.name`. */
  path?: string | null;
  /** Which permission is missing, or why a session is no longer open. */
  reason?: DetailReason | null;
  /** The session that replaced the one that is no longer open. */
  replaced_by?: SessionId | null;
  /** How long to wait before sending it again, in milliseconds. */
  retry_after_ms?: number | null;
  /** The version of the plan. */
  version?: VersionOfAuditLogReply | null;
}

/** What a program may need in addition to the code. */
export interface DetailsOfAuditReadReply {
  /** The largest page size with which every page of this list fits. */
  page_size?: number | null;
  /** The path of the field at fault, such as `edits[3].set.name`. */
  path?: string | null;
  /** Which permission is missing, or why a session is no longer open. */
  reason?: DetailReason | null;
  /** The session that replaced the one that is no longer open. */
  replaced_by?: SessionId | null;
  /** How long to wait before sending it again, in milliseconds. */
  retry_after_ms?: number | null;
  /** The version of the plan. */
  version?: VersionOfAuditReadReply | null;
}

/** What a program may need in addition to the code. */
export interface DetailsOfAuditShowReply {
  /** The largest page size with which every page of this list fits. */
  page_size?: number | null;
  /** The path of the field at fault, such as `edits[3].set.name`. */
  path?: string | null;
  /** Which permission is missing, or why a session is no longer open. */
  reason?: DetailReason | null;
  /** The session that replaced the one that is no longer open. */
  replaced_by?: SessionId | null;
  /** How long to wait before sending it again, in milliseconds. */
  retry_after_ms?: number | null;
  /** The version of the plan. */
  version?: VersionOfAuditShowReply | null;
}

/** What a program may need in addition to the code. */
export interface DetailsOfError {
  /** The largest page size with which every page of this list fits. */
  page_size?: number | null;
  /** The path of the field at fault, such as `edits[3].set.name`. */
  path?: string | null;
  /** Which permission is missing, or why a session is no longer open. */
  reason?: DetailReason | null;
  /** The session that replaced the one that is no longer open. */
  replaced_by?: SessionId | null;
  /** How long to wait before sending it again, in milliseconds. */
  retry_after_ms?: number | null;
  /** The version of the plan. */
  version?: VersionOfError | null;
}

/** What a program may need in addition to the code. */
export interface DetailsOfEventCommandRejected {
  /** The largest page size with which every page of this list fits. */
  page_size?: number | null;
  /** The path of the field at fault, such as `edits[3].set.name`. */
  path?: string | null;
  /** Which permission is missing, or why a session is no longer open. */
  reason?: DetailReason | null;
  /** The session that replaced the one that is no longer open. */
  replaced_by?: SessionId | null;
  /** How long to wait before sending it again, in milliseconds. */
  retry_after_ms?: number | null;
  /** The version of the plan. */
  version?: VersionOfEventCommandRejected | null;
}

/** A place in a list of differences. */
export interface DiffCursor {
  /** The version of the plan at the first point. */
  from: Version;
  /** The number of items before the place. */
  skip: number;
  /** The version of the plan at the second point. */
  to: Version;
}

/** A place in a list of differences. */
export interface DiffCursorOfAuditDiffReply {
  /** The version of the plan at the first point. */
  from: VersionOfAuditDiffReply;
  /** The number of items before the place. */
  skip: number;
  /** The version of the plan at the second point. */
  to: VersionOfAuditDiffReply;
}

/** A SHA-256 digest: 64 lower-case hexadecimal digits. */
export type Digest = string;

/** How often something took so long, since the start. */
export interface Durations {
  /** Bounds in microseconds, rising. */
  bounds_us: Array<number>;
  /**
   * How often it took longer than the bound before and up to each bound; at the end, how often longer than the
   * last.
   */
  counts: Array<number>;
  /** The sum of all durations in microseconds. */
  sum_us: number;
}

/** One edit of a plan. */
export type Edit = AddComponent | AddFromTemplate | ChangeComponent | RemoveComponent | SetComponentStatus | SubmitEvidence | SetReviewStatus;

/** The limits that an engine was started with. One that a later version added is 0 in an earlier start. */
export interface EngineLimits {
  /** The largest number of components in one synchronisation. */
  components: number;
  /** The largest number of learners in one synchronisation. */
  learners: number;
  /** The largest number of records that one administrator may have open. */
  open_records: number;
  /** The largest number of running synchronisations of one administrator. */
  running_syncs: number;
  /** The largest number of running synchronisations of one tenant. */
  tenant_running_syncs: number;
}

/** A part of the engine, or something that it needs. Each word is explained in docs/codes.md. */
export type EnginePart = "nats" | "log" | "disk" | "streams" | "consumer" | "relay" | "process";

/** Something that is wrong with the engine. */
export interface EngineProblem {
  /** What is wrong, what is not lost, and what to do. */
  message: string;
  /** The part that it concerns. */
  part: EnginePart;
  /** How urgent it is. */
  urgency: Urgency;
}

/** A start of the engine whose values differ from those of the start before. What follows was decided by these. */
export interface EngineStart {
  /** The number of the rules by which commands are decided and plans are computed. It is raised when they change. */
  fold: number;
  /** The limits that the engine was started with. */
  limits: EngineLimits;
  /** The version of plansync. */
  version: string;
}

/** Body of `engine.status`. */
export type EngineStatusBody = { [key: string]: never };

/** How the engine stands. Counts begin with 0 at its start. Its size does not grow with the data. */
export interface EngineStatusReply {
  /** When this was told. */
  at: Time;
  /** The durable commands. */
  commands: CommandsStatus;
  /** The publishing of events. */
  events: EventsStatus;
  /** What the engine holds of all tenants. */
  held: HeldStatus;
  /** The log. */
  log: LogStatus;
  /** Every part, and whether it is ready. */
  parts: Array<PartStatus>;
  /** What is wrong, the most urgent first: at most 32. */
  problems: Array<EngineProblem>;
  /** The process and its disk. */
  process: ProcessStatus;
  /** Whether every part is ready. */
  ready: boolean;
  /** The requests. */
  requests: RequestsStatus;
  /** When the engine was started. */
  started_at: Time;
  /** The synchronisations. */
  syncs: SyncsStatus;
  /** The version of plansync. */
  version: string;
}

/** The enrolment of a learner on a programme. */
export interface Enrolment {
  /** The id of the programme; the programme need not exist yet. */
  programme: ProgrammeId;
  /** The status of the enrolment. */
  status: ProgrammeStatus;
}

/** The enrolment of a learner on a programme. */
export interface EnrolmentOfLearnerPutBody {
  /** The id of the programme; the programme need not exist yet. */
  programme: ProgrammeId;
  /** The status of the enrolment. */
  status: ProgrammeStatus;
}

/** A refusal. */
export interface Error {
  /** The kind of refusal, for programs. */
  code: ErrorCode;
  /** Details for programs. */
  details?: DetailsOfAuditReadReply | null;
  /** What happened and what to do, for people. */
  message: string;
}

/**
 * The kind of a refusal. A program decides by it what to do. Each word is explained in docs/codes.md. Later
 * versions may have others.
 */
export type ErrorCode = "invalid_request" | "page_too_large" | "unknown_actor" | "not_permitted" | "sync_not_permitted" | "unknown_operation" | "tenant_not_found" | "administrator_not_found" | "learner_not_available" | "component_not_found" | "programme_not_found" | "session_not_open" | "sync_not_found" | "version_conflict" | "command_id_reused" | "source_changed" | "reading_expired" | "component_exists" | "session_exists" | "sync_exists" | "unsupported_media_type" | "too_many_components" | "too_many_learners" | "nothing_selected" | "no_recent_changes" | "attribute_not_allowed" | "reason_required" | "overloaded" | "internal" | "log_damaged" | "unavailable" | "learner_erased" | "learner_held" | (string & {});

/** A refusal. */
export interface ErrorOfAuditShowReply {
  /** The kind of refusal, for programs. */
  code: ErrorCode;
  /** Details for programs. */
  details?: DetailsOfAuditShowReply | null;
  /** What happened and what to do, for people. */
  message: string;
}

/** A refusal. */
export interface ErrorOfError {
  /** The kind of refusal, for programs. */
  code: ErrorCode;
  /** Details for programs. */
  details?: DetailsOfError | null;
  /** What happened and what to do, for people. */
  message: string;
}

/** A refusal. */
export interface ErrorOfEventCommandRejected {
  /** The kind of refusal, for programs. */
  code: ErrorCode;
  /** Details for programs. */
  details?: DetailsOfEventCommandRejected | null;
  /** What happened and what to do, for people. */
  message: string;
}

/** The body of an error reply. */
export interface ErrorReply {
  /** The refusal. */
  error: ErrorOfError;
}

/** Body of the event `command.accepted`: a durable command was carried out. */
export interface EventCommandAccepted {
  /** The id of the command. */
  command_id: CommandId;
  /** The name of the operation. */
  operation: string;
  /** The reply of the operation. */
  reply: { [key: string]: unknown };
}

/** Body of the event `command.rejected`: a durable command was refused, and changed nothing. */
export interface EventCommandRejected {
  /**
   * The body of the command, if it could not be decoded. Only the audit tells it, until a learner is erased;
   * earlier versions published it.
   */
  bytes?: Bytes | null;
  /** The id of the command. */
  command_id: CommandId;
  /** The refusal. */
  error: ErrorOfEventCommandRejected;
  /**
   * Length and digest of the body instead, if it is not kept: bodies of more than 256 KiB, or of more than 8 MiB
   * per tenant in all, are not.
   */
  not_kept?: NotKept | null;
  /** The operation, as it stands in the subject; it may not exist. */
  operation: string;
}

/**
 * Body of the event `learner.erased`: nobody can read the learner's name and the reasons given for their due dates
 * any more, nor the searches that found them.
 */
export interface EventLearnerErased {
  /** The id of the learner. */
  learner: LearnerId;
  /** How many synchronisations lost the text of their search. */
  searches: number;
}

/** Body of the event `plan.changed`: a plan was changed by hand or from a template. */
export interface EventPlanChanged {
  /** What was changed. */
  changes: Array<PlanChangeOfEventPlanChanged>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The version of the plan after it. */
  version: VersionOfEventPlanChanged;
}

/**
 * Body of the event `record.closed`. There is no such event if the administrator opened the same record again: the
 * event `record.opened` of the new session names the closed one as `replaced`.
 */
export interface EventRecordClosed {
  /** The administrator who had it open. */
  administrator: AdministratorId;
  /** The learner whose record it is. */
  learner: LearnerId;
  /** Why it was closed. Events of early versions have no reason; they closed records only on request. */
  reason?: CloseReason;
  /** The id of the session. */
  session: SessionId;
}

/** Body of the event `record.opened`. */
export interface EventRecordOpened {
  /** The administrator who opened it. */
  administrator: AdministratorId;
  /** The learner whose record it is. */
  learner: LearnerId;
  /** The session that was closed because this one was opened. */
  replaced?: SessionId | null;
  /** The id of the session. */
  session: SessionId;
}

/** Reply of `sync.get`. */
export interface EventSyncCancelled {
  /** The number of components. */
  components: number;
  /** How many components were created. */
  created: number;
  /** How many components were deleted. */
  deleted: number;
  /** How many learners are finished. */
  done: number;
  /** The time at which it ended. */
  finished_at?: Time | null;
  /**
   * The number of learners; the source, whose own plan a synchronisation of the type `selected_attributes`
   * updates, too, is none of them.
   */
  learners: number;
  /**
   * The numbers of outcomes so far, of the learners' plans only. `sync.outcomes` lists those of the source's own
   * plan.
   */
  pairs: PairCounts;
  /** The programme whose components are synchronised. */
  programme: ProgrammeId;
  /** The actor who asked for it. */
  requested_by: Actor;
  /** The source of the changes. */
  source: SyncSource;
  /** The time at which it was accepted. */
  started_at: Time;
  /** Its state. */
  state: SyncState;
  /** The id of the synchronisation. */
  sync: SyncId;
  /** The type of the synchronisation. */
  type: SyncType;
  /** How many components were updated. */
  updated: number;
}

/** Reply of `sync.get`. */
export interface EventSyncCompleted {
  /** The number of components. */
  components: number;
  /** How many components were created. */
  created: number;
  /** How many components were deleted. */
  deleted: number;
  /** How many learners are finished. */
  done: number;
  /** The time at which it ended. */
  finished_at?: Time | null;
  /**
   * The number of learners; the source, whose own plan a synchronisation of the type `selected_attributes`
   * updates, too, is none of them.
   */
  learners: number;
  /**
   * The numbers of outcomes so far, of the learners' plans only. `sync.outcomes` lists those of the source's own
   * plan.
   */
  pairs: PairCounts;
  /** The programme whose components are synchronised. */
  programme: ProgrammeId;
  /** The actor who asked for it. */
  requested_by: Actor;
  /** The source of the changes. */
  source: SyncSource;
  /** The time at which it was accepted. */
  started_at: Time;
  /** Its state. */
  state: SyncState;
  /** The id of the synchronisation. */
  sync: SyncId;
  /** The type of the synchronisation. */
  type: SyncType;
  /** How many components were updated. */
  updated: number;
}

/** Body of the event `sync.started`. */
export interface EventSyncStarted {
  /** The number of components. */
  components: number;
  /** A digest of the request and of the changes that it replays. */
  digest: Digest;
  /** The number of learners. */
  learners: number;
  /** The request. */
  request: SyncRequestOfEventSyncStarted;
  /**
   * Whether the text that the request searches for was left out of it: the audit shows it to those who see every
   * learner, and to the administrator who made the request. Events always have it.
   */
  search_left_out?: boolean;
  /** The source of the changes. */
  source: SyncSource;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/** Body of the event `sync.target`: a synchronisation has finished one learner. */
export interface EventSyncTarget {
  /** The number of components to which changes were applied. */
  applied: number;
  /**
   * The components that were created, by id. The event has at most 256 ids in all: first those of components, in
   * this order of fields, then those of tasks.
   */
  created?: Array<ComponentId>;
  /** The components that were deleted, by id. */
  deleted?: Array<ComponentId>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The numbers of components that were skipped, by the reasons of `sync.outcomes`. */
  skipped: { [key: string]: number };
  /** The id of the synchronisation. */
  sync: SyncId;
  /** The calendar tasks, in the order of their components. */
  tasks?: TaskMoves;
  /** Whether ids were left out; `plan.change` and `sync.outcomes` return all. */
  truncated?: boolean;
  /** The number of components that already had these values. */
  unchanged: number;
  /** The components that were updated, by id. */
  updated?: Array<ComponentId>;
  /** The version of the plan after it, if the plan was changed. */
  version?: VersionOfEventSyncTarget | null;
  /** The numbers of components with a warning, by the codes of `sync.outcomes`. */
  warnings: { [key: string]: number };
}

/** The publishing of events. */
export interface EventsStatus {
  /** Durable commits whose events wait to be published. It is left out while that is not known. */
  behind?: number | null;
  /** How long the oldest of these commits has waited, in milliseconds. */
  behind_ms?: number | null;
}

/** How often evidence was submitted, before and after. */
export interface EvidenceDifference {
  /** After the commit. */
  after: number;
  /** Before the commit. */
  before: number;
}

/** How often evidence was submitted at both points, and by whom. */
export interface EvidenceOrigin {
  /** At the second point. */
  after: number;
  /** At the first point. */
  before: number;
  /** The last commit between the points that submitted some; empty if it came or went with the component. */
  origins: Array<OriginOfAuditDiffReply>;
}

/** One thing that left a learner out. */
export interface Excluded {
  /** The rule or filter. */
  rule: SelectionRule;
  /** The same in words. */
  sentence: string;
}

/** What would happen to the component in the plan of one learner. */
export interface ExplainedPair {
  /** What the synchronisation does with the component. */
  action: Action;
  /** The attributes that would change in the plan of the learner. */
  changes: Array<PairChange>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The name of the learner; null if the learner is not available. */
  name?: string | null;
  /** The outcome. */
  outcome: Outcome;
  /** The programme that is synchronised; null if the learner is not available. */
  programme?: ProgrammeId | null;
  /** Why it would be skipped. */
  reason?: Reason | null;
  /** Whether it is the plan of the source itself. It comes first. */
  source?: boolean;
  /** Warnings. */
  warnings: Array<Warning>;
}

/** A filter whose values `sync.filters` lists. Each word is explained in docs/codes.md. */
export type FilterField = "type" | "programme_status" | "group" | "tutor";

/** A value of a filter. */
export interface FilterValue {
  /** The number of components or learners with this value. */
  count: number;
  /** The name of a tutor who exists. */
  name?: string | null;
  /** The value. */
  value: string;
}

/** The enrolment of a learner, with the name of the programme. */
export interface FoundEnrolment {
  /** The name of the programme. */
  name: string;
  /** The id of the programme. */
  programme: ProgrammeId;
  /** The status of the enrolment. */
  status: ProgrammeStatus;
}

/** A learner whom the actor may see. */
export interface FoundLearner {
  /** The id of the learner. */
  learner: LearnerId;
  /** The name of the learner; empty if the learner was erased. */
  name: string;
  /** The enrolments of the learner on programmes that exist. */
  programmes: Array<FoundEnrolment>;
}

/** A value that is replayed. */
export interface FrozenAttribute {
  /** The elements to add, if the attribute is replayed element by element. */
  added?: Array<string> | null;
  /** The value that the target gets. */
  after: AttributeValue;
  /** The name of the attribute. */
  attribute: AttributeName;
  /** The value at the source when the record was opened, if a recent change is replayed. */
  before?: AttributeValue | null;
  /** The elements to remove. */
  removed?: Array<string> | null;
}

/** The changes of one component that are replayed. */
export interface FrozenChange {
  /** The values that are replayed. */
  attributes: Array<FrozenAttribute>;
  /** How it is replayed; null if there is nothing to replay. */
  change?: Replay | null;
  /** The id of the component. */
  component: ComponentId;
  /** Its name at the source; if it was deleted there, its last name. */
  name: string;
}

/** A group of learners. Administrators see the learners of the groups that they may view. */
export type Group = string;

/**
 * The groups that an administrator may view: `all`, or a list. A learner is visible if all groups of the learner
 * are among them.
 */
export type GroupsViewed = "all" | Array<Group>;

/** What the engine holds of all tenants. */
export interface HeldStatus {
  /** Learners. */
  learners: number;
  /** Open records. */
  open_records: number;
  /** Plans. */
  plans: number;
  /** Plans that were fetched from the log. */
  plans_fetched: number;
  /** Plans that are in memory. */
  plans_resident: number;
  /** Tenants. */
  tenants: number;
}

/** The hours after which an unused record is closed. */
export type IdleHours = number;

/** What an instantiation added. */
export interface Instantiated {
  /** The number of components that were added. */
  added: number;
  /** The programme whose template it is. */
  programme: ProgrammeId;
  /** The version of the template. */
  template_version: VersionOfAuditLogReply;
}

/** To several components, from a template. */
export interface InstantiatedChange {
  /** The programme and the number of components. */
  instantiated: InstantiatedOfAuditReadReply;
}

/** What an instantiation added. */
export interface InstantiatedOfAuditReadReply {
  /** The number of components that were added. */
  added: number;
  /** The programme whose template it is. */
  programme: ProgrammeId;
  /** The version of the template. */
  template_version: VersionOfAuditReadReply;
}

/** What an instantiation added. */
export interface InstantiatedOfAuditShowReply {
  /** The number of components that were added. */
  added: number;
  /** The programme whose template it is. */
  programme: ProgrammeId;
  /** The version of the template. */
  template_version: VersionOfAuditShowReply;
}

/** What an instantiation added. */
export interface InstantiatedOfEventPlanChanged {
  /** The number of components that were added. */
  added: number;
  /** The programme whose template it is. */
  programme: ProgrammeId;
  /** The version of the template. */
  template_version: VersionOfEventPlanChanged;
}

/** What an instantiation added. */
export interface InstantiatedOfPlanHistoryReply {
  /** The number of components that were added. */
  added: number;
  /** The programme whose template it is. */
  programme: ProgrammeId;
  /** The version of the template. */
  template_version: VersionOfPlanHistoryReply;
}

/** The records on which a synchronisation decided. */
export interface JudgedOn {
  /** The case owner of the learner, if there was one. */
  case_owner?: AdministratorId | null;
  /** The enrolments of the learner. */
  enrolments: Array<Enrolment>;
  /** The groups of the learner. */
  groups: Array<Group>;
  /** The groups that this administrator could view; left out if the administrator had been removed. */
  groups_viewed?: GroupsViewed | null;
  /** Whether the tenant used Marking Aid exercises. */
  marking_aid: boolean;
  /** What happened to an owner who was the case owner. */
  owner_rule: OwnerRule;
  /** The permissions of the administrator who started it; left out if the administrator had been removed. */
  permissions?: Array<Permission> | null;
  /** The version of the learner's plan. */
  plan_version: VersionOfAuditWhyReply;
}

/** The commit that last changed something. */
export interface LastUpdated {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The position of the commit in the log. */
  position: PositionOfAuditPlanReply;
}

/** The commit that last changed something. */
export interface LastUpdatedOfPlanGetReply {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The position of the commit in the log. */
  position: PositionOfPlanGetReply;
}

/** The commit that last changed something. */
export interface LastUpdatedOfRecordChangesReply {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The position of the commit in the log. */
  position: PositionOfRecordChangesReply;
}

/** The commit that last changed something. */
export interface LastUpdatedOfSyncComponentsReply {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The position of the commit in the log. */
  position: PositionOfSyncComponentsReply;
}

/** The commit that last changed something. */
export interface LastUpdatedOfSyncPreviewReply {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The position of the commit in the log. */
  position: PositionOfSyncPreviewReply;
}

/** The learners to synchronise to: `all` who can be chosen, a list, or a filter. */
export type LearnerChoice = "all" | Array<LearnerId> | LearnerFilterOfSyncAffectedBody;

/** The learners to synchronise to: `all` who can be chosen, a list, or a filter. */
export type LearnerChoiceOfSyncExplainBody = "all" | Array<LearnerId> | LearnerFilterOfSyncExplainBody;

/** The learners to synchronise to: `all` who can be chosen, a list, or a filter. */
export type LearnerChoiceOfSyncPreviewBody = "all" | Array<LearnerId> | LearnerFilterOfSyncPreviewBody;

/** The learners to synchronise to: `all` who can be chosen, a list, or a filter. */
export type LearnerChoiceOfSyncStartBody = "all" | Array<LearnerId> | LearnerFilterOfSyncStartBody;

/** Body of `learner.erase`. */
export interface LearnerEraseBody {
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** The id of the learner. */
  learner: LearnerId;
}

/** The reply of every `put` and `remove`. */
export interface LearnerEraseReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position of the commit in the log. */
  position: PositionOfLearnerEraseReply;
}

/**
 * Body of the event `learner.erased`: nobody can read the learner's name and the reasons given for their due dates
 * any more, nor the searches that found them.
 */
export interface LearnerErased {
  /** The id of the learner. */
  learner: LearnerId;
  /** How many synchronisations lost the text of their search. */
  searches: number;
}

/**
 * A filter of learners. A learner passes if one value of every given field applies; an empty filter lets everybody
 * pass.
 */
export interface LearnerFilter {
  /** Learners who do not pass. */
  except?: Array<LearnerId> | null;
  /** The groups. */
  groups?: Array<Group> | null;
  /** The statuses of the enrolment. */
  programme_statuses?: Array<ProgrammeStatus> | null;
  /** A part of the name. Case and accents are ignored. */
  search?: string | null;
  /** The tutors. */
  tutors?: Array<AdministratorId> | null;
}

/**
 * A filter of learners. A learner passes if one value of every given field applies; an empty filter lets everybody
 * pass.
 */
export interface LearnerFilterOfSyncAffectedBody {
  /** Learners who do not pass. */
  except?: Array<LearnerId> | null;
  /** The groups. */
  groups?: Array<Group> | null;
  /** The statuses of the enrolment. */
  programme_statuses?: Array<ProgrammeStatus> | null;
  /** A part of the name. Case and accents are ignored. */
  search?: string | null;
  /** The tutors. */
  tutors?: Array<AdministratorId> | null;
}

/**
 * A filter of learners. A learner passes if one value of every given field applies; an empty filter lets everybody
 * pass.
 */
export interface LearnerFilterOfSyncExplainBody {
  /** Learners who do not pass. */
  except?: Array<LearnerId> | null;
  /** The groups. */
  groups?: Array<Group> | null;
  /** The statuses of the enrolment. */
  programme_statuses?: Array<ProgrammeStatus> | null;
  /** A part of the name. Case and accents are ignored. */
  search?: string | null;
  /** The tutors. */
  tutors?: Array<AdministratorId> | null;
}

/**
 * A filter of learners. A learner passes if one value of every given field applies; an empty filter lets everybody
 * pass.
 */
export interface LearnerFilterOfSyncPreviewBody {
  /** Learners who do not pass. */
  except?: Array<LearnerId> | null;
  /** The groups. */
  groups?: Array<Group> | null;
  /** The statuses of the enrolment. */
  programme_statuses?: Array<ProgrammeStatus> | null;
  /** A part of the name. Case and accents are ignored. */
  search?: string | null;
  /** The tutors. */
  tutors?: Array<AdministratorId> | null;
}

/**
 * A filter of learners. A learner passes if one value of every given field applies; an empty filter lets everybody
 * pass.
 */
export interface LearnerFilterOfSyncStartBody {
  /** Learners who do not pass. */
  except?: Array<LearnerId> | null;
  /** The groups. */
  groups?: Array<Group> | null;
  /** The statuses of the enrolment. */
  programme_statuses?: Array<ProgrammeStatus> | null;
  /** A part of the name. Case and accents are ignored. */
  search?: string | null;
  /** The tutors. */
  tutors?: Array<AdministratorId> | null;
}

/** Body of `learner.find`. */
export interface LearnerFindBody {
  /** The position in the reply with the first page, which was held: this page then belongs to the same reading. */
  at?: Position | null;
  /**
   * Whether the list is held after the first page, so that the other pages can be asked for `at` the position of
   * the reply.
   */
  hold?: boolean | null;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** Only learners who are enrolled on this programme, whatever the status of the enrolment. */
  programme?: ProgrammeId | null;
  /** A part of the name. Case and accents are ignored. */
  search?: string | null;
}

/** Reply of `learner.find`, by name, then id. */
export interface LearnerFindReply {
  /** The items of this page. */
  items: Array<FoundLearner>;
  /**
   * The position of the log at which the list was read, if it is held. The other pages are asked for with this
   * value as `at`.
   */
  position?: PositionOfLearnerFindReply | null;
  /** The number of items on all pages. */
  total: number;
}

/** Body of `learner.get`. */
export interface LearnerGetBody {
  /** The id of the learner. */
  learner: LearnerId;
}

/** A learner. */
export interface LearnerGetReply {
  /** The case owner of the learner, if there is one. */
  case_owner?: AdministratorId | null;
  /** The enrolments of the learner. */
  enrolments: Array<Enrolment>;
  /** Whether the learner was erased: there is no name, and there are no enrolments any more. */
  erased?: boolean;
  /** The groups of the learner. Only administrators who may view all of them see the learner. */
  groups: Array<Group>;
  /** The id of the learner. */
  learner: LearnerId;
  /** The name of the learner; empty if the learner was erased. */
  name: string;
  /** The tutors of the learner. */
  tutors: Array<AdministratorId>;
}

/** Body of `learner.hold`. */
export interface LearnerHoldBody {
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** The id of the learner. */
  learner: LearnerId;
}

/** The reply of every `put` and `remove`. */
export interface LearnerHoldReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position of the commit in the log. */
  position: PositionOfLearnerHoldReply;
}

/** A learner, and the learner's plan. A uuid; in MessagePack 16 bytes. */
export type LearnerId = string;

/** Body of `learner.list`. A learner is listed if one value of every given filter applies. */
export interface LearnerListBody {
  /** The position in the reply with the first page, which was held: this page then belongs to the same reading. */
  at?: Position | null;
  /** Only learners in one of these groups. */
  groups?: Array<Group> | null;
  /**
   * Whether the list is held after the first page, so that the other pages can be asked for `at` the position of
   * the reply.
   */
  hold?: boolean | null;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** Only learners who are enrolled on this programme. */
  programme?: ProgrammeId | null;
  /** Only learners with an enrolment (on that programme, if one is given) of one of these statuses. */
  programme_statuses?: Array<ProgrammeStatus> | null;
  /** A part of the name. Case and accents are ignored. */
  search?: string | null;
  /** Only learners with one of these tutors. */
  tutors?: Array<AdministratorId> | null;
}

/** Reply of `learner.list`, by name, then id. */
export interface LearnerListReply {
  /** The items of this page. */
  items: Array<LearnerRecord>;
  /**
   * The position of the log at which the list was read, if it is held. The other pages are asked for with this
   * value as `at`.
   */
  position?: PositionOfLearnerListReply | null;
  /** The number of items on all pages. */
  total: number;
}

/** A learner, about whom a commit says no more than its kind. */
export interface LearnerNote {
  /** The id of the learner. */
  learner: LearnerId;
}

/** Body of `learner.put`. */
export interface LearnerPutBody {
  /** The case owner of the learner, if there is one. */
  case_owner: AdministratorId | null;
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** The enrolments of the learner, each programme at most once. */
  enrolments: Array<EnrolmentOfLearnerPutBody>;
  /** The groups of the learner. Only administrators who may view all of them see the learner. */
  groups: Array<Group>;
  /** The id of the learner. */
  learner: LearnerId;
  /** The name of the learner. */
  name: string;
  /** The tutors of the learner. */
  tutors: Array<AdministratorId>;
}

/** The reply of every `put` and `remove`. */
export interface LearnerPutReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position of the commit in the log. */
  position: PositionOfLearnerPutReply;
}

/** A learner. */
export interface LearnerRecord {
  /** The case owner of the learner, if there is one. */
  case_owner?: AdministratorId | null;
  /** The enrolments of the learner. */
  enrolments: Array<Enrolment>;
  /** Whether the learner was erased: there is no name, and there are no enrolments any more. */
  erased?: boolean;
  /** The groups of the learner. Only administrators who may view all of them see the learner. */
  groups: Array<Group>;
  /** The id of the learner. */
  learner: LearnerId;
  /** The name of the learner; empty if the learner was erased. */
  name: string;
  /** The tutors of the learner. */
  tutors: Array<AdministratorId>;
}

/** Body of `learner.release`. */
export interface LearnerReleaseBody {
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** The id of the learner. */
  learner: LearnerId;
}

/** The reply of every `put` and `remove`. */
export interface LearnerReleaseReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position of the commit in the log. */
  position: PositionOfLearnerReleaseReply;
}

/** The log. */
export interface LogStatus {
  /** The bytes of the disk that it takes. */
  bytes?: number | null;
  /** How long it took to flush the disk. */
  flushes: Durations;
  /** The last position that is durable. */
  position: PositionOfEngineStatusReply;
  /** Commits that wait for the disk. */
  queued: number;
  /** Full volumes that wait to be sealed. */
  volumes_full: number;
  /** Sealed volumes. */
  volumes_sealed: number;
}

/** The body of a command that is not kept. */
export interface NotKept {
  /** Its SHA-256. */
  digest: Digest;
  /** Its length in bytes. */
  length: number;
}

/**
 * A commit that set something in a plan. Where a list of these is returned, the first is the commit in the plan
 * itself. If it is of a synchronisation, the next one is the commit in the plan of the source whose value was
 * synchronised, and so on, through up to 16 synchronisations. The list ends early where the source is a learner
 * whom the reader may not see, or where the value came from a template.
 */
export interface Origin {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The id of the command that caused it. */
  command_id: CommandId;
  /** How it was set. */
  kind: OriginKind;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The position of the commit in the log. */
  position: PositionOfAuditBlameReply;
  /** The reason that was given for the edit; empty if it was erased. */
  reason?: string | null;
  /** The synchronisation, if it was one. */
  sync?: OriginSync | null;
  /** The template, if the value came from one. */
  template?: OriginTemplate | null;
  /** The version that the commit gave to the plan. */
  version: VersionOfAuditBlameReply;
}

/**
 * How a commit set something: by hand, from a template or by a synchronisation. Each word is explained in
 * docs/codes.md.
 */
export type OriginKind = "edit" | "template" | "sync";

/**
 * A commit that set something in a plan. Where a list of these is returned, the first is the commit in the plan
 * itself. If it is of a synchronisation, the next one is the commit in the plan of the source whose value was
 * synchronised, and so on, through up to 16 synchronisations. The list ends early where the source is a learner
 * whom the reader may not see, or where the value came from a template.
 */
export interface OriginOfAuditChangesReply {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The id of the command that caused it. */
  command_id: CommandId;
  /** How it was set. */
  kind: OriginKind;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The position of the commit in the log. */
  position: PositionOfAuditChangesReply;
  /** The reason that was given for the edit; empty if it was erased. */
  reason?: string | null;
  /** The synchronisation, if it was one. */
  sync?: OriginSyncOfAuditChangesReply | null;
  /** The template, if the value came from one. */
  template?: OriginTemplateOfAuditChangesReply | null;
  /** The version that the commit gave to the plan. */
  version: VersionOfAuditChangesReply;
}

/**
 * A commit that set something in a plan. Where a list of these is returned, the first is the commit in the plan
 * itself. If it is of a synchronisation, the next one is the commit in the plan of the source whose value was
 * synchronised, and so on, through up to 16 synchronisations. The list ends early where the source is a learner
 * whom the reader may not see, or where the value came from a template.
 */
export interface OriginOfAuditDiffReply {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The id of the command that caused it. */
  command_id: CommandId;
  /** How it was set. */
  kind: OriginKind;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The position of the commit in the log. */
  position: PositionOfAuditDiffReply;
  /** The reason that was given for the edit; empty if it was erased. */
  reason?: string | null;
  /** The synchronisation, if it was one. */
  sync?: OriginSyncOfAuditDiffReply | null;
  /** The template, if the value came from one. */
  template?: OriginTemplateOfAuditDiffReply | null;
  /** The version that the commit gave to the plan. */
  version: VersionOfAuditDiffReply;
}

/** The synchronisation that set something. */
export interface OriginSync {
  /** The position of the commit that accepted it. */
  accepted_at: PositionOfAuditBlameReply;
  /** The administrator who started it. */
  requested_by: AdministratorId;
  /** The session in which it was started. */
  session?: SessionId | null;
  /**
   * The learner whose plan is the source; left out, with the two fields below, if the reader may not see this
   * learner.
   */
  source?: LearnerId | null;
  /** The version of the source's plan that was synchronised. */
  source_version?: VersionOfAuditBlameReply | null;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/** The synchronisation that set something. */
export interface OriginSyncOfAuditChangesReply {
  /** The position of the commit that accepted it. */
  accepted_at: PositionOfAuditChangesReply;
  /** The administrator who started it. */
  requested_by: AdministratorId;
  /** The session in which it was started. */
  session?: SessionId | null;
  /**
   * The learner whose plan is the source; left out, with the two fields below, if the reader may not see this
   * learner.
   */
  source?: LearnerId | null;
  /** The version of the source's plan that was synchronised. */
  source_version?: VersionOfAuditChangesReply | null;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/** The synchronisation that set something. */
export interface OriginSyncOfAuditDiffReply {
  /** The position of the commit that accepted it. */
  accepted_at: PositionOfAuditDiffReply;
  /** The administrator who started it. */
  requested_by: AdministratorId;
  /** The session in which it was started. */
  session?: SessionId | null;
  /**
   * The learner whose plan is the source; left out, with the two fields below, if the reader may not see this
   * learner.
   */
  source?: LearnerId | null;
  /** The version of the source's plan that was synchronised. */
  source_version?: VersionOfAuditDiffReply | null;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/** The template that a value came from. */
export interface OriginTemplate {
  /** The programme whose template it is. */
  programme: ProgrammeId;
  /** The commit that put the component into the template as it was in that version. */
  put?: TemplatePutBy | null;
  /** The version of the template. */
  version: VersionOfAuditBlameReply;
}

/** The template that a value came from. */
export interface OriginTemplateOfAuditChangesReply {
  /** The programme whose template it is. */
  programme: ProgrammeId;
  /** The commit that put the component into the template as it was in that version. */
  put?: TemplatePutByOfAuditChangesReply | null;
  /** The version of the template. */
  version: VersionOfAuditChangesReply;
}

/** The template that a value came from. */
export interface OriginTemplateOfAuditDiffReply {
  /** The programme whose template it is. */
  programme: ProgrammeId;
  /** The commit that put the component into the template as it was in that version. */
  put?: TemplatePutByOfAuditDiffReply | null;
  /** The version of the template. */
  version: VersionOfAuditDiffReply;
}

/** The outcome of one component in the plan of one learner. Each word is explained in docs/codes.md. */
export type Outcome = "applied" | "unchanged" | "skipped";

/**
 * What a synchronisation does with the owner of a component, if the owner at the source is the case owner of the
 * source learner. Each word is explained in docs/codes.md.
 */
export type OwnerRule = "keep" | "follow_case_owner";

/** The number of a page, from 1. */
export type PageNumber = number;

/** The most items that a page may have. */
export type PageSize = number;

/** An attribute of a component in the plan of a learner, before and after. */
export interface PairChange {
  /** Its value afterwards; null if the component would be deleted. */
  after: AttributeValue;
  /** The name of the attribute. */
  attribute: AttributeName;
  /** Its current value; null if the plan does not have the component. */
  before: AttributeValue;
}

/** The numbers of components by outcome. */
export interface PairCounts {
  /** Changes were applied. */
  applied: number;
  /** The component was skipped. */
  skipped: number;
  /** The component already had these values. */
  unchanged: number;
}

/** The outcome of one component in the plan of one learner. */
export interface PairOutcome {
  /** What the synchronisation does with the component. */
  action: Action;
  /** The cause, if it failed. */
  cause?: string | null;
  /** The id of the component. */
  component: ComponentId;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The outcome. */
  outcome: Outcome;
  /** Why it was skipped. */
  reason?: Reason | null;
  /** Whether it is the plan of the source itself. */
  source?: boolean;
  /** Warnings. */
  warnings: Array<Warning>;
}

/**
 * A warning about a component in the plan of a learner. Each word is explained in docs/codes.md. Later versions
 * may have others.
 */
export type PairWarning = "review_recreated" | "review_type_kept" | "completed_review_kept" | "marking_aid_evidence" | "tasks_cancelled" | "evidence_deleted" | "finished_deleted" | "rest_not_permitted" | (string & {});

/** A part of the engine. */
export interface PartStatus {
  /** How often it was not ready, since the start. */
  failures: number;
  /** The part. */
  part: EnginePart;
  /** Whether it is ready. */
  ready: boolean;
}

/** A permission of an administrator. Each word is explained in docs/codes.md. Later versions may have others. */
export type Permission = "supervisor" | "compliance_qa" | "internal_verifier" | "advanced_delivery_add" | "advanced_delivery_edit" | "advanced_delivery_delete" | "edit_delete_finished" | (string & {});

/** A permission of an administrator. Each word is explained in docs/codes.md. */
export type PermissionOfAdministratorPutBody = "supervisor" | "compliance_qa" | "internal_verifier" | "advanced_delivery_add" | "advanced_delivery_edit" | "advanced_delivery_delete" | "edit_delete_finished";

/** A permission of an administrator. Each word is explained in docs/codes.md. */
export type PermissionOfAuditWhatIfBody = "supervisor" | "compliance_qa" | "internal_verifier" | "advanced_delivery_add" | "advanced_delivery_edit" | "advanced_delivery_delete" | "edit_delete_finished";

/**
 * Which permission is missing: `details.reason` of `not_permitted`. Each word is explained in docs/codes.md. Later
 * versions may have others.
 */
export type PermissionReason = "system_only" | "administrator_only" | "read_not_permitted" | "add_not_permitted" | "edit_not_permitted" | "edit_finished_not_permitted" | "delete_not_permitted" | "delete_finished_not_permitted" | (string & {});

/** One change that a commit made in a plan. */
export type PlanChange = ComponentChangeOfAuditReadReply | InstantiatedChange | SynchronisedChange;

/** Body of `plan.change`. */
export interface PlanChangeBody {
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** The version that the commit gave to the plan, from 1. */
  version: Version;
}

/** One change that a commit made in a plan. */
export type PlanChangeOfAuditShowReply = ComponentChangeOfAuditShowReply | PlanChangeOfAuditShowReplyInstantiated | PlanChangeOfAuditShowReplySynchronised;

/** To several components, from a template. */
export interface PlanChangeOfAuditShowReplyInstantiated {
  /** The programme and the number of components. */
  instantiated: InstantiatedOfAuditShowReply;
}

/** To several components, by a synchronisation. */
export interface PlanChangeOfAuditShowReplySynchronised {
  /** The numbers of components by outcome. */
  synchronised: Synchronised;
}

/** One change that a commit made in a plan. */
export type PlanChangeOfEventPlanChanged = ComponentChangeOfEventPlanChanged | PlanChangeOfEventPlanChangedInstantiated | PlanChangeOfEventPlanChangedSynchronised;

/** To several components, from a template. */
export interface PlanChangeOfEventPlanChangedInstantiated {
  /** The programme and the number of components. */
  instantiated: InstantiatedOfEventPlanChanged;
}

/** To several components, by a synchronisation. */
export interface PlanChangeOfEventPlanChangedSynchronised {
  /** The numbers of components by outcome. */
  synchronised: Synchronised;
}

/** One change that a commit made in a plan. */
export type PlanChangeOfPlanHistoryReply = ComponentChangeOfPlanHistoryReply | PlanChangeOfPlanHistoryReplyInstantiated | PlanChangeOfPlanHistoryReplySynchronised;

/** To several components, from a template. */
export interface PlanChangeOfPlanHistoryReplyInstantiated {
  /** The programme and the number of components. */
  instantiated: InstantiatedOfPlanHistoryReply;
}

/** To several components, by a synchronisation. */
export interface PlanChangeOfPlanHistoryReplySynchronised {
  /** The numbers of components by outcome. */
  synchronised: Synchronised;
}

/**
 * Reply of `plan.change`: the components in plan order, then the deleted ones. The same request always has the
 * same reply.
 */
export interface PlanChangeReply {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The components of this page. */
  changes: Array<ComponentDifference>;
  /** The id of the command that caused it. */
  command_id: CommandId;
  /** The position of the commit in the log. */
  position: PositionOfPlanChangeReply;
  /** The reason that was given, if it is the same for all components that have one; empty if it was erased. */
  reason?: string | null;
  /** The synchronisation that made the commit; null if it was made by hand. */
  sync?: SyncId | null;
  /** The number of changed components on all pages. */
  total: number;
  /** The version that the commit gave to the plan. */
  version: VersionOfPlanChangeReply;
}

/** Body of the event `plan.changed`: a plan was changed by hand or from a template. */
export interface PlanChanged {
  /** What was changed. */
  changes: Array<PlanChange>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The version of the plan after it. */
  version: VersionOfAuditLogReply;
}

/** Body of the event `plan.changed`: a plan was changed by hand or from a template. */
export interface PlanChangedOfAuditReadReply {
  /** What was changed. */
  changes: Array<PlanChange>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The version of the plan after it. */
  version: VersionOfAuditReadReply;
}

/** Body of the event `plan.changed`: a plan was changed by hand or from a template. */
export interface PlanChangedOfAuditShowReply {
  /** What was changed. */
  changes: Array<PlanChangeOfAuditShowReply>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The version of the plan after it. */
  version: VersionOfAuditShowReply;
}

/** One commit in a plan. */
export interface PlanCommit {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** What it changed. */
  changes: Array<PlanChangeOfPlanHistoryReply>;
  /** The id of the command that caused it. */
  command_id: CommandId;
  /** The position of the commit in the log. */
  position: PositionOfPlanHistoryReply;
  /** The synchronisation that made the commit; null if it was made by hand. */
  sync?: SyncId | null;
  /** The version that it gave to the plan. */
  version: VersionOfPlanHistoryReply;
}

/** What one commit did to a component of a plan. */
export interface PlanContentChange {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The attributes that changed, if it was neither added nor removed. */
  attributes: Array<AttributeName>;
  /** The actor who asked for it. */
  by: Actor;
  /** What happened. A commit that moves a due date and changes more is `due_date_moved`. */
  change: ContentChange;
  /** The id of the component. */
  component: ComponentId;
  /** The due date after, if it differs. */
  due_date_after?: AttributeValue | null;
  /** The due date before, if it differs. */
  due_date_before?: AttributeValue | null;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** Its name; if it was removed, its last name. */
  name: string;
  /** The position of the commit in the log. */
  position: PositionOfAuditChangesReply;
  /** The programme it belongs to. */
  programme: ProgrammeId;
  /**
   * The reason that was given for the due date; if it was synchronised, the reason given at the source. Empty if
   * it was erased.
   */
  reason?: string | null;
  /** The commit at the source for which the reason was given, if the due date was synchronised. */
  reason_from?: OriginOfAuditChangesReply | null;
  /** The synchronisation that made it; null if it was made by hand. */
  sync?: SyncId | null;
  /** Its type. */
  type: ComponentType;
  /** What it was before and after the commit, if `values` is given. */
  values?: ChangedValues | null;
  /** The version that the commit gave to the plan. */
  version: VersionOfAuditChangesReply;
}

/** A place in a list about one version of a plan. */
export interface PlanCursor {
  /** The number of items before the place. */
  skip: number;
  /** The version of the plan that the list is about. */
  version: Version;
}

/** A place in a list about one version of a plan. */
export interface PlanCursorOfAuditBlameReply {
  /** The number of items before the place. */
  skip: number;
  /** The version of the plan that the list is about. */
  version: VersionOfAuditBlameReply;
}

/** A place in a list about one version of a plan. */
export interface PlanCursorOfAuditPlanReply {
  /** The number of items before the place. */
  skip: number;
  /** The version of the plan that the list is about. */
  version: VersionOfAuditPlanReply;
}

/** Body of `plan.edit`: all edits are applied, or none. */
export interface PlanEditBody {
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /**
   * The edits, in order; each works on the result of those before it. They are refused if their changes take more
   * than 1,000,000 bytes of JSON, because these are published in one event.
   */
  edits: Array<Edit>;
  /** The version that the plan must have. With any other version, the edits are refused with `version_conflict`. */
  expected_version?: Version | null;
  /** The learner whose plan it is. */
  learner: LearnerId;
}

/** Reply of `plan.edit`. */
export interface PlanEditReply {
  /** The ids of the added components, in the order of the edits. */
  added: Array<ComponentId>;
  /** Whether the plan was changed. */
  changed: boolean;
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position of the commit in the log. */
  position: PositionOfPlanEditReply;
  /** The version of the plan after it. */
  version: VersionOfPlanEditReply;
}

/** Body of `plan.get`. */
export interface PlanGetBody {
  /** The version of the plan to return; the current one if none is given. */
  at_version?: Version | null;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
}

/** Reply of `plan.get`, in plan order. */
export interface PlanGetReply {
  /** The components of this page. */
  components: Array<Component>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The number of components on all pages. */
  total: number;
  /** The version that is returned. */
  version: VersionOfPlanGetReply;
}

/** Body of `plan.history`. */
export interface PlanHistoryBody {
  /** The first version to return; 1 if none is given. */
  from_version?: Version | null;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
}

/** Reply of `plan.history`, oldest first. */
export interface PlanHistoryReply {
  /** The items of this page. */
  items: Array<PlanCommit>;
  /** The number of items on all pages. */
  total: number;
}

/** Body of `plan.instantiate`: adds the components of a template that the plan does not have. */
export interface PlanInstantiateBody {
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The programme whose template it is; the learner must be enrolled on it. */
  programme: ProgrammeId;
}

/** Reply of `plan.instantiate`. */
export interface PlanInstantiateReply {
  /** The number of components that were added. */
  added: number;
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position of the commit in the log. */
  position: PositionOfPlanInstantiateReply;
  /** The version of the plan after it. */
  version: VersionOfPlanInstantiateReply;
}

/**
 * A point in the history of a plan: exactly one of the three is given. A position or a time means the last commit
 * of the plan that is not after it.
 */
export interface PlanPoint {
  /** A position in the log. */
  position?: Position | null;
  /** A time. Recorded times never decrease along the log. */
  time?: Time | null;
  /** The version of the plan; 0 is the plan before its first commit. */
  version?: Version | null;
}

/** The commit that made a plan what it was at a point. */
export interface PointReached {
  /** The time at which it was recorded; null if there was none. */
  at?: Time | null;
  /** The position of the commit; 0 if there was none. */
  position: PositionOfAuditBlameReply;
  /** The version of the plan; 0 if it had no commit yet. */
  version: VersionOfAuditBlameReply;
}

/** The commit that made a plan what it was at a point. */
export interface PointReachedOfAuditDiffReply {
  /** The time at which it was recorded; null if there was none. */
  at?: Time | null;
  /** The position of the commit; 0 if there was none. */
  position: PositionOfAuditDiffReply;
  /** The version of the plan; 0 if it had no commit yet. */
  version: VersionOfAuditDiffReply;
}

/** The commit that made a plan what it was at a point. */
export interface PointReachedOfAuditPlanReply {
  /** The time at which it was recorded; null if there was none. */
  at?: Time | null;
  /** The position of the commit; 0 if there was none. */
  position: PositionOfAuditPlanReply;
  /** The version of the plan; 0 if it had no commit yet. */
  version: VersionOfAuditPlanReply;
}

/** A position in the log; the first commit has position 1. */
export type Position = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAdministratorListReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAdministratorPutReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAdministratorRemoveReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAuditBlameReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAuditChangesReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAuditDiffReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAuditHeadReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAuditLogReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAuditPlanReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAuditProofReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAuditReadReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAuditShowReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAuditTraceReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAuditWhatIfReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfAuditWhyReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfEngineStatusReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfEventSyncStarted = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfLearnerEraseReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfLearnerFindReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfLearnerHoldReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfLearnerListReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfLearnerPutReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfLearnerReleaseReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfPlanChangeReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfPlanEditReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfPlanGetReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfPlanHistoryReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfPlanInstantiateReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfProgrammeListReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfProgrammePutReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfRecordChangesReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfRecordListReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfSyncAffectedReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfSyncComponentsReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfSyncExplainReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfSyncFiltersReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfSyncLearnersReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfSyncListReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfSyncOutcomesReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfSyncPreviewReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfSyncStartReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfTemplateGetReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfTemplatePutReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfTemplateRemoveReply = number;

/** A position in the log; the first commit has position 1. */
export type PositionOfTenantPutReply = number;

/** The process and its disk. What this machine does not tell is left out. */
export interface ProcessStatus {
  /** The size of that disk in bytes. */
  disk_bytes?: number | null;
  /** The free bytes of the disk with the data folder. */
  disk_free_bytes?: number | null;
  /** The bytes of memory that it takes. */
  memory_bytes?: number | null;
  /** Files and connections that it has open. */
  open_files?: number | null;
  /** How many it may have open. */
  open_files_max?: number | null;
}

/** A programme as it was put. */
export interface ProgrammeChange {
  /** Its name. */
  name: string;
  /** The programme of which this one is a part. */
  parent?: ProgrammeId | null;
  /** The id of the programme. */
  programme: ProgrammeId;
}

/** A programme that exists and on which the learner is enrolled. */
export interface ProgrammeChoice {
  /** Its name. */
  name: string;
  /** Whether it is the preselected one. */
  preselected: boolean;
  /** The id of the programme. */
  programme: ProgrammeId;
}

/** Body of `programme.get`. */
export interface ProgrammeGetBody {
  /** The id of the programme. */
  programme: ProgrammeId;
}

/** A programme. */
export interface ProgrammeGetReply {
  /** Its name. */
  name: string;
  /** The programme of which this one is a part. */
  parent?: ProgrammeId | null;
  /** The id of the programme. */
  programme: ProgrammeId;
  /** The number of components in its template. */
  template_components: number;
}

/** A delivery programme, or a subprogramme of one. A uuid; in MessagePack 16 bytes. */
export type ProgrammeId = string;

/** Body of `programme.list`. */
export interface ProgrammeListBody {
  /** The position in the reply with the first page, which was held: this page then belongs to the same reading. */
  at?: Position | null;
  /**
   * Whether the list is held after the first page, so that the other pages can be asked for `at` the position of
   * the reply.
   */
  hold?: boolean | null;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** A part of the name. Case and accents are ignored. */
  search?: string | null;
}

/** Reply of `programme.list`, by name, then id. */
export interface ProgrammeListReply {
  /** The items of this page. */
  items: Array<ProgrammeRecord>;
  /**
   * The position of the log at which the list was read, if it is held. The other pages are asked for with this
   * value as `at`.
   */
  position?: PositionOfProgrammeListReply | null;
  /** The number of items on all pages. */
  total: number;
}

/** Body of `programme.put`. */
export interface ProgrammePutBody {
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** Its name. */
  name: string;
  /** The programme of which this one is a part. */
  parent: ProgrammeId | null;
  /** The id of the programme. */
  programme: ProgrammeId;
}

/** The reply of every `put` and `remove`. */
export interface ProgrammePutReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position of the commit in the log. */
  position: PositionOfProgrammePutReply;
}

/** A programme. */
export interface ProgrammeRecord {
  /** Its name. */
  name: string;
  /** The programme of which this one is a part. */
  parent?: ProgrammeId | null;
  /** The id of the programme. */
  programme: ProgrammeId;
  /** The number of components in its template. */
  template_components: number;
}

/** The status of a learner's enrolment on a programme. Each word is explained in docs/codes.md. */
export type ProgrammeStatus = "active" | "on_break" | "completed" | "withdrawn" | "expired" | "cancelled" | "archived" | "pending_change_of_programme";

/** How far a synchronisation came with a learner. Each word is explained in docs/codes.md. */
export type Reached = "not_selected" | "waiting" | "cancelled" | "judged";

/** The largest number of events in a reply. */
export type ReadLimit = number;

/**
 * Why a component was skipped in the plan of a learner. If several reasons apply, it is the first one of this
 * list. A component that the plan already has as it should be is `unchanged`, even if one of the last seven
 * applies. Each word is explained in docs/codes.md. Later versions may have others.
 */
export type Reason = "cancelled" | "learner_not_available" | "learner_erased" | "is_source" | "not_on_programme" | "programme_status_excluded" | "changed_since_preview" | "no_recent_change" | "no_template" | "missing_on_target" | "already_absent" | "type_mismatch" | "status_not_selected" | "add_not_permitted" | "edit_not_permitted" | "edit_finished_not_permitted" | "delete_not_permitted" | "delete_finished_not_permitted" | "limit_exceeded" | "failed" | (string & {});

/**
 * Why a component was skipped in the plan of a learner. If several reasons apply, it is the first one of this
 * list. A component that the plan already has as it should be is `unchanged`, even if one of the last seven
 * applies. Each word is explained in docs/codes.md.
 */
export type ReasonOfSyncOutcomesBody = "cancelled" | "learner_not_available" | "learner_erased" | "is_source" | "not_on_programme" | "programme_status_excluded" | "changed_since_preview" | "no_recent_change" | "no_template" | "missing_on_target" | "already_absent" | "type_mismatch" | "status_not_selected" | "add_not_permitted" | "edit_not_permitted" | "edit_finished_not_permitted" | "delete_not_permitted" | "delete_finished_not_permitted" | "limit_exceeded" | "failed";

/** The recent change of one component. */
export interface RecentChange {
  /** The attributes that differ. */
  attributes: Array<AttributeChange>;
  /** Whether it was created, updated or deleted. */
  change: Change;
  /** The id of the component. */
  component: ComponentId;
  /** The commit that last changed it. */
  last_updated: LastUpdatedOfRecordChangesReply;
  /** Its name; if it was deleted, its last name. */
  name: string;
  /** Whether it is preselected. */
  preselected: boolean;
}

/** An open record. */
export interface Record {
  /** The learner whose record it is. */
  learner: LearnerId;
  /** The version of the plan after which changes are recent changes. */
  marker: VersionOfRecordListReply;
  /** The time at which it was opened. */
  opened_at: Time;
  /** The programmes to choose from, as they are now. */
  programmes?: Array<ProgrammeChoice>;
  /** The id of the session. */
  session: SessionId;
}

/** Body of `record.changes`. */
export interface RecordChangesBody {
  /** The position in the reply with the first page, which was held: this page then belongs to the same reading. */
  at?: Position | null;
  /**
   * Whether the list is held after the first page, so that the other pages can be asked for `at` the position of
   * the reply.
   */
  hold?: boolean | null;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** The id of the session. */
  session: SessionId;
}

/** Reply of `record.changes`, in plan order. */
export interface RecordChangesReply {
  /** The items of this page. */
  changes: Array<RecentChange>;
  /**
   * The position of the log at which the list was read, if it is held. The other pages are asked for with this
   * value as `at`.
   */
  position?: PositionOfRecordChangesReply | null;
  /** The number of items on all pages. */
  total: number;
}

/** Body of `record.close`. */
export interface RecordCloseBody {
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** The id of the session. */
  session: SessionId;
}

/** Reply of `record.close`. */
export interface RecordCloseReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
}

/**
 * Body of the event `record.closed`. There is no such event if the administrator opened the same record again: the
 * event `record.opened` of the new session names the closed one as `replaced`.
 */
export interface RecordEnded {
  /** The administrator who had it open. */
  administrator: AdministratorId;
  /** The learner whose record it is. */
  learner: LearnerId;
  /** Why it was closed. Events of early versions have no reason; they closed records only on request. */
  reason?: CloseReason;
  /** The id of the session. */
  session: SessionId;
}

/** Body of `record.list`. */
export interface RecordListBody {
  /** The position in the reply with the first page, which was held: this page then belongs to the same reading. */
  at?: Position | null;
  /**
   * Whether the list is held after the first page, so that the other pages can be asked for `at` the position of
   * the reply.
   */
  hold?: boolean | null;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
}

/** Reply of `record.list`: the records that the actor has open, oldest first. */
export interface RecordListReply {
  /** The items of this page. */
  items: Array<Record>;
  /**
   * The position of the log at which the list was read, if it is held. The other pages are asked for with this
   * value as `at`.
   */
  position?: PositionOfRecordListReply | null;
  /** The number of items on all pages. */
  total: number;
}

/** Body of the event `record.opened`. */
export interface RecordMoved {
  /** The administrator who opened it. */
  administrator: AdministratorId;
  /** The learner whose record it is. */
  learner: LearnerId;
  /** The session that was closed because this one was opened. */
  replaced?: SessionId | null;
  /** The id of the session. */
  session: SessionId;
}

/** Body of `record.open`. */
export interface RecordOpenBody {
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** The learner whose record it is. */
  learner: LearnerId;
  /**
   * Whether to continue the session that the actor has open for this learner, if there is one; `session` is then
   * ignored. Otherwise that session is closed and a new one is opened.
   */
  resume?: boolean | null;
  /** The id of the session; if none is given, the engine makes one. */
  session?: SessionId | null;
}

/** Reply of `record.open`. */
export interface RecordOpenReply {
  /** Whether the administrator may synchronise. */
  can_sync: boolean;
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The version of the plan after which changes are recent changes. */
  marker: VersionOfRecordOpenReply;
  /** The programmes that can be chosen. */
  programmes: Array<ProgrammeChoice>;
  /** Whether the session had been open before and continues. */
  resumed?: boolean;
  /** The id of the session. */
  session: SessionId;
}

/** An open record was continued. */
export interface RecordResumption {
  /** The administrator who has it open. */
  administrator: AdministratorId;
  /** The learner whose record it is. */
  learner: LearnerId;
  /** The id of the session, which stays open. */
  session: SessionId;
}

/** How far events are published. */
export interface Relayed {
  /** The events of all commits up to this position are published. */
  position: PositionOfAuditReadReply;
  /**
   * The last sequence of the stream `PLANSYNC_EVENTS` then. A consumer that starts at the next sequence receives
   * every event after `position`; it may receive earlier ones once more.
   */
  stream_sequence: number;
}

/** Removes a component. */
export interface RemoveComponent {
  /** The id of the component. */
  component: ComponentId;
  /** Always `remove`: it tells this form from the others. */
  op: "remove";
}

/** How a component is replayed. Each word is explained in docs/codes.md. */
export type Replay = "created" | "updated" | "deleted" | "overwrite";

/**
 * One event of the log, with the attributes of a published event. Events that are not published, such as those of
 * reference data, have the same attributes.
 */
export interface ReplayedEvent {
  /** The actor who asked for it. */
  actor: Actor;
  /** The hash of the log at its position. */
  chain: Digest;
  /** The id of the command that caused it. */
  correlation_id: CommandId;
  /** Its kind and its data. If it is published, the data are the body of the published event. */
  event: AuditEvent;
  /** The same in every delivery, also of the published event: `<log id>.<incarnation>/<position>`. */
  id: string;
  /** The position of its commit in the log. */
  position: PositionOfAuditReadReply;
  /** `/plansync/<tenant>`. */
  source: string;
  /** The id of what it is about. */
  subject: string;
  /** The time at which it was recorded. */
  time: Time;
  /** The W3C trace context of the request, if it had one. */
  traceparent?: string | null;
  /** `plansync.v1.<kind>`. */
  type: string;
}

/** The requests. */
export interface RequestsStatus {
  /** Requests that were carried out. */
  done: number;
  /** Those of them that were refused because the engine had too much to do. */
  overloaded: number;
  /** Requests that were refused, for whatever reason. */
  refused: number;
  /** Replies that wait for the disk now. */
  replies_waiting: number;
  /** How long requests took, from receiving them to sending the reply. */
  took: Durations;
  /** Requests that wait now. */
  waiting: number;
}

/** The review of a component. */
export interface Review {
  /** Its id. */
  review: ReviewId;
  /** The time of its meeting. */
  review_at?: Time | null;
  /** Its status. */
  status: ReviewStatus;
  /** Its calendar tasks, oldest first. */
  tasks: Array<Task>;
}

/** A review before and after. */
export interface ReviewDifference {
  /** After the commit. */
  after?: ReviewSide | null;
  /** Before the commit. */
  before?: ReviewSide | null;
}

/** The review of a component. A review that is created anew has another id. A uuid; in MessagePack 16 bytes. */
export type ReviewId = string;

/** A review at both points, and who changed it. */
export interface ReviewOrigin {
  /** At the second point. */
  after?: ReviewSide | null;
  /** At the first point. */
  before?: ReviewSide | null;
  /** The last commit between the points that changed it; empty if the component does not exist at the later one. */
  origins: Array<OriginOfAuditDiffReply>;
}

/** A review on one side of a commit. */
export interface ReviewSide {
  /** Its id. */
  review: ReviewId;
  /** The time of its meeting. */
  review_at?: Time | null;
  /** Its state. */
  status: ReviewStatus;
}

/** The status of a review. Each word is explained in docs/codes.md. */
export type ReviewStatus = "not_scheduled" | "scheduled" | "in_progress" | "completed";

/**
 * What left a learner out of a synchronisation. Each word is explained in docs/codes.md. Later versions may have
 * others.
 */
export type SelectionRule = "not_listed" | "unknown" | "not_visible" | "source" | "not_on_programme" | "programme_status_excluded" | "programme_statuses" | "groups" | "tutors" | "search" | "search_erased" | "except" | (string & {});

/**
 * Why a record session ended: `details.reason` of `session_not_open`. Each word is explained in docs/codes.md.
 * Later versions may have others.
 */
export type SessionEnd = "closed" | "idle" | "displaced" | "replaced" | (string & {});

/**
 * A record session: the time during which an administrator has a learner's record open. A uuid; in MessagePack 16
 * bytes.
 */
export type SessionId = string;

/** Sets the status of a component. */
export interface SetComponentStatus {
  /** The id of the component. */
  component: ComponentId;
  /** Always `set_status`: it tells this form from the others. */
  op: "set_status";
  /** Its new status. */
  status: Status;
}

/** Sets the status of a component's review. */
export interface SetReviewStatus {
  /** The id of the component. */
  component: ComponentId;
  /** Always `set_review_status`: it tells this form from the others. */
  op: "set_review_status";
  /** Its new status. */
  status: ReviewStatus;
}

/**
 * The learners for whom a component is synchronised, or those for whom it is not. Each word is explained in
 * docs/codes.md.
 */
export type Side = "synchronised" | "not_synchronised";

/** The outcome for a component in the plan of the source itself. */
export interface SourceOutcome {
  /** The outcome. */
  outcome: Outcome;
  /** Why it would be skipped. */
  reason?: Reason | null;
}

/** The status of a component. Each word is explained in docs/codes.md. */
export type Status = "not_started" | "in_progress" | "submitted" | "returned" | "completed";

/** A status before and after. */
export interface StatusDifference {
  /** After the commit. */
  after?: Status | null;
  /** Before the commit. */
  before?: Status | null;
}

/** A status at both points, and who set it. */
export interface StatusOrigin {
  /** At the second point. */
  after?: Status | null;
  /** At the first point. */
  before?: Status | null;
  /** The last commit between the points that set it; empty if it came or went with the component. */
  origins: Array<OriginOfAuditDiffReply>;
}

/** What a stream of the log is about. Each word is explained in docs/codes.md. Later versions may have others. */
export type StreamKind = "tenant" | "administrator" | "learner" | "programme" | "plan" | "record" | "sync" | "target" | "command" | "engine" | (string & {});

/** Records that evidence was submitted. */
export interface SubmitEvidence {
  /** The id of the component. */
  component: ComponentId;
  /** Always `submit_evidence`: it tells this form from the others. */
  op: "submit_evidence";
}

/** The programme of a synchronisation. */
export interface SummaryProgramme {
  /** Its name. */
  name: string;
  /** The id of the programme. */
  programme: ProgrammeId;
}

/** One component and what would happen to it. */
export interface SummaryRow {
  /** What the synchronisation does with the component. */
  action: Action;
  /** The id of the component. */
  component: ComponentId;
  /** The commit that last changed the component at the source. */
  last_updated?: LastUpdatedOfSyncPreviewReply | null;
  /** Its name. */
  name: string;
  /** The number of learners for whom it would be skipped. */
  not_synchronised: number;
  /**
   * The outcome for the component of the source itself, if the synchronisation updates its source too. It is in
   * none of the counts.
   */
  source?: SourceOutcome | null;
  /** The number of learners for whom it is synchronised, including those with the same values. */
  synchronised: number;
  /** Its type. */
  type: ComponentType;
  /** The number of learners for whom nothing would change. */
  unchanged: number;
}

/**
 * A warning of a preview about the whole synchronisation, with the numbers of learners and components. Each word
 * is explained in docs/codes.md. Later versions may have others.
 */
export type SummaryWarning = "some_not_synchronised" | "review_recreated" | "review_type_kept" | "completed_review_kept" | "marking_aid_evidence" | "tasks_cancelled" | "evidence_deleted" | "finished_deleted" | "rest_not_permitted" | "source_will_be_updated" | (string & {});

/** A warning about the whole synchronisation. */
export interface SummaryWarningCount {
  /** The kind of warning, for programs. */
  code: SummaryWarning;
  /** The number of components that it is about. */
  components: number;
  /** The number of learners that it is about. */
  learners: number;
  /** The warning as a sentence, for people. */
  message: string;
}

/** Body of the event `sync.started`. */
export interface SyncAccepted {
  /** The number of components. */
  components: number;
  /** A digest of the request and of the changes that it replays. */
  digest: Digest;
  /** The number of learners. */
  learners: number;
  /** The request. */
  request: SyncRequestOfAuditShowReply;
  /**
   * Whether the text that the request searches for was left out of it: the audit shows it to those who see every
   * learner, and to the administrator who made the request. Events always have it.
   */
  search_left_out?: boolean;
  /** The source of the changes. */
  source: SyncSource;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/** Body of `sync.affected`: a request. */
export interface SyncAffectedBody {
  /** For `selected_attributes`: the attributes to replay. */
  attributes?: Array<AttributeNameOfSyncAffectedBody> | null;
  /** The components to synchronise. */
  components: ComponentChoice;
  /** The preview that is confirmed: nothing happens that it did not show. */
  confirm?: ConfirmOfSyncAffectedBody | null;
  /** The learners to whose plans the changes are applied. */
  learners: LearnerChoice;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** The programme whose components are synchronised. */
  programme: ProgrammeId;
  /** The session whose recent changes are synchronised. */
  session: SessionId;
  /** Only components of the learners in one of these statuses; in any status if it is empty. */
  statuses?: Array<Condition> | null;
  /** The type of synchronisation; `changes_only` if none is given. */
  type?: SyncType | null;
}

/** Reply of `sync.affected`, by name and id of the learners; learners who are not available come last. */
export interface SyncAffectedReply {
  /** A digest of the request and of the changes that it would replay. */
  digest: Digest;
  /** The items of this page. */
  items: Array<AffectedLearner>;
  /** The position of the log at which it was evaluated. */
  position: PositionOfSyncAffectedReply;
  /** The number of learners on all pages. */
  total: number;
}

/** Body of `sync.cancel`. */
export interface SyncCancelBody {
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/** Reply of `sync.cancel`. */
export interface SyncCancelReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** Its state. */
  state: SyncState;
}

/** Body of `sync.changes`. */
export interface SyncChangesBody {
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/** Reply of `sync.changes`, by id of the component. */
export interface SyncChangesReply {
  /** The digest of the request and of the whole change set; the same as in the preview. */
  digest: Digest;
  /** The items of this page. */
  items: Array<FrozenChange>;
  /** The number of items on all pages. */
  total: number;
}

/**
 * A part of what a synchronisation replays, if that is too large for one commit. It has no effect unless the
 * synchronisation was started after it.
 */
export interface SyncChunk {
  /** What is replayed, by id of the component. */
  entries: Array<FrozenChange>;
  /** The number of the part, from 0. Part 0 discards the parts of an earlier attempt. */
  index: number;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/** A component that can be chosen. */
export interface SyncComponent {
  /** Its recent change, if it has one. */
  change?: Change | null;
  /** The id of the component. */
  component: ComponentId;
  /** The commit that last changed it. */
  last_updated: LastUpdatedOfSyncComponentsReply;
  /** Its name; if it was deleted, its last name. */
  name: string;
  /** Whether it is preselected. */
  preselected: boolean;
  /** Its status at the source; if it was deleted, its last status. */
  status: Status;
  /** Its type. */
  type: ComponentType;
}

/** Body of `sync.components`. */
export interface SyncComponentsBody {
  /** The position in the reply with the first page, which was held: this page then belongs to the same reading. */
  at?: Position | null;
  /**
   * Whether the list is held after the first page, so that the other pages can be asked for `at` the position of
   * the reply.
   */
  hold?: boolean | null;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** The programme whose components are listed. */
  programme: ProgrammeId;
  /** A part of the name. Case and accents are ignored. */
  search?: string | null;
  /** The id of the session. */
  session: SessionId;
  /** Only components of these types. */
  types?: Array<ComponentType> | null;
}

/** Reply of `sync.components`, in plan order. */
export interface SyncComponentsReply {
  /** The items of this page. */
  items: Array<SyncComponent>;
  /**
   * The position of the log at which the list was read, if it is held. The other pages are asked for with this
   * value as `at`.
   */
  position?: PositionOfSyncComponentsReply | null;
  /** How many components of the programme have recent changes. */
  recent: number;
  /** The number of items on all pages. */
  total: number;
}

/** Body of `sync.explain`: a request, and one component of it. */
export interface SyncExplainBody {
  /** For `selected_attributes`: the attributes to replay. */
  attributes?: Array<AttributeNameOfSyncExplainBody> | null;
  /** The id of one of the selected components. */
  component: ComponentId;
  /** The components to synchronise. */
  components: ComponentChoice;
  /** The preview that is confirmed: nothing happens that it did not show. */
  confirm?: ConfirmOfSyncExplainBody | null;
  /** The learners to whose plans the changes are applied. */
  learners: LearnerChoiceOfSyncExplainBody;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** The programme whose components are synchronised. */
  programme: ProgrammeId;
  /** The session whose recent changes are synchronised. */
  session: SessionId;
  /** Whether to return the learners for whom it is synchronised, or the others. */
  side: Side;
  /** Only components of the learners in one of these statuses; in any status if it is empty. */
  statuses?: Array<Condition> | null;
  /** The type of synchronisation; `changes_only` if none is given. */
  type?: SyncType | null;
}

/** Reply of `sync.explain`, by name and id of the learners. */
export interface SyncExplainReply {
  /** A digest of the request and of the changes that it would replay. */
  digest: Digest;
  /** The items of this page. */
  items: Array<ExplainedPair>;
  /** The position of the log at which it was evaluated. */
  position: PositionOfSyncExplainReply;
  /** The number of learners on all pages. */
  total: number;
}

/** Body of `sync.filters`. */
export interface SyncFiltersBody {
  /** The position in the reply with the first page, which was held: this page then belongs to the same reading. */
  at?: Position | null;
  /** The filter whose values are listed. */
  field: FilterField;
  /**
   * Whether the list is held after the first page, so that the other pages can be asked for `at` the position of
   * the reply.
   */
  hold?: boolean | null;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** The programme. */
  programme: ProgrammeId;
  /** A part of the value; case is ignored, and a space matches `_` and `-`. For tutors also a part of the name. */
  search?: string | null;
  /** The id of the session. */
  session: SessionId;
}

/** Reply of `sync.filters`, by value. */
export interface SyncFiltersReply {
  /** The items of this page. */
  items: Array<FilterValue>;
  /**
   * The position of the log at which the list was read, if it is held. The other pages are asked for with this
   * value as `at`.
   */
  position?: PositionOfSyncFiltersReply | null;
  /** The number of items on all pages. */
  total: number;
}

/** Body of `sync.get`. */
export interface SyncGetBody {
  /** The id of the synchronisation. */
  sync: SyncId;
}

/** Reply of `sync.get`. */
export interface SyncGetReply {
  /** The number of components. */
  components: number;
  /** How many components were created. */
  created: number;
  /** How many components were deleted. */
  deleted: number;
  /** How many learners are finished. */
  done: number;
  /** The time at which it ended. */
  finished_at?: Time | null;
  /**
   * The number of learners; the source, whose own plan a synchronisation of the type `selected_attributes`
   * updates, too, is none of them.
   */
  learners: number;
  /**
   * The numbers of outcomes so far, of the learners' plans only. `sync.outcomes` lists those of the source's own
   * plan.
   */
  pairs: PairCounts;
  /** The programme whose components are synchronised. */
  programme: ProgrammeId;
  /** The actor who asked for it. */
  requested_by: Actor;
  /** The source of the changes. */
  source: SyncSource;
  /** The time at which it was accepted. */
  started_at: Time;
  /** Its state. */
  state: SyncState;
  /** The id of the synchronisation. */
  sync: SyncId;
  /** The type of the synchronisation. */
  type: SyncType;
  /** How many components were updated. */
  updated: number;
}

/** A synchronisation. A uuid; in MessagePack 16 bytes. */
export type SyncId = string;

/** A learner that can be chosen. */
export interface SyncLearner {
  /** The case owner of the learner, if there is one. */
  case_owner?: AdministratorId | null;
  /** The groups of the learner. */
  groups: Array<Group>;
  /** The id of the learner. */
  learner: LearnerId;
  /** The name of the learner. */
  name: string;
  /** The status of the enrolment. */
  programme_status: ProgrammeStatus;
  /** The tutors of the learner. */
  tutors: Array<AdministratorId>;
}

/** Body of `sync.learners`. A learner is listed if one value of every given filter applies. */
export interface SyncLearnersBody {
  /** The position in the reply with the first page, which was held: this page then belongs to the same reading. */
  at?: Position | null;
  /** Only learners in one of these groups. */
  groups?: Array<Group> | null;
  /**
   * Whether the list is held after the first page, so that the other pages can be asked for `at` the position of
   * the reply.
   */
  hold?: boolean | null;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** The programme whose learners are listed. */
  programme: ProgrammeId;
  /** Only learners whose enrolment has one of these statuses. */
  programme_statuses?: Array<ProgrammeStatus> | null;
  /** A part of the name. Case and accents are ignored. */
  search?: string | null;
  /** The id of the session. */
  session: SessionId;
  /** Only learners with one of these tutors. */
  tutors?: Array<AdministratorId> | null;
}

/** Reply of `sync.learners`, by name and id. */
export interface SyncLearnersReply {
  /** The items of this page. */
  items: Array<SyncLearner>;
  /**
   * The position of the log at which the list was read, if it is held. The other pages are asked for with this
   * value as `at`.
   */
  position?: PositionOfSyncLearnersReply | null;
  /** The number of items on all pages. */
  total: number;
}

/** Body of `sync.list`. */
export interface SyncListBody {
  /** The position in the reply with the first page, which was held: this page then belongs to the same reading. */
  at?: Position | null;
  /**
   * Whether the list is held after the first page, so that the other pages can be asked for `at` the position of
   * the reply.
   */
  hold?: boolean | null;
  /** Only synchronisations whose source is this learner. */
  learner?: LearnerId | null;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** Only synchronisations that this administrator started. */
  requested_by?: AdministratorId | null;
}

/** Reply of `sync.list`, newest first. */
export interface SyncListReply {
  /** The items of this page. */
  items: Array<SyncRecord>;
  /**
   * The position of the log at which the list was read, if it is held. The other pages are asked for with this
   * value as `at`.
   */
  position?: PositionOfSyncListReply | null;
  /** The number of items on all pages. */
  total: number;
}

/** Body of `sync.outcomes`. */
export interface SyncOutcomesBody {
  /** The position in the reply with the first page, which was held: this page then belongs to the same reading. */
  at?: Position | null;
  /** Only outcomes of this component. */
  component?: ComponentId | null;
  /**
   * Whether the list is held after the first page, so that the other pages can be asked for `at` the position of
   * the reply.
   */
  hold?: boolean | null;
  /** Only outcomes of this learner. */
  learner?: LearnerId | null;
  /** Only these outcomes. */
  outcome?: Outcome | null;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** Only components that were skipped for this reason. */
  reason?: ReasonOfSyncOutcomesBody | null;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/** Reply of `sync.outcomes`, by id of the learner and id of the component. */
export interface SyncOutcomesReply {
  /** The items of this page. */
  items: Array<PairOutcome>;
  /**
   * The position of the log at which the list was read, if it is held. The other pages are asked for with this
   * value as `at`.
   */
  position?: PositionOfSyncOutcomesReply | null;
  /** The number of items on all pages. */
  total: number;
}

/** Body of `sync.preview`. */
export interface SyncPreviewBody {
  /** For `selected_attributes`: the attributes to replay. */
  attributes?: Array<AttributeNameOfSyncPreviewBody> | null;
  /** The components to synchronise. */
  components: ComponentChoice;
  /** The preview that is confirmed: nothing happens that it did not show. */
  confirm?: ConfirmOfSyncPreviewBody | null;
  /** The learners to whose plans the changes are applied. */
  learners: LearnerChoiceOfSyncPreviewBody;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** The programme whose components are synchronised. */
  programme: ProgrammeId;
  /** The session whose recent changes are synchronised. */
  session: SessionId;
  /** Only components of the learners in one of these statuses; in any status if it is empty. */
  statuses?: Array<Condition> | null;
  /** The type of synchronisation; `changes_only` if none is given. */
  type?: SyncType | null;
}

/** Reply of `sync.preview`. */
export interface SyncPreviewReply {
  /** Whether the request has no conditions, so that the status of a component does not matter. */
  all_statuses?: boolean;
  /** For `selected_attributes`: the attributes that are replayed. */
  attributes?: Array<AttributeName>;
  /** The number of components. */
  components: number;
  /** A digest of the request and of the changes that it would replay. */
  digest: Digest;
  /** The number of learners. */
  learners: number;
  /** The numbers of outcomes. */
  pairs: PairCounts;
  /** The position of the log at which it was evaluated. */
  position: PositionOfSyncPreviewReply;
  /** The programme whose components are synchronised. */
  programme: SummaryProgramme;
  /** The rows of this page, in plan order. */
  rows: Array<SummaryRow>;
  /** The conditions on the status of components: those of the request, or every status if it has none. */
  statuses: Array<Condition>;
  /** The number of rows on all pages. */
  total: number;
  /** The type of synchronisation. */
  type: SyncType;
  /** Warnings. */
  warnings: Array<SummaryWarningCount>;
}

/** Reply of `sync.get`. */
export interface SyncRecord {
  /** The number of components. */
  components: number;
  /** How many components were created. */
  created: number;
  /** How many components were deleted. */
  deleted: number;
  /** How many learners are finished. */
  done: number;
  /** The time at which it ended. */
  finished_at?: Time | null;
  /**
   * The number of learners; the source, whose own plan a synchronisation of the type `selected_attributes`
   * updates, too, is none of them.
   */
  learners: number;
  /**
   * The numbers of outcomes so far, of the learners' plans only. `sync.outcomes` lists those of the source's own
   * plan.
   */
  pairs: PairCounts;
  /** The programme whose components are synchronised. */
  programme: ProgrammeId;
  /** The actor who asked for it. */
  requested_by: Actor;
  /** The source of the changes. */
  source: SyncSource;
  /** The time at which it was accepted. */
  started_at: Time;
  /** Its state. */
  state: SyncState;
  /** The id of the synchronisation. */
  sync: SyncId;
  /** The type of the synchronisation. */
  type: SyncType;
  /** How many components were updated. */
  updated: number;
}

/** A request for a synchronisation. */
export interface SyncRequest {
  /** For `selected_attributes`: the attributes to replay. */
  attributes?: Array<AttributeName> | null;
  /** The components to synchronise. */
  components: ComponentChoice;
  /** The preview that is confirmed: nothing happens that it did not show. */
  confirm?: ConfirmOfAuditReadReply | null;
  /** The learners to whose plans the changes are applied. */
  learners: LearnerChoice;
  /** The programme whose components are synchronised. */
  programme: ProgrammeId;
  /** The session whose recent changes are synchronised. */
  session: SessionId;
  /** Only components of the learners in one of these statuses; in any status if it is empty. */
  statuses?: Array<Condition> | null;
  /** The type of synchronisation; `changes_only` if none is given. */
  type?: SyncType | null;
}

/** A request for a synchronisation. */
export interface SyncRequestOfAuditShowReply {
  /** For `selected_attributes`: the attributes to replay. */
  attributes?: Array<AttributeName> | null;
  /** The components to synchronise. */
  components: ComponentChoice;
  /** The preview that is confirmed: nothing happens that it did not show. */
  confirm?: ConfirmOfAuditShowReply | null;
  /** The learners to whose plans the changes are applied. */
  learners: LearnerChoice;
  /** The programme whose components are synchronised. */
  programme: ProgrammeId;
  /** The session whose recent changes are synchronised. */
  session: SessionId;
  /** Only components of the learners in one of these statuses; in any status if it is empty. */
  statuses?: Array<Condition> | null;
  /** The type of synchronisation; `changes_only` if none is given. */
  type?: SyncType | null;
}

/** A request for a synchronisation. */
export interface SyncRequestOfEventSyncStarted {
  /** For `selected_attributes`: the attributes to replay. */
  attributes?: Array<AttributeName> | null;
  /** The components to synchronise. */
  components: ComponentChoice;
  /** The preview that is confirmed: nothing happens that it did not show. */
  confirm?: ConfirmOfEventSyncStarted | null;
  /** The learners to whose plans the changes are applied. */
  learners: LearnerChoice;
  /** The programme whose components are synchronised. */
  programme: ProgrammeId;
  /** The session whose recent changes are synchronised. */
  session: SessionId;
  /** Only components of the learners in one of these statuses; in any status if it is empty. */
  statuses?: Array<Condition> | null;
  /** The type of synchronisation; `changes_only` if none is given. */
  type?: SyncType | null;
}

/** The source of a synchronisation. */
export interface SyncSource {
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The session in which they were made. */
  session: SessionId;
}

/** Body of `sync.start`. */
export interface SyncStartBody {
  /** For `selected_attributes`: the attributes to replay. */
  attributes?: Array<AttributeNameOfSyncStartBody> | null;
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** The components to synchronise. */
  components: ComponentChoice;
  /** The preview that is confirmed: nothing happens that it did not show. */
  confirm?: ConfirmOfSyncStartBody | null;
  /** The learners to whose plans the changes are applied. */
  learners: LearnerChoiceOfSyncStartBody;
  /** The programme whose components are synchronised. */
  programme: ProgrammeId;
  /** The session whose recent changes are synchronised. */
  session: SessionId;
  /** Only components of the learners in one of these statuses; in any status if it is empty. */
  statuses?: Array<Condition> | null;
  /** The id of the synchronisation; if none is given, the engine makes one. */
  sync?: SyncId | null;
  /** The type of synchronisation; `changes_only` if none is given. */
  type?: SyncType | null;
}

/** Reply of `sync.start`. The synchronisation continues after it. */
export interface SyncStartReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position in the log at which it was accepted. */
  position: PositionOfSyncStartReply;
  /** The id of the synchronisation. */
  sync: SyncId;
}

/** The state of a synchronisation. Each word is explained in docs/codes.md. */
export type SyncState = "running" | "completed" | "cancelled";

/** Body of the event `sync.target`: a synchronisation has finished one learner. */
export interface SyncTarget {
  /** The number of components to which changes were applied. */
  applied: number;
  /**
   * The components that were created, by id. The event has at most 256 ids in all: first those of components, in
   * this order of fields, then those of tasks.
   */
  created?: Array<ComponentId>;
  /** The components that were deleted, by id. */
  deleted?: Array<ComponentId>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The numbers of components that were skipped, by the reasons of `sync.outcomes`. */
  skipped: { [key: string]: number };
  /** The id of the synchronisation. */
  sync: SyncId;
  /** The calendar tasks, in the order of their components. */
  tasks?: TaskMoves;
  /** Whether ids were left out; `plan.change` and `sync.outcomes` return all. */
  truncated?: boolean;
  /** The number of components that already had these values. */
  unchanged: number;
  /** The components that were updated, by id. */
  updated?: Array<ComponentId>;
  /** The version of the plan after it, if the plan was changed. */
  version?: VersionOfAuditLogReply | null;
  /** The numbers of components with a warning, by the codes of `sync.outcomes`. */
  warnings: { [key: string]: number };
}

/** Body of the event `sync.target`: a synchronisation has finished one learner. */
export interface SyncTargetOfAuditReadReply {
  /** The number of components to which changes were applied. */
  applied: number;
  /**
   * The components that were created, by id. The event has at most 256 ids in all: first those of components, in
   * this order of fields, then those of tasks.
   */
  created?: Array<ComponentId>;
  /** The components that were deleted, by id. */
  deleted?: Array<ComponentId>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The numbers of components that were skipped, by the reasons of `sync.outcomes`. */
  skipped: { [key: string]: number };
  /** The id of the synchronisation. */
  sync: SyncId;
  /** The calendar tasks, in the order of their components. */
  tasks?: TaskMoves;
  /** Whether ids were left out; `plan.change` and `sync.outcomes` return all. */
  truncated?: boolean;
  /** The number of components that already had these values. */
  unchanged: number;
  /** The components that were updated, by id. */
  updated?: Array<ComponentId>;
  /** The version of the plan after it, if the plan was changed. */
  version?: VersionOfAuditReadReply | null;
  /** The numbers of components with a warning, by the codes of `sync.outcomes`. */
  warnings: { [key: string]: number };
}

/** Body of the event `sync.target`: a synchronisation has finished one learner. */
export interface SyncTargetOfAuditShowReply {
  /** The number of components to which changes were applied. */
  applied: number;
  /**
   * The components that were created, by id. The event has at most 256 ids in all: first those of components, in
   * this order of fields, then those of tasks.
   */
  created?: Array<ComponentId>;
  /** The components that were deleted, by id. */
  deleted?: Array<ComponentId>;
  /** The learner whose plan it is. */
  learner: LearnerId;
  /** The numbers of components that were skipped, by the reasons of `sync.outcomes`. */
  skipped: { [key: string]: number };
  /** The id of the synchronisation. */
  sync: SyncId;
  /** The calendar tasks, in the order of their components. */
  tasks?: TaskMoves;
  /** Whether ids were left out; `plan.change` and `sync.outcomes` return all. */
  truncated?: boolean;
  /** The number of components that already had these values. */
  unchanged: number;
  /** The components that were updated, by id. */
  updated?: Array<ComponentId>;
  /** The version of the plan after it, if the plan was changed. */
  version?: VersionOfAuditShowReply | null;
  /** The numbers of components with a warning, by the codes of `sync.outcomes`. */
  warnings: { [key: string]: number };
}

/** The three types of synchronisation. Each word is explained in docs/codes.md. */
export type SyncType = "changes_only" | "all_attributes" | "selected_attributes";

/** The outcomes of a synchronisation in this plan. */
export interface Synchronised {
  /** The number of components to which changes were applied. */
  applied: number;
  /** How many of the applied components were created; `plan.change` returns which, and what differs. */
  created?: number;
  /** How many were deleted. */
  deleted?: number;
  /** The number of components that were skipped. */
  skipped: number;
  /** The number of components that already had these values. */
  unchanged: number;
  /** How many were updated. */
  updated?: number;
}

/** To several components, by a synchronisation. */
export interface SynchronisedChange {
  /** The numbers of components by outcome. */
  synchronised: Synchronised;
}

/** The synchronisations of all tenants. */
export interface SyncsStatus {
  /** Synchronisations that were cancelled. */
  cancelled: number;
  /** Synchronisations that were completed. */
  completed: number;
  /** Learners that were done. */
  learners_done: number;
  /** Learners that wait now. */
  learners_waiting: number;
  /** Synchronisations that run now. */
  running: number;
  /** Synchronisations that wait now for earlier ones. */
  waiting: number;
}

/** A calendar task of a review. */
export interface Task {
  /** The person whose task it is. */
  assignee: Assignee;
  /** The time at which it is due. */
  at: Time;
  /** Its status. */
  status: TaskStatus;
  /** Its id. */
  task: TaskId;
}

/** A calendar task of a review. A uuid; in MessagePack 16 bytes. */
export type TaskId = string;

/** Calendar tasks that were created, and open ones that were cancelled. */
export interface TaskMoves {
  /** The open tasks that were cancelled. */
  cancelled: Array<TaskId>;
  /** The tasks that were created. */
  made: Array<TaskId>;
}

/** The status of a calendar task. Each word is explained in docs/codes.md. */
export type TaskStatus = "open" | "done" | "cancelled";

/** The attributes of a component of a template; it needs a name. */
export interface TemplateAttributes {
  /** Who completes the component. */
  completion_mode?: "learner" | "tutor" | "employer" | "automatic";
  /** The criteria that the component covers: a set, returned sorted. */
  criteria?: Array<string>;
  /** Whether the employer delivers the component. */
  delivery_via_employer?: boolean;
  /** Whether the organisation delivers the component. */
  delivery_via_organisation?: boolean;
  /** The ids of documents, each once, in the order given. */
  documents?: Array<string>;
  /** The day by which the component is due; null if there is none. RFC 3339 full-date of the years 0001 to 9999. */
  due_date?: string | null;
  /** Whether the learner has to submit evidence. */
  evidence_required?: boolean;
  /** What the learner has to do. */
  instructions?: string;
  /** The id of the Marking Aid exercise; null if there is none. Only in tenants with Marking Aid. */
  marking_aid_exercise?: string | null;
  /** How often evidence has to be submitted at least. */
  min_evidence?: number;
  /** The name of the component. */
  name: string;
  /** The type of the review; null if there is none. For components of the type `review` only. */
  review_type?: string | null;
}

/** The attributes of a component of a template; it needs a name. */
export interface TemplateAttributesOfTemplatePutBody {
  /** Who completes the component. */
  completion_mode?: "learner" | "tutor" | "employer" | "automatic";
  /** The criteria that the component covers: a set, returned sorted. */
  criteria?: Array<string>;
  /** Whether the employer delivers the component. */
  delivery_via_employer?: boolean;
  /** Whether the organisation delivers the component. */
  delivery_via_organisation?: boolean;
  /** The ids of documents, each once, in the order given. */
  documents?: Array<string>;
  /** The day by which the component is due; null if there is none. RFC 3339 full-date of the years 0001 to 9999. */
  due_date?: string | null;
  /** Whether the learner has to submit evidence. */
  evidence_required?: boolean;
  /** What the learner has to do. */
  instructions?: string;
  /** The id of the Marking Aid exercise; null if there is none. Only in tenants with Marking Aid. */
  marking_aid_exercise?: string | null;
  /** How often evidence has to be submitted at least. */
  min_evidence?: number;
  /** The name of the component. */
  name: string;
  /** The type of the review; null if there is none. For components of the type `review` only. */
  review_type?: string | null;
}

/** The components that were put into a template. The version of the template increased by one. */
export interface TemplateChange {
  /** The components, as they were put. */
  components: Array<TemplateComponent>;
  /** The programme whose template it is. */
  programme: ProgrammeId;
}

/** A component of a template. */
export interface TemplateComponent {
  /** Its attributes; those that are left out have their default. */
  attributes: TemplateAttributes;
  /** Its id; the same on every plan that has it. */
  component: ComponentId;
  /** Its type, which never changes. */
  type: ComponentType;
}

/** A component of a template. */
export interface TemplateComponentOfTemplatePutBody {
  /** Its attributes; those that are left out have their default. */
  attributes: TemplateAttributesOfTemplatePutBody;
  /** Its id; the same on every plan that has it. */
  component: ComponentId;
  /** Its type, which never changes. */
  type: ComponentType;
}

/** Body of `template.get`. */
export interface TemplateGetBody {
  /** The position in the reply with the first page, which was held: this page then belongs to the same reading. */
  at?: Position | null;
  /**
   * Whether the list is held after the first page, so that the other pages can be asked for `at` the position of
   * the reply.
   */
  hold?: boolean | null;
  /** The number of the page, from 1. The first page if none is given. */
  page?: PageNumber | null;
  /** The most items that the page may have. 50 if none is given. */
  page_size?: PageSize | null;
  /** The programme whose template it is. */
  programme: ProgrammeId;
}

/** Reply of `template.get`, in the order in which the components were added. */
export interface TemplateGetReply {
  /** The items of this page. */
  components: Array<TemplateComponent>;
  /**
   * The position of the log at which the list was read, if it is held. The other pages are asked for with this
   * value as `at`.
   */
  position?: PositionOfTemplateGetReply | null;
  /** The number of items on all pages. */
  total: number;
  /** The version of the template. */
  version: VersionOfTemplateGetReply;
}

/** Body of `template.put`: adds components to a template, or replaces them there. */
export interface TemplatePutBody {
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** The components. */
  components: Array<TemplateComponentOfTemplatePutBody>;
  /** The programme whose template it is. */
  programme: ProgrammeId;
}

/** A commit that put a component into a template. */
export interface TemplatePutBy {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The id of the command that caused it. */
  command_id: CommandId;
  /** The position of the commit in the log. */
  position: PositionOfAuditBlameReply;
  /** The version that the commit gave to the template. */
  version: VersionOfAuditBlameReply;
}

/** A commit that put a component into a template. */
export interface TemplatePutByOfAuditChangesReply {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The id of the command that caused it. */
  command_id: CommandId;
  /** The position of the commit in the log. */
  position: PositionOfAuditChangesReply;
  /** The version that the commit gave to the template. */
  version: VersionOfAuditChangesReply;
}

/** A commit that put a component into a template. */
export interface TemplatePutByOfAuditDiffReply {
  /** The time at which the commit was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The id of the command that caused it. */
  command_id: CommandId;
  /** The position of the commit in the log. */
  position: PositionOfAuditDiffReply;
  /** The version that the commit gave to the template. */
  version: VersionOfAuditDiffReply;
}

/** The reply of every `put` and `remove`. */
export interface TemplatePutReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position of the commit in the log. */
  position: PositionOfTemplatePutReply;
}

/** The components that were removed from a template. The version of the template increased by one. */
export interface TemplateRemoval {
  /** The ids of the components. */
  components: Array<ComponentId>;
  /** The programme whose template it is. */
  programme: ProgrammeId;
}

/** Body of `template.remove`: removes components from a template. Plans keep them. */
export interface TemplateRemoveBody {
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** The ids of the components to remove. */
  components: Array<ComponentId>;
  /** The programme whose template it is. */
  programme: ProgrammeId;
}

/** The reply of every `put` and `remove`. */
export interface TemplateRemoveReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position of the commit in the log. */
  position: PositionOfTemplateRemoveReply;
}

/** Body of `tenant.get`. */
export type TenantGetBody = { [key: string]: never };

/** The settings of a tenant. */
export interface TenantGetReply {
  /** Whether Marking Aid exercises can be used. */
  marking_aid: boolean;
  /** What a synchronisation does with an owner who is the case owner of the source learner. */
  owner_rule: OwnerRule;
  /** After how many hours without use a record is closed. */
  record_idle_hours: IdleHours;
}

/** Body of `tenant.put`. */
export interface TenantPutBody {
  /**
   * The id of the command. A command that is sent again with the same id changes nothing and gets its first
   * answer. If it is left out, the header `Nats-Msg-Id` names the command.
   */
  command_id?: CommandId | null;
  /** Whether Marking Aid exercises can be used. */
  marking_aid: boolean;
  /** What a synchronisation does with an owner who is the case owner of the source learner. */
  owner_rule: OwnerRule;
  /** After how many hours without use a record is closed. 24 if none is given. */
  record_idle_hours?: IdleHours | null;
}

/** The reply of every `put` and `remove`. */
export interface TenantPutReply {
  /** Whether the command had been sent before, so that this is its first answer again. */
  duplicate?: boolean;
  /** The position of the commit in the log. */
  position: PositionOfTenantPutReply;
}

/** The settings of a tenant. */
export interface TenantRecord {
  /** Whether Marking Aid exercises can be used. */
  marking_aid: boolean;
  /** What a synchronisation does with an owner who is the case owner of the source learner. */
  owner_rule: OwnerRule;
  /** After how many hours without use a record is closed. */
  record_idle_hours: IdleHours;
}

/**
 * RFC 3339 date-time of the years 0001 to 9999. Returned in UTC, with six digits of a second and `Z`. Any fraction
 * is accepted (digits beyond a microsecond are cut off), and any offset; leap seconds (`:60`) and a space instead
 * of `T` are refused.
 */
export type Time = string;

/** A commit to which a command led. */
export interface TraceItem {
  /** The time at which it was recorded. */
  at: Time;
  /** The actor who asked for it. */
  by: Actor;
  /** The position of the commit that led to it; left out for the commit of the command itself. */
  cause?: PositionOfAuditTraceReply | null;
  /**
   * The id of the command that started its chain of causes; another one than that of the request if a second
   * command took part, such as one that cancelled a synchronisation.
   */
  correlation_id: CommandId;
  /** How many commits are between it and the command: 0 for the commit of the command itself. */
  depth: number;
  /** The kinds of its events. */
  kinds: Array<AuditKindOfAuditTraceReply>;
  /** Its position. */
  position: PositionOfAuditTraceReply;
  /** Its stream. */
  stream: AuditStream;
}

/** A command was carried out that changed nothing. */
export interface UnchangedCommand {
  /** The id of the command. */
  command_id: CommandId;
  /** The reply of the operation. */
  reply: { [key: string]: unknown };
}

/** How urgent a problem of the engine is. Each word is explained in docs/codes.md. */
export type Urgency = "not_ready" | "warning";

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type Version = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfAuditBlameReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfAuditChangesReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfAuditDiffReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfAuditLogReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfAuditPlanReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfAuditReadReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfAuditShowReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfAuditWhyReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfError = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfEventCommandRejected = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfEventPlanChanged = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfEventSyncTarget = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfPlanChangeReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfPlanEditReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfPlanGetReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfPlanHistoryReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfPlanInstantiateReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfRecordListReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfRecordOpenReply = number;

/** The version of a plan or of a template. The first version is 1; 0 means that there is nothing yet. */
export type VersionOfTemplateGetReply = number;

/** A time to wait, in milliseconds. */
export type WaitMillis = number;

/** A warning about one component in the plan of one learner. */
export interface Warning {
  /** The kind of warning. */
  code: PairWarning;
  /** For `evidence_deleted`: how many pieces of evidence were deleted. */
  evidence?: number | null;
  /** For `review_recreated`: how many calendar tasks were created, if that was recorded. */
  made?: number | null;
  /** For `rest_not_permitted`: why the other attributes were not changed. */
  reason?: Reason | null;
  /** For `review_recreated` and `tasks_cancelled`: how many open calendar tasks were cancelled. */
  tasks?: number | null;
}

/** A place in a list of differences. */
export interface WhatIfCursor {
  /** The component of the learner that was returned last; left out if none was. */
  component?: ComponentId | null;
  /** The learner who is next. */
  learner: LearnerId;
}

/** A place in a list of differences. */
export interface WhatIfCursorOfAuditWhatIfReply {
  /** The component of the learner that was returned last; left out if none was. */
  component?: ComponentId | null;
  /** The learner who is next. */
  learner: LearnerId;
}

/** A component of a learner about which the synchronisation would have decided otherwise. */
export interface WhatIfDifference {
  /** The id of the component. */
  component: ComponentId;
  /** What would have been decided. */
  hypothetical: ComponentDecision;
  /** The position of the log on which both were decided. */
  judged_at: PositionOfAuditWhatIfReply;
  /** The learner. */
  learner: LearnerId;
  /** Its name at the source. */
  name: string;
  /** The position of the commit with the recorded decision. */
  position: PositionOfAuditWhatIfReply;
  /** What was decided and recorded. */
  recorded: ComponentDecision;
  /** The status that it had in the learner's plan; left out if the plan did not have it. */
  status?: Status | null;
}
