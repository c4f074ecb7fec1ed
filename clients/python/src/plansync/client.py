"""The client: operations as requests, as durable commands and as lists, and events."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any, TypeVar

import nats.errors
from nats.aio.client import Client as NATS

from . import checks
from ._operations import COMMANDS, NAMES, PAGING, Operations
from .bodies import Body, Encoding, as_dict
from .connecting import CONNECT_S_MAX, connected
from .durable import DurableCommand, Sender
from .errors import NoAnswer
from .events import Events
from .pages import items
from .retry import Retry, Unanswered
from .waiting import Waiting
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
        _waiting: Waiting | None = None,
    ) -> None:
        super().__init__(self)
        if not isinstance(retry, Retry):
            raise TypeError(f"`retry` is a `plansync.Retry`, and not {retry!r}")
        if events is not None and not isinstance(events, NATS):
            raise TypeError(f"`events` is a connection that receives events, and not {events!r}")
        self._wire = Wire(connection, tenant, actor, encoding, _waiting or Waiting(connection))
        self._retry = retry
        self._events = events
        self._events_waiting = self._wire.waiting
        if events is not None and events is not connection:
            self._events_waiting = Waiting(events)
            self._wire.waiting.add(self._events_waiting)
        self._sender = Sender(self._wire, retry, events)
        self._owned: list[NATS] = []
        self._is_derived = False

    @property
    def events(self) -> Events:
        """The events of the tenant."""
        return Events(self._events or self._wire.connection, self._wire.tenant, waiting=self._events_waiting)

    def acting_as(self, actor: str) -> Plansync:
        """Another actor of the same tenant, on the same connection."""
        wire = self._wire
        client = Plansync(
            wire.connection,
            tenant=wire.tenant,
            actor=actor,
            events=self._events,
            encoding=wire.encoding,
            retry=self._retry,
            _waiting=wire.waiting,
        )
        client._is_derived = True
        return client

    async def request(self, operation: str, body: Body = {}) -> Any:
        """Carries out an operation by its name, and returns its reply."""
        checks.one_of("the operation", operation, NAMES)
        sent = with_command_id(operation, as_dict(body))
        attempt_s = self._retry.attempt_timeout_s
        return await self._call(lambda: self._wire.request(operation, sent, attempt_s), sent.get("command_id"))

    async def durable(self, operation: str, body: Body = {}) -> DurableCommand[Any]:
        """Stores a command by its name, and returns when the stream has it."""
        checks.one_of("the operation", operation, NAMES)
        if operation not in COMMANDS:
            raise ValueError(f"`{operation}` changes nothing, so it cannot be sent as a durable command: use `request`")
        return await self._sender.send(operation, with_command_id(operation, as_dict(body)), self._call)

    def all(self, operation: str, body: Body = {}) -> AsyncIterator[Any]:
        """All items of a list, by the name of its operation."""
        checks.one_of("the operation", operation, NAMES)
        if operation not in PAGING:
            raise ValueError(f"`{operation}` returns no list in pages: use `request`")
        return items(lambda page: self.request(operation, page), PAGING[operation], as_dict(body))

    async def close(self) -> None:
        """Ends what waits with `Closed`, gives back the events that were not acknowledged, and closes the connection that
        `connect` made, when what was sent has left. Clients of `acting_as` are closed with the one that they come from.
        """
        if self._is_derived:
            return
        await self._wire.waiting.close()
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
    given = body.get("command_id")
    return {**body, "command_id": str(uuid.uuid4() if given is None else given)}


async def connect(
    servers: str | list[str] = "nats://127.0.0.1:4222",
    *,
    tenant: str,
    actor: str,
    inbox_prefix: str = "_INBOX",
    events: NATS | bool = False,
    encoding: Encoding = "msgpack",
    retry: Retry = Retry(),
    connect_s_max: float = CONNECT_S_MAX,
    **options: Any,
) -> Plansync:
    """Connects to NATS and makes a client, to be used with `async with`.

    `options` are those of `nats.connect`, such as `user` and `password`. `events=True` uses this connection for events,
    too. Raises `NotConnected` if there is no connection within `connect_s_max` seconds, or if the server refuses the user.
    Once made, the connection is restored for ever if it is lost.
    """
    connection = NATS()
    waiting = Waiting(connection)
    receiving = (connection if events else None) if isinstance(events, bool) else events
    client = Plansync(
        connection, tenant=tenant, actor=actor, events=receiving, encoding=encoding, retry=retry, _waiting=waiting
    )
    prefix = checks.inbox_prefix(inbox_prefix).encode()
    await connected(connection, servers, connect_s_max, waiting, {"inbox_prefix": prefix, **options})
    client._owned.append(connection)
    return client
