"""Follows the pages of docs/ as a reader would: saves their files, and types their commands.

    python pages.py --plansync target/debug/plansync --nats-server nats-server

Every ```sh block of a page is run in one folder, in order. `<!-- file: NAME -->` before a block saves it, and
`<!-- prints: TEXT -->` says what the output of the block contains. Blocks of other languages are not run.
"""

import argparse
import asyncio
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from world import HERE, World

DOCS = HERE.parent.parent / "docs"
PAGES = ("producer.md", "subscriber.md")
ADDRESS = "nats://127.0.0.1:4222"
BLOCK = re.compile(
    r"(?:<!-- (?P<what>file|prints): (?P<value>.+?) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL
)
BLOCK_S_MAX = 60


def follow(page, world, folder, environment):
    """Returns the number of blocks that were run."""
    count = 0
    exports = ""
    for block in BLOCK.finditer((DOCS / page).read_text()):
        text = block["text"].replace(ADDRESS, world.url)
        if block["what"] == "file":
            (folder / block["value"]).write_text(text)
        elif block["language"] == "sh":
            script = f"set -eu\n{exports}\n{text}"
            done = subprocess.run(
                ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=BLOCK_S_MAX
            )
            if done.returncode or (block["what"] == "prints" and block["value"] not in done.stdout):
                raise AssertionError(f"docs/{page}: {text}{done.stdout}{done.stderr}: expected {block['value']}")
            exports += "".join(f"{line}\n" for line in text.splitlines() if line.startswith("export "))
            count += 1
    return count


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plansync", type=pathlib.Path, required=True)
    parser.add_argument("--nats-server", default="nats-server")
    options = parser.parse_args()
    programs = os.pathsep.join([str(options.plansync.absolute().parent), os.path.dirname(sys.executable)])
    for page in PAGES:
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            world = World(options, folder)
            environment = os.environ | {"NATS_URL": world.url, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
            try:
                await world.start()
                count = follow(page, world, folder, environment)
            finally:
                world.stop()
        if count < 2:
            raise AssertionError(f"docs/{page} has {count} blocks of commands")
        print(f"docs/{page}: {count} blocks are right")


asyncio.run(main())
