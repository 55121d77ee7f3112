/** The page of the test: gives the test the client of the key files, and watches the page meanwhile. */

import { Keystore, KeystoreError } from "../../../../cabinet/frontend/src/keystore/keystore.js";

type Answer = { value: unknown; ms: number; gap: number } | { code: string };

declare global {
  interface Window {
    call(name: "open" | "sign" | "generate" | "reopen" | "finish", ...args: unknown[]): Promise<Answer>;
    cancelled(): Promise<string>;
    fromElsewhere(): Promise<string>;
    isGuarded(): Promise<boolean>;
    violations: string[];
  }
}

const keystore = new Keystore(document.body.dataset["worker"] ?? "");

window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});

/** One call of the client; bytes come and go as `{base64}`. `gap`: longest time the page stood still. */
window.call = async (name, ...args) => {
  const watch = watchGaps();
  const started = performance.now();
  try {
    const method = keystore[name] as (...args: unknown[]) => Promise<unknown>;
    const value = await method.apply(keystore, args.map(decode));
    return { value: encode(value), ms: performance.now() - started, gap: watch() };
  } catch (error) {
    watch();
    return { code: codeOf(error) };
  }
};

/** The code of a call whose signal is aborted while it runs. */
window.cancelled = async () => {
  const controller = new AbortController();
  const work = keystore.generate("RSA-2048", "Password1", "cancelled", controller.signal);
  setTimeout(() => {
    controller.abort();
  }, 100);
  return work.then(() => "finished", codeOf);
};

/** The code where the worker's script is another site's. */
window.fromElsewhere = async () => {
  const stranger = new Keystore("https://elsewhere.example/worker.js");
  return stranger.sign("", "").then(() => "finished", codeOf);
};

/** Whether this browser enforces Trusted Types: a bare address must not start a worker. */
window.isGuarded = async () => {
  const told = new Promise((resolve) => {
    document.addEventListener("securitypolicyviolation", resolve, { once: true });
  });
  try {
    new Worker("worker.js", { type: "module" }).terminate();
    return false;
  } catch (error) {
    await told;
    // This one was meant.
    window.violations.pop();
    return error instanceof TypeError;
  }
};

function codeOf(error: unknown): string {
  return error instanceof KeystoreError ? error.code : String(error);
}

function watchGaps(): () => number {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

function decode(value: unknown): unknown {
  if (typeof value === "object" && value !== null && "base64" in value) {
    return Uint8Array.from(atob(String(value.base64)), (char) => char.charCodeAt(0)).buffer;
  }
  return value;
}

function encode(value: unknown): unknown {
  if (value instanceof ArrayBuffer) {
    return { base64: btoa(Array.from(new Uint8Array(value), (byte) => String.fromCharCode(byte)).join("")) };
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, encode(one)]));
  }
  return value;
}
