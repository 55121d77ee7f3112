/** Work that takes a while: the page says that it runs, and lets the person stop it. */

import { maybe, one } from "./elements.js";
import { sentence } from "./sentences.js";

const QUIET_MS = 300;

/** The person pressed Cancel. */
export class CancelledError extends Error {
  readonly code = "ui.cancelled";
}

/**
 * Run `work`, showing the sentence of `code` after 0.3 s with a Cancel button.
 *
 * The form's main button is disabled meanwhile. Throws `CancelledError` when cancelled, else
 * what `work` throws; `work` should stop when its signal says so.
 */
export async function run<T>(
  form: HTMLFormElement,
  code: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const panel = one(form, "[data-progress]", HTMLElement);
  const button = maybe(form, "[data-main]", HTMLButtonElement);
  const cancel = one(panel, "[data-cancel]", HTMLButtonElement);
  const stopper = new AbortController();
  const stop = (): void => {
    stopper.abort();
  };
  const stopped = new Promise<never>((_resolve, reject) => {
    stopper.signal.addEventListener("abort", () => {
      reject(new CancelledError("cancelled"));
    });
  });
  const wait = window.setTimeout(() => {
    one(panel, "[data-message]", HTMLElement).textContent = sentence(code);
    panel.hidden = false;
  }, QUIET_MS);
  cancel.addEventListener("click", stop);
  form.setAttribute("aria-busy", "true");
  if (button) {
    button.disabled = true;
  }
  try {
    return await Promise.race([work(stopper.signal), stopped]);
  } finally {
    window.clearTimeout(wait);
    cancel.removeEventListener("click", stop);
    form.removeAttribute("aria-busy");
    const held = panel.contains(document.activeElement);
    panel.hidden = true;
    if (button) {
      button.disabled = false;
      if (held) {
        button.focus();
      }
    }
  }
}
