/** Which keys the application makes, as the server wrote them into the page. */

export interface Plan {
  readonly purpose: string;
  readonly kind: "RSA-2048" | "P-256";
  /** SHA-256 of the public key in hex; '' before the server knows it. */
  readonly keyId: string;
  readonly waitingName: string;
  readonly finalName: string;
}

/** Every key of the application, the one for signing first. */
export function readPlans(): Plan[] {
  return JSON.parse(document.getElementById("keys")?.textContent ?? "[]") as Plan[];
}
