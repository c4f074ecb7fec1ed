// The events of a tenant: through a durable consumer, or from any point of the past.

import { AckPolicy, DeliverPolicy, jetstream, JetStreamApiError } from "@nats-io/jetstream";
import type { JetStreamClient, JetStreamOptions, OrderedConsumerOptions } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { Checkpoint } from "./checkpoint.js";
import { ConsumerUnusable } from "./errors.js";
import { eventOf } from "./event.js";
import type { PlansyncEvent } from "./event.js";
import type { EventBodies } from "./generated/kinds.js";
import { PULL_MS, STREAM, Subscriber } from "./subscriber.js";

const REPLAY_BATCH = 200;

export type EventKind = keyof EventBodies | (string & {});

export interface DurableOptions {
  /** Only these kinds, such as `sync.target`. */
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

/** The events of one tenant. `options` has the prefix of the JetStream API, if the stream is in another account. */
export class Events {
  readonly #connection: NatsConnection;
  readonly #tenant: string;
  readonly #js: JetStreamClient;

  constructor(connection: NatsConnection, tenant: string, options: JetStreamOptions = {}) {
    this.#connection = connection;
    this.#tenant = tenant;
    this.#js = jetstream(connection, options);
  }

  /** The same events, through another prefix of the JetStream API. */
  through(apiPrefix: string): Events {
    return new Events(this.#connection, this.#tenant, { apiPrefix });
  }

  /** Reads a durable consumer that the operator made. */
  bind(name: string): Subscriber {
    return new Subscriber(this.#js, name, 1);
  }

  /** Makes a durable consumer, or finds the one that this made before, and reads it. */
  async durable(name: string, options: DurableOptions = {}): Promise<Subscriber> {
    const { kinds = [], start = "all", ackWaitMs = 30_000, maxAckPending = 1 } = options;
    const manager = await this.#js.jetstreamManager(false);
    try {
      await manager.consumers.add(STREAM, {
        durable_name: name,
        filter_subjects: this.#subjects(kinds),
        deliver_policy: start === "new" ? DeliverPolicy.New : DeliverPolicy.All,
        ack_policy: AckPolicy.Explicit,
        ack_wait: ackWaitMs * 1_000_000,
        max_ack_pending: maxAckPending,
      });
    } catch (error) {
      if (error instanceof JetStreamApiError) {
        throw new ConsumerUnusable(`the durable consumer \`${name}\` could not be made: ${error.message}`, {
          cause: error,
        });
      }
      throw error;
    }
    return new Subscriber(this.#js, name, Math.min(maxAckPending, REPLAY_BATCH));
  }

  /**
   * All events after a checkpoint, from a position or from a time on, and then those that happen.
   *
   * An event with `pending === 0` is the last one for now: after it, this waits. Nothing is acknowledged, and nothing
   * remains on the server.
   */
  async *replay(
    start?: Checkpoint | string | number | Date | null,
    options: { kinds?: EventKind[] } = {},
  ): AsyncGenerator<PlansyncEvent, void, undefined> {
    const subjects = this.#subjects(options.kinds ?? []);
    const done = typeof start === "string" ? Checkpoint.parse(start) : start instanceof Checkpoint ? start : undefined;
    const isHere = done?.sequence === undefined || (await this.#isAt(done, subjects));
    const from = isHere ? startOf(done, start) : { deliver_policy: DeliverPolicy.All };
    for await (const event of this.#read({ ...from, filter_subjects: subjects })) {
      const isBefore = typeof start === "number" && event.position < start;
      if (!isBefore && !done?.covers(event.checkpoint)) {
        yield event;
      }
    }
  }

  /** Whether the stream still has the event of a checkpoint where it was; otherwise the stream is another one. */
  async #isAt(checkpoint: Checkpoint, subjects: string[]): Promise<boolean> {
    const from = { ...startOf(checkpoint, checkpoint), filter_subjects: subjects };
    const consumer = await this.#js.consumers.get(STREAM, from);
    const first = await consumer.next({ expires: 1_000 });
    return first !== null && (eventOf(first)?.checkpoint.equals(checkpoint) ?? false);
  }

  async *#read(options: Partial<OrderedConsumerOptions>): AsyncGenerator<PlansyncEvent, void, undefined> {
    const consumer = await this.#js.consumers.get(STREAM, options);
    const messages = await consumer.consume({
      max_messages: REPLAY_BATCH,
      expires: PULL_MS,
      idle_heartbeat: PULL_MS / 2,
    });
    try {
      for await (const msg of messages) {
        const event = eventOf(msg);
        if (event !== undefined) {
          yield event;
        }
      }
    } finally {
      await messages.close();
    }
  }

  #subjects(kinds: string[]): string[] {
    const tenant = `plansync.v1.evt.${this.#tenant}`;
    const filters = kinds.map((kind) => `${tenant}.${kind.replace(".", ".*.")}`);
    return filters.length > 0 ? filters : [`${tenant}.>`];
  }
}

function startOf(done: Checkpoint | undefined, start: unknown): Partial<OrderedConsumerOptions> {
  if (done?.sequence !== undefined) {
    return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: done.sequence };
  }
  if (start instanceof Date) {
    return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: start.toISOString() };
  }
  return { deliver_policy: DeliverPolicy.All };
}
