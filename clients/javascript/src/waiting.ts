// What waits on a connection, and ends when the client or the connection is closed.

import type { NatsConnection } from "@nats-io/nats-core";
import { Closed } from "./errors.js";

interface Closable {
  close(): void;
}

/** What the clients on one connection wait for and have open. */
export class Waiting {
  readonly #waits = new Set<() => void>();
  readonly #open = new Set<Closable>();
  #isClosed = false;

  constructor(connection: NatsConnection) {
    void connection.closed().then(() => this.#end());
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Something to be closed before the connection, until it is removed. */
  add(opened: Closable): void {
    this.#open.add(opened);
  }

  remove(opened: Closable): void {
    this.#open.delete(opened);
  }

  /** Throws `Closed` after closing. */
  check(commandId?: string): void {
    if (this.#isClosed) {
      throw new Closed("the client or its connection is closed", commandId);
    }
  }

  /** Waits for the result. Closing ends this with `Closed`. */
  async until<T>(promise: Promise<T>, commandId?: string): Promise<T> {
    let end = (): void => {};
    const ended = new Promise<never>((_, reject) => {
      end = () => reject(new Closed("the client or its connection is closed", commandId));
    });
    if (this.#isClosed) {
      end();
    }
    this.#waits.add(end);
    try {
      return await Promise.race([promise, ended]);
    } finally {
      this.#waits.delete(end);
    }
  }

  /** Ends what waits, and gives back what was not acknowledged. */
  close(): void {
    this.#isClosed = true;
    for (const opened of [...this.#open]) {
      opened.close();
    }
    this.#end();
  }

  #end(): void {
    this.#isClosed = true;
    for (const end of [...this.#waits]) {
      end();
    }
  }
}
