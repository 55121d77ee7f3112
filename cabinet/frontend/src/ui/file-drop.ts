/** Choosing a file by button or by dropping it. It is read in the page and never sent. */

import { one } from "./elements.js";
import { sentence } from "./sentences.js";

/** A key file has a few kilobytes; anything larger is not read at all. */
export const LARGEST_BYTES = 1_000_000;

export interface FileField {
  /** What was chosen, or null. */
  file(): File | null;
  /** Say something of the chosen file under its name. */
  describe(words: string): void;
  /** Let it go. */
  clear(): void;
}

/** Enliven a `[data-file]` field; `picked` is called for each choice. */
export function attachFileDrop(field: HTMLElement, picked: (file: File) => void = () => {}): FileField {
  const input = one(field, "input[type=file]", HTMLInputElement);
  const empty = one(field, "[data-drop]", HTMLElement);
  const full = one(field, "[data-picked]", HTMLElement);
  const about = one(full, "[data-about]", HTMLElement);
  let chosen: File | null = null;

  const show = (): void => {
    empty.hidden = chosen !== null;
    full.hidden = chosen === null;
    one(full, "[data-name]", HTMLElement).textContent = chosen?.name ?? "";
    const size = Math.max(1, Math.round((chosen?.size ?? 0) / 1024));
    about.textContent = chosen ? sentence("ui.file_size", { size }) : "";
  };
  const take = (file: File | null | undefined): void => {
    // Closing the file dialog without a choice keeps the file that was there.
    if (file) {
      chosen = file;
      show();
      picked(file);
    }
  };
  input.addEventListener("change", () => {
    take(input.files?.item(0));
    // So that choosing the same file again is noticed: it may have been replaced on the disk.
    input.value = "";
  });
  attachDrop(field, empty, take);
  // What was chosen before this script had arrived.
  take(input.files?.item(0));
  input.value = "";
  return {
    file: () => chosen,
    describe: (words) => {
      about.textContent = words;
    },
    clear: () => {
      chosen = null;
      show();
    },
  };
}

function attachDrop(field: HTMLElement, area: HTMLElement, take: (file: File | undefined) => void): void {
  const over = (event: DragEvent): void => {
    event.preventDefault();
    area.classList.toggle("drop--over", event.type === "dragover");
  };
  field.addEventListener("dragover", over);
  field.addEventListener("dragleave", over);
  field.addEventListener("drop", (event) => {
    over(event);
    take(event.dataTransfer?.files[0]);
  });
  // A file that misses the field must not replace the page, with everything typed into it.
  for (const name of ["dragover", "drop"]) {
    window.addEventListener(name, (event) => {
      event.preventDefault();
    });
  }
}
