"""Keeps a table of the outcomes of synchronisations in SQLite, each exactly once.

The row of an event and its checkpoint are stored in one SQL transaction, and the event is acknowledged after it. An
event that is delivered again, because this program or the server was killed in between, is skipped by its checkpoint.

    python subscriber.py outcomes.sqlite --nats-url nats://127.0.0.1:4222 --tenant northgate
"""

import argparse
import asyncio
import json
import sqlite3

import plansync

TABLES = """
CREATE TABLE IF NOT EXISTS outcome (
    event TEXT NOT NULL,
    sync TEXT NOT NULL, learner TEXT NOT NULL, at TEXT NOT NULL,
    applied INTEGER NOT NULL, unchanged INTEGER NOT NULL, skipped TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), checkpoint TEXT NOT NULL);
"""


def checkpoint(database):
    """The checkpoint of the last event that was stored, if there is one."""
    row = database.execute("SELECT checkpoint FROM progress").fetchone()
    return row[0] if row else None


def store(database, event):
    """Stores the row of an event, and its checkpoint, in one transaction."""
    with database:
        if isinstance(event, plansync.SyncTarget):
            body = event.body
            row = (
                event.id,
                str(body["sync"]),
                str(body["learner"]),
                event.time.isoformat(),
                body["applied"],
                body["unchanged"],
                json.dumps(body["skipped"], sort_keys=True),
            )
            database.execute("INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        database.execute("INSERT OR REPLACE INTO progress VALUES (1, ?)", [str(event.checkpoint)])


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
    name = options.consumer or f"{options.tenant}-outcomes"
    async with await plansync.connect(options.nats_url, tenant=options.tenant, actor="system") as college:
        async with await college.events.durable(name, kinds=["sync.target"], ack_wait_s=10) as subscriber:
            async for delivery in subscriber.after(checkpoint(database)):
                store(database, delivery.event)
                await delivery.ack()


asyncio.run(main())
