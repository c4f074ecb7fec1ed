// What every transport must be able to carry: requests, a list in pages, durable commands, and events.

/** Runs it on a connection, and returns what it saw. `client` is the module `@plansync/client`. */
export async function journey(client, connection, tenant) {
  const { Plansync, Refused } = client;
  const college = new Plansync(connection, { tenant, actor: "system", events: connection });
  await college.tenant.put({ marking_aid: false, owner_rule: "keep" });
  for (const name of ["Nursing", "Carpentry", "Élevage"]) {
    await college.programme.put({ programme: crypto.randomUUID(), name, parent: null });
  }
  const names = [];
  for await (const programme of college.programme.listAll({ page_size: 2 })) {
    names.push(programme.name);
  }
  const command = await college.administrator.putDurable({
    administrator: "alice",
    name: "Alice Moreau",
    permissions: [],
    groups: "all",
  });
  const { position } = await command.outcome();
  const refusal = await college.learner.get({ learner: crypto.randomUUID() }).catch((error) => error);
  const subscriber = await college.events.durable(`journey-${tenant}`);
  let operation;
  for await (const delivery of subscriber.after(null)) {
    operation = delivery.event.body.operation;
    delivery.ack();
    break;
  }
  return {
    names,
    isDecided: position > 0,
    refusal: refusal instanceof Refused ? refusal.code : String(refusal),
    operation,
  };
}

export const EXPECTED = JSON.stringify({
  names: ["Carpentry", "Nursing", "Élevage"],
  isDecided: true,
  refusal: "learner_not_available",
  operation: "administrator.put",
});

/** Throws if a journey did not see what it must. */
export function check(seen) {
  if (JSON.stringify(seen) !== EXPECTED) {
    throw new Error(`saw ${JSON.stringify(seen)} instead of ${EXPECTED}`);
  }
}
