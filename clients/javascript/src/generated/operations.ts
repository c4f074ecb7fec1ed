// All operations, by noun.
//
// Generated from proto-schemas/ by clients/generate; do not edit.

import type { DurableCommand } from "../durable.js";
import type { Operating } from "../operating.js";
import type { Paging } from "../pages.js";
import type * as types from "./types.js";

/** The operations that reply with a list in pages. */
export const PAGING: Readonly<Record<string, Paging>> = {
  "administrator.list": { field: "items", pinnedBy: "hold" },
  "learner.find": { field: "items", pinnedBy: "hold" },
  "learner.list": { field: "items", pinnedBy: "hold" },
  "plan.change": { field: "changes", pinnedBy: null },
  "plan.get": { field: "components", pinnedBy: "at_version" },
  "plan.history": { field: "items", pinnedBy: null },
  "programme.list": { field: "items", pinnedBy: "hold" },
  "record.changes": { field: "changes", pinnedBy: "hold" },
  "record.list": { field: "items", pinnedBy: "hold" },
  "sync.affected": { field: "items", pinnedBy: null },
  "sync.changes": { field: "items", pinnedBy: null },
  "sync.components": { field: "items", pinnedBy: "hold" },
  "sync.explain": { field: "items", pinnedBy: null },
  "sync.filters": { field: "items", pinnedBy: "hold" },
  "sync.learners": { field: "items", pinnedBy: "hold" },
  "sync.list": { field: "items", pinnedBy: "hold" },
  "sync.outcomes": { field: "items", pinnedBy: "hold" },
  "sync.preview": { field: "rows", pinnedBy: null },
  "template.get": { field: "components", pinnedBy: "hold" },
};

/** The operations that change something. */
export const COMMANDS: ReadonlySet<string> = new Set([
  "administrator.put",
  "administrator.remove",
  "learner.erase",
  "learner.hold",
  "learner.put",
  "learner.release",
  "plan.edit",
  "plan.instantiate",
  "programme.put",
  "record.close",
  "record.open",
  "sync.cancel",
  "sync.start",
  "template.put",
  "template.remove",
  "tenant.put",
]);

/** The operations that this version knows. */
export const NAMES: ReadonlySet<string> = new Set([
  "actor.get",
  "administrator.get",
  "administrator.list",
  "administrator.names",
  "administrator.put",
  "administrator.remove",
  "audit.blame",
  "audit.changes",
  "audit.diff",
  "audit.head",
  "audit.log",
  "audit.plan",
  "audit.proof",
  "audit.read",
  "audit.show",
  "audit.trace",
  "audit.what-if",
  "audit.why",
  "engine.status",
  "learner.erase",
  "learner.find",
  "learner.get",
  "learner.hold",
  "learner.list",
  "learner.put",
  "learner.release",
  "plan.change",
  "plan.edit",
  "plan.get",
  "plan.history",
  "plan.instantiate",
  "programme.get",
  "programme.list",
  "programme.put",
  "record.changes",
  "record.close",
  "record.list",
  "record.open",
  "sync.affected",
  "sync.cancel",
  "sync.changes",
  "sync.components",
  "sync.explain",
  "sync.filters",
  "sync.get",
  "sync.learners",
  "sync.list",
  "sync.outcomes",
  "sync.preview",
  "sync.start",
  "template.get",
  "template.put",
  "template.remove",
  "tenant.get",
  "tenant.put",
]);

/** The operations `actor.*`. */
export class ActorOperations {
  readonly #operating: Operating;

  constructor(operating: Operating) {
    this.#operating = operating;
  }

  /**
   * Returns the actor who asks, with permissions. For `system` and all administrators; the groups and permissions
   * of an administrator decide what it returns or may change.
   */
  get(body: types.ActorGetBody = {}): Promise<types.ActorGetReply> {
    return this.#operating.request<types.ActorGetReply>("actor.get", body);
  }
}

/** The operations `administrator.*`. */
export class AdministratorOperations {
  readonly #operating: Operating;

  constructor(operating: Operating) {
    this.#operating = operating;
  }

