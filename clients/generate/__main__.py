"""Generates the types and operations of the clients from proto-schemas/.

    python3 clients/generate           writes the files
    python3 clients/generate --check   fails if a file differs, and writes nothing

Needs nothing but Python.
"""

import pathlib
import sys

import javascript
import model
import python

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    described = model.load(ROOT / "proto-schemas")
    python.REQUIRED.update({name: schema.get("required", []) for name, schema in described.types.items()})
    wanted = {ROOT / "clients/python/src/plansync" / name: text for name, text in python.files(described).items()}
    wanted |= {ROOT / "clients/javascript/src/generated" / name: text for name, text in javascript.files(described).items()}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} differs from proto-schemas/: run `python3 clients/generate`", file=sys.stderr)
        sys.exit(1 if stale else 0)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path])
        print(f"wrote {path.relative_to(ROOT)}")


main()
