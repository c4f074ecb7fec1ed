"""The NATS servers and the engine that the cases run against."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_S_MAX = 30


def plansync_binary():
    places = [os.environ.get("PLANSYNC_BIN"), ROOT / "target/debug/plansync", ROOT / "target/release/plansync"]
    for place in places:
        if place and pathlib.Path(place).is_file():
            return str(place)
    raise SystemExit("plansync is not built: cargo build -p plansync, or set PLANSYNC_BIN")


def nats_server_binary():
    found = os.environ.get("PLANSYNC_NATS_SERVER") or shutil.which("nats-server")
    if not found:
        raise SystemExit("nats-server is not on the PATH: install it, or set PLANSYNC_NATS_SERVER")
    return found


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Process:
    """A process of this run; ended with it."""

    def __init__(self, name, folder):
        self.name = name
        self.folder = pathlib.Path(folder)
        self._running = None

    def start(self, command, is_ready):
        with open(self.folder / f"{self.name}.log", "ab") as log:
            self._running = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        end = time.monotonic() + START_S_MAX
        while not is_ready():
            if self._running.poll() is not None or time.monotonic() > end:
                text = (self.folder / f"{self.name}.log").read_text(errors="replace")
                raise SystemExit(f"{self.name} does not start:\n{text[-2000:]}")
            time.sleep(0.05)

    def stop(self, how=signal.SIGTERM):
        if self._running is not None:
            self._running.send_signal(how)
            self._running.wait(START_S_MAX)
            self._running = None

    @property
    def is_running(self):
        return self._running is not None


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
    except OSError:
        return False
    return True


class NatsServer(Process):
    """A NATS server with JetStream, also over WebSocket."""

    def __init__(self, name, folder):
        super().__init__(name, folder)
        self.port = free_port()
        self.websocket_port = free_port()
        self._configuration = self.folder / f"{name}.conf"
        self._configuration.write_text(
            f'listen: "127.0.0.1:{self.port}"\n'
            f'jetstream {{ store_dir: "{self.folder / name}" }}\n'
            "authorization { users: [\n"
            "    { user: all, password: all }\n"
            # May act as alice, of any tenant, by requests only.
            '    { user: alice, password: alice, permissions: {\n'
            '        publish: ["plansync.v1.req.*.alice.>"], subscribe: ["_INBOX.>"]\n'
            "    } }\n"
            '    { user: mine, password: mine, permissions: { publish: ">", subscribe: '
            '["_INBOX.mine.>", "plansync.v1.evt.>"] } }\n'
            # May read the durable consumer `operators`, and nothing else.
            "    { user: reader, password: reader, permissions: { publish: [\n"
            '        "$JS.API.CONSUMER.MSG.NEXT.PLANSYNC_EVENTS.operators", "$JS.ACK.PLANSYNC_EVENTS.operators.>"\n'
            '    ], subscribe: ["_INBOX.>"] } }\n'
            # May also ask for the state of that consumer, as deploy/nats lets subscribers do.
            "    { user: subscriber, password: subscriber, permissions: { publish: [\n"
            '        "$JS.API.CONSUMER.INFO.PLANSYNC_EVENTS.operators",\n'
            '        "$JS.API.CONSUMER.MSG.NEXT.PLANSYNC_EVENTS.operators", "$JS.ACK.PLANSYNC_EVENTS.operators.>"\n'
            '    ], subscribe: ["_INBOX.>"] } }\n'
            "] }\n"
            "no_auth_user: all\n"
            f'websocket {{ listen: "127.0.0.1:{self.websocket_port}", no_tls: true }}\n'
        )

    @property
    def url(self):
        return f"nats://127.0.0.1:{self.port}"

    def start(self):
        command = [nats_server_binary(), "--config", str(self._configuration)]
        super().start(command, lambda: accepts(self.port))


class Engine(Process):
    """plansync on a NATS server."""

    def __init__(self, folder, nats_server):
        super().__init__("engine", folder)
        self._nats_server = nats_server

    def start(self):
        data = self.folder / "data"
        command = [plansync_binary(), "serve", "--nats-url", self._nats_server.url, "--data", str(data)]
        super().start(command, self._answers)

    def _answers(self):
        """The engine is ready when it answers the PING of NATS services."""
        try:
            with socket.create_connection(("127.0.0.1", self._nats_server.port), 1) as connection:
                connection.settimeout(0.5)
                connection.sendall(
                    b'CONNECT {"verbose":false}\r\nSUB _INBOX.ready 1\r\nPUB $SRV.PING.plansync _INBOX.ready 0\r\n\r\n'
                )
                received = b""
                while b"MSG _INBOX.ready" not in received:
                    received += connection.recv(4096) or b"MSG _INBOX.ready: closed"
                return b"closed" not in received
        except OSError:
            return False
