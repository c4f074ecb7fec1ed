"""What ends waiting before its time."""

from __future__ import annotations

import asyncio

import pytest
from nats.aio.client import Client as NATS

from plansync import Closed, NotAuthorized
from plansync.waiting import Waiting, is_refused


async def for_ever() -> None:
    await asyncio.Event().wait()


async def begun(waiting: Waiting, subject: str) -> asyncio.Task[None]:
    task = asyncio.create_task(waiting.until_ended(for_ever(), subject, "c"))
    await asyncio.sleep(0)
    return task


async def test_closing_ends_what_waits_and_what_begins_later() -> None:
    waiting = Waiting(NATS())
    task = await begun(waiting, "a.b")
    await waiting.close()
    with pytest.raises(Closed) as closed:
        await task
    assert closed.value.command_id == "c"
    with pytest.raises(Closed):
        await waiting.until_ended(for_ever(), "a.b", None)


async def test_closing_closes_what_is_open() -> None:
    waiting, inner = Waiting(NATS()), Waiting(NATS())
    waiting.add(inner)
    await waiting.close()
    assert inner.is_closed


async def test_a_refusal_of_the_server_ends_the_request_on_its_subject_and_no_other() -> None:
    waiting = Waiting(NATS())
    refused, other = await begun(waiting, "a.B"), await begun(waiting, "a.B.c")
    waiting.told(Exception('nats: Permissions Violation for Publish to "a.b"'))
    with pytest.raises(NotAuthorized, match="own actor"):
        await refused
    assert not other.done()
    await waiting.close()
    with pytest.raises(Closed):
        await other


async def test_a_refused_inbox_is_remembered_until_the_connection_is_made_again() -> None:
    connection = NATS()
    waiting = Waiting(connection)
    waiting.told(Exception('nats: Permissions Violation for Subscription to "_INBOX.x.*"'))
    for _ in range(2):
        with pytest.raises(NotAuthorized, match="inbox_prefix"):
            await waiting.until_ended(for_ever(), "a.b", None)
    connection.stats["reconnects"] += 1
    assert await waiting.until_ended(asyncio.sleep(0, "done"), "a.b", None) == "done"


async def test_cancelling_is_not_taken_for_closing() -> None:
    task = await begun(Waiting(NATS()), "a.b")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_what_a_refusal_says() -> None:
    assert is_refused('nats: permissions violation for publish to "a.b"', "A.b")
    assert not is_refused('nats: permissions violation for publish to "a.b.c"', "a.b")
    assert not is_refused("nats: stale connection", "a.b")
