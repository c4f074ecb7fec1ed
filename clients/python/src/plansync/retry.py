"""When to send something again, and how long to wait before that."""

from __future__ import annotations

import random
from asyncio import sleep
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import nats.errors
import tenacity

from . import checks
from ._refusals import Overloaded, Unavailable
from .errors import PlansyncError

T = TypeVar("T")


class Unanswered(PlansyncError):
    """One attempt had no answer; the next may have one."""


@dataclass(frozen=True)
class Retry:
    """Operations are sent again until `deadline_s` is over.

    `attempt_timeout_s` is the time for which one attempt waits for its answer. Between two attempts is a random time of
    up to `first_delay_s`, which doubles up to `delay_s_max`; if the service says how long to wait (`overloaded`), at least
    as long as it says.
    """

    attempt_timeout_s: float = 5.0
    deadline_s: float = 60.0
    first_delay_s: float = 0.1
    delay_s_max: float = 5.0

    def __post_init__(self) -> None:
        checks.seconds("attempt_timeout_s", self.attempt_timeout_s)
        checks.seconds("deadline_s", self.deadline_s)
        checks.seconds("first_delay_s", self.first_delay_s, may_be_zero=True)
        checks.seconds("delay_s_max", self.delay_s_max, may_be_zero=True)

    async def call(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Calls `attempt` until it succeeds, fails with an error that stays, or the time is up."""
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type((Overloaded, Unavailable, Unanswered)),
            wait=self._delay_s,
            stop=tenacity.stop_before_delay(self.deadline_s),
            sleep=sleep,
            reraise=True,
        )
        async for each in retrying:
            with each:
                return await attempt()
        raise AssertionError("the last attempt returns or raises")

    def _delay_s(self, state: tenacity.RetryCallState) -> float:
        delay_s = min(self.first_delay_s * 2.0 ** (state.attempt_number - 1), self.delay_s_max)
        error = state.outcome.exception() if state.outcome else None
        asked_s = (error.details.get("retry_after_ms") or 0) / 1000 if isinstance(error, Overloaded) else 0.0
        return asked_s + random.uniform(0, delay_s)


LOST = (
    nats.errors.TimeoutError,
    nats.errors.NoRespondersError,
    nats.errors.StaleConnectionError,
    nats.errors.ConnectionReconnectingError,
    nats.errors.OutboundBufferLimitError,
)
"""The errors of the NATS client after which an attempt is repeated."""
