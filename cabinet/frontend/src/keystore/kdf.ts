/** The key derivation of PKCS#12 (RFC 7292 appendix B): for old encryption, and for every MAC. */

import { sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, utf16 } from "./encoding.js";

/** What the derived bytes are for (RFC 7292 B.3). */
export const FOR_KEY = 1;
export const FOR_IV = 2;
export const FOR_MAC = 3;

export const HASHES = {
  "1.3.14.3.2.26": sha1,
  "2.16.840.1.101.3.4.2.4": sha224,
  "2.16.840.1.101.3.4.2.1": sha256,
  "2.16.840.1.101.3.4.2.2": sha384,
  "2.16.840.1.101.3.4.2.3": sha512,
} as const;

export type Hash = (typeof HASHES)[keyof typeof HASHES];

/** The hash of a dotted OID, or undefined where PKCS#12 files do not use it. */
export function hashOf(dotted: string): Hash | undefined {
  return (HASHES as Readonly<Record<string, Hash>>)[dotted];
}

export interface Derivation {
  readonly hash: Hash;
  readonly password: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** `length` bytes for the purpose `id`. RFC 7292 B.2, whose letters are kept. */
export function derive({ hash, password, salt, iterations }: Derivation, id: number, length: number): Bytes {
  const v = hash.blockLen;
  const D = new Uint8Array(v).fill(id);
  // B.1: the password is a BMPString with its two closing zeros.
  const I = concat(stretch(salt, v), stretch(concat(utf16(password), new Uint8Array(2)), v));
  const parts: Uint8Array[] = [];
  for (let made = 0; made < length; made += hash.outputLen) {
    let A = hash(concat(D, I));
    for (let round = 1; round < iterations; round++) {
      A = hash(A);
    }
    parts.push(A);
    addToBlocks(I, stretch(A, v).subarray(0, v), v);
  }
  return concat(...parts).slice(0, length);
}

/** `source` again and again, up to whole blocks. */
function stretch(source: Uint8Array, block: number): Bytes {
  const target = new Uint8Array(block * Math.ceil(source.length / block));
  return target.map((_, index) => source[index % source.length] ?? 0);
}

/** Every block of I becomes (block + B + 1) mod 2^v. */
function addToBlocks(I: Bytes, B: Uint8Array, v: number): void {
  for (let start = 0; start < I.length; start += v) {
    let carry = 1;
    for (let at = v - 1; at >= 0; at--) {
      carry += (I[start + at] ?? 0) + (B[at] ?? 0);
      I[start + at] = carry & 0xff;
      carry >>= 8;
    }
  }
}
