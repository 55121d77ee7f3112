/** The saved files of the new keys: one field for each, opened with one password. */

import type { Keystore } from "../keystore/keystore.js";
import { refusal, type Refused } from "../ui/api.js";
import { one } from "../ui/elements.js";
import { attachFileDrop, type FileField, LARGEST_BYTES } from "../ui/file-drop.js";
import { refusalOf } from "../ui/refusals.js";
import { sentence } from "../ui/sentences.js";
import type { Plan } from "./plans.js";

export interface FileFields {
  /** The chosen file of each purpose. */
  file(purpose: string): File | null;
  /** What is wrong with the choice, before anything is opened. */
  missing(purposes?: readonly string[]): Refused[];
  clear(): void;
}

export interface Opened {
  /** Purpose → the bytes of its file. */
  readonly bytes: ReadonlyMap<string, ArrayBuffer>;
  readonly faults: readonly Refused[];
}

/** Enliven the `[data-plan]` fields under `root`. */
export function attachFiles(root: ParentNode, plans: readonly Plan[]): FileFields {
  const fields = new Map<string, FileField>(
    plans.map((plan) => [
      plan.purpose,
      attachFileDrop(one(root, `[data-plan="${plan.purpose}"] [data-file]`, HTMLElement)),
    ]),
  );
  const file = (purpose: string): File | null => fields.get(purpose)?.file() ?? null;
  return {
    file,
    missing: (purposes = [...fields.keys()]) => purposes.flatMap((purpose) => faultOf(file(purpose), purpose)),
    clear: () => {
      for (const field of fields.values()) {
        field.clear();
      }
    },
  };
}

function faultOf(file: File | null, purpose: string): Refused[] {
  if (!file) {
    return [refusal("ui.file_missing", fieldOf(purpose))];
  }
  return file.size > LARGEST_BYTES ? [refusal("keystore.too_large", fieldOf(purpose))] : [];
}

/**
 * Open the chosen files and match them by their keys, not by the field they stand in.
 *
 * A wrong password is thrown as it is; a file that is not one of those needed is a fault
 * beside its field.
 */
export async function openAll(
  keystore: Keystore,
  files: FileFields,
  wanted: readonly Plan[],
  password: string,
  signal: AbortSignal,
): Promise<Opened> {
  const bytes = new Map<string, ArrayBuffer>();
  const faults: Refused[] = [];
  for (const plan of wanted) {
    const content = await files.file(plan.purpose)?.arrayBuffer();
    if (!content) {
      continue;
    }
    try {
      const keyId = await keystore.reopen(content, password, signal);
      const found = wanted.find((one) => one.keyId === keyId);
      if (found) {
        bytes.set(found.purpose, content);
      } else {
        faults.push(otherFile(plan));
      }
    } catch (error) {
      const told = refusalOf(error);
      if (told.field !== "file") {
        throw error;
      }
      faults.push({ ...told, field: fieldOf(plan.purpose) });
    }
  }
  const lacking = faults.length > 0 ? [] : wanted.filter((plan) => !bytes.has(plan.purpose));
  return { bytes, faults: [...faults, ...lacking.map((plan) => otherFile(plan))] };
}

function otherFile(plan: Plan): Refused {
  const code = "ui.other_file";
  const message = sentence(code, { name: plan.waitingName });
  return { ok: false, code, message, field: fieldOf(plan.purpose) };
}

function fieldOf(purpose: string): string {
  return `file-${purpose}`;
}
