// The stream of events, as this user reaches it.

import { JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import type { JetStreamManager } from "@nats-io/jetstream";
import { ClosedConnectionError } from "@nats-io/nats-core";
import type { NatsConnection } from "@nats-io/nats-core";
import { Closed, ConsumerUnusable, MAKES_STREAMS } from "./errors.js";
import type { Waiting } from "./waiting.js";

export const STREAM = "PLANSYNC_EVENTS";

export class Stream {
  readonly connection: NatsConnection;
  readonly apiPrefix: string;

  readonly waiting: Waiting;

  constructor(connection: NatsConnection, apiPrefix: string, waiting: Waiting) {
    this.connection = connection;
    this.apiPrefix = apiPrefix;
    this.waiting = waiting;
  }

  /** Creates consumers and looks at them; needs permissions that reading does not. */
  manager(): Promise<JetStreamManager> {
    return jetstreamManager(this.connection, { apiPrefix: this.apiPrefix, checkAPI: false, timeout: 5_000 });
  }
}

/** The code of the server for a stream that does not exist. */
const STREAM_NOT_FOUND = 10_059;

/** What a program is told of an error of the API, if there is more to say. */
export function explained(error: unknown): unknown {
  if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) {
    return new ConsumerUnusable(`there is no stream ${STREAM}: ${MAKES_STREAMS}`, { cause: error });
  }
  return error instanceof ClosedConnectionError ? new Closed("the connection is closed", undefined, { cause: error }) : error;
}
