/** The rules for a new password, shown as they are met. The words are the server's. */

import { icon, one } from "../ui/elements.js";
import { sentence } from "../ui/sentences.js";

const RULES: Readonly<Record<string, (password: string) => boolean>> = {
  length: (password) => password.length >= 8 && password.length <= 32,
  lower: (password) => /[a-z]/.test(password),
  upper: (password) => /[A-Z]/.test(password),
  digit: (password) => /[0-9]/.test(password),
  // Java opens no key file whose password has other signs.
  ascii: (password) => /^[!-~]+$/.test(password),
};

/** Whether every rule is met. */
export function isGoodPassword(password: string): boolean {
  return Object.values(RULES).every((rule) => rule(password));
}

/** Mark each `[data-rule]` of the list while the password is typed. */
export function attachRules(list: HTMLElement, input: HTMLInputElement): void {
  const show = (): void => {
    for (const row of list.querySelectorAll<HTMLElement>("[data-rule]")) {
      mark(row, RULES[row.dataset["rule"] ?? ""]?.(input.value) ?? false);
    }
  };
  input.addEventListener("input", show);
  show();
}

function mark(row: HTMLElement, met: boolean): void {
  row.classList.toggle("met", met);
  one(row, "svg", SVGElement).replaceWith(icon(met ? "check" : "dash"));
  one(row, "[data-state]", HTMLElement).textContent = sentence(met ? "ui.rule_met" : "ui.rule_open");
}
