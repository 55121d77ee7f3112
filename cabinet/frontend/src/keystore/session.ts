/**
 * The work of the Worker: opens, signs, makes and finishes keys.
 *
 * Private keys stay in here. What a page gets are certificates, signatures and encrypted files.
 */

import { readCertificate } from "./certificate.js";
import { fromBase64, isEqual, toBase64, utf8 } from "./encoding.js";
import { KeystoreError, refusing } from "./errors.js";
import { findIdentities, type Identity, infoOf } from "./identities.js";
import { generatePair, keyIdOf } from "./keys.js";
import { signDetached } from "./cms.js";
import type { Finished, Generated, KeyKind, Opened, Operations } from "./protocol.js";
import { readFile } from "./read-file.js";
import { makePlaceholder, makeRequest } from "./requests.js";
import { writeFile } from "./write-file.js";

export class Session implements Operations {
  private readonly identities = new Map<string, Identity>();

  async open(file: ArrayBuffer, password: string): Promise<Opened> {
    const found = await findIdentities(await readFile(file, password));
    this.identities.clear();
    for (const identity of found) {
      this.keep(identity);
    }
    return { keys: await Promise.all(found.map(infoOf)) };
  }

  async sign(keyId: string, text: string): Promise<string> {
    const identity = this.identities.get(keyId);
    if (!identity) {
      throw new KeystoreError("keystore.no_key");
    }
    return toBase64(await signDetached(identity, utf8(text), new Date()));
  }

  async generate(kind: KeyKind, password: string, label: string): Promise<Generated> {
    const { pair, algorithm } = await generatePair(kind);
    const key = { key: pair.privateKey, algorithm };
    const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
    const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
    try {
      const request = await makeRequest(key, spki, label);
      const placeholder = await makePlaceholder(key, spki, label, new Date());
      const pending = await writeFile({ pkcs8, certificates: [placeholder], name: label }, password);
      return { request: toBase64(request), pending: pending.buffer, keyId: await keyIdOf(spki) };
    } finally {
      pkcs8.fill(0);
    }
  }

  async reopen(pending: ArrayBuffer, password: string): Promise<string> {
    const { id, pkcs8 } = await this.only(pending, password);
    pkcs8.fill(0);
    return id;
  }

  async finish(
    pending: ArrayBuffer,
    password: string,
    certificate: string,
    chain: readonly string[],
  ): Promise<Finished> {
    const leaf = await refusing("keystore.failed", () => readCertificate(fromBase64(certificate)));
    const issuers = await refusing("keystore.failed", () => chain.map(fromBase64));
    const waiting = await this.only(pending, password);
    try {
      // The portal's word is not taken for it: a certificate for another key would be of no use.
      if (!isEqual(leaf.spki, waiting.certificate.spki)) {
        throw new KeystoreError("keystore.key_mismatch");
      }
      const certificates = [leaf.der, ...issuers] as const;
      const p12 = await writeFile({ pkcs8: waiting.pkcs8, certificates, name: leaf.subjectName }, password);
      const finished = await this.only(p12.buffer, password);
      if (!isEqual(finished.certificate.der, leaf.der)) {
        throw new KeystoreError("keystore.failed");
      }
      this.keep(finished);
      return { p12: p12.buffer, keyId: finished.id };
    } finally {
      waiting.pkcs8.fill(0);
    }
  }

  /** Hold a key for signing. WebCrypto has it, not extractable: what could be read is wiped. */
  private keep(identity: Identity): void {
    identity.pkcs8.fill(0);
    this.identities.set(identity.id, identity);
  }

  /** The key of a file that we wrote: there is one. */
  private async only(file: ArrayBuffer, password: string): Promise<Identity> {
    const [first] = await findIdentities(await readFile(file, password));
    if (!first) {
      throw new KeystoreError("keystore.no_key");
    }
    return first;
  }
}
