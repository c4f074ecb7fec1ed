// The stream of events, as this user reaches it.

import { jetstreamManager } from "@nats-io/jetstream";
import type { JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";

export const STREAM = "PLANSYNC_EVENTS";

export class Stream {
  readonly connection: NatsConnection;
  readonly apiPrefix: string;

  constructor(connection: NatsConnection, apiPrefix: string) {
    this.connection = connection;
    this.apiPrefix = apiPrefix;
  }

  /** Creates consumers and looks at them; needs permissions that reading does not. */
  manager(): Promise<JetStreamManager> {
    return jetstreamManager(this.connection, { apiPrefix: this.apiPrefix, checkAPI: false, timeout: 5_000 });
  }
}
