/** Bytes written down in tests. */

import type { Bytes } from "../src/keystore/encoding.js";

export function hex(digits: string): Bytes {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
