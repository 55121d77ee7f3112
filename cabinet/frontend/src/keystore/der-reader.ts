/** Reads DER and keeps the bytes as they are: slices, never a copy put together anew.
 *
 * For certificates and opened keys. BER with indefinite lengths is refused here.
 */

import { type Bytes, concat } from "./encoding.js";

export class MalformedError extends Error {}

export interface Element {
  readonly tag: number;
  readonly content: Bytes;
  /** Tag, length and content as they stand in the file. */
  readonly raw: Bytes;
}

/** The first element of `bytes`, and what follows it. */
function split(bytes: Bytes): [Element, Bytes] {
  const [tag, first] = bytes;
  // Tags over 30 do not occur in certificates and keys.
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) {
    throw new MalformedError();
  }
  let start = 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    start += count;
    // Four octets are 4 GB; none at all is the indefinite form.
    if (count === 0 || count > 4 || bytes.length < start) {
      throw new MalformedError();
    }
    length = bytes.subarray(2, start).reduce((sum, octet) => sum * 256 + octet, 0);
  }
  const end = start + length;
  if (bytes.length < end) {
    throw new MalformedError();
  }
  const found = { tag, content: bytes.subarray(start, end), raw: bytes.subarray(0, end) };
  return [found, bytes.subarray(end)];
}

/** Exactly one element. Throws `MalformedError`, also for bytes left over. */
export function read(bytes: Bytes): Element {
  const [found, rest] = split(bytes);
  if (rest.length > 0) {
    throw new MalformedError();
  }
  return found;
}

/** The elements inside a constructed one. */
export function children(parent: Element): Element[] {
  const found: Element[] = [];
  let rest = parent.content;
  while (rest.length > 0) {
    const [child, after] = split(rest);
    found.push(child);
    rest = after;
  }
  return found;
}

/** The child at `index`; throws when there are fewer. */
export function child(parent: Element, index: number): Element {
  const found = children(parent)[index];
  if (!found) {
    throw new MalformedError();
  }
  return found;
}

/** The dotted form of an OBJECT IDENTIFIER. */
export function dotted(found: Element): string {
  const numbers: number[] = [];
  let number = 0;
  for (const octet of found.content) {
    number = number * 128 + (octet & 0x7f);
    if (octet < 0x80) {
      numbers.push(number);
      number = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  const root = Math.min(Math.trunc(first / 40), 2);
  return [root, first - root * 40, ...rest].join(".");
}

/** A character string of a Name, whatever its type. */
export function characters(found: Element): string {
  if (found.tag === 0x1e) {
    return new TextDecoder("utf-16be").decode(found.content);
  }
  return new TextDecoder(found.tag === 0x14 ? "latin1" : "utf-8").decode(found.content);
}

/** UTCTime or GeneralizedTime. */
export function moment(found: Element): Date {
  const digits = new TextDecoder().decode(found.content);
  // RFC 5280 4.1.2.5.1: years from 50 on are of the last century.
  const century = Number(digits.slice(0, 2)) < 50 ? "20" : "19";
  const whole = found.tag === 0x17 ? century + digits : digits;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(whole) ?? [];
  const parsed = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(parsed.getTime())) {
    throw new MalformedError();
  }
  return parsed;
}

/** A copy over a buffer of its own, so that the rest of the file can be forgotten. */
export function copy(bytes: Uint8Array): Bytes {
  return concat(bytes);
}
