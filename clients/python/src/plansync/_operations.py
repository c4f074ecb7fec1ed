"""All operations, by noun.

Generated from proto-schemas/ by clients/generate; do not edit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

from .types import (
    ActorGetBody,
    ActorGetReply,
    AdministratorGetBody,
    AdministratorGetReply,
    AdministratorListBody,
    AdministratorListReply,
    AdministratorNamesBody,
    AdministratorNamesReply,
    AdministratorPutBody,
    AdministratorPutReply,
    AdministratorRecord,
    AdministratorRemoveBody,
    AdministratorRemoveReply,
    AffectedLearner,
    AuditBlameBody,
    AuditBlameReply,
    AuditChangesBody,
    AuditChangesReply,
    AuditDiffBody,
    AuditDiffReply,
    AuditHeadBody,
    AuditHeadReply,
    AuditLogBody,
    AuditLogReply,
    AuditPlanBody,
    AuditPlanReply,
    AuditProofBody,
    AuditProofReply,
    AuditReadBody,
    AuditReadReply,
    AuditShowBody,
    AuditShowReply,
    AuditTraceBody,
    AuditTraceReply,
    AuditWhatIfBody,
    AuditWhatIfReply,
    AuditWhyBody,
    AuditWhyReply,
    Component,
    ComponentDifference,
    EngineStatusBody,
    EngineStatusReply,
    ExplainedPair,
    FilterValue,
    FoundLearner,
    FrozenChange,
    LearnerEraseBody,
    LearnerEraseReply,
    LearnerFindBody,
    LearnerFindReply,
    LearnerGetBody,
    LearnerGetReply,
    LearnerHoldBody,
    LearnerHoldReply,
    LearnerListBody,
    LearnerListReply,
    LearnerPutBody,
    LearnerPutReply,
    LearnerRecord,
    LearnerReleaseBody,
    LearnerReleaseReply,
    PairOutcome,
    PlanChangeBody,
    PlanChangeReply,
    PlanCommit,
    PlanEditBody,
    PlanEditReply,
    PlanGetBody,
    PlanGetReply,
    PlanHistoryBody,
    PlanHistoryReply,
    PlanInstantiateBody,
    PlanInstantiateReply,
    ProgrammeGetBody,
    ProgrammeGetReply,
    ProgrammeListBody,
    ProgrammeListReply,
    ProgrammePutBody,
    ProgrammePutReply,
    ProgrammeRecord,
    RecentChange,
    Record,
    RecordChangesBody,
    RecordChangesReply,
    RecordCloseBody,
    RecordCloseReply,
    RecordListBody,
    RecordListReply,
    RecordOpenBody,
    RecordOpenReply,
    SummaryRow,
    SyncAffectedBody,
    SyncAffectedReply,
    SyncCancelBody,
    SyncCancelReply,
    SyncChangesBody,
    SyncChangesReply,
    SyncComponent,
    SyncComponentsBody,
    SyncComponentsReply,
    SyncExplainBody,
    SyncExplainReply,
    SyncFiltersBody,
    SyncFiltersReply,
    SyncGetBody,
    SyncGetReply,
    SyncLearner,
    SyncLearnersBody,
    SyncLearnersReply,
    SyncListBody,
    SyncListReply,
    SyncOutcomesBody,
    SyncOutcomesReply,
    SyncPreviewBody,
    SyncPreviewReply,
    SyncRecord,
    SyncStartBody,
    SyncStartReply,
    TemplateComponent,
    TemplateGetBody,
    TemplateGetReply,
    TemplatePutBody,
    TemplatePutReply,
    TemplateRemoveBody,
    TemplateRemoveReply,
    TenantGetBody,
    TenantGetReply,
    TenantPutBody,
    TenantPutReply,
)
from .bodies import Dumps
from .durable import DurableCommand
from .operating import Operating
from .pages import Paging

PAGING: dict[str, Paging] = {
    "administrator.list": Paging(field="items", pinned_by="hold"),
    "learner.find": Paging(field="items", pinned_by="hold"),
    "learner.list": Paging(field="items", pinned_by="hold"),
    "plan.change": Paging(field="changes", pinned_by=None),
    "plan.get": Paging(field="components", pinned_by="at_version"),
    "plan.history": Paging(field="items", pinned_by=None),
    "programme.list": Paging(field="items", pinned_by="hold"),
    "record.changes": Paging(field="changes", pinned_by="hold"),
    "record.list": Paging(field="items", pinned_by="hold"),
    "sync.affected": Paging(field="items", pinned_by=None),
    "sync.changes": Paging(field="items", pinned_by=None),
    "sync.components": Paging(field="items", pinned_by="hold"),
    "sync.explain": Paging(field="items", pinned_by=None),
    "sync.filters": Paging(field="items", pinned_by="hold"),
    "sync.learners": Paging(field="items", pinned_by="hold"),
    "sync.list": Paging(field="items", pinned_by="hold"),
    "sync.outcomes": Paging(field="items", pinned_by="hold"),
    "sync.preview": Paging(field="rows", pinned_by=None),
    "template.get": Paging(field="components", pinned_by="hold"),
}
"""The operations that reply with a list in pages."""

COMMANDS: frozenset[str] = frozenset(
    {
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
    }
)
"""The operations that change something."""

NAMES: frozenset[str] = frozenset(
    {
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
    }
)
"""The operations that this version knows."""


class ActorOperations:
    """The operations `actor.*`."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def get(self, body: ActorGetBody | Dumps = {}) -> ActorGetReply:
        """Returns the actor who asks, with permissions. For `system` and all administrators; the groups and
        permissions of an administrator decide what it returns or may change.
        """
        return cast(ActorGetReply, await self._operating.request("actor.get", body))