  /** Returns an administrator. For `system`, and administrators with `supervisor` or `compliance_qa`. */
  get(body: types.AdministratorGetBody): Promise<types.AdministratorGetReply> {
    return this.#operating.request<types.AdministratorGetReply>("administrator.get", body);
  }

  /** Lists the administrators, by name. For `system`, and administrators with `supervisor` or `compliance_qa`. */
  list(body: types.AdministratorListBody = {}): Promise<types.AdministratorListReply> {
    return this.#operating.request<types.AdministratorListReply>("administrator.list", body);
  }

  /** Like `list`: all items, page by page. */
  listAll(body: types.AdministratorListBody = {}): AsyncGenerator<types.AdministratorRecord, void, undefined> {
    return this.#operating.all<types.AdministratorRecord>("administrator.list", body);
  }

  /**
   * Returns the names of up to 500 actors. For `system` and all administrators; the groups and permissions of an
   * administrator decide what it returns or may change.
   */
  names(body: types.AdministratorNamesBody): Promise<types.AdministratorNamesReply> {
    return this.#operating.request<types.AdministratorNamesReply>("administrator.names", body);
  }

  /** Creates or replaces an administrator. For `system` only. */
  put(body: types.AdministratorPutBody): Promise<types.AdministratorPutReply> {
    return this.#operating.request<types.AdministratorPutReply>("administrator.put", body);
  }

  /** Like `put`, as a durable command: resolves when the command is stored. */
  putDurable(body: types.AdministratorPutBody): Promise<DurableCommand<types.AdministratorPutReply>> {
    return this.#operating.durable<types.AdministratorPutReply>("administrator.put", body);
  }

  /** Removes an administrator, who is unknown from then on; what they did stays. For `system` only. */
  remove(body: types.AdministratorRemoveBody): Promise<types.AdministratorRemoveReply> {
    return this.#operating.request<types.AdministratorRemoveReply>("administrator.remove", body);
  }

  /** Like `remove`, as a durable command: resolves when the command is stored. */
  removeDurable(body: types.AdministratorRemoveBody): Promise<DurableCommand<types.AdministratorRemoveReply>> {
    return this.#operating.durable<types.AdministratorRemoveReply>("administrator.remove", body);
  }
}

/** The operations `audit.*`. */
export class AuditOperations {
  readonly #operating: Operating;

  constructor(operating: Operating) {
    this.#operating = operating;
  }

  /**
   * Returns who set each attribute of a learner's plan last, by hand, from a template or by a synchronisation, and
   * then also who set it at the source. For `system`, and administrators with `supervisor` or `compliance_qa`.
   */
  blame(body: types.AuditBlameBody): Promise<types.AuditBlameReply> {
    return this.#operating.request<types.AuditBlameReply>("audit.blame", body);
  }

  /**
   * Lists what changed in the plans in a period: components added and removed, due dates moved with their reasons,
   * and other changes. For `system`, and administrators with `supervisor` or `compliance_qa`.
   */
  changes(body: types.AuditChangesBody): Promise<types.AuditChangesReply> {
    return this.#operating.request<types.AuditChangesReply>("audit.changes", body);
  }

  /**
   * Returns what differs between a learner's plan at two points, and who made each difference. For `system`, and
   * administrators with `supervisor` or `compliance_qa`.
   */
  diff(body: types.AuditDiffBody): Promise<types.AuditDiffReply> {
    return this.#operating.request<types.AuditDiffReply>("audit.diff", body);
  }

  /**
   * Returns the head of the Merkle tree over all commits of the log, not signed. For `system`, and administrators
   * with `supervisor` or `compliance_qa`.
   */
  head(body: types.AuditHeadBody = {}): Promise<types.AuditHeadReply> {
    return this.#operating.request<types.AuditHeadReply>("audit.head", body);
  }

  /**
   * Lists the commits of the log about a learner, a synchronisation or a command, or those that pass other
   * filters, with everything that they did. For `system`, and administrators with `supervisor` or `compliance_qa`.
   */
  log(body: types.AuditLogBody = {}): Promise<types.AuditLogReply> {
    return this.#operating.request<types.AuditLogReply>("audit.log", body);
  }

