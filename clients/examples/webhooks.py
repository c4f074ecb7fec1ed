"""A receiver of webhooks that often fails, and the check of the webhook bridge against it."""

import asyncio
import base64
import http.server
import os
import random
import sys
import threading
import time

from standardwebhooks import Webhook

from world import HERE, WAIT_S, Process, events_of


class Receiver(http.server.BaseHTTPRequestHandler):
    """A receiver of webhooks that often fails, before or after it has kept what it got."""

    protocol_version = "HTTP/1.1"
    key = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    kept: list[str] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        event = Webhook(self.key).verify(body, self.headers)
        if event["id"] != self.headers["webhook-id"]:
            raise AssertionError(f"{event['id']} came as {self.headers['webhook-id']}")
        luck = random.random()
        if luck > 0.01:
            self.kept.append(event["id"])
        self.send_response(204 if luck > 0.02 else 503)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


async def check_webhooks(world, tenant):
    """The receiver gets every event, in order but for repetitions, though it fails and the bridge is killed."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/hooks"
    script = (sys.executable, HERE / "python-client/webhook_bridge.py", address, "--kinds", "sync.target")
    secret = {"WEBHOOK_SECRET": Receiver.key}
    bridge = Process(*script, "--nats-url", world.url, "--tenant", tenant, log=world.log, env=secret)
    bridge.start()
    try:
        expected = await events_of(world, tenant)
        kills = 2
        deadline = time.monotonic() + WAIT_S
        while first_times(Receiver.kept) != expected:
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{len(set(Receiver.kept))} of {len(expected)} events were received, or in disorder"
                )
            await asyncio.sleep(random.uniform(1, 3))
            if kills > 0:
                kills -= 1
                bridge.restart()
    finally:
        bridge.kill()
        server.shutdown()


def first_times(ids):
    """Each id once, in the order in which they first came."""
    return list(dict.fromkeys(ids))
