// Compiled, not run: what the types must allow and refuse.

import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { wsconnect } from "@nats-io/nats-core";
import { Plansync } from "../src/index.js";
import type { ConnectOptions, DurableOptions, EventKind, PlansyncEvent, ReplayOptions, types } from "../src/index.js";

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

export async function connections(): Promise<void> {
  const options: ConnectOptions = { servers: "nats://127.0.0.1:4222", user: "u", pass: "p", tenant: "t", actor: "a" };
  const college = await Plansync.connect(connect, { ...options, events: true, connectMsMax: 5_000 });
  await Plansync.connect(wsconnect, options);
  // @ts-expect-error: the tenant is missing
  await Plansync.connect(connect, { actor: "a" });
  // @ts-expect-error: there is no such encoding
  await Plansync.connect(connect, { ...options, encoding: "xml" });
  const kinds: EventKind[] = ["sync.target"];
  const replay: ReplayOptions = { kinds };
  const durable: DurableOptions = { kinds, start: "new", ackWaitMs: 1, maxAckPending: 1 };
  college.events.replay(new Date(), replay);
  const subscriber = await college.events.durable("outcomes", durable);
  for await (const delivery of subscriber.after("a.1/2")) {
    delivery.event.checkpoint.position.toFixed();
  }
  // @ts-expect-error: there is no such kind
  college.events.replay(null, { kinds: ["sync.finished"] });
  const body: types.TenantPutBody = { marking_aid: false, owner_rule: "keep" };
  await (await college.tenant.putDurable(body)).outcome(1_000);
  await college.close();
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
