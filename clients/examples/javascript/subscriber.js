// Keeps a table of the outcomes of synchronisations in SQLite, each exactly once.
//
// It uses no plansync library: only the NATS client and MessagePack. NATS delivers an event at least once. The row of an
// event and the fact that it was handled are one SQL transaction, and the event is acknowledged after it; so an event
// that is delivered again, because this program or the server was killed in between, changes nothing.
//
//     node subscriber.js outcomes.sqlite --nats-url nats://127.0.0.1:4222 --tenant northgate

import { parseArgs } from "node:util";

import { decode } from "@msgpack/msgpack";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, nanos } from "@nats-io/transport-node";
import Database from "better-sqlite3";
import { stringify } from "uuid";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "nats-url": { type: "string", default: "nats://127.0.0.1:4222" },
    tenant: { type: "string", default: "northgate" },
    consumer: { type: "string" },
  },
});

/** The body of an event. The server's configuration decides whether events are MessagePack or JSON. */
function decoded(message) {
  return message.headers.get("content-type") === "application/json" ? message.json() : decode(message.data);
}

/** A UUID is 16 bytes in MessagePack and text in JSON. */
function text(id) {
  return typeof id === "string" ? id : stringify(id);
}

const database = new Database(positionals[0]);
database.pragma("journal_mode = WAL");
database.exec(`
  CREATE TABLE IF NOT EXISTS outcome (
    event TEXT PRIMARY KEY,     -- the event's ce-id: the same in every delivery, and never used again
    sync TEXT NOT NULL, learner TEXT NOT NULL, at TEXT NOT NULL,
    applied INTEGER NOT NULL, unchanged INTEGER NOT NULL, skipped TEXT NOT NULL
  )`);
const insert = database.prepare("INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");

/** Writes the row of an event, unless the table has it already. */
function store(message) {
  const event = decoded(message);
  const skipped = JSON.stringify(Object.fromEntries(Object.entries(event.skipped).sort()));
  const [id, at] = [message.headers.get("ce-id"), message.headers.get("ce-time")];
  insert.run(id, text(event.sync), text(event.learner), at, event.applied, event.unchanged, skipped);
}

const connection = await connect({ servers: values["nats-url"], maxReconnectAttempts: -1 });
const manager = await jetstreamManager(connection);
const name = values.consumer ?? `${values.tenant}-outcomes`;
await manager.consumers.add("PLANSYNC_EVENTS", {
  durable_name: name,
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(10_000),
  filter_subject: `plansync.v1.evt.${values.tenant}.sync.*.target`,
});
// The durable consumer on the server remembers what was acknowledged.
const consumer = await jetstream(connection).consumers.get("PLANSYNC_EVENTS", name);
for await (const message of await consumer.consume()) {
  store(message);
  message.ack();
}
