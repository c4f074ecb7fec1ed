"""Messages of a pull consumer, one after the other, through lost connections and restarts of the server."""

from __future__ import annotations

import asyncio
import contextlib
import json

import nats.errors
from nats.aio.client import Client as NATS
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from .errors import Closed
from .waiting import Waiting

EXPIRES_S = 30.0
HEARTBEAT_S = 2.0
SLICE_S = 0.5
"""How often it is looked whether the connection was replaced, with which the server forgets what was asked."""


class ConsumerGone(Exception):
    """The consumer was deleted, or does not exist."""


class Pull:
    """Asks for messages, `batch` at a time."""

    def __init__(
        self, connection: NATS, api_prefix: str, stream: str, consumer: str, batch: int, waiting: Waiting
    ) -> None:
        self._connection = connection
        self._subject = f"{api_prefix}.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._batch = batch
        self._inbox: Subscription | None = None
        self._awaited = 0
        self._reconnects = 0
        self._waiting = waiting
        self._is_closed = False

    async def next(self) -> Msg | None:
        """The next message; None once this is closed. Raises `ConsumerGone`, also if nobody answers for the consumer, and
        `Closed` once the client or the connection is closed.
        """
        silent_s = 0.0
        while True:
            self._waiting.check()
            if self._is_closed:
                return None
            if self._awaited == 0 or self._reconnects != self._connection.stats["reconnects"]:
                await self._ask()
                silent_s = 0.0
            assert self._inbox is not None
            try:
                msg = await self._inbox.next_msg(SLICE_S)
            except nats.errors.ConnectionClosedError as error:
                raise Closed("the connection is closed") from error
            except asyncio.TimeoutError:
                # In Python 3.11, a time-out that comes together with a cancellation hides it.
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise asyncio.CancelledError from None
                silent_s += SLICE_S
                if silent_s > 2 * HEARTBEAT_S:
                    self._awaited = 0
                continue
            silent_s = 0.0
            if self._is_message(msg):
                self._awaited = max(0, self._awaited - 1)
                return msg

    async def close(self) -> list[Msg]:
        """Ends it; returns the messages that were received and not yet taken."""
        left: list[Msg] = []
        self._is_closed = True
        inbox, self._inbox = self._inbox, None
        if inbox is None:
            return left
        # A connection that is being closed has given them up already; the server delivers them again.
        with contextlib.suppress(nats.errors.ConnectionDrainingError, nats.errors.ConnectionClosedError):
            while inbox.pending_msgs:
                msg = await inbox.next_msg(SLICE_S)
                if not (msg.headers or {}).get("Status"):
                    left.append(msg)
            await inbox.unsubscribe()
        return left

    async def _ask(self) -> None:
        if self._connection.is_closed:
            raise Closed("the connection is closed")
        if self._inbox is None:
            self._inbox = await self._connection.subscribe(self._connection.new_inbox())
        self._reconnects = self._connection.stats["reconnects"]
        asked = {"batch": self._batch, "expires": int(EXPIRES_S * 1e9), "idle_heartbeat": int(HEARTBEAT_S * 1e9)}
        await self._connection.publish(self._subject, json.dumps(asked).encode(), self._inbox.subject)
        self._awaited = self._batch

    def _is_message(self, msg: Msg) -> bool:
        status = (msg.headers or {}).get("Status")
        if not status:
            return True
        description = (msg.headers or {}).get("Description", "")
        if status == "503" or "Consumer Deleted" in description:
            self._awaited = 0
            raise ConsumerGone(description or "nobody answers for the consumer")
        if status != "100":
            self._awaited = 0
        return False
