"""Arguments that are wrong are errors at once: nothing is connected or sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import inf, nan
from typing import Any

import pytest
from nats.aio.client import Client as NATS

import plansync
from plansync import Checkpoint, Plansync, Retry, checks
from plansync.events import Events


@pytest.fixture
def college() -> Plansync:
    """A client whose connection was never made."""
    return Plansync(NATS(), tenant="northgate", actor="system")


@pytest.mark.parametrize(
    ("kinds", "error", "said"),
    [
        (["sync"], ValueError, r"did you mean `sync.cancelled`, `sync.completed`, `sync.started` or `sync.target`\?"),
        (["sync.targets"], ValueError, "did you mean `sync.target`"),
        (["nobody.moved"], ValueError, r"known \(known: command.accepted, .*, sync.target\)"),
        ([], ValueError, "empty"),
        (["sync.target", "sync.target"], ValueError, "`sync.target` twice"),
        ("sync.target", TypeError, "is a list of kinds"),
        ({"sync.target": True}, TypeError, "is a list of kinds"),
        ([b"sync.target"], TypeError, "is a text"),
        ([None], TypeError, "is a text"),
        (7, TypeError, "is a list of kinds"),
    ],
)
async def test_kinds(college: Plansync, kinds: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        college.events.replay(kinds=kinds)
    with pytest.raises(error, match=said):
        await college.events.durable("outcomes", kinds=kinds)


def test_any_iterable_of_kinds_is_taken() -> None:
    kinds = ("sync.target", "plan.changed")
    for given in (kinds, list(kinds), iter(kinds), {kind: 1 for kind in kinds}.keys()):
        assert checks.kinds(given, plansync._event_kinds.KINDS) == list(kinds)
    assert checks.kinds(None, plansync._event_kinds.KINDS) == []


@pytest.mark.parametrize("value", [0, -1, nan, inf, -inf, "5", None, True, [1]])
async def test_times(college: Plansync, value: Any) -> None:
    for field in ("attempt_timeout_s", "deadline_s"):
        with pytest.raises((ValueError, TypeError), match=field):
            Retry(**{field: value})
    with pytest.raises((ValueError, TypeError), match="ack_wait_s"):
        run(college.events.durable("outcomes", ack_wait_s=value))
    with pytest.raises((ValueError, TypeError), match="connect_s_max"):
        run(plansync.connect(tenant="northgate", actor="system", connect_s_max=value))


def test_a_delay_may_be_zero() -> None:
    assert Retry(first_delay_s=0, delay_s_max=0).first_delay_s == 0
    with pytest.raises(ValueError, match="first_delay_s -1"):
        Retry(first_delay_s=-1)


@pytest.mark.parametrize("value", [0, -1, 1.5, nan, "1", True, None])
async def test_counts(college: Plansync, value: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="max_ack_pending"):
        await college.events.durable("outcomes", max_ack_pending=value)
    if value is not None:
        with pytest.raises((ValueError, TypeError), match="page_size"):
            college.all("learner.list", {"page_size": value})


@pytest.mark.parametrize("field", ["page", "hold", "at"])
async def test_a_list_chooses_its_pages(college: Plansync, field: str) -> None:
    with pytest.raises(ValueError, match=f"`{field}` is set for each page"):
        college.all("learner.list", {field: 1})


@pytest.mark.parametrize("value", ["", "north gate", "a.b", "*", ">", "é", "x" * 65, "a\n", None, 7, b"a"])
async def test_tenants_and_actors(college: Plansync, value: Any) -> None:
    for names in ({"tenant": value, "actor": "a"}, {"tenant": "t", "actor": value}):
        with pytest.raises((ValueError, TypeError), match="tenant|actor"):
            Plansync(NATS(), **names)
    with pytest.raises((ValueError, TypeError), match="actor"):
        college.acting_as(value)
    with pytest.raises((ValueError, TypeError), match="tenant"):
        Events(NATS(), value)


@pytest.mark.parametrize("value", ["", "a.b", "a b", "a*", ">", "a/b", "a\\b", "a\t", "x" * 256, None, 7])
async def test_names_of_consumers(college: Plansync, value: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="the name of a consumer"):
        college.events.bind(value)
    with pytest.raises((ValueError, TypeError), match="the name of a consumer"):
        await college.events.durable(value)


@pytest.mark.parametrize("value", ["", "$JS.API.", ".a", "a..b", "a.>", "a b", None])
async def test_prefixes(college: Plansync, value: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="the prefix of the JetStream API"):
        college.events.through(value)
    with pytest.raises((ValueError, TypeError), match="inbox_prefix"):
        run(plansync.connect(tenant="t", actor="a", inbox_prefix=value))


async def test_words(college: Plansync) -> None:
    for send in (college.request, college.durable):
        with pytest.raises(ValueError, match="did you mean `learner.put`"):
            await send("learner.putt")
    with pytest.raises(ValueError, match="use `request`"):
        await college.durable("learner.get")
    with pytest.raises(ValueError, match="returns no list"):
        college.all("learner.get")
    encoding: Any = "xml"
    with pytest.raises(ValueError, match="known: json, msgpack"):
        Plansync(NATS(), tenant="t", actor="a", encoding=encoding)
    start: Any = "now"
    with pytest.raises(ValueError, match="known: all, new"):
        await college.events.durable("outcomes", start=start)


async def test_bodies(college: Plansync) -> None:
    bodies: list[Any] = [None, [1], "text", 7]
    for body in bodies:
        with pytest.raises(TypeError, match="a body is a dictionary"):
            await college.request("tenant.get", body)
    with pytest.raises(ValueError, match="the limit is 262144"):
        await college.request("tenant.get", {"x": "y" * 262_144})


@pytest.mark.parametrize("start", [True, -1, 1.5, b"x", datetime(2026, 11, 23), "no checkpoint"])
async def test_where_a_replay_begins(college: Plansync, start: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        college.events.replay(start)


async def test_checkpoints(college: Plansync) -> None:
    subscriber = college.events.bind("outcomes")
    others: list[Any] = [7, b"x", True]
    for other in others:
        with pytest.raises(TypeError, match="a checkpoint is"):
            subscriber.after(other)
    with pytest.raises(ValueError, match="is no checkpoint"):
        subscriber.after("x")
    subscriber.after(Checkpoint("x", 1, 1))


async def test_connections() -> None:
    makers: list[Callable[[Any], object]] = [
        lambda value: Plansync(value, tenant="t", actor="a"),
        lambda value: Plansync(NATS(), tenant="t", actor="a", events=value),
        lambda value: Plansync(NATS(), tenant="t", actor="a", retry=value),
    ]
    for make in makers:
        with pytest.raises(TypeError):
            make("nats://127.0.0.1:4222")


def run(coroutine: Any) -> None:
    """Runs what fails before it waits for anything."""
    try:
        coroutine.send(None)
    except StopIteration:
        pass
    finally:
        coroutine.close()