class AdministratorOperations:
    """The operations `administrator.*`."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def get(self, body: AdministratorGetBody | Dumps) -> AdministratorGetReply:
        """Returns an administrator. For `system`, and administrators with `supervisor` or `compliance_qa`."""
        return cast(AdministratorGetReply, await self._operating.request("administrator.get", body))

    async def list(self, body: AdministratorListBody | Dumps = {}) -> AdministratorListReply:
        """Lists the administrators, by name. For `system`, and administrators with `supervisor` or `compliance_qa`."""
        return cast(AdministratorListReply, await self._operating.request("administrator.list", body))

    def list_all(self, body: AdministratorListBody | Dumps = {}) -> AsyncIterator[AdministratorRecord]:
        """Like `list`: all items, page by page."""
        return cast(AsyncIterator[AdministratorRecord], self._operating.all("administrator.list", body))

    async def names(self, body: AdministratorNamesBody | Dumps) -> AdministratorNamesReply:
        """Returns the names of up to 500 actors. For `system` and all administrators; the groups and permissions of an
        administrator decide what it returns or may change.
        """
        return cast(AdministratorNamesReply, await self._operating.request("administrator.names", body))

    async def put(self, body: AdministratorPutBody | Dumps) -> AdministratorPutReply:
        """Creates or replaces an administrator. For `system` only."""
        return cast(AdministratorPutReply, await self._operating.request("administrator.put", body))

    async def put_durable(self, body: AdministratorPutBody | Dumps) -> DurableCommand[AdministratorPutReply]:
        """Like `put`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[AdministratorPutReply], await self._operating.durable("administrator.put", body))

    async def remove(self, body: AdministratorRemoveBody | Dumps) -> AdministratorRemoveReply:
        """Removes an administrator, who is unknown from then on; what they did stays. For `system` only."""
        return cast(AdministratorRemoveReply, await self._operating.request("administrator.remove", body))

    async def remove_durable(self, body: AdministratorRemoveBody | Dumps) -> DurableCommand[AdministratorRemoveReply]:
        """Like `remove`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[AdministratorRemoveReply], await self._operating.durable("administrator.remove", body))


class AuditOperations:
    """The operations `audit.*`."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def blame(self, body: AuditBlameBody | Dumps) -> AuditBlameReply:
        """Returns who set each attribute of a learner's plan last, by hand, from a template or by a synchronisation,
        and then also who set it at the source. For `system`, and administrators with `supervisor` or
        `compliance_qa`.
        """
        return cast(AuditBlameReply, await self._operating.request("audit.blame", body))

    async def changes(self, body: AuditChangesBody | Dumps) -> AuditChangesReply:
        """Lists what changed in the plans in a period: components added and removed, due dates moved with their
        reasons, and other changes. For `system`, and administrators with `supervisor` or `compliance_qa`.
        """
        return cast(AuditChangesReply, await self._operating.request("audit.changes", body))

    async def diff(self, body: AuditDiffBody | Dumps) -> AuditDiffReply:
        """Returns what differs between a learner's plan at two points, and who made each difference. For `system`, and
        administrators with `supervisor` or `compliance_qa`.
        """
        return cast(AuditDiffReply, await self._operating.request("audit.diff", body))

    async def head(self, body: AuditHeadBody | Dumps = {}) -> AuditHeadReply:
        """Returns the head of the Merkle tree over all commits of the log, not signed. For `system`, and
        administrators with `supervisor` or `compliance_qa`.
        """
        return cast(AuditHeadReply, await self._operating.request("audit.head", body))

    async def log(self, body: AuditLogBody | Dumps = {}) -> AuditLogReply:
        """Lists the commits of the log about a learner, a synchronisation or a command, or those that pass other
        filters, with everything that they did. For `system`, and administrators with `supervisor` or
        `compliance_qa`.
        """
        return cast(AuditLogReply, await self._operating.request("audit.log", body))

    async def plan(self, body: AuditPlanBody | Dumps) -> AuditPlanReply:
        """Returns a learner's plan as it was at a version, a position or a time. For `system`, and administrators with
        `supervisor` or `compliance_qa`.
        """
        return cast(AuditPlanReply, await self._operating.request("audit.plan", body))

    async def proof(self, body: AuditProofBody | Dumps = {}) -> AuditProofReply:
        """Proves that a commit is in the Merkle tree of the log, or that an earlier tree is its beginning. For
        `system`, and administrators with `supervisor` or `compliance_qa`.
        """
        return cast(AuditProofReply, await self._operating.request("audit.proof", body))

    async def read(self, body: AuditReadBody | Dumps) -> AuditReadReply:
        """Returns the log as events from a position, with those of reference data, and can wait for new ones. For
        `system` only.
        """
        return cast(AuditReadReply, await self._operating.request("audit.read", body))

    async def show(self, body: AuditShowBody | Dumps) -> AuditShowReply:
        """Returns one commit of the log in full, with its causes and effects. For `system`, and administrators with
        `supervisor` or `compliance_qa`.
        """
        return cast(AuditShowReply, await self._operating.request("audit.show", body))

    async def trace(self, body: AuditTraceBody | Dumps) -> AuditTraceReply:
        """Lists every commit to which a command led, each with its cause. For `system`, and administrators with
        `supervisor` or `compliance_qa`.
        """
        return cast(AuditTraceReply, await self._operating.request("audit.trace", body))

    async def what_if(self, body: AuditWhatIfBody | Dumps) -> AuditWhatIfReply:
        """Decides a recorded synchronisation again, on the records of then, for another administrator, with other
        permissions or under other conditions, and lists what would have been decided otherwise. Nothing is written.
        For `system`, and administrators with `supervisor` or `compliance_qa`.
        """
        return cast(AuditWhatIfReply, await self._operating.request("audit.what-if", body))

    async def why(self, body: AuditWhyBody | Dumps) -> AuditWhyReply:
        """Returns what a synchronisation decided about a learner and on which records and permissions, or why the
        learner was not selected. For `system`, and administrators with `supervisor` or `compliance_qa`.
        """
        return cast(AuditWhyReply, await self._operating.request("audit.why", body))


