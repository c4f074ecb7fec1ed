// When to send something again, and how long to wait before that.

import * as checks from "./checks.js";
import { Refused, Unanswered } from "./errors.js";

/**
 * Operations are sent again until `deadlineMs` is over.
 *
 * Between two attempts is a random time of up to `firstDelayMs`, which doubles up to `delayMsMax`; if the service says
 * how long to wait (`overloaded`), at least as long as it says.
 */
export interface Retry {
  /** The time for which one attempt waits for its answer. */
  attemptTimeoutMs: number;
  /** No attempt begins later than this after the first one. */
  deadlineMs: number;
  firstDelayMs: number;
  delayMsMax: number;
}

export const RETRY: Readonly<Retry> = {
  attemptTimeoutMs: 5_000,
  deadlineMs: 60_000,
  firstDelayMs: 100,
  delayMsMax: 5_000,
};

/** The policy with these values, and otherwise the usual ones. */
export function retryOf(given: Partial<Retry> | undefined): Retry {
  const retry = { ...RETRY, ...checks.options<Partial<Retry>>("`retry`", given ?? {}, Object.keys(RETRY)) };
  checks.milliseconds("`attemptTimeoutMs`", retry.attemptTimeoutMs);
  checks.milliseconds("`deadlineMs`", retry.deadlineMs);
  checks.milliseconds("`firstDelayMs`", retry.firstDelayMs, { mayBeZero: true });
  checks.milliseconds("`delayMsMax`", retry.delayMsMax, { mayBeZero: true });
  return retry;
}

/** Calls `attempt` until it succeeds, fails with an error that stays, or the time is up. */
export async function retried<T>(retry: Retry, attempt: () => Promise<T>): Promise<T> {
  const end = Date.now() + retry.deadlineMs;
  for (let bound = retry.firstDelayMs; ; bound = Math.min(bound * 2, retry.delayMsMax)) {
    try {
      return await attempt();
    } catch (error) {
      const delay = askedFor(error) + Math.random() * bound;
      if (!isPassing(error) || Date.now() + delay >= end) {
        throw error;
      }
      await sleep(delay);
    }
  }
}

/** Whether the same thing may succeed later. */
export function isPassing(error: unknown): boolean {
  const isBusy = error instanceof Refused && (error.code === "overloaded" || error.code === "unavailable");
  return isBusy || error instanceof Unanswered;
}

function askedFor(error: unknown): number {
  return error instanceof Refused ? (error.details.retry_after_ms ?? 0) : 0;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until the promise is settled, at most `ms`. Leaves no timer behind, which would keep a program running. */
export async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  try {
    await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
