"""Does to the engine's NATS account what makes a fault: `nats-api SUBJECT JSON` asks the JetStream API; `nats-api poison
TENANT` sends a durable command that no client library can read; `nats-api fill TENANT` sends commands until one is refused,
and prints the refusal; `nats-api steal NAME` puts a consumer of this name in the place of the engine's."""

import asyncio
import json
import os
import sys
import urllib.parse

import nats

UNREADABLE = b"NATS/1.0\r\nX: \xff\xfe\r\n\r\n"
COMMANDS_MAX = 5_000
PROGRAMME = "00000000-0000-4000-8000-00000000000a"
STEALING_MAX = 100


async def api(connection, subject, body):
    message = await connection.request(f"$JS.API.{subject}", body.encode(), timeout=10)
    if "error" in json.loads(message.data):
        sys.exit(message.data.decode())


async def poison(_, tenant):
    url = urllib.parse.urlparse(os.environ["NATS_URL"])
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    login = {"user": os.environ["NATS_USER"], "pass": os.environ["NATS_PASSWORD"], "headers": True, "verbose": False}
    writer.write(f"CONNECT {json.dumps(login)}\r\n".encode())
    length = len(UNREADABLE)
    writer.write(f"HPUB plansync.v1.cmd.{tenant}.system.tenant.put {length} {length + 2}\r\n".encode())
    writer.write(UNREADABLE + b"{}\r\nPING\r\n")
    while (line := await reader.readline()) != b"PONG\r\n":
        if line.startswith(b"-ERR"):
            sys.exit(line.decode())
    writer.close()


def template(number):
    """The body of a command that takes about 200 KiB of the log, different in each round."""
    attributes = [{"name": f"Activity {index}", "instructions": f"{number:08} " * 1800} for index in range(12)]
    components = [
        {"component": f"00000000-0000-4000-8000-{index:012}", "type": "assignment", "attributes": one}
        for index, one in enumerate(attributes)
    ]
    return {"programme": PROGRAMME, "components": components}


async def fill(connection, tenant):
    system = f"plansync.v1.req.{tenant}.system"
    programme = {"programme": PROGRAMME, "name": "Business Administrator", "parent": None}
    await connection.request(f"{system}.programme.put", json.dumps(programme).encode(), timeout=60)
    for number in range(COMMANDS_MAX):
        try:
            reply = await connection.request(f"{system}.template.put", json.dumps(template(number)).encode(), timeout=5)
        except nats.errors.TimeoutError:
            # It waits for the disk; whoever comes now is refused.
            continue
        if "Nats-Service-Error-Code" in (reply.headers or {}):
            print(reply.data.decode())
            return
    sys.exit("no command was refused")


async def steal(connection, name):
    """Until the engine, which makes its own again, comes second."""
    consumer = {"name": name, "durable_name": name, "ack_policy": "explicit"}
    made = json.dumps({"stream_name": "PLANSYNC_COMMANDS", "config": consumer}).encode()
    for _ in range(STEALING_MAX):
        await connection.request("$JS.API.CONSUMER.DELETE.PLANSYNC_COMMANDS.plansync-engine", b"", timeout=10)
        reply = await connection.request(f"$JS.API.CONSUMER.CREATE.PLANSYNC_COMMANDS.{name}", made, timeout=10)
        if "error" not in json.loads(reply.data):
            return
    sys.exit(reply.data.decode())


async def main():
    what, argument = sys.argv[1:]
    url, user, password = (os.environ[name] for name in ("NATS_URL", "NATS_USER", "NATS_PASSWORD"))
    connection = await nats.connect(url, user=user, password=password)
    if what in ("poison", "fill", "steal"):
        await globals()[what](connection, argument)
    else:
        await api(connection, what, argument)
    await connection.close()


asyncio.run(main())
