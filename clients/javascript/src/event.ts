// An event, as a program sees it, and how it is decoded.

import type { Msg } from "@nats-io/nats-core";
import { decode } from "./bodies.js";
import { Checkpoint } from "./checkpoint.js";
import { KINDS } from "./generated/kinds.js";
import type { EventBodies } from "./generated/kinds.js";
import type { StreamMessage } from "./stream_message.js";

interface About {
  /** The event's `ce-id`: the same in every delivery, and never used again. */
  readonly id: string;
  readonly tenant: string;
  /** The id of the learner, session, synchronisation or command that it is about. */
  readonly about: string;
  /** Its position in the log. */
  readonly position: number;
  readonly time: Date;
  /** Who caused it. */
  readonly actor: string;
  /** The id of the command that caused it. */
  readonly commandId: string | undefined;
  /** The hash of the log at this position. */
  readonly chain: string | undefined;
  /** What to store together with the data that was made from this event. */
  readonly checkpoint: Checkpoint;
  /** How many events wait behind it; 0 means that a replay has reached the present. */
  readonly pending: number;
}

/** An event of a kind that this version knows: `switch (event.kind)` gives the type of its body. */
export type KnownEvent = {
  [Kind in keyof EventBodies]: About & { readonly kind: Kind; readonly body: EventBodies[Kind] };
}[keyof EventBodies];

/** An event of a kind that this version does not know, or with a body that it cannot read (then `undefined`). */
export interface UnknownEvent extends About {
  readonly kind: "unknown";
  /** The kind as it was published, such as `sync.paused`. */
  readonly unknownKind: string;
  readonly body: unknown;
  /** The body as it was received. */
  readonly data: Uint8Array;
}

export type PlansyncEvent = KnownEvent | UnknownEvent;

/** The event in a message; undefined, with a warning, if it is no event of plansync. */
export function eventOf({ msg, place }: StreamMessage): PlansyncEvent | undefined {
  const [, , , tenant, noun, about, what] = msg.subject.split(".");
  const header = (name: string): string | undefined => msg.headers?.get(name) || undefined;
  const id = header("ce-id");
  if (id === undefined || what === undefined || !/^.+\.\d+\/\d+$/.test(id)) {
    console.warn(`plansync: a message on ${msg.subject} is no event of plansync and is skipped`);
    return undefined;
  }
  const { log, incarnation, position } = Checkpoint.parse(id);
  const event = {
    id,
    tenant: tenant!,
    about: about!,
    position,
    time: new Date(header("ce-time") ?? 0),
    actor: header("ce-actor") ?? "",
    commandId: header("ce-correlationid"),
    chain: header("ce-chain"),
    checkpoint: new Checkpoint(log, incarnation, position, place.streamSequence),
    pending: place.pending,
  };
  return withBody(event, `${noun}.${what}`, msg, header("content-type"));
}

function withBody(event: About, kind: string, msg: Msg, mediaType: string | undefined): PlansyncEvent {
  let body: unknown;
  try {
    body = decode(msg.data, mediaType);
  } catch {
    return { ...event, kind: "unknown", unknownKind: kind, body: undefined, data: msg.data };
  }
  if (KINDS.has(kind)) {
    return { ...event, kind, body } as unknown as KnownEvent;
  }
  return { ...event, kind: "unknown", unknownKind: kind, body, data: msg.data };
}
