/**
 * Makes DER's lengths and strings of BER's, so that one reader serves both.
 *
 * Key files of Java's older tools come with indefinite lengths and strings in pieces. Only the
 * form of the outermost layers is changed: what an OCTET STRING holds stays byte for byte.
 */

import { element } from "./der.js";
import { MalformedError } from "./der-reader.js";
import { type Bytes, concat } from "./encoding.js";

/** Deeper than any key file; a file made to exhaust the stack ends here. */
const DEEPEST = 40;
const CONSTRUCTED = 0x20;
const OCTET_STRING = 0x04;

interface Read {
  readonly der: Bytes;
  /** Where the next element begins. */
  readonly end: number;
}

/** The first element of `bytes`; what follows it is left out. Throws `MalformedError`. */
export function toDer(bytes: Bytes): Bytes {
  return readElement(bytes, 0, DEEPEST).der;
}

function readElement(bytes: Bytes, start: number, depth: number): Read {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || depth === 0) {
    throw new MalformedError();
  }
  const isConstructed = (tag & CONSTRUCTED) !== 0;
  // X.690 8.1.3.6: content up to two zeros
  if (first === 0x80) {
    if (!isConstructed) {
      throw new MalformedError();
    }
    const { parts, end } = readParts(bytes, start + 2, null, depth);
    return { der: joined(tag, parts), end };
  }
  const { length, content } = readLength(bytes, start + 1, first);
  const end = content + length;
  if (end > bytes.length) {
    throw new MalformedError();
  }
  if (!isConstructed) {
    return { der: element(tag, bytes.subarray(content, end)), end };
  }
  return { der: joined(tag, readParts(bytes, content, end, depth).parts), end };
}

function readLength(bytes: Bytes, start: number, first: number): { length: number; content: number } {
  if (first < 0x80) {
    return { length: first, content: start + 1 };
  }
  const count = first & 0x7f;
  const content = start + 1 + count;
  if (count > 4 || content > bytes.length) {
    throw new MalformedError();
  }
  const length = bytes.subarray(start + 1, content).reduce((sum, octet) => sum * 256 + octet, 0);
  return { length, content };
}

/** Elements up to `end`, or up to the closing zeros where the end is not known. */
function readParts(bytes: Bytes, start: number, end: number | null, depth: number): { parts: Bytes[]; end: number } {
  const parts: Bytes[] = [];
  let at = start;
  while (end === null ? bytes[at] !== 0 || bytes[at + 1] !== 0 : at < end) {
    const part = readElement(bytes, at, depth - 1);
    parts.push(part.der);
    at = part.end;
  }
  if (end !== null && at !== end) {
    throw new MalformedError();
  }
  return { parts, end: end ?? at + 2 };
}

function joined(tag: number, parts: readonly Bytes[]): Bytes {
  if (tag !== (OCTET_STRING | CONSTRUCTED)) {
    return element(tag, ...parts);
  }
  // X.690 8.7.3: a string in pieces. Each piece has become one element of definite length.
  return element(OCTET_STRING, ...parts.map(contentOf));
}

/** The content of a DER OCTET STRING. */
function contentOf(der: Bytes): Bytes {
  const first = der[1] ?? 0;
  if (der[0] !== OCTET_STRING) {
    throw new MalformedError();
  }
  return der.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f));
}

/** The content of an implicitly tagged OCTET STRING, whole or in pieces. */
export function implicitOctets(found: { readonly tag: number; readonly content: Bytes }): Bytes {
  if ((found.tag & CONSTRUCTED) === 0) {
    return found.content;
  }
  const parts: Bytes[] = [];
  for (let at = 0; at < found.content.length; ) {
    const part = readElement(found.content, at, DEEPEST);
    parts.push(contentOf(part.der));
    at = part.end;
  }
  return concat(...parts);
}
