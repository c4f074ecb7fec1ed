"""Runs the conformance cases against the clients.

    python clients/conformance                          all adapters at the same time, all cases
    python clients/conformance --adapter python         only these adapters
    python clients/conformance --case lost-reply        only the cases whose names contain this

Needs nats-server (on the PATH or in PLANSYNC_NATS_SERVER), plansync (in target/ or PLANSYNC_BIN), and the Python packages
nats-py, msgpack and pyyaml.
"""

import argparse
import asyncio
import json
import pathlib
import shutil
import sys
import tempfile
import time
import traceback

import nats
import yaml
from adapter import Adapter
from proxy import Proxy
from scripted import Scripted
from servers import ROOT, Engine, NatsServer
from steps import Run

HERE = pathlib.Path(__file__).resolve().parent
ENCODINGS = ("msgpack", "json")


class World:
    """What all cases share: an engine with its NATS server, and a scripted service with another."""

    def __init__(self, folder):
        self.server = NatsServer("nats", folder)
        self.engine = Engine(folder, self.server)
        self.proxy = Proxy(self.server.port)
        self._script_server = NatsServer("scripted-nats", folder)
        self._script_proxy = Proxy(self._script_server.port)

    def proxy_of(self, service):
        return self._script_proxy if service == "scripted" else self.proxy

    async def start(self):
        for each in (self.server, self.engine, self._script_server):
            await asyncio.to_thread(each.start)
        for each in (self.proxy, self._script_proxy):
            await each.start()
        self._silent = await asyncio.start_server(lambda reader, _: reader.read(), "127.0.0.1", 0)
        self.silent_url = f"nats://127.0.0.1:{self._silent.sockets[0].getsockname()[1]}"
        self._connection = await nats.connect(self._script_server.url)
        self.scripted = Scripted(self._connection)
        await self.scripted.start()

    async def mend(self):
        """After a case: what it stopped runs again."""
        for each in (self.server, self.engine):
            if not each.is_running:
                await asyncio.to_thread(each.start)
        await self.scripted.make_streams()
        self.proxy.lost = 0

    async def stop(self):
        await self._connection.close()
        self._silent.close()
        for each in (self.proxy, self._script_proxy):
            await each.stop()
        for each in (self.engine, self.server, self._script_server):
            await asyncio.to_thread(each.stop)


def cases(wanted):
    for path in sorted((HERE / "cases").glob("*.yaml")):
        for case in yaml.safe_load(path.read_text()):
            if not wanted or any(part in case["name"] for part in wanted):
                yield case


async def run_case(world, case, name, command, folder, encoding):
    """Returns what failed, or None."""
    adapter = Adapter(command, folder)
    tenant = f"{case['name']}-{name}-{encoding}"[:64]
    run = Run(world, adapter, tenant, encoding)
    await adapter.start()
    number = 0
    try:
        for number, step in enumerate(case["steps"], 1):
            await run.step({"service": case.get("service", "engine"), **step})
        await adapter.stop()
    except AssertionError as error:
        return f"step {number}: {error}"
    except Exception:
        return f"step {number}: {traceback.format_exc()}"
    finally:
        await adapter.kill()
        await world.mend()
    return None


async def run_adapter(name, options, folder):
    """Runs the cases with one adapter, on servers of its own. Returns the numbers of passed and failed ones."""
    folder.mkdir()
    command = [part.replace("{python}", sys.executable) for part in ADAPTERS[name]["command"]]
    left_out = ADAPTERS[name].get("leaves_out", {})
    world = World(folder)
    await world.start()
    passed, failed = 0, 0
    try:
        for case in cases(options.case):
            if case["name"] in left_out:
                print(f"{'-':6} {name:12} {case['name']} is left out: {left_out[case['name']]}", flush=True)
                continue
            for encoding in case.get("encodings", ENCODINGS):
                began = time.monotonic()
                failure = await run_case(world, case, name, command, folder, encoding)
                took = f"{time.monotonic() - began:.1f} s"
                print(f"{'FAILED' if failure else 'ok':6} {name:12} {case['name']} ({encoding}, {took})", flush=True)
                passed, failed = passed + (not failure), failed + bool(failure)
                if failure:
                    print(f"       {failure}", flush=True)
    finally:
        await world.stop()
    return passed, failed


async def run_all(options, folder):
    usable = [name for name in options.adapter if not missing(name)]
    for name in options.adapter:
        for what in missing(name):
            print(f"!!! NOT TESTED: the client `{name}`: {what} is missing")
    counts = await asyncio.gather(*(run_adapter(name, options, folder / name) for name in usable))
    passed, failed = (sum(count) for count in zip(*counts)) if counts else (0, 0)
    print(f"{passed} passed, {failed} failed")
    return failed == 0 and passed > 0


def missing(name):
    """The programs and files that an adapter needs and that are not there."""
    needs = ADAPTERS[name].get("needs", [])
    return [each for each in needs if not shutil.which(each) and not (ROOT / each).exists()]


def unknown_cases():
    """The names of cases that adapters leave out and that do not exist."""
    known = {case["name"] for case in cases([])}
    return sorted({each for adapter in ADAPTERS.values() for each in adapter.get("leaves_out", {})} - known)


ADAPTERS = json.loads((HERE / "adapters.json").read_text())


def main():
    parser = argparse.ArgumentParser(description="Runs the conformance cases against the clients.")
    parser.add_argument("--adapter", action="append", choices=sorted(ADAPTERS), help="all if none is given")
    parser.add_argument("--case", action="append", default=[], help="cases whose names contain this")
    options = parser.parse_args()
    options.adapter = options.adapter or sorted(ADAPTERS)
    if unknown_cases():
        parser.error(f"adapters.json leaves out cases that do not exist: {', '.join(unknown_cases())}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        is_good = asyncio.run(run_all(options, pathlib.Path(folder)))
        if not is_good:
            for path in sorted(pathlib.Path(folder).glob("*/*.log")):
                print(f"--- end of {path.relative_to(folder)}\n{path.read_text(errors='replace')[-2000:]}", file=sys.stderr)
    sys.exit(0 if is_good else 1)


main()
