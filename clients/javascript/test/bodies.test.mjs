// Bodies and replies in both encodings, held against the examples of the wire protocol.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { decode as unpack, encode as pack } from "@msgpack/msgpack";
import { decode, encode } from "../dist/bodies.js";

const GOLDEN = new URL("../../../proto-schemas/golden/", import.meta.url);
const UUID = "00000000-0000-0000-0000-000000000000";

test("both encodings of every example have one form", () => {
  let count = 0;
  for (const file of readdirSync(GOLDEN).filter((name) => name.endsWith(".json"))) {
    for (const [part, { json, msgpack }] of Object.entries(JSON.parse(readFileSync(new URL(file, GOLDEN))))) {
      const text = new TextEncoder().encode(JSON.stringify(json));
      assert.deepEqual(decode(Buffer.from(msgpack, "hex"), "application/msgpack"), json, `${file} ${part}`);
      assert.deepEqual(decode(text, "Application/JSON; charset=utf-8"), json, `${file} ${part}`);
      count += 1;
    }
  }
  assert.ok(count > 70, `only ${count} examples`);
});

test("a time may be a Date", () => {
  const body = { review_at: new Date("2026-11-23T09:30:00.000Z"), left_out: undefined };
  assert.deepEqual(unpack(encode(body, "msgpack")), { review_at: "2026-11-23T09:30:00.000Z" });
  assert.deepEqual(JSON.parse(Buffer.from(encode(body, "json"))), { review_at: "2026-11-23T09:30:00.000Z" });
});

test("without a media type the first byte decides", () => {
  assert.deepEqual(decode(Buffer.from('{"a": 1}'), undefined), { a: 1 });
  assert.deepEqual(decode(pack({ a: 1 }), undefined), { a: 1 });
});

test("an unknown media type is an error", () => {
  assert.throws(() => decode(Buffer.from("hello"), "text/plain"), /text\/plain/);
});

test("sixteen bytes are a UUID except where bytes belong", () => {
  const sixteen = new Uint8Array(16);
  const packed = pack({ learner: sixteen, bytes: sixteen, ids: [sixteen], short: new Uint8Array([1]) });
  assert.deepEqual(decode(packed, "application/msgpack"), {
    learner: UUID,
    bytes: "AAAAAAAAAAAAAAAAAAAAAA==",
    ids: [UUID],
    short: "AQ==",
  });
});
