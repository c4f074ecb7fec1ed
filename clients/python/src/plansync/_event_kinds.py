"""The kinds of events, each with the type of its body.

Generated from proto-schemas/ by clients/generate; do not edit.
"""

from __future__ import annotations

from dataclasses import dataclass

from .types import (
    EventCommandAccepted,
    EventCommandRejected,
    EventLearnerErased,
    EventPlanChanged,
    EventRecordClosed,
    EventRecordOpened,
    EventSyncCancelled,
    EventSyncCompleted,
    EventSyncStarted,
    EventSyncTarget,
)
from .event import Event


@dataclass(frozen=True, kw_only=True)
class CommandAccepted(Event):
    """Body of the event `command.accepted`: a durable command was carried out."""

    body: EventCommandAccepted


@dataclass(frozen=True, kw_only=True)
class CommandRejected(Event):
    """Body of the event `command.rejected`: a durable command was refused, and changed nothing."""

    body: EventCommandRejected


@dataclass(frozen=True, kw_only=True)
class LearnerErased(Event):
    """Body of the event `learner.erased`: nobody can read the learner's name and the reasons given for their due dates
    any more, nor the searches that found them.
    """

    body: EventLearnerErased


@dataclass(frozen=True, kw_only=True)
class PlanChanged(Event):
    """Body of the event `plan.changed`: a plan was changed by hand or from a template."""

    body: EventPlanChanged


@dataclass(frozen=True, kw_only=True)
class RecordClosed(Event):
    """Body of the event `record.closed`. There is no such event if the administrator opened the same record again: the
    event `record.opened` of the new session names the closed one as `replaced`.
    """

    body: EventRecordClosed


@dataclass(frozen=True, kw_only=True)
class RecordOpened(Event):
    """Body of the event `record.opened`."""

    body: EventRecordOpened


@dataclass(frozen=True, kw_only=True)
class SyncCancelled(Event):
    """Reply of `sync.get`."""

    body: EventSyncCancelled


@dataclass(frozen=True, kw_only=True)
class SyncCompleted(Event):
    """Reply of `sync.get`."""

    body: EventSyncCompleted


@dataclass(frozen=True, kw_only=True)
class SyncStarted(Event):
    """Body of the event `sync.started`."""

    body: EventSyncStarted


@dataclass(frozen=True, kw_only=True)
class SyncTarget(Event):
    """Body of the event `sync.target`: a synchronisation has finished one learner."""

    body: EventSyncTarget


KINDS: dict[str, type[Event]] = {
    "command.accepted": CommandAccepted,
    "command.rejected": CommandRejected,
    "learner.erased": LearnerErased,
    "plan.changed": PlanChanged,
    "record.closed": RecordClosed,
    "record.opened": RecordOpened,
    "sync.cancelled": SyncCancelled,
    "sync.completed": SyncCompleted,
    "sync.started": SyncStarted,
    "sync.target": SyncTarget,
}

BYTES_FIELDS: frozenset[str] = frozenset({"bytes", "leaf_hash", "root"})
"""The fields that hold bytes; 16 bytes in any other field are a UUID."""

__all__ = [
    "CommandAccepted",
    "CommandRejected",
    "LearnerErased",
    "PlanChanged",
    "RecordClosed",
    "RecordOpened",
    "SyncCancelled",
    "SyncCompleted",
    "SyncStarted",
    "SyncTarget",
]
