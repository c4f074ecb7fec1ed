// Types in five languages by quicktype, from the schemas of the AsyncAPI document.
//
// node generate.mjs PROTO_SCHEMAS FOLDER
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FetchingJSONSchemaStore, InputData, JSONSchemaInput, quicktype } from "quicktype-core";

const [folder, made] = process.argv.slice(2);
const { components } = JSON.parse(readFileSync(join(folder, "asyncapi.json"), "utf8"));
const moved = JSON.stringify(components.schemas).replaceAll("#/components/schemas/", "#/definitions/");
const schema = JSON.stringify({ definitions: JSON.parse(moved) });

const languages = {
  typescript: "plansync.ts",
  python: "plansync.py",
  go: "plansync.go",
  csharp: "Plansync.cs",
  java: "Plansync.java",
};
for (const [lang, file] of Object.entries(languages)) {
  const input = new JSONSchemaInput(new FetchingJSONSchemaStore());
  await input.addSource({ name: "Message", schema, uris: ["#/definitions/"] });
  const inputData = new InputData();
  inputData.addInput(input);
  const { lines } = await quicktype({ inputData, lang });
  const text = lines.join("\n");
  // A type whose name quicktype had to invent, because an alternative has none.
  const invented = text.match(/^export \w+ (?:Purple|Fluffy|Tentacled|Sticky|Indigo)\w+/m);
  if (invented) throw new Error(`${lang}: ${invented[0]} is a name that no schema gives`);
  // Null is a value, not a type.
  const nothing = text.match(/^\s*(?:export |public |partial )*(?:class|enum|interface|struct|type) Null\d*\b.*/m);
  if (nothing) throw new Error(`${lang}: ${nothing[0]} is a type of null`);
  mkdirSync(join(made, lang), { recursive: true });
  writeFileSync(join(made, lang, file), text);
  console.log(`quicktype: ${lang}, ${lines.length} lines`);
}
