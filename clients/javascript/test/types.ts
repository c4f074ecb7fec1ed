// Compiled, not run: what the types must allow and refuse.

import type { NatsConnection } from "@nats-io/nats-core";
import { Plansync } from "../src/index.js";
import type { PlansyncEvent } from "../src/index.js";

export async function operations(connection: NatsConnection): Promise<void> {
  const college = new Plansync(connection, { tenant: "northgate", actor: "system" });
  const { position } = await college.tenant.put({ marking_aid: false, owner_rule: "keep" });
  position.toFixed();
  // @ts-expect-error: there is no such rule
  await college.tenant.put({ marking_aid: false, owner_rule: "perhaps" });
  // @ts-expect-error: the learner is missing
  await college.plan.get({});
  for await (const learner of college.learner.listAll()) {
    learner.name.toUpperCase();
  }
  const command = await college.plan.instantiateDurable({ learner: "…", programme: "…" });
  (await command.outcome()).added.toFixed();
}

export function handled(event: PlansyncEvent): string {
  switch (event.kind) {
    case "sync.target":
      return event.body.learner;
    case "unknown":
      return event.unknownKind;
    default:
      return event.kind;
  }
}
