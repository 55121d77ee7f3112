/** What page and Worker say to each other. Shared by both: it imports no cryptography. */

import type { Code } from "./errors.js";

export type KeyKind = "RSA-2048" | "P-256";
export type Purpose = "AUTH" | "SIGN" | "COMBINED" | "OTHER";

/** A key of an opened file with its certificate. The key itself stays in the Worker. */
export interface KeyInfo {
  /** SHA-256 of the public key (SubjectPublicKeyInfo), hex. */
  readonly id: string;
  /** DER as it stands in the file, base64. */
  readonly certificate: string;
  /** The common name of the subject; the whole of the subject where there is none. */
  readonly subjectName: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  /** Lower case, two digits a byte. */
  readonly serialHex: string;
  readonly purpose: Purpose;
  /** "RSA-2048", "P-256", … */
  readonly algorithm: string;
}

export interface Opened {
  readonly keys: KeyInfo[];
}

/** A new key: what is sent, and the encrypted file in which it waits for its certificate. */
export interface Generated {
  /** PKCS#10, DER, base64. */
  readonly request: string;
  readonly pending: ArrayBuffer;
  readonly keyId: string;
}

export interface Finished {
  readonly p12: ArrayBuffer;
  readonly keyId: string;
}

/** The calls that the Worker answers. */
export interface Operations {
  open(file: ArrayBuffer, password: string): Promise<Opened>;
  sign(keyId: string, text: string): Promise<string>;
  generate(kind: KeyKind, password: string, label: string): Promise<Generated>;
  reopen(pending: ArrayBuffer, password: string): Promise<string>;
  finish(
    pending: ArrayBuffer,
    password: string,
    certificate: string,
    chain: readonly string[],
  ): Promise<Finished>;
}

export type Name = keyof Operations;

export interface Call {
  readonly number: number;
  readonly name: Name;
  readonly values: readonly unknown[];
}

export type Answer =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly code: Code };
