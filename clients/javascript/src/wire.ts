// Sends one message and waits for its reply.

import {
  ClosedConnectionError,
  DrainingConnectionError,
  headers,
  NoRespondersError,
  PermissionViolationError,
} from "@nats-io/nats-core";
import type { Msg, NatsConnection } from "@nats-io/nats-core";
import { decode, encode, MEDIA_TYPES } from "./bodies.js";
import type { Encoding } from "./bodies.js";
import { NotAuthorized, NotStored, Refused, Unanswered } from "./errors.js";

/** A body that is sent: a command has its id. */
export type Sent = Record<string, unknown> & { command_id?: string };

interface Stored {
  seq?: number;
  error?: { code?: number; err_code?: number; description?: string };
}

/** One actor of one tenant on a connection. */
export class Wire {
  readonly connection: NatsConnection;
  readonly tenant: string;
  readonly actor: string;
  readonly encoding: Encoding;

  constructor(connection: NatsConnection, tenant: string, actor: string, encoding: Encoding) {
    for (const [what, value] of Object.entries({ tenant, actor })) {
      if (!/^[A-Za-z0-9_-]{1,64}$/.test(value)) {
        throw new TypeError(`${what} \`${value}\`: 1 to 64 letters, digits, \`_\` or \`-\``);
      }
    }
    this.connection = connection;
    this.tenant = tenant;
    this.actor = actor;
    this.encoding = encoding;
  }

  /** One attempt: the reply, or the refusal as an error. */
  async request(operation: string, body: Sent, timeoutMs: number): Promise<unknown> {
    const msg = await this.#send("req", operation, body, timeoutMs);
    const reply = decode(msg.data, msg.headers?.get("content-type"));
    if (msg.headers?.has("Nats-Service-Error-Code")) {
      throw Refused.of(reply, body.command_id);
    }
    return reply;
  }

  /** One attempt to store a durable command: its sequence in the stream. */
  async store(operation: string, body: Sent, timeoutMs: number): Promise<number> {
    const msg = await this.#send("cmd", operation, body, timeoutMs);
    const { seq, error } = msg.json<Stored>();
    if (error?.code === 503) {
      throw new Unanswered(`the command stream takes nothing at present: ${error.description}`);
    }
    if (error !== undefined || seq === undefined) {
      throw new NotStored(`the command was not stored: ${error?.description} (${error?.err_code})`);
    }
    return seq;
  }

  async #send(family: string, operation: string, body: Sent, timeoutMs: number): Promise<Msg> {
    const subject = `plansync.v1.${family}.${this.tenant}.${this.actor}.${operation}`;
    const sent = headers();
    sent.set("content-type", MEDIA_TYPES[this.encoding]);
    try {
      return await this.connection.request(subject, encode(body, this.encoding), { timeout: timeoutMs, headers: sent });
    } catch (error) {
      throw explained(error, subject, timeoutMs);
    }
  }
}

function explained(error: unknown, subject: string, timeoutMs: number): unknown {
  const options = { cause: error };
  const reasons = [error, (error as { cause?: unknown }).cause];
  if (reasons.some((each) => each instanceof PermissionViolationError)) {
    return new NotAuthorized(`the NATS server refused to publish on ${subject}`, options);
  }
  if (reasons.some((each) => each instanceof ClosedConnectionError || each instanceof DrainingConnectionError)) {
    return error;
  }
  if (reasons.some((each) => each instanceof NoRespondersError)) {
    return new Unanswered(`nobody answers on ${subject}: the engine is not running`, options);
  }
  if (error instanceof Error && ["TimeoutError", "RequestError", "ConnectionError"].includes(error.name)) {
    return new Unanswered(`no answer on ${subject} within ${timeoutMs} ms`, options);
  }
  return error;
}
