/** The page's side: calls find their answers, and stopping one stops the Worker. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Keystore, KeystoreError } from "../src/keystore/keystore.js";
import type { Answer, Call } from "../src/keystore/protocol.js";

const SITE = "https://portal.example";

/** A Worker that answers when the test says so. */
class FakeWorker extends EventTarget {
  static made: FakeWorker[] = [];
  readonly calls: Call[] = [];
  isTerminated = false;

  constructor(readonly address: string) {
    super();
    FakeWorker.made.push(this);
  }

  postMessage(call: Call): void {
    this.calls.push(call);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  answer(data: Answer): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

beforeEach(() => {
  FakeWorker.made = [];
  Object.assign(globalThis, {
    Worker: FakeWorker,
    window: { location: new URL(SITE) },
    document: { baseURI: `${SITE}/sign-in/` },
  });
});

function worker(index = 0): FakeWorker {
  const found = FakeWorker.made[index];
  assert.ok(found);
  return found;
}

function refusedAs(code: string): (error: unknown) => boolean {
  return (error) => error instanceof KeystoreError && error.code === code;
}

/** Lets promises that are ready go on. */
function soon(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("nothing is loaded before the first call", () => {
  new Keystore("/static/worker.js");
  assert.equal(FakeWorker.made.length, 0);
});

test("every call gets its own answer", async () => {
  const keystore = new Keystore("/static/worker.js");
  const first = keystore.sign("a", "text");
  const second = keystore.sign("b", "text");
  await soon();
  worker().answer({ number: 2, value: "second" });
  worker().answer({ number: 1, value: "first" });
  assert.deepEqual(await Promise.all([first, second]), ["first", "second"]);
  assert.equal(FakeWorker.made.length, 1);
  assert.equal(worker().address, `${SITE}/static/worker.js`);
});

test("a refusal keeps its code", async () => {
  const opened = new Keystore("/static/worker.js").open(new ArrayBuffer(1), "password");
  await soon();
  worker().answer({ number: 1, code: "keystore.password" });
  await assert.rejects(opened, refusedAs("keystore.password"));
});

test("stopping ends the Worker, and the next call has a new one", async () => {
  const keystore = new Keystore("/static/worker.js");
  const stopped = keystore.sign("a", "text");
  await soon();
  keystore.cancel();
  await assert.rejects(stopped, refusedAs("keystore.cancelled"));
  assert.ok(worker().isTerminated);
  const next = keystore.sign("a", "text");
  await soon();
  worker(1).answer({ number: 2, value: "signed" });
  assert.equal(await next, "signed");
});

test("a signal stops its call, before it begins and while it runs", async () => {
  const keystore = new Keystore("/static/worker.js");
  await assert.rejects(keystore.sign("a", "text", AbortSignal.abort()), refusedAs("keystore.cancelled"));
  const stopper = new AbortController();
  const stopped = keystore.sign("a", "text", stopper.signal);
  await soon();
  stopper.abort();
  await assert.rejects(stopped, refusedAs("keystore.cancelled"));
});

test("a signal that comes late stops nothing", async () => {
  const keystore = new Keystore("/static/worker.js");
  const stopper = new AbortController();
  const signed = keystore.sign("a", "text", stopper.signal);
  await soon();
  worker().answer({ number: 1, value: "signed" });
  await signed;
  stopper.abort();
  assert.ok(!worker().isTerminated);
});

test("a Worker that falls over fails its calls", async () => {
  const signed = new Keystore("/static/worker.js").sign("a", "text");
  await soon();
  worker().dispatchEvent(new Event("error"));
  await assert.rejects(signed, refusedAs("keystore.failed"));
});

test("a Worker from another site is not started", async () => {
  const signed = new Keystore("https://other.example/worker.js").sign("a", "text");
  await assert.rejects(signed, refusedAs("keystore.failed"));
  assert.equal(FakeWorker.made.length, 0);
});
