/**
 * Takes a PKCS#12 file (RFC 7292) apart: its private keys as PKCS#8, its certificates as they are.
 *
 * Whose key it is and what it is good for is not asked here.
 */

import { implicitOctets, toDer } from "./ber.js";
import { Budget } from "./budget.js";
import { decrypt } from "./decrypt.js";
import { child, children, dotted, type Element, MalformedError, read } from "./der-reader.js";
import { type Bytes, toHex } from "./encoding.js";
import { KeystoreError, refusing } from "./errors.js";
import { isSealed } from "./mac.js";

export const LARGEST_BYTES = 1024 * 1024;
export const DATA = "1.2.840.113549.1.7.1";
export const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
export const KEY_BAG = "1.2.840.113549.1.12.10.1.1";
export const SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
export const CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
export const X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
export const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
const SAFE_CONTENTS_BAG = "1.2.840.113549.1.12.10.1.6";
/** Bags in bags: nobody nests them deeper. */
const DEEPEST = 4;

export interface FoundKey {
  readonly pkcs8: Bytes;
  /** Hex; '' where the file gives none. */
  readonly localKeyId: string;
}

export interface FoundCertificate {
  readonly der: Bytes;
  readonly localKeyId: string;
}

export interface Contents {
  readonly keys: FoundKey[];
  readonly certificates: FoundCertificate[];
}

/**
 * Open a file of at most 1 MB with the password as it was typed.
 *
 * Throws `keystore.too_large`, `.not_keystore`, `.password` (also for a damaged file),
 * `.iterations`, `.gost`, `.unsupported_key`.
 */
export async function readFile(file: ArrayBuffer, typed: string): Promise<Contents> {
  if (file.byteLength > LARGEST_BYTES) {
    throw new KeystoreError("keystore.too_large");
  }
  const { content, macData } = await refusing("keystore.not_keystore", () => readOuter(new Uint8Array(file)));
  // One letter may be typed as two characters; programs write it as one.
  const opener = new Opener(typed.normalize("NFC"), new Budget());
  // What cannot be read behind a password was opened with a wrong one, or is damaged.
  return refusing("keystore.password", async () => {
    if (macData && !(await isSealed(macData, content, opener.password, opener.budget))) {
      throw new KeystoreError("keystore.password");
    }
    return opener.open(content);
  });
}

/** PFX: the AuthenticatedSafe as it is sealed, and the seal. */
function readOuter(file: Bytes): { content: Bytes; macData: Element | undefined } {
  const [, safe, macData] = children(read(toDer(file)));
  // A file sealed by a signature (RFC 7292 4, public-key integrity mode) nobody has.
  if (!safe || dotted(child(safe, 0)) !== DATA) {
    throw new MalformedError();
  }
  return { content: dataOf(safe), macData };
}

/** The content of a ContentInfo of type data. */
function dataOf(contentInfo: Element): Bytes {
  return child(child(contentInfo, 1), 0).content;
}

/** Goes through the bags of one file. */
class Opener {
  private readonly keys: FoundKey[] = [];
  private readonly certificates: FoundCertificate[] = [];

  constructor(
    readonly password: string,
    readonly budget: Budget,
  ) {}

  async open(authenticatedSafe: Bytes): Promise<Contents> {
    for (const contentInfo of children(read(toDer(authenticatedSafe)))) {
      const contents = await this.plain(contentInfo);
      if (contents) {
        await this.readBags(read(toDer(contents)), DEEPEST);
      }
    }
    return { keys: this.keys, certificates: this.certificates };
  }

  /** SafeContents; null for what is encrypted to a public key. */
  private async plain(contentInfo: Element): Promise<Bytes | null> {
    const type = dotted(child(contentInfo, 0));
    if (type === DATA) {
      return dataOf(contentInfo);
    }
    if (type !== ENCRYPTED_DATA) {
      return null;
    }
    // RFC 5652 8: EncryptedData is version, EncryptedContentInfo
    const encrypted = child(child(child(contentInfo, 1), 0), 1);
    return this.decrypt(child(encrypted, 1), implicitOctets(child(encrypted, 2)));
  }

  private decrypt(algorithm: Element, content: Bytes): Promise<Bytes> {
    return decrypt(algorithm, content, this.password, this.budget);
  }

  private async readBags(contents: Element, depth: number): Promise<void> {
    if (depth === 0) {
      throw new MalformedError();
    }
    for (const bag of children(contents)) {
      const [type, holder, attributes] = children(bag);
      if (!type || !holder) {
        throw new MalformedError();
      }
      await this.readBag(dotted(type), child(holder, 0), localKeyIdOf(attributes), depth);
    }
  }

  private async readBag(type: string, value: Element, localKeyId: string, depth: number): Promise<void> {
    if (type === KEY_BAG) {
      this.keys.push({ pkcs8: value.raw, localKeyId });
    } else if (type === SHROUDED_KEY_BAG) {
      const pkcs8 = await this.decrypt(child(value, 0), child(value, 1).content);
      this.keys.push({ pkcs8: toDer(pkcs8), localKeyId });
    } else if (type === CERTIFICATE_BAG) {
      if (dotted(child(value, 0)) === X509_CERTIFICATE) {
        this.certificates.push({ der: child(child(value, 1), 0).content, localKeyId });
      }
    } else if (type === SAFE_CONTENTS_BAG) {
      await this.readBags(value, depth - 1);
    }
    // Revocation lists and secrets are none of our business.
  }
}

function localKeyIdOf(attributes: Element | undefined): string {
  for (const attribute of attributes ? children(attributes) : []) {
    if (dotted(child(attribute, 0)) === LOCAL_KEY_ID) {
      return toHex(child(child(attribute, 1), 0).content);
    }
  }
  return "";
}
