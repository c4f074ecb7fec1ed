// A message of a stream: where it is, and how it is acknowledged.

import type { Msg, NatsConnection } from "@nats-io/nats-core";

/** What the server says of a message in its reply subject. */
export interface Place {
  deliveryCount: number;
  streamSequence: number;
  consumerSequence: number;
  pending: number;
}

export class StreamMessage {
  readonly msg: Msg;
  readonly place: Place;
  readonly #connection: NatsConnection;
  #isAnswered = false;
  #isAcknowledged = false;

  constructor(connection: NatsConnection, msg: Msg) {
    this.#connection = connection;
    this.msg = msg;
    this.place = placeOf(msg.reply ?? "");
  }

  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  get isAcknowledged(): boolean {
    return this.#isAcknowledged;
  }

  ack(): void {
    this.#isAcknowledged = true;
    this.#answer("+ACK");
  }

  nak(delayMs = 0): void {
    this.#answer(delayMs > 0 ? `-NAK ${JSON.stringify({ delay: delayMs * 1_000_000 })}` : "-NAK");
  }

  working(): void {
    this.#connection.publish(this.msg.reply ?? "", "+WPI");
  }

  #answer(text: string): void {
    this.#isAnswered = true;
    this.#connection.publish(this.msg.reply ?? "", text);
  }
}

/** `$JS.ACK.<stream>.<consumer>.<…>`, or with domain and account before the stream and a token at the end. */
function placeOf(reply: string): Place {
  const tokens = reply.split(".").slice(2);
  const own = tokens.length > 7 ? tokens.slice(2, 9) : tokens;
  const [delivered, stream, consumer, , pending] = own.slice(2).map(Number);
  return {
    deliveryCount: delivered ?? 1,
    streamSequence: stream ?? 0,
    consumerSequence: consumer ?? 0,
    pending: pending ?? 0,
  };
}
