"""The adapter of the Python client for the conformance suite: one message a line, in and out."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import plansync
from plansync import Delivery, DurableCommand, Event, Plansync, Retry, Subscriber, Unknown

KINDS: dict[type[Exception], str] = {
    plansync.Refused: "refused",
    plansync.NoAnswer: "no_answer",
    plansync.Closed: "closed",
    plansync.NotAuthorized: "not_authorized",
    plansync.NotConnected: "not_connected",
    plansync.NotStored: "not_stored",
    plansync.OtherLog: "other_log",
    plansync.ConsumerUnusable: "consumer_unusable",
    ValueError: "invalid",
    TypeError: "invalid",
}


class Reading:
    """An iterator that is asked with a time-out, without being cancelled by it."""

    def __init__(self, items: AsyncIterator[Any], subscriber: Subscriber | None = None) -> None:
        self.items = items
        self.subscriber = subscriber
        self.last: Delivery | None = None
        self._next: asyncio.Task[Any] | None = None

    async def next(self, timeout_s: float) -> Any:
        if self._next is None:
            self._next = asyncio.ensure_future(anext(self.items))
        done, _ = await asyncio.wait({self._next}, timeout=timeout_s)
        if not done:
            return None
        task, self._next = self._next, None
        return task.result()

    async def close(self) -> None:
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait({self._next})
        if self.subscriber is not None:
            await self.subscriber.close()


class Adapter:
    def __init__(self) -> None:
        self._clients: dict[str, Plansync] = {}
        self._commands: dict[str, DurableCommand[Any]] = {}
        self._readings: dict[str, Reading] = {}

    async def do(self, message: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = await getattr(self, f"do_{message['do']}")(message)
        return result

    async def do_client(self, m: dict[str, Any]) -> dict[str, Any]:
        retry = Retry(attempt_timeout_s=m["retry"]["attempt_timeout_ms"] / 1000, deadline_s=m["retry"]["deadline_ms"] / 1000)
        self._clients[m["client"]] = await plansync.connect(
            m["url"],
            tenant=m["tenant"],
            actor=m["actor"],
            encoding=m["encoding"],
            events=m["events"],
            retry=retry,
            inbox_prefix=m.get("inbox_prefix", "_INBOX"),
            user=m.get("user"),
            password=m.get("password"),
            reconnect_time_wait=0.1,
            **({"connect_s_max": m["connect_ms_max"] / 1000} if "connect_ms_max" in m else {}),
        )
        return {}

    async def do_client_close(self, m: dict[str, Any]) -> dict[str, Any]:
        await self._clients[m["client"]].close()
        return {}

    async def do_request(self, m: dict[str, Any]) -> dict[str, Any]:
        return {"reply": await self._clients[m["client"]].request(m["operation"], m.get("body", {}))}

    async def do_durable(self, m: dict[str, Any]) -> dict[str, Any]:
        command = await self._clients[m["client"]].durable(m["operation"], m.get("body", {}))
        self._commands[m["command"]] = command
        return {"command_id": command.command_id, "sequence": command.sequence}

    async def do_outcome(self, m: dict[str, Any]) -> dict[str, Any]:
        return {"reply": await self._commands[m["command"]].outcome(m["timeout_ms"] / 1000)}

    async def do_list(self, m: dict[str, Any]) -> dict[str, Any]:
        items = self._clients[m["client"]].all(m["operation"], m.get("body", {}))
        self._readings[m["list"]] = Reading(items)
        return {}

    async def do_list_next(self, m: dict[str, Any]) -> dict[str, Any]:
        items: list[Any] = []
        try:
            while len(items) < m["count"]:
                items.append(await anext(self._readings[m["list"]].items))
        except StopAsyncIteration:
            return {"items": items, "is_complete": True}
        return {"items": items, "is_complete": False}

    async def do_events_durable(self, m: dict[str, Any]) -> dict[str, Any]:
        events = self._clients[m["client"]].events
        if m.get("is_operators"):
            subscriber = events.bind(m["name"])
        else:
            subscriber = await events.durable(
                m["name"],
                kinds=m.get("kinds"),
                ack_wait_s=m.get("ack_wait_ms", 30_000) / 1000,
                max_ack_pending=m.get("max_ack_pending", 1),
            )
        items = subscriber.after(m.get("checkpoint")) if m.get("is_once") else aiter(subscriber)
        self._readings[m["events"]] = Reading(items, subscriber)
        return {}

    async def do_events_replay(self, m: dict[str, Any]) -> dict[str, Any]:
        start = m.get("checkpoint", m.get("position"))
        events = self._clients[m["client"]].events.replay(start, kinds=m.get("kinds"))
        self._readings[m["events"]] = Reading(events)
        return {}

    async def do_events_next(self, m: dict[str, Any]) -> dict[str, Any]:
        reading = self._readings[m["events"]]
        item: Delivery | Event | None = await reading.next(m["timeout_ms"] / 1000)
        if item is None:
            return {"event": None}
        reading.last = item if isinstance(item, Delivery) else None
        event = item.event if isinstance(item, Delivery) else item
        return {
            "event": {
                "id": event.id,
                "kind": "unknown" if isinstance(event, Unknown) else event.kind,
                "published_kind": event.kind,
                "about": event.about,
                "position": event.position,
                "actor": event.actor,
                "checkpoint": str(event.checkpoint),
                "pending": event.pending,
                "body": event.body,
            }
        }

    async def do_events_ack(self, m: dict[str, Any]) -> dict[str, Any]:
        last = self._readings[m["events"]].last
        assert last is not None
        await last.ack()
        return {}

    async def do_events_retry(self, m: dict[str, Any]) -> dict[str, Any]:
        last = self._readings[m["events"]].last
        assert last is not None
        await last.retry_later()
        return {}

    async def do_events_close(self, m: dict[str, Any]) -> dict[str, Any]:
        await self._readings.pop(m["events"]).close()
        return {}

    async def close(self) -> None:
        for reading in self._readings.values():
            await reading.close()
        for client in self._clients.values():
            await client.close()


def told(error: Exception) -> dict[str, Any]:
    kind = next((name for each, name in KINDS.items() if isinstance(error, each)), "other")
    out: dict[str, Any] = {"kind": kind, "message": f"{type(error).__name__}: {error}"}
    if isinstance(error, plansync.Refused):
        out |= {"code": error.code, "details": error.details, "command_id": error.command_id}
    if isinstance(error, (plansync.NoAnswer, plansync.Closed)):
        out |= {"command_id": error.command_id}
    return out


async def main() -> None:
    adapter = Adapter()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        message = json.loads(line)
        try:
            answer: dict[str, Any] = {"ok": await adapter.do(message)}
        except Exception as error:
            answer = {"error": told(error)}
        print(json.dumps({"id": message["id"], **answer}), flush=True)
    await adapter.close()


asyncio.run(main())