class EngineOperations:
    """The operations `engine.*`."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def status(self, body: EngineStatusBody | Dumps = {}) -> EngineStatusReply:
        """Returns how the engine stands: what is ready, what is wrong and what to do, and what it has counted. It is
        about no tenant, and the tenant in the subject need not exist. For `system` only.
        """
        return cast(EngineStatusReply, await self._operating.request("engine.status", body))


class LearnerOperations:
    """The operations `learner.*`."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def erase(self, body: LearnerEraseBody | Dumps) -> LearnerEraseReply:
        """Erases the name of a learner, the reasons given for their due dates, and the searches that found them. It
        cannot be undone, and is complete when it is answered. The plan stays; nothing about the learner can be
        changed any more. For `system` only.
        """
        return cast(LearnerEraseReply, await self._operating.request("learner.erase", body))

    async def erase_durable(self, body: LearnerEraseBody | Dumps) -> DurableCommand[LearnerEraseReply]:
        """Like `erase`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[LearnerEraseReply], await self._operating.durable("learner.erase", body))

    async def find(self, body: LearnerFindBody | Dumps = {}) -> LearnerFindReply:
        """Finds learners that the actor may see, by name. For `system` and all administrators; the groups and
        permissions of an administrator decide what it returns or may change.
        """
        return cast(LearnerFindReply, await self._operating.request("learner.find", body))

    def find_all(self, body: LearnerFindBody | Dumps = {}) -> AsyncIterator[FoundLearner]:
        """Like `find`: all items, page by page."""
        return cast(AsyncIterator[FoundLearner], self._operating.all("learner.find", body))

    async def get(self, body: LearnerGetBody | Dumps) -> LearnerGetReply:
        """Returns a learner. For `system`, and administrators with `supervisor` or `compliance_qa`."""
        return cast(LearnerGetReply, await self._operating.request("learner.get", body))

    async def hold(self, body: LearnerHoldBody | Dumps) -> LearnerHoldReply:
        """Puts a legal hold on a learner, who cannot be erased while it stands. For `system` only."""
        return cast(LearnerHoldReply, await self._operating.request("learner.hold", body))

    async def hold_durable(self, body: LearnerHoldBody | Dumps) -> DurableCommand[LearnerHoldReply]:
        """Like `hold`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[LearnerHoldReply], await self._operating.durable("learner.hold", body))

    async def list(self, body: LearnerListBody | Dumps = {}) -> LearnerListReply:
        """Lists the learners that the actor may see, by name, with all their data. For `system`, and administrators
        with `supervisor` or `compliance_qa`.
        """
        return cast(LearnerListReply, await self._operating.request("learner.list", body))

    def list_all(self, body: LearnerListBody | Dumps = {}) -> AsyncIterator[LearnerRecord]:
        """Like `list`: all items, page by page."""
        return cast(AsyncIterator[LearnerRecord], self._operating.all("learner.list", body))

    async def put(self, body: LearnerPutBody | Dumps) -> LearnerPutReply:
        """Creates or replaces a learner. For `system` only."""
        return cast(LearnerPutReply, await self._operating.request("learner.put", body))

    async def put_durable(self, body: LearnerPutBody | Dumps) -> DurableCommand[LearnerPutReply]:
        """Like `put`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[LearnerPutReply], await self._operating.durable("learner.put", body))

    async def release(self, body: LearnerReleaseBody | Dumps) -> LearnerReleaseReply:
        """Lifts the legal hold on a learner. For `system` only."""
        return cast(LearnerReleaseReply, await self._operating.request("learner.release", body))

    async def release_durable(self, body: LearnerReleaseBody | Dumps) -> DurableCommand[LearnerReleaseReply]:
        """Like `release`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[LearnerReleaseReply], await self._operating.durable("learner.release", body))


