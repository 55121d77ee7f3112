/** Several keys in one file: a list to choose from, inside the page. */

import { one } from "./elements.js";
import { sentence } from "./sentences.js";

export interface Choosable {
  readonly id: string;
  readonly subjectName: string;
  readonly notAfter: string;
  readonly purpose: string;
}

/** Enlivens a `[data-choices]` fieldset. */
export class KeyChoice<Key extends Choosable> {
  private keys: readonly Key[] = [];

  /** `preferred` are the purposes that this page is for, best first. */
  constructor(
    private readonly field: HTMLFieldSetElement,
    private readonly preferred: readonly string[],
  ) {}

  /** The key that was chosen, or null before there was a choice. */
  chosen(): Key | null {
    const box = this.field.querySelector("input:checked");
    return box instanceof HTMLInputElement ? (this.keys[Number(box.value)] ?? null) : null;
  }

  /** The only key, or null when the list is shown and the person has to choose. */
  offer(keys: readonly Key[]): Key | null {
    this.forget();
    const [only] = keys;
    if (keys.length === 1 && only) {
      return only;
    }
    this.keys = keys;
    const best = this.preferred.map((purpose) => keys.findIndex((key) => key.purpose === purpose));
    const marked = best.find((index) => index >= 0) ?? 0;
    const list = one(this.field, "[data-list]", HTMLElement);
    list.replaceChildren(...keys.map((key, index) => row(key, index, index === marked)));
    this.field.hidden = false;
    list.querySelector<HTMLInputElement>("input:checked")?.focus();
    return null;
  }

  /** Take the list away. */
  forget(): void {
    this.keys = [];
    one(this.field, "[data-list]", HTMLElement).replaceChildren();
    this.field.hidden = true;
  }
}

function row(key: Choosable, index: number, checked: boolean): HTMLLabelElement {
  const label = document.createElement("label");
  const box = document.createElement("input");
  const words = document.createElement("span");
  label.className = "check";
  box.className = "box";
  box.type = "radio";
  box.id = `choice-${index}`;
  box.name = "choice";
  box.value = String(index);
  box.checked = checked;
  words.textContent = sentence("ui.key_choice", {
    name: key.subjectName,
    purpose: sentence(`ui.purpose_${key.purpose}`),
    until: day(key.notAfter),
  });
  label.append(box, words);
  return label;
}

/** A date in the language of the page, in Almaty, whatever the computer is set to. */
export function day(iso: string): string {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "long",
    timeZone: "Asia/Almaty",
  });
  return format.format(new Date(iso));
}
