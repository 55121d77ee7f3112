/** After the installation: the finished files can be saved again from this browser, or removed. */

import { readPlans } from "../journey/plans.js";
import { saveFile } from "../journey/save-file.js";
import { clearFinals, loadFinals } from "../journey/waiting-keys.js";
import { one, setting } from "../ui/elements.js";
import { sentence } from "../ui/sentences.js";

const root = one(document, "[data-finals]", HTMLElement);
const number = setting(root, "number");
const plans = readPlans();

void offer();

async function offer(): Promise<void> {
  const finals = await loadFinals(number, plans);
  root.hidden = finals.size === 0;
  for (const plan of plans) {
    const button = one(root, `[data-save="${plan.purpose}"]`, HTMLButtonElement);
    const bytes = finals.get(plan.purpose);
    button.hidden = bytes === undefined;
    button.addEventListener("click", () => {
      if (bytes) {
        saveFile(bytes, plan.finalName);
      }
    });
  }
  one(root, "[data-clear]", HTMLButtonElement).addEventListener("click", () => void clear());
}

async function clear(): Promise<void> {
  await clearFinals(number, plans);
  root.hidden = true;
  one(document, "[data-live]", HTMLElement).textContent = sentence("ui.final_cleared");
}
