// Durable commands: stored in a stream until the engine has decided them.

import type { Msg, NatsConnection, Subscription } from "@nats-io/nats-core";
import { decode } from "./bodies.js";
import * as checks from "./checks.js";
import { NoAnswer, Refused, Unanswered } from "./errors.js";
import { isPassing, within } from "./retry.js";
import type { Retry } from "./retry.js";
import type { Sent, Wire } from "./wire.js";

/** How long the event is waited for before the command is asked about as a request. */
const EVENT_FIRST_MS = 2_000;
/** The same, where events cannot be received. */
const ASK_FIRST_MS = 250;
/** How many commands without a known outcome a client keeps, to ask about them in their order. */
const UNSETTLED_MAX = 256;

type Outcome<Reply> = { reply: Reply } | { refused: Refused };

/** A command that the stream has stored. It will be decided, also if this program or the engine ends now. */
export class DurableCommand<Reply> {
  readonly operation: string;
  readonly commandId: string;
  /** Its place in the stream of commands. */
  sequence = 0;
  readonly #sender: Sender;
  readonly #body: Sent;
  #event: Subscription | undefined;
  #heard: Promise<void> = new Promise(() => {});
  #outcome: Outcome<Reply> | undefined;

  /** @internal */
  constructor(sender: Sender, operation: string, body: Sent) {
    this.#sender = sender;
    this.operation = operation;
    this.commandId = body.command_id ?? "";
    this.#body = body;
  }

  /**
   * The reply, once the command was carried out; throws `Refused` if it was rejected.
   *
   * Throws `NoAnswer` if the outcome is not known within `timeoutMs`; the command is still decided later, and this can be
   * called again. Throws `Closed` if the client is closed meanwhile.
   */
  async outcome(timeoutMs = 60_000): Promise<Reply> {
    const end = Date.now() + checks.milliseconds("`timeoutMs`", timeoutMs);
    if (!this.isSettled) {
      await this.#sender.wire.waiting.until(this.#sender.settleThrough(this, end), this.commandId);
    }
    if (this.#outcome === undefined) {
      throw new NoAnswer(`the command is stored, but was not decided within ${timeoutMs} ms`, this.commandId);
    }
    if ("refused" in this.#outcome) {
      throw this.#outcome.refused;
    }
    return this.#outcome.reply;
  }

  get isSettled(): boolean {
    return this.#outcome !== undefined;
  }

  /** @internal Subscribes to the event, before the command is sent. */
  async listen(events: NatsConnection): Promise<void> {
    const subject = `plansync.v1.evt.${this.#sender.wire.tenant}.command.${this.commandId}.*`;
    this.#heard = new Promise((resolve) => {
      this.#event = events.subscribe(subject, {
        callback: (error, msg) => {
          if (error === null) {
            this.#take(msg);
            resolve();
          }
        },
      });
    });
    // Without a connection at present, the event may be missed; then the command is asked about.
    await events.flush().catch(() => {});
  }

  /** @internal */
  forget(): void {
    this.#event?.unsubscribe();
    this.#event = undefined;
  }

  /** @internal Waits for the event; asks as a request if there is none. */
  async settle(end: number): Promise<void> {
    let refused: Refused | undefined;
    let pause = this.#event === undefined ? ASK_FIRST_MS : EVENT_FIRST_MS;
    while (Date.now() < end && !this.#sender.wire.waiting.isClosed) {
      await within(this.#heard, Math.min(pause, end - Date.now()));
      if (this.isSettled) {
        break;
      }
      const again = await this.#ask(Math.min(this.#sender.retry.attemptTimeoutMs, Math.max(1, end - Date.now())));
      // A request is refused by the present state if the command was not decided yet. The refusal is final if the
      // command had time to be decided meanwhile, and the answer is still the same.
      if (again !== undefined && refused !== undefined && again.code === refused.code) {
        this.#outcome ??= { refused: again };
      }
      if (this.isSettled) {
        break;
      }
      refused = again;
      pause = Math.min(Math.max(pause * 2, 1_000), 5_000);
    }
    if (this.isSettled) {
      this.forget();
    }
  }

  #take(msg: Msg): void {
    const body = decode(msg.data, msg.headers?.get("content-type")) as { reply?: Reply };
    this.#outcome = msg.subject.endsWith(".accepted")
      ? { reply: body.reply as Reply }
      : { refused: Refused.of(body, this.commandId) };
  }

  async #ask(timeoutMs: number): Promise<Refused | undefined> {
    try {
      const reply = await this.#sender.wire.request(this.operation, this.#body, timeoutMs);
      this.#outcome ??= { reply: reply as Reply };
    } catch (error) {
      if (error instanceof Refused) {
        return isPassing(error) ? undefined : error;
      }
      if (!(error instanceof Unanswered)) {
        throw error;
      }
    }
    return undefined;
  }
}

/** Sends the durable commands of one actor, and finds out what became of them in the order of sending. */
export class Sender {
  readonly wire: Wire;
  readonly retry: Retry;
  readonly #events: NatsConnection | undefined;
  #unsettled: DurableCommand<unknown>[] = [];
  #settling: Promise<unknown> = Promise.resolve();

  constructor(wire: Wire, retry: Retry, events: NatsConnection | undefined) {
    this.wire = wire;
    this.retry = retry;
    this.#events = events;
  }

  async send<Reply>(
    operation: string,
    body: Sent,
    call: (attempt: () => Promise<number>, commandId: string | undefined) => Promise<number>,
  ): Promise<DurableCommand<Reply>> {
    const command = new DurableCommand<Reply>(this, operation, body);
    if (this.#events !== undefined) {
      await command.listen(this.#events);
    }
    try {
      const attempt = () => this.wire.store(operation, body, this.retry.attemptTimeoutMs);
      command.sequence = await call(attempt, body.command_id);
    } catch (error) {
      command.forget();
      throw error;
    }
    this.#unsettled.push(command as DurableCommand<unknown>);
    for (const old of this.#unsettled.splice(0, this.#unsettled.length - UNSETTLED_MAX)) {
      old.forget();
    }
    return command;
  }

  /** Settles a command, after those that were sent before it: a request must not overtake them. */
  async settleThrough<Reply>(command: DurableCommand<Reply>, end: number): Promise<void> {
    const turn = this.#settling.then(() => this.#settleInOrder(command as DurableCommand<unknown>, end));
    this.#settling = turn.catch(() => {});
    await within(turn, end - Date.now());
  }

  async #settleInOrder(command: DurableCommand<unknown>, end: number): Promise<void> {
    while (!command.isSettled && Date.now() < end && !this.wire.waiting.isClosed) {
      const first = this.#unsettled.includes(command) ? this.#unsettled[0]! : command;
      await first.settle(end);
      if (first.isSettled) {
        this.#unsettled = this.#unsettled.filter((each) => each !== first);
      }
    }
  }
}
