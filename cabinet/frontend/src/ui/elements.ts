/** Finding and making elements. Markup comes from the server; nothing here reads HTML from text. */

const SVG = "http://www.w3.org/2000/svg";

/** The one element of `type` under `root`; the page is broken without it. */
export function one<T extends Element>(
  root: ParentNode,
  selector: string,
  type: abstract new (...args: never[]) => T,
): T {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) {
    throw new Error(`The page has no ${selector}`);
  }
  return found;
}

/** The element, or null where a page does without it. */
export function maybe<T extends Element>(
  root: ParentNode,
  selector: string,
  type: abstract new (...args: never[]) => T,
): T | null {
  const found = root.querySelector(selector);
  return found instanceof type ? found : null;
}

/** A data attribute that the server must have set. */
export function setting(element: HTMLElement, name: string): string {
  const value = element.dataset[name];
  if (value === undefined) {
    throw new Error(`The page has no data attribute ${name}`);
  }
  return value;
}

/** One of the symbols that every page carries, hidden from screen readers. */
export function icon(name: string, small = true): SVGElement {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", small ? "i i--s" : "i");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  picture.append(use);
  return picture;
}
