"""What is sent again, and when."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from plansync import Overloaded, Retry, Unavailable, VersionConflict
from plansync.retry import Unanswered

FAST = Retry(deadline_s=30, first_delay_s=0.1, delay_s_max=0.4)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between attempts, which are not waited for."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("plansync.retry.sleep", sleep)
    monkeypatch.setattr("random.uniform", lambda low, high: high)
    return pauses


def failing(*errors: Exception) -> Callable[[], Awaitable[str]]:
    left = list(errors)

    async def attempt() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return attempt


async def test_pauses_double_up_to_their_bound(slept: list[float]) -> None:
    errors = [Unanswered("x"), Unavailable("unavailable", "x", {}), Unanswered("x"), Unanswered("x")]
    retry = Retry(deadline_s=30, first_delay_s=0.1, delay_s_max=0.4)
    assert await retry.call(failing(*errors)) == "done"
    assert slept == pytest.approx([0.1, 0.2, 0.4, 0.4])


async def test_a_busy_service_says_how_long(slept: list[float]) -> None:
    assert await FAST.call(failing(Overloaded("overloaded", "x", {"retry_after_ms": 2500}))) == "done"
    assert slept == pytest.approx([2.6])


async def test_other_refusals_stay(slept: list[float]) -> None:
    with pytest.raises(VersionConflict):
        await FAST.call(failing(VersionConflict("version_conflict", "x", {})))
    assert slept == []


async def test_the_last_error_is_raised_when_the_time_is_up() -> None:
    retry = Retry(deadline_s=0.2, first_delay_s=0.05, delay_s_max=0.05)

    async def attempt() -> None:
        await asyncio.sleep(0.05)
        raise Unanswered("still nobody")

    with pytest.raises(Unanswered, match="still nobody"):
        await asyncio.wait_for(retry.call(attempt), 5)
