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
    // On phones the keys have no names; what they wrote tells the layout.
    input.addEventListener("input", keyboard.write);
  }
  return input;
}

/** What the last keys said of the layout and of Caps Lock. Unknown until the first key. */
class Keyboard {
  private layout: "" | "latin" | "cyrillic" = "";
  private caps = false;
  private shown = "";

  constructor(private readonly line: HTMLElement) {}

  readonly press = (event: KeyboardEvent): void => {
    this.caps = event.getModifierState("CapsLock");
    this.say(event.key.length === 1 ? event.key : "");
  };

  readonly write = (event: Event): void => {
    this.say(event instanceof InputEvent ? (event.data?.slice(-1) ?? "") : "");
  };

  private say(letter: string): void {
    if (CYRILLIC.test(letter)) {
      this.layout = "cyrillic";
    } else if (LATIN.test(letter)) {
      this.layout = "latin";
    }
    const name = [this.layout, this.caps ? "caps" : ""].filter(Boolean).join("_");
    if (name === this.shown) {
      return;
    }
    this.shown = name;
    const warns = this.caps || this.layout === "cyrillic";
    const words = document.createElement("span");
    words.textContent = name ? sentence(`ui.keyboard_${name}`) : "";
    this.line.className = warns ? "state" : "hint";
    this.line.replaceChildren(...(warns ? [icon("warn")] : []), words);
  }
}
