// The events of a tenant: through a durable consumer, or from any point of the past.

import { AckPolicy, DeliverPolicy, JetStreamApiError } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { Checkpoint } from "./checkpoint.js";
import * as checks from "./checks.js";
import { ConsumerUnusable, NoAnswer } from "./errors.js";
import type { PlansyncEvent } from "./event.js";
import { KINDS } from "./generated/kinds.js";
import type { EventBodies } from "./generated/kinds.js";
import { replayed } from "./replay.js";
import { explained, Stream, STREAM } from "./stream.js";
import { Subscriber } from "./subscriber.js";
import { Waiting } from "./waiting.js";

/** The code of the server for a consumer that exists with other settings. */
const CONSUMER_EXISTS = 10148;
const BATCH_MAX = 200;
const ACK_PENDING_MAX = 10_000;
const DURABLE_OPTIONS = ["kinds", "start", "ackWaitMs", "maxAckPending"];

/** Such as `sync.target`. */
export type EventKind = keyof EventBodies;

export interface ReplayOptions {
  /** Only these kinds, such as `sync.target`; all, if it is left out. */
  kinds?: EventKind[];
}

export interface DurableOptions extends ReplayOptions {
  /** Where a new consumer begins: with the first event (`all`), or with the next one (`new`). */
  start?: "all" | "new";
  /** After this time, an event that was not acknowledged comes again; 30 seconds if it is left out. */
  ackWaitMs?: number;
  /**
   * With more than 1, several events are under way at a time; they are then delivered at least once and perhaps out of
   * order, and `after` refuses the consumer.
   */
  maxAckPending?: number;
}

/** The events of one tenant. */
export class Events {
  readonly #connection: NatsConnection;
  readonly #tenant: string;
  readonly #stream: Stream;

  constructor(connection: NatsConnection, tenant: string, apiPrefix = "$JS.API", waiting?: Waiting) {
    checks.connection("the connection", connection);
    this.#connection = connection;
    this.#tenant = checks.token("tenant", tenant);
    this.#stream = new Stream(connection, checks.apiPrefix(apiPrefix), waiting ?? new Waiting(connection));
  }

  /** The same events, through another prefix of the JetStream API, if the stream is in another account. */
  through(apiPrefix: string): Events {
    return new Events(this.#connection, this.#tenant, checks.apiPrefix(apiPrefix), this.#stream.waiting);
  }

  /** Reads a durable consumer that the operator made. Needs no permission to create or to look at consumers. */
  bind(name: string): Subscriber {
    return new Subscriber(this.#stream, checks.consumer(name), 1);
  }

  /** Makes a durable consumer, or finds the one that this made before, and reads it. */
  async durable(name: string, options: DurableOptions = {}): Promise<Subscriber> {
    checks.consumer(name);
    checks.options("the options of `durable`", options, DURABLE_OPTIONS);
    const { kinds, start = "all", ackWaitMs = 30_000, maxAckPending = 1 } = options;
    checks.oneOf("`start`", start, ["all", "new"]);
    const config = {
      durable_name: name,
      filter_subjects: this.#subjects(kinds),
      deliver_policy: start === "new" ? DeliverPolicy.New : DeliverPolicy.All,
      ack_policy: AckPolicy.Explicit,
      ack_wait: Math.round(checks.milliseconds("`ackWaitMs`", ackWaitMs) * 1e6),
      max_ack_pending: checks.whole("`maxAckPending`", maxAckPending, 1, ACK_PENDING_MAX),
    };
    this.#stream.waiting.check();
    try {
      const manager = await this.#stream.manager();
      await this.#stream.waiting.until(manager.consumers.add(STREAM, config));
    } catch (given) {
      const error = explained(given);
      if (error instanceof Error && ["TimeoutError", "RequestError", "NoRespondersError"].includes(error.name)) {
        const what = `the durable consumer \`${name}\` could not be made: the NATS server does not answer`;
        const why = "it may be starting, or without JetStream, or this user may not make consumers (then use `bind`)";
        throw new NoAnswer(`${what}; ${why}`, undefined, { cause: error });
      }
      if (error instanceof JetStreamApiError) {
        const what =
          error.code === CONSUMER_EXISTS
            ? `the durable consumer \`${name}\` exists with other settings (tenant, kinds, start or acknowledgement), ` +
              "and was not changed: choose another name, or read it as it is with `bind`"
            : `the durable consumer \`${name}\` could not be made: ${error.message}`;
        throw new ConsumerUnusable(what, { cause: error });
      }
      throw error;
    }
    return new Subscriber(this.#stream, name, Math.min(maxAckPending, BATCH_MAX));
  }

  /**
   * All events after a checkpoint, from a position or from a time on, and then those that happen.
   *
   * An event with `pending === 0` is the last one for now: after it, this waits.
   */
  replay(
    start?: Checkpoint | string | number | Date | null,
    options: ReplayOptions = {},
  ): AsyncGenerator<PlansyncEvent, void, undefined> {
    checks.options("the options of `replay`", options, ["kinds"]);
    checkBeginning(start);
    const after = typeof start === "string" ? Checkpoint.parse(start) : start;
    return replayed(this.#stream, this.#subjects(options.kinds), {
      after: after instanceof Checkpoint ? after : undefined,
      position: typeof after === "number" ? after : undefined,
      time: after instanceof Date ? after : undefined,
    });
  }

  #subjects(kinds: EventKind[] | undefined): string[] {
    const tenant = `plansync.v1.evt.${this.#tenant}`;
    const filters = checks.kinds(kinds, KINDS).map((kind) => `${tenant}.${kind.replace(".", ".*.")}`);
    return filters.length > 0 ? filters : [`${tenant}.>`];
  }
}

/** Throws unless a replay can begin there. */
function checkBeginning(start: unknown): void {
  if (typeof start === "number") {
    checks.whole("the position where a replay begins", start, 0);
  } else if (start instanceof Date) {
    if (Number.isNaN(start.getTime())) {
      throw new RangeError("the time where a replay begins is no time (Invalid Date)");
    }
  } else if (start !== undefined && start !== null && typeof start !== "string" && !(start instanceof Checkpoint)) {
    const what = "a replay begins after a checkpoint, from a position or from a time on";
    throw new TypeError(`${what}, and not at ${checks.shown(start)}`);
  }
}
