// Encodes bodies and decodes replies and events, so that a program sees the JSON form in either encoding.

import { decode as unpack, encode as pack } from "@msgpack/msgpack";
import { BYTES_FIELDS } from "./generated/kinds.js";

export type Encoding = "msgpack" | "json";

/** The largest body that the service accepts. */
export const BODY_BYTES_MAX = 256 * 1024;

export const MEDIA_TYPES: Readonly<Record<Encoding, string>> = {
  msgpack: "application/msgpack",
  json: "application/json",
};

/** Encodes a body. A `Date` may stand where the schemas have the text of a time. */
export function encode(body: object, encoding: Encoding): Uint8Array {
  const text = JSON.stringify(body, refusingNoNumbers);
  return encoding === "json" ? new TextEncoder().encode(text) : pack(JSON.parse(text));
}

/** JSON has no such values, and would have null instead. */
function refusingNoNumbers(this: unknown, field: string, value: unknown): unknown {
  const given = (this as Record<string, unknown>)[field];
  const isNoTime = given instanceof Date && Number.isNaN(given.getTime());
  if (isNoTime || (typeof value === "number" && !Number.isFinite(value))) {
    throw new RangeError(`\`${field}\` is ${String(given)}, which no body can contain; nothing was sent`);
  }
  return value;
}

/** Decodes a reply or an event. Throws if it is neither JSON nor MessagePack. */
export function decode(data: Uint8Array, mediaType: string | undefined): unknown {
  const kind = (mediaType ?? "").split(";")[0]!.trim().toLowerCase();
  if (kind === MEDIA_TYPES.json || (kind === "" && data[0] === 0x7b)) {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  }
  if (kind !== "" && kind !== MEDIA_TYPES.msgpack) {
    throw new TypeError(`the media type \`${mediaType}\` is not known`);
  }
  return jsonForm(unpack(data), undefined);
}

function jsonForm(value: unknown, field: string | undefined): unknown {
  if (value instanceof Uint8Array) {
    return value.length === 16 && !BYTES_FIELDS.has(field ?? "") ? uuid(value) : base64(value);
  }
  if (Array.isArray(value)) {
    return value.map((each) => jsonForm(each, field));
  }
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, jsonForm(each, key)]));
  }
  return value;
}

function uuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
