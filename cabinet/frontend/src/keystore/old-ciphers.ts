/** Decrypts what WebCrypto cannot: triple DES and RC2, which old key files still use. Never encrypts. */

import "node-forge/lib/des.js";
import "node-forge/lib/rc2.js";
import forge from "node-forge/lib/forge.js";
import { type Bytes, concat, fromBinary, toBinary } from "./encoding.js";
import { KeystoreError } from "./errors.js";

export interface OldCipher {
  readonly name: "3DES" | "RC2";
  readonly keyLength: number;
}

/** CBC with padding; the IV has eight bytes. Throws `keystore.password` for wrong padding. */
export function decryptOld(cipher: OldCipher, key: Bytes, iv: Bytes, content: Bytes): Bytes {
  const buffer = (bytes: Bytes) => forge.util.createBuffer(toBinary(bytes));
  const running =
    cipher.name === "RC2"
      ? forge.rc2.createDecryptionCipher(toBinary(key), key.length * 8)
      : forge.des.createDecryptionCipher(toBinary(threeKeys(key)));
  running.start(buffer(iv));
  running.update(buffer(content));
  if (!running.finish()) {
    throw new KeystoreError("keystore.password");
  }
  return fromBinary(running.output.getBytes());
}

/** Two-key triple DES takes the first key again. */
function threeKeys(key: Bytes): Bytes {
  return key.length === 16 ? concat(key, key.subarray(0, 8)) : key;
}
