// The first connection to a NATS server, within a time.

import { AuthorizationError, PermissionViolationError, UserAuthenticationExpiredError } from "@nats-io/nats-core";
import type { ConnectionOptions, NatsConnection } from "@nats-io/nats-core";
import * as checks from "./checks.js";
import { NotConnected } from "./errors.js";
import { sleep } from "./retry.js";

export const CONNECT_MS_MAX = 30_000;
const AGAIN_AFTER_MS = 250;

/** `connect` of `@nats-io/transport-node`, or `wsconnect` of `@nats-io/nats-core`. */
export type Transport = (options?: ConnectionOptions) => Promise<NatsConnection>;

/** Connects, and tries again until the time is up; a server that refuses the user is not asked again. */
export async function connected(
  transport: Transport,
  options: ConnectionOptions,
  withinMs: number,
): Promise<NatsConnection> {
  if (typeof transport !== "function") {
    const what = "the first argument is `connect` of `@nats-io/transport-node`, or `wsconnect` of `@nats-io/nats-core`";
    throw new TypeError(`${what}, and not ${checks.shown(transport)}`);
  }
  if (options.inboxPrefix !== undefined) {
    checks.inboxPrefix(options.inboxPrefix);
  }
  const end = Date.now() + checks.milliseconds("`connectMsMax`", withinMs);
  const where = [options.servers ?? "127.0.0.1:4222"].flat().join(", ");
  let reason: unknown;
  for (;;) {
    try {
      const connection = await attempt(transport, options, end - Date.now());
      if (connection !== undefined) {
        return connection;
      }
    } catch (error) {
      reason = error;
      if (isRefusal(error)) {
        const what = `the NATS server at ${where} refused the user: ${(error as Error).message}`;
        throw new NotConnected(`${what}; correct its name, password or credentials`, { cause: error });
      }
      if (!isPassing(error)) {
        throw error;
      }
    }
    if (Date.now() + AGAIN_AFTER_MS >= end) {
      const said = reason === undefined ? "" : ` (${(reason as Error).message})`;
      const advice = "start the NATS server (`plansync dev` starts one), or correct the address";
      throw new NotConnected(`no connection to ${where} within ${withinMs} ms${said}; ${advice}`, { cause: reason });
    }
    await sleep(AGAIN_AFTER_MS);
  }
}

/** One attempt; undefined if the time is up. A connection that comes too late is closed. */
async function attempt(
  transport: Transport,
  options: ConnectionOptions,
  withinMs: number,
): Promise<NatsConnection | undefined> {
  const connecting = transport({ maxReconnectAttempts: -1, ...options, timeout: options.timeout ?? withinMs });
  let isLate = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      isLate = true;
      resolve(undefined);
    }, withinMs);
  });
  connecting.then(
    (connection) => (isLate ? connection.close() : undefined),
    () => {},
  );
  try {
    return await Promise.race([connecting, late]);
  } finally {
    clearTimeout(timer);
  }
}

function isRefusal(error: unknown): boolean {
  const reasons = [error, (error as { cause?: unknown } | null)?.cause];
  const types = [AuthorizationError, UserAuthenticationExpiredError, PermissionViolationError];
  return reasons.some((each) => types.some((type) => each instanceof type));
}

/** Whether another attempt may succeed; options that NATS does not understand stay wrong. */
function isPassing(error: unknown): boolean {
  const name = error instanceof Error ? error.name : "";
  return !["InvalidArgumentError", "TypeError", "RangeError"].includes(name);
}