  /**
   * Returns a learner's plan as it was at a version, a position or a time. For `system`, and administrators with
   * `supervisor` or `compliance_qa`.
   */
  plan(body: types.AuditPlanBody): Promise<types.AuditPlanReply> {
    return this.#operating.request<types.AuditPlanReply>("audit.plan", body);
  }

  /**
   * Proves that a commit is in the Merkle tree of the log, or that an earlier tree is its beginning. For `system`,
   * and administrators with `supervisor` or `compliance_qa`.
   */
  proof(body: types.AuditProofBody = {}): Promise<types.AuditProofReply> {
    return this.#operating.request<types.AuditProofReply>("audit.proof", body);
  }

  /**
   * Returns the log as events from a position, with those of reference data, and can wait for new ones. For
   * `system` only.
   */
  read(body: types.AuditReadBody): Promise<types.AuditReadReply> {
    return this.#operating.request<types.AuditReadReply>("audit.read", body);
  }

  /**
   * Returns one commit of the log in full, with its causes and effects. For `system`, and administrators with
   * `supervisor` or `compliance_qa`.
   */
  show(body: types.AuditShowBody): Promise<types.AuditShowReply> {
    return this.#operating.request<types.AuditShowReply>("audit.show", body);
  }

  /**
   * Lists every commit to which a command led, each with its cause. For `system`, and administrators with
   * `supervisor` or `compliance_qa`.
   */
  trace(body: types.AuditTraceBody): Promise<types.AuditTraceReply> {
    return this.#operating.request<types.AuditTraceReply>("audit.trace", body);
  }

  /**
   * Decides a recorded synchronisation again, on the records of then, for another administrator, with other
   * permissions or under other conditions, and lists what would have been decided otherwise. Nothing is written.
   * For `system`, and administrators with `supervisor` or `compliance_qa`.
   */
  whatIf(body: types.AuditWhatIfBody): Promise<types.AuditWhatIfReply> {
    return this.#operating.request<types.AuditWhatIfReply>("audit.what-if", body);
  }

  /**
   * Returns what a synchronisation decided about a learner and on which records and permissions, or why the
   * learner was not selected. For `system`, and administrators with `supervisor` or `compliance_qa`.
   */
  why(body: types.AuditWhyBody): Promise<types.AuditWhyReply> {
    return this.#operating.request<types.AuditWhyReply>("audit.why", body);
  }
}

/** The operations `engine.*`. */
export class EngineOperations {
  readonly #operating: Operating;

  constructor(operating: Operating) {
    this.#operating = operating;
  }

  /**
   * Returns how the engine stands: what is ready, what is wrong and what to do, and what it has counted. It is
   * about no tenant, and the tenant in the subject need not exist. For `system` only.
   */
  status(body: types.EngineStatusBody = {}): Promise<types.EngineStatusReply> {
    return this.#operating.request<types.EngineStatusReply>("engine.status", body);
  }
}

/** The operations `learner.*`. */
export class LearnerOperations {
  readonly #operating: Operating;

  constructor(operating: Operating) {
    this.#operating = operating;
  }

  /**
   * Erases the name of a learner, the reasons given for their due dates, and the searches that found them. It
   * cannot be undone, and is complete when it is answered. The plan stays; nothing about the learner can be
   * changed any more. For `system` only.
   */
  erase(body: types.LearnerEraseBody): Promise<types.LearnerEraseReply> {
    return this.#operating.request<types.LearnerEraseReply>("learner.erase", body);
  }

  /** Like `erase`, as a durable command: resolves when the command is stored. */
  eraseDurable(body: types.LearnerEraseBody): Promise<DurableCommand<types.LearnerEraseReply>> {
    return this.#operating.durable<types.LearnerEraseReply>("learner.erase", body);
  }

  /**
   * Finds learners that the actor may see, by name. For `system` and all administrators; the groups and
   * permissions of an administrator decide what it returns or may change.
   */
  find(body: types.LearnerFindBody = {}): Promise<types.LearnerFindReply> {
    return this.#operating.request<types.LearnerFindReply>("learner.find", body);
  }

