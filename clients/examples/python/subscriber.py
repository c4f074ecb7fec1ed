"""Keeps a table of the outcomes of synchronisations in SQLite, each exactly once.

It uses no plansync library: only the NATS client and MessagePack. NATS delivers an event at least once. The row of an
event and the fact that it was handled are one SQL transaction, and the event is acknowledged after it; so an event
that is delivered again, because this program or the server was killed in between, changes nothing.

    python subscriber.py outcomes.sqlite --nats-url nats://127.0.0.1:4222 --tenant northgate
"""

import argparse
import asyncio
import json
import sqlite3
import sys
import uuid

import msgpack
import nats
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import NotFoundError

TABLES = """
CREATE TABLE IF NOT EXISTS outcome (
    event TEXT PRIMARY KEY,     -- the event's ce-id: the same in every delivery, and never used again
    sync TEXT NOT NULL, learner TEXT NOT NULL, at TEXT NOT NULL,
    applied INTEGER NOT NULL, unchanged INTEGER NOT NULL, skipped TEXT NOT NULL
);
"""


def decoded(message):
    """The body of an event. The server's configuration decides whether events are MessagePack or JSON."""
    if message.headers["content-type"] == "application/json":
        return json.loads(message.data)
    return msgpack.unpackb(message.data)


def text(id):
    """A UUID is 16 bytes in MessagePack and text in JSON. (Only `bytes` of `command.rejected` is other bytes.)"""
    return str(uuid.UUID(bytes=id)) if isinstance(id, bytes) else id


def store(database, message):
    """Writes the row of an event, unless the table has it already."""
    event = decoded(message)
    row = (
        message.headers["ce-id"],
        text(event["sync"]),
        text(event["learner"]),
        message.headers["ce-time"],
        event["applied"],
        event["unchanged"],
        json.dumps(event["skipped"], sort_keys=True),
    )
    with database:
        database.execute("INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row)


async def follow(database, connection, tenant, name):
    """Handles events for ever. The durable consumer on the server remembers what was acknowledged."""
    config = ConsumerConfig(
        durable_name=name,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=10,
        filter_subject=f"plansync.v1.evt.{tenant}.sync.*.target",
    )
    jetstream = connection.jetstream()
    try:
        # Making a consumer that exists would change it, although it may belong to somebody else.
        existing = (await jetstream.consumer_info("PLANSYNC_EVENTS", name)).config
        if existing.filter_subject != config.filter_subject:
            sys.exit(f"error: the consumer {name} exists for {existing.filter_subject}; choose another name")
    except NotFoundError:
        await jetstream.add_consumer("PLANSYNC_EVENTS", config)
    subscription = await jetstream.pull_subscribe_bind(name, stream="PLANSYNC_EVENTS")
    while True:
        try:
            messages = await subscription.fetch(100, timeout=5)
        except TimeoutError:
            continue
        for message in messages:
            store(database, message)
            await message.ack()


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    parser.add_argument("--nats-url", default="nats://127.0.0.1:4222")
    parser.add_argument("--tenant", default="northgate")
    parser.add_argument("--consumer", help="default: TENANT-outcomes")
    options = parser.parse_args()
    database = sqlite3.connect(options.database)
    database.execute("PRAGMA journal_mode=WAL")
    database.executescript(TABLES)
    connection = await nats.connect(options.nats_url, max_reconnect_attempts=-1)
    try:
        name = options.consumer or f"{options.tenant}-outcomes"
        await follow(database, connection, options.tenant, name)
    finally:
        await connection.close()


asyncio.run(main())
