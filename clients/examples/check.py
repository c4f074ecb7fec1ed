"""Runs every example against a real nats-server and a real engine, and kills both sides while they work.

    python check.py --plansync target/debug/plansync --nats-server nats-server --rust target/debug

A producer is run twice and must report the same synchronisation. While producers run, the engine is killed and
started again. A subscriber, the NATS server and the engine are killed at random while the subscriber works; at the
end its table must have each event of the stream exactly once.
"""

import argparse
import asyncio
import contextlib
import pathlib
import random
import re
import shutil
import sqlite3
import sys
import tempfile
import time

from webhooks import check_webhooks
from world import HERE, WAIT_S, Process, World, events_of

LEARNERS = 120


def learners(folder, name, count):
    """A CSV file with generated learners; the first ones are those of the example file."""
    lines = (HERE / "learners.csv").read_text().splitlines()
    lines += [f"{name}-{number},Learner {number},north,alice,alice" for number in range(count)]
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


async def run(command):
    """Runs a program to its end and returns its last line."""
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await asyncio.wait_for(process.communicate(), WAIT_S)
    if process.returncode != 0:
        raise AssertionError(f"{command} ended with {process.returncode}")
    return out.decode().splitlines()[-1]


async def check_producer(world, folder, name, producer):
    """A producer finishes though the engine is killed, and a second run changes nothing."""
    path = learners(folder, f"{name}-producer", LEARNERS)
    command = (*producer, path, "--nats-url", world.url, "--tenant", name)
    running = asyncio.create_task(run(command))
    for _ in range(2):
        await asyncio.sleep(random.uniform(0.1, 0.5))
        world.engine.restart()
    first, second = await running, await run(command)
    applied = re.search(r" completed: .*applied\W+(\d+)", first)
    # Everyone but the source: the generated learners and four of the five of the example file.
    if first != second or applied is None or int(applied[1]) != LEARNERS + 4:
        raise AssertionError(f"expected {LEARNERS + 4} applied pairs\nfirst run: {first}\nsecond run: {second}")


async def check_subscriber(world, folder, name, subscriber, producer):
    """A subscriber's table has each event exactly once, though everything is killed again and again."""
    table = folder / f"{name}.sqlite"
    command = (*subscriber, table, "--nats-url", world.url, "--tenant", name, "--consumer", f"{name}-outcomes")
    watching = Process(*command, log=world.log)
    watching.start()
    try:
        for number in range(3):
            path = learners(folder, f"{name}-{number}", LEARNERS)
            due = ("--due", f"2027-04-0{number + 1}")
            producing = asyncio.create_task(run((*producer, path, "--nats-url", world.url, "--tenant", name, *due)))
            await asyncio.sleep(random.uniform(0.1, 0.6))
            watching.restart()
            await producing
            random.choice([world.server, world.engine]).restart()
            await world.ready()
            watching.restart()
        await complete(world, name, table, watching)
    finally:
        watching.kill()


async def complete(world, tenant, table, watching):
    """Waits until the table has as many rows as the stream has events, and compares them."""
    expected = sorted(await events_of(world, tenant))
    if len(expected) < 3 * LEARNERS:
        raise AssertionError(f"the stream has {len(expected)} events only")
    deadline = time.monotonic() + WAIT_S
    while True:
        with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(sqlite3.connect(table)) as database:
            rows = sorted(row for (row,) in database.execute("SELECT event FROM outcome"))
            if rows == expected:
                return
        if time.monotonic() > deadline:
            raise AssertionError(f"the table has {len(rows)} rows, the stream has {len(expected)} events")
        if watching.process.poll() is not None:
            watching.start()
        await asyncio.sleep(0.2)


def languages(options):
    """The examples that this machine can run: name, producer, subscriber."""
    for folder in ("python", "python-client"):
        yield folder, *((sys.executable, HERE / folder / f"{program}.py") for program in ("producer", "subscriber"))
    if shutil.which("node") and (HERE / "javascript/node_modules").is_dir():
        node = shutil.which("node")
        yield "javascript", (node, HERE / "javascript/producer.js"), (node, HERE / "javascript/subscriber.js")
    else:
        print("!!! NOT TESTED: the examples in JavaScript (node or node_modules is missing)", file=sys.stderr)
    if options.rust:
        yield "rust", (options.rust / "plain-producer",), (options.rust / "plain-subscriber",)
    else:
        print("!!! NOT TESTED: the examples in Rust (--rust is missing)", file=sys.stderr)


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plansync", type=pathlib.Path, required=True)
    parser.add_argument("--nats-server", default="nats-server")
    parser.add_argument("--rust", type=pathlib.Path, help="the folder with the compiled examples")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        world = World(options, folder)
        try:
            await world.start()
            for name, producer, subscriber in languages(options):
                await check_producer(world, folder, name, producer)
                print(f"{name}: the producer is right")
                await check_subscriber(world, folder, name, subscriber, producer)
                print(f"{name}: the subscriber is right")
                if name == "python-client":
                    await check_webhooks(world, name)
                    print(f"{name}: the webhook bridge is right")
        except BaseException:
            print((folder / "log").read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            world.stop()


asyncio.run(main())
