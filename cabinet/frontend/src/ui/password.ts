/** A password field: show and hide, and a line about Caps Lock and the keyboard's layout. */

import { icon, maybe, one } from "./elements.js";
import { sentence } from "./sentences.js";

const CYRILLIC = /\p{Script=Cyrillic}/u;
const LATIN = /[A-Za-z]/;

/** Enliven a `[data-password]` field and return its input. */
export function attachPassword(field: HTMLElement): HTMLInputElement {
  const input = one(field, "input", HTMLInputElement);
  const button = maybe(field, "[data-show]", HTMLButtonElement);
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
      input.focus();
    });
  }
  const line = maybe(field, "[data-keyboard]", HTMLElement);
  if (line) {
    const keyboard = new Keyboard(line);
    input.addEventListener("keydown", keyboard.press);
    input.addEventListener("keyup", keyboard.press);
  }
  return input;
}

/** What the last keys said of the layout and of Caps Lock. Unknown until the first key. */
class Keyboard {
  private layout: "" | "latin" | "cyrillic" = "";
  private shown = "";

  constructor(private readonly line: HTMLElement) {}

  readonly press = (event: KeyboardEvent): void => {
    const caps = event.getModifierState("CapsLock");
    if (event.key.length === 1) {
      this.layout = CYRILLIC.test(event.key) ? "cyrillic" : LATIN.test(event.key) ? "latin" : this.layout;
    }
    this.say(caps);
  };

  private say(caps: boolean): void {
    const name = [this.layout, caps ? "caps" : ""].filter(Boolean).join("_");
    if (name === this.shown) {
      return;
    }
    this.shown = name;
    const warns = caps || this.layout === "cyrillic";
    const words = document.createElement("span");
    words.textContent = name ? sentence(`ui.keyboard_${name}`) : "";
    this.line.className = warns ? "state" : "hint";
    this.line.replaceChildren(...(warns ? [icon("warn")] : []), words);
  }
}
