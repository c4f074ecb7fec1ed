// The kinds of events, each with the type of its body, and the codes of refusals.
//
// Generated from proto-schemas/ by clients/generate; do not edit.

import type * as types from "./types.js";

/** The body of each kind of event. */
export interface EventBodies {
  "command.accepted": types.EventCommandAccepted;
  "command.rejected": types.EventCommandRejected;
  "learner.erased": types.EventLearnerErased;
  "plan.changed": types.EventPlanChanged;
  "record.closed": types.EventRecordClosed;
  "record.opened": types.EventRecordOpened;
  "sync.cancelled": types.EventSyncCancelled;
  "sync.completed": types.EventSyncCompleted;
  "sync.started": types.EventSyncStarted;
  "sync.target": types.EventSyncTarget;
}

/** The kinds of events that this version knows. */
export const KINDS: ReadonlySet<string> = new Set([
  "command.accepted",
  "command.rejected",
  "learner.erased",
  "plan.changed",
  "record.closed",
  "record.opened",
  "sync.cancelled",
  "sync.completed",
  "sync.started",
  "sync.target",
]);

/** The fields that hold bytes; 16 bytes in any other field are a UUID. */
export const BYTES_FIELDS: ReadonlySet<string> = new Set(["bytes", "leaf_hash", "root"]);
