// Sends one message and waits for its reply.

import {
  ClosedConnectionError,
  DrainingConnectionError,
  headers,
  NoRespondersError,
  PermissionViolationError,
} from "@nats-io/nats-core";
import type { Msg, NatsConnection } from "@nats-io/nats-core";
import { BODY_BYTES_MAX, decode, encode, MEDIA_TYPES } from "./bodies.js";
import type { Encoding } from "./bodies.js";
import * as checks from "./checks.js";
import { Closed, MAKES_STREAMS, NotAuthorized, NotStored, Refused, Unanswered } from "./errors.js";
import type { Waiting } from "./waiting.js";

/** A body that is sent: a command has its id. */
export type Sent = Record<string, unknown> & { command_id?: string };

const COMMANDS_STREAM = "PLANSYNC_COMMANDS";
/** How long an answer to whether there is a stream is waited for. */
const LOOK_MS_MAX = 1_000;

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
  readonly waiting: Waiting;
  #mayLook = true;

  constructor(connection: NatsConnection, tenant: string, actor: string, encoding: Encoding, waiting: Waiting) {
    this.connection = connection;
    this.tenant = checks.token("tenant", tenant);
    this.actor = checks.token("actor", actor);
    this.encoding = checks.oneOf("encoding", encoding, Object.keys(MEDIA_TYPES) as Encoding[]);
    this.waiting = waiting;
    const prefix = (connection as unknown as { options?: { inboxPrefix?: string } }).options?.inboxPrefix;
    if (prefix !== undefined) {
      checks.inboxPrefix(prefix);
    }
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
    const data = encode(body, this.encoding);
    if (data.length > BODY_BYTES_MAX) {
      const what = `the body has ${data.length} bytes, but the limit is ${BODY_BYTES_MAX}`;
      throw new RangeError(`${what}: split it; nothing was sent`);
    }
    this.waiting.check(body.command_id);
    try {
      return await this.connection.request(subject, data, { timeout: timeoutMs, headers: sent });
    } catch (error) {
      if (family === "cmd" && reasonsOf(error).some((each) => each instanceof NoRespondersError)) {
        await this.#throwIfNoStream(error);
        throw new Unanswered(`no stream takes what is sent to ${subject}: ${MAKES_STREAMS}`, { cause: error });
      }
      throw explained(error, subject, timeoutMs, body.command_id);
    }
  }

  /**
   * Nobody takes the command: because there is no stream, or because its server is starting. A user who may not ask is
   * not told which.
   */
  async #throwIfNoStream(cause: unknown): Promise<void> {
    if (!this.#mayLook) {
      return;
    }
    let said: Stored;
    try {
      const subject = `$JS.API.STREAM.INFO.${COMMANDS_STREAM}`;
      said = (await this.connection.request(subject, "", { timeout: LOOK_MS_MAX })).json<Stored>();
    } catch {
      this.#mayLook = false;
      return;
    }
    if (said.error?.code === 404) {
      const what = `the command was not stored, because there is no stream ${COMMANDS_STREAM}`;
      throw new NotStored(`${what}: ${MAKES_STREAMS}`, { cause });
    }
  }
}

function reasonsOf(error: unknown): unknown[] {
  return [error, (error as { cause?: unknown } | null)?.cause];
}

function explained(error: unknown, subject: string, timeoutMs: number, commandId: string | undefined): unknown {
  const options = { cause: error };
  const reasons = reasonsOf(error);
  const violation = reasons.find((each) => each instanceof PermissionViolationError);
  if (violation?.operation === "subscription") {
    const what = `the NATS server does not let this user receive replies (${violation.message})`;
    return new NotAuthorized(`${what}: give \`inboxPrefix\` the prefix that the permissions of the user name`, options);
  }
  if (violation !== undefined) {
    const what = `the NATS server does not let this user send this (${violation.message})`;
    return new NotAuthorized(`${what}: only its own actor can send it`, options);
  }
  if (reasons.some((each) => each instanceof ClosedConnectionError || each instanceof DrainingConnectionError)) {
    return new Closed("the connection is closed", commandId, options);
  }
  if (reasons.some((each) => each instanceof NoRespondersError)) {
    return new Unanswered(`nobody answers on ${subject}: the engine is not running`, options);
  }
  if (error instanceof Error && ["TimeoutError", "RequestError", "ConnectionError"].includes(error.name)) {
    return new Unanswered(`no answer on ${subject} within ${timeoutMs} ms`, options);
  }
  return error;
}
