// What the generated operations call.

import type { DurableCommand } from "./durable.js";

/** Carries out operations by name. */
export interface Operating {
  request<Reply>(operation: string, body: object): Promise<Reply>;
  durable<Reply>(operation: string, body: object): Promise<DurableCommand<Reply>>;
  all<Item>(operation: string, body: object): AsyncGenerator<Item, void, undefined>;
}