class PlanOperations:
    """The operations `plan.*`."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def change(self, body: PlanChangeBody | Dumps) -> PlanChangeReply:
        """Returns what one commit changed in a plan, attribute by attribute, before and after. For `system` and all
        administrators; the groups and permissions of an administrator decide what it returns or may change.
        """
        return cast(PlanChangeReply, await self._operating.request("plan.change", body))

    def change_all(self, body: PlanChangeBody | Dumps) -> AsyncIterator[ComponentDifference]:
        """Like `change`: all items, page by page."""
        return cast(AsyncIterator[ComponentDifference], self._operating.all("plan.change", body))

    async def edit(self, body: PlanEditBody | Dumps) -> PlanEditReply:
        """Edits a learner's plan: all edits are applied, or none. For `system` and all administrators; the groups and
        permissions of an administrator decide what it returns or may change.
        """
        return cast(PlanEditReply, await self._operating.request("plan.edit", body))

    async def edit_durable(self, body: PlanEditBody | Dumps) -> DurableCommand[PlanEditReply]:
        """Like `edit`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[PlanEditReply], await self._operating.durable("plan.edit", body))

    async def get(self, body: PlanGetBody | Dumps) -> PlanGetReply:
        """Returns the components of a learner's plan in plan order (the order in which they were added), now or at an
        earlier version. For `system` and all administrators; the groups and permissions of an administrator decide
        what it returns or may change.
        """
        return cast(PlanGetReply, await self._operating.request("plan.get", body))

    def get_all(self, body: PlanGetBody | Dumps) -> AsyncIterator[Component]:
        """Like `get`: all items, page by page."""
        return cast(AsyncIterator[Component], self._operating.all("plan.get", body))

    async def history(self, body: PlanHistoryBody | Dumps) -> PlanHistoryReply:
        """Lists the commits of a plan, oldest first. For `system` and all administrators; the groups and permissions
        of an administrator decide what it returns or may change.
        """
        return cast(PlanHistoryReply, await self._operating.request("plan.history", body))

    def history_all(self, body: PlanHistoryBody | Dumps) -> AsyncIterator[PlanCommit]:
        """Like `history`: all items, page by page."""
        return cast(AsyncIterator[PlanCommit], self._operating.all("plan.history", body))

    async def instantiate(self, body: PlanInstantiateBody | Dumps) -> PlanInstantiateReply:
        """Adds the components of a programme's template that a learner's plan does not have. For `system` and all
        administrators; the groups and permissions of an administrator decide what it returns or may change.
        """
        return cast(PlanInstantiateReply, await self._operating.request("plan.instantiate", body))

    async def instantiate_durable(self, body: PlanInstantiateBody | Dumps) -> DurableCommand[PlanInstantiateReply]:
        """Like `instantiate`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[PlanInstantiateReply], await self._operating.durable("plan.instantiate", body))


class ProgrammeOperations:
    """The operations `programme.*`."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def get(self, body: ProgrammeGetBody | Dumps) -> ProgrammeGetReply:
        """Returns a programme. For `system`, and administrators with `supervisor` or `compliance_qa`."""
        return cast(ProgrammeGetReply, await self._operating.request("programme.get", body))

    async def list(self, body: ProgrammeListBody | Dumps = {}) -> ProgrammeListReply:
        """Lists the programmes, by name. For `system`, and administrators with `supervisor` or `compliance_qa`."""
        return cast(ProgrammeListReply, await self._operating.request("programme.list", body))

    def list_all(self, body: ProgrammeListBody | Dumps = {}) -> AsyncIterator[ProgrammeRecord]:
        """Like `list`: all items, page by page."""
        return cast(AsyncIterator[ProgrammeRecord], self._operating.all("programme.list", body))

    async def put(self, body: ProgrammePutBody | Dumps) -> ProgrammePutReply:
        """Creates or replaces a programme. For `system` only."""
        return cast(ProgrammePutReply, await self._operating.request("programme.put", body))

    async def put_durable(self, body: ProgrammePutBody | Dumps) -> DurableCommand[ProgrammePutReply]:
        """Like `put`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[ProgrammePutReply], await self._operating.durable("programme.put", body))


class RecordOperations:
    """The operations `record.*`."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def changes(self, body: RecordChangesBody | Dumps) -> RecordChangesReply:
        """Returns what was changed since a record was opened, component by component. For the administrator who has
        the record open, but not for `system`, which has no open records.
        """
        return cast(RecordChangesReply, await self._operating.request("record.changes", body))

    def changes_all(self, body: RecordChangesBody | Dumps) -> AsyncIterator[RecentChange]:
        """Like `changes`: all items, page by page."""
        return cast(AsyncIterator[RecentChange], self._operating.all("record.changes", body))

    async def close(self, body: RecordCloseBody | Dumps) -> RecordCloseReply:
        """Closes an open record; the plan stays as it is. For the administrator who has the record open, but not for
        `system`, which has no open records.
        """
        return cast(RecordCloseReply, await self._operating.request("record.close", body))

    async def close_durable(self, body: RecordCloseBody | Dumps) -> DurableCommand[RecordCloseReply]:
        """Like `close`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[RecordCloseReply], await self._operating.durable("record.close", body))

    async def list(self, body: RecordListBody | Dumps = {}) -> RecordListReply:
        """Lists the records that the actor has open, oldest first; `system` has none. For `system` and all
        administrators; the groups and permissions of an administrator decide what it returns or may change.
        """
        return cast(RecordListReply, await self._operating.request("record.list", body))

    def list_all(self, body: RecordListBody | Dumps = {}) -> AsyncIterator[Record]:
        """Like `list`: all items, page by page."""
        return cast(AsyncIterator[Record], self._operating.all("record.list", body))

    async def open(self, body: RecordOpenBody | Dumps) -> RecordOpenReply:
        """Opens a learner's record: recent changes count from here. For administrators, but not for `system`."""
        return cast(RecordOpenReply, await self._operating.request("record.open", body))

    async def open_durable(self, body: RecordOpenBody | Dumps) -> DurableCommand[RecordOpenReply]:
        """Like `open`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[RecordOpenReply], await self._operating.durable("record.open", body))


class SyncOperations:
    """The operations `sync.*`."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def affected(self, body: SyncAffectedBody | Dumps) -> SyncAffectedReply:
        """Returns what a synchronisation would do, one row for each learner. For the administrator who has the record
        open and a permission to add, change or delete components or to plan them for QA, but not for `system`,
        which has no open records.
        """
        return cast(SyncAffectedReply, await self._operating.request("sync.affected", body))

    def affected_all(self, body: SyncAffectedBody | Dumps) -> AsyncIterator[AffectedLearner]:
        """Like `affected`: all items, page by page."""
        return cast(AsyncIterator[AffectedLearner], self._operating.all("sync.affected", body))

    async def cancel(self, body: SyncCancelBody | Dumps) -> SyncCancelReply:
        """Stops a running synchronisation before its next learner. For `system` and all administrators; the groups and
        permissions of an administrator decide what it returns or may change.
        """
        return cast(SyncCancelReply, await self._operating.request("sync.cancel", body))

    async def cancel_durable(self, body: SyncCancelBody | Dumps) -> DurableCommand[SyncCancelReply]:
        """Like `cancel`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[SyncCancelReply], await self._operating.durable("sync.cancel", body))

    async def changes(self, body: SyncChangesBody | Dumps) -> SyncChangesReply:
        """Returns the changes that a synchronisation replays, component by component, to those who may read it. For
        `system` and all administrators; the groups and permissions of an administrator decide what it returns or
        may change.
        """
        return cast(SyncChangesReply, await self._operating.request("sync.changes", body))

    def changes_all(self, body: SyncChangesBody | Dumps) -> AsyncIterator[FrozenChange]:
        """Like `changes`: all items, page by page."""
        return cast(AsyncIterator[FrozenChange], self._operating.all("sync.changes", body))

    async def components(self, body: SyncComponentsBody | Dumps) -> SyncComponentsReply:
        """Lists the components that can be synchronised. For the administrator who has the record open, but not for
        `system`, which has no open records.
        """
        return cast(SyncComponentsReply, await self._operating.request("sync.components", body))

    def components_all(self, body: SyncComponentsBody | Dumps) -> AsyncIterator[SyncComponent]:
        """Like `components`: all items, page by page."""
        return cast(AsyncIterator[SyncComponent], self._operating.all("sync.components", body))

    async def explain(self, body: SyncExplainBody | Dumps) -> SyncExplainReply:
        """Returns for one component which learners it would be synchronised to, or which not and why. For the
        administrator who has the record open and a permission to add, change or delete components or to plan them
        for QA, but not for `system`, which has no open records.
        """
        return cast(SyncExplainReply, await self._operating.request("sync.explain", body))

    def explain_all(self, body: SyncExplainBody | Dumps) -> AsyncIterator[ExplainedPair]:
        """Like `explain`: all items, page by page."""
        return cast(AsyncIterator[ExplainedPair], self._operating.all("sync.explain", body))

    async def filters(self, body: SyncFiltersBody | Dumps) -> SyncFiltersReply:
        """Lists the values of a filter, with the number of components or learners for each. For the administrator who
        has the record open, but not for `system`, which has no open records.
        """
        return cast(SyncFiltersReply, await self._operating.request("sync.filters", body))

    def filters_all(self, body: SyncFiltersBody | Dumps) -> AsyncIterator[FilterValue]:
        """Like `filters`: all items, page by page."""
        return cast(AsyncIterator[FilterValue], self._operating.all("sync.filters", body))

    async def get(self, body: SyncGetBody | Dumps) -> SyncGetReply:
        """Returns the state of a synchronisation, to those who may read it. For `system` and all administrators; the
        groups and permissions of an administrator decide what it returns or may change.
        """
        return cast(SyncGetReply, await self._operating.request("sync.get", body))

    async def learners(self, body: SyncLearnersBody | Dumps) -> SyncLearnersReply:
        """Lists the learners that can be synchronised to, by name. For the administrator who has the record open, but
        not for `system`, which has no open records.
        """
        return cast(SyncLearnersReply, await self._operating.request("sync.learners", body))

    def learners_all(self, body: SyncLearnersBody | Dumps) -> AsyncIterator[SyncLearner]:
        """Like `learners`: all items, page by page."""
        return cast(AsyncIterator[SyncLearner], self._operating.all("sync.learners", body))

    async def list(self, body: SyncListBody | Dumps = {}) -> SyncListReply:
        """Lists the synchronisations that the actor may see, newest first. For `system` and all administrators; the
        groups and permissions of an administrator decide what it returns or may change.
        """
        return cast(SyncListReply, await self._operating.request("sync.list", body))

    def list_all(self, body: SyncListBody | Dumps = {}) -> AsyncIterator[SyncRecord]:
        """Like `list`: all items, page by page."""
        return cast(AsyncIterator[SyncRecord], self._operating.all("sync.list", body))

    async def outcomes(self, body: SyncOutcomesBody | Dumps) -> SyncOutcomesReply:
        """Lists the outcome of every component on every learner's plan, to those who may read the synchronisation. For
        `system` and all administrators; the groups and permissions of an administrator decide what it returns or
        may change.
        """
        return cast(SyncOutcomesReply, await self._operating.request("sync.outcomes", body))

    def outcomes_all(self, body: SyncOutcomesBody | Dumps) -> AsyncIterator[PairOutcome]:
        """Like `outcomes`: all items, page by page."""
        return cast(AsyncIterator[PairOutcome], self._operating.all("sync.outcomes", body))

    async def preview(self, body: SyncPreviewBody | Dumps) -> SyncPreviewReply:
        """Returns what a synchronisation would do, one row for each component. For the administrator who has the
        record open and a permission to add, change or delete components or to plan them for QA, but not for
        `system`, which has no open records.
        """
        return cast(SyncPreviewReply, await self._operating.request("sync.preview", body))

    def preview_all(self, body: SyncPreviewBody | Dumps) -> AsyncIterator[SummaryRow]:
        """Like `preview`: all items, page by page."""
        return cast(AsyncIterator[SummaryRow], self._operating.all("sync.preview", body))

    async def start(self, body: SyncStartBody | Dumps) -> SyncStartReply:
        """Starts a synchronisation, which continues after the reply. For the administrator who has the record open and
        a permission to add, change or delete components or to plan them for QA, but not for `system`, which has no
        open records.
        """
        return cast(SyncStartReply, await self._operating.request("sync.start", body))

    async def start_durable(self, body: SyncStartBody | Dumps) -> DurableCommand[SyncStartReply]:
        """Like `start`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[SyncStartReply], await self._operating.durable("sync.start", body))


