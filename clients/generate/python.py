"""Writes the types, operations, event kinds and refusals of the Python client."""

import keyword
import textwrap

from model import alternatives, pascal, reference

HEADER = '"""{what}\n\nGenerated from proto-schemas/ by clients/generate; do not edit.\n"""\n\n'
SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def files(model):
    return {
        "types.py": types(model),
        "_operations.py": operations(model),
        "_event_kinds.py": event_kinds(model),
        "_refusals.py": refusals(model),
    }


def doc(text, indent):
    """A docstring, wrapped to the width of the code."""
    flat = " ".join(text.split("```")[0].split()).replace("\\", "\\\\")
    if not flat:
        return ""
    lines = textwrap.wrap(flat, 116 - indent, break_long_words=False, break_on_hyphens=False)
    pad = " " * indent
    if len(lines) == 1 and not flat.endswith('"'):
        return f'{pad}"""{lines[0]}"""\n'
    return f'{pad}"""' + f"\n{pad}".join(lines) + f'\n{pad}"""\n'


def expression(schema):
    """The Python type of a schema."""
    if reference(schema):
        return reference(schema)
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    if alternatives(schema):
        return " | ".join(dict.fromkeys(expression(each) for each in alternatives(schema)))
    kinds = schema.get("type", "any")
    return " | ".join(dict.fromkeys(of_kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)))


def of_kind(kind, schema):
    if kind == "array":
        return f"list[{expression(schema.get('items', {}))}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {expression(values) if isinstance(values, dict) else 'Any'}]"
    return SCALARS.get(kind, "Any")


def types(model):
    out = [HEADER.format(what="The bodies and replies of all operations, and the bodies of all events.")]
    out.append("from __future__ import annotations\n\nfrom typing import Any, Literal, NotRequired, TypeAlias, TypedDict\n")
    objects = {name: schema for name, schema in model.types.items() if is_object(schema)}
    for name, schema in objects.items():
        out.append("\n" + typed_dict(name, schema))
    out.append("\n")
    for name, schema in model.types.items():
        if name not in objects:
            out.append(f'{name}: TypeAlias = "{expression(schema)}"\n' + doc(schema.get("description", ""), 0))
    return "".join(out)


def is_object(schema):
    return schema.get("type") == "object" and not isinstance(schema.get("additionalProperties"), dict)


def typed_dict(name, schema):
    fields = schema.get("properties", {})
    required = set(schema.get("required", []))
    title = doc(schema.get("description", ""), 4)
    if any(keyword.iskeyword(field) for field in fields):
        items = "".join(f'        "{f}": {field_type(s, f in required)!r},\n' for f, s in fields.items())
        return f'\n{name} = TypedDict(\n    "{name}",\n    {{\n{items}    }},\n)\n' + doc(schema.get("description", ""), 0)
    lines = "".join(
        f"    {field}: {field_type(each, field in required)}\n" + doc(each.get("description", ""), 4)
        for field, each in fields.items()
    )
    return f"\nclass {name}(TypedDict):\n{title}" + ("\n" if title and lines else "") + (lines or ("" if title else "    pass\n"))


def field_type(schema, required):
    return expression(schema) if required else f"NotRequired[{expression(schema)}]"


def operations(model):
    out = [HEADER.format(what="All operations, by noun.")]
    used = sorted({t for o in model.operations for t in (o.body_type, o.reply_type, o.item_type) if t})
    out.append("from __future__ import annotations\n\nfrom collections.abc import AsyncIterator\nfrom typing import cast\n\n")
    out.append("from .types import (\n" + "".join(f"    {name},\n" for name in used) + ")\n")
    out.append("from .bodies import Dumps\nfrom .durable import DurableCommand\nfrom .operating import Operating\nfrom .pages import Paging\n")
    out.append("\nPAGING: dict[str, Paging] = {\n")
    out.extend(
        f'    "{o.name}": Paging(field="{o.list_field}", pinned_by={quoted(o.pinned_by)}),\n'
        for o in model.operations
        if o.list_field
    )
    out.append('}\n"""The operations that reply with a list in pages."""\n')
    commands = ", ".join(f'"{o.name}"' for o in model.operations if o.is_command)
    out.append("\nCOMMANDS: frozenset[str] = frozenset(\n    {\n")
    out.append("".join(f"        {name},\n" for name in commands.split(", ")))
    out.append('    }\n)\n"""The operations that change something."""\n')
    out.append("\nNAMES: frozenset[str] = frozenset(\n    {\n")
    out.extend(f'        "{o.name}",\n' for o in model.operations)
    out.append('    }\n)\n"""The operations that this version knows."""\n')
    nouns = sorted({o.noun for o in model.operations})
    for noun in nouns:
        out.append(f'\n\nclass {pascal(noun)}Operations:\n    """The operations `{noun}.*`."""\n')
        out.append("\n    def __init__(self, operating: Operating) -> None:\n        self._operating = operating\n")
        out.extend(methods(o) for o in model.operations if o.noun == noun)
    out.append('\n\nclass Operations:\n    """All operations."""\n\n    def __init__(self, operating: Operating) -> None:\n')
    out.extend(f"        self.{noun} = {pascal(noun)}Operations(operating)\n" for noun in nouns)
    return "".join(out)


