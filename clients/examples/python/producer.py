"""Loads learners from a CSV file, changes one learner's plan and synchronises the change onto the others.

It uses no plansync library: only the NATS client. Run it as often as you like: every command has an id that follows
from the file's content, and plansync carries out each command once.

    python producer.py learners.csv --nats-url nats://127.0.0.1:4222 --tenant northgate
"""

import argparse
import asyncio
import csv
import hashlib
import json
import random
import sys
import uuid

import nats
from nats.errors import NoRespondersError

ATTEMPTS = 8
RETRIED = {"unavailable", "overloaded"}
# The ids of this program are made from this namespace.
NAMESPACE = uuid.UUID("8d6a4a0e-5f0e-4c1e-9e55-0a0f5c3b7f11")


class Refused(Exception):
    """plansync refused the request; sending it again would not help."""

    def __init__(self, operation, error):
        super().__init__(f"{operation}: {error['code']}: {error['message']}")
        self.code = error["code"]


class Plansync:
    """Requests of one tenant. The actor is a part of the subject, so the NATS permissions decide who may use it."""

    def __init__(self, connection, tenant, batch):
        self.connection = connection
        self.tenant = tenant
        self.batch = batch

    def record_id(self, *parts):
        """The id of a record. It depends on the tenant and the reference only, so a corrected file changes the record."""
        return str(uuid.uuid5(NAMESPACE, "/".join([self.tenant, *parts])))

    def id(self, *parts):
        """The id of a command: the same whenever the same file is loaded, and another one for a corrected file."""
        return str(uuid.uuid5(self.batch, "/".join(parts)))

    async def command(self, actor, operation, body, *name):
        """A command. Its id is the same in every attempt and in every run, so it is carried out once."""
        return await self.request(actor, operation, body | {"command_id": self.id(actor, operation, *name)})

    async def request(self, actor, operation, body):
        """A request, repeated while plansync cannot be reached or cannot answer."""
        subject = f"plansync.v1.req.{self.tenant}.{actor}.{operation}"
        payload = json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        for attempt in range(1, ATTEMPTS + 1):
            wait_s = min(0.1 * 2**attempt, 5) * random.uniform(0.5, 1)
            try:
                message = await self.connection.request(subject, payload, timeout=5, headers=headers)
            except (NoRespondersError, TimeoutError):
                if attempt == ATTEMPTS:
                    raise
            else:
                reply = json.loads(message.data)
                error = reply.get("error")
                if error is None:
                    return reply
                if error["code"] not in RETRIED or attempt == ATTEMPTS:
                    raise Refused(operation, error)
                wait_s = error.get("details", {}).get("retry_after_ms", wait_s * 1000) / 1000
            await asyncio.sleep(wait_s)
        raise AssertionError("the last attempt returns or raises")


async def load(plansync, rows):
    """Writes the tenant, its administrator, its programme and its learners, as the reserved actor `system`."""
    programme, component = plansync.record_id("programme"), plansync.record_id("component")
    await plansync.command("system", "tenant.put", {"marking_aid": False, "owner_rule": "keep"})
    alice = {
        "administrator": "alice",
        "name": "Alice Moreau",
        "permissions": ["advanced_delivery_add", "advanced_delivery_edit", "advanced_delivery_delete"],
        "groups": "all",
    }
    await plansync.command("system", "administrator.put", alice)
    await plansync.command(
        "system", "programme.put", {"programme": programme, "name": "Business Administrator", "parent": None}
    )
    exam = {"component": component, "type": "exam", "attributes": {"name": "Knowledge test"}}
    await plansync.command("system", "template.put", {"programme": programme, "components": [exam]})
    learners = []
    for row in rows:
        learner = plansync.record_id("learner", row["reference"])
        record = {
            "learner": learner,
            "name": row["name"],
            "case_owner": row["case_owner"] or None,
            "groups": [row["group"]],
            "tutors": [row["tutor"]] if row["tutor"] else [],
            "enrolments": [{"programme": programme, "status": "active"}],
        }
        await plansync.command("system", "learner.put", record, row["reference"])
        plan = {"learner": learner, "programme": programme}
        await plansync.command("system", "plan.instantiate", plan, row["reference"])
        learners.append(learner)
    return programme, component, learners


async def synchronise(plansync, programme, component, source, due):
    """Changes a due date on the source's plan and synchronises it, exactly as the preview shows it.

    Returns the state of the synchronisation; None if the plan has this date already.
    """
    session, sync = plansync.id("session"), plansync.id("sync")
    await plansync.command("alice", "record.open", {"learner": source, "session": session})
    change = {
        "op": "change",
        "component": component,
        "set": {"due_date": due},
        "reason": "The test centre moved the test",
    }
    edited = await plansync.command("alice", "plan.edit", {"learner": source, "edits": [change]})
    if not edited["changed"]:
        return None
    try:
        return await plansync.request("alice", "sync.get", {"sync": sync})
    except Refused as refused:
        if refused.code != "sync_not_found":
            raise
    request = {"session": session, "programme": programme, "components": "recent", "learners": "all"}
    preview = await plansync.request("alice", "sync.preview", request)
    print(f"preview: {preview['learners']} learners, {preview['pairs']}")
    confirmed = request | {
        "sync": sync,
        "confirm": {"position": preview["position"], "digest": preview["digest"]},
    }
    await plansync.command("alice", "sync.start", confirmed)
    return await plansync.request("alice", "sync.get", {"sync": sync})


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("csv")
    parser.add_argument("--nats-url", default="nats://127.0.0.1:4222")
    parser.add_argument("--tenant", default="northgate")
    parser.add_argument("--due", default="2027-03-01", help="the new due date")
    options = parser.parse_args()
    with open(options.csv, "rb") as file:
        content = file.read()
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    batch = uuid.uuid5(NAMESPACE, hashlib.sha256(content).hexdigest())
    connection = await nats.connect(options.nats_url)
    try:
        plansync = Plansync(connection, options.tenant, batch)
        programme, component, learners = await load(plansync, rows)
        state = await synchronise(plansync, programme, component, learners[0], options.due)
        if state is None:
            print("the plan has this date already: nothing to synchronise")
            return
        while state["state"] == "running":
            await asyncio.sleep(0.1)
            state = await plansync.request("alice", "sync.get", {"sync": state["sync"]})
        print(f"{state['sync']} {state['state']}: {state['pairs']}")
    except Refused as refused:
        sys.exit(f"error: {refused}")
    finally:
        await connection.close()


asyncio.run(main())
