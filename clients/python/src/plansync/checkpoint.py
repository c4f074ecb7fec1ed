"""How far a subscriber has processed the events."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import OtherLog

FORM = re.compile(r"(?P<log>.+)\.(?P<incarnation>\d+)/(?P<position>\d+)(?:@(?P<sequence>\d+))?")


@dataclass(frozen=True)
class Checkpoint:
    """An event and all before it. Its text (`str`) is what a program stores; `parse` reads it.

    A log that was restored from a backup counts its positions from those of the backup, as the next incarnation.
    """

    log: str
    incarnation: int
    position: int
    sequence: int | None = None
    """Where the event was in the stream: a hint where to go on reading, which is checked before it is trusted."""

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        found = FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"`{text}` is no checkpoint and no id of an event")
        sequence = found["sequence"]
        return cls(found["log"], int(found["incarnation"]), int(found["position"]), int(sequence) if sequence else None)

    def __str__(self) -> str:
        hint = "" if self.sequence is None else f"@{self.sequence}"
        return f"{self.log}.{self.incarnation}/{self.position}{hint}"

    def covers(self, other: Checkpoint) -> bool:
        """Whether an event was processed if this checkpoint was stored. Raises `OtherLog`."""
        if self.log != other.log:
            raise OtherLog(
                f"the checkpoint {self} belongs to another log than the event {other}: nothing was skipped; start "
                "without a checkpoint, and with empty data"
            )
        return (other.incarnation, other.position) <= (self.incarnation, self.position)
