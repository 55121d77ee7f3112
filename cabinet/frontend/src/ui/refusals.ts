/** What was thrown becomes something to show, beside the field where it can be mended. */

import { refusal, type Refused } from "./api.js";
import { hasSentence } from "./sentences.js";

/** Where a person mends it. What is not here belongs to no field. */
const FIELDS: Readonly<Record<string, string>> = {
  "keystore.password": "password",
  "keystore.not_keystore": "file",
  "keystore.gost": "file",
  "keystore.no_key": "file",
  "keystore.too_large": "file",
  "keystore.iterations": "file",
  "keystore.key_mismatch": "file",
  "keystore.unsupported_key": "file",
};

/** A refusal for anything thrown: by its `code` if there is a sentence for it. */
export function refusalOf(error: unknown): Refused {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code === "string" && hasSentence(code)) {
    return refusal(code, FIELDS[code] ?? "");
  }
  console.error(error);
  return refusal("keystore.failed");
}
