// Loads learners from a CSV file, changes one learner's plan and synchronises the change onto the others.
//
// It uses no plansync library: only the NATS client. Run it as often as you like: every command has an id that follows
// from the file's content, and plansync carries out each command once.
//
//     node producer.js learners.csv --nats-url nats://127.0.0.1:4222 --tenant northgate

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

import { connect, errors, headers } from "@nats-io/transport-node";
import { parse } from "csv-parse/sync";
import { v5 as uuid } from "uuid";

const ATTEMPTS = 8;
const RETRIED = new Set(["unavailable", "overloaded"]);
// The ids of this program are made from this namespace.
const NAMESPACE = "8d6a4a0e-5f0e-4c1e-9e55-0a0f5c3b7f11";

/** plansync refused the request; sending it again would not help. */
class Refused extends Error {
  constructor(operation, { code, message }) {
    super(`${operation}: ${code}: ${message}`);
    this.code = code;
  }
}

/** Requests of one tenant. The actor is a part of the subject, so the NATS permissions decide who may use it. */
class Plansync {
  constructor(connection, tenant, batch) {
    Object.assign(this, { connection, tenant, batch });
  }

  /** The id of a record. It depends on the tenant and the reference only, so a corrected file changes the record. */
  recordId(...parts) {
    return uuid([this.tenant, ...parts].join("/"), NAMESPACE);
  }

  /** The id of a command: the same whenever the same file is loaded, and another one for a corrected file. */
  id(...parts) {
    return uuid(parts.join("/"), this.batch);
  }

  /** A command. Its id is the same in every attempt and in every run, so it is carried out once. */
  command(actor, operation, body, ...name) {
    return this.request(actor, operation, { ...body, command_id: this.id(actor, operation, ...name) });
  }

  /** A request, repeated while plansync cannot be reached or cannot answer. */
  async request(actor, operation, body) {
    const subject = `plansync.v1.req.${this.tenant}.${actor}.${operation}`;
    const json = headers();
    json.set("content-type", "application/json");
    for (let attempt = 1; ; attempt++) {
      let wait = Math.min(100 * 2 ** attempt, 5000) * (0.5 + Math.random() / 2);
      try {
        const message = await this.connection.request(subject, JSON.stringify(body), { headers: json, timeout: 5000 });
        const reply = message.json();
        if (!reply.error) return reply;
        if (!RETRIED.has(reply.error.code) || attempt === ATTEMPTS) throw new Refused(operation, reply.error);
        wait = reply.error.details?.retry_after_ms ?? wait;
      } catch (error) {
        const isTransient = error instanceof errors.RequestError || error instanceof errors.TimeoutError;
        if (!isTransient || attempt === ATTEMPTS) throw error;
      }
      await sleep(wait);
    }
  }
}

/** Writes the tenant, its administrator, its programme and its learners, as the reserved actor `system`. */
async function load(plansync, rows) {
  const programme = plansync.recordId("programme");
  const component = plansync.recordId("component");
  const put = (operation, body, ...name) => plansync.command("system", operation, body, ...name);
  await put("tenant.put", { marking_aid: false, owner_rule: "keep" });
  await put("administrator.put", {
    administrator: "alice",
    name: "Alice Moreau",
    permissions: ["advanced_delivery_add", "advanced_delivery_edit", "advanced_delivery_delete"],
    groups: "all",
  });
  await put("programme.put", { programme, name: "Business Administrator", parent: null });
  const exam = { component, type: "exam", attributes: { name: "Knowledge test" } };
  await put("template.put", { programme, components: [exam] });
  const learners = [];
  for (const row of rows) {
    const learner = plansync.recordId("learner", row.reference);
    const record = {
      learner,
      name: row.name,
      case_owner: row.case_owner || null,
      groups: [row.group],
      tutors: row.tutor ? [row.tutor] : [],
      enrolments: [{ programme, status: "active" }],
    };
    await put("learner.put", record, row.reference);
    await put("plan.instantiate", { learner, programme }, row.reference);
    learners.push(learner);
  }
  return { programme, component, learners };
}

/**
 * Changes a due date on the source's plan and synchronises it, exactly as the preview shows it. Returns the state of the
 * synchronisation; undefined if the plan has this date already.
 */
async function synchronise(plansync, { programme, component, learners: [source] }, due) {
  const session = plansync.id("session");
  const sync = plansync.id("sync");
  await plansync.command("alice", "record.open", { learner: source, session });
  const reason = "The test centre moved the test";
  const change = { op: "change", component, set: { due_date: due }, reason };
  const edited = await plansync.command("alice", "plan.edit", { learner: source, edits: [change] });
  if (!edited.changed) return undefined;
  try {
    return await plansync.request("alice", "sync.get", { sync });
  } catch (error) {
    if (error.code !== "sync_not_found") throw error;
  }
  const request = { session, programme, components: "recent", learners: "all" };
  const { position, digest, learners, pairs } = await plansync.request("alice", "sync.preview", request);
  console.log(`preview: ${learners} learners, ${JSON.stringify(pairs)}`);
  await plansync.command("alice", "sync.start", { ...request, sync, confirm: { position, digest } });
  return plansync.request("alice", "sync.get", { sync });
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "nats-url": { type: "string", default: "nats://127.0.0.1:4222" },
    tenant: { type: "string", default: "northgate" },
    due: { type: "string", default: "2027-03-01" },
  },
});
const content = await readFile(positionals[0]);
const rows = parse(content, { columns: true, bom: true });
const batch = uuid(createHash("sha256").update(content).digest("hex"), NAMESPACE);
const connection = await connect({ servers: values["nats-url"] });
try {
  const plansync = new Plansync(connection, values.tenant, batch);
  let state = await synchronise(plansync, await load(plansync, rows), values.due);
  while (state?.state === "running") {
    await sleep(100);
    state = await plansync.request("alice", "sync.get", { sync: state.sync });
  }
  if (state) console.log(`${state.sync} ${state.state}: ${JSON.stringify(state.pairs)}`);
  else console.log("the plan has this date already: nothing to synchronise");
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
} finally {
  await connection.close();
}
