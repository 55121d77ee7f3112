/** Decrypts the parts of a key file: PBES2 (RFC 8018 6.2), and PBES1 as PKCS#12 had it (RFC 7292 C). */

import type { Budget } from "./budget.js";
import { child, children, dotted, type Element, MalformedError } from "./der-reader.js";
import type { Bytes } from "./encoding.js";
import { KeystoreError, unsupported } from "./errors.js";
import { derive, FOR_IV, FOR_KEY, HASHES } from "./kdf.js";
import { decryptOld, type OldCipher } from "./old-ciphers.js";
import { deriveBytes, readDerivation } from "./pbkdf2.js";

export const PBES2 = "1.2.840.113549.1.5.13";
const PBES1: Readonly<Record<string, OldCipher>> = {
  "1.2.840.113549.1.12.1.3": { name: "3DES", keyLength: 24 },
  "1.2.840.113549.1.12.1.4": { name: "3DES", keyLength: 16 },
  "1.2.840.113549.1.12.1.5": { name: "RC2", keyLength: 16 },
  "1.2.840.113549.1.12.1.6": { name: "RC2", keyLength: 5 },
};
export const AES_256_CBC = "2.16.840.1.101.3.4.1.42";
const AES: Readonly<Record<string, number>> = {
  "2.16.840.1.101.3.4.1.2": 16,
  "2.16.840.1.101.3.4.1.22": 24,
  [AES_256_CBC]: 32,
};
const TRIPLE_DES_CBC = "1.2.840.113549.3.7";

/**
 * The plain bytes of `content`, encrypted as `identifier` (AlgorithmIdentifier) says.
 *
 * Throws `keystore.password` where it does not decrypt, `keystore.gost` and
 * `keystore.unsupported_key` for algorithms that no browser has, `keystore.iterations`.
 */
export async function decrypt(
  identifier: Element,
  content: Bytes,
  password: string,
  budget: Budget,
): Promise<Bytes> {
  const [type, parameters] = children(identifier);
  if (!type || !parameters) {
    throw new MalformedError();
  }
  const name = dotted(type);
  const old = PBES1[name];
  if (old) {
    const [salt, iterations] = children(parameters);
    if (salt?.tag !== 0x04 || !iterations) {
      throw new MalformedError();
    }
    const derivation = {
      hash: HASHES["1.3.14.3.2.26"],
      password,
      salt: salt.content,
      iterations: budget.spend(iterations),
    };
    const key = derive(derivation, FOR_KEY, old.keyLength);
    return decryptOld(old, key, derive(derivation, FOR_IV, 8), content);
  }
  if (name !== PBES2) {
    throw unsupported(name);
  }
  return decryptPbes2(parameters, content, password, budget);
}

async function decryptPbes2(
  parameters: Element,
  content: Bytes,
  password: string,
  budget: Budget,
): Promise<Bytes> {
  const scheme = child(parameters, 1);
  const name = dotted(child(scheme, 0));
  const length = name === TRIPLE_DES_CBC ? 24 : AES[name];
  if (length === undefined) {
    throw unsupported(name);
  }
  const derivation = readDerivation(child(parameters, 0), budget);
  const iv = child(scheme, 1).content;
  const key = await deriveBytes(derivation, password, length);
  if (name === TRIPLE_DES_CBC) {
    return decryptOld({ name: "3DES", keyLength: length }, key, iv, content);
  }
  return decryptAes(key, iv, content);
}

async function decryptAes(key: Bytes, iv: Bytes, content: Bytes): Promise<Bytes> {
  try {
    const secret = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, secret, content));
  } catch (error) {
    // Chromium has no AES with 192 bits and says so when the key is imported.
    const code = key.length === 24 ? "keystore.unsupported_key" : "keystore.password";
    throw new KeystoreError(code, { cause: error });
  }
}
