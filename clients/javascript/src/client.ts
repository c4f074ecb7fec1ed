// The client: operations as requests, as durable commands and as lists, and events.

import type { ConnectionOptions, NatsConnection } from "@nats-io/nats-core";
import type { Encoding } from "./bodies.js";
import * as checks from "./checks.js";
import { connected, CONNECT_MS_MAX } from "./connecting.js";
import type { Transport } from "./connecting.js";
import { Sender } from "./durable.js";
import type { DurableCommand } from "./durable.js";
import { NoAnswer, Unanswered } from "./errors.js";
import { Events } from "./events.js";
import { COMMANDS, NAMES, Operations, PAGING } from "./generated/operations.js";
import type { Operating } from "./operating.js";
import { items } from "./pages.js";
import { retried, retryOf } from "./retry.js";
import type { Retry } from "./retry.js";
import { Waiting } from "./waiting.js";
import { Wire } from "./wire.js";
import type { Sent } from "./wire.js";

export interface PlansyncOptions {
  tenant: string;
  /** The id of an administrator, or `system`. */
  actor: string;
  /**
   * The connection that receives events; it may be the same as the one that sends. With the shipped configuration of
   * the NATS server, these are two users. Without it, durable commands are asked about as requests.
   */
  events?: NatsConnection;
  encoding?: Encoding;
  retry?: Partial<Retry>;
}

/** The options of the client and those of the connection, which are the ones of nats.js (`servers`, `user`, `pass`, …). */
export interface ConnectOptions extends Omit<PlansyncOptions, "events">, ConnectionOptions {
  /** Whether this connection also receives events, or another connection that does. */
  events?: boolean | NatsConnection;
  /** The time within which the first connection must be made; 30 seconds if it is left out. */
  connectMsMax?: number;
}

const OPTIONS = ["tenant", "actor", "events", "encoding", "retry"];

/** One actor of one tenant. */
export class Plansync extends Operations implements Operating {
  readonly #wire: Wire;
  readonly #options: PlansyncOptions;
  readonly #retry: Retry;
  readonly #sender: Sender;
  readonly #waiting: Waiting;
  readonly #eventsWaiting: Waiting;
  #isOwner = false;
  #isDerived = false;

  /**
   * Connects and makes a client, to be closed with `close`. `transport` is `connect` of `@nats-io/transport-node`, or
   * `wsconnect` of `@nats-io/nats-core`.
   *
   * Throws `NotConnected` if there is no connection within `connectMsMax`, or if the server refuses the user. Once made,
   * the connection is restored for ever if it is lost.
   */
  static async connect(transport: Transport, options: ConnectOptions): Promise<Plansync> {
    const { tenant, actor, encoding, retry, events, connectMsMax = CONNECT_MS_MAX, ...nats } = checks.object(
      "the options",
      options,
    ) as ConnectOptions;
    checks.token("tenant", tenant);
    checks.token("actor", actor);
    const connection = await connected(transport, nats, connectMsMax);
    const receiving = typeof events === "boolean" ? (events ? connection : undefined) : events;
    const others = { ...(encoding && { encoding }), ...(retry && { retry }), ...(receiving && { events: receiving }) };
    try {
      const client = new Plansync(connection, { tenant, actor, ...others });
      client.#isOwner = true;
      return client;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  constructor(connection: NatsConnection, options: PlansyncOptions, waiting?: Waiting) {
    checks.connection("the connection", connection);
    checks.options("the options of `Plansync`", options, OPTIONS);
    if (options.events !== undefined) {
      checks.connection("`events`", options.events);
    }
    const late: { client?: Plansync } = {};
    super({
      request: (operation, body) => late.client!.request(operation, body),
      durable: (operation, body) => late.client!.durable(operation, body),
      all: (operation, body) => late.client!.all(operation, body),
    });
    late.client = this;
    this.#waiting = waiting ?? new Waiting(connection);
    this.#wire = new Wire(connection, options.tenant, options.actor, options.encoding ?? "msgpack", this.#waiting);
    this.#options = options;
    this.#retry = retryOf(options.retry);
    this.#eventsWaiting = this.#waiting;
    if (options.events !== undefined && options.events !== connection) {
      this.#eventsWaiting = new Waiting(options.events);
      this.#waiting.add(this.#eventsWaiting);
    }
    this.#sender = new Sender(this.#wire, this.#retry, options.events);
  }

  /** The events of the tenant. */
  get events(): Events {
    return new Events(this.#options.events ?? this.#wire.connection, this.#wire.tenant, "$JS.API", this.#eventsWaiting);
  }

  /** Another actor of the same tenant, on the same connection. */
  actingAs(actor: string): Plansync {
    const client = new Plansync(this.#wire.connection, { ...this.#options, actor }, this.#waiting);
    client.#isDerived = true;
    return client;
  }

  /**
   * Ends what waits with `Closed`, gives back the events that were not acknowledged, and closes the connection that
   * `connect` made, when what was sent has left. Clients of `actingAs` are closed with the one that they come from.
   */
  async close(): Promise<void> {
    if (this.#isDerived) {
      return;
    }
    this.#waiting.close();
    if (this.#isOwner && !this.#wire.connection.isClosed()) {
      await this.#wire.connection.drain();
    }
  }

  /** Carries out an operation by its name, and returns its reply. */
  async request<Reply = unknown>(operation: string, body: object = {}): Promise<Reply> {
    checks.oneOf("the operation", operation, NAMES);
    const sent = withCommandId(operation, body);
    const attempt = () => this.#wire.request(operation, sent, this.#retry.attemptTimeoutMs);
    return (await this.#call(attempt, sent.command_id)) as Reply;
  }

  /** Stores a command by its name, and resolves when the stream has it. */
  async durable<Reply = unknown>(operation: string, body: object = {}): Promise<DurableCommand<Reply>> {
    checks.oneOf("the operation", operation, NAMES);
    if (!COMMANDS.has(operation)) {
      const what = `\`${operation}\` changes nothing, so it cannot be sent as a durable command`;
      throw new RangeError(`${what}: use \`request\``);
    }
    const call = (attempt: () => Promise<number>, commandId: string | undefined) => this.#call(attempt, commandId);
    return this.#sender.send<Reply>(operation, withCommandId(operation, body), call);
  }

  /** All items of a list, by the name of its operation. */
  all<Item = unknown>(operation: string, body: object = {}): AsyncGenerator<Item, void, undefined> {
    checks.oneOf("the operation", operation, NAMES);
    const paging = PAGING[operation];
    if (paging === undefined) {
      throw new RangeError(`\`${operation}\` returns no list in pages: use \`request\``);
    }
    return items<Item>((page) => this.request(operation, page), paging, checks.object("the body", body));
  }

  async #call<T>(attempt: () => Promise<T>, commandId: string | undefined): Promise<T> {
    try {
      return await this.#waiting.until(retried(this.#retry, attempt), commandId);
    } catch (error) {
      if (error instanceof Unanswered) {
        const message = `${error.message}; tried for ${this.#retry.deadlineMs} ms`;
        throw new NoAnswer(message, commandId, { cause: error });
      }
      throw error;
    }
  }
}

/** The body with the id that all attempts share. */
function withCommandId(operation: string, body: object): Sent {
  const given = checks.object("the body", body) as Sent;
  return COMMANDS.has(operation) ? { ...given, command_id: given.command_id ?? newId() } : given;
}

/** A random UUID, also on pages that were not loaded over TLS, which have no `crypto.randomUUID`. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
