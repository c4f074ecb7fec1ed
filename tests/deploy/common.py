"""What the checks of deploy/ share: running programs, a NATS server, waiting, and saying what cannot be checked."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
# How long something may take that has no reason to take long.
PATIENCE_S = 120


class Failed(Exception):
    """Something is not as it must be."""


def expect(holds, what):
    if not holds:
        raise Failed(what)


def leave_out(what):
    print(f"\n!!! NOT CHECKED: {what}\n", file=sys.stderr)


def run(*command, ok=(0,), **options):
    """Runs a program; its exit code must be one of `ok`."""
    command = [str(part) for part in command]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL, **options)
    if ok is not None and ended.returncode not in ok:
        raise Failed(f"{' '.join(command)}: exit code {ended.returncode}\n{ended.stdout}{ended.stderr}")
    return ended


def wait_for(holds, what):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        result = holds()
        if result:
            return result
        time.sleep(0.05)
    raise Failed(f"in vain: {what}")


class NatsServer:
    """A server on a port of its own on the loopback interface; it ends with the block."""

    def __init__(self, program, *arguments, environment=None):
        self.program = program
        self.arguments = arguments
        self.environment = environment or {}
        self.port = -1

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.start()
        return self

    def start(self):
        ports = pathlib.Path(self.folder.name)
        store = ports / "store"
        arguments = [*self.arguments] or ["--jetstream", "--store_dir", store]
        command = [self.program, *arguments, "--addr", "127.0.0.1", "--port", self.port, "--ports_file_dir", ports]
        environment = os.environ | {"NATS_STORE": str(store)} | self.environment
        log = (ports / "log").open("ab")
        self.process = subprocess.Popen([str(part) for part in command], env=environment, stdout=log, stderr=log)
        file = ports / f"nats-server_{self.process.pid}.ports"
        wait_for(lambda: self.process.poll() is not None or self.read(file), "a port of the NATS server")
        expect(self.port > 0, f"the NATS server does not start: {(ports / 'log').read_text()}")

    def read(self, file):
        try:
            self.port = int(json.loads(file.read_text())["nats"][0].rsplit(":", 1)[1])
        except (OSError, ValueError):
            return False
        return True

    @property
    def url(self):
        return f"nats://127.0.0.1:{self.port}"

    def stop(self):
        self.process.kill()
        self.process.wait()

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()
