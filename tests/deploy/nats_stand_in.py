"""Does what the commands of `nats` in the documents do, where that tool is not installed.

It knows these commands and no others: stream info, stream edit, consumer ls, consumer rm, consumer resume, object add,
object put, object get. An option that it does not know is an error.
"""

import argparse
import asyncio
import json
import os
import pathlib
import sys

import nats

# Options of `nats stream edit` in the documents, and the setting and the value of each word.
EDITS = {"max-age": ("max_age", lambda text: int(text.removesuffix("s")) * 10**9), "replicas": ("num_replicas", int)}


async def request(connection, subject, body=None):
    message = await connection.request(f"$JS.API.{subject}", json.dumps(body or {}).encode(), timeout=10)
    reply = json.loads(message.data)
    if "error" in reply:
        sys.exit(f"nats: error: {reply['error']['description']}")
    return reply


async def stream_info(connection, options):
    print(json.dumps(await request(connection, f"STREAM.INFO.{options.stream}"), indent=2))


async def stream_edit(connection, options):
    settings = (await request(connection, f"STREAM.INFO.{options.stream}"))["config"]
    for option, (setting, read) in EDITS.items():
        value = getattr(options, option.replace("-", "_"))
        if value is not None:
            settings[setting] = read(value)
    await request(connection, f"STREAM.UPDATE.{options.stream}", settings)


async def consumer_ls(connection, options):
    names = await request(connection, f"CONSUMER.NAMES.{options.stream}")
    print("\n".join(names["consumers"] or []))


async def consumer_rm(connection, options):
    await request(connection, f"CONSUMER.DELETE.{options.stream}.{options.consumer}")


async def consumer_resume(connection, options):
    await request(connection, f"CONSUMER.PAUSE.{options.stream}.{options.consumer}")


async def object_add(connection, options):
    await connection.jetstream().create_object_store(options.bucket)


async def object_put(connection, options):
    bucket = await connection.jetstream().object_store(options.bucket)
    await bucket.put(options.name or options.file, pathlib.Path(options.file).read_bytes())


async def object_get(connection, options):
    bucket = await connection.jetstream().object_store(options.bucket)
    found = await bucket.get(options.file)
    pathlib.Path(options.output).write_bytes(found.data)


def parser():
    top = argparse.ArgumentParser(prog="nats", allow_abbrev=False)
    nouns = top.add_subparsers(required=True)

    def noun(name):
        return nouns.add_parser(name, allow_abbrev=False).add_subparsers(required=True)

    def verb(noun, verb, run, *arguments, **options):
        made = noun.add_parser(verb, allow_abbrev=False)
        made.set_defaults(run=run)
        for argument in arguments:
            made.add_argument(argument)
        for option, kind in options.items():
            made.add_argument(f"--{option.replace('_', '-')}", **kind)

    yes, text = {"action": "store_true"}, {}
    stream = noun("stream")
    verb(stream, "info", stream_info, "stream", json=yes)
    verb(stream, "edit", stream_edit, "stream", force=yes, max_age=text, replicas=text)
    consumer = noun("consumer")
    verb(consumer, "ls", consumer_ls, "stream", names=yes)
    verb(consumer, "rm", consumer_rm, "stream", "consumer", force=yes)
    verb(consumer, "resume", consumer_resume, "stream", "consumer", force=yes)
    objects = noun("object")
    verb(objects, "add", object_add, "bucket")
    verb(objects, "put", object_put, "bucket", "file", name=text, force=yes)
    verb(objects, "get", object_get, "bucket", "file", output=text, force=yes)
    return top


async def main():
    options = parser().parse_args()
    login = {"user": os.environ.get("NATS_USER"), "password": os.environ.get("NATS_PASSWORD")}
    connection = await nats.connect(os.environ["NATS_URL"], **login, max_reconnect_attempts=1)
    await options.run(connection, options)
    await connection.close()


asyncio.run(main())
