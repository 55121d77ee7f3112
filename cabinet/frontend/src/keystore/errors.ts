/** What can go wrong with a key file, as codes. The sentences for them are the server's. */

export const CODES = [
  /** Wrong password, or a damaged file: the two cannot be told apart. */
  "keystore.password",
  "keystore.not_keystore",
  "keystore.gost",
  "keystore.no_key",
  "keystore.too_large",
  "keystore.iterations",
  "keystore.key_mismatch",
  "keystore.unsupported_key",
  "keystore.cancelled",
  "keystore.failed",
] as const;

export type Code = (typeof CODES)[number];

/** A refusal that a person can be told about. */
export class KeystoreError extends Error {
  /** The cause is for a developer's console; it must never hold a password or a key. */
  constructor(
    readonly code: Code,
    options?: { cause: unknown },
  ) {
    super(code, options);
    this.name = "KeystoreError";
  }
}

// Kazakhstan's and Russia's arcs: no browser computes them.
const NATIONAL_ARCS = ["1.2.398.3.", "1.2.643."];

/** The refusal of an algorithm by its OID: national ones need the national program. */
export function unsupported(dotted: string): KeystoreError {
  const isNational = NATIONAL_ARCS.some((arc) => dotted.startsWith(arc));
  return new KeystoreError(isNational ? "keystore.gost" : "keystore.unsupported_key");
}

/** Run `work`; what it throws becomes a refusal with `code`, unless it is one already. */
export async function refusing<T>(code: Code, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof KeystoreError ? error : new KeystoreError(code, { cause: error });
  }
}
