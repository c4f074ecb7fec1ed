// How far a subscriber has processed the events.

import { OtherLog } from "./errors.js";

const FORM = /^(.+)\.(\d+)\/(\d+)(?:@(\d+))?$/;

/**
 * An event and all before it. Its text (`String(checkpoint)`) is what a program stores; `parse` reads it.
 *
 * A log that was restored from a backup counts its positions from those of the backup, as the next incarnation.
 */
export class Checkpoint {
  readonly log: string;
  readonly incarnation: number;
  readonly position: number;
  /** Where the event was in the stream: a hint where to go on reading, which is checked before it is trusted. */
  readonly sequence: number | undefined;

  constructor(log: string, incarnation: number, position: number, sequence?: number) {
    this.log = log;
    this.incarnation = incarnation;
    this.position = position;
    this.sequence = sequence;
  }

  static parse(text: string): Checkpoint {
    const found = FORM.exec(text);
    if (found === null) {
      throw new TypeError(`\`${text}\` is no checkpoint and no id of an event`);
    }
    const [, log, incarnation, position, sequence] = found;
    const hint = sequence === undefined ? undefined : Number(sequence);
    return new Checkpoint(log!, Number(incarnation), Number(position), hint);
  }

  toString(): string {
    const hint = this.sequence === undefined ? "" : `@${this.sequence}`;
    return `${this.log}.${this.incarnation}/${this.position}${hint}`;
  }

  /** Whether it denotes the same event. */
  equals(other: Checkpoint): boolean {
    return this.log === other.log && this.incarnation === other.incarnation && this.position === other.position;
  }

  /** Whether an event was processed if this checkpoint was stored. Throws `OtherLog`. */
  covers(other: Checkpoint): boolean {
    if (this.log !== other.log) {
      throw new OtherLog(
        `the checkpoint ${this} belongs to another log than the event ${other}: nothing was skipped; start without a ` +
          "checkpoint, and with empty data",
      );
    }
    return other.incarnation === this.incarnation
      ? other.position <= this.position
      : other.incarnation < this.incarnation;
  }
}
