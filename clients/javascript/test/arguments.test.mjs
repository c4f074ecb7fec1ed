// Arguments that are wrong are errors at once: nothing is connected or sent.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Checkpoint, Events, NotConnected, Plansync } from "@plansync/client";

/** A connection that fails the test if anything is sent. */
function unused() {
  const fail = () => assert.fail("something was sent");
  return { request: fail, publish: fail, subscribe: fail, closed: () => new Promise(() => {}), isClosed: () => false };
}

const college = new Plansync(unused(), { tenant: "northgate", actor: "system" });

const KINDS = [
  [["sync"], RangeError, /did you mean `sync.cancelled` or `sync.completed` or `sync.started` or `sync.target`\?/],
  [["sync.targets"], RangeError, /did you mean `sync.target`\?/],
  [["nobody.moved"], RangeError, /known \(known: command.accepted, .*, sync.target\)/],
  [[], RangeError, /empty/],
  [["sync.target", "sync.target"], RangeError, /`sync.target` twice/],
  ["sync.target", TypeError, /is an array of kinds/],
  [null, TypeError, /is an array of kinds/],
  [[null], TypeError, /is a text/],
  [new Set(["sync.target"]), TypeError, /is an array of kinds/],
];

for (const [kinds, type, message] of KINDS) {
  test(`the kinds ${JSON.stringify(kinds)} are refused`, async () => {
    const isRight = (error) => error instanceof type && message.test(error.message);
    assert.throws(() => college.events.replay(null, { kinds }), isRight);
    await assert.rejects(college.events.durable("outcomes", { kinds }), isRight);
  });
}

test("options that do not exist are refused", async () => {
  assert.throws(() => college.events.replay(null, { kind: ["sync.target"] }), /did you mean `kinds`/);
  await assert.rejects(college.events.durable("outcomes", { ackWait: 5 }), /did you mean `ackWaitMs`/);
  const make = (options) => () => new Plansync(unused(), { tenant: "t", actor: "a", ...options });
  assert.throws(make({ encodings: "json" }), /did you mean `encoding`/);
  assert.throws(make({ retry: { deadlineMS: 5 } }), /did you mean `deadlineMs`/);
  assert.throws(make({ events: true }), /`events` is a connection/);
  assert.throws(make({ encoding: "xml" }), /known: json, msgpack/);
});

for (const value of [0, -1, NaN, Infinity, "5", null, true, [1]]) {
  test(`the time ${String(value)} is refused`, async () => {
    const make = (retry) => () => new Plansync(unused(), { tenant: "t", actor: "a", retry });
    assert.throws(make({ attemptTimeoutMs: value }), /attemptTimeoutMs/);
    assert.throws(make({ deadlineMs: value }), /deadlineMs/);
    await assert.rejects(college.events.durable("outcomes", { ackWaitMs: value }), /ackWaitMs/);
    const options = { tenant: "t", actor: "a", connectMsMax: value };
    await assert.rejects(Plansync.connect(() => assert.fail("connected"), options), /connectMsMax/);
  });
}

for (const value of [0, -1, 1.5, NaN, "1", true]) {
  test(`the count ${String(value)} is refused`, async () => {
    await assert.rejects(college.events.durable("outcomes", { maxAckPending: value }), /maxAckPending/);
    assert.throws(() => college.all("learner.list", { page_size: value }), /page_size/);
  });
}

for (const value of ["", "north gate", "a.b", "*", ">", "é", "x".repeat(65), "a\n", null, undefined, 7]) {
  test(`the tenant and actor ${JSON.stringify(value)} are refused`, async () => {
    assert.throws(() => new Plansync(unused(), { tenant: value, actor: "a" }), /tenant/);
    assert.throws(() => new Plansync(unused(), { tenant: "t", actor: value }), /actor/);
    assert.throws(() => college.actingAs(value), /actor/);
    const connect = () => assert.fail("connected");
    await assert.rejects(Plansync.connect(connect, { tenant: value, actor: "a" }), /tenant/);
  });
}

