"""The client: operations as requests, as durable commands and as lists, and events."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any, TypeVar

import nats
import nats.errors
from nats.aio.client import Client as NATS

from ._operations import COMMANDS, PAGING, Operations
from .bodies import Body, Encoding, as_dict
from .durable import DurableCommand, Sender
from .errors import NoAnswer
from .events import Events
from .pages import items
from .retry import Retry, Unanswered
from .wire import Wire

T = TypeVar("T")

CLOSE_S_MAX = 5


class Plansync(Operations):
    """One actor of one tenant.

    `connection` sends; `events`, which may be the same connection, receives events. With the shipped configuration of
    the NATS server, these are two users. Without `events`, durable commands are asked about as requests.
    """

    def __init__(
        self,
        connection: NATS,
        *,
        tenant: str,
        actor: str,
        events: NATS | None = None,
        encoding: Encoding = "msgpack",
        retry: Retry = Retry(),
    ) -> None:
        super().__init__(self)
        self._wire = Wire(connection, tenant, actor, encoding)
        self._retry = retry
        self._events = events
        self._sender = Sender(self._wire, retry, events)
        self._owned: list[NATS] = []

    @property
    def events(self) -> Events:
        """The events of the tenant."""
        return Events(self._events or self._wire.connection, self._wire.tenant)

    def acting_as(self, actor: str) -> Plansync:
        """Another actor of the same tenant, on the same connection."""
        wire = self._wire
        return Plansync(
            wire.connection,
            tenant=wire.tenant,
            actor=actor,
            events=self._events,
            encoding=wire.encoding,
            retry=self._retry,
        )

    async def request(self, operation: str, body: Body = {}) -> Any:
        """Carries out an operation by its name, and returns its reply."""
        sent = with_command_id(operation, as_dict(body))
        attempt_s = self._retry.attempt_timeout_s
        return await self._call(lambda: self._wire.request(operation, sent, attempt_s), sent.get("command_id"))

    async def durable(self, operation: str, body: Body = {}) -> DurableCommand[Any]:
        """Stores a command by its name, and returns when the stream has it."""
        if operation not in COMMANDS:
            raise ValueError(f"`{operation}` is no command: it cannot be sent as a durable one")
        return await self._sender.send(operation, with_command_id(operation, as_dict(body)), self._call)

    def all(self, operation: str, body: Body = {}) -> AsyncIterator[Any]:
        """All items of a list, by the name of its operation."""
        if operation not in PAGING:
            raise ValueError(f"`{operation}` returns no list in pages")
        return items(lambda page: self.request(operation, page), PAGING[operation], as_dict(body))

    async def close(self) -> None:
        """Closes the connection that `connect` made, when what was sent has left."""
        for connection in self._owned:
            with contextlib.suppress(nats.errors.Error, asyncio.TimeoutError):
                await connection.flush(CLOSE_S_MAX)
            await connection.close()

    async def __aenter__(self) -> Plansync:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _call(self, attempt: Callable[[], Awaitable[T]], command_id: str | None) -> T:
        try:
            return await self._retry.call(attempt)
        except Unanswered as error:
            raise NoAnswer(f"{error}; tried for {self._retry.deadline_s} s", command_id) from error


def with_command_id(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body with the id that all attempts share."""
    if operation not in COMMANDS:
        return body
    return {**body, "command_id": str(body.get("command_id") or uuid.uuid4())}


async def connect(
    servers: str | list[str] = "nats://127.0.0.1:4222",
    *,
    tenant: str,
    actor: str,
    inbox_prefix: str = "_INBOX",
    events: NATS | bool = False,
    encoding: Encoding = "msgpack",
    retry: Retry = Retry(),
    **options: Any,
) -> Plansync:
    """Connects to NATS and makes a client, to be used with `async with`.

    `options` are those of `nats.connect`, such as `user` and `password`. `events=True` uses this connection for events,
    too. The connection is restored for ever if it is lost.
    """
    defaults = {"max_reconnect_attempts": -1, "reconnect_time_wait": 0.5}
    connection = await nats.connect(servers, inbox_prefix=inbox_prefix.encode(), **{**defaults, **options})
    receiving = (connection if events else None) if isinstance(events, bool) else events
    client = Plansync(
        connection, tenant=tenant, actor=actor, events=receiving, encoding=encoding, retry=retry
    )
    client._owned.append(connection)
    return client