class TemplateOperations:
    """The operations `template.*`."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def get(self, body: TemplateGetBody | Dumps) -> TemplateGetReply:
        """Returns the components of a programme's template, in the order in which they were added. For `system`, and
        administrators with `supervisor` or `compliance_qa`.
        """
        return cast(TemplateGetReply, await self._operating.request("template.get", body))

    def get_all(self, body: TemplateGetBody | Dumps) -> AsyncIterator[TemplateComponent]:
        """Like `get`: all items, page by page."""
        return cast(AsyncIterator[TemplateComponent], self._operating.all("template.get", body))

    async def put(self, body: TemplatePutBody | Dumps) -> TemplatePutReply:
        """Adds components to the template of a programme, or replaces them there. For `system` only."""
        return cast(TemplatePutReply, await self._operating.request("template.put", body))

    async def put_durable(self, body: TemplatePutBody | Dumps) -> DurableCommand[TemplatePutReply]:
        """Like `put`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[TemplatePutReply], await self._operating.durable("template.put", body))

    async def remove(self, body: TemplateRemoveBody | Dumps) -> TemplateRemoveReply:
        """Removes components from the template of a programme; plans keep them. For `system` only."""
        return cast(TemplateRemoveReply, await self._operating.request("template.remove", body))

    async def remove_durable(self, body: TemplateRemoveBody | Dumps) -> DurableCommand[TemplateRemoveReply]:
        """Like `remove`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[TemplateRemoveReply], await self._operating.durable("template.remove", body))


class TenantOperations:
    """The operations `tenant.*`."""

    def __init__(self, operating: Operating) -> None:
        self._operating = operating

    async def get(self, body: TenantGetBody | Dumps = {}) -> TenantGetReply:
        """Returns the settings of the tenant. For `system`, and administrators with `supervisor` or `compliance_qa`."""
        return cast(TenantGetReply, await self._operating.request("tenant.get", body))

    async def put(self, body: TenantPutBody | Dumps) -> TenantPutReply:
        """Creates a tenant, or replaces its settings. For `system` only."""
        return cast(TenantPutReply, await self._operating.request("tenant.put", body))

    async def put_durable(self, body: TenantPutBody | Dumps) -> DurableCommand[TenantPutReply]:
        """Like `put`, as a durable command: returns when the command is stored."""
        return cast(DurableCommand[TenantPutReply], await self._operating.durable("tenant.put", body))


class Operations:
    """All operations."""

    def __init__(self, operating: Operating) -> None:
        self.actor = ActorOperations(operating)
        self.administrator = AdministratorOperations(operating)
        self.audit = AuditOperations(operating)
        self.engine = EngineOperations(operating)
        self.learner = LearnerOperations(operating)
        self.plan = PlanOperations(operating)
        self.programme = ProgrammeOperations(operating)
        self.record = RecordOperations(operating)
        self.sync = SyncOperations(operating)
        self.template = TemplateOperations(operating)
        self.tenant = TenantOperations(operating)
