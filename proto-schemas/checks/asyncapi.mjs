// The AsyncAPI document by the parser of the AsyncAPI Initiative: no error, no warning, not even a hint. And the
// YAML file says the same as the JSON file.
//
// node asyncapi.mjs PROTO_SCHEMAS
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Parser } from "@asyncapi/parser";
import yaml from "js-yaml";

const read = (name) => readFileSync(join(process.argv[2], name), "utf8");

let faults = 0;
for (const name of ["asyncapi.json", "asyncapi.yaml"]) {
  const { document, diagnostics } = await new Parser().parse(read(name));
  for (const { code, message, path, severity } of diagnostics) {
    console.error(`${name}: ${["error", "warning", "information", "hint"][severity]} ${code} at ${path.join("/")}: ${message}`);
  }
  faults += diagnostics.length + (document ? 0 : 1);
}
if (!isDeepStrictEqual(JSON.parse(read("asyncapi.json")), yaml.load(read("asyncapi.yaml")))) {
  console.error("asyncapi.yaml differs from asyncapi.json");
  faults += 1;
}
console.log(`asyncapi.json and asyncapi.yaml: ${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;