def quoted(text):
    return "None" if text is None else f'"{text}"'


def methods(o):
    text = doc(f"{o.summary} {o.description}", 8)
    default = " = {}" if not required_fields(o) else ""
    body = f"{o.body_type} | Dumps{default}"
    out = (
        f"\n    async def {o.verb}(self, body: {body}) -> {o.reply_type}:\n{text}"
        f'        return cast({o.reply_type}, await self._operating.request("{o.name}", body))\n'
    )
    if o.is_command:
        out += (
            f"\n    async def {o.verb}_durable(self, body: {body}) -> DurableCommand[{o.reply_type}]:\n"
            f'        """Like `{o.verb}`, as a durable command: returns when the command is stored."""\n'
            f'        return cast(DurableCommand[{o.reply_type}], await self._operating.durable("{o.name}", body))\n'
        )
    if o.list_field:
        item = o.item_type or "object"
        out += (
            f"\n    def {o.verb}_all(self, body: {body}) -> AsyncIterator[{item}]:\n"
            f'        """Like `{o.verb}`: all items, page by page."""\n'
            f'        return cast(AsyncIterator[{item}], self._operating.all("{o.name}", body))\n'
        )
    return out


def required_fields(o):
    return REQUIRED[o.body_type]


REQUIRED = {}


def event_kinds(model):
    out = [HEADER.format(what="The kinds of events, each with the type of its body.")]
    out.append("from __future__ import annotations\n\nfrom dataclasses import dataclass\n\nfrom .types import (\n")
    out.extend(f"    {name},\n" for name in sorted(pascal("event." + kind) for kind in model.events))
    out.append(")\nfrom .event import Event\n")
    for kind in model.events:
        out.append(f"\n\n@dataclass(frozen=True, kw_only=True)\nclass {pascal(kind)}(Event):\n")
        out.append(doc(model.types[pascal("event." + kind)].get("description", ""), 4))
        out.append(f"\n    body: {pascal('event.' + kind)}\n")
    out.append("\n\nKINDS: dict[str, type[Event]] = {\n")
    out.extend(f'    "{kind}": {pascal(kind)},\n' for kind in model.events)
    out.append("}\n")
    out.append("\nBYTES_FIELDS: frozenset[str] = frozenset({" + ", ".join(f'"{f}"' for f in model.bytes_fields) + "})\n")
    out.append('"""The fields that hold bytes; 16 bytes in any other field are a UUID."""\n')
    out.append(exported(pascal(kind) for kind in model.events))
    return "".join(out)


def exported(names):
    return "\n__all__ = [\n" + "".join(f'    "{name}",\n' for name in names) + "]\n"


def refusals(model):
    kinds = {pascal(kind) for kind in model.events}
    # An event may have the name of a code: `learner.erased` and `learner_erased`.
    names = {code: pascal(code) + ("Refused" if pascal(code) in kinds else "") for code in model.error_codes}
    out = [HEADER.format(what="One error class for each code with which the service refuses.")]
    out.append("from __future__ import annotations\n\nfrom .errors import Refused\n")
    for code, name in names.items():
        out.append(f'\n\nclass {name}(Refused):\n    """The service refused with the code `{code}`."""\n')
    out.append("\n\nREFUSALS: dict[str, type[Refused]] = {\n")
    out.extend(f'    "{code}": {name},\n' for code, name in names.items())
    out.append("}\n")
    out.append(exported(names.values()))
    return "".join(out)
