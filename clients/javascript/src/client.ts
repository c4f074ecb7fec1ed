// The client: operations as requests, as durable commands and as lists, and events.

import type { NatsConnection } from "@nats-io/nats-core";
import type { Encoding } from "./bodies.js";
import { Sender } from "./durable.js";
import type { DurableCommand } from "./durable.js";
import { NoAnswer, Unanswered } from "./errors.js";
import { Events } from "./events.js";
import { COMMANDS, Operations, PAGING } from "./generated/operations.js";
import type { Operating } from "./operating.js";
import { items } from "./pages.js";
import { RETRY, retried } from "./retry.js";
import type { Retry } from "./retry.js";
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

/** One actor of one tenant. */
export class Plansync extends Operations implements Operating {
  readonly #wire: Wire;
  readonly #options: PlansyncOptions;
  readonly #retry: Retry;
  readonly #sender: Sender;

  constructor(connection: NatsConnection, options: PlansyncOptions) {
    const late: { client?: Plansync } = {};
    super({
      request: (operation, body) => late.client!.request(operation, body),
      durable: (operation, body) => late.client!.durable(operation, body),
      all: (operation, body) => late.client!.all(operation, body),
    });
    late.client = this;
    this.#wire = new Wire(connection, options.tenant, options.actor, options.encoding ?? "msgpack");
    this.#options = options;
    this.#retry = { ...RETRY, ...options.retry };
    this.#sender = new Sender(this.#wire, this.#retry, options.events);
  }

  /** The events of the tenant. */
  get events(): Events {
    return new Events(this.#options.events ?? this.#wire.connection, this.#wire.tenant);
  }

  /** Another actor of the same tenant, on the same connection. */
  actingAs(actor: string): Plansync {
    return new Plansync(this.#wire.connection, { ...this.#options, actor });
  }

  /** Carries out an operation by its name, and returns its reply. */
  async request<Reply = unknown>(operation: string, body: object = {}): Promise<Reply> {
    const sent = withCommandId(operation, body);
    const attempt = () => this.#wire.request(operation, sent, this.#retry.attemptTimeoutMs);
    return (await this.#call(attempt, sent.command_id)) as Reply;
  }

  /** Stores a command by its name, and resolves when the stream has it. */
  async durable<Reply = unknown>(operation: string, body: object = {}): Promise<DurableCommand<Reply>> {
    if (!COMMANDS.has(operation)) {
      throw new TypeError(`\`${operation}\` is no command: it cannot be sent as a durable one`);
    }
    const call = (attempt: () => Promise<number>, commandId: string | undefined) => this.#call(attempt, commandId);
    return this.#sender.send<Reply>(operation, withCommandId(operation, body), call);
  }

  /** All items of a list, by the name of its operation. */
  all<Item = unknown>(operation: string, body: object = {}): AsyncGenerator<Item, void, undefined> {
    const paging = PAGING[operation];
    if (paging === undefined) {
      throw new TypeError(`\`${operation}\` returns no list in pages`);
    }
    return items<Item>((page) => this.request(operation, page), paging, body);
  }

  async #call<T>(attempt: () => Promise<T>, commandId: string | undefined): Promise<T> {
    try {
      return await retried(this.#retry, attempt);
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
  const given = body as Sent;
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