  /** Like `find`: all items, page by page. */
  findAll(body: types.LearnerFindBody = {}): AsyncGenerator<types.FoundLearner, void, undefined> {
    return this.#operating.all<types.FoundLearner>("learner.find", body);
  }

  /** Returns a learner. For `system`, and administrators with `supervisor` or `compliance_qa`. */
  get(body: types.LearnerGetBody): Promise<types.LearnerGetReply> {
    return this.#operating.request<types.LearnerGetReply>("learner.get", body);
  }

  /** Puts a legal hold on a learner, who cannot be erased while it stands. For `system` only. */
  hold(body: types.LearnerHoldBody): Promise<types.LearnerHoldReply> {
    return this.#operating.request<types.LearnerHoldReply>("learner.hold", body);
  }

  /** Like `hold`, as a durable command: resolves when the command is stored. */
  holdDurable(body: types.LearnerHoldBody): Promise<DurableCommand<types.LearnerHoldReply>> {
    return this.#operating.durable<types.LearnerHoldReply>("learner.hold", body);
  }

  /**
   * Lists the learners that the actor may see, by name, with all their data. For `system`, and administrators with
   * `supervisor` or `compliance_qa`.
   */
  list(body: types.LearnerListBody = {}): Promise<types.LearnerListReply> {
    return this.#operating.request<types.LearnerListReply>("learner.list", body);
  }

  /** Like `list`: all items, page by page. */
  listAll(body: types.LearnerListBody = {}): AsyncGenerator<types.LearnerRecord, void, undefined> {
    return this.#operating.all<types.LearnerRecord>("learner.list", body);
  }

  /** Creates or replaces a learner. For `system` only. */
  put(body: types.LearnerPutBody): Promise<types.LearnerPutReply> {
    return this.#operating.request<types.LearnerPutReply>("learner.put", body);
  }

  /** Like `put`, as a durable command: resolves when the command is stored. */
  putDurable(body: types.LearnerPutBody): Promise<DurableCommand<types.LearnerPutReply>> {
    return this.#operating.durable<types.LearnerPutReply>("learner.put", body);
  }

  /** Lifts the legal hold on a learner. For `system` only. */
  release(body: types.LearnerReleaseBody): Promise<types.LearnerReleaseReply> {
    return this.#operating.request<types.LearnerReleaseReply>("learner.release", body);
  }

  /** Like `release`, as a durable command: resolves when the command is stored. */
  releaseDurable(body: types.LearnerReleaseBody): Promise<DurableCommand<types.LearnerReleaseReply>> {
    return this.#operating.durable<types.LearnerReleaseReply>("learner.release", body);
  }
}

/** The operations `plan.*`. */
export class PlanOperations {
  readonly #operating: Operating;

  constructor(operating: Operating) {
    this.#operating = operating;
  }

  /**
   * Returns what one commit changed in a plan, attribute by attribute, before and after. For `system` and all
   * administrators; the groups and permissions of an administrator decide what it returns or may change.
   */
  change(body: types.PlanChangeBody): Promise<types.PlanChangeReply> {
    return this.#operating.request<types.PlanChangeReply>("plan.change", body);
  }

  /** Like `change`: all items, page by page. */
  changeAll(body: types.PlanChangeBody): AsyncGenerator<types.ComponentDifference, void, undefined> {
    return this.#operating.all<types.ComponentDifference>("plan.change", body);
  }

  /**
   * Edits a learner's plan: all edits are applied, or none. For `system` and all administrators; the groups and
   * permissions of an administrator decide what it returns or may change.
   */
  edit(body: types.PlanEditBody): Promise<types.PlanEditReply> {
    return this.#operating.request<types.PlanEditReply>("plan.edit", body);
  }

  /** Like `edit`, as a durable command: resolves when the command is stored. */
  editDurable(body: types.PlanEditBody): Promise<DurableCommand<types.PlanEditReply>> {
    return this.#operating.durable<types.PlanEditReply>("plan.edit", body);
  }

