// Lists, page by page.

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
export async function* items<Item>(
  request: (body: Body) => Promise<Reply>,
  paging: Paging,
  given: object,
): AsyncGenerator<Item, void, undefined> {
  let body: Body = paging.pinnedBy === "hold" ? { ...given, hold: true } : { ...given };
  let size = (body["page_size"] as number | undefined) ?? PAGE_SIZE;
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
