// The generated TypeScript: it compiles, its types are those of the messages, and every golden comes back as it was.
//
// node typescript_roundtrip.js PROTO_SCHEMAS
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Convert, type PlanEditBody, type SyncTargetEvent } from "./generated/typescript/plansync.js";

// What a program would write; this does not compile if a field is missing or has another type.
const body: PlanEditBody = {
  learner: "0190a1b2-0000-7000-8000-000000000001",
  edits: [{ op: "set_status", component: "0190a1b2-0000-7000-8000-000000000003", status: "completed" }],
};
const skipped = (event: SyncTargetEvent): number => Object.values(event.skipped).reduce((sum, count) => sum + count, 0);

const folder = process.argv[2]!;
const converters = Convert as unknown as Record<string, (value: unknown) => unknown>;
const capitalised = (name: string) => name.split(/[._-]/).map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
const typeOf = (golden: string, part: string) => {
  if (golden === "error") return "ErrorReply";
  if (golden.startsWith("event.")) return `${capitalised(golden.slice("event.".length))}Event`;
  return capitalised(`${golden}.${part}`);
};

let count = 0;
for (const file of readdirSync(join(folder, "golden"))) {
  const goldens = JSON.parse(readFileSync(join(folder, "golden", file), "utf8")) as Record<string, { json: unknown }>;
  for (const [part, { json }] of Object.entries(goldens)) {
    const name = typeOf(file.replace(/\.json$/, ""), part);
    const read = converters[`to${name}`]!(JSON.stringify(json));
    const written = converters[`${name[0]!.toLowerCase()}${name.slice(1)}ToJson`]!(read) as string;
    if (!isDeepStrictEqual(JSON.parse(written), json)) throw new Error(`${name}: ${JSON.stringify(json)} came back as ${written}`);
    count += 1;
  }
}
const target = readFileSync(join(folder, "golden", "event.sync.target.json"), "utf8");
const event = Convert.toSyncTargetEvent(JSON.stringify(JSON.parse(target).body.json));
if (skipped(event) !== 2 || Convert.planEditBodyToJson(body) === "") throw new Error("the types are not those of the messages");
console.log(`generated TypeScript: ${count} goldens read and written`);
