/** Writes DER (X.690): what is put together here comes out byte for byte as meant. */

import { type Bytes, compare, concat, fromBinary, utf8, utf16 } from "./encoding.js";

export const NULL: Bytes = Uint8Array.of(0x05, 0x00);

/** One element: tag, length, content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Bytes {
  const body = concat(...content);
  return concat(Uint8Array.of(tag), lengthOf(body.length), body);
}

/** The shortest form (X.690 10.1). */
function lengthOf(length: number): Bytes {
  if (length < 0x80) {
    return Uint8Array.of(length);
  }
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
    octets.unshift(rest % 256);
  }
  return Uint8Array.of(0x80 | octets.length, ...octets);
}

export function sequence(...parts: readonly Uint8Array[]): Bytes {
  return element(0x30, ...parts);
}

/** SET OF: sorted by encoding (X.690 11.6). `tag` for an implicit one. */
export function setOf(members: readonly Uint8Array[], tag = 0x31): Bytes {
  return element(tag, ...[...members].sort(compare));
}

/** `[number] EXPLICIT`, or an implicit constructed one. */
export function tagged(number: number, ...content: readonly Uint8Array[]): Bytes {
  return element(0xa0 | number, ...content);
}

export function octetString(content: Uint8Array): Bytes {
  return element(0x04, content);
}

/** Whole octets. */
export function bitString(content: Uint8Array): Bytes {
  return element(0x03, Uint8Array.of(0), content);
}

/** A number that is not negative, big endian; shortest form. */
export function integer(magnitude: Uint8Array): Bytes {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) {
    start += 1;
  }
  const digits = magnitude.subarray(start);
  const needsZero = digits.length === 0 || (digits[0] ?? 0) >= 0x80;
  return element(0x02, needsZero ? Uint8Array.of(0) : Uint8Array.of(), digits);
}

/** A number from 0 to 2^32 - 1. */
export function number(value: number): Bytes {
  const octets = new Uint8Array(4);
  new DataView(octets.buffer).setUint32(0, value);
  return integer(octets);
}

export function oid(dotted: string): Bytes {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, ...[first * 40 + second, ...rest].map(base128));
}

function base128(arc: number): Bytes {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    octets.unshift(0x80 | (rest % 128));
  }
  return Uint8Array.from(octets);
}

/** AlgorithmIdentifier; without `parameters` they are absent. */
export function algorithm(dotted: string, ...parameters: readonly Uint8Array[]): Bytes {
  return sequence(oid(dotted), ...parameters);
}

/** Attribute with one value. */
export function attribute(type: string, value: Uint8Array): Bytes {
  return sequence(oid(type), setOf([value]));
}

export function utf8String(text: string): Bytes {
  return element(0x0c, utf8(text));
}

export function bmpString(text: string): Bytes {
  return element(0x1e, utf16(text));
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280 4.1.2.5, RFC 5652 11.3). */
export function time(moment: Date): Bytes {
  const digits = moment.toISOString().replace(/\..*|[-:T]/g, "");
  return moment.getUTCFullYear() < 2050
    ? element(0x17, fromBinary(`${digits.slice(2)}Z`))
    : element(0x18, fromBinary(`${digits}Z`));
}
