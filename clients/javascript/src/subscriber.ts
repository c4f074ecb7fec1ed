// Events through a durable consumer: a subscriber that was away misses nothing.

import { JetStreamApiError } from "@nats-io/jetstream";
import { Checkpoint } from "./checkpoint.js";
import * as checks from "./checks.js";
import { ConsumerUnusable } from "./errors.js";
import { eventOf } from "./event.js";
import type { PlansyncEvent } from "./event.js";
import { ConsumerGone, Pull } from "./pull.js";
import { sleep } from "./retry.js";
import { explained, STREAM } from "./stream.js";
import type { Stream } from "./stream.js";
import type { StreamMessage } from "./stream_message.js";

const GONE_RETRY_MS = 1_000;
/** The error code of the JetStream API. */
const CONSUMER_NOT_FOUND = 10_014;

/** An event that is delivered again until it is acknowledged. */
export class Delivery {
  readonly event: PlansyncEvent;
  readonly #message: StreamMessage;

  /** @internal */
  constructor(event: PlansyncEvent, message: StreamMessage) {
    this.event = event;
    this.#message = message;
  }

  /** 1, or more if it was delivered before. */
  get attempt(): number {
    return this.#message.place.deliveryCount;
  }

  get isAcknowledged(): boolean {
    return this.#message.isAcknowledged;
  }

  /** Whether it was acknowledged or given back. */
  get isAnswered(): boolean {
    return this.#message.isAnswered;
  }

  /** It is processed, and must not come again. */
  ack(): void {
    this.#message.ack();
  }

  /** It could not be processed, and is to come again. */
  retryLater(delayMs = 0): void {
    this.#message.nak(checks.milliseconds("`delayMs`", delayMs, { mayBeZero: true }));
  }

  /** It is still being processed: the time until it comes again begins anew. */
  working(): void {
    this.#message.working();
  }
}

/** Reads a durable consumer. */
export class Subscriber {
  readonly #stream: Stream;
  readonly #name: string;
  readonly #batch: number;
  readonly #pulls = new Set<{ close(): void }>();

  /** @internal */
  constructor(stream: Stream, name: string, batch: number) {
    this.#stream = stream;
    this.#name = name;
    this.#batch = batch;
  }

  /** Events at least once. What was not acknowledged when the loop ends comes again at once. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Delivery, void, undefined> {
    const pull = new Pull(this.#stream, this.#name, this.#batch);
    let last: StreamMessage | undefined;
    const open = { close: () => this.#giveBack([...(last ? [last] : []), ...pull.close()]) };
    this.#pulls.add(open);
    this.#stream.waiting.add(open);
    try {
      while ((last = await this.#next(pull)) !== undefined) {
        const event = eventOf(last);
        if (event === undefined) {
          last.ack();
        } else {
          yield new Delivery(event, last);
        }
      }
    } finally {
      this.#pulls.delete(open);
      this.#stream.waiting.remove(open);
      open.close();
    }
  }

  /**
   * Events that the checkpoint does not cover, each once, in order.
   *
   * Store `delivery.event.checkpoint` in the same transaction as the data, then acknowledge. Events that come again
   * although they are in the data are acknowledged and skipped.
   */
  after(checkpoint?: Checkpoint | string | null): AsyncGenerator<Delivery, void, undefined> {
    const done = typeof checkpoint === "string" ? Checkpoint.parse(checkpoint) : checkpoint;
    if (done !== undefined && done !== null && !(done instanceof Checkpoint)) {
      throw new TypeError(`a checkpoint is a \`Checkpoint\` or its text, and not ${checks.shown(done)}`);
    }
    return this.#after(done);
  }

  async *#after(stored: Checkpoint | undefined | null): AsyncGenerator<Delivery, void, undefined> {
    let done = stored;
    await this.#checkOrder();
    for await (const delivery of this) {
      if (done?.covers(delivery.event.checkpoint)) {
        delivery.ack();
        continue;
      }
      yield delivery;
      if (!delivery.isAnswered) {
        throw new ConsumerUnusable(
          `the event ${delivery.event.checkpoint} was neither acknowledged nor given back, and the next one must not ` +
            "be processed before it",
        );
      }
      if (delivery.isAcknowledged) {
        done = delivery.event.checkpoint;
      }
    }
  }

  /** Ends all loops over it, and gives back what they have not taken. */
  close(): void {
    for (const open of [...this.#pulls]) {
      open.close();
    }
  }

  /** With the connection closed, the server delivers them again by itself. */
  #giveBack(messages: StreamMessage[]): void {
    if (!this.#stream.connection.isClosed()) {
      messages.filter((message) => !message.isAnswered).forEach((message) => message.nak());
    }
  }

  async #next(pull: Pull): Promise<StreamMessage | undefined> {
    for (;;) {
      try {
        return await pull.next();
      } catch (error) {
        if (!(error instanceof ConsumerGone)) {
          throw error;
        }
        await this.#info();
        await sleep(GONE_RETRY_MS);
      }
    }
  }

  /** With more than one event under way, an event could come after a later one, and be taken for done. */
  async #checkOrder(): Promise<void> {
    const info = await this.#info();
    if (info !== undefined && info.config.max_ack_pending !== 1) {
      throw new ConsumerUnusable(
        `the durable consumer \`${this.#name}\` has max_ack_pending ${info.config.max_ack_pending}; events are ` +
          "processed exactly once only with 1, because others may come out of order",
      );
    }
  }

  /** What the server says of the consumer; undefined if it is starting, or if this user may not look. */
  async #info() {
    try {
      return await (await this.#stream.manager()).consumers.info(STREAM, this.#name);
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === CONSUMER_NOT_FOUND) {
        const what = `the durable consumer \`${this.#name}\` of ${STREAM} does not exist`;
        throw new ConsumerUnusable(`${what}; create it, or ask the operator to`, { cause: error });
      }
      const said = explained(error);
      if (said !== error) {
        throw said;
      }
      return undefined;
    }
  }
}
