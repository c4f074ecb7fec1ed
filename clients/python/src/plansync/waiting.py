"""What waits on a connection, and what ends it before its time: closing the client, or a word of the NATS server."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

from nats.aio.client import Client as NATS

from .errors import Closed, NotAuthorized, PlansyncError

T = TypeVar("T")

VIOLATION = "permissions violation"
INBOX_VIOLATION = 'permissions violation for subscription to "_inbox'


class Closable(Protocol):
    async def close(self) -> None: ...


class Waiting:
    """What the clients on one connection wait for and have open."""

    def __init__(self, connection: NATS) -> None:
        self.is_closed = False
        self._connection = connection
        self._waits: dict[asyncio.Task[Any], str] = {}
        self._open: weakref.WeakSet[Closable] = weakref.WeakSet()
        self._inbox_refused: tuple[str, int] | None = None

    def add(self, opened: Closable) -> None:
        """Something to be closed before the connection."""
        self._open.add(opened)

    def check(self, command_id: str | None = None) -> None:
        """Raises `Closed` after closing."""
        if self.is_closed:
            raise Closed("the client is closed", command_id)

    def told(self, error: Exception) -> None:
        """Takes what the server says outside of replies: the requests that it refuses end."""
        text = str(error).lower()
        if INBOX_VIOLATION in text:
            self._inbox_refused = (str(error), self._connection.stats["reconnects"])
        for task, subject in self._waits.items():
            if is_refused(text, subject):
                task.cancel(str(error))

    async def until_ended(self, coroutine: Coroutine[Any, Any, T], subject: str, command_id: str | None) -> T:
        """Waits for the result. Closing ends this with `Closed`, and a refusal of the server with `NotAuthorized`."""
        try:
            self.check(command_id)
            self._check_inbox()
        except PlansyncError:
            coroutine.close()
            raise
        task = asyncio.create_task(coroutine)
        self._waits[task] = subject
        try:
            return await task
        except asyncio.CancelledError as error:
            self.check(command_id)
            if task.cancelled() and error.args:
                raise not_authorized(str(error.args[0])) from None
            raise
        finally:
            task.cancel()
            del self._waits[task]

    async def close(self) -> None:
        """Ends what waits, and gives back what was not acknowledged."""
        self.is_closed = True
        for task in list(self._waits):
            task.cancel()
        for opened in list(self._open):
            await opened.close()

    def _check_inbox(self) -> None:
        """The server says only once for each connection that the inbox is refused."""
        if self._inbox_refused is None:
            return
        said, reconnects = self._inbox_refused
        if reconnects == self._connection.stats["reconnects"]:
            raise not_authorized(said)
        self._inbox_refused = None


def is_refused(said: str, subject: str) -> bool:
    """Whether the server says that it does not take messages on the subject, or that no reply can be received."""
    said = said.lower()
    return INBOX_VIOLATION in said or (VIOLATION in said and f'"{subject.lower()}"' in said)


def not_authorized(said: str) -> NotAuthorized:
    if INBOX_VIOLATION in said.lower():
        return NotAuthorized(
            f"the NATS server does not let this user receive replies ({said}): give `inbox_prefix` the prefix that the "
            "permissions of the user name"
        )
    return NotAuthorized(f"the NATS server does not let this user send this ({said}): only its own actor can send it")
