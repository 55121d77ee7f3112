/** The application's page: looks for news while the portal has the next step, saves waiting keys. */

import { readPlans } from "../journey/plans.js";
import { saveFile } from "../journey/save-file.js";
import { load, remove } from "../journey/waiting-keys.js";
import { get, text } from "../ui/api.js";
import { maybe, one, setting } from "../ui/elements.js";
import { sentence } from "../ui/sentences.js";

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 10_000;
const SLOWER = 1.25;
/** So that the news are read out although the page is loaded anew. */
const MOVED_KEY = "cabinet.moved";

const root = one(document, "[data-status]", HTMLElement);
const live = one(root, "[data-live]", HTMLElement);
let wait = FIRST_WAIT_MS;
let timer = 0;

announce();
if (setting(root, "open") === "yes") {
  void offerFiles();
} else {
  // Whether installed or given up: what waits here is of no use any more.
  void remove(setting(root, "number"), readPlans());
}
if (setting(root, "waits") === "yes") {
  document.addEventListener("visibilitychange", () => {
    wait = FIRST_WAIT_MS;
    schedule();
  });
  schedule();
}

/** Nobody looks at a hidden page, so it does not ask; shown again, it asks often again. */
function schedule(): void {
  window.clearTimeout(timer);
  if (!document.hidden) {
    timer = window.setTimeout(() => void look(), wait);
  }
}

async function look(): Promise<void> {
  const reply = await get(setting(root, "url"), true);
  if (!reply.ok && reply.code === "ui.session_over") {
    live.textContent = sentence("ui.poll_stopped");
    say(sentence("ui.poll_stopped"));
    return;
  }
  if (reply.ok && !reply.data["waits"]) {
    live.textContent = text(reply, "title");
    window.sessionStorage.setItem(MOVED_KEY, setting(root, "number"));
    window.location.reload();
    return;
  }
  wait = Math.min(wait * SLOWER, LONGEST_WAIT_MS);
  schedule();
}

/** The page was loaded because something happened: begin to read at the heading. */
function announce(): void {
  if (window.sessionStorage.getItem(MOVED_KEY) === setting(root, "number")) {
    window.sessionStorage.removeItem(MOVED_KEY);
    one(root, "h1", HTMLElement).focus();
  }
}

function say(words: string): void {
  const line = maybe(document, "[data-polling]", HTMLElement);
  if (line) {
    line.textContent = words;
  }
}

/** The waiting file can be saved again where the browser still has it. */
async function offerFiles(): Promise<void> {
  const plans = readPlans();
  for (const key of await load(setting(root, "number"), plans)) {
    const plan = plans.find((one) => one.purpose === key.purpose && one.keyId === key.keyId);
    const row = maybe(document, `[data-saver="${key.purpose}"]`, HTMLElement);
    if (plan && row) {
      row.hidden = false;
      one(row, "button", HTMLButtonElement).addEventListener("click", () => {
        saveFile(key.bytes, plan.waitingName);
      });
    }
  }
}
