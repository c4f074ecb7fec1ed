// The events of a tenant: through a durable consumer, or from any point of the past.

import { AckPolicy, DeliverPolicy, JetStreamApiError } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { Checkpoint } from "./checkpoint.js";
import { ConsumerUnusable } from "./errors.js";
import type { PlansyncEvent } from "./event.js";
import type { EventBodies } from "./generated/kinds.js";
import { replayed } from "./replay.js";
import { Stream, STREAM } from "./stream.js";
import { Subscriber } from "./subscriber.js";

/** The code of the server for a consumer that exists with other settings. */
const CONSUMER_EXISTS = 10148;
const BATCH_MAX = 200;

/** Such as `sync.target`. */
export type EventKind = keyof EventBodies | (string & {});

export interface DurableOptions {
  /** Only these kinds. */
  kinds?: EventKind[];
  /** Where a new consumer begins: with the first event (`all`), or with the next one (`new`). */
  start?: "all" | "new";
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

  constructor(connection: NatsConnection, tenant: string, apiPrefix = "$JS.API") {
    this.#connection = connection;
    this.#tenant = tenant;
    this.#stream = new Stream(connection, apiPrefix);
  }

  /** The same events, through another prefix of the JetStream API, if the stream is in another account. */
  through(apiPrefix: string): Events {
    return new Events(this.#connection, this.#tenant, apiPrefix);
  }

  /** Reads a durable consumer that the operator made. Needs no permission to create or to look at consumers. */
  bind(name: string): Subscriber {
    return new Subscriber(this.#stream, name, 1);
  }

  /** Makes a durable consumer, or finds the one that this made before, and reads it. */
  async durable(name: string, options: DurableOptions = {}): Promise<Subscriber> {
    const { kinds = [], start = "all", ackWaitMs = 30_000, maxAckPending = 1 } = options;
    const manager = await this.#stream.manager();
    try {
      await manager.consumers.add(STREAM, {
        durable_name: name,
        filter_subjects: this.#subjects(kinds),
        deliver_policy: start === "new" ? DeliverPolicy.New : DeliverPolicy.All,
        ack_policy: AckPolicy.Explicit,
        ack_wait: ackWaitMs * 1e6,
        max_ack_pending: maxAckPending,
      });
    } catch (error) {
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
    options: { kinds?: EventKind[] } = {},
  ): AsyncGenerator<PlansyncEvent, void, undefined> {
    const after = typeof start === "string" ? Checkpoint.parse(start) : start;
    return replayed(this.#stream, this.#subjects(options.kinds ?? []), {
      after: after instanceof Checkpoint ? after : undefined,
      position: typeof after === "number" ? after : undefined,
      time: after instanceof Date ? after : undefined,
    });
  }

  #subjects(kinds: string[]): string[] {
    const tenant = `plansync.v1.evt.${this.#tenant}`;
    const filters = kinds.map((kind) => `${tenant}.${kind.replace(".", ".*.")}`);
    return filters.length > 0 ? filters : [`${tenant}.>`];
  }
}
