// What is sent again, and when.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Refused } from "@plansync/client";
import { Unanswered } from "../dist/errors.js";
import { retried } from "../dist/retry.js";

const FAST = { attemptTimeoutMs: 100, deadlineMs: 30_000, firstDelayMs: 100, delayMsMax: 400 };

function failing(...errors) {
  return async () => {
    const error = errors.shift();
    if (error !== undefined) {
      throw error;
    }
    return "done";
  };
}

/** The pauses between attempts, which are not waited for. */
async function pauses(attempt) {
  const slept = [];
  const timer = mock.method(globalThis, "setTimeout", (wake, ms) => (slept.push(ms), queueMicrotask(wake)));
  const random = mock.method(Math, "random", () => 1);
  try {
    assert.equal(await retried(FAST, attempt), "done");
  } finally {
    timer.mock.restore();
    random.mock.restore();
  }
  return slept;
}

test("pauses double up to their bound", async () => {
  const busy = new Refused("unavailable", "x", {});
  const errors = [new Unanswered("x"), busy, new Unanswered("x"), new Unanswered("x")];
  assert.deepEqual(await pauses(failing(...errors)), [100, 200, 400, 400]);
});

test("a busy service says how long", async () => {
  const errors = [new Refused("overloaded", "x", { retry_after_ms: 2_500 })];
  assert.deepEqual(await pauses(failing(...errors)), [2_600]);
});

test("other refusals stay", async () => {
  const error = new Refused("version_conflict", "x", {});
  await assert.rejects(retried(FAST, failing(error, new Unanswered("never thrown"))), error);
});

test("the last error is thrown when the time is up", async () => {
  const attempt = async () => {
    throw new Unanswered("still nobody");
  };
  await assert.rejects(retried({ ...FAST, deadlineMs: 300, firstDelayMs: 20 }, attempt), /still nobody/);
});