  /**
   * Returns the components of a learner's plan in plan order (the order in which they were added), now or at an
   * earlier version. For `system` and all administrators; the groups and permissions of an administrator decide
   * what it returns or may change.
   */
  get(body: types.PlanGetBody): Promise<types.PlanGetReply> {
    return this.#operating.request<types.PlanGetReply>("plan.get", body);
  }

  /** Like `get`: all items, page by page. */
  getAll(body: types.PlanGetBody): AsyncGenerator<types.Component, void, undefined> {
    return this.#operating.all<types.Component>("plan.get", body);
  }

  /**
   * Lists the commits of a plan, oldest first. For `system` and all administrators; the groups and permissions of
   * an administrator decide what it returns or may change.
   */
  history(body: types.PlanHistoryBody): Promise<types.PlanHistoryReply> {
    return this.#operating.request<types.PlanHistoryReply>("plan.history", body);
  }

  /** Like `history`: all items, page by page. */
  historyAll(body: types.PlanHistoryBody): AsyncGenerator<types.PlanCommit, void, undefined> {
    return this.#operating.all<types.PlanCommit>("plan.history", body);
  }

  /**
   * Adds the components of a programme's template that a learner's plan does not have. For `system` and all
   * administrators; the groups and permissions of an administrator decide what it returns or may change.
   */
  instantiate(body: types.PlanInstantiateBody): Promise<types.PlanInstantiateReply> {
    return this.#operating.request<types.PlanInstantiateReply>("plan.instantiate", body);
  }

  /** Like `instantiate`, as a durable command: resolves when the command is stored. */
  instantiateDurable(body: types.PlanInstantiateBody): Promise<DurableCommand<types.PlanInstantiateReply>> {
    return this.#operating.durable<types.PlanInstantiateReply>("plan.instantiate", body);
  }
}

/** The operations `programme.*`. */
export class ProgrammeOperations {
  readonly #operating: Operating;

  constructor(operating: Operating) {
    this.#operating = operating;
  }

  /** Returns a programme. For `system`, and administrators with `supervisor` or `compliance_qa`. */
  get(body: types.ProgrammeGetBody): Promise<types.ProgrammeGetReply> {
    return this.#operating.request<types.ProgrammeGetReply>("programme.get", body);
  }

  /** Lists the programmes, by name. For `system`, and administrators with `supervisor` or `compliance_qa`. */
  list(body: types.ProgrammeListBody = {}): Promise<types.ProgrammeListReply> {
    return this.#operating.request<types.ProgrammeListReply>("programme.list", body);
  }

  /** Like `list`: all items, page by page. */
  listAll(body: types.ProgrammeListBody = {}): AsyncGenerator<types.ProgrammeRecord, void, undefined> {
    return this.#operating.all<types.ProgrammeRecord>("programme.list", body);
  }

  /** Creates or replaces a programme. For `system` only. */
  put(body: types.ProgrammePutBody): Promise<types.ProgrammePutReply> {
    return this.#operating.request<types.ProgrammePutReply>("programme.put", body);
  }

  /** Like `put`, as a durable command: resolves when the command is stored. */
  putDurable(body: types.ProgrammePutBody): Promise<DurableCommand<types.ProgrammePutReply>> {
    return this.#operating.durable<types.ProgrammePutReply>("programme.put", body);
  }
}

/** The operations `record.*`. */
export class RecordOperations {
  readonly #operating: Operating;

  constructor(operating: Operating) {
    this.#operating = operating;
  }

  /**
   * Returns what was changed since a record was opened, component by component. For the administrator who has the
   * record open, but not for `system`, which has no open records.
   */
  changes(body: types.RecordChangesBody): Promise<types.RecordChangesReply> {
    return this.#operating.request<types.RecordChangesReply>("record.changes", body);
  }

  /** Like `changes`: all items, page by page. */
  changesAll(body: types.RecordChangesBody): AsyncGenerator<types.RecentChange, void, undefined> {
    return this.#operating.all<types.RecentChange>("record.changes", body);
  }

  /**
   * Closes an open record; the plan stays as it is. For the administrator who has the record open, but not for
   * `system`, which has no open records.
   */
  close(body: types.RecordCloseBody): Promise<types.RecordCloseReply> {
    return this.#operating.request<types.RecordCloseReply>("record.close", body);
  }

