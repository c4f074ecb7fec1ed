// Checks of arguments: a mistake is an error at once, and neither ignored nor a time-out.
//
// A value that is wrong throws RangeError, and one of a wrong type TypeError. Nothing was sent then.

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;
const CONSUMER = /^[^\s.*>/\\\u0000-\u001f\u007f]{1,255}$/;
const SUBJECT_PREFIX = /^[^\s.*>\u0000-\u001f\u007f]+(\.[^\s.*>\u0000-\u001f\u007f]+)*$/;
export const PAGE_SIZE_MAX = 500;
/** Words that differ in more letters are not likely meant. */
const DISTANCE_MAX = 3;

export function text(what: string, value: unknown): string {
  if (typeof value !== "string") {
    throw new TypeError(`${what} is a text, and not ${shown(value)}`);
  }
  return value;
}

/** A tenant or an actor. */
export function token(what: string, value: unknown): string {
  if (!TOKEN.test(text(what, value))) {
    throw new RangeError(`${what} ${shown(value)}: 1 to 64 letters, digits, \`_\` or \`-\``);
  }
  return value as string;
}

/** A word of a list that is known. */
export function oneOf<Word extends string>(what: string, value: unknown, known: Iterable<Word>): Word {
  const words = [...known];
  const word = words.find((each) => each === text(what, value));
  if (word === undefined) {
    throw new RangeError(unknown(what, value as string, words));
  }
  return word;
}

/** What is said of a word that is not known: the likely words, and all. */
function unknown(what: string, value: string, known: string[]): string {
  const words = [...known].sort();
  const least = Math.min(...words.map((word) => distance(word, value)));
  const near = words.filter((word) => least <= DISTANCE_MAX && distance(word, value) === least);
  const likely = near.length > 0 ? near : words.filter((word) => word.split(".")[0] === value.split(".")[0]);
  const meant = likely.length > 0 ? `; did you mean ${likely.map((word) => `\`${word}\``).join(" or ")}?` : "";
  return `${what} ${shown(value)} is not known${meant} (known: ${words.join(", ")})`;
}

/** A connection to a NATS server. */
export function connection(what: string, value: unknown): void {
  const methods = ["request", "subscribe", "publish", "closed"];
  const has = (name: string) => typeof (value as Record<string, unknown> | null | undefined)?.[name] === "function";
  if (!methods.every(has)) {
    throw new TypeError(`${what} is a connection of nats.js, and not ${shown(value)}`);
  }
}

export function object(what: string, value: unknown): object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${what} is an object, and not ${shown(value)}`);
  }
  return value;
}

/** An object with these fields and no others, so that a misspelt option is not ignored. */
export function options<Options extends object>(what: string, value: unknown, known: string[]): Options {
  for (const name of Object.keys(object(what, value))) {
    oneOf(`the field of ${what}`, name, known);
  }
  return value as Options;
}

/** The kinds of events that are wanted; all, if none are given. */
export function kinds(given: unknown, known: Iterable<string>): string[] {
  if (given === undefined) {
    return [];
  }
  if (!Array.isArray(given)) {
    throw new TypeError(`\`kinds\` is an array of kinds of events, and not ${shown(given)}`);
  }
  const found = given.map((kind) => oneOf("the kind of event", kind, known));
  if (found.length === 0) {
    throw new RangeError("`kinds` is empty, so that no event would be received; leave it out to receive all kinds");
  }
  const twice = found.find((kind, index) => found.indexOf(kind) !== index);
  if (twice !== undefined) {
    throw new RangeError(`\`kinds\` names \`${twice}\` twice`);
  }
  return found;
}

/** A time in milliseconds. */
export function milliseconds(what: string, value: unknown, { mayBeZero = false } = {}): number {
  if (typeof value !== "number") {
    throw new TypeError(`${what} is a number of milliseconds, and not ${shown(value)}`);
  }
  if (!Number.isFinite(value) || value < 0 || (value === 0 && !mayBeZero)) {
    throw new RangeError(`${what} ${value}: a number of milliseconds, ${mayBeZero ? "0 or more" : "more than 0"}`);
  }
  return value;
}

/** A whole number. */
export function whole(what: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number") {
    throw new TypeError(`${what} is a whole number, and not ${shown(value)}`);
  }
  if (!Number.isInteger(value) || value < least || value > most) {
    const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
    throw new RangeError(`${what} ${value}: a whole number, ${range}`);
  }
  return value;
}

/** The name of a durable consumer. */
export function consumer(name: unknown): string {
  if (!CONSUMER.test(text("the name of a consumer", name))) {
    throw new RangeError(`the name of a consumer ${shown(name)}: 1 to 255 letters, digits, \`_\` or \`-\``);
  }
  return name as string;
}

/** A prefix of the JetStream API. */
export function apiPrefix(prefix: unknown): string {
  if (!SUBJECT_PREFIX.test(text("the prefix of the JetStream API", prefix))) {
    throw new RangeError(
      `the prefix of the JetStream API ${shown(prefix)}: a subject without wildcards and without a dot at its end, ` +
        "such as `$JS.API`",
    );
  }
  return prefix as string;
}

/** A prefix of inboxes to which the service replies. */
export function inboxPrefix(prefix: unknown): string {
  const isSubject = SUBJECT_PREFIX.test(text("`inboxPrefix`", prefix));
  if (!isSubject || (prefix as string).split(".")[0] !== "_INBOX") {
    throw new RangeError(
      `\`inboxPrefix\` ${shown(prefix)}: \`_INBOX\`, or what begins with \`_INBOX.\`, such as \`_INBOX.alice\`; the ` +
        "service replies to no other subjects",
    );
  }
  return prefix as string;
}

/** How many letters must be changed, added or removed to make one word of the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}

export function shown(value: unknown): string {
  const text = typeof value === "string" ? `\`${value}\`` : String(JSON.stringify(value) ?? value);
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
