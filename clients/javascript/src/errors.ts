// What can go wrong: the service refuses, does not answer, or the events are not those that were expected.

import type { Details, ErrorCode } from "./generated/types.js";

/** Every error of this package. */
export class PlansyncError extends Error {
  override readonly name: string = "PlansyncError";
}

/** The service refused an operation, which has changed nothing. */
export class Refused extends PlansyncError {
  override readonly name = "Refused";
  /** The kind of refusal. A newer service may refuse with codes that this version does not list. */
  readonly code: ErrorCode | (string & {});
  readonly details: Details;
  readonly commandId: string | undefined;

  constructor(code: string, message: string, details: Details, commandId?: string) {
    super(message);
    this.code = code;
    this.details = details;
    this.commandId = commandId;
  }

  /** The error for the body of an error reply. */
  static of(body: unknown, commandId?: string): Refused {
    const error = (body as { error?: { code?: string; message?: string; details?: Details | null } } | null)?.error;
    const message = error?.message ?? "the service refused without a message";
    return new Refused(error?.code ?? "internal", message, error?.details ?? {}, commandId);
  }
}

/**
 * There was no answer until the time was up.
 *
 * Of a command, it is not known whether it was carried out: send it again with the same `command_id`, which changes
 * nothing twice and gets the first answer.
 */
export class NoAnswer extends PlansyncError {
  override readonly name = "NoAnswer";
  readonly commandId: string | undefined;

  constructor(message: string, commandId: string | undefined, options?: ErrorOptions) {
    super(message, options);
    this.commandId = commandId;
  }
}

/**
 * The client or its connection is closed, or was closed while this waited.
 *
 * Of a command, it is not known whether it was carried out: send it again, with another client and the same `command_id`.
 */
export class Closed extends PlansyncError {
  override readonly name = "Closed";
  readonly commandId: string | undefined;

  constructor(message: string, commandId?: string, options?: ErrorOptions) {
    super(message, options);
    this.commandId = commandId;
  }
}

/** No NATS server could be connected to, or the server refused the user. */
export class NotConnected extends PlansyncError {
  override readonly name = "NotConnected";
}

/** The NATS server does not allow this user to send on the subject, or to receive the reply; nothing was done. */
export class NotAuthorized extends PlansyncError {
  override readonly name = "NotAuthorized";
}

/** The NATS server refused to store a durable command, or has no stream for it. It will not be carried out. */
export class NotStored extends PlansyncError {
  override readonly name = "NotStored";
}

/** A checkpoint belongs to another log than the events. */
export class OtherLog extends PlansyncError {
  override readonly name = "OtherLog";
}

/** What to do if a stream is missing. */
export const MAKES_STREAMS =
  "start plansync once with this server (`plansync dev`, or `plansync serve` with its address), which makes its " +
  "streams; from then on, they are there while plansync is down, too";

/** The durable consumer or the stream of events does not exist, or cannot be used for what was asked. */
export class ConsumerUnusable extends PlansyncError {
  override readonly name = "ConsumerUnusable";
}

/** One attempt had no answer; the next may have one. */
export class Unanswered extends PlansyncError {
  override readonly name = "Unanswered";
}
