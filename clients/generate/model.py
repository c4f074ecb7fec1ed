"""Reads proto-schemas/ into a small model: named types, operations and event kinds."""

import dataclasses
import json
import pathlib
import re

LIST_NAMES = ("items", "components", "changes", "rows")


@dataclasses.dataclass(frozen=True)
class Operation:
    """An operation of the wire: `learner.put`."""

    name: str
    summary: str
    description: str
    is_command: bool
    # Of a list in pages: the field of the reply that holds the items, the type of an item, and how the pages are
    # held together: `hold` (a held reading), `at_version` (a version of a plan) or None.
    list_field: str | None
    item_type: str | None
    pinned_by: str | None

    @property
    def noun(self):
        return self.name.split(".")[0]

    @property
    def verb(self):
        """As a name in Python: `what_if` of `audit.what-if`."""
        return self.name.split(".")[1].replace("-", "_")

    @property
    def body_type(self):
        return pascal(self.name + ".body")

    @property
    def reply_type(self):
        return pascal(self.name + ".reply")


@dataclasses.dataclass(frozen=True)
class Model:
    types: dict  # name -> schema, in alphabetical order
    operations: list
    events: list  # kinds, such as `sync.target`
    bytes_fields: list  # names of fields that hold bytes: base64 in JSON, bin in MessagePack
    error_codes: list


def pascal(text):
    """`learner.put.body` and `undo_sync` as `LearnerPutBody` and `UndoSync`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", text) if part)


def camel(text):
    """`what_if` as `whatIf`."""
    name = pascal(text)
    return name[:1].lower() + name[1:]


def load(folder):
    folder = pathlib.Path(folder)
    types, roots = {}, {}
    for path in sorted((folder / "schemas").glob("*.json")):
        schema = json.loads(path.read_text())
        own = schema.pop("$defs", {})
        renames = {name: f"{name}Of{pascal(path.stem)}" for name in own if types.get(name, own[name]) != own[name]}
        for name, definition in own.items():
            types[renames.get(name, name)] = renamed(definition, renames)
        roots[path.stem] = renamed(schema, renames)
    for stem, schema in roots.items():
        types["ErrorReply" if stem == "error" else pascal(stem)] = schema
    types = named_alternatives(types)
    return Model(
        types=dict(sorted(types.items())),
        operations=operations(folder, types),
        events=sorted(stem.removeprefix("event.") for stem in roots if stem.startswith("event.")),
        bytes_fields=sorted(bytes_fields(types)),
        error_codes=words(types["ErrorCode"]),
    )


def renamed(schema, renames):
    if not renames:
        return schema
    text = json.dumps(schema)
    for old, new in renames.items():
        text = text.replace(f'"#/$defs/{old}"', f'"#/$defs/{new}"')
    return json.loads(text)


def reference(schema):
    """The name of the type that a schema refers to, or None."""
    return schema["$ref"].rsplit("/", 1)[1] if "$ref" in schema else None


def alternatives(schema):
    return schema.get("anyOf") or schema.get("oneOf") or []


def words(schema):
    """The words of an enumeration, also if later versions may have others."""
    return schema.get("enum") or [word for each in alternatives(schema) for word in words(each)]


def named_alternatives(types):
    """Gives every object a name of its own: the title, or what distinguishes it within its parent."""
    out = {}

    def place(schema, name):
        if reference(schema):
            return schema
        schema = dict(schema)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                schema[key] = [extract(each, name + distinction(each, i)) for i, each in enumerate(schema[key])]
        if "properties" in schema:
            schema["properties"] = {k: extract(v, name + pascal(k)) for k, v in schema["properties"].items()}
        if isinstance(schema.get("items"), dict):
            schema["items"] = extract(schema["items"], name + "Item")
        return schema

    def extract(schema, name):
        if schema.get("properties"):
            title = pascal(schema.get("title", ""))
            name = title if title and title not in types and title not in out else name
            while name in types or name in out:
                name += "Alternative"
            out[name] = None
            out[name] = place(schema, name)
            return {"$ref": f"#/$defs/{name}", "description": schema.get("description", "")}
        return place(schema, name)

    for name, schema in types.items():
        out[name] = place(schema, name)
    return out


def distinction(schema, index):
    properties = schema.get("properties", {})
    constants = [str(p["const"]) for p in properties.values() if "const" in p]
    required = [name for name in schema.get("required", []) if "const" not in properties.get(name, {})]
    return pascal("_".join(constants + required[:1])) or str(index + 1)


def operations(folder, types):
    document = json.loads((folder / "asyncapi.json").read_text())
    requests, commands = {}, set()
    for operation in document["operations"].values():
        address = document["channels"][operation["channel"]["$ref"].rsplit("/", 1)[1]]["address"]
        parts = address.split(".")
        if parts[2:3] == ["req"]:
            requests[".".join(parts[-2:])] = operation
        elif parts[2:3] == ["cmd"]:
            commands.add(".".join(parts[-2:]))
    return [described(name, requests[name], name in commands, types) for name in sorted(requests)]


def described(name, operation, is_command, types):
    body, reply = types[pascal(name + ".body")], types[pascal(name + ".reply")]
    list_field, item_type, pinned_by = None, None, None
    if "page" in body.get("properties", {}):
        lists = [field for field in LIST_NAMES if reply["properties"].get(field, {}).get("type") == "array"]
        if len(lists) != 1:
            raise SystemExit(f"the list in the reply of {name} is not known: {lists}")
        list_field = lists[0]
        item_type = reference(reply["properties"][list_field]["items"])
        pinned_by = next((by for by in ("hold", "at_version") if by in body["properties"]), None)
    return Operation(
        name=name,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        is_command=is_command,
        list_field=list_field,
        item_type=item_type,
        pinned_by=pinned_by,
    )


def bytes_fields(types):
    """The names of the properties whose values are bytes."""

    def holds_bytes(schema):
        if reference(schema):
            return holds_bytes(types[reference(schema)]) if "properties" not in types[reference(schema)] else False
        return schema.get("contentEncoding") == "base64" or any(map(holds_bytes, alternatives(schema)))

    return {
        name for schema in types.values() for name, each in schema.get("properties", {}).items() if holds_bytes(each)
    }