for (const value of ["", "a.b", "a b", "a*", ">", "a/b", "a\\b", "a\t", "x".repeat(256), undefined, 7]) {
  test(`the consumer ${JSON.stringify(value)} is refused`, async () => {
    assert.throws(() => college.events.bind(value), /the name of a consumer/);
    await assert.rejects(college.events.durable(value), /the name of a consumer/);
  });
}

for (const value of ["", "$JS.API.", ".a", "a..b", "a.>", "a b", undefined]) {
  test(`the prefix ${JSON.stringify(value)} is refused`, async () => {
    assert.throws(() => college.events.through(value), /the prefix of the JetStream API/);
    if (value !== undefined) {
      const options = { tenant: "t", actor: "a", inboxPrefix: value };
      await assert.rejects(Plansync.connect(() => assert.fail("connected"), options), /inboxPrefix/);
    }
  });
}

test("operations and bodies are checked", async () => {
  await assert.rejects(college.request("learner.putt"), /did you mean `learner.put`\?/);
  await assert.rejects(college.durable("learner.putt"), /did you mean `learner.put`\?/);
  await assert.rejects(college.durable("learner.get"), /use `request`/);
  assert.throws(() => college.all("learner.get"), /returns no list/);
  for (const body of [null, [1], "text", 7]) {
    await assert.rejects(college.request("tenant.get", body), /the body is an object/);
  }
  await assert.rejects(college.request("tenant.get", { x: "y".repeat(262_144) }), /the limit is 262144/);
  for (const value of [NaN, Infinity, new Date(NaN)]) {
    await assert.rejects(college.request("tenant.get", { deep: [{ x: value }] }), /`x` is .*, which no body can contain/);
  }
  for (const field of ["page", "hold", "at"]) {
    assert.throws(() => college.all("learner.list", { [field]: 1 }), /is set for each page/);
  }
});

test("places in the events are checked", () => {
  for (const start of [true, -1, 1.5, NaN, new Date(NaN), {}, "no checkpoint"]) {
    assert.throws(() => college.events.replay(start));
  }
  const subscriber = college.events.bind("outcomes");
  for (const other of [7, true, {}]) {
    assert.throws(() => subscriber.after(other), /a checkpoint is/);
  }
  assert.throws(() => subscriber.after("x"), /is no checkpoint/);
  subscriber.after(new Checkpoint("x", 1, 1));
});

test("connections are checked", async () => {
  const names = { tenant: "t", actor: "a" };
  assert.throws(() => new Plansync("nats://127.0.0.1:4222", names), TypeError);
  assert.throws(() => new Events(undefined, "t"), TypeError);
  await assert.rejects(Plansync.connect("nats://127.0.0.1:4222", names), /the first argument is `connect`/);
});

test("connecting is tried again until the time is up", async () => {
  let count = 0;
  const transport = async () => {
    count += 1;
    throw new Error("nobody there");
  };
  const options = { servers: "nats.example.org", tenant: "t", actor: "a", connectMsMax: 600 };
  const isRight = (error) => error instanceof NotConnected && /no connection to nats.example.org.*nobody there/.test(error.message);
  await assert.rejects(Plansync.connect(transport, options), isRight);
  assert.ok(count > 1, `${count} attempts`);
});

test("a connection that comes too late is closed", async () => {
  let close;
  const closed = new Promise((resolve) => (close = resolve));
  let made;
  const transport = () => new Promise((resolve) => (made = resolve));
  const connecting = Plansync.connect(transport, { tenant: "t", actor: "a", connectMsMax: 50 });
  await assert.rejects(connecting, NotConnected);
  made({ close });
  await closed;
});

test("closing ends what waits", async () => {
  const silent = { ...unused(), request: () => new Promise(() => {}) };
  const client = new Plansync(silent, { tenant: "t", actor: "a" });
  const other = client.actingAs("b");
  const waiting = [client.request("tenant.get"), other.tenant.put({ marking_aid: false, owner_rule: "keep" })];
  await client.close();
  const [read, command] = await Promise.allSettled(waiting);
  assert.deepEqual([read.reason.name, read.reason.commandId], ["Closed", undefined]);
  assert.equal(command.reason.name, "Closed");
  assert.match(command.reason.commandId, /^[0-9a-f-]{36}$/);
  await assert.rejects(client.request("tenant.get"), { name: "Closed" });
});