  /** Like `close`, as a durable command: resolves when the command is stored. */
  closeDurable(body: types.RecordCloseBody): Promise<DurableCommand<types.RecordCloseReply>> {
    return this.#operating.durable<types.RecordCloseReply>("record.close", body);
  }

  /**
   * Lists the records that the actor has open, oldest first; `system` has none. For `system` and all
   * administrators; the groups and permissions of an administrator decide what it returns or may change.
   */
  list(body: types.RecordListBody = {}): Promise<types.RecordListReply> {
    return this.#operating.request<types.RecordListReply>("record.list", body);
  }

  /** Like `list`: all items, page by page. */
  listAll(body: types.RecordListBody = {}): AsyncGenerator<types.Record, void, undefined> {
    return this.#operating.all<types.Record>("record.list", body);
  }

  /** Opens a learner's record: recent changes count from here. For administrators, but not for `system`. */
  open(body: types.RecordOpenBody): Promise<types.RecordOpenReply> {
    return this.#operating.request<types.RecordOpenReply>("record.open", body);
  }

  /** Like `open`, as a durable command: resolves when the command is stored. */
  openDurable(body: types.RecordOpenBody): Promise<DurableCommand<types.RecordOpenReply>> {
    return this.#operating.durable<types.RecordOpenReply>("record.open", body);
  }
}

/** The operations `sync.*`. */
export class SyncOperations {
  readonly #operating: Operating;

  constructor(operating: Operating) {
    this.#operating = operating;
  }

  /**
   * Returns what a synchronisation would do, one row for each learner. For the administrator who has the record
   * open and a permission to add, change or delete components or to plan them for QA, but not for `system`, which
   * has no open records.
   */
  affected(body: types.SyncAffectedBody): Promise<types.SyncAffectedReply> {
    return this.#operating.request<types.SyncAffectedReply>("sync.affected", body);
  }

  /** Like `affected`: all items, page by page. */
  affectedAll(body: types.SyncAffectedBody): AsyncGenerator<types.AffectedLearner, void, undefined> {
    return this.#operating.all<types.AffectedLearner>("sync.affected", body);
  }

  /**
   * Stops a running synchronisation before its next learner. For `system` and all administrators; the groups and
   * permissions of an administrator decide what it returns or may change.
   */
  cancel(body: types.SyncCancelBody): Promise<types.SyncCancelReply> {
    return this.#operating.request<types.SyncCancelReply>("sync.cancel", body);
  }

  /** Like `cancel`, as a durable command: resolves when the command is stored. */
  cancelDurable(body: types.SyncCancelBody): Promise<DurableCommand<types.SyncCancelReply>> {
    return this.#operating.durable<types.SyncCancelReply>("sync.cancel", body);
  }

  /**
   * Returns the changes that a synchronisation replays, component by component, to those who may read it. For
   * `system` and all administrators; the groups and permissions of an administrator decide what it returns or may
   * change.
   */
  changes(body: types.SyncChangesBody): Promise<types.SyncChangesReply> {
    return this.#operating.request<types.SyncChangesReply>("sync.changes", body);
  }

  /** Like `changes`: all items, page by page. */
  changesAll(body: types.SyncChangesBody): AsyncGenerator<types.FrozenChange, void, undefined> {
    return this.#operating.all<types.FrozenChange>("sync.changes", body);
  }

  /**
   * Lists the components that can be synchronised. For the administrator who has the record open, but not for
   * `system`, which has no open records.
   */
  components(body: types.SyncComponentsBody): Promise<types.SyncComponentsReply> {
    return this.#operating.request<types.SyncComponentsReply>("sync.components", body);
  }

  /** Like `components`: all items, page by page. */
  componentsAll(body: types.SyncComponentsBody): AsyncGenerator<types.SyncComponent, void, undefined> {
    return this.#operating.all<types.SyncComponent>("sync.components", body);
  }

