"""Durable commands: stored in a stream until the engine has decided them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

import nats.errors
from nats.aio.client import Client as NATS
from nats.aio.subscription import Subscription

from . import checks
from ._event_kinds import BYTES_FIELDS
from .bodies import decode
from .errors import Closed, NoAnswer, Refused, refusal
from .retry import Retry, Unanswered
from .wire import Wire

T = TypeVar("T")

EVENT_FIRST_S = 2.0
"""How long the event is waited for before the command is asked about as a request."""
ASK_FIRST_S = 0.25
"""The same, where events cannot be received."""
LISTEN_S_MAX = 2
UNSETTLED_MAX = 256
"""How many commands without a known outcome a client keeps, to ask about them in their order."""


class DurableCommand(Generic[T]):
    """A command that the stream has stored. It will be decided, also if this program or the engine ends now."""

    def __init__(self, sender: Sender, operation: str, body: dict[str, Any]) -> None:
        self.operation = operation
        self.command_id: str = body["command_id"]
        self.sequence = 0
        """Its place in the stream of commands."""
        self._sender = sender
        self._body = body
        self._event: Subscription | None = None
        self._settled: tuple[T | None, Refused | None] | None = None

    async def outcome(self, timeout_s: float = 60.0) -> T:
        """The reply, once the command was carried out; raises `Refused` if it was rejected.

        Raises `NoAnswer` if the outcome is not known within `timeout_s` seconds; the command is still decided later, and
        this can be called again. Raises `Closed` if the client is closed meanwhile.
        """
        checks.seconds("`timeout_s`", timeout_s)
        try:
            await asyncio.wait_for(self._settled_by_sender(), timeout_s)
        except asyncio.TimeoutError:
            raise NoAnswer(
                f"the command is stored, but was not decided within {timeout_s} s", self.command_id
            ) from None
        assert self._settled is not None
        reply, refused = self._settled
        if refused is not None:
            raise refused
        return reply  # type: ignore[return-value]

    async def _settled_by_sender(self) -> None:
        if not self.is_settled:
            settling = self._sender.settle_through(self)
            await self._sender.wire.waiting.until_ended(settling, "", self.command_id)

    @property
    def is_settled(self) -> bool:
        return self._settled is not None

    async def listen(self, events: NATS | None) -> None:
        """Subscribes to the event, before the command is sent."""
        if events is not None:
            subject = f"plansync.v1.evt.{self._sender.wire.tenant}.command.{self.command_id}.*"
            self._event = await events.subscribe(subject)
            # Without a connection at present, the event may be missed; then the command is asked about.
            with contextlib.suppress(nats.errors.Error, asyncio.TimeoutError):
                await events.flush(LISTEN_S_MAX)

    async def forget(self) -> None:
        if self._event is not None:
            event, self._event = self._event, None
            await event.unsubscribe()

    async def settle(self) -> None:
        """Waits for the event; asks as a request if there is none."""
        refused: Refused | None = None
        pause_s = EVENT_FIRST_S if self._event else ASK_FIRST_S
        while self._settled is None:
            if await self._event_within(pause_s):
                break
            again = await self._ask()
            # A request is refused by the present state if the command was not decided yet. The refusal is final if
            # the command had time to be decided meanwhile, and the answer is still the same.
            if again is not None and refused is not None and again.code == refused.code:
                self._settled = (None, again)
            refused, pause_s = again, min(max(pause_s * 2, 1.0), 5.0)
        await self.forget()

    async def _event_within(self, timeout_s: float) -> bool:
        if self._event is None:
            await asyncio.sleep(timeout_s)
            return False
        try:
            msg = await self._event.next_msg(timeout_s)
        except asyncio.TimeoutError:
            return False
        except nats.errors.ConnectionClosedError as error:
            raise Closed("the connection that receives events is closed", self.command_id) from error
        body = decode(msg.data, (msg.headers or {}).get("content-type"), BYTES_FIELDS)
        if msg.subject.endswith(".accepted"):
            self._settled = (body["reply"], None)
        else:
            self._settled = (None, refusal(body, self.command_id))
        return True

    async def _ask(self) -> Refused | None:
        try:
            reply = await self._sender.wire.request(self.operation, self._body, self._sender.retry.attempt_timeout_s)
        except Unanswered:
            return None
        except Refused as error:
            return None if error.code in ("overloaded", "unavailable") else error
        self._settled = (reply, None)
        return None


class Sender:
    """Sends the durable commands of one actor, and finds out what became of them in the order of sending."""

    def __init__(self, wire: Wire, retry: Retry, events: NATS | None) -> None:
        self.wire = wire
        self.retry = retry
        self._events = events
        self._unsettled: list[DurableCommand[Any]] = []
        self._settling = asyncio.Lock()

    async def send(self, operation: str, body: dict[str, Any], call: Callable[..., Awaitable[Any]]) -> DurableCommand[Any]:
        command: DurableCommand[Any] = DurableCommand(self, operation, body)
        await command.listen(self._events)
        try:
            command.sequence = await call(
                lambda: self.wire.store(operation, body, self.retry.attempt_timeout_s), command.command_id
            )
        except BaseException:
            await command.forget()
            raise
        self._unsettled.append(command)
        for old in self._unsettled[:-UNSETTLED_MAX]:
            await old.forget()
        del self._unsettled[:-UNSETTLED_MAX]
        return command

    async def settle_through(self, command: DurableCommand[Any]) -> None:
        """Settles a command, after those that were sent before it: a request must not overtake them."""
        async with self._settling:
            while not command.is_settled:
                first = self._unsettled[0] if command in self._unsettled else command
                await first.settle()
                if first in self._unsettled:
                    self._unsettled.remove(first)
