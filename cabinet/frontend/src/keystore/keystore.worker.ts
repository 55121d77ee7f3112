/** The Worker's script: answers the page's calls, one after another. */

import { KeystoreError } from "./errors.js";
import type { Answer, Call } from "./protocol.js";
import { Session } from "./session.js";

interface Port {
  postMessage(answer: Answer): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Call>) => void): void;
}

const port = globalThis as unknown as Port;
const session = new Session();
let last: Promise<void> = Promise.resolve();

port.addEventListener("message", ({ data }) => {
  last = last.then(async () => {
    port.postMessage(await answer(data));
  });
});

async function answer({ number, name, values }: Call): Promise<Answer> {
  try {
    const operation = session[name] as (...values: readonly unknown[]) => Promise<unknown>;
    return { number, value: await operation.apply(session, [...values]) };
  } catch (error) {
    // For developers: a code tells people enough, and what was typed is in neither.
    console.debug(error);
    return { number, code: error instanceof KeystoreError ? error.code : "keystore.failed" };
  }
}
