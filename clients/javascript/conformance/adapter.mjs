// The adapter of the JavaScript client for the conformance suite: one message a line, in and out.

import { createInterface } from "node:readline";
import { connect } from "@nats-io/transport-node";
import {
  Closed,
  ConsumerUnusable,
  NoAnswer,
  NotAuthorized,
  NotConnected,
  NotStored,
  OtherLog,
  Plansync,
  Refused,
} from "@plansync/client";

const KINDS = [
  [Refused, "refused"],
  [NoAnswer, "no_answer"],
  [Closed, "closed"],
  [NotAuthorized, "not_authorized"],
  [NotConnected, "not_connected"],
  [NotStored, "not_stored"],
  [OtherLog, "other_log"],
  [ConsumerUnusable, "consumer_unusable"],
  [TypeError, "invalid"],
  [RangeError, "invalid"],
];

const clients = new Map();
const commands = new Map();
const readings = new Map();

/** An iterator that is asked with a time-out, without losing what comes later. */
class Reading {
  constructor(items, subscriber) {
    this.items = items;
    this.subscriber = subscriber;
    this.last = undefined;
  }

  async next(timeoutMs) {
    this.pending ??= this.items.next();
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    try {
      const result = await Promise.race([this.pending, late]);
      if (result !== undefined) {
        this.pending = undefined;
      }
      return result?.value;
    } catch (error) {
      this.pending = undefined;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async close() {
    this.subscriber?.close();
    if (this.pending === undefined) {
      await this.items.return();
    }
  }
}

const actions = {
  async client(m) {
    const user = m.user === undefined ? {} : { user: m.user, pass: m.password };
    const prefix = m.inbox_prefix === undefined ? {} : { inboxPrefix: m.inbox_prefix };
    const often = { maxReconnectAttempts: -1, reconnectTimeWait: 100 };
    const { url: servers, tenant, actor, encoding, events } = m;
    const retry = { attemptTimeoutMs: m.retry.attempt_timeout_ms, deadlineMs: m.retry.deadline_ms };
    const within = m.connect_ms_max === undefined ? {} : { connectMsMax: m.connect_ms_max };
    const options = { tenant, actor, encoding, events, retry, ...within };
    clients.set(m.client, await Plansync.connect(connect, { servers, ...often, ...user, ...prefix, ...options }));
    return {};
  },

  async client_close(m) {
    await clients.get(m.client).close();
    return {};
  },

  async request(m) {
    return { reply: await clients.get(m.client).request(m.operation, m.body) };
  },

  async durable(m) {
    const command = await clients.get(m.client).durable(m.operation, m.body);
    commands.set(m.command, command);
    return { command_id: command.commandId, sequence: command.sequence };
  },

  async outcome(m) {
    return { reply: await commands.get(m.command).outcome(m.timeout_ms) };
  },

  async list(m) {
    readings.set(m.list, new Reading(clients.get(m.client).all(m.operation, m.body)));
    return {};
  },

  async list_next(m) {
    const items = [];
    while (items.length < m.count) {
      const { done, value } = await readings.get(m.list).items.next();
      if (done) {
        return { items, is_complete: true };
      }
      items.push(value);
    }
    return { items, is_complete: false };
  },

  async events_durable(m) {
    const { events } = clients.get(m.client);
    const subscriber = m.is_operators
      ? events.bind(m.name)
      : await events.durable(m.name, {
          kinds: m.kinds,
          ackWaitMs: m.ack_wait_ms ?? 30_000,
          maxAckPending: m.max_ack_pending ?? 1,
        });
    const items = m.is_once ? subscriber.after(m.checkpoint) : subscriber[Symbol.asyncIterator]();
    readings.set(m.events, new Reading(items, subscriber));
    return {};
  },

  async events_replay(m) {
    const { events } = clients.get(m.client);
    readings.set(m.events, new Reading(events.replay(m.checkpoint ?? m.position, { kinds: m.kinds })));
    return {};
  },

  async events_next(m) {
    const reading = readings.get(m.events);
    const item = await reading.next(m.timeout_ms);
    if (item === undefined) {
      return { event: null };
    }
    reading.last = item;
    const event = item.event ?? item;
    const { id, kind, about, position, actor, pending, body } = event;
    const published_kind = event.unknownKind ?? kind;
    const checkpoint = String(event.checkpoint);
    return { event: { id, kind, published_kind, about, position, actor, checkpoint, pending, body: body ?? null } };
  },

  async events_ack(m) {
    readings.get(m.events).last.ack();
    return {};
  },

  async events_retry(m) {
    readings.get(m.events).last.retryLater();
    return {};
  },

  async events_close(m) {
    await readings.get(m.events).close();
    readings.delete(m.events);
    return {};
  },
};

function told(error) {
  const kind = KINDS.find(([type]) => error instanceof type)?.[1] ?? "other";
  const { code, details, commandId } = error;
  return { kind, message: `${error.name}: ${error.message}`, code, details, command_id: commandId };
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  let answer;
  try {
    answer = { ok: await actions[message.do](message) };
  } catch (error) {
    answer = { error: told(error) };
  }
  process.stdout.write(`${JSON.stringify({ id: message.id, ...answer })}\n`);
}
for (const reading of readings.values()) {
  await reading.close();
}
await Promise.all([...clients.values()].map((client) => client.close()));
// The library leaves a socket open to a server that accepted a connection and said nothing.
process.exit();
