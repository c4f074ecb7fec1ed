// Strict Ajv, with its default options and without formats: it compiles every schema, and every golden and every
// recorded message is valid, decoded from MessagePack by a library from outside the project.
//
// node messages.mjs PROTO_SCHEMAS [RECORDINGS]
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import { decode } from "@msgpack/msgpack";

const [folder, recordings] = process.argv.slice(2);
const read = (path) => JSON.parse(readFileSync(join(folder, path), "utf8"));
const faults = [];

// The documented difference of MessagePack: a uuid is 16 bytes, other bytes are base64 in JSON.
const text = (bytes, field) => {
  if (field === "bytes" || bytes.length !== 16) return Buffer.from(bytes).toString("base64");
  const hex = Buffer.from(bytes).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};
const plain = (value, field) => {
  if (value instanceof Uint8Array) return text(value, field);
  if (Array.isArray(value)) return value.map((item) => plain(item, field));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item, name)]));
};

const validators = {};
for (const file of readdirSync(join(folder, "schemas"))) {
  for (const options of [{ strict: true, strictRequired: false }, {}]) {
    try {
      validators[file.replace(/\.json$/, "")] = new Ajv2020(options).compile(read(`schemas/${file}`));
    } catch (error) {
      faults.push(`${file} does not compile: ${error.message}`);
    }
  }
}

const check = (what, schema, value) => {
  const validate = validators[schema];
  if (!validate) faults.push(`${what}: there is no schema ${schema}`);
  else if (!validate(value)) faults.push(`${what} is no ${schema}: ${JSON.stringify(validate.errors[0])}`);
};

let goldens = 0;
for (const file of readdirSync(join(folder, "golden"))) {
  const name = file.replace(/\.json$/, "");
  for (const [part, { json, msgpack }] of Object.entries(read(`golden/${file}`))) {
    const schema = name === "error" || name.startsWith("event.") ? name : `${name}.${part}`;
    const decoded = plain(decode(Buffer.from(msgpack, "hex")));
    check(`golden/${file}`, schema, json);
    check(`golden/${file} in MessagePack`, schema, decoded);
    if (!isDeepStrictEqual(decoded, json)) faults.push(`golden/${file}: the encodings differ`);
    goldens += 1;
  }
}

// The headers of events and errors, as the AsyncAPI document describes them.
const { messages } = read("asyncapi.json").components;
const headers = {};
for (const [name, message] of Object.entries(messages)) {
  headers[name] = new Ajv2020().compile(message.headers);
}

const counts = {};
const checkRecorded = (line) => {
  const { what, schema, headers: given, body } = JSON.parse(line);
  const bytes = Buffer.from(body, "base64");
  const type = given["content-type"];
  const isJson = type ? type === "application/json" : bytes[0] === 0x7b;
  const encoding = isJson ? "JSON" : "MessagePack";
  check(`${what} in ${encoding}`, schema, isJson ? JSON.parse(bytes) : plain(decode(bytes)));
  if (!headers[schema]?.(given)) faults.push(`${what}: its headers are no headers of ${schema}: ${JSON.stringify(given)}`);
  const kind = schema === "error" ? "errors" : schema.startsWith("event.") ? "events" : "replies";
  const key = `${kind} in ${encoding}`;
  counts[key] = (counts[key] ?? 0) + 1;
  (counts.schemas ??= new Set()).add(schema);
};
if (recordings && existsSync(recordings)) {
  for (const file of readdirSync(recordings)) {
    readFileSync(join(recordings, file), "utf8").split("\n").filter(Boolean).forEach(checkRecorded);
  }
}

console.log(`Ajv: ${Object.keys(validators).length} schemas, ${goldens} goldens`);
if (recordings) {
  const { schemas = new Set(), ...kinds } = counts;
  console.log(`Ajv: recorded ${JSON.stringify(kinds)}, of ${schemas.size} schemas`);
  for (const kind of ["replies", "errors", "events"]) {
    for (const encoding of ["JSON", "MessagePack"]) {
      if (!kinds[`${kind} in ${encoding}`]) faults.push(`no ${kind} in ${encoding} were recorded`);
    }
  }
}
for (const fault of faults.slice(0, 20)) console.error(fault);
if (faults.length > 0) {
  console.error(`${faults.length} faults`);
  process.exitCode = 1;
}
