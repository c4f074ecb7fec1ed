// All events from a point of the past on, and then those that happen.

import { AckPolicy, DeliverPolicy, JetStreamApiError } from "@nats-io/jetstream";
import type { ConsumerConfig } from "@nats-io/jetstream";
import type { Checkpoint } from "./checkpoint.js";
import { eventOf } from "./event.js";
import type { PlansyncEvent } from "./event.js";
import { ConsumerGone, Pull } from "./pull.js";
import { sleep } from "./retry.js";
import { explained, STREAM } from "./stream.js";
import type { Stream } from "./stream.js";

const REPLAY_BATCH = 200;
const REPLAY_IDLE_MS = 60_000;
const RESUME_MS = 500;

/** Where a replay begins: after a checkpoint, from a position or from a time on; otherwise at the beginning. */
export type Start = { after?: Checkpoint | undefined; position?: number | undefined; time?: Date | undefined };

/** Nothing is acknowledged, and nothing remains on the server. */
export async function* replayed(
  stream: Stream,
  subjects: string[],
  start: Start,
): AsyncGenerator<PlansyncEvent, void, undefined> {
  let done = start.after;
  let sequence = done?.sequence;
  let isTrusted = sequence === undefined;
  for (;;) {
    let isOther = false;
    for await (const event of from(stream, subjects, sequence, start.time)) {
      // The place in a checkpoint is right only if its event is there; otherwise the stream is another one.
      isOther = !isTrusted && !done?.equals(event.checkpoint);
      isTrusted = true;
      if (isOther) {
        break;
      }
      sequence = (event.checkpoint.sequence ?? 0) + 1;
      if (event.position < (start.position ?? 0) || done?.covers(event.checkpoint)) {
        continue;
      }
      yield event;
      done = event.checkpoint;
    }
    if (isOther) {
      sequence = undefined;
    } else {
      await sleep(RESUME_MS);
    }
  }
}

/** The events from a place in the stream on, until a message was lost or the server has forgotten the consumer. */
async function* from(
  stream: Stream,
  subjects: string[],
  sequence: number | undefined,
  time: Date | undefined,
): AsyncGenerator<PlansyncEvent, void, undefined> {
  const name = await madeConsumer(stream, { filter_subjects: subjects, ...beginning(sequence, time) });
  if (name === undefined) {
    return;
  }
  const pull = new Pull(stream, name, REPLAY_BATCH);
  try {
    for (let expected = 1; ; expected += 1) {
      const message = await pull.next();
      if (message === undefined || message.place.consumerSequence !== expected) {
        return;
      }
      const event = eventOf(message);
      if (event !== undefined) {
        yield event;
      }
    }
  } catch (error) {
    if (!(error instanceof ConsumerGone)) {
      throw error;
    }
  } finally {
    pull.close();
  }
}

/** The name of a new consumer; undefined if the server cannot make one at present. */
async function madeConsumer(stream: Stream, config: Partial<ConsumerConfig>): Promise<string | undefined> {
  stream.waiting.check();
  try {
    const manager = await stream.manager();
    const adding = manager.consumers.add(STREAM, {
      ack_policy: AckPolicy.None,
      mem_storage: true,
      inactive_threshold: REPLAY_IDLE_MS * 1e6,
      ...config,
    });
    return (await stream.waiting.until(adding)).name;
  } catch (error) {
    if (stream.connection.isClosed() || !isPassing(error)) {
      throw explained(error);
    }
    return undefined;
  }
}

/** Whether a server that is starting, or a lost connection, is the reason. */
function isPassing(error: unknown): boolean {
  const names = ["TimeoutError", "RequestError", "NoRespondersError", "ConnectionError", "JetStreamNotEnabled"];
  const isStarting = error instanceof JetStreamApiError && error.apiError().code === 503;
  return isStarting || (error instanceof Error && names.includes(error.name));
}

function beginning(sequence: number | undefined, time: Date | undefined): Partial<ConsumerConfig> {
  if (sequence !== undefined) {
    return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: sequence };
  }
  if (time !== undefined) {
    return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: time.toISOString() };
  }
  return { deliver_policy: DeliverPolicy.All };
}
