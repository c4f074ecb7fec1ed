"""Loads learners from a CSV file, changes one learner's plan and synchronises the change onto the others.

It uses the Python client, which keeps the id of a command in every attempt. The ids of this program follow from the
content of the file, so it can be started again after a failure at any point.

    python producer.py learners.csv --nats-url nats://127.0.0.1:4222 --tenant northgate
"""

import argparse
import asyncio
import csv
import hashlib
import sys
import uuid
from pathlib import Path

import plansync

# The ids of this program are made from this namespace.
NAMESPACE = uuid.UUID("8d6a4a0e-5f0e-4c1e-9e55-0a0f5c3b7f11")
ALICE = {
    "administrator": "alice",
    "name": "Alice Moreau",
    "permissions": ["advanced_delivery_add", "advanced_delivery_edit", "advanced_delivery_delete"],
    "groups": "all",
}


class Batch:
    """What one file stands for in a tenant, and the ids that follow from it."""

    def __init__(self, path, tenant):
        self.tenant = tenant
        content = Path(path).read_bytes()
        self.rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
        self.namespace = uuid.uuid5(NAMESPACE, hashlib.sha256(content).hexdigest())

    def record_id(self, *parts):
        """The id of a record. It depends on the tenant and the reference only, so a corrected file changes the record."""
        return str(uuid.uuid5(NAMESPACE, "/".join([self.tenant, *parts])))

    def id(self, *parts):
        """An id that is the same whenever the same file is loaded, and another one for a corrected file."""
        return str(uuid.uuid5(self.namespace, "/".join(parts)))


async def load(college, batch):
    """Writes the tenant, its administrator, its programme and its learners."""
    programme, component = batch.record_id("programme"), batch.record_id("component")
    await college.tenant.put({"marking_aid": False, "owner_rule": "keep"})
    await college.administrator.put(ALICE)
    await college.programme.put({"programme": programme, "name": "Business Administrator", "parent": None})
    exam = {"component": component, "type": "exam", "attributes": {"name": "Knowledge test"}}
    await college.template.put({"programme": programme, "components": [exam]})
    # Learners do not depend on each other, so several are written at a time.
    at_once = asyncio.Semaphore(16)

    async def load_learner(row):
        async with at_once:
            learner = batch.record_id("learner", row["reference"])
            await college.learner.put(
                {
                    "learner": learner,
                    "name": row["name"],
                    "case_owner": row["case_owner"] or None,
                    "groups": [row["group"]],
                    "tutors": [row["tutor"]] if row["tutor"] else [],
                    "enrolments": [{"programme": programme, "status": "active"}],
                }
            )
            await college.plan.instantiate({"learner": learner, "programme": programme})

    async with asyncio.TaskGroup() as tasks:
        for row in batch.rows:
            tasks.create_task(load_learner(row))


async def synchronise(alice, batch, due):
    """Changes a due date on the first learner's plan and synchronises it, exactly as the preview shows it.

    Returns the state of the synchronisation; None if the plan has this date already.
    """
    source = batch.record_id("learner", batch.rows[0]["reference"])
    session, sync = batch.id("session"), batch.id("sync")
    try:
        return await alice.sync.get({"sync": sync})
    except plansync.SyncNotFound:
        pass
    command = {"command_id": batch.id("alice", "record.open")}
    await alice.record.open({"learner": source, "session": session} | command)
    change = {
        "op": "change",
        "component": batch.record_id("component"),
        "set": {"due_date": due},
        "reason": "The test centre moved the test",
    }
    edit = {"learner": source, "edits": [change], "command_id": batch.id("alice", "plan.edit")}
    if not (await alice.plan.edit(edit))["changed"]:
        return None
    request = {"session": session, "programme": batch.record_id("programme"), "components": "recent", "learners": "all"}
    preview = await alice.sync.preview(request)
    print(f"preview: {preview['learners']} learners, {preview['pairs']}")
    confirm = {"position": preview["position"], "digest": preview["digest"]}
    await alice.sync.start(request | {"sync": sync, "confirm": confirm})
    return await alice.sync.get({"sync": sync})


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("csv")
    parser.add_argument("--nats-url", default="nats://127.0.0.1:4222")
    parser.add_argument("--tenant", default="northgate")
    parser.add_argument("--due", default="2027-03-01", help="the new due date")
    options = parser.parse_args()
    batch = Batch(options.csv, options.tenant)
    async with await plansync.connect(options.nats_url, tenant=options.tenant, actor="system") as college:
        alice = college.acting_as("alice")
        await load(college, batch)
        state = await synchronise(alice, batch, options.due)
        if state is None:
            print("the plan has this date already: nothing to synchronise")
            return
        while state["state"] == "running":
            await asyncio.sleep(0.1)
            state = await alice.sync.get({"sync": state["sync"]})
    print(f"{state['sync']} {state['state']}: {state['pairs']}")


try:
    asyncio.run(main())
except* plansync.PlansyncError as group:
    refusals = [str(error) for error in group.exceptions]
else:
    refusals = []
if refusals:
    sys.exit("error: " + "; ".join(refusals))
