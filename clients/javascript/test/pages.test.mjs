// Lists, page by page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused } from "@plansync/client";
import { items } from "../dist/pages.js";

const HELD = { field: "items", pinnedBy: "hold" };

/** Has a list, and remembers what it was asked for. */
class Service {
  bodies = [];

  constructor(total, sizeMax = 500) {
    this.total = total;
    this.sizeMax = sizeMax;
  }

  request = async (body) => {
    this.bodies.push(body);
    const { page, page_size: size } = body;
    if (size > this.sizeMax) {
      throw new Refused("page_too_large", "x", { page_size: this.sizeMax });
    }
    const numbers = Array.from({ length: this.total }, (_, index) => index);
    return { total: this.total, position: 9, version: 4, items: numbers.slice((page - 1) * size, page * size) };
  };

  async read(paging, body) {
    const read = [];
    for await (const item of items(this.request, paging, body)) {
      read.push(item);
    }
    return read;
  }
}

const upTo = (total) => Array.from({ length: total }, (_, index) => index);

test("every item comes once", async () => {
  for (const total of [0, 1, 2, 3, 4, 5]) {
    assert.deepEqual(await new Service(total).read(HELD, { page_size: 2 }), upTo(total));
  }
});

test("the first page is held and the others are of its position", async () => {
  const service = new Service(3);
  await service.read(HELD, { page_size: 2, search: "x" });
  assert.deepEqual(service.bodies, [
    { page_size: 2, search: "x", hold: true, page: 1 },
    { page_size: 2, search: "x", at: 9, page: 2 },
  ]);
});

test("the pages of a plan are of one version", async () => {
  const service = new Service(3);
  await service.read({ field: "items", pinnedBy: "at_version" }, { page_size: 2 });
  assert.deepEqual(service.bodies.map((body) => body.at_version), [undefined, 4]);
});

test("smaller pages lose nothing", async () => {
  for (const sizeMax of [1, 3, 7]) {
    assert.deepEqual(await new Service(10, sizeMax).read(HELD, { page_size: 8 }), upTo(10));
  }
});

test("a single item that is too large is an error", async () => {
  await assert.rejects(new Service(3, 0).read(HELD, {}), { code: "page_too_large" });
});
