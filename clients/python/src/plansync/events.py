"""The events of a tenant: through a durable consumer, or from any point of the past."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Literal

import nats.errors
import nats.js.errors
from nats.aio.client import Client as NATS
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from . import checks
from ._event_kinds import KINDS
from .checkpoint import Checkpoint
from .decoding import event_of
from .errors import MAKES_STREAMS, Closed, ConsumerUnusable, NoAnswer
from .event import Event
from .pull import ConsumerGone, Pull
from .subscriber import STREAM, STREAM_NOT_FOUND, Subscriber
from .waiting import Waiting

REPLAY_BATCH = 200
REPLAY_IDLE_S = 60.0
RESUME_S = 0.5
API_WAIT_S = 5.0
CONSUMER_EXISTS = 10148
"""The server's code for a consumer that exists with other settings."""
ACK_PENDING_MAX = 10_000


class Events:
    """The events of one tenant. `api_prefix` is that of the JetStream API, if the stream is in another account."""

    def __init__(
        self, connection: NATS, tenant: str, api_prefix: str = "$JS.API", *, waiting: Waiting | None = None
    ) -> None:
        self._connection = connection
        self._tenant = checks.token("tenant", tenant)
        self._api_prefix = checks.api_prefix(api_prefix)
        self._waiting = waiting or Waiting(connection)

    def through(self, api_prefix: str) -> Events:
        """The same events, through another prefix of the JetStream API."""
        return Events(self._connection, self._tenant, api_prefix, waiting=self._waiting)

    def bind(self, name: str) -> Subscriber:
        """Reads a durable consumer that the operator made."""
        return self._subscriber(checks.consumer(name), 1)

    async def durable(
        self,
        name: str,
        *,
        kinds: Iterable[str] | None = None,
        start: Literal["all", "new"] = "all",
        ack_wait_s: float = 30.0,
        max_ack_pending: int = 1,
    ) -> Subscriber:
        """Makes a durable consumer, or finds the one that this made before, and reads it.

        `kinds`, such as `["sync.target"]`, are those that it receives; all, if it is left out. A new consumer begins with
        the first event (`start="all"`) or with the next one (`start="new"`).
        With `max_ack_pending` above 1, several events are under way at a time; they are then delivered at least once
        and perhaps out of order, and `after` refuses the consumer.
        """
        checks.consumer(name)
        checks.one_of("`start`", start, ("all", "new"))
        checks.seconds("`ack_wait_s`", ack_wait_s)
        checks.whole("`max_ack_pending`", max_ack_pending, 1, ACK_PENDING_MAX)
        config = ConsumerConfig(
            durable_name=name,
            filter_subjects=self._subjects(kinds),
            deliver_policy=DeliverPolicy.NEW if start == "new" else DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ack_wait_s,
            max_ack_pending=max_ack_pending,
        )
        await self._create(name, config)
        return self._subscriber(name, min(max_ack_pending, REPLAY_BATCH))

    def _subscriber(self, name: str, batch: int) -> Subscriber:
        return Subscriber(self._connection, self._api_prefix, name, batch, self._waiting)

    async def _create(self, name: str, config: ConsumerConfig) -> None:
        """Makes a consumer, or finds one with the same settings. One with others belongs to somebody else."""
        request = {"stream_name": STREAM, "config": config.as_dict(), "action": "create"}
        subject = f"{self._api_prefix}.CONSUMER.CREATE.{STREAM}.{name}"
        asking = self._connection.request(subject, json.dumps(request).encode(), timeout=API_WAIT_S)
        try:
            reply = await self._waiting.until_ended(asking, subject, None)
        except (nats.errors.TimeoutError, nats.errors.NoRespondersError) as failure:
            raise NoAnswer(
                f"the durable consumer `{name}` could not be made: the NATS server does not answer on {subject}; it may be "
                "starting, or without JetStream, or this user may not make consumers (then read one with `bind`)"
            ) from failure
        except nats.errors.ConnectionClosedError as failure:
            raise Closed("the connection is closed") from failure
        error = json.loads(reply.data).get("error")
        if error is None:
            return
        if error.get("err_code") == CONSUMER_EXISTS:
            raise ConsumerUnusable(
                f"the durable consumer `{name}` exists with other settings (tenant, kinds, start or acknowledgement), "
                "and was not changed: choose another name, or read it as it is with `bind`"
            )
        if error.get("err_code") == STREAM_NOT_FOUND:
            raise ConsumerUnusable(f"there is no stream {STREAM}: {MAKES_STREAMS}")
        raise ConsumerUnusable(f"the durable consumer `{name}` could not be made: {error.get('description')}")

    def replay(
        self,
        start: Checkpoint | str | int | datetime | None = None,
        *,
        kinds: Iterable[str] | None = None,
    ) -> AsyncIterator[Event]:
        """All events after a checkpoint, from a position or from a time on, and then those that happen.

        `kinds`, such as `["sync.target"]`, are those that are wanted; all, if it is left out.

        An event with `pending == 0` is the last one for now: after it, this waits. Nothing is acknowledged, and
        nothing remains on the server.
        """
        return self._replayed(beginning(start), self._subjects(kinds))

    async def _replayed(self, after: Checkpoint | int | datetime | None, subjects: list[str]) -> AsyncIterator[Event]:
        done = after if isinstance(after, Checkpoint) else None
        sequence = done.sequence if done else None
        is_trusted = sequence is None
        while True:
            async for event in self._from(sequence, after if isinstance(after, datetime) else None, subjects):
                at = event.checkpoint
                if not is_trusted:
                    is_trusted = True
                    if done is None or (at.log, at.incarnation, at.position) != (done.log, done.incarnation, done.position):
                        sequence = None  # the stream is another one than when the checkpoint was stored
                        break
                sequence = (at.sequence or 0) + 1
                if done is not None and done.covers(at):
                    continue
                if isinstance(after, int) and event.position < after:
                    continue
                yield event
                done = at
            else:
                await asyncio.sleep(RESUME_S)

    async def _from(self, sequence: int | None, time: datetime | None, subjects: list[str]) -> AsyncIterator[Event]:
        """The events from a place in the stream on, until the server forgets the consumer."""
        js = self._connection.jetstream(prefix=self._api_prefix)
        config = ConsumerConfig(
            filter_subjects=subjects,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.NONE,
            mem_storage=True,
            inactive_threshold=REPLAY_IDLE_S,
        )
        if sequence is not None:
            config = config.evolve(deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=sequence)
        elif time is not None:
            config = config.evolve(deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_time=time)
        try:
            made = await self._waiting.until_ended(js.add_consumer(STREAM, config), "", None)
        except nats.js.errors.NotFoundError as error:
            raise ConsumerUnusable(f"there is no stream {STREAM}: {MAKES_STREAMS}") from error
        except nats.errors.ConnectionClosedError as error:
            raise Closed("the connection is closed") from error
        except (nats.errors.TimeoutError, nats.errors.NoRespondersError, nats.js.errors.ServiceUnavailableError):
            return
        pull = Pull(self._connection, self._api_prefix, STREAM, made.name, REPLAY_BATCH, self._waiting)
        expected = 1
        try:
            while True:
                msg = await pull.next()
                if msg is None:
                    return
                if msg.metadata.sequence.consumer != expected:
                    return  # a message was lost on the way: begin again after the last one
                expected += 1
                event = event_of(msg)
                if event is not None:
                    yield event
        except ConsumerGone:
            return
        finally:
            await pull.close()

    def _subjects(self, kinds: Iterable[str] | None) -> list[str]:
        tenant = f"plansync.v1.evt.{self._tenant}"
        pairs = [kind.split(".") for kind in checks.kinds(kinds, KINDS)]
        return [f"{tenant}.{noun}.*.{what}" for noun, what in pairs] or [f"{tenant}.>"]


def beginning(start: object) -> Checkpoint | int | datetime | None:
    """Where a replay begins."""
    if isinstance(start, str):
        return Checkpoint.parse(start)
    if isinstance(start, datetime):
        if start.tzinfo is None:
            raise ValueError(f"the time {start} has no time zone: give it one, such as `datetime.now(UTC)` has")
        return start
    if isinstance(start, int):
        return checks.whole("the position where a replay begins", start, 0)
    if start is None or isinstance(start, Checkpoint):
        return start
    raise TypeError(f"a replay begins after a checkpoint, from a position or from a time on, and not at {start!r}")
