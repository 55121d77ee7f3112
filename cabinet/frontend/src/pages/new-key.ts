/** Step 3: a password, the new key, its file saved and opened again; then the requests are sent.
 *
 * The key and the password stay in the page. What is kept in the browser is the encrypted file.
 */

import { readPlans, type Plan } from "../journey/plans.js";
import { attachRules, isGoodPassword } from "../journey/password-rules.js";
import { saveFile } from "../journey/save-file.js";
import { send } from "../journey/sending.js";
import { attachFiles, type FileFields, openAll } from "../journey/waiting-files.js";
import { load, save, type Waiting } from "../journey/waiting-keys.js";
import { Keystore } from "../keystore/keystore.js";
import { refusal, type Refused, text } from "../ui/api.js";
import { one, setting } from "../ui/elements.js";
import { clearErrors, showErrors } from "../ui/errors.js";
import { attachPassword } from "../ui/password.js";
import { run } from "../ui/progress.js";
import { refusalOf } from "../ui/refusals.js";
import { showStep } from "../ui/steps.js";
import { onSubmit } from "../ui/submitting.js";

const root = one(document, "[data-new-key]", HTMLElement);
const number = setting(root, "number");
const keystore = new Keystore(setting(root, "worker"));
const plans = readPlans();
const makeForm = one(root, "form[data-step=make]", HTMLFormElement);
const proveForm = one(root, "form[data-step=prove]", HTMLFormElement);
const password = attachPassword(one(makeForm, '[data-field="password"]', HTMLElement));
const repeat = attachPassword(one(makeForm, '[data-field="repeat"]', HTMLElement));
const known = attachPassword(one(proveForm, '[data-field="known"]', HTMLElement));
const files: FileFields = attachFiles(proveForm, plans);
let waiting: Waiting[] = [];

attachRules(one(makeForm, "[data-rules]", HTMLElement), password);
for (const button of root.querySelectorAll<HTMLButtonElement>("[data-anew]")) {
  button.addEventListener("click", () => {
    clearErrors(proveForm);
    showStep(root, "make");
  });
}
for (const button of root.querySelectorAll<HTMLButtonElement>("[data-save]")) {
  button.addEventListener("click", () => {
    saveOne(button.dataset["save"] ?? "");
  });
}
void begin();

async function begin(): Promise<void> {
  await resume();
  // Not before: a key that is made already would be replaced.
  onSubmit(makeForm, make);
  onSubmit(proveForm, prove);
}

/** Where it was left: sent already, made but not proved, or nothing yet. */
async function resume(): Promise<void> {
  waiting = await load(number, plans);
  const isSent = plans.every((plan) => plan.keyId !== "");
  const isHere = isSent && plans.every((plan) => waiting.some((one) => one.keyId === plan.keyId));
  const isMade = waiting.length === plans.length && waiting.every((one) => one.request !== "");
  if (isMade && !isHere) {
    showProof(true);
  } else if (isSent) {
    one(root, "[data-here]", HTMLElement).hidden = !isHere;
    one(root, "[data-elsewhere]", HTMLElement).hidden = isHere;
    showStep(root, "ready");
  }
}

async function make(): Promise<void> {
  clearErrors(makeForm);
  const faults = faultsOfPassword();
  if (faults.length > 0) {
    showErrors(makeForm, faults);
    return;
  }
  try {
    waiting = await run(makeForm, "ui.generating", generate);
    for (const plan of plans) {
      saveOne(plan.purpose);
    }
    showProof(false);
  } catch (error) {
    showErrors(makeForm, [refusalOf(error)]);
  }
}

/** Every key is kept in this browser before anything else is done with it. */
async function generate(signal: AbortSignal): Promise<Waiting[]> {
  const made: Waiting[] = [];
  for (const plan of plans) {
    const { request, pending, keyId } = await keystore.generate(
      plan.kind,
      password.value,
      `${number} ${plan.purpose}`,
      signal,
    );
    made.push({ purpose: plan.purpose, keyId, request, bytes: pending });
  }
  await save(number, made);
  return made;
}

function faultsOfPassword(): Refused[] {
  if (!isGoodPassword(password.value)) {
    return [refusal("ui.password_rules", "password")];
  }
  return repeat.value === password.value ? [] : [refusal("ui.password_repeat", "repeat")];
}

function saveOne(purpose: string): void {
  const plan = plans.find((one) => one.purpose === purpose);
  const key = waiting.find((one) => one.purpose === purpose);
  if (plan && key) {
    saveFile(key.bytes, plan.waitingName);
  }
}

/** `isLater`: the page was closed in between and the password is not known here any more. */
function showProof(isLater: boolean): void {
  files.clear();
  one(proveForm, "[data-ask]", HTMLElement).hidden = !isLater;
  known.value = "";
  showStep(root, "prove");
}

/** The saved files open and hold the keys that were made; only then the requests are sent. */
async function prove(): Promise<void> {
  clearErrors(proveForm);
  const isAsked = !one(proveForm, "[data-ask]", HTMLElement).hidden;
  const secret = isAsked ? known.value : password.value;
  const missing = files.missing();
  if (secret === "") {
    missing.push(refusal("ui.password_missing", "known"));
  }
  if (missing.length > 0) {
    showErrors(proveForm, missing);
    return;
  }
  try {
    const wanted = plans.map((plan) => wantedOf(plan));
    const { faults } = await run(proveForm, "ui.reopening", (signal) =>
      openAll(keystore, files, wanted, secret, signal),
    );
    if (faults.length > 0) {
      showErrors(proveForm, faults);
      return;
    }
    await sendRequests();
  } catch (error) {
    const told = refusalOf(error);
    showErrors(proveForm, [{ ...told, field: told.field === "password" && isAsked ? "known" : told.field }]);
  }
}

function wantedOf(plan: Plan): Plan {
  const key = waiting.find((one) => one.purpose === plan.purpose);
  return { ...plan, keyId: key?.keyId ?? "" };
}

async function sendRequests(): Promise<void> {
  const fields = Object.fromEntries(waiting.map((one) => [`request_${one.purpose}`, one.request]));
  const reply = await send(proveForm, fields);
  if (reply?.ok) {
    window.location.assign(text(reply, "location"));
  } else if (reply) {
    showErrors(proveForm, [{ ...reply, field: "" }]);
  }
}
