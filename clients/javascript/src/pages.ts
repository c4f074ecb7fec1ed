// Lists, page by page.

import * as checks from "./checks.js";
import { Refused } from "./errors.js";

const PAGE_SIZE = 100;

/** How an operation returns its list. */
export interface Paging {
  /** The field of the reply that holds the items. */
  field: string;
  /** How all pages belong to the same state: a held reading, a version of the plan, or not at all. */
  pinnedBy: "hold" | "at_version" | null;
}

type Body = Record<string, unknown>;
type Reply = Record<string, unknown> & { total: number };

/** All items. A page that is too large for a reply is asked for again in smaller pages. */
export function items<Item>(
  request: (body: Body) => Promise<Reply>,
  paging: Paging,
  given: object,
): AsyncGenerator<Item, void, undefined> {
  const body = given as Body;
  const size = checks.whole("`page_size`", body["page_size"] ?? PAGE_SIZE, 1, checks.PAGE_SIZE_MAX);
  for (const field of ["page", "hold", "at"]) {
    if (body[field] !== undefined && body[field] !== null) {
      throw new RangeError(`\`${field}\` is set for each page of a list; leave it out, or ask for one page with \`request\``);
    }
  }
  return read(request, paging, body, size);
}

async function* read<Item>(
  request: (body: Body) => Promise<Reply>,
  paging: Paging,
  given: Body,
  sizeMax: number,
): AsyncGenerator<Item, void, undefined> {
  let body: Body = paging.pinnedBy === "hold" ? { ...given, hold: true } : { ...given };
  let size = sizeMax;
  for (let seen = 0; ; ) {
    let reply: Reply;
    try {
      reply = await request({ ...body, page: Math.floor(seen / size) + 1, page_size: size });
    } catch (error) {
      size = smaller(error, size);
      continue;
    }
    const page = reply[paging.field] as Item[];
    const rest = page.slice(seen % size);
    for (const item of rest) {
      yield item;
    }
    seen += rest.length;
    if (seen >= reply.total || page.length === 0) {
      return;
    }
    body = pinned(body, paging, reply);
  }
}

/** The page size that fits, if that is what was wrong. */
function smaller(error: unknown, size: number): number {
  const fits = error instanceof Refused && error.code === "page_too_large" ? error.details.page_size : undefined;
  if (!fits || fits >= size) {
    throw error;
  }
  return fits;
}

/** The body for the pages after the one with this reply. */
function pinned(body: Body, paging: Paging, reply: Reply): Body {
  if (paging.pinnedBy === "hold" && typeof reply["position"] === "number") {
    const { hold: _, ...others } = body;
    return { ...others, at: reply["position"] };
  }
  return paging.pinnedBy === "at_version" ? { ...body, at_version: reply["version"] } : body;
}
