"""One error class for each code with which the service refuses.

Generated from proto-schemas/ by clients/generate; do not edit.
"""

from __future__ import annotations

from .errors import Refused


class InvalidRequest(Refused):
    """The service refused with the code `invalid_request`."""


class PageTooLarge(Refused):
    """The service refused with the code `page_too_large`."""


class UnknownActor(Refused):
    """The service refused with the code `unknown_actor`."""


class NotPermitted(Refused):
    """The service refused with the code `not_permitted`."""


class SyncNotPermitted(Refused):
    """The service refused with the code `sync_not_permitted`."""


class UnknownOperation(Refused):
    """The service refused with the code `unknown_operation`."""


class TenantNotFound(Refused):
    """The service refused with the code `tenant_not_found`."""


class AdministratorNotFound(Refused):
    """The service refused with the code `administrator_not_found`."""


class LearnerNotAvailable(Refused):
    """The service refused with the code `learner_not_available`."""


class ComponentNotFound(Refused):
    """The service refused with the code `component_not_found`."""


class ProgrammeNotFound(Refused):
    """The service refused with the code `programme_not_found`."""


class SessionNotOpen(Refused):
    """The service refused with the code `session_not_open`."""


class SyncNotFound(Refused):
    """The service refused with the code `sync_not_found`."""


class VersionConflict(Refused):
    """The service refused with the code `version_conflict`."""


class CommandIdReused(Refused):
    """The service refused with the code `command_id_reused`."""


class SourceChanged(Refused):
    """The service refused with the code `source_changed`."""


class ReadingExpired(Refused):
    """The service refused with the code `reading_expired`."""


class ComponentExists(Refused):
    """The service refused with the code `component_exists`."""


class SessionExists(Refused):
    """The service refused with the code `session_exists`."""


class SyncExists(Refused):
    """The service refused with the code `sync_exists`."""


class UnsupportedMediaType(Refused):
    """The service refused with the code `unsupported_media_type`."""


class TooManyComponents(Refused):
    """The service refused with the code `too_many_components`."""


class TooManyLearners(Refused):
    """The service refused with the code `too_many_learners`."""


class NothingSelected(Refused):
    """The service refused with the code `nothing_selected`."""


class NoRecentChanges(Refused):
    """The service refused with the code `no_recent_changes`."""


class AttributeNotAllowed(Refused):
    """The service refused with the code `attribute_not_allowed`."""


class ReasonRequired(Refused):
    """The service refused with the code `reason_required`."""


class Overloaded(Refused):
    """The service refused with the code `overloaded`."""


class Internal(Refused):
    """The service refused with the code `internal`."""


class LogDamaged(Refused):
    """The service refused with the code `log_damaged`."""


class Unavailable(Refused):
    """The service refused with the code `unavailable`."""


class LearnerErasedRefused(Refused):
    """The service refused with the code `learner_erased`."""


class LearnerHeld(Refused):
    """The service refused with the code `learner_held`."""


REFUSALS: dict[str, type[Refused]] = {
    "invalid_request": InvalidRequest,
    "page_too_large": PageTooLarge,
    "unknown_actor": UnknownActor,
    "not_permitted": NotPermitted,
    "sync_not_permitted": SyncNotPermitted,
    "unknown_operation": UnknownOperation,
    "tenant_not_found": TenantNotFound,
    "administrator_not_found": AdministratorNotFound,
    "learner_not_available": LearnerNotAvailable,
    "component_not_found": ComponentNotFound,
    "programme_not_found": ProgrammeNotFound,
    "session_not_open": SessionNotOpen,
    "sync_not_found": SyncNotFound,
    "version_conflict": VersionConflict,
    "command_id_reused": CommandIdReused,
    "source_changed": SourceChanged,
    "reading_expired": ReadingExpired,
    "component_exists": ComponentExists,
    "session_exists": SessionExists,
    "sync_exists": SyncExists,
    "unsupported_media_type": UnsupportedMediaType,
    "too_many_components": TooManyComponents,
    "too_many_learners": TooManyLearners,
    "nothing_selected": NothingSelected,
    "no_recent_changes": NoRecentChanges,
    "attribute_not_allowed": AttributeNotAllowed,
    "reason_required": ReasonRequired,
    "overloaded": Overloaded,
    "internal": Internal,
    "log_damaged": LogDamaged,
    "unavailable": Unavailable,
    "learner_erased": LearnerErasedRefused,
    "learner_held": LearnerHeld,
}

__all__ = [
    "InvalidRequest",
    "PageTooLarge",
    "UnknownActor",
    "NotPermitted",
    "SyncNotPermitted",
    "UnknownOperation",
    "TenantNotFound",
    "AdministratorNotFound",
    "LearnerNotAvailable",
    "ComponentNotFound",
    "ProgrammeNotFound",
    "SessionNotOpen",
    "SyncNotFound",
    "VersionConflict",
    "CommandIdReused",
    "SourceChanged",
    "ReadingExpired",
    "ComponentExists",
    "SessionExists",
    "SyncExists",
    "UnsupportedMediaType",
    "TooManyComponents",
    "TooManyLearners",
    "NothingSelected",
    "NoRecentChanges",
    "AttributeNotAllowed",
    "ReasonRequired",
    "Overloaded",
    "Internal",
    "LogDamaged",
    "Unavailable",
    "LearnerErasedRefused",
    "LearnerHeld",
]
