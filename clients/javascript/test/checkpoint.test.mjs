// Which events a checkpoint covers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Checkpoint, OtherLog } from "@plansync/client";

const LOG = "0190a1b2-0000-7000-8000-00000000000a";
const at = (text) => Checkpoint.parse(`${LOG}.${text}`);

test("the text is read again", () => {
  for (const text of [`${LOG}.1/7`, `${LOG}.12/7@900`]) {
    assert.equal(String(Checkpoint.parse(text)), text);
  }
});

test("other text is refused", () => {
  for (const text of ["", "7", `${LOG}/7`, `${LOG}.1/`, `${LOG}.1/7@`, `${LOG}.1/-7`]) {
    assert.throws(() => Checkpoint.parse(text), TypeError);
  }
});

test("it covers its event and all before", () => {
  assert.equal(at("1/7@9").covers(at("1/7")), true);
  assert.equal(at("1/7").covers(at("1/6@90")), true);
  assert.equal(at("1/7").covers(at("1/8")), false);
});

test("a later incarnation uses positions again", () => {
  assert.equal(at("1/9").covers(at("2/6")), false);
  assert.equal(at("2/6").covers(at("1/9")), true);
});

test("another log is an error", () => {
  assert.throws(() => Checkpoint.parse("another.1/7").covers(at("1/1")), OtherLog);
});
