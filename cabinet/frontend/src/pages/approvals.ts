/** The approver's queue: says how many are chosen, and chooses all of the page at once. */

import { one, setting } from "../ui/elements.js";

const form = one(document, "form[data-choose]", HTMLFormElement);
const boxes = [...form.querySelectorAll<HTMLInputElement>('input[name="number"]')];
const all = one(form, "[data-all-box]", HTMLInputElement);
const count = one(form, "[data-count]", HTMLElement);

one(form, "[data-all]", HTMLElement).hidden = boxes.length < 2;
count.setAttribute("role", "status");
all.addEventListener("change", () => {
  for (const box of boxes) {
    box.checked = all.checked;
  }
  tell();
});
form.addEventListener("change", tell);
// The browser may have kept what was chosen when the reader came back.
tell();

function tell(): void {
  const chosen = boxes.filter((box) => box.checked).length;
  all.checked = chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
  const words = setting(count, chosen > 0 ? "some" : "none");
  count.textContent = words.replace("%(n)s", String(chosen)).replace("%(all)s", String(boxes.length));
}
