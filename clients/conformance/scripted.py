"""A service that answers as a case says, where the engine would not: busy, silent, or newer than the client."""

import asyncio
import json
import time
import uuid

import msgpack

STREAMS = {"PLANSYNC_EVENTS": "plansync.v1.evt.>", "PLANSYNC_COMMANDS": "plansync.v1.cmd.>"}
MEDIA_TYPES = {"json": "application/json", "msgpack": "application/msgpack"}


class Scripted:
    def __init__(self, connection):
        self._connection = connection
        self._answers = []
        self.received = []

    async def start(self):
        await self._connection.subscribe("plansync.v1.req.>", cb=self._answer)
        await self.make_streams()

    async def make_streams(self):
        """Makes the streams that are missing."""
        js = self._connection.jetstream()
        for name, subjects in STREAMS.items():
            await js.add_stream(name=name, subjects=[subjects])

    async def delete_streams(self):
        """As on a server with which no engine has run."""
        for name in STREAMS:
            await self._connection.jetstream().delete_stream(name)

    def script(self, answers):
        self._answers = list(answers)
        self.received = []

    async def empty_events(self):
        """Begins with a stream that has no events and counts from 1."""
        js = self._connection.jetstream()
        await js.delete_stream("PLANSYNC_EVENTS")
        await self.make_streams()

    async def publish(self, tenant, event):
        """Publishes an event that a case describes."""
        kind, about, encoding = event["kind"], event.get("about", "x"), event.get("encoding", "msgpack")
        noun, what = kind.split(".")
        incarnation = f"{event.get('log', '0190a1b2-0000-7000-8000-00000000000a')}.{event.get('incarnation', 1)}"
        headers = {
            "ce-specversion": "1.0",
            "ce-id": f"{incarnation}/{event['position']}",
            "ce-source": f"/plansync/{tenant}",
            "ce-type": f"plansync.v1.{kind}",
            "ce-subject": about,
            "ce-time": "2026-11-23T09:30:00.000001Z",
            "ce-position": str(event["position"]),
            "ce-actor": "alice",
            "ce-correlationid": "0190a1b2-0000-7000-8000-00000000000c",
            "ce-chain": "0" * 64,
            "content-type": MEDIA_TYPES[encoding],
        }
        data = bytes.fromhex(event["hex"]) if "hex" in event else encoded(event.get("body", {}), encoding)
        subject = f"plansync.v1.evt.{tenant}.{noun}.{about}.{what}"
        await self._connection.jetstream().publish(subject, data, headers=headers)

    async def _answer(self, msg):
        encoding = "json" if "json" in msg.headers["content-type"] else "msgpack"
        body = json.loads(msg.data) if encoding == "json" else msgpack.unpackb(msg.data)
        answer = self._answers.pop(0) if self._answers else {"silence": True}
        self.received.append({"subject": msg.subject, "body": in_json_form(body), "at": time.monotonic()})
        if "silence" in answer:
            return
        headers = {"content-type": MEDIA_TYPES[encoding]}
        if "error" in answer:
            headers |= {"Nats-Service-Error-Code": "500", "Nats-Service-Error": "scripted"}
            answer = {"error": {"message": "scripted", **answer["error"]}}
        else:
            answer = answer["reply"]
        await asyncio.sleep(0)
        await self._connection.publish(msg.reply, encoded(answer, encoding), headers=headers)


def in_json_form(value):
    """UUIDs may also be sent as 16 bytes."""
    if isinstance(value, dict):
        return {key: in_json_form(each) for key, each in value.items()}
    if isinstance(value, list):
        return [in_json_form(each) for each in value]
    return str(uuid.UUID(bytes=value)) if isinstance(value, bytes) and len(value) == 16 else value


def encoded(body, encoding):
    return json.dumps(body).encode() if encoding == "json" else msgpack.packb(body)
