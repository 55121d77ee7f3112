/** Which certificate belongs to which key of an opened file, and what issued it. */

import { type Certificate, readCertificate } from "./certificate.js";
import { type Bytes, isEqual, toBase64 } from "./encoding.js";
import { KeystoreError } from "./errors.js";
import { belongs, importPrivateKey, keyIdOf, kindOf, type SigningKey } from "./keys.js";
import type { KeyInfo } from "./protocol.js";
import type { Contents, FoundKey } from "./read-file.js";

/** More keys than this nobody keeps in one file; trying all against all would take long. */
const MOST_KEYS = 32;

export interface Identity {
  /** SHA-256 of the SubjectPublicKeyInfo, hex. */
  readonly id: string;
  readonly key: SigningKey;
  /** Zeros once nobody has to write it into a file. */
  readonly pkcs8: Bytes;
  readonly certificate: Certificate;
  /** Its issuers as far as the file has them, without the self-signed one. */
  readonly chain: readonly Certificate[];
}

interface Candidate {
  readonly certificate: Certificate;
  readonly localKeyId: string;
}

/**
 * Every key that can sign, with its certificate.
 *
 * Where there is none: `keystore.gost` if a key was a national one, else
 * `keystore.unsupported_key` if there were others, else `keystore.no_key`.
 */
export async function findIdentities({ keys, certificates }: Contents): Promise<Identity[]> {
  const candidates = certificates.flatMap(readable);
  const found: Identity[] = [];
  const refusals: KeystoreError[] = [];
  for (const key of keys.slice(0, MOST_KEYS)) {
    try {
      const identity = await identify(key, candidates);
      found.push(...(identity ? [identity] : []));
    } catch (error) {
      refusals.push(error instanceof KeystoreError ? error : new KeystoreError("keystore.unsupported_key"));
    }
  }
  if (found.length === 0) {
    const gost = refusals.find(({ code }) => code === "keystore.gost");
    throw gost ?? refusals[0] ?? new KeystoreError("keystore.no_key");
  }
  return found;
}

/** A certificate that cannot be read is no reason to refuse the others. */
function readable({ der, localKeyId }: Contents["certificates"][number]): Candidate[] {
  try {
    return [{ certificate: readCertificate(der), localKeyId }];
  } catch {
    return [];
  }
}

async function identify(found: FoundKey, candidates: readonly Candidate[]): Promise<Identity | null> {
  const key = await importPrivateKey(found.pkcs8);
  const isNamed = (one: Candidate) => one.localKeyId !== "" && one.localKeyId === found.localKeyId;
  const likelyFirst = [...candidates.filter(isNamed), ...candidates.filter((one) => !isNamed(one))];
  for (const { certificate } of likelyFirst) {
    // The file's own word for it is not enough: some give every bag the same identifier.
    if (await belongs(key, certificate.spki)) {
      const all = candidates.map((one) => one.certificate);
      const id = await keyIdOf(certificate.spki);
      return { id, key, pkcs8: found.pkcs8, certificate, chain: chainOf(certificate, all) };
    }
  }
  return null;
}

/** By names only: who trusts the chain checks its signatures. */
function chainOf(leaf: Certificate, all: readonly Certificate[]): Certificate[] {
  const chain: Certificate[] = [];
  let last = leaf;
  while (!isEqual(last.issuer, last.subject)) {
    const issuer = all.find((one) => isEqual(one.subject, last.issuer));
    if (!issuer || isEqual(issuer.issuer, issuer.subject) || chain.includes(issuer)) {
      break;
    }
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

/** What the page may know of it. */
export async function infoOf({ id, key, certificate }: Identity): Promise<KeyInfo> {
  return {
    id,
    certificate: toBase64(certificate.der),
    subjectName: certificate.subjectName,
    notAfter: certificate.notAfter.toISOString(),
    serialHex: certificate.serialHex,
    purpose: certificate.purpose,
    algorithm: await kindOf(key, certificate.spki),
  };
}
