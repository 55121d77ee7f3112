/** How much derivation one file may ask for: a file may name any number of rounds. */

import { MalformedError, type Element } from "./der-reader.js";
import { KeystoreError } from "./errors.js";

const MOST_ROUNDS = 5_000_000;

/** Counts the rounds of all keys derived for one file. */
export class Budget {
  private left = MOST_ROUNDS;

  /** Take the rounds that an INTEGER names. Throws `keystore.iterations` when there are too many. */
  spend(iterations: Element): number {
    const rounds = numberOf(iterations);
    this.left -= rounds;
    if (this.left < 0) {
      throw new KeystoreError("keystore.iterations");
    }
    return rounds;
  }
}

/** A positive INTEGER. What is larger than can be counted comes out as infinite. */
export function numberOf(found: Element): number {
  if (found.tag !== 0x02 || found.content.length === 0 || (found.content[0] ?? 0) >= 0x80) {
    throw new MalformedError();
  }
  if (found.content.length > 6) {
    return Number.POSITIVE_INFINITY;
  }
  const value = found.content.reduce((sum, octet) => sum * 256 + octet, 0);
  if (value === 0) {
    throw new MalformedError();
  }
  return value;
}
