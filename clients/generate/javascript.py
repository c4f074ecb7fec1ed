"""Writes the types, operations and event kinds of the JavaScript client, as TypeScript."""

import json
import textwrap

from model import alternatives, camel, pascal, reference

HEADER = "// {what}\n//\n// Generated from proto-schemas/ by clients/generate; do not edit.\n"
SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def files(model):
    return {"types.ts": types(model), "operations.ts": operations(model), "kinds.ts": kinds(model)}


def doc(text, indent):
    flat = " ".join(text.split("```")[0].split()).replace("*/", "*\\/")
    if not flat:
        return ""
    pad = " " * indent
    lines = textwrap.wrap(flat, 112 - indent, break_long_words=False, break_on_hyphens=False)
    if len(lines) == 1:
        return f"{pad}/** {lines[0]} */\n"
    return f"{pad}/**\n" + "".join(f"{pad} * {line}\n" for line in lines) + f"{pad} */\n"


def expression(schema):
    """The TypeScript type of a schema."""
    if reference(schema):
        return reference(schema)
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(map(json.dumps, schema["enum"]))
    if alternatives(schema):
        parts = list(dict.fromkeys(expression(each) for each in alternatives(schema)))
        # Editors complete the known words of an enumeration that is open only if its type is not plainly `string`.
        has_words = any("enum" in each for each in alternatives(schema))
        return " | ".join("(string & {})" if has_words and part == "string" else part for part in parts)
    of = schema.get("type", "any")
    return " | ".join(dict.fromkeys(of_kind(kind, schema) for kind in ([of] if isinstance(of, str) else of)))


def of_kind(kind, schema):
    if kind == "array":
        return f"Array<{expression(schema.get('items', {}))}>"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"{{ [key: string]: {expression(values) if isinstance(values, dict) else 'unknown'} }}"
    return SCALARS.get(kind, "unknown")


def types(model):
    out = [HEADER.format(what="The bodies and replies of all operations, and the bodies of all events.")]
    for name, schema in model.types.items():
        out.append("\n" + doc(schema.get("description", ""), 0))
        if schema.get("properties"):
            required = set(schema.get("required", []))
            out.append(f"export interface {name} {{\n")
            for field, each in schema["properties"].items():
                optional = "" if field in required else "?"
                out.append(doc(each.get("description", ""), 2) + f"  {field}{optional}: {expression(each)};\n")
            out.append("}\n")
        elif schema.get("type") == "object" and not isinstance(schema.get("additionalProperties"), dict):
            out.append(f"export type {name} = {{ [key: string]: never }};\n")
        else:
            out.append(f"export type {name} = {expression(schema)};\n")
    return "".join(out)


def operations(model):
    out = [HEADER.format(what="All operations, by noun.")]
    out.append('\nimport type { DurableCommand } from "../durable.js";\nimport type { Operating } from "../operating.js";\n')
    out.append('import type { Paging } from "../pages.js";\nimport type * as types from "./types.js";\n')
    out.append("\n/** The operations that reply with a list in pages. */\n")
    out.append("export const PAGING: Readonly<Record<string, Paging>> = {\n")
    out.extend(
        f'  "{o.name}": {{ field: "{o.list_field}", pinnedBy: {json.dumps(o.pinned_by)} }},\n'
        for o in model.operations
        if o.list_field
    )
    out.append("};\n\n/** The operations that change something. */\n")
    out.append("export const COMMANDS: ReadonlySet<string> = new Set([\n")
    out.extend(f'  "{o.name}",\n' for o in model.operations if o.is_command)
    out.append("]);\n\n/** The operations that this version knows. */\n")
    out.append("export const NAMES: ReadonlySet<string> = new Set([\n")
    out.extend(f'  "{o.name}",\n' for o in model.operations)
    out.append("]);\n")
    nouns = sorted({o.noun for o in model.operations})
    for noun in nouns:
        out.append(f"\n/** The operations `{noun}.*`. */\nexport class {pascal(noun)}Operations {{\n")
        out.append("  readonly #operating: Operating;\n\n  constructor(operating: Operating) {\n    this.#operating = operating;\n  }\n")
        out.extend(methods(o, model) for o in model.operations if o.noun == noun)
        out.append("}\n")
    out.append("\n/** All operations. */\nexport class Operations {\n")
    out.extend(f"  readonly {noun}: {pascal(noun)}Operations;\n" for noun in nouns)
    out.append("\n  constructor(operating: Operating) {\n")
    out.extend(f"    this.{noun} = new {pascal(noun)}Operations(operating);\n" for noun in nouns)
    out.append("  }\n}\n")
    return "".join(out)


def methods(o, model):
    default = "" if model.types[o.body_type].get("required") else " = {}"
    body = f"body: types.{o.body_type}{default}"
    out = "\n" + doc(f"{o.summary} {o.description}", 2)
    out += f"  {camel(o.verb)}({body}): Promise<types.{o.reply_type}> {{\n"
    out += f'    return this.#operating.request<types.{o.reply_type}>("{o.name}", body);\n  }}\n'
    if o.is_command:
        out += f"\n  /** Like `{camel(o.verb)}`, as a durable command: resolves when the command is stored. */\n"
        out += f"  {camel(o.verb)}Durable({body}): Promise<DurableCommand<types.{o.reply_type}>> {{\n"
        out += f'    return this.#operating.durable<types.{o.reply_type}>("{o.name}", body);\n  }}\n'
    if o.list_field:
        item = f"types.{o.item_type}" if o.item_type else "unknown"
        out += f"\n  /** Like `{camel(o.verb)}`: all items, page by page. */\n"
        out += f"  {camel(o.verb)}All({body}): AsyncGenerator<{item}, void, undefined> {{\n"
        out += f'    return this.#operating.all<{item}>("{o.name}", body);\n  }}\n'
    return out


def kinds(model):
    out = [HEADER.format(what="The kinds of events, each with the type of its body, and the codes of refusals.")]
    out.append('\nimport type * as types from "./types.js";\n\n/** The body of each kind of event. */\n')
    out.append("export interface EventBodies {\n")
    out.extend(f'  "{kind}": types.{pascal("event." + kind)};\n' for kind in model.events)
    out.append("}\n\n/** The kinds of events that this version knows. */\n")
    out.append("export const KINDS: ReadonlySet<string> = new Set([\n")
    out.extend(f'  "{kind}",\n' for kind in model.events)
    out.append("]);\n\n/** The fields that hold bytes; 16 bytes in any other field are a UUID. */\n")
    fields = ", ".join(json.dumps(field) for field in model.bytes_fields)
    out.append(f"export const BYTES_FIELDS: ReadonlySet<string> = new Set([{fields}]);\n")
    return "".join(out)
