/** Hands a file to the browser's downloads. */

const LONG_ENOUGH_MS = 60_000;

/** Save `bytes` under `name`. Whether the person lets it happen cannot be seen from a page. */
export function saveFile(bytes: ArrayBuffer, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/x-pkcs12" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  // Revoked at once, the download would find nothing.
  window.setTimeout(() => {
    URL.revokeObjectURL(url);
  }, LONG_ENOUGH_MS);
}