  /**
   * Returns for one component which learners it would be synchronised to, or which not and why. For the
   * administrator who has the record open and a permission to add, change or delete components or to plan them for
   * QA, but not for `system`, which has no open records.
   */
  explain(body: types.SyncExplainBody): Promise<types.SyncExplainReply> {
    return this.#operating.request<types.SyncExplainReply>("sync.explain", body);
  }

  /** Like `explain`: all items, page by page. */
  explainAll(body: types.SyncExplainBody): AsyncGenerator<types.ExplainedPair, void, undefined> {
    return this.#operating.all<types.ExplainedPair>("sync.explain", body);
  }

  /**
   * Lists the values of a filter, with the number of components or learners for each. For the administrator who
   * has the record open, but not for `system`, which has no open records.
   */
  filters(body: types.SyncFiltersBody): Promise<types.SyncFiltersReply> {
    return this.#operating.request<types.SyncFiltersReply>("sync.filters", body);
  }

  /** Like `filters`: all items, page by page. */
  filtersAll(body: types.SyncFiltersBody): AsyncGenerator<types.FilterValue, void, undefined> {
    return this.#operating.all<types.FilterValue>("sync.filters", body);
  }

  /**
   * Returns the state of a synchronisation, to those who may read it. For `system` and all administrators; the
   * groups and permissions of an administrator decide what it returns or may change.
   */
  get(body: types.SyncGetBody): Promise<types.SyncGetReply> {
    return this.#operating.request<types.SyncGetReply>("sync.get", body);
  }

  /**
   * Lists the learners that can be synchronised to, by name. For the administrator who has the record open, but
   * not for `system`, which has no open records.
   */
  learners(body: types.SyncLearnersBody): Promise<types.SyncLearnersReply> {
    return this.#operating.request<types.SyncLearnersReply>("sync.learners", body);
  }

  /** Like `learners`: all items, page by page. */
  learnersAll(body: types.SyncLearnersBody): AsyncGenerator<types.SyncLearner, void, undefined> {
    return this.#operating.all<types.SyncLearner>("sync.learners", body);
  }

  /**
   * Lists the synchronisations that the actor may see, newest first. For `system` and all administrators; the
   * groups and permissions of an administrator decide what it returns or may change.
   */
  list(body: types.SyncListBody = {}): Promise<types.SyncListReply> {
    return this.#operating.request<types.SyncListReply>("sync.list", body);
  }

  /** Like `list`: all items, page by page. */
  listAll(body: types.SyncListBody = {}): AsyncGenerator<types.SyncRecord, void, undefined> {
    return this.#operating.all<types.SyncRecord>("sync.list", body);
  }

  /**
   * Lists the outcome of every component on every learner's plan, to those who may read the synchronisation. For
   * `system` and all administrators; the groups and permissions of an administrator decide what it returns or may
   * change.
   */
  outcomes(body: types.SyncOutcomesBody): Promise<types.SyncOutcomesReply> {
    return this.#operating.request<types.SyncOutcomesReply>("sync.outcomes", body);
  }

  /** Like `outcomes`: all items, page by page. */
  outcomesAll(body: types.SyncOutcomesBody): AsyncGenerator<types.PairOutcome, void, undefined> {
    return this.#operating.all<types.PairOutcome>("sync.outcomes", body);
  }

  /**
   * Returns what a synchronisation would do, one row for each component. For the administrator who has the record
   * open and a permission to add, change or delete components or to plan them for QA, but not for `system`, which
   * has no open records.
   */
  preview(body: types.SyncPreviewBody): Promise<types.SyncPreviewReply> {
    return this.#operating.request<types.SyncPreviewReply>("sync.preview", body);
  }

  /** Like `preview`: all items, page by page. */
  previewAll(body: types.SyncPreviewBody): AsyncGenerator<types.SummaryRow, void, undefined> {
    return this.#operating.all<types.SummaryRow>("sync.preview", body);
  }

  /**
   * Starts a synchronisation, which continues after the reply. For the administrator who has the record open and a
   * permission to add, change or delete components or to plan them for QA, but not for `system`, which has no open
   * records.
   */
  start(body: types.SyncStartBody): Promise<types.SyncStartReply> {
    return this.#operating.request<types.SyncStartReply>("sync.start", body);
  }

