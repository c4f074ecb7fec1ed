"""The schemas by Python's jsonschema: each is a schema, and every golden and every recorded message is valid.

python messages.py PROTO_SCHEMAS [RECORDINGS]
"""

import base64
import json
import sys
import uuid
from pathlib import Path

import msgpack
from jsonschema import Draft202012Validator

folder = Path(sys.argv[1])
recordings = Path(sys.argv[2]) if len(sys.argv) > 2 else None
faults: list[str] = []


def plain(value, field=None):
    """MessagePack in the form of JSON: a uuid is 16 bytes there, and other bytes are base64 in JSON."""
    if isinstance(value, bytes):
        is_uuid = field != "bytes" and len(value) == 16
        return str(uuid.UUID(bytes=value)) if is_uuid else base64.b64encode(value).decode()
    if isinstance(value, list):
        return [plain(item, field) for item in value]
    if isinstance(value, dict):
        return {name: plain(item, name) for name, item in value.items()}
    return value


validators = {}
for path in sorted((folder / "schemas").glob("*.json")):
    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    validators[path.stem] = Draft202012Validator(schema)


def check(what, schema, value):
    error = next(validators[schema].iter_errors(value), None)
    if error is not None:
        faults.append(f"{what} is no {schema}: {error.json_path}: {error.message[:300]}")


goldens = 0
for path in sorted((folder / "golden").glob("*.json")):
    for part, golden in json.loads(path.read_text()).items():
        is_whole = path.stem == "error" or path.stem.startswith("event.")
        schema = path.stem if is_whole else f"{path.stem}.{part}"
        decoded = plain(msgpack.unpackb(bytes.fromhex(golden["msgpack"])))
        check(path.name, schema, golden["json"])
        check(f"{path.name} in MessagePack", schema, decoded)
        if decoded != golden["json"]:
            faults.append(f"{path.name}: the encodings differ")
        goldens += 1

recorded = 0
for path in sorted(recordings.iterdir()) if recordings is not None and recordings.exists() else []:
    for line in path.read_text().splitlines():
        message = json.loads(line)
        body = base64.b64decode(message["body"])
        content_type = message["headers"].get("content-type")
        is_json = content_type == "application/json" if content_type else body[:1] == b"{"
        value = json.loads(body) if is_json else plain(msgpack.unpackb(body))
        check(message["what"], message["schema"], value)
        recorded += 1

print(f"Python's jsonschema: {len(validators)} schemas, {goldens} goldens, {recorded} recorded messages")
for fault in faults[:20]:
    print(fault, file=sys.stderr)
if faults:
    sys.exit(f"{len(faults)} faults")
