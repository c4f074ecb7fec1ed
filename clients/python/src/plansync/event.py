"""An event, as a program sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .checkpoint import Checkpoint


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. There is a subclass for each kind, with the type of its body."""

    kind: str
    """Such as `sync.target`."""
    tenant: str
    about: str
    """The id of the learner, session, synchronisation or command that it is about."""
    position: int
    """Its position in the log."""
    time: datetime
    actor: str
    """Who caused it."""
    command_id: str | None
    """The id of the command that caused it."""
    chain: str | None
    """The hash of the log at this position."""
    checkpoint: Checkpoint
    """What to store together with the data that was made from this event."""
    pending: int
    """How many events wait behind it; 0 means that a replay has reached the present."""
    body: Any

    @property
    def id(self) -> str:
        """The event's `ce-id`: the same in every delivery, and never used again."""
        at = self.checkpoint
        return f"{at.log}.{at.incarnation}/{at.position}"


@dataclass(frozen=True, kw_only=True)
class Unknown(Event):
    """An event of a kind that this version does not know, or with a body that it cannot read (then it is None)."""

    data: bytes
    """The body as it was received."""
