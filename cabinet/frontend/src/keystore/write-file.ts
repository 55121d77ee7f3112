/**
 * Writes a PKCS#12 file (RFC 7292) that OpenSSL, Java, Windows and browsers read.
 *
 * PBES2 with AES-256 for key and certificates, HMAC-SHA256 as the seal. Seal and encryption take
 * the same number of rounds: who guesses a password goes for the cheaper of the two.
 */

import { AES_256_CBC, PBES2 } from "./decrypt.js";
import { algorithm, attribute, bmpString, number, octetString, oid, element, sequence, setOf, tagged } from "./der.js";
import type { Bytes } from "./encoding.js";
import { KeystoreError } from "./errors.js";
import { seal } from "./mac.js";
import { deriveBytes, writeDerivation } from "./pbkdf2.js";
import {
  CERTIFICATE_BAG,
  DATA,
  ENCRYPTED_DATA,
  LOCAL_KEY_ID,
  SHROUDED_KEY_BAG,
  X509_CERTIFICATE,
} from "./read-file.js";

const ROUNDS = 250_000;
const FRIENDLY_NAME = "1.2.840.113549.1.9.20";
const PFX_VERSION = number(3);

export interface NewFile {
  readonly pkcs8: Bytes;
  /** DER; the key's own first, then its issuers. */
  readonly certificates: readonly [Bytes, ...Bytes[]];
  /** What programs call the key. */
  readonly name: string;
}

/** The bytes of a new file. The password has ASCII signs only: Java opens no other. */
export async function writeFile({ pkcs8, certificates, name }: NewFile, password: string): Promise<Bytes> {
  if (!/^[ -~]+$/.test(password)) {
    throw new KeystoreError("keystore.failed", { cause: "the password is not ASCII" });
  }
  const [leaf, ...chain] = certificates;
  const localKeyId = new Uint8Array(await crypto.subtle.digest("SHA-1", leaf));
  const attributes = setOf([
    attribute(FRIENDLY_NAME, bmpString(name)),
    attribute(LOCAL_KEY_ID, octetString(localKeyId)),
  ]);
  const certificateBags = sequence(
    certificateBag(leaf, attributes),
    ...chain.map((certificate) => certificateBag(certificate)),
  );
  const key = await encrypt(pkcs8, password);
  const shrouded = sequence(key.algorithm, octetString(key.content));
  const keyBags = sequence(sequence(oid(SHROUDED_KEY_BAG), tagged(0, shrouded), attributes));
  const safe = sequence(await encryptedData(certificateBags, password), data(keyBags));
  const macData = seal(safe, password, randomBytes(16), ROUNDS);
  return sequence(PFX_VERSION, data(safe), macData);
}

/** ContentInfo of type data. */
function data(content: Bytes): Bytes {
  return sequence(oid(DATA), tagged(0, octetString(content)));
}

function certificateBag(certificate: Bytes, ...attributes: readonly Bytes[]): Bytes {
  const value = sequence(oid(X509_CERTIFICATE), tagged(0, octetString(certificate)));
  return sequence(oid(CERTIFICATE_BAG), tagged(0, value), ...attributes);
}

/** ContentInfo of type encryptedData (RFC 5652 8). */
async function encryptedData(content: Bytes, password: string): Promise<Bytes> {
  const encrypted = await encrypt(content, password);
  const info = sequence(oid(DATA), encrypted.algorithm, element(0x80, encrypted.content));
  return sequence(oid(ENCRYPTED_DATA), tagged(0, sequence(number(0), info)));
}

/** PBES2 (RFC 8018 6.2.1) with a salt and an IV of its own. */
async function encrypt(content: Bytes, password: string): Promise<{ algorithm: Bytes; content: Bytes }> {
  const derivation = { hash: "SHA-256", salt: randomBytes(16), iterations: ROUNDS, keyLength: null };
  const secret = await deriveBytes(derivation, password, 32);
  const iv = randomBytes(16);
  const key = await crypto.subtle.importKey("raw", secret, "AES-CBC", false, ["encrypt"]);
  const encrypted = await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, content);
  const scheme = algorithm(AES_256_CBC, octetString(iv));
  return {
    algorithm: algorithm(PBES2, sequence(writeDerivation(derivation), scheme)),
    content: new Uint8Array(encrypted),
  };
}

function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}
