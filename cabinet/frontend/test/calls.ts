/**
 * Answers calls from standard input, one JSON a line, as the Worker answers a page.
 *
 * `{"name": "open", "values": […]}` → `{"value": …, "ms": 12}` or `{"code": "keystore.…", "ms": 12}`;
 * bytes go as `{"base64": "…"}`.
 */

import { createInterface } from "node:readline";
import { fromBase64, toBase64 } from "../src/keystore/encoding.js";
import { KeystoreError } from "../src/keystore/errors.js";
import type { Call } from "../src/keystore/protocol.js";
import { Session } from "../src/keystore/session.js";

const session = new Session();

for await (const line of createInterface({ input: process.stdin })) {
  const started = performance.now();
  const answer = await answerTo(JSON.parse(line, revive) as Call);
  const ms = Math.round(performance.now() - started);
  console.log(JSON.stringify({ ...answer, ms }, replace));
}

async function answerTo({ name, values }: Call): Promise<object> {
  try {
    const operation = session[name] as (...values: readonly unknown[]) => Promise<unknown>;
    return { value: await operation.apply(session, [...values]) };
  } catch (error) {
    // Anything without a code is a fault of ours, and the test shall see it.
    return { code: error instanceof KeystoreError ? error.code : String(error) };
  }
}

function revive(_key: string, value: unknown): unknown {
  const bytes = (value as { base64?: string } | null)?.base64;
  return typeof bytes === "string" ? fromBase64(bytes).buffer : value;
}

function replace(_key: string, value: unknown): unknown {
  return value instanceof ArrayBuffer ? { base64: toBase64(new Uint8Array(value)) } : value;
}
