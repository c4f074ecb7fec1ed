// Events through a durable consumer: a subscriber that was away misses nothing.

import { JetStreamApiError } from "@nats-io/jetstream";
import type { Consumer, ConsumerInfo, ConsumerMessages, JetStreamClient, JsMsg } from "@nats-io/jetstream";
import { Checkpoint } from "./checkpoint.js";
import { ConsumerUnusable } from "./errors.js";
import { eventOf } from "./event.js";
import type { PlansyncEvent } from "./event.js";

export const STREAM = "PLANSYNC_EVENTS";
/** How long one pull lasts; the server sends heartbeats at half of it. */
export const PULL_MS = 5_000;
/** The error code of the JetStream API. */
const CONSUMER_NOT_FOUND = 10_014;

/** An event that is delivered again until it is acknowledged. */
export class Delivery {
  readonly event: PlansyncEvent;
  readonly #msg: JsMsg;
  #isAcknowledged = false;

  /** @internal */
  constructor(event: PlansyncEvent, msg: JsMsg) {
    this.event = event;
    this.#msg = msg;
  }

  /** 1, or more if it was delivered before. */
  get attempt(): number {
    return this.#msg.info.deliveryCount;
  }

  get isAcknowledged(): boolean {
    return this.#isAcknowledged;
  }

  /** It is processed, and must not come again. */
  ack(): void {
    this.#isAcknowledged = true;
    this.#msg.ack();
  }

  /** It could not be processed, and is to come again. */
  retryLater(delayMs = 0): void {
    this.#isAcknowledged = true;
    this.#msg.nak(delayMs || undefined);
  }

  /** It is still being processed: the time until it comes again begins anew. */
  working(): void {
    this.#msg.working();
  }
}

/** Reads a durable consumer. */
export class Subscriber {
  readonly #js: JetStreamClient;
  readonly #name: string;
  readonly #batch: number;
  readonly #open = new Set<ConsumerMessages>();

  /** @internal */
  constructor(js: JetStreamClient, name: string, batch: number) {
    this.#js = js;
    this.#name = name;
    this.#batch = batch;
  }

  /** Events at least once. What was not acknowledged when the loop ends comes again at once. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Delivery, void, undefined> {
    const messages = await this.#consumer().consume({
      max_messages: this.#batch,
      expires: PULL_MS,
      idle_heartbeat: PULL_MS / 2,
      abort_on_missing_resource: true,
    });
    this.#open.add(messages);
    let last: Delivery | undefined;
    try {
      for await (const msg of messages) {
        const event = eventOf(msg);
        if (event === undefined) {
          msg.ack();
          continue;
        }
        last = new Delivery(event, msg);
        yield last;
      }
    } catch (error) {
      throw isMissing(error) ? this.#missing(error) : error;
    } finally {
      this.#open.delete(messages);
      if (last !== undefined && !last.isAcknowledged) {
        last.retryLater();
      }
      await messages.close();
    }
  }

  /**
   * Events that the checkpoint does not cover, each once, in order.
   *
   * Store `delivery.event.checkpoint` in the same transaction as the data, then acknowledge. Events that come again
   * although they are in the data are acknowledged and skipped.
   */
  async *after(checkpoint: Checkpoint | string | null | undefined): AsyncGenerator<Delivery, void, undefined> {
    await this.#checkOrder();
    let done = typeof checkpoint === "string" ? Checkpoint.parse(checkpoint) : checkpoint;
    for await (const delivery of this) {
      if (done?.covers(delivery.event.checkpoint)) {
        delivery.ack();
        continue;
      }
      yield delivery;
      if (!delivery.isAcknowledged) {
        throw new ConsumerUnusable(
          `the event ${delivery.event.checkpoint} was neither acknowledged nor given back, and the next one must not ` +
            "be processed before it",
        );
      }
      done = delivery.event.checkpoint;
    }
  }

  /** Ends all loops over it. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((messages) => messages.close()));
  }

  /** Needs no permission but to ask for messages and to acknowledge them. */
  #consumer(): Consumer {
    const known = { stream_name: STREAM, name: this.#name, config: { ack_policy: "explicit" } };
    return this.#js.consumers.getConsumerFromInfo(known as unknown as ConsumerInfo);
  }

  /** With more than one event under way, an event could come after a later one, and be taken for done. */
  async #checkOrder(): Promise<void> {
    let info: ConsumerInfo;
    try {
      info = await (await this.#js.consumers.get(STREAM, this.#name)).info(true);
    } catch (error) {
      if (isMissing(error)) {
        throw this.#missing(error);
      }
      return; // not permitted to look: the operator's configuration is trusted
    }
    if (info.config.max_ack_pending !== 1) {
      throw new ConsumerUnusable(
        `the durable consumer \`${this.#name}\` has max_ack_pending ${info.config.max_ack_pending}; events are ` +
          "processed exactly once only with 1, because others may come out of order",
      );
    }
  }

  #missing(cause: unknown): ConsumerUnusable {
    const what = `the durable consumer \`${this.#name}\` of ${STREAM} does not exist`;
    return new ConsumerUnusable(`${what}; create it, or ask the operator to`, { cause });
  }
}

/** Whether the server says that the consumer does not exist. */
function isMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === CONSUMER_NOT_FOUND;
}
