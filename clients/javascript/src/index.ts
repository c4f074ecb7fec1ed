// A client for plansync, the engine that synchronises learning plans.

export type { Encoding } from "./bodies.js";
export { Checkpoint } from "./checkpoint.js";
export { Plansync } from "./client.js";
export type { ConnectOptions, PlansyncOptions } from "./client.js";
export type { Transport } from "./connecting.js";
export type { DurableCommand } from "./durable.js";
export {
  Closed,
  ConsumerUnusable,
  NoAnswer,
  NotAuthorized,
  NotConnected,
  NotStored,
  OtherLog,
  PlansyncError,
  Refused,
} from "./errors.js";
export type { KnownEvent, PlansyncEvent, UnknownEvent } from "./event.js";
export { Events } from "./events.js";
export type { DurableOptions, EventKind, ReplayOptions } from "./events.js";
export type { EventBodies } from "./generated/kinds.js";
export type * as types from "./generated/types.js";
export type { Retry } from "./retry.js";
export type { Delivery, Subscriber } from "./subscriber.js";
