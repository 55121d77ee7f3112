/** Private keys as WebCrypto holds them, not extractable; and their signatures as X.509 writes them. */

import { algorithm, integer, NULL, sequence } from "./der.js";
import { child, children, dotted, MalformedError, read } from "./der-reader.js";
import { type Bytes, toHex } from "./encoding.js";
import { KeystoreError, unsupported } from "./errors.js";
import type { KeyKind } from "./protocol.js";

const RSA = "1.2.840.113549.1.1.1";
const EC = "1.2.840.10045.2.1";

interface Algorithm {
  /** For signing, importing and making the key. */
  readonly parameters: { readonly name: string; readonly hash: "SHA-256" | "SHA-384"; readonly namedCurve?: string };
  readonly digest: Bytes;
  /** Of a CMS signature (RFC 5754 3). */
  readonly cmsSignature: Bytes;
  /** Of a request or certificate (RFC 5754 3, RFC 4055 5). */
  readonly signature: Bytes;
}

// RFC 5754 2: parameters of the SHA-2 family are absent.
const SHA256 = algorithm("2.16.840.1.101.3.4.2.1");
const SHA384 = algorithm("2.16.840.1.101.3.4.2.2");
const ECDSA_SHA256 = algorithm("1.2.840.10045.4.3.2");
const ECDSA_SHA384 = algorithm("1.2.840.10045.4.3.3");

const RSA_SHA256: Algorithm = {
  parameters: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  digest: SHA256,
  cmsSignature: algorithm(RSA, NULL),
  signature: algorithm("1.2.840.113549.1.1.11", NULL),
};
const P256: Algorithm = {
  parameters: { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" },
  digest: SHA256,
  cmsSignature: ECDSA_SHA256,
  signature: ECDSA_SHA256,
};
const P384: Algorithm = {
  parameters: { name: "ECDSA", hash: "SHA-384", namedCurve: "P-384" },
  digest: SHA384,
  cmsSignature: ECDSA_SHA384,
  signature: ECDSA_SHA384,
};
const CURVES: ReadonlyMap<string, Algorithm> = new Map([
  ["1.2.840.10045.3.1.7", P256],
  ["1.3.132.0.34", P384],
]);

export interface SigningKey {
  readonly key: CryptoKey;
  readonly algorithm: Algorithm;
}

/** The key of an opened PKCS#8 (RFC 5958). Throws `keystore.gost`, `keystore.unsupported_key`. */
export async function importPrivateKey(pkcs8: Bytes): Promise<SigningKey> {
  const algorithm = algorithmOf(child(read(pkcs8), 1).raw);
  try {
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm.parameters, false, ["sign"]);
    return { key, algorithm };
  } catch (error) {
    throw new KeystoreError("keystore.unsupported_key", { cause: error });
  }
}

/** By an AlgorithmIdentifier. */
function algorithmOf(identifier: Bytes): Algorithm {
  const [type, parameters] = children(read(identifier));
  if (!type) {
    throw new MalformedError();
  }
  const name = dotted(type);
  const found =
    name === RSA ? RSA_SHA256 : name === EC && parameters ? CURVES.get(dotted(parameters)) : undefined;
  if (!found) {
    throw unsupported(name);
  }
  return found;
}

/** A new pair. Extractable, since it has to be written into a file: let it out of sight soon. */
export async function generatePair(kind: KeyKind): Promise<{ pair: CryptoKeyPair; algorithm: Algorithm }> {
  const algorithm = kind === "P-256" ? P256 : RSA_SHA256;
  const size = kind === "P-256" ? {} : { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const parameters = { ...algorithm.parameters, ...size } as RsaHashedKeyGenParams & EcKeyGenParams;
  const pair = await crypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
  return { pair, algorithm };
}

/** The signature over `data`, as CMS, requests and certificates carry it. */
export async function sign({ key, algorithm }: SigningKey, data: Bytes): Promise<Bytes> {
  const raw = new Uint8Array(await crypto.subtle.sign(algorithm.parameters, key, data));
  if (algorithm.parameters.name !== "ECDSA") {
    return raw;
  }
  // WebCrypto gives r and s side by side; X.509 wants a SEQUENCE (RFC 3279 2.2.3).
  const half = raw.length / 2;
  return sequence(integer(raw.subarray(0, half)), integer(raw.subarray(half)));
}

/** Whether the private key is the one of this SubjectPublicKeyInfo: it signs, the other verifies. */
export async function belongs({ key, algorithm }: SigningKey, spki: Bytes): Promise<boolean> {
  const probe = crypto.getRandomValues(new Uint8Array(32));
  const signature = await crypto.subtle.sign(algorithm.parameters, key, probe);
  try {
    const publicKey = await crypto.subtle.importKey("spki", spki, algorithm.parameters, false, ["verify"]);
    return await crypto.subtle.verify(algorithm.parameters, publicKey, signature, probe);
  } catch {
    // A key of another kind.
    return false;
  }
}

/** Names a public key everywhere: SHA-256 of its SubjectPublicKeyInfo in hex. */
export async function keyIdOf(spki: Bytes): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", spki)));
}

/** "RSA-2048", "P-256", "P-384". */
export async function kindOf({ algorithm }: SigningKey, spki: Bytes): Promise<string> {
  const publicKey = await crypto.subtle.importKey("spki", spki, algorithm.parameters, true, ["verify"]);
  return algorithm.parameters.namedCurve ?? `RSA-${(publicKey.algorithm as RsaHashedKeyAlgorithm).modulusLength}`;
}
