/** The seal of a key file: whether the password fits and nothing was changed (RFC 7292 5.1, RFC 9579). */

import { hmac } from "@noble/hashes/hmac.js";
import type { Budget } from "./budget.js";
import { algorithm, NULL, number, octetString, sequence } from "./der.js";
import { child, children, dotted, type Element, MalformedError } from "./der-reader.js";
import { type Bytes, isEqual } from "./encoding.js";
import { unsupported } from "./errors.js";
import { derive, FOR_MAC, HASHES, type Hash, hashOf } from "./kdf.js";
import { deriveBytes, readDerivation } from "./pbkdf2.js";

const PBMAC1 = "1.2.840.113549.1.5.14";
const SHA256 = "2.16.840.1.101.3.4.2.1";
const HMACS: Readonly<Record<string, Hash>> = {
  "1.2.840.113549.2.7": HASHES["1.3.14.3.2.26"],
  "1.2.840.113549.2.9": HASHES[SHA256],
  "1.2.840.113549.2.10": HASHES["2.16.840.1.101.3.4.2.2"],
  "1.2.840.113549.2.11": HASHES["2.16.840.1.101.3.4.2.3"],
};

/** Whether MacData is right for the content and the password. */
export async function isSealed(
  macData: Element,
  content: Bytes,
  password: string,
  budget: Budget,
): Promise<boolean> {
  const [digestInfo, salt, iterations] = children(macData);
  if (!digestInfo || !salt) {
    throw new MalformedError();
  }
  const expected = child(digestInfo, 1).content;
  const [type, parameters] = children(child(digestInfo, 0));
  if (type && parameters && dotted(type) === PBMAC1) {
    return isEqual(expected, await computePbmac1(parameters, content, password, budget));
  }
  const name = type ? dotted(type) : "";
  const hash = hashOf(name);
  if (!hash) {
    throw unsupported(name);
  }
  // RFC 7292 4: iterations are DEFAULT 1
  const rounds = iterations ? budget.spend(iterations) : 1;
  const key = derive({ hash, password, salt: salt.content, iterations: rounds }, FOR_MAC, hash.outputLen);
  return isEqual(expected, hmac(hash, key, content));
}

async function computePbmac1(
  parameters: Element,
  content: Bytes,
  password: string,
  budget: Budget,
): Promise<Uint8Array> {
  const name = dotted(child(child(parameters, 1), 0));
  const hash = HMACS[name];
  if (!hash) {
    throw unsupported(name);
  }
  const derivation = readDerivation(child(parameters, 0), budget);
  // RFC 9579 5: a key length must be there, and shorter keys than 20 octets are not sound
  if (derivation.keyLength === null || derivation.keyLength < 20) {
    throw new MalformedError();
  }
  return hmac(hash, await deriveBytes(derivation, password, derivation.keyLength), content);
}

/** MacData with HMAC-SHA256: what OpenSSL 3, Java and Windows all read. */
export function seal(content: Bytes, password: string, salt: Bytes, iterations: number): Bytes {
  const hash = HASHES[SHA256];
  const key = derive({ hash, password, salt, iterations }, FOR_MAC, hash.outputLen);
  const digestInfo = sequence(algorithm(SHA256, NULL), octetString(hmac(hash, key, content)));
  return sequence(digestInfo, octetString(salt), number(iterations));
}
