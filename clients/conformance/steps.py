"""Carries out the steps of a case."""

import asyncio
import time

import matching

DEFAULT_RETRY = {"attempt_timeout_ms": 1000, "deadline_ms": 20000}


class Run:
    """One case with one adapter in one encoding."""

    def __init__(self, world, adapter, tenant, encoding):
        self.world = world
        self.adapter = adapter
        self.tenant = tenant
        self.encoding = encoding
        self.variables = matching.Variables()
        self._under_way = None
        self._started = time.monotonic()

    async def step(self, step):
        (kind,) = [key for key in step if key in STEPS]
        repeat = step.get("repeat", 1)
        for index in range(1, repeat + 1):
            self.variables.index = index
            await STEPS[kind](self, self.variables.filled(step[kind]), step)

    async def client(self, given, step):
        """Makes a client in the adapter."""
        message = {
            "do": "client",
            "client": "main",
            "url": self.world.proxy_of(step.get("service")).url,
            "tenant": self.tenant,
            "actor": "system",
            "encoding": self.encoding,
            "events": True,
            "retry": DEFAULT_RETRY,
            **(given or {}),
        }
        if message.pop("at", None) == "silent":
            message["url"] = self.world.silent_url
        await self._do(message, step)

    async def do(self, given, step):
        await self._do({"client": "main", **given}, step)

    async def _do(self, message, step):
        self._started = time.monotonic()
        self._under_way = await self.adapter.send(message)
        if not step.get("in_background"):
            await self.join(None, step)

    async def join(self, _, step):
        """Takes the answer to what was begun in the background."""
        answer = await self.adapter.answer(self._under_way)
        took_ms = (time.monotonic() - self._started) * 1000
        expected = self.variables.filled(step.get("expect", {"ok": {}}))
        found = matching.differences(expected, answer)
        if took_ms < step.get("takes_ms_min", 0):
            found.append(f"took {took_ms:.0f} ms, which is less than {step['takes_ms_min']} ms")
        if took_ms > step.get("takes_ms_max", 60_000):
            found.append(f"took {took_ms:.0f} ms, which is more than {step['takes_ms_max']} ms")
        assert not found, "; ".join(found) + f" in {matching.shortened(answer)}"
        for name, path in step.get("save", {}).items():
            value = answer
            for key in path.split("."):
                value = value[key]
            self.variables.saved[name] = value

    async def fault(self, what, _):
        world = self.world
        if what == "kill_adapter":
            await self.adapter.kill()
            await self.adapter.start()
        elif what == "cut_connection":
            world.proxy.cut()
        elif what == "stop_engine":
            await asyncio.to_thread(world.engine.stop)
        elif what == "start_engine":
            await asyncio.to_thread(world.engine.start)
        elif what == "stop_nats":
            await asyncio.to_thread(world.server.stop)
        elif what == "start_nats":
            await asyncio.to_thread(world.server.start)
        elif what in ("lose_reply", "lose_publish_ack"):
            world.proxy.lose_next_reply("req" if what == "lose_reply" else "cmd")
        else:
            raise SystemExit(f"a case has an unknown fault: {what}")

    async def lost(self, count, _):
        """Checks that replies were really lost."""
        assert self.world.proxy.lost == count, f"{self.world.proxy.lost} replies were lost instead of {count}"

    async def wait_ms(self, ms, _):
        await asyncio.sleep(ms / 1000)

    async def script(self, answers, _):
        self.world.scripted.script(answers)

    async def received(self, expected, _):
        """Checks what the scripted service received."""
        got = self.world.scripted.received
        assert len(got) == expected["count"], f"the service received {len(got)} requests instead of {expected['count']}"
        if expected.get("same_command_id"):
            ids = {each["body"].get("command_id") for each in got}
            assert len(ids) == 1 and None not in ids, f"the command ids differ: {ids}"
        for want, each in zip(expected.get("bodies", []), got):
            found = matching.differences(want, each["body"], "body")
            assert not found, "; ".join(found)

    async def publish(self, events, _):
        for event in events:
            await self.world.scripted.publish(self.tenant, event)

    async def recreate_stream(self, _given, _step):
        await self.world.scripted.empty_events()

    async def delete_streams(self, _given, _step):
        await self.world.scripted.delete_streams()


STEPS = {
    name: getattr(Run, name)
    for name in (
        "client",
        "do",
        "join",
        "fault",
        "lost",
        "wait_ms",
        "script",
        "received",
        "publish",
        "recreate_stream",
        "delete_streams",
    )
}
