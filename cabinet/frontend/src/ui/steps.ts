/** Parts of a page of which one is seen at a time: `[data-step]`. */

/** Show the part called `name` under `root`, hide its sisters, and put the focus on its heading. */
export function showStep(root: ParentNode, name: string): void {
  for (const part of root.querySelectorAll<HTMLElement>("[data-step]")) {
    part.hidden = part.dataset["step"] !== name;
    if (!part.hidden) {
      const heading = part.querySelector<HTMLElement>("[data-heading], h1, h2, legend");
      heading?.setAttribute("tabindex", "-1");
      heading?.focus();
    }
  }
}
