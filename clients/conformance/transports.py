"""Runs the JavaScript client against a real service in Node (over TCP and WebSocket), in Deno and in a browser.

    python clients/conformance/transports.py

Prints NOT TESTED for what is not installed. Deno is looked for on the PATH and in DENO, Chromium on the PATH and in
CHROMIUM.
"""

import functools
import http.server
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading

from servers import ROOT, Engine, NatsServer

CLIENT = ROOT / "clients" / "javascript"
LIVE = CLIENT / "test" / "live"
TEST_S_MAX = 60


def tool(variable, *names):
    return os.environ.get(variable) or next(filter(None, map(shutil.which, names)), None)


def run(command):
    """What went wrong, or None."""
    try:
        done = subprocess.run(command, cwd=CLIENT, capture_output=True, text=True, timeout=TEST_S_MAX)
    except subprocess.TimeoutExpired:
        return f"does not end within {TEST_S_MAX} s"
    return None if done.returncode == 0 else done.stdout + done.stderr


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves the client's folder, and takes the result of the page."""

    def __init__(self, results, *arguments):
        self._results = results
        super().__init__(*arguments, directory=str(CLIENT))

    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}

    def do_POST(self):
        self._results.put(self.rfile.read(int(self.headers["content-length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def browse(chromium, servers, folder):
    """Opens the page in a browser; what went wrong, or None."""
    results = queue.Queue()
    pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Pages, results))
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{pages.server_port}/test/live/page.html?servers={servers}&tenant=browser"
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
    with open(pathlib.Path(folder) / "chromium.log", "wb") as log:
        browser = subprocess.Popen([*command, "--remote-debugging-port=0", url], stdout=log, stderr=log)
    try:
        result = results.get(timeout=TEST_S_MAX)
        return None if result == "ok" else result
    except queue.Empty:
        return f"the page does not end within {TEST_S_MAX} s"
    finally:
        browser.terminate()
        browser.wait(20)
        pages.shutdown()


def test_all(folder):
    server = NatsServer("nats", folder)
    engine = Engine(folder, server)
    server.start()
    engine.start()
    tcp, websocket = server.url, f"ws://127.0.0.1:{server.websocket_port}"
    node, deno = tool("NODE", "node"), tool("DENO", "deno")
    chromium = tool("CHROMIUM", "chromium", "chromium-browser", "google-chrome")
    tests = [
        ("Node over TCP", node, lambda: run([node, str(LIVE / "node.mjs"), tcp, "node-tcp"])),
        ("Node over WebSocket", node, lambda: run([node, str(LIVE / "node.mjs"), websocket, "node-ws"])),
        ("the bundle for pages, in Node", node, lambda: run([node, str(LIVE / "bundle.mjs"), websocket, "bundle"])),
        ("Deno over WebSocket", deno, lambda: run([deno, "run", "-A", str(LIVE / "deno.mjs"), websocket, "deno"])),
        ("a browser over WebSocket", chromium, lambda: browse(chromium, websocket, folder)),
    ]
    failed = 0
    try:
        for name, found, test in tests:
            failure = test() if found else None
            failed += failure is not None
            print(f"!!! NOT TESTED: {name}: not installed" if not found else f"{'FAILED' if failure else 'ok':6} {name}")
            if failure:
                print(failure)
    finally:
        engine.stop()
        server.stop()
    return failed


with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
    sys.exit(1 if test_all(pathlib.Path(temporary)) else 0)
