"""Installs the Debian package on a machine of its own, and runs the unit of systemd there.

    python service.py --package FILE --nats-server PROGRAM
"""

import argparse
import pathlib
import shutil
import socket
import urllib.request

import jwts
import tls
from common import DEPLOY, NatsServer, expect, leave_out, run, wait_for
from machine import Machine

UNIT = "plansync.service"
SETTINGS = "/etc/plansync/plansync.env"
SYSTEM = "/etc/plansync/plansync.toml"
EXPOSURE_MAX = 2.0


def install(machine, package):
    shutil.copy(package, machine.shared / "plansync.deb")
    machine.run("dpkg", "--install", "/shared/plansync.deb")


def installed(machine):
    """The package makes the user and the folders, and starts nothing."""
    machine.run("runuser", "--user", "plansync", "--", "plansync", "config", "check", "/etc/plansync/plansync.toml")
    expect(machine.run("systemctl", "is-enabled", UNIT, ok=(1,)).stdout.strip() == "disabled", "it is enabled")
    expect(machine.show(UNIT, "ActiveState") == "inactive", "it was started")
    machine.run("systemd-analyze", "verify", UNIT)
    security = machine.run(
        "systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX * 10:.0f}", UNIT
    )
    print(security.stdout.strip().splitlines()[-1])
    machine.run("man", "--warnings", "plansync-serve")
    machine.run("bash", "-c", ". /usr/share/bash-completion/completions/plansync && complete -p plansync")


def is_serving(machine, nats, *arguments):
    return machine.run("plansync", "ping", "--nats-url", nats.url, *arguments, "--timeout", "5", ok=None).returncode == 0


def wrong_settings_are_not_tried_again(machine):
    machine.write(SETTINGS, "NATS_URL=nonsense://\n")
    machine.run("systemctl", "start", UNIT, ok=(1,))
    wait_for(lambda: machine.show(UNIT, "ActiveState") == "failed", "the end of an engine with a wrong address")
    expect(machine.show(UNIT, "ExecMainStatus") == "2", "exit code 2 was expected")
    expect(machine.show(UNIT, "NRestarts") == "0", "it was started again")


def is_started_when_it_serves(machine, nats):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    machine.write(SYSTEM, f'[nats]\nurl = "{nats.url}"\n')
    machine.write(SETTINGS, f"PLANSYNC_HTTP=127.0.0.1:{port}\n")
    machine.run("systemctl", "enable", "--now", UNIT)
    # It is asked once: `systemctl start` has waited for it.
    expect(is_serving(machine, nats), "it is started and does not serve")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60) as reply:
        expect(reply.status == 200, f"/readyz: {reply.read()}")
    owner = machine.run("stat", "--format=%U %a", "/var/lib/plansync").stdout.strip()
    expect(owner == "plansync 700", f"/var/lib/plansync: {owner}")
    status = machine.run("cat", f"/proc/{machine.show(UNIT, 'MainPID')}/status").stdout
    for line in ("CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"):
        expect(line in status, f"{line} is missing in {status}")
    expect("Uid:\t0" not in status, "it runs as root")


def works(machine, nats):
    """Commands, a synchronisation and a backup while it is confined."""
    asks = ("plansync", "load", "--nats-url", nats.url, "/shared/example.jsonl")
    machine.run("plansync", "load", "--template", "/shared/example.jsonl")
    machine.run(*asks)
    machine.run("runuser", "-u", "plansync", "--", "plansync", "backup", "--data", "/var/lib/plansync", "/tmp/one.backup")


def comes_back(machine, nats):
    machine.run("systemctl", "kill", "--signal=KILL", UNIT)
    wait_for(lambda: machine.show(UNIT, "NRestarts") == "1", "that it is started again")
    wait_for(lambda: is_serving(machine, nats), "that it serves again")


def stops(machine):
    machine.run("systemctl", "stop", UNIT)
    expect(machine.show(UNIT, "Result") == "success", "it did not end by itself")
    expect(machine.show(UNIT, "ExecMainStatus") == "0", "exit code 0 was expected")


def takes_secrets(machine, program, folder):
    """With the drop-ins: files that only root can read."""
    files = tls.make(folder)
    tls.configuration(folder)
    jwts.make(folder)
    secrets = {name: files[name].read_text() for name in ("ca.pem", "client.pem", "client-key.pem")}
    secrets["nats.creds"] = (folder / "plansync.creds").read_text()
    secrets["erasure.key"] = run("openssl", "rand", "-hex", "32").stdout
    for name, text in secrets.items():
        machine.write(f"/etc/plansync/{name}", text, 0o600)
    with NatsServer(program, "--config", folder / "tls-server.conf") as nats:
        serves_with(machine, f"tls://localhost:{nats.port}", "tls.conf", "erasure-key.conf")
        expect(machine.run("ls", "/var/lib/plansync/KEYS.key", ok=None).returncode != 0, "it made a key of its own")
    with NatsServer(program, "--config", folder / "jwts.conf") as nats:
        serves_with(machine, nats.url, "nats-creds.conf")


def serves_with(machine, url, *drop_ins):
    """Begins with an empty folder."""
    machine.run("systemctl", "stop", UNIT)
    machine.run("rm", "-rf", f"/etc/systemd/system/{UNIT}.d", "/var/lib/plansync")
    for name in drop_ins:
        text = (DEPLOY / "systemd/credentials.d" / name).read_text()
        machine.write(f"/etc/systemd/system/{UNIT}.d/{name}", text)
    machine.write(SETTINGS, f"NATS_URL={url}\n")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", UNIT)
    expect(machine.show(UNIT, "ActiveState") == "active", "it does not run")
    stops(machine)


def is_upgraded_and_removed(machine, nats, package):
    machine.write(SETTINGS, f"NATS_URL={nats.url}\n")
    # Images of containers forbid packages to start services.
    machine.run("rm", "--force", "/usr/sbin/policy-rc.d")
    machine.run("systemctl", "enable", "--now", UNIT)
    before = machine.show(UNIT, "MainPID")
    install(machine, package)
    expect(machine.show(UNIT, "MainPID") not in (before, "0"), "an upgrade did not restart it")
    expect(is_serving(machine, nats), "it does not serve after an upgrade")
    machine.run("dpkg", "--remove", "plansync")
    expect(machine.show(UNIT, "ActiveState") in ("inactive", "failed"), "it runs after it was removed")
    machine.run("dpkg", "--purge", "plansync")
    machine.run("test", "-d", "/var/lib/plansync")
    left = machine.run("find", "/usr", "/etc/systemd", "-name", "*plansync*", "-not", "-path", "/usr/src/*").stdout
    expect(left == "", f"removing left {left}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=pathlib.Path, required=True)
    parser.add_argument("--nats-server", required=True)
    options = parser.parse_args()
    lacking = Machine.lacks()
    if lacking:
        leave_out(f"the unit of systemd and the Debian package at work: {lacking}")
        return
    with Machine() as machine, NatsServer(options.nats_server) as nats:
        install(machine, options.package)
        installed(machine)
        wrong_settings_are_not_tried_again(machine)
        is_started_when_it_serves(machine, nats)
        works(machine, nats)
        comes_back(machine, nats)
        stops(machine)
        takes_secrets(machine, options.nats_server, machine.shared)
    with Machine() as machine, NatsServer(options.nats_server) as nats:
        install(machine, options.package)
        is_upgraded_and_removed(machine, nats, options.package)
    print("the Debian package and the unit of systemd are right")


main()
