"""The generated Python: every golden is read by it and comes back as it was.

python python_roundtrip.py PROTO_SCHEMAS, with plansync.py in the path
"""

import json
import sys
from pathlib import Path

import plansync

folder = Path(sys.argv[1])


def without_nulls(value):
    """A field that is null is one that is left out, for what quicktype generates."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def functions(golden, part):
    """The names of the functions for a message: `plan_edit_body` for the body of `plan.edit`."""
    if golden == "error":
        return "error_reply"
    if golden.startswith("event."):
        return golden.removeprefix("event.").replace(".", "_").replace("-", "_") + "_event"
    return f"{golden}.{part}".replace(".", "_").replace("-", "_")


count = 0
for path in sorted((folder / "golden").glob("*.json")):
    for part, golden in json.loads(path.read_text()).items():
        name = functions(path.stem, part)
        read = getattr(plansync, f"{name}_from_dict")
        written = getattr(plansync, f"{name}_to_dict")(read(golden["json"]))
        if without_nulls(written) != without_nulls(golden["json"]):
            sys.exit(f"{name}: {golden['json']} came back as {written}")
        count += 1
print(f"generated Python: {count} goldens read and written")
