// Messages of a pull consumer, one after the other, through lost connections and restarts of the server.

import { createInbox } from "@nats-io/nats-core";
import type { Msg, NatsConnection, Status, Subscription } from "@nats-io/nats-core";
import { STREAM } from "./stream.js";
import type { Stream } from "./stream.js";
import { StreamMessage } from "./stream_message.js";
import type { Waiting } from "./waiting.js";

const EXPIRES_MS = 30_000;
const HEARTBEAT_MS = 2_000;

/** The consumer was deleted, or does not exist. */
export class ConsumerGone extends Error {}

/** Asks for messages, `batch` at a time. */
export class Pull {
  readonly #connection: NatsConnection;
  readonly #subject: string;
  readonly #batch: number;
  readonly #inboxPrefix: string | undefined;
  #inbox: Subscription | undefined;
  #received: Msg[] = [];
  #wake: () => void = () => {};
  #awaited = 0;
  #isClosed = false;
  readonly #status: AsyncIterable<Status> & { stop?: () => void };

  readonly #waiting: Waiting;

  constructor({ connection, apiPrefix, waiting }: Stream, consumer: string, batch: number) {
    this.#connection = connection;
    this.#waiting = waiting;
    this.#subject = `${apiPrefix}.CONSUMER.MSG.NEXT.${STREAM}.${consumer}`;
    this.#batch = batch;
    this.#inboxPrefix = (connection as unknown as { options?: { inboxPrefix?: string } }).options?.inboxPrefix;
    this.#status = connection.status();
    void this.#watch();
  }

  /**
   * The next message, or undefined when it is closed. Throws `ConsumerGone`, also if nobody answers for the consumer, and
   * `Closed` when the client or the connection is closed.
   */
  async next(): Promise<StreamMessage | undefined> {
    for (;;) {
      this.#waiting.check();
      if (this.#isClosed) {
        return undefined;
      }
      const msg = this.#received.shift();
      if (msg === undefined) {
        await this.#more();
      } else if (this.#isMessage(msg)) {
        this.#awaited = Math.max(0, this.#awaited - 1);
        return new StreamMessage(this.#connection, msg);
      }
    }
    return undefined;
  }

  /** Ends it; returns the messages that were received and not yet taken. */
  close(): StreamMessage[] {
    this.#isClosed = true;
    this.#inbox?.unsubscribe();
    this.#status.stop?.();
    this.#wake();
    const left = this.#received.filter((msg) => !msg.headers?.code);
    this.#received = [];
    return left.map((msg) => new StreamMessage(this.#connection, msg));
  }

  /** Waits for what was asked for; if not even a heartbeat comes, the server has forgotten it. */
  async #more(): Promise<void> {
    if (this.#awaited === 0) {
      this.#ask();
    }
    const isHeard = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), 2 * HEARTBEAT_MS + 500);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
    if (!isHeard) {
      this.#awaited = 0;
    }
  }

  #ask(): void {
    this.#inbox ??= this.#connection.subscribe(createInbox(this.#inboxPrefix), {
      callback: (error, msg) => {
        if (error === null) {
          this.#received.push(msg);
        }
        this.#wake();
      },
    });
    const asked = { batch: this.#batch, expires: EXPIRES_MS * 1e6, idle_heartbeat: HEARTBEAT_MS * 1e6 };
    this.#connection.publish(this.#subject, JSON.stringify(asked), { reply: this.#inbox.getSubject() });
    this.#awaited = this.#batch;
  }

  #isMessage(msg: Msg): boolean {
    const status = msg.headers?.code ?? 0;
    const description = msg.headers?.description ?? "";
    if (status === 0) {
      return true;
    }
    if (status === 503 || description.includes("Consumer Deleted")) {
      this.#awaited = 0;
      throw new ConsumerGone(description || "nobody answers for the consumer");
    }
    if (status !== 100) {
      this.#awaited = 0;
    }
    return false;
  }

  /** With a lost connection, the server forgets what was asked. */
  async #watch(): Promise<void> {
    for await (const status of this.#status) {
      if (status.type === "reconnect" || status.type === "close") {
        this.#awaited = 0;
        this.#wake();
      }
    }
  }
}
