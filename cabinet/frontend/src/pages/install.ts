/** Step 5: join each waiting key with its certificate, save the file, prove that the key works. */

import { readPlans, type Plan } from "../journey/plans.js";
import { saveFile } from "../journey/save-file.js";
import { send } from "../journey/sending.js";
import { attachFiles, openAll } from "../journey/waiting-files.js";
import { keepFinals, load, remove } from "../journey/waiting-keys.js";
import { Keystore } from "../keystore/keystore.js";
import { get, post, refusal, type Reply, text } from "../ui/api.js";
import { one, setting } from "../ui/elements.js";
import { clearErrors, showErrors } from "../ui/errors.js";
import { attachPassword } from "../ui/password.js";
import { run } from "../ui/progress.js";
import { refusalOf } from "../ui/refusals.js";
import { onSubmit } from "../ui/submitting.js";

interface Issued {
  readonly certificate: string;
  readonly chain: readonly string[];
}

const form = one(document, "form[data-install]", HTMLFormElement);
const number = setting(form, "number");
const keystore = new Keystore(setting(form, "worker"));
const plans = readPlans();
const password = attachPassword(one(form, '[data-field="password"]', HTMLElement));
const files = attachFiles(form, plans);
/** Purpose → the waiting file that this browser has kept. */
const here = new Map<string, ArrayBuffer>();
/** Files that were saved already: trying again must not fill the downloads. */
const saved = new Set<string>();

void begin();

async function begin(): Promise<void> {
  await look();
  // Not before: whether a file has to be chosen depends on what was found.
  onSubmit(form, install);
}

async function look(): Promise<void> {
  for (const key of await load(number, plans)) {
    if (plans.some((plan) => plan.purpose === key.purpose && plan.keyId === key.keyId)) {
      here.set(key.purpose, key.bytes);
      one(form, `[data-plan="${key.purpose}"]`, HTMLElement).hidden = true;
    }
  }
  const isHere = lacking().length === 0;
  one(form, "[data-here]", HTMLElement).hidden = !isHere;
  one(form, "[data-elsewhere]", HTMLElement).hidden = isHere;
}

function lacking(): Plan[] {
  return plans.filter((plan) => !here.has(plan.purpose));
}

async function install(): Promise<void> {
  clearErrors(form);
  const missing = files.missing(lacking().map((plan) => plan.purpose));
  if (password.value === "") {
    missing.push(refusal("ui.password_missing", "password"));
  }
  if (missing.length > 0) {
    showErrors(form, missing);
    return;
  }
  try {
    const found = await collect();
    if (!found) {
      return;
    }
    const keyIds = await join(found);
    const reply = keyIds && (await prove(keyIds));
    if (reply?.ok) {
      // Only now: until the portal has seen the new key work, the waiting one is the only copy.
      await remove(number, plans);
      window.location.assign(text(reply, "location"));
    } else if (reply) {
      showErrors(form, [reply]);
    }
  } catch (error) {
    showErrors(form, [refusalOf(error)]);
  }
}

/** The waiting file of every key: from this browser, else from the files that were chosen. */
async function collect(): Promise<Map<string, ArrayBuffer> | null> {
  const chosen = await run(form, "ui.opening", (signal) =>
    openAll(keystore, files, lacking(), password.value, signal),
  );
  if (chosen.faults.length > 0) {
    showErrors(form, chosen.faults);
    return null;
  }
  return new Map([...here, ...chosen.bytes]);
}

/** Join and save; the ids of the keys, or null after telling what is wrong. */
async function join(waiting: ReadonlyMap<string, ArrayBuffer>): Promise<string[] | null> {
  const reply = await run(form, "ui.fetching", (signal) =>
    get(setting(form, "certificates"), false, signal),
  );
  if (!reply.ok) {
    showErrors(form, [reply]);
    return null;
  }
  const finals = await run(form, "ui.finishing", async (signal) => {
    const made: { plan: Plan; p12: ArrayBuffer; keyId: string }[] = [];
    for (const plan of plans) {
      const issued = reply.data[plan.purpose] as Issued;
      const bytes = waiting.get(plan.purpose) as ArrayBuffer;
      const { certificate, chain } = issued;
      made.push({ plan, ...(await keystore.finish(bytes, password.value, certificate, chain, signal)) });
    }
    return made;
  });
  await keepFinals(number, new Map(finals.map(({ plan, p12 }) => [plan.purpose, p12])));
  for (const { plan, p12 } of finals) {
    if (!saved.has(plan.purpose)) {
      saveFile(p12, plan.finalName);
      saved.add(plan.purpose);
    }
  }
  return finals.map(({ keyId }) => keyId);
}

/** Every new key signs the portal's text. */
async function prove(keyIds: readonly string[]): Promise<Reply | null> {
  const proof = await run(form, "ui.checking", async (signal) => {
    const challenge = await post(setting(form, "challenge"), {}, signal);
    if (!challenge.ok) {
      return challenge;
    }
    const signatures: string[] = [];
    for (const keyId of keyIds) {
      signatures.push(await keystore.sign(keyId, text(challenge, "text"), signal));
    }
    return { statement: text(challenge, "statement"), signatures };
  });
  return "ok" in proof ? proof : send(form, proof);
}
