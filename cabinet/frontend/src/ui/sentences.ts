/** The sentences that people read. They come from the server, in the language of the page. */

export type Facts = Readonly<Record<string, string | number>>;

let known: Map<string, string> | null = null;

function read(): Map<string, string> {
  const found = new Map<string, string>();
  const json: unknown = JSON.parse(document.getElementById("sentences")?.textContent ?? "{}");
  if (typeof json === "object" && json !== null) {
    for (const [code, text] of Object.entries(json)) {
      if (typeof text === "string") {
        found.set(code, text);
      }
    }
  }
  return found;
}

/** The sentence for a code, with `%(name)s` filled in from `facts`. */
export function sentence(code: string, facts: Facts = {}): string {
  known ??= read();
  const text = known.get(code) ?? known.get("ui.failed") ?? code;
  return text.replace(/%\((\w+)\)s/g, (_whole, name: string) => String(facts[name] ?? "—"));
}

/** Whether the page was given a sentence for this code. */
export function hasSentence(code: string): boolean {
  known ??= read();
  return known.has(code);
}
