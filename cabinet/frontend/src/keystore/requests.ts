/**
 * What a new key signs of itself: the request, and the placeholder it waits with.
 *
 * Neither says who the person is: the certificate's subject is taken from the old certificate,
 * and a file that waits in the downloads should not name its owner.
 */

import { bitString, element, integer, number, octetString, oid, sequence, setOf, tagged, time, utf8String } from "./der.js";
import type { Bytes } from "./encoding.js";
import { type SigningKey, sign } from "./keys.js";

const COMMON_NAME = "2.5.4.3";
const BASIC_CONSTRAINTS = "2.5.29.19";
/** RFC 5280, ub-common-name. */
const LONGEST_NAME = 64;
const TRUE = element(0x01, Uint8Array.of(0xff));
const HOUR_MS = 3_600_000;
/** Longer than an application may stay open. */
const WAITING_DAYS = 90;

/** PKCS#10 (RFC 2986) in DER. */
export function makeRequest(key: SigningKey, spki: Bytes, label: string): Promise<Bytes> {
  // The attributes are not optional, only empty.
  return signed(key, sequence(number(0), nameOf(label), spki, tagged(0)));
}

/** A certificate that the key signs itself: a PKCS#12 file without one is lost on most programs. */
export function makePlaceholder(key: SigningKey, spki: Bytes, label: string, now: Date): Promise<Bytes> {
  const name = nameOf(label);
  const validity = sequence(
    time(new Date(now.getTime() - HOUR_MS)),
    time(new Date(now.getTime() + WAITING_DAYS * 24 * HOUR_MS)),
  );
  // An end entity: basicConstraints with everything at its DEFAULT
  const constraints = sequence(oid(BASIC_CONSTRAINTS), TRUE, octetString(sequence()));
  const serial = integer(crypto.getRandomValues(new Uint8Array(16)));
  const content = sequence(
    tagged(0, number(2)),
    serial,
    key.algorithm.signature,
    name,
    validity,
    name,
    spki,
    tagged(3, sequence(constraints)),
  );
  return signed(key, content);
}

function nameOf(label: string): Bytes {
  const text = Array.from(label).slice(0, LONGEST_NAME).join("");
  return sequence(setOf([sequence(oid(COMMON_NAME), utf8String(text))]));
}

/** SIGNED { content }: the form of requests and certificates alike. */
async function signed(key: SigningKey, content: Bytes): Promise<Bytes> {
  return sequence(content, key.algorithm.signature, bitString(await sign(key, content)));
}
