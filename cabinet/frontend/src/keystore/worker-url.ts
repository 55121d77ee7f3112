/** The address of the Worker, as a browser with Trusted Types wants it. */

interface Policy {
  createScriptURL(address: string): string;
}

interface PolicyFactory {
  createPolicy(name: string, rules: Policy): Policy;
}

/** The one policy that the site's headers allow. */
const NAME = "cabinet";
let policy: Policy | null = null;

/** Make sure that the address is this site's own; throws where it is not. */
export function workerUrl(address: string): string {
  policy ??= makePolicy();
  return policy.createScriptURL(address);
}

function makePolicy(): Policy {
  const rules: Policy = { createScriptURL: sameOrigin };
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  // A second policy of one name is refused: it is made once for the page.
  return factory ? factory.createPolicy(NAME, rules) : rules;
}

function sameOrigin(address: string): string {
  const url = new URL(address, document.baseURI);
  if (url.origin !== window.location.origin) {
    throw new TypeError("the Worker must come from this site");
  }
  return url.href;
}
