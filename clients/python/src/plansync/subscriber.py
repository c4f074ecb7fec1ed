"""Events through a durable consumer: a subscriber that was away misses nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import TracebackType

import nats.errors
import nats.js.errors
from nats.aio.client import Client as NATS
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from . import checks
from .checkpoint import Checkpoint
from .decoding import event_of
from .errors import MAKES_STREAMS, ConsumerUnusable
from .event import Event
from .pull import ConsumerGone, Pull
from .waiting import Waiting

STREAM = "PLANSYNC_EVENTS"
GONE_RETRY_S = 1.0
STREAM_NOT_FOUND = 10059
"""The server's code for a stream that does not exist."""


class Delivery:
    """An event that is delivered again until it is acknowledged."""

    def __init__(self, event: Event, message: Msg) -> None:
        self.event = event
        self.is_acknowledged = False
        self._message = message

    @property
    def attempt(self) -> int:
        """1, or more if it was delivered before."""
        return self._message.metadata.num_delivered or 1

    @property
    def is_answered(self) -> bool:
        """Whether it was acknowledged or given back."""
        return self._message.is_acked

    async def ack(self) -> None:
        """It is processed, and must not come again."""
        await self._message.ack()
        self.is_acknowledged = True

    async def retry_later(self, delay_s: float = 0.0) -> None:
        """It could not be processed, and is to come again."""
        checks.seconds("`delay_s`", delay_s, may_be_zero=True)
        await self._message.nak(delay_s or None)

    async def working(self) -> None:
        """It is still being processed: the time until it comes again begins anew."""
        await self._message.in_progress()


class Subscriber:
    """Reads a durable consumer. Use it with `async with`, so that what was not processed comes again at once."""

    def __init__(self, connection: NATS, api_prefix: str, name: str, batch: int, waiting: Waiting) -> None:
        self._pull = Pull(connection, api_prefix, STREAM, name, batch, waiting)
        self._waiting = waiting
        self._js: JetStreamContext = connection.jetstream(prefix=api_prefix)
        self._name = name
        self._last: Msg | None = None
        waiting.add(self)

    async def __aenter__(self) -> Subscriber:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Gives back what was received and not acknowledged, and ends the loops over this."""
        last, self._last = self._last, None
        left = await self._pull.close()
        with contextlib.suppress(nats.errors.ConnectionDrainingError, nats.errors.ConnectionClosedError):
            for msg in [*([last] if last else []), *left]:
                if not msg.is_acked:
                    await msg.nak()

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        """Events at least once."""
        while (msg := await self._next()) is not None:
            self._last = msg
            event = event_of(msg)
            if event is None:
                await msg.ack()
            else:
                yield Delivery(event, msg)

    def after(self, checkpoint: Checkpoint | str | None) -> AsyncIterator[Delivery]:
        """Events that the checkpoint does not cover, each once, in order.

        Store `delivery.event.checkpoint` in the same transaction as the data, then acknowledge. Events that come again
        although they are in the data are acknowledged and skipped.
        """
        if checkpoint is not None and not isinstance(checkpoint, (Checkpoint, str)):
            raise TypeError(f"a checkpoint is a `Checkpoint` or its text, and not {checkpoint!r}")
        return self._after(Checkpoint.parse(checkpoint) if isinstance(checkpoint, str) else checkpoint)

    async def _after(self, done: Checkpoint | None) -> AsyncIterator[Delivery]:
        await self._check_order()
        async for delivery in self:
            if done is not None and done.covers(delivery.event.checkpoint):
                await delivery.ack()
                continue
            yield delivery
            if not delivery.is_answered:
                raise ConsumerUnusable(
                    f"the event {delivery.event.checkpoint} was neither acknowledged nor given back, and the next one "
                    "must not be processed before it"
                )
            if delivery.is_acknowledged:
                done = delivery.event.checkpoint

    async def _next(self) -> Msg | None:
        while True:
            try:
                return await self._pull.next()
            except ConsumerGone as error:
                await self._raise_if_missing(error)
                await asyncio.sleep(GONE_RETRY_S)

    async def _raise_if_missing(self, gone: ConsumerGone) -> None:
        """A server that is starting does not answer for its consumers either: only its word ends this."""
        try:
            await self._js.consumer_info(STREAM, self._name)
        except nats.js.errors.NotFoundError as error:
            if error.err_code == STREAM_NOT_FOUND:
                raise ConsumerUnusable(f"there is no stream {STREAM}: {MAKES_STREAMS}") from gone
            raise ConsumerUnusable(
                f"the durable consumer `{self._name}` of {STREAM} does not exist; create it, or ask the operator to"
            ) from gone
        except (nats.errors.Error, nats.js.errors.Error, asyncio.TimeoutError):
            return

    async def _check_order(self) -> None:
        """With more than one event under way, an event could come after a later one, and be taken for done."""
        try:
            info = await self._js.consumer_info(STREAM, self._name, timeout=2)
        except (nats.errors.Error, nats.js.errors.Error, asyncio.TimeoutError):
            return  # not permitted to look: the operator's configuration is trusted
        if info.config.max_ack_pending != 1:
            raise ConsumerUnusable(
                f"the durable consumer `{self._name}` has max_ack_pending {info.config.max_ack_pending}; events are "
                "processed exactly once only with 1, because others may come out of order"
            )
