/** The key derivation of PKCS#12, by the values that its implementations share. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "../src/keystore/encoding.js";
import { derive, FOR_IV, FOR_KEY, FOR_MAC, HASHES } from "../src/keystore/kdf.js";
import { hex } from "./hex.js";

const hash = HASHES["1.3.14.3.2.26"];
const KNOWN = [
  ["smeg", "0a58cf64530d823f", 1, FOR_KEY, "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3"],
  ["smeg", "0a58cf64530d823f", 1, FOR_IV, "79993dfe048d3b76"],
  ["smeg", "3d83c0e4546ac140", 1, FOR_MAC, "8d967d88f6caa9d714800ab3d48051d63f73a312"],
  ["queeg", "05dec959acff72f7", 1000, FOR_KEY, "ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4"],
  ["queeg", "05dec959acff72f7", 1000, FOR_IV, "11dedad7758d4860"],
  ["queeg", "263216fcc2fab31c", 1000, FOR_MAC, "5ec4c7a80df652294c3925b6489a7ab857c83476"],
] as const;

for (const [password, salt, iterations, id, expected] of KNOWN) {
  test(`derives ${expected.slice(0, 8)} after ${iterations} rounds`, () => {
    const derivation = { hash, password, salt: hex(salt), iterations };
    assert.equal(toHex(derive(derivation, id, expected.length / 2)), expected);
  });
}
