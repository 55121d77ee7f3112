/** A form with a statement: open the key file, sign the shown text, send the signature. */

import { Keystore } from "../keystore/keystore.js";
import { refusal, type Refused, text } from "../ui/api.js";
import { one, setting } from "../ui/elements.js";
import { clearErrors, showErrors } from "../ui/errors.js";
import { attachFileDrop, type FileField, LARGEST_BYTES } from "../ui/file-drop.js";
import { attachPassword } from "../ui/password.js";
import { run } from "../ui/progress.js";
import { refusalOf } from "../ui/refusals.js";
import { sentence } from "../ui/sentences.js";
import { onSubmit } from "../ui/submitting.js";
import { send } from "./sending.js";

type Signed = Readonly<Record<"statement" | "cms", string>>;

/** Enliven the page's `form[data-sign]`; only certificates that it names may sign. */
export function attachSignForm(): void {
  const form = one(document, "form[data-sign]", HTMLFormElement);
  const page = new SignForm(form);
  onSubmit(form, () => page.submit());
}

class SignForm {
  private readonly keystore: Keystore;
  private readonly file: FileField;
  private readonly password: HTMLInputElement;

  constructor(private readonly form: HTMLFormElement) {
    this.keystore = new Keystore(setting(form, "worker"));
    this.password = attachPassword(one(form, "[data-password]", HTMLElement));
    this.file = attachFileDrop(one(form, "[data-file]", HTMLElement), () => {
      clearErrors(form);
    });
  }

  async submit(): Promise<void> {
    clearErrors(this.form);
    const file = this.file.file();
    const missing = whatIsMissing(file, this.password.value);
    if (!file || missing.length > 0) {
      showErrors(this.form, missing);
      return;
    }
    try {
      const signed = await run(this.form, "ui.signing", (signal) => this.sign(file, signal));
      const reply = "ok" in signed ? signed : await send(this.form, signed);
      if (reply?.ok) {
        window.location.assign(text(reply, "location"));
      } else if (reply) {
        showErrors(this.form, [reply]);
      }
    } catch (error) {
      showErrors(this.form, [refusalOf(error)]);
    }
  }

  /** A wrong certificate is told here, before anything is sent. */
  private async sign(file: File, signal: AbortSignal): Promise<Signed | Refused> {
    const bytes = await file.arrayBuffer();
    const { keys } = await this.keystore.open(bytes, this.password.value, signal);
    const signers = setting(this.form, "signers").split(" ");
    const key = keys.find((one) => signers.includes(one.serialHex.toLowerCase()));
    if (!key) {
      return this.wrongCertificate(signers[0] ?? "");
    }
    // What is signed is what stands on the page, letter by letter.
    const shown = one(this.form, "[data-text]", HTMLElement).textContent;
    const cms = await this.keystore.sign(key.id, shown, signal);
    return { statement: setting(this.form, "statement"), cms };
  }

  private wrongCertificate(serialHex: string): Refused {
    const code = this.form.dataset["wrong"] ?? "renewal.wrong_certificate";
    const serial = serialHex.replace(/(.{4})(?=.)/g, "$1 ");
    const message = sentence(code, { serial, purpose: setting(this.form, "purpose") });
    return { ok: false, code, message, field: "file" };
  }
}

function whatIsMissing(file: File | null, password: string): Refused[] {
  const missing: Refused[] = [];
  if (!file) {
    missing.push(refusal("ui.file_missing", "file"));
  } else if (file.size > LARGEST_BYTES) {
    missing.push(refusal("keystore.too_large", "file"));
  }
  if (password === "") {
    missing.push(refusal("ui.password_missing", "password"));
  }
  return missing;
}
