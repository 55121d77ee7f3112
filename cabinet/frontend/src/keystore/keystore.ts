/**
 * The page's side of the key files: a Worker does the work, so that the page never stands still.
 *
 * Holds no key and no password. What goes wrong is a `KeystoreError` with a code.
 */

import { KeystoreError } from "./errors.js";
import type { Answer, Call, Finished, Generated, KeyKind, Name, Opened, Operations } from "./protocol.js";
import { workerUrl } from "./worker-url.js";

export { KeystoreError } from "./errors.js";
export type { Finished, Generated, KeyInfo, KeyKind, Opened, Purpose } from "./protocol.js";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: KeystoreError): void;
}

/** Every call may be stopped by its signal; that stops all others too and forgets opened keys. */
export class Keystore {
  private worker: Worker | null = null;
  private calls = 0;
  private readonly waiting = new Map<number, Waiting>();

  /** `address` is the Worker's script, given by the page. Nothing is loaded before it is needed. */
  constructor(private readonly address: string) {}

  /** The keys in a PKCS#12 file. Keys of a file opened before are forgotten. */
  open(file: ArrayBuffer, password: string, signal?: AbortSignal): Promise<Opened> {
    return this.call("open", [file, password], signal);
  }

  /** A detached CAdES-BES signature over the text as UTF-8: DER, base64. */
  sign(keyId: string, text: string, signal?: AbortSignal): Promise<string> {
    return this.call("sign", [keyId, text], signal);
  }

  /** A new key: its request, and the file in which it waits. `label` is the file's name for it. */
  generate(kind: KeyKind, password: string, label: string, signal?: AbortSignal): Promise<Generated> {
    return this.call("generate", [kind, password, label], signal);
  }

  /** Prove that a waiting file opens; gives the id of its key. */
  reopen(pending: ArrayBuffer, password: string, signal?: AbortSignal): Promise<string> {
    return this.call("reopen", [pending, password], signal);
  }

  /** The final file of a waiting key and its certificate (DER, base64). It can sign at once. */
  finish(
    pending: ArrayBuffer,
    password: string,
    certificate: string,
    chain: readonly string[],
    signal?: AbortSignal,
  ): Promise<Finished> {
    return this.call("finish", [pending, password, certificate, chain], signal);
  }

  /** Stop whatever runs. The next call starts anew, with no key opened. */
  cancel(): void {
    this.stop(new KeystoreError("keystore.cancelled"));
  }

  private async call<N extends Name>(
    name: N,
    values: Parameters<Operations[N]>,
    signal: AbortSignal | undefined,
  ): Promise<Awaited<ReturnType<Operations[N]>>> {
    if (signal?.aborted) {
      throw new KeystoreError("keystore.cancelled");
    }
    const cancel = (): void => {
      this.cancel();
    };
    signal?.addEventListener("abort", cancel);
    try {
      return (await this.post(name, values)) as Awaited<ReturnType<Operations[N]>>;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  private post(name: Name, values: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const number = ++this.calls;
      this.waiting.set(number, { resolve, reject });
      try {
        this.worker ??= this.start();
        this.worker.postMessage({ number, name, values } satisfies Call);
      } catch (error) {
        this.waiting.delete(number);
        reject(new KeystoreError("keystore.failed", { cause: error }));
      }
    });
  }

  private start(): Worker {
    const worker = new Worker(workerUrl(this.address), { type: "module" });
    worker.addEventListener("message", (event: MessageEvent<Answer>) => {
      this.settle(event.data);
    });
    // The script did not load or fell over: nobody would answer any more.
    worker.addEventListener("error", (event) => {
      this.stop(new KeystoreError("keystore.failed", { cause: event.message }));
    });
    return worker;
  }

  private settle(answer: Answer): void {
    const call = this.waiting.get(answer.number);
    this.waiting.delete(answer.number);
    if ("code" in answer) {
      call?.reject(new KeystoreError(answer.code));
    } else {
      call?.resolve(answer.value);
    }
  }

  private stop(reason: KeystoreError): void {
    this.worker?.terminate();
    this.worker = null;
    const calls = [...this.waiting.values()];
    this.waiting.clear();
    for (const call of calls) {
      call.reject(reason);
    }
  }
}
