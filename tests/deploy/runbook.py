"""Follows docs/install.md and docs/runbook.md on a machine of its own: types their commands, makes the faults, and looks
for the lines that are seen.

    python runbook.py --package FILE --tarball FILE --nats-server PROGRAM [--show]

It runs with the Python of an environment that has nats-py. `nats` is a stand-in, unless PLANSYNC_NATS_CLI names the
tool; `rclone` is the real one. With --show, it prints what the journal says in each section, and compares nothing.
"""

import argparse
import json
import os
import pathlib
import shutil
import sys

import faults
import pages
from common import ROOT, Failed, expect, leave_out, run, wait_for
from machine import Machine

HERE = pathlib.Path(__file__).resolve().parent
# A log whose volumes are small, so that a disk is full soon; and no limit of how often services may be started.
SMALL = "[Service]\nExecStart=\nExecStart=/usr/bin/plansync serve --volume-mib 1\n"


class Reader:
    """Types the blocks of a page in one session."""

    def __init__(self, machine):
        self.machine = machine
        self.folder = "/root/release"
        self.machine.write("/root/session", "")

    def type(self, block, page):
        script = f"set -eu\n. /root/session\ncd '{self.folder}'\n{block.text}\nexport -p >/root/session\npwd >/root/folder\n"
        self.machine.write("/root/block", script)
        ended = self.machine.run("bash", "/root/block", ok=None)
        printed = ended.stdout + ended.stderr
        expected = block.notes.get("prints", "").split(" | ")
        if ended.returncode or not any(text in printed for text in expected):
            raise Failed(f"{page}: exit code {ended.returncode}:\n{block.text}{printed}")
        self.folder = self.machine.run("cat", "/root/folder").stdout.strip()


def prepare(machine, options):
    """What the reader has: the files of the release, nats-server, and the tools that the pages name."""
    machine.run("mkdir", "-p", "/root/release", "/srv/objects")
    for source in (options.package, options.tarball):
        shutil.copy(source, machine.shared / source.name)
        machine.run("cp", f"/shared/{source.name}", "/root/release/")
    unpack = ["tar", "--extract", f"--file=/root/release/{options.tarball.name}", "--directory=/root/release"]
    machine.run(*unpack, "--strip-components=4", "--wildcards", "*/share/doc/plansync/*")
    machine.run("cp", str(pathlib.Path(options.nats_server).resolve()), "/usr/local/bin/nats-server")
    tool = os.environ.get("PLANSYNC_NATS_CLI")
    stand_in = f"#!/bin/sh\nexec {sys.executable} -B {HERE}/nats_stand_in.py \"$@\"\n"
    machine.write("/usr/local/bin/nats", f'#!/bin/sh\nexec {tool} "$@"\n' if tool else stand_in, 0o755)
    machine.write("/usr/local/bin/nats-api", f"#!/bin/sh\nexec {sys.executable} -B {HERE}/nats_api.py \"$@\"\n", 0o755)
    machine.write("/root/.config/rclone/rclone.conf", "[backups]\ntype = alias\nremote = /srv/objects\n")
    machine.write("/etc/systemd/system/plansync.service.d/small.conf", SMALL)


def journal(machine, cursor):
    return machine.run("journalctl", "--no-pager", "--output=cat", "--unit=plansync", f"--after-cursor={cursor}").stdout


def cursor(machine):
    said = machine.run("journalctl", "--no-pager", "--lines=1", "--show-cursor").stdout
    return said.rsplit("-- cursor: ", 1)[1].strip()


def seen(machine, block, since, anchor):
    lines = [pages.pattern(line) for line in block.text.strip().splitlines()]
    try:
        wait_for(lambda: all(line.search(journal(machine, since)) for line in lines), "lines")
    except Failed:
        raise Failed(f"runbook.md#{anchor}: expected\n{block.text}but the journal has\n{journal(machine, since)}") from None


def doctor_finds(section, fault):
    """`plansync doctor` finds the fault, and names the section."""
    if section.anchor in faults.UNSEEN:
        return
    checks = []

    def is_found():
        told = fault.sh("plansync doctor --data /var/lib/plansync --output json", ok=(0, 1)).stdout
        checks[:] = [check for check in json.loads(told)["checks"] if check["state"] in ("warning", "wrong")]
        return f"docs/runbook.md#{section.anchor}" in {check["runbook"] for check in checks}

    try:
        wait_for(is_found, "plansync doctor")
    except Failed:
        raise Failed(f"plansync doctor does not find {section.anchor}: {checks}") from None


def follow_fault(section, reader, fault, show):
    machine, since = reader.machine, cursor(reader.machine)
    fault.make(section.anchor)
    typed = [block for block in section.blocks if block.is_typed]
    for block in section.blocks:
        if "seen" in block.notes and not show:
            seen(machine, block, since, section.anchor)
    if not show:
        doctor_finds(section, fault)
    if show:
        run("sleep", "12")
        print(f"== {section.anchor}\n{journal(machine, since)}", flush=True)
    fault.repair(section.anchor)
    for block in typed:
        reader.type(block, f"runbook.md#{section.anchor}")
    wait_for(lambda: fault.sh("plansync ping --timeout 5", ok=None).returncode == 0, f"{section.anchor} is over")
    getattr(fault, f"end_{section.anchor.replace('-', '_')}", lambda: None)()


def follow(page, reader, fault, options):
    count, found = 0, set()
    for section in pages.sections((ROOT / "docs" / page).read_text()):
        if page == "runbook.md" and options.only and section.anchor not in ("runbook", *options.only.split(",")):
            continue
        if section.anchor in faults.ANCHORS and page == "runbook.md":
            found.add(section.anchor)
            follow_fault(section, reader, fault, options.show)
        else:
            if section.anchor in faults.UNMADE:
                is_ready = lambda: fault.sh("plansync status", ok=None).returncode == 0  # noqa: E731
                wait_for(is_ready, "the engine is ready again")
            for block in section.blocks:
                if block.is_typed:
                    reader.type(block, f"{page}#{section.anchor}")
        count += len(section.blocks)
    if page == "runbook.md" and not options.only:
        expect(found == set(faults.ANCHORS), f"runbook.md lacks {set(faults.ANCHORS) - found}")
    print(f"docs/{page}: {count} blocks are right")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=pathlib.Path, required=True)
    parser.add_argument("--tarball", type=pathlib.Path, required=True)
    parser.add_argument("--nats-server", required=True)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--only", help="anchors of faults, to follow no others")
    options = parser.parse_args()
    lacking = Machine.lacks() or " and ".join([*faults.lacks(), *(["rclone"] if not shutil.which("rclone") else [])])
    if lacking:
        leave_out(f"docs/install.md and docs/runbook.md: {lacking} is missing")
        return
    if not os.environ.get("PLANSYNC_NATS_CLI"):
        leave_out("the commands of `nats` in docs/runbook.md with the tool itself, only with a stand-in (PLANSYNC_NATS_CLI)")
    # The machine has settings of its own.
    os.environ.pop("PLANSYNC_CONFIG", None)
    with Machine(has_network=False) as machine:
        prepare(machine, options)
        reader = Reader(machine)
        fault = faults.Faults(machine)
        follow("install.md", reader, fault, options)
        follow("runbook.md", reader, fault, options)


main()
