"""A NATS server and an engine that can be killed and started again."""

import asyncio
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import time

import nats
from nats.js.api import AckPolicy, ConsumerConfig

HERE = pathlib.Path(__file__).parent
WAIT_S = 60


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Process:
    """A program that can be killed and started again."""

    def __init__(self, *command, log, env=None):
        self.command, self.log, self.process = [str(part) for part in command], log, None
        self.env = os.environ | (env or {})

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=self.log, stderr=self.log, env=self.env)

    def kill(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def restart(self):
        self.kill()
        self.start()


class World:
    """A NATS server and an engine in a folder of their own."""

    def __init__(self, options, folder):
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self.log = (folder / "log").open("w")
        server = (options.nats_server, "--addr", "127.0.0.1", "--port", self.port, "--jetstream", "--store_dir")
        self.server = Process(*server, folder / "nats", log=self.log)
        engine = (options.plansync, "serve", "--nats-url", self.url, "--data")
        self.engine = Process(*engine, folder / "data", log=self.log)

    async def start(self):
        self.server.start()
        self.engine.start()
        await self.ready()

    async def ready(self):
        """Waits until the engine answers."""
        deadline = time.monotonic() + WAIT_S
        while True:
            with contextlib.suppress(Exception):
                connection = await nats.connect(self.url, allow_reconnect=False, connect_timeout=2)
                try:
                    return await connection.request("$SRV.PING.plansync", b"", timeout=1)
                finally:
                    await connection.close()
            if time.monotonic() > deadline:
                raise AssertionError("the engine does not answer; see the log")
            await asyncio.sleep(0.1)

    def stop(self):
        self.engine.kill()
        self.server.kill()
        self.log.close()


async def events_of(world, tenant):
    """The ids of all events of targets in the stream."""
    connection = await nats.connect(world.url)
    try:
        subject = f"plansync.v1.evt.{tenant}.sync.*.target"
        config = ConsumerConfig(ack_policy=AckPolicy.NONE, filter_subject=subject)
        jetstream = connection.jetstream()
        subscription = await jetstream.pull_subscribe(subject, stream="PLANSYNC_EVENTS", config=config)
        found = []
        with contextlib.suppress(TimeoutError):
            while True:
                found += [message.headers["ce-id"] for message in await subscription.fetch(500, timeout=1)]
        return found
    finally:
        await connection.close()