  /** Like `start`, as a durable command: resolves when the command is stored. */
  startDurable(body: types.SyncStartBody): Promise<DurableCommand<types.SyncStartReply>> {
    return this.#operating.durable<types.SyncStartReply>("sync.start", body);
  }
}

/** The operations `template.*`. */
export class TemplateOperations {
  readonly #operating: Operating;

  constructor(operating: Operating) {
    this.#operating = operating;
  }

  /**
   * Returns the components of a programme's template, in the order in which they were added. For `system`, and
   * administrators with `supervisor` or `compliance_qa`.
   */
  get(body: types.TemplateGetBody): Promise<types.TemplateGetReply> {
    return this.#operating.request<types.TemplateGetReply>("template.get", body);
  }

  /** Like `get`: all items, page by page. */
  getAll(body: types.TemplateGetBody): AsyncGenerator<types.TemplateComponent, void, undefined> {
    return this.#operating.all<types.TemplateComponent>("template.get", body);
  }

  /** Adds components to the template of a programme, or replaces them there. For `system` only. */
  put(body: types.TemplatePutBody): Promise<types.TemplatePutReply> {
    return this.#operating.request<types.TemplatePutReply>("template.put", body);
  }

  /** Like `put`, as a durable command: resolves when the command is stored. */
  putDurable(body: types.TemplatePutBody): Promise<DurableCommand<types.TemplatePutReply>> {
    return this.#operating.durable<types.TemplatePutReply>("template.put", body);
  }

  /** Removes components from the template of a programme; plans keep them. For `system` only. */
  remove(body: types.TemplateRemoveBody): Promise<types.TemplateRemoveReply> {
    return this.#operating.request<types.TemplateRemoveReply>("template.remove", body);
  }

  /** Like `remove`, as a durable command: resolves when the command is stored. */
  removeDurable(body: types.TemplateRemoveBody): Promise<DurableCommand<types.TemplateRemoveReply>> {
    return this.#operating.durable<types.TemplateRemoveReply>("template.remove", body);
  }
}

/** The operations `tenant.*`. */
export class TenantOperations {
  readonly #operating: Operating;

  constructor(operating: Operating) {
    this.#operating = operating;
  }

  /** Returns the settings of the tenant. For `system`, and administrators with `supervisor` or `compliance_qa`. */
  get(body: types.TenantGetBody = {}): Promise<types.TenantGetReply> {
    return this.#operating.request<types.TenantGetReply>("tenant.get", body);
  }

  /** Creates a tenant, or replaces its settings. For `system` only. */
  put(body: types.TenantPutBody): Promise<types.TenantPutReply> {
    return this.#operating.request<types.TenantPutReply>("tenant.put", body);
  }

  /** Like `put`, as a durable command: resolves when the command is stored. */
  putDurable(body: types.TenantPutBody): Promise<DurableCommand<types.TenantPutReply>> {
    return this.#operating.durable<types.TenantPutReply>("tenant.put", body);
  }
}

/** All operations. */
export class Operations {
  readonly actor: ActorOperations;
  readonly administrator: AdministratorOperations;
  readonly audit: AuditOperations;
  readonly engine: EngineOperations;
  readonly learner: LearnerOperations;
  readonly plan: PlanOperations;
  readonly programme: ProgrammeOperations;
  readonly record: RecordOperations;
  readonly sync: SyncOperations;
  readonly template: TemplateOperations;
  readonly tenant: TenantOperations;

  constructor(operating: Operating) {
    this.actor = new ActorOperations(operating);
    this.administrator = new AdministratorOperations(operating);
    this.audit = new AuditOperations(operating);
    this.engine = new EngineOperations(operating);
    this.learner = new LearnerOperations(operating);
    this.plan = new PlanOperations(operating);
    this.programme = new ProgrammeOperations(operating);
    this.record = new RecordOperations(operating);
    this.sync = new SyncOperations(operating);
    this.template = new TemplateOperations(operating);
    this.tenant = new TenantOperations(operating);
  }
}
