/** PBKDF2 (RFC 8018 5.2) by WebCrypto: its parameters as they stand in a file, and new ones. */

import { type Budget, numberOf } from "./budget.js";
import { algorithm, NULL, number, octetString, sequence } from "./der.js";
import { child, children, dotted, type Element, MalformedError } from "./der-reader.js";
import { type Bytes, utf8 } from "./encoding.js";
import { KeystoreError, unsupported } from "./errors.js";

export const PBKDF2 = "1.2.840.113549.1.5.12";
const HMAC_SHA256 = "1.2.840.113549.2.9";
const HMAC_SHA1 = "1.2.840.113549.2.7";
const PRFS: Readonly<Record<string, string>> = {
  [HMAC_SHA1]: "SHA-1",
  [HMAC_SHA256]: "SHA-256",
  "1.2.840.113549.2.10": "SHA-384",
  "1.2.840.113549.2.11": "SHA-512",
};
/** Longer keys nobody uses; deriving one would cost a round of all iterations every few bytes. */
const LONGEST_KEY = 64;

export interface Derivation {
  readonly hash: string;
  readonly salt: Bytes;
  readonly iterations: number;
  /** Bytes, where the file names it. */
  readonly keyLength: number | null;
}

/** Read a keyDerivationFunc. Throws `keystore.iterations`, `keystore.gost`, `keystore.unsupported_key`. */
export function readDerivation(identifier: Element, budget: Budget): Derivation {
  const [type, parameters] = children(identifier);
  if (!type || !parameters || dotted(type) !== PBKDF2) {
    // scrypt, and what else there may be
    throw new KeystoreError("keystore.unsupported_key");
  }
  const [salt, iterations, ...rest] = children(parameters);
  if (salt?.tag !== 0x04 || !iterations) {
    throw new MalformedError();
  }
  const length = rest.find((one) => one.tag === 0x02);
  const prf = rest.find((one) => one.tag === 0x30);
  // The prf is DEFAULT hmacWithSHA1
  const prfName = prf ? dotted(child(prf, 0)) : HMAC_SHA1;
  const hash = PRFS[prfName];
  if (!hash) {
    throw unsupported(prfName);
  }
  const keyLength = length ? numberOf(length) : null;
  if (keyLength !== null && keyLength > LONGEST_KEY) {
    throw new MalformedError();
  }
  return { hash, salt: salt.content, iterations: budget.spend(iterations), keyLength };
}

/** `length` bytes for the password as UTF-8. */
export async function deriveBytes(derivation: Derivation, password: string, length: number): Promise<Bytes> {
  const secret = await crypto.subtle.importKey("raw", utf8(password), "PBKDF2", false, ["deriveBits"]);
  const { hash, salt, iterations } = derivation;
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash, salt, iterations }, secret, length * 8);
  return new Uint8Array(bits);
}

/** AlgorithmIdentifier of a derivation with HMAC-SHA256. */
export function writeDerivation({ salt, iterations }: Derivation): Bytes {
  return algorithm(PBKDF2, sequence(octetString(salt), number(iterations), algorithm(HMAC_SHA256, NULL)));
}
