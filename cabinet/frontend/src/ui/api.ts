/** Talking to the server: one POST, one kind of answer. A refusal is a value, not an exception. */

import { sentence } from "./sentences.js";

export interface Accepted {
  readonly ok: true;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Refused {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
  /** Name of the field that the refusal is about, or ''. */
  readonly field: string;
}

export type Reply = Accepted | Refused;
export type Fields = Readonly<Record<string, string | readonly string[]>>;

const TIMEOUT_MS = 30_000;

/** Send a form. Never throws; no network is `ui.offline`, no answer in 30 s `ui.timeout`. */
export async function post(url: string, fields: Fields, signal?: AbortSignal): Promise<Reply> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const part of typeof value === "string" ? [value] : value) {
      body.append(name, part);
    }
  }
  return ask(url, { method: "POST", body, headers: { "X-CSRFToken": token() } }, signal);
}

/** Ask for JSON. `poll` asks without keeping the session alive. */
export async function get(url: string, poll = false, signal?: AbortSignal): Promise<Reply> {
  return ask(url, { headers: poll ? { "X-Purpose": "poll" } : {} }, signal);
}

/** A text from an answer; '' when it is not there. */
export function text(reply: Accepted, name: string): string {
  const value = reply.data[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** A refusal made on this side. */
export function refusal(code: string, field = ""): Refused {
  return { ok: false, code, message: sentence(code), field };
}

function token(): string {
  const input = document.querySelector("input[name=csrfmiddlewaretoken]");
  return input instanceof HTMLInputElement ? input.value : "";
}

async function ask(url: string, init: RequestInit, signal?: AbortSignal): Promise<Reply> {
  const late = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      ...init,
      headers: { ...init.headers, Accept: "application/json" },
      credentials: "same-origin",
      // A redirect means the sign-in page: the session is over.
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, late]) : late,
    });
    return await read(response);
  } catch {
    if (signal?.aborted) {
      return refusal("ui.cancelled");
    }
    return refusal(late.aborted ? "ui.timeout" : "ui.offline");
  }
}

async function read(response: Response): Promise<Reply> {
  if (response.type === "opaqueredirect") {
    return refusal("ui.session_over");
  }
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) {
    return refusal("ui.failed");
  }
  const json = (await response.json()) as Record<string, unknown>;
  if (response.ok) {
    return { ok: true, data: json };
  }
  const part = (name: string): string => (typeof json[name] === "string" ? json[name] : "");
  const code = part("code") || "ui.failed";
  return { ok: false, code, message: part("message") || sentence(code), field: part("field") };
}
