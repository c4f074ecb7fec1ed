"""Sends the events of a tenant to an HTTP address, in their order, each until it was accepted.

A request is a CloudEvent in JSON, signed as the Standard Webhooks specification says. Its `webhook-id` is the same
whenever the event is sent again, so a receiver can tell that it has the event already. The event is acknowledged to
NATS only after the receiver has answered with 2xx. Any other answer, or none, is tried again, at first after a second
and at most every minute. Redirects are not followed.

    WEBHOOK_SECRET=whsec_… python webhook_bridge.py https://example.org/hooks --tenant northgate
"""

import argparse
import asyncio
import json
import logging
import os
import sys
from datetime import UTC, datetime

import httpx
import plansync
import tenacity
from standardwebhooks import Webhook

# The server delivers an event again if nobody has reported on it for this long: after a kill, the bridge goes on then.
ACK_WAIT_S = 10
# How often the bridge reports that it is still trying.
WORKING_S = 3


class Receiver:
    """The HTTP address, and the key that it knows."""

    def __init__(self, http, url, secret):
        self.http, self.url, self.webhook = http, url, Webhook(secret)

    @tenacity.retry(
        retry=tenacity.retry_if_exception_type(httpx.HTTPError),
        wait=tenacity.wait_random_exponential(multiplier=1, max=60),
        before_sleep=tenacity.before_sleep_log(logging.getLogger("webhook"), logging.WARNING),
    )
    async def send(self, event):
        """Sends an event until it is accepted."""
        id, at, body = event.id, datetime.now(UTC), cloud_event(event)
        headers = {
            "content-type": "application/cloudevents+json",
            "webhook-id": id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self.webhook.sign(id, at, body),
        }
        response = await self.http.post(self.url, content=body, headers=headers)
        response.raise_for_status()


def cloud_event(event):
    """The event in the JSON format of CloudEvents. A body that cannot be read is sent as it was received."""
    attributes = {
        "specversion": "1.0",
        "id": event.id,
        "source": f"/plansync/{event.tenant}",
        "type": f"plansync.v1.{event.kind}",
        "subject": event.about,
        "time": event.time.isoformat(),
        "actor": event.actor,
        "position": event.position,
    }
    if event.command_id:
        attributes["correlationid"] = event.command_id
    return json.dumps(attributes | {"datacontenttype": "application/json", "data": event.body}, default=str)


async def keep_working(delivery):
    """Tells the server again and again that the event is still under way."""
    while True:
        await asyncio.sleep(WORKING_S)
        await delivery.working()


async def main():
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--nats-url", default="nats://127.0.0.1:4222")
    parser.add_argument("--tenant", default="northgate")
    parser.add_argument("--consumer", help="default: TENANT-webhook")
    parser.add_argument("--kinds", nargs="*", help="such as sync.completed; all kinds by default")
    options = parser.parse_args()
    secret = os.environ.get("WEBHOOK_SECRET")
    if not secret:
        sys.exit("error: set WEBHOOK_SECRET to the key that the receiver knows (whsec_ and 24 to 64 bytes in base64)")
    name = options.consumer or f"{options.tenant}-webhook"
    async with (
        httpx.AsyncClient(timeout=30) as http,
        await plansync.connect(options.nats_url, tenant=options.tenant, actor="system") as college,
        await college.events.durable(name, kinds=options.kinds or (), ack_wait_s=ACK_WAIT_S) as subscriber,
    ):
        receiver = Receiver(http, options.url, secret)
        async for delivery in subscriber:
            working = asyncio.create_task(keep_working(delivery))
            try:
                await receiver.send(delivery.event)
            finally:
                working.cancel()
            await delivery.ack()


asyncio.run(main())
