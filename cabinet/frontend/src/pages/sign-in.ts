/** Signing in: open the key file, sign the server's text, follow where it sends. */

import { type KeyInfo, Keystore } from "../keystore/keystore.js";
import { post, refusal, type Refused, text } from "../ui/api.js";
import { one, setting } from "../ui/elements.js";
import { clearErrors, showErrors } from "../ui/errors.js";
import { attachFileDrop, LARGEST_BYTES } from "../ui/file-drop.js";
import { KeyChoice } from "../ui/key-choice.js";
import { attachPassword } from "../ui/password.js";
import { run } from "../ui/progress.js";
import { refusalOf } from "../ui/refusals.js";
import { onSubmit } from "../ui/submitting.js";

const form = one(document, "form[data-sign-in]", HTMLFormElement);
const keystore = new Keystore(setting(form, "worker"));
const password = attachPassword(one(form, "[data-password]", HTMLElement));
const choice = new KeyChoice<KeyInfo>(one(form, "[data-choices]", HTMLFieldSetElement), [
  "AUTH",
  "COMBINED",
]);
const file = attachFileDrop(one(form, "[data-file]", HTMLElement), () => {
  choice.forget();
  clearErrors(form);
});
// Another password may open another part of the file: what was read is read again.
password.addEventListener("input", () => {
  choice.forget();
});

onSubmit(form, signIn);

async function signIn(): Promise<void> {
  clearErrors(form);
  const missing = whatIsMissing();
  if (missing.length > 0) {
    showErrors(form, missing);
    return;
  }
  try {
    const key = choice.chosen() ?? (await open());
    if (key) {
      await enter(key);
    }
  } catch (error) {
    // Who stopped it stopped the Worker, and the keys that were opened are gone with it.
    choice.forget();
    showErrors(form, [refusalOf(error)]);
  }
}

function whatIsMissing(): Refused[] {
  const missing: Refused[] = [];
  const chosen = file.file();
  if (!chosen) {
    missing.push(refusal("ui.file_missing", "file"));
  } else if (chosen.size > LARGEST_BYTES) {
    missing.push(refusal("keystore.too_large", "file"));
  }
  if (password.value === "") {
    missing.push(refusal("ui.password_missing", "password"));
  }
  return missing;
}

/** The key to sign in with, or null while the person still has to choose one of several. */
async function open(): Promise<KeyInfo | null> {
  const chosen = file.file();
  const keys = await run(form, "ui.opening", async (signal) => {
    const bytes = await (chosen as File).arrayBuffer();
    return (await keystore.open(bytes, password.value, signal)).keys;
  });
  return choice.offer(keys);
}

async function enter(key: KeyInfo): Promise<void> {
  const reply = await run(form, "ui.signing_in", async (signal) => {
    const challenge = await post(setting(form, "challenge"), {}, signal);
    if (!challenge.ok) {
      return challenge;
    }
    const cms = await keystore.sign(key.id, text(challenge, "text"), signal);
    const statement = text(challenge, "statement");
    const next = setting(form, "next");
    return post(setting(form, "enter"), { statement, cms, next }, signal);
  });
  if (reply.ok) {
    window.location.assign(text(reply, "location"));
  } else {
    showErrors(form, [reply]);
  }
}
