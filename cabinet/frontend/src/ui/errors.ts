/** Errors where people look for them: a summary at the top, and beside each field. */

import { maybe, one } from "./elements.js";
import { sentence } from "./sentences.js";

export interface FieldError {
  /** The `data-field` it belongs to, or '' for the whole form. */
  readonly field: string;
  readonly message: string;
}

let plainTitle = "";

/** Show `errors` in the summary of the page and beside their fields; the summary is focused. */
export function showErrors(form: HTMLFormElement, errors: readonly FieldError[]): void {
  clearErrors(form);
  const summary = one(document, "[data-errors]", HTMLElement);
  const list = one(summary, "ul", HTMLUListElement);
  for (const error of errors) {
    const item = document.createElement("li");
    item.append(lineOf(form, error));
    list.append(item);
  }
  summary.hidden = false;
  plainTitle ||= document.title;
  document.title = sentence("ui.error_title", { title: plainTitle });
  summary.focus();
}

/** Take every error away. */
export function clearErrors(form: HTMLFormElement): void {
  const summary = one(document, "[data-errors]", HTMLElement);
  summary.hidden = true;
  one(summary, "ul", HTMLUListElement).replaceChildren();
  for (const field of form.querySelectorAll<HTMLElement>("[data-field]")) {
    mark(field, "");
  }
  document.title = plainTitle || document.title;
}

function lineOf(form: HTMLFormElement, error: FieldError): Element {
  const field = maybe(form, `[data-field="${CSS.escape(error.field)}"]`, HTMLElement);
  const input = field && controlOf(field);
  if (!field || !input) {
    const words = document.createElement("span");
    words.textContent = error.message;
    return words;
  }
  mark(field, error.message);
  const link = document.createElement("a");
  link.href = `#${input.id}`;
  link.textContent = error.message;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    input.focus();
  });
  return link;
}

function controlOf(field: HTMLElement): HTMLElement | null {
  return maybe(field, "input:not([type=hidden]), select, textarea", HTMLElement);
}

function mark(field: HTMLElement, message: string): void {
  const line = maybe(field, "[data-error]", HTMLElement);
  const input = controlOf(field);
  field.classList.toggle("field--bad", message !== "");
  if (line) {
    line.hidden = message === "";
    one(line, "[data-message]", HTMLElement).textContent = message;
  }
  if (message !== "") {
    input?.setAttribute("aria-invalid", "true");
  } else {
    input?.removeAttribute("aria-invalid");
  }
}
