"""Attacks `deploy/nats/tls.conf` and the routes of `deploy/nats/cluster.conf`: who has no certificate of the authority, or
an expired one, gets in nowhere; the engine and the clients get in with theirs.

    python tls_attacks.py --binary FILE --nats-server PROGRAM
"""

import argparse
import json
import os
import pathlib
import socket
import ssl
import subprocess
import tempfile
import warnings

import tls
from common import DEPLOY, NatsServer, expect, run, wait_for

PATIENCE_S = 10
PASSWORDS = {
    f"{user}_PASSWORD": "secret"
    for user in ("PLANSYNC", "PLANSYNC_BRIDGE", "NORTHGATE_SYSTEM", "NORTHGATE_ALICE", "NORTHGATE_EVENTS",
                 "NORTHGATE_WAREHOUSE", "SOUTHGATE_SYSTEM", "SOUTHGATE_BOB", "SOUTHGATE_REPORTS")  # fmt: skip
}
LOGIN = {"user": "plansync", "pass": "secret", "verbose": False}


def certificates(folder, name):
    made = folder / name
    made.mkdir()
    tls.make(made)
    return made


def context(authority, client=None, newest=ssl.TLSVersion.TLSv1_3):
    made = ssl.create_default_context(cafile=authority / "ca.pem")
    made.maximum_version = newest
    if client:
        made.load_cert_chain(client / "client.pem", client / "client-key.pem")
    return made


def conversation(port, secured=None, greets=True):
    """What a server says to somebody who states who it is, by TLS or in plain text; nothing if it hangs up."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as plain:
        plain.settimeout(PATIENCE_S)
        if greets:
            plain.recv(65536)
        try:
            wire = secured.wrap_socket(plain, server_hostname="localhost") if secured else plain
            wire.sendall(f"CONNECT {json.dumps(LOGIN)}\r\nPING\r\n".encode())
            said = b""
            while b"PONG\r\n" not in said and (more := wire.recv(65536)):
                said += more
            return said.decode(errors="replace")
        except (ssl.SSLError, ConnectionError, TimeoutError) as error:
            return f"refused: {error}"


def clients(port, ours, theirs, expired):
    expect("PONG" in conversation(port, context(ours, ours)), "a client with a certificate is not let in")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old = context(ours, ours, ssl.TLSVersion.TLSv1_1)
        old.minimum_version = ssl.TLSVersion.TLSv1
    for what, said in {
        "plain text": conversation(port),
        "no certificate": conversation(port, context(ours)),
        "a certificate of another authority": conversation(port, context(ours, theirs)),
        "an expired certificate": conversation(port, context(ours, expired)),
        "TLS 1.1": conversation(port, old),
    }.items():
        expect("PONG" not in said, f"{what}: {said}")
    expect("certificate verify failed" in conversation(port, context(theirs, theirs)), "another server was believed")


def engine(binary, port, ours, theirs, folder):
    """`plansync serve` and `ping` get in with the certificate, and not with another, or to another server."""
    url = f"tls://plansync:secret@localhost:{port}"

    def options(client, authority=ours):
        return ("--tls-ca", authority / "ca.pem", "--tls-cert", client / "client.pem", "--tls-key", client / "client-key.pem")

    command = [binary, "serve", "--data", folder / "data", "--nats-url", url, *options(ours)]
    serving = subprocess.Popen([str(part) for part in command], stderr=subprocess.DEVNULL)
    try:
        run(binary, "ping", "--nats-url", url, *options(ours))
        another_client, another_server = options(theirs, ours), options(ours, theirs)
        run(binary, "ping", "--timeout", "1", "--nats-url", url, *another_client, ok=(3,))
        refused = run(binary, "ping", "--timeout", "1", "--nats-url", url, *another_server, ok=(3,)).stderr
        expect("invalid peer certificate" in refused, refused)
    finally:
        serving.terminate()
        expect(serving.wait(60) == 0, "the engine does not end")


def routes(server, folder, ours, theirs):
    """Whoever can connect as a route can do everything, so nobody can without a certificate of the authority."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configuration = folder / "cluster"
    run("cp", "-r", DEPLOY / "nats", configuration)
    text = (configuration / "tls.conf").read_text()
    (configuration / "tls.conf").write_text(text.replace("/etc/nats/", f"{ours}/"))
    address = f"tls://127.0.0.1:{port}"
    arguments = ("--config", configuration / "cluster.conf", "--cluster", address, "--routes", address)
    with NatsServer(server, *arguments, environment=PASSWORDS | {"NATS_NAME": "nats-1"}):
        wait_for(lambda: is_open(port), "the port of routes")
        route = json.dumps({"server_id": "X", "name": "stranger", "cluster": "plansync"})
        for secured in (None, context(ours), context(ours, theirs)):
            said = conversation(port, secured, greets=False)
            expect("PONG" not in said and "INFO" not in said, f"{route}: {said}")
        said = conversation(port, context(ours, ours), greets=False)
        expect("INFO" in said, f"a route with a certificate is not let in: {said}")


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    parser.add_argument("--nats-server", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        ours, theirs, expired = (certificates(folder, name) for name in ("ours", "theirs", "expired"))
        for name in ("ca.pem", "ca-key.pem"):
            (expired / name).write_bytes((ours / name).read_bytes())
        tls.sign(expired, "client", at="2026-01-01 00:00:00")
        (ours / "tls.conf").write_text((DEPLOY / "nats/tls.conf").read_text().replace("/etc/nats/", f"{ours}/"))
        run("cp", "-r", *(path for path in (DEPLOY / "nats").iterdir() if path.name != "tls.conf"), ours)
        (ours / "with-tls.conf").write_text('include "tenants.conf"\ninclude "tls.conf"\n')
        with NatsServer(options.nats_server, "--config", ours / "with-tls.conf", environment=PASSWORDS) as nats:
            clients(nats.port, ours, theirs, expired)
            engine(options.binary.absolute(), nats.port, ours, theirs, folder)
        routes(options.nats_server, folder, ours, theirs)
    print("TLS of clients and of routes is right")


if __name__ == "__main__":
    os.umask(0o077)
    main()
