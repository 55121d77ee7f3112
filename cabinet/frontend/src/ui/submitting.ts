/** Forms that a script works on, from the moment it can. */

import { one } from "./elements.js";

/**
 * Run `work` whenever `form` is submitted, and switch its main button on.
 *
 * In the markup the button is off: pressed before this is called, the browser would send the
 * form by itself, and what was chosen in it would be lost.
 */
export function onSubmit(form: HTMLFormElement, work: () => Promise<void>): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void work();
  });
  one(form, "[data-main]", HTMLButtonElement).disabled = false;
}
