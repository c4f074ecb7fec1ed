"""Runs the programs in the READMEs of the clients, as they are, against a real service.

    python clients/conformance/readmes.py

A program is a code block after a comment that says what it prints. Every program runs twice in one folder: the second
run must not count anything twice, and continues where the first one ended.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from servers import ROOT, Engine, NatsServer

PROGRAM = re.compile(r"<!-- prints: (.*?) -->\n```(python|js)\n(.*?)\n```", re.DOTALL)
ADDRESS = "nats://127.0.0.1:4222"
PROGRAM_S_MAX = 60


def programs():
    for name in ("python", "javascript"):
        text = (ROOT / "clients" / name / "README.md").read_text()
        found = PROGRAM.findall(text)
        if len(found) != 2:
            raise SystemExit(f"clients/{name}/README.md has {len(found)} programs instead of 2")
        for number, (prints, language, source) in enumerate(found, 1):
            if ADDRESS not in source:
                raise SystemExit(f"program {number} of clients/{name}/README.md does not connect to {ADDRESS}")
            yield f"{name} {number}", prints, language, source


def command(language, folder):
    if language == "python":
        return [sys.executable, str(folder / "program.py")], folder / "program.py"
    modules = folder / "node_modules"
    if not modules.exists():
        (modules / "@plansync").mkdir(parents=True)
        client = ROOT / "clients" / "javascript"
        (modules / "@plansync" / "client").symlink_to(client)
        (modules / "@nats-io").symlink_to(client / "node_modules" / "@nats-io")
    return ["node", "program.mjs"], folder / "program.mjs"


def run(name, prints, language, source, url):
    """Prints the result, and returns whether it is good."""
    tenant = name.replace(" ", "-")
    source = source.replace(ADDRESS, url).replace("northgate", tenant)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        arguments, path = command(language, folder)
        path.write_text(source)
        for round_number in (1, 2):
            done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=PROGRAM_S_MAX)
            # What the first run counted once, the second run counts for the second time.
            wanted = prints if round_number == 1 else re.sub(r"(?<=^)1(?= events)|(?<=:)1(?=})", "2", prints)
            if done.returncode or wanted not in done.stdout.splitlines():
                print(f"FAILED {name}, run {round_number}: prints\n{done.stdout}{done.stderr}instead of\n{wanted}")
                return False
    print(f"ok     {name}")
    return True


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        server = NatsServer("nats", pathlib.Path(temporary))
        engine = Engine(pathlib.Path(temporary), server)
        server.start()
        engine.start()
        try:
            has_node = shutil.which("node")
            chosen = [each for each in programs() if each[2] == "python" or has_node]
            if not has_node:
                print("!!! NOT TESTED: the programs in clients/javascript/README.md: node is missing")
            results = [run(*each, server.url) for each in chosen]
        finally:
            engine.stop()
            server.stop()
    sys.exit(0 if results and all(results) else 1)


main()
